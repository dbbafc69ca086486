"""Which engine it is: by the name a user gives, or by the table a user hands over."""

from collections.abc import Iterator
from contextlib import contextmanager

import ibis.expr.types as ir

from leapdash.engines import duckdb
from leapdash.engines.engine import Engine
from leapdash.engines.limits import Limits
from leapdash.errors import UsageError

ENGINES = ("duckdb",)
DEFAULT_ENGINE = ENGINES[0]


@contextmanager
def open_engine(
    name: str = DEFAULT_ENGINE, memory_limit: str | None = None, threads: int | None = None
) -> Iterator[Engine]:
    """The engine of that name, one of ENGINES, closed afterwards.

    `memory_limit`: what the engine may hold in memory, `2GB` for instance, by default what it
    thinks right; `threads`: how many it works with, by default all cores. Raises UsageError where
    one of them makes no sense, and EngineError where the engine fails at what it is asked.
    """
    if name not in ENGINES:
        raise UsageError(f"--engine {name}: expected one of {', '.join(ENGINES)}.")
    with duckdb.connect(Limits.of(memory_limit, threads)) as engine:
        yield engine


def engine_of(table: ir.Table) -> Engine:
    """The engine an Ibis table lives on. Raises UsageError where leapdash can't work on it."""
    backend = table.get_backend()
    if backend.name == duckdb.NAME:
        return duckdb.DuckDB(backend)
    raise UsageError(
        f"The Ibis table lives on {backend.name}. Expected one of {', '.join(ENGINES)}; hand over "
        "table.to_pyarrow() to work on it here."
    )
