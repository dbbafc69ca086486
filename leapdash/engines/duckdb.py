"""DuckDB: in this process, in memory, and on disk for what doesn't fit."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import uuid4

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from leapdash import remote
from leapdash.engines.engine import EngineError
from leapdash.engines.json_files import Shape
from leapdash.engines.limits import Limits
from leapdash.engines.scratch import scratch_folder
from leapdash.errors import LeapdashError, UsageError
from leapdash.paths import is_address

NAME = Backend.name
_LONGEST_JSON = 16_000_000
_CSV = {"delim": ",", "quote": '"', "escape": '"', "nullstr": "", "header": True}


class DuckDB:
    """An `Engine` on a connection of Ibis to DuckDB."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def read_parquet(self, paths: Sequence[str]) -> ir.Table:
        """The rows of Parquet files that have the same columns; at addresses pyarrow reads them."""
        if not any(map(is_address, paths)):
            return self._backend.read_parquet(list(paths))
        from pyarrow import dataset  # it loads pandas

        there = [remote.file_system(path) for path in paths]
        files = [dataset.dataset(path, filesystem=system) for system, path in there]
        name = f"leapdash_{uuid4().hex[:8]}_read"
        self._backend.con.register(name, dataset.dataset(files))
        return self._backend.table(name)

    def read_csv(self, paths: Sequence[str], columns: Sequence[str]) -> ir.Table:
        """The rows of CSV files that have these columns, every value as text.

        Raises UsageError for files that are not on this machine.
        """
        if any(map(is_address, paths)):
            raise UsageError(
                f"{remote.without_secrets(paths[0])}: DuckDB reads CSV on this machine only.\n"
                "Expected Parquet there, files on this machine, or --engine spark."
            )
        text = dict.fromkeys(columns, "VARCHAR")
        return self._backend.read_csv(list(paths), columns=text, **_CSV)

    def read_json(
        self, paths: Sequence[str], columns: Mapping[str, Shape], lines: bool
    ) -> ir.Table:
        """The objects of JSON files of this machine, these of their fields, every value as text."""
        with _as_engine_error():
            return self._backend.read_json(
                list(paths),
                columns={name: _json_type(shape) for name, shape in columns.items()},
                format="newline_delimited" if lines else "array",
                maximum_object_size=_LONGEST_JSON,
            )

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """The table as a temporary one under that name."""
        with _as_engine_error():
            return self._backend.create_table(name, table, temp=True)

    def put(self, name: str, table: pa.Table) -> ir.Table:
        """An Arrow table as a temporary one under that name."""
        # As an expression: Ibis 12 cleans up after a bare Arrow table with a statement that
        # sqlglot 30 misspells.
        return self.keep(name, ibis.memtable(table))

    def drop(self, name: str) -> None:
        """Drop the temporary table of that name."""
        # Ibis 12's own drop_table leaves out the name with sqlglot 30.
        self._backend.raw_sql(f"DROP TABLE {name}")

    def fetch(self, table: ir.Table) -> pa.Table:
        """The table's rows, as an Arrow table in this process."""
        return table.to_pyarrow()


@contextmanager
def connect(limits: Limits) -> Iterator[DuckDB]:
    """A DuckDB in memory that spills to a folder of its own, removed afterwards.

    Raises EngineError where DuckDB fails, a LeapdashError that says what to do where memory or
    disk were too small.
    """
    with scratch_folder() as folder:
        settings = {"threads": limits.threads, "temp_directory": str(folder / "spilled")}
        if limits.memory is not None:
            settings["memory_limit"] = f"{limits.memory}B"
        backend = ibis.duckdb.connect(":memory:", **settings)
        try:
            yield DuckDB(backend)
        except duckdb.OutOfMemoryException as error:
            raise LeapdashError(
                f"The engine needs more memory than it may use: {_first_line(error)}.\n"
                f"Allow more with --memory-limit, or fewer --threads; or make room in "
                f"{folder.parent}, where the engine puts what doesn't fit."
            ) from error
        except duckdb.Error as error:
            raise EngineError(_first_line(error)) from error
        finally:
            backend.disconnect()


@contextmanager
def _as_engine_error() -> Iterator[None]:
    """Where DuckDB fails at a file, says so at once, to who may know what is wrong with it."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise EngineError(_first_line(error)) from error


def _json_type(shape: Shape) -> str:
    if isinstance(shape, str):
        return "VARCHAR"
    if isinstance(shape, Mapping):
        fields = ", ".join(f'"{name}" {_json_type(inner)}' for name, inner in shape.items())
        return f"STRUCT({fields})"
    return f"{_json_type(shape[0])}[]"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
