"""The engine the build's expressions run on: DuckDB, with its limits.

This is the one place that knows which engine it is. Everything else speaks Ibis, so that another
engine needs no more than another function here.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from leapdash.errors import LeapdashError, UsageError

EngineError = duckdb.Error
"""What the engine raises when it can't do what it is asked, read a broken file for instance."""


@contextmanager
def open_engine(memory_limit: str = "2GB", threads: int | None = None) -> Iterator[Backend]:
    """A DuckDB in memory that spills to a folder of its own, removed afterwards.

    `memory_limit`: what DuckDB may hold before it spills, `2GB` for instance; `threads`: default
    all cores. Raises UsageError where DuckDB doesn't understand the limit.
    """
    with tempfile.TemporaryDirectory(prefix="leapdash-") as folder:
        settings: dict[str, object] = {"memory_limit": memory_limit, "temp_directory": folder}
        if threads is not None:
            settings["threads"] = threads
        try:
            engine = ibis.duckdb.connect(":memory:", **settings)
        except duckdb.Error as error:
            raise UsageError(
                f"--memory-limit {memory_limit} --threads {threads}: {_first_line(error)}.\n"
                "Expected a size such as 2GB or 500MB, and at least one thread."
            ) from error
        try:
            yield engine
        except duckdb.OutOfMemoryException as error:
            raise LeapdashError(
                f"The build needs more memory than {memory_limit}: {_first_line(error)}.\n"
                f"Allow more with --memory-limit, or fewer --threads; or make room in "
                f"{Path(folder).parent}, where the engine puts what doesn't fit."
            ) from error
        finally:
            engine.disconnect()


def put(engine: Backend, name: str, table: pa.Table) -> ir.Table:
    """A small table of Python's making, on the engine."""
    # Handed over as an expression: Ibis 12 cleans up after a bare Arrow table with a statement
    # that sqlglot 30 misspells.
    return engine.create_table(name, ibis.memtable(table), temp=True)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
