"""`python -m leapdash`: the command line."""

from leapdash.cli import main

main()
