"""Sentences from the tables, in plain English: what pages answer and what charts show."""
