"""Tables that somebody else keeps in a DuckDB file, read as text; nothing is written to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from leapdash.engines.engine import EngineError

# Nothing is loaded from elsewhere, and no view of the file may read another one.
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    "lock_configuration": True,
}


def table_names(path: Path) -> Mapping[str, tuple[str, ...]]:
    """The tables and views of a file, and the names of each one's columns.

    Raises EngineError where it can't be read.
    """
    with _opened(path) as connection:
        rows = connection.execute(
            "SELECT table_name, list(column_name ORDER BY ordinal_position) "
            "FROM information_schema.columns WHERE table_schema = 'main' "
            "AND table_catalog = current_database() GROUP BY table_name ORDER BY table_name"
        ).fetchall()
    return {name: tuple(columns) for name, columns in rows}


@contextmanager
def text_batches(path: Path, table: str, rows: int) -> Iterator[Iterator[pa.RecordBatch]]:
    """The rows of a table in its order, some `rows` at a time, every value as text.

    Raises EngineError where it can't be read.
    """
    with _opened(path) as connection:
        name = table.replace('"', '""')
        found = connection.sql(f'SELECT CAST(COLUMNS(*) AS VARCHAR) FROM "{name}"')
        yield iter(found.to_arrow_reader(rows))


@contextmanager
def _opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect(str(path), read_only=True, config=_SETTINGS) as connection:
            yield connection
    except duckdb.Error as error:
        raise EngineError(str(error).splitlines()[0].rstrip(".")) from error
