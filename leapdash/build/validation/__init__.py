"""The contract's rules as checks, and which rows break them."""
