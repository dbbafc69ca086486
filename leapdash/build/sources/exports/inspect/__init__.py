"""What the columns of an export most likely are, with reasons; people decide."""
