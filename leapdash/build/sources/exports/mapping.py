"""A mapping: which files make which table of the contract, and what their columns and values mean.

`mapping_file` reads one from the file that `leapdash inspect` writes and people mend.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from leapdash.build.sources.about import About
from leapdash.build.sources.exports.dates import school_year_of_text
from leapdash.contract import Table

ENCODINGS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252", "utf-16": "utf-16"}
"""What a mapping may say of a text file's letters, and Python's name for it."""
DELIMITERS = {",": ",", ";": ";", "|": "|", "\t": "\t", "tab": "\t"}


@dataclass(frozen=True)
class ColumnSource:
    """Where a column of the contract comes from.

    `heading`: of a column of the file; or `value`: the same in every row. `less`: the heading of
    what is taken off it, days absent; or `less_value`, the same in every row. `empty`: what an
    empty cell means (of what is taken off, where something is). `match`: names are looked up among
    the `schools` or `districts`. `date`: one of dates.ORDERS. `year`: whether a single year is the
    `start` or `end` of a school year. `mixed`: `right` where real dates beside dates in figures are
    what was meant. `school_year`: of months without a year, written 2021-22, or
    the heading it stands under. `month`: as the mapping writes it, where it is of one month.
    """

    heading: str = ""
    value: str | None = None
    less: str = ""
    empty: str | None = None
    match: str = ""
    date: str | None = None
    year: str | None = None
    school_year: str = ""
    less_value: str | None = None
    month: str = ""
    mixed: str = ""

    @property
    def blank_is_said(self) -> bool:
        """Whether a blank cell means something, or there is none as the value is the same in all
        rows.
        """
        return self.value is not None or self.empty is not None

    @property
    def fixed_year(self) -> str | None:
        """The school year, where it is the same in all rows."""
        found = school_year_of_text(self.school_year) if self.school_year else None
        return found if isinstance(found, str) else None

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of all columns it needs."""
        year = "" if self.fixed_year else self.school_year
        return tuple(filter(None, (self.heading, self.less, year)))


Month = Mapping[str, ColumnSource]
"""What a month with columns of its own has beside the table's columns: where its `month`,
`days_enrolled` and `days_attended` come from."""


@dataclass(frozen=True)
class TableSource:
    """One table of the contract in files of one layout.

    `files`: names or patterns. `sheet`: of a workbook, or table of a DuckDB file. `header`: the
    lines it stands in, where it must be said. `distinct`: rows that say the same count once.
    `mostly_absent`: it is meant that fewer than half of the days are attended. `values`: by
    column, what a value stands for; values in the form of cells.key_of. `place`: how messages call
    this part of the mapping.
    """

    contract: Table
    files: tuple[str, ...]
    sheet: str = ""
    header: tuple[int, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    distinct: bool = False
    mostly_absent: bool = False
    columns: Mapping[str, ColumnSource] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    months: tuple[Month, ...] = ()
    place: str = ""

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading it refers to, once each."""
        parts = [*self.columns.values(), *(c for m in self.months for c in m.values())]
        return tuple(dict.fromkeys(h for part in parts for h in part.headings))


@dataclass(frozen=True)
class ExportMapping:
    """A whole mapping: its tables, and who the data are from where it says so."""

    tables: tuple[TableSource, ...]
    about: About | None = None
    label: str = "mapping"
