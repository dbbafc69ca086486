"""A source opened, whichever format it has."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from leapdash.build.sources.exports.mapping import read_mapping
from leapdash.build.sources.exports.named import is_named_by_itself, mapping_by_names
from leapdash.build.sources.exports.source import open_exports
from leapdash.build.sources.folder import open_folder
from leapdash.build.sources.source import Source
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath


@contextmanager
def open_source(
    given: InputPath | Sequence[InputPath], mapping: Path | None = None
) -> Iterator[Source]:
    """The tables found, while the block runs.

    `given`: a folder of the contract's tables, or one workbook or DuckDB file that has them; with a
    `mapping`, files and folders of any layout. Raises InputError where something stands in the way.
    """
    paths = list(given) if isinstance(given, Sequence) else [given]
    with ExitStack() as stack:
        try:
            if mapping is not None:
                found = stack.enter_context(open_exports(paths, read_mapping(mapping)))
            elif len(paths) > 1:
                raise InputError(
                    f"{shortened(', '.join(map(str, paths)), 300)}: {len(paths)} inputs.\nExpected "
                    "one folder of the contract's tables; or a mapping that says what is in which "
                    "file (--mapping, as `leapdash inspect` writes it)."
                )
            elif is_named_by_itself(paths[0]):
                found = stack.enter_context(open_exports(paths, mapping_by_names(paths[0])))
            else:
                found = open_folder(paths[0])
        except OSError as error:
            raise InputError(
                f"{paths[0]}: can't be read ({str(error).splitlines()[0]}).\n"
                "Expected files this user may read, where they can be reached."
            ) from error
        yield found
