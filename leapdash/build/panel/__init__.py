"""The panel: one row per student, school and school month."""
