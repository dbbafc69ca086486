"""What each page says for a choice: one frozen value that page, briefing and test all take."""
