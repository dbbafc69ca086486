"""The effect of a visit, for any panel; `event_study` is its door."""
