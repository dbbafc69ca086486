"""leapdash: what home visits did for school attendance."""

__version__ = "0.1.0"
