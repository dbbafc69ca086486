"""A release's files held to what it says it is for: the columns, and whose rows, they may have.

Checksums tell that a file is the one its manifest means. That the manifest itself isn't another
release's, or one that calls a restricted release public, only the files can tell.
"""

from collections.abc import Iterator

import pyarrow.compute as pc
import pyarrow.parquet as pq

from leapdash.contract import PUBLISHED, STATE_CODE, Table, tables_of
from leapdash.release.files import Folder
from leapdash.release.manifest import Manifest

_DISTRICTS = ("district_code", "district_code_2")


def misplaced(folder: Folder, manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    """Every file that isn't as the release's tier has it: its name, what was found, what expected.

    Of most releases only what stands at a file's end is read. Raises OSError, ArrowInvalid where it
    can't be.
    """
    known = tables_of(manifest.tier)
    for name, facts in manifest.tables.items():
        with folder.files.open_input_file(f"{folder.path}/{facts.file}") as file:
            about = pq.ParquetFile(file)
            columns = set(about.schema_arrow.names)
            if wrong := _columns(known[name], columns):
                yield facts.file, *wrong
            elif manifest.district:
                yield from (
                    (facts.file, *found)
                    for found in _strangers(about, columns, manifest.district, name in PUBLISHED)
                )


def _columns(table: Table, found: set[str]) -> tuple[str, str] | None:
    """Which columns are missing, or too many; None where none is."""
    required = {column.name for column in table.columns if column.required}
    if required <= found <= set(table.column_names):
        return None
    wrong = sorted(found - set(table.column_names)) or sorted(required - found)
    what = "columns that aren't for it" if found - set(table.column_names) else "missing columns"
    return f"{what}: {', '.join(wrong)}", f"those of table `{table.name}` of this tier"


def _strangers(
    file: pq.ParquetFile, columns: set[str], district: str, published: bool
) -> Iterator[tuple[str, str]]:
    """Rows of another district, in a release for one."""
    allowed = {district, STATE_CODE} if published else {district}
    for name in sorted(columns.intersection(_DISTRICTS)):
        held = file.read(columns=[name])[name]
        others = set(pc.unique(held).to_pylist()) - allowed
        if others:
            yield f"rows of {len(others)} other districts", f"rows of {district} alone"
