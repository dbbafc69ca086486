"""The show side: from a release to what a reader sees."""
