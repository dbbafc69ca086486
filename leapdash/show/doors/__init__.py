"""Who reads, where the releases are that they may see, and the rule that opens none besides."""
