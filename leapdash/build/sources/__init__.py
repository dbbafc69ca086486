"""The outside world's formats, read into the contract's tables."""
