"""What the build's expressions run on."""
