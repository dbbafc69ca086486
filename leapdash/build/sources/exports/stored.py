"""Tables that are stored with their columns' names: Parquet files, and those of a DuckDB file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from leapdash.build.sources.exports.sheet import BLOCK_ROWS, Block, Record, Wrong
from leapdash.engines import EngineError
from leapdash.engines.database import table_names, text_batches
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath

_LOOKED_AT = 30
_Batches = Callable[[], AbstractContextManager[Iterator[pa.RecordBatch]]]


class StoredSheet:
    """A table with names for its columns; rows count from 1. See `sheet.Sheet`."""

    def __init__(
        self, label: str, names: tuple[str, ...], batches: _Batches, sheet: str = ""
    ) -> None:
        self.label = label
        self.sheet = sheet
        self.notes: list[str] = []
        self._names = names
        self._batches = batches

    @property
    def names(self) -> tuple[str, ...] | None:
        """The columns' names."""
        return self._names

    def records(self) -> Iterator[Record]:
        """The first rows, as text."""
        for block in self.blocks(0, len(self._names), lambda *_: None):
            cells = [column[:_LOOKED_AT].to_pylist() for column in block.columns]
            rows = block.rows[:_LOOKED_AT].to_pylist()
            yield from zip(rows, map(list, zip(*cells, strict=True)), strict=True)
            return

    def blocks(self, below: int, width: int, wrong: Wrong) -> Iterator[Block]:  # noqa: ARG002
        """All rows; none is of another width."""
        start = 1
        with self._batches() as batches:
            for batch in batches:
                rows = pa.array(range(start, start + batch.num_rows), pa.int64())
                yield Block(rows, [_as_text(column) for column in batch.columns])
                start += batch.num_rows


def parquet_sheet(path: InputPath, label: str) -> StoredSheet:
    """The table in a Parquet file. Raises InputError where it can't be read."""
    with _told(label), path.open("rb") as file, pq.ParquetFile(file) as parquet:
        names = tuple(parquet.schema_arrow.names)
    return StoredSheet(label, names, partial(_parquet_batches, path, label))


def database_sheets(path: Path, label: str) -> list[StoredSheet]:
    """The tables of a DuckDB file. Raises InputError where it can't be read."""
    with _told(label):
        tables = table_names(path)
    return [
        StoredSheet(
            f"{label}, table {shortened(table)}",
            columns,
            partial(_database_batches, path, table, label),
            table,
        )
        for table, columns in tables.items()
    ]


@contextmanager
def _parquet_batches(path: InputPath, label: str) -> Iterator[Iterator[pa.RecordBatch]]:
    with _told(label), path.open("rb") as file, pq.ParquetFile(file) as parquet:
        yield parquet.iter_batches(BLOCK_ROWS)


@contextmanager
def _database_batches(path: Path, table: str, label: str) -> Iterator[Iterator[pa.RecordBatch]]:
    with _told(label), text_batches(path, table, BLOCK_ROWS) as batches:
        yield batches


@contextmanager
def _told(label: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, EngineError) as error:
        reason = shortened((str(error) or type(error).__name__).splitlines()[0].rstrip("."), 200)
        raise InputError(
            f"{label}: can't be read ({reason}).\nExpected a whole file, as its name says. Write "
            "it again."
        ) from error


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        return pa.array([""] * len(column), pa.string())
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return pa.array(map(str, column.to_pylist()), pa.string())
    return pc.fill_null(column.cast(pa.string()), "")
