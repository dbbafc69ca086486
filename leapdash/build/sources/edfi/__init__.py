"""Ed-Fi (Data Standard 5 and 6) as a source: resources in files, and where they come from."""
