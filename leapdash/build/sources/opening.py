"""A source opened, whichever format it has."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from leapdash.build.sources.edfi.files import is_edfi
from leapdash.build.sources.folder import open_folder
from leapdash.build.sources.source import Source
from leapdash.errors import InputError, UsageError
from leapdash.remote import InputPath


@contextmanager
def open_source(
    given: InputPath,
    *,
    mapping: Path | None = None,
    half_day: str = "state",
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Iterator[Source]:
    """The tables found, while the block runs: those of a folder, or made of what it holds.

    `mapping`: the file that says what another system's names and codes stand for; `half_day`,
    `memory_limit`, `threads`: for what is added up on the way, as for `build`.

    Raises InputError where something stands in the way, UsageError for a mapping without use.
    """
    with ExitStack() as stack:
        try:
            if isinstance(given, Path) and given.is_dir() and is_edfi(given):
                # Loaded for such folders only.
                from leapdash.build.sources.edfi.opening import open_edfi

                made = open_edfi(given, mapping, half_day, memory_limit, threads)
                found = stack.enter_context(made)
            elif mapping is not None:
                raise UsageError(
                    f"--mapping {mapping}: {given} holds the contract's tables, or nothing.\n"
                    "Expected a folder of another system's files, Ed-Fi's resources for instance."
                )
            else:
                found = open_folder(given)
        except OSError as error:
            raise InputError(
                f"{given}: can't be read ({str(error).splitlines()[0]}).\n"
                "Expected files this user may read, where they can be reached."
            ) from error
        yield found
