"""A source opened, whichever format it has."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from leapdash.build.sources.edfi.files import is_edfi
from leapdash.build.sources.exports.mapping_file import read_mapping
from leapdash.build.sources.exports.named import is_named_by_itself, mapping_by_names
from leapdash.build.sources.exports.source import open_exports
from leapdash.build.sources.folder import open_folder
from leapdash.build.sources.source import Source
from leapdash.errors import InputError, shortened
from leapdash.progress import Progress
from leapdash.remote import InputPath, input_paths


@contextmanager
def open_source(
    given: InputPath | Sequence[InputPath],
    mapping: Path | None = None,
    *,
    half_day: str = "state",
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Iterator[Source]:
    """The tables found, while the block runs.

    `given`: a folder of the contract's tables, of Ed-Fi's resources, or one workbook or DuckDB file
    that has the contract's; with a `mapping`, files and folders of any layout. `half_day`,
    `memory_limit`, `threads`: for what is added up on the way, as for `build`. Raises InputError
    where something stands in the way.
    """
    paths = list(given) if isinstance(given, Sequence) else [given]
    first = paths[0]
    with ExitStack() as stack:
        try:
            of_edfi = [one for one in paths if isinstance(one, Path) and _is_folder_of_edfi(one)]
            if of_edfi and len(paths) > 1:
                raise InputError(
                    f"{shortened(', '.join(map(str, paths)), 300)}: {len(paths)} inputs, of which "
                    f"{of_edfi[0]} is a folder of Ed-Fi resources.\nExpected such a folder as the "
                    "only input. Put visits.csv, and programme.csv, beside the resources in it."
                )
            if of_edfi:
                first = of_edfi[0]
                # Loaded for such folders only.
                from leapdash.build.sources.edfi.opening import open_edfi

                made = open_edfi(first, mapping, half_day, memory_limit, threads)
                found = stack.enter_context(made)
            elif mapping is not None:
                found = stack.enter_context(open_exports(paths, read_mapping(mapping)))
            elif len(paths) > 1:
                raise InputError(
                    f"{shortened(', '.join(map(str, paths)), 300)}: {len(paths)} inputs.\nExpected "
                    "one folder of the contract's tables; or a mapping that says what is in which "
                    "file (--mapping, as `leapdash inspect` writes it)."
                )
            elif is_named_by_itself(first):
                found = stack.enter_context(open_exports(paths, mapping_by_names(first)))
            else:
                found = open_folder(first)
        except OSError as error:
            raise InputError(
                f"{first}: can't be read ({str(error).splitlines()[0]}).\n"
                "Expected files this user may read, where they can be reached."
            ) from error
        yield found


@contextmanager
def look_at(
    given: str | Path | Sequence[str | Path],
    mapping: Path | None,
    half_day: str,
    memory_limit: str | None,
    threads: int | None,
    progress: Progress,
) -> Iterator[Source]:
    """The same of paths or addresses, with what was left aside or repaired told."""
    with ExitStack() as stack:
        with progress.step("look at the files"):
            opened = open_source(
                input_paths(given),
                mapping,
                half_day=half_day,
                memory_limit=memory_limit,
                threads=threads,
            )
            source = stack.enter_context(opened)
        for note in source.notes:
            progress.note(note)
        yield source


def _is_folder_of_edfi(path: Path) -> bool:
    return path.is_dir() and is_edfi(path)
