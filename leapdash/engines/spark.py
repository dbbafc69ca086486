"""Spark: on this machine or on a cluster. Only imported when it is asked for.

Ibis 12 has no temporary tables for Spark and hands its results over row by row; both are done here
with Spark's own means.
"""

import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.engines.engine import EngineError
from leapdash.engines.limits import Limits
from leapdash.engines.scratch import scratch_folder
from leapdash.errors import LeapdashError, UsageError
from leapdash.paths import is_address
from leapdash.remote import without_secrets

if TYPE_CHECKING:
    from ibis.backends.pyspark import Backend
    from pyspark.sql import DataFrame, SparkSession

NAME = "pyspark"
ANY_CORES = "local[*]"
_CSV: dict[str, Any] = {
    "sep": ",",
    "quote": '"',
    "escape": '"',
    "header": True,
    "multiLine": True,
    "nullValue": "",
    "emptyValue": "",
    # A row with more or fewer values than the header has is an error, whichever are asked for.
    "mode": "FAILFAST",
    "columnPruning": False,
}
_SQL = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
}


class Spark:
    """An `Engine` on a connection of Ibis to Spark."""

    def __init__(self, backend: "Backend") -> None:
        self._backend = backend
        self._session: SparkSession = backend._session
        self._kept: dict[str, DataFrame] = {}
        self._prefix = f"leapdash_{uuid4().hex[:8]}_read"
        self._numbers = count()

    def read_parquet(self, paths: Sequence[str]) -> ir.Table:
        """The rows of Parquet files that have the same columns."""
        return self._view(self._session.read.parquet(*map(_address, paths)))

    def read_csv(self, paths: Sequence[str], columns: Sequence[str]) -> ir.Table:
        """The rows of CSV files that have these columns, every value as text."""
        from pyspark.sql.types import StringType, StructField, StructType

        text = StructType([StructField(name, StringType()) for name in columns])
        return self._view(
            self._session.read.options(**_CSV).csv([*map(_address, paths)], schema=text)
        )

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """The table, worked out now and held by the executors, as a view of that name."""
        frame = self._frame(table).localCheckpoint(eager=True)
        self._kept[name] = frame
        return self._view(frame, name)

    def put(self, name: str, table: pa.Table) -> ir.Table:
        """An Arrow table, as a view of that name."""
        return self._view(self._session.createDataFrame(table), name)

    def drop(self, name: str) -> None:
        """Drop the view of that name, and what the executors hold of it."""
        self._session.catalog.dropTempView(name)
        if kept := self._kept.pop(name, None):
            # Spark itself would give the room back when Java next collects its garbage.
            kept._jdf.queryExecution().logical().rdd().unpersist(False)

    def fetch(self, table: ir.Table) -> pa.Table:
        """The table's rows, as an Arrow table in this process."""
        found = self._frame(table).toArrow()
        return pa.table(found.columns, names=found.column_names)

    def _frame(self, table: ir.Table) -> "DataFrame":
        self._backend._run_pre_execute_hooks(table)
        return self._session.sql(self._backend.compile(table))

    def _view(self, frame: "DataFrame", name: str | None = None) -> ir.Table:
        name = name or f"{self._prefix}_{next(self._numbers)}"
        frame.createOrReplaceTempView(name)
        return self._backend.table(name)


@contextmanager
def connect(limits: Limits, master: str = ANY_CORES) -> Iterator[Spark]:
    """A Spark session of our own: of the application that runs in this process, else of a new one.

    `limits`: of a new one; the memory is that of the driver, which on `local[…]` is all there is.
    Raises UsageError where Spark or its Java is missing, and EngineError where Spark fails.
    """
    _check_installed()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    with ExitStack() as stack:
        running = SparkSession.getActiveSession()
        try:
            if running is None:
                running = stack.enter_context(_new_application(limits, master))
            yield Spark(_backend(running.newSession()))
        except (PySparkException, Py4JError) as error:
            if "OutOfMemoryError" in str(error):
                raise LeapdashError(
                    f"Spark needs more memory than it may use: {_first_line(error)}.\n"
                    "Allow more with --memory-limit, or give it a cluster with --spark-master."
                ) from error
            raise EngineError(_first_line(error)) from error


def _check_installed() -> None:
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        raise UsageError(
            "--engine spark: the Python package pyspark is not installed.\n"
            "Expected leapdash with its Spark: pip install 'leapdash[spark]'."
        ) from error
    if not (environ.get("JAVA_HOME") or shutil.which("java")):
        raise UsageError(
            "--engine spark: there is no Java on this machine.\n"
            "Expected Java 17 or later, as `java` or in JAVA_HOME (Debian: apt-get install "
            "openjdk-17-jre-headless)."
        )


@contextmanager
def _new_application(limits: Limits, master: str) -> Iterator["SparkSession"]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    with scratch_folder() as folder:
        settings: dict[str, Any] = {
            "spark.local.dir": str(folder),
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        if limits.memory is not None:
            settings["spark.driver.memory"] = f"{limits.memory // 2**20}m"
        if master.startswith("local"):
            settings |= {"spark.driver.host": "localhost", "spark.driver.bindAddress": "127.0.0.1"}
        builder = SparkSession.builder.master(master).appName("leapdash").config(map=settings)
        try:
            session = builder.getOrCreate()
        except (PySparkException, Py4JError) as error:
            raise UsageError(
                f"--engine spark, --spark-master {master}: Spark does not start: "
                f"{_first_line(error)}.\n"
                "Expected Java 17 or later, and a master that can be reached."
            ) from error
        session.sparkContext.setLogLevel("ERROR")
        try:
            yield session
        finally:
            session.stop()


def _backend(session: "SparkSession") -> "Backend":
    with warnings.catch_warnings():
        # pyspark 4 tells everyone that pandas 3 is new; nothing here goes through pandas.
        warnings.simplefilter("ignore", FutureWarning)
        backend = ibis.pyspark.connect(session)
    for name, value in _SQL.items():
        session.conf.set(name, value)
    session.conf.set("spark.sql.shuffle.partitions", session.sparkContext.defaultParallelism)
    return backend


def _address(path: str) -> str:
    """The path as Spark takes it: one of this machine says so, whatever files a cluster has; how to
    reach others stands in Spark's own settings, not in an address.
    """
    return unquote(without_secrets(path)) if is_address(path) else f"file://{Path(path).absolute()}"


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__
