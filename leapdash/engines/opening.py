"""Which engine it is: by the name a user gives, or by the table a user hands over."""

from collections.abc import Iterator
from contextlib import contextmanager

import ibis.expr.types as ir

from leapdash.engines import duckdb, spark
from leapdash.engines.engine import Engine
from leapdash.engines.json_files import JsonEngine
from leapdash.engines.limits import Limits
from leapdash.errors import UsageError

ENGINES = ("duckdb", "spark")
DEFAULT_ENGINE = ENGINES[0]
ANY_CORES = spark.ANY_CORES


@contextmanager
def open_engine(
    name: str = DEFAULT_ENGINE,
    memory_limit: str | None = None,
    threads: int | None = None,
    spark_master: str = spark.ANY_CORES,
) -> Iterator[Engine]:
    """The engine of that name, one of ENGINES, closed afterwards.

    `memory_limit`: what the engine may hold in memory, `2GB` for instance, by default what it
    thinks right; `threads`: how many it works with, by default all cores; `spark_master`: where
    Spark runs. Raises UsageError where one of them makes no sense, and EngineError where the engine
    fails at what it is asked.
    """
    if name not in ENGINES:
        raise UsageError(f"--engine {name}: expected one of {', '.join(ENGINES)}.")
    limits = Limits.of(memory_limit, threads)
    if name == "spark":
        with spark.connect(limits, spark_master) as on_spark:
            yield on_spark
    else:
        with duckdb.connect(limits) as on_duckdb:
            yield on_duckdb


@contextmanager
def open_json_engine(
    memory_limit: str | None = None, threads: int | None = None
) -> Iterator[JsonEngine]:
    """An engine that reads JSON, closed afterwards; see `open_engine`."""
    with duckdb.connect(Limits.of(memory_limit, threads)) as on_duckdb:
        yield on_duckdb


def engine_of(table: ir.Table) -> Engine:
    """The engine an Ibis table lives on. Raises UsageError where leapdash can't work on it."""
    backend = table.get_backend()
    if backend.name == duckdb.NAME:
        return duckdb.DuckDB(backend)
    if backend.name == spark.NAME:
        return spark.Spark(backend)
    raise UsageError(
        f"The Ibis table lives on {backend.name}. Expected one of {', '.join(ENGINES)}; hand over "
        "table.to_pyarrow() to work on it here."
    )
