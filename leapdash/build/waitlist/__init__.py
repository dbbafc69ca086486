"""The list of students who wait for a first visit, for the district that holds their records."""
