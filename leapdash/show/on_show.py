"""Which store is on show."""

import os
from pathlib import Path

STORE_VARIABLE = "LEAPDASH_STORE"
_DEFAULT = Path(__file__).resolve().parents[2] / "data" / "demo"


def store_path() -> str:
    """The folder or address the releases are at: LEAPDASH_STORE, or the demonstration release."""
    return os.environ.get(STORE_VARIABLE) or str(_DEFAULT)
