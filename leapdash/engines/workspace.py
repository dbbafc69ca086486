"""Tables kept on an engine for as long as one piece of work takes."""

from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ibis.expr.types as ir
import pyarrow as pa

from leapdash.engines.engine import Engine

if TYPE_CHECKING:
    import pandas as pd


class Workspace:
    """Tables on an engine, under names nobody else has; dropped on leaving `with`."""

    def __init__(self, engine: Engine) -> None:
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
        name = self._new_name()
        kept = self.engine.keep(name, table)
        self._kept[name] = None
        return kept

    def put(self, table: pa.Table) -> ir.Table:
        """An Arrow table, on the engine. A column without any value counts as whole numbers."""
        types = [
            pa.int32() if pa.types.is_null(field.type) else field.type for field in table.schema
        ]
        name = self._new_name()
        kept = self.engine.put(
            name, table.cast(pa.schema(zip(table.column_names, types, strict=True)))
        )
        self._kept[name] = None
        return kept

    def drop(self, *tables: ir.Table) -> None:
        """Give back the room of kept tables that are not needed any more."""
        for table in tables:
            self._drop(table.get_name().rsplit(".", 1)[-1])

    def arrow(self, table: ir.Table) -> pa.Table:
        """The table's rows, as an Arrow table in this process."""
        return self.engine.fetch(table)

    def frame(self, table: ir.Table) -> "pd.DataFrame":
        """The table's rows, as a data frame in this process."""
        frame: pd.DataFrame = self.engine.fetch(table).to_pandas()
        return frame

    def row(self, table: ir.Table) -> dict[str, Any]:
        """The one row of a table that has one, an aggregate of another for instance."""
        (row,) = self.engine.fetch(table).to_pylist()
        return dict(row)

    def count(self, table: ir.Table) -> int:
        """How many rows the table has."""
        return int(self.row(table.agg(rows=table.count()))["rows"])

    def _new_name(self) -> str:
        return f"{self._prefix}_{next(self._numbers)}"

    def _drop(self, name: str) -> None:
        self.engine.drop(name)
        del self._kept[name]
