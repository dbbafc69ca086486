"""A source opened, whichever format it has."""

from collections.abc import Iterator
from contextlib import contextmanager

from leapdash.build.sources.folder import open_folder
from leapdash.build.sources.source import Source
from leapdash.errors import InputError
from leapdash.remote import InputPath


@contextmanager
def open_source(given: InputPath) -> Iterator[Source]:
    """The tables found, while the block runs.

    Raises InputError where something stands in the way.
    """
    try:
        found = open_folder(given)
    except OSError as error:
        raise InputError(
            f"{given}: can't be read ({str(error).splitlines()[0]}).\n"
            "Expected files this user may read, where they can be reached."
        ) from error
    yield found
