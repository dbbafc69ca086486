"""Ed-Fi's resources from an API, into a folder as `leapdash build` reads it."""
