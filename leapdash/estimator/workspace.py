"""Tables that live on an engine for as long as one piece of work takes."""

from itertools import count
from types import TracebackType
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend


class Workspace:
    """Temporary tables on an engine, under names nobody else has; dropped on leaving `with`."""

    def __init__(self, engine: BaseBackend) -> None:
        self.engine = engine
        self._prefix = f"leapdash_{uuid4().hex[:8]}"
        self._numbers = count()
        self._kept: dict[str, None] = {}

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in list(self._kept):
            self._drop(name)

    def keep(self, table: ir.Table) -> ir.Table:
        """The table, worked out once and kept on the engine."""
        name = f"{self._prefix}_{next(self._numbers)}"
        kept = self.engine.create_table(name, table, temp=True)
        self._kept[name] = None
        return kept

    def put(self, table: pa.Table) -> ir.Table:
        """A small table of Python's making, on the engine."""
        # As an expression: Ibis 12 cleans up after a bare Arrow table with a statement that
        # sqlglot 30 misspells.
        return self.keep(ibis.memtable(table))

    def drop(self, *tables: ir.Table) -> None:
        """Make room: these are not needed any more."""
        for table in tables:
            self._drop(table.get_name().rsplit(".", 1)[-1])

    def _drop(self, name: str) -> None:
        # Ibis 12's own drop_table leaves out the name with sqlglot 30.
        self.engine.raw_sql(f"DROP TABLE {name}")
        del self._kept[name]
