"""The contract's types in Arrow."""

from collections.abc import Collection

import pyarrow as pa

from leapdash.contract import Column, Table


def arrow_type(column: Column) -> pa.DataType:
    """The Arrow type of a column; days, and months by their first day, are dates."""
    return pa.date32() if column.type_name == "date" else pa.type_for_alias(column.type_name)


def arrow_schema(table: Table, names: Collection[str] | None = None) -> pa.Schema:
    """The columns of a table, or those of them that are named, in the contract's order."""
    return pa.schema(
        [
            pa.field(column.name, arrow_type(column), nullable=column.nullable)
            for column in table.columns
            if names is None or column.name in names
        ]
    )
