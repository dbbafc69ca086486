"""The command line: what is asked is parsed here and done elsewhere.

Exit codes: 0 done; 2 something given can't be worked with; 1 the fault is elsewhere.
"""

import sys

from leapdash.cli import files, releases, showing
from leapdash.cli.app import app
from leapdash.errors import LeapdashError

__all__ = ["app", "files", "main", "releases", "showing"]


def main() -> None:
    """Run the command line; trouble is told in a sentence, not in a traceback."""
    try:
        app()
    except LeapdashError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
