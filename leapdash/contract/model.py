"""What a table of the contract is: columns, keys, references, as plain data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "integer", "number", "date", "month", "boolean"]
Tier = Literal["both", "restricted"]

TYPE_NAMES: Mapping[ColumnType, str] = {
    "text": "string",
    "integer": "int64",
    "number": "float64",
    "date": "date",
    "month": "date",
    "boolean": "boolean",
}
"""The types' names in Arrow and Ibis; both read all of them but `date`, Arrow's `date32`."""


@dataclass(frozen=True)
class CodesBy:
    """What a value may be where that depends on the value of another `column` of the row.

    By that value: `codes`, the closed set of values, or `patterns`, a regular expression that the
    whole value must match. Each value of the other column stands in one of the two.
    """

    column: str
    codes: Mapping[str, Collection[str]]
    patterns: Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `type`: text, integer, number, date, month (a date that is the first of its month), boolean.
    `codes`: the closed set of values and what each means; `codes_by`: where that depends on another
    column. `pattern`: a regular expression the whole value must match. `multiple_of`, `minimum`,
    `maximum`: bounds for numbers. `required`: the column must be there. `nullable`: a value may be
    missing. `tier`: `restricted` columns never leave the restricted release.
    """

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    codes: Mapping[str, str] | None = None
    codes_by: CodesBy | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: float | None = None
    required: bool = True
    nullable: bool = False
    tier: Tier = "both"

    @property
    def type_name(self) -> str:
        """The type's name in Arrow and Ibis (see TYPE_NAMES)."""
        return TYPE_NAMES[self.type]


@dataclass(frozen=True)
class Reference:
    """`columns` of this table must be found in `table`, under the same names, or as `named`.

    A value of `besides` needs not be found. `where`: a column and its value; only rows with it
    refer.
    """

    columns: tuple[str, ...]
    table: str
    named: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    where: tuple[str, str] | None = None

    @property
    def found_as(self) -> tuple[str, ...]:
        """The names of the columns in `table`."""
        return self.named or self.columns


@dataclass(frozen=True)
class Table:
    """One table: `grain` says what a row is, `key` the columns no two rows may share.

    `optional`: the table may be missing; `may_be_empty`: it may have no rows.
    """

    name: str
    grain: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False
    may_be_empty: bool = False
    references: tuple[Reference, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)
