"""What the visits changed, as summary tables."""
