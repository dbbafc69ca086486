"""A choice in, a small table out: pure functions, ratios of sums only; a module for each topic."""
