"""The public release: made from a restricted one, so that nothing withheld can be worked out."""
