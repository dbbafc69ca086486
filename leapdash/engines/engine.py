"""What every engine can do, whichever it is."""

from collections.abc import Sequence
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa

from leapdash.errors import LeapdashError


class EngineError(LeapdashError):
    """The engine can't do what it is asked, read a broken file for instance."""


class Engine(Protocol):
    """Reads files, keeps tables, hands over results; what is worked out is said in Ibis."""

    def read_parquet(self, paths: Sequence[str]) -> ir.Table:
        """The rows of Parquet files that have the same columns."""

    def read_csv(self, paths: Sequence[str], columns: Sequence[str]) -> ir.Table:
        """The rows of CSV files that have these columns in this order, every value as text.

        Files begin with a header; one that ends in `.gz` is gzipped; an empty value is null.
        """

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """The table, worked out once and kept under that name until it is dropped."""

    def put(self, name: str, table: pa.Table) -> ir.Table:
        """An Arrow table, kept under that name until it is dropped."""

    def drop(self, name: str) -> None:
        """Give back the room of a table that was kept."""

    def fetch(self, table: ir.Table) -> pa.Table:
        """The table's rows, as an Arrow table in this process."""
