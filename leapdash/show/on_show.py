"""Which store is on show."""

from leapdash.show.doors.reader import reader
from leapdash.show.doors.stores import STORE_VARIABLE, store_of, whole_store

__all__ = ["STORE_VARIABLE", "store_path", "whole_store"]


def store_path() -> str:
    """The folder or address of the releases that who reads may see."""
    return store_of(reader())
