"""What a guess is: of a column, of a table; with its reason, and what is left to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from leapdash.contract import Table


@dataclass
class ColumnGuess:
    """Where a column of the contract seems to come from.

    `heading`: "" where none of the file is it. `options`: what else the mapping says of it, as
    mapping.ColumnSource has it. `values`: what values stand for that aren't plain, None where that
    must be asked. `choices`: headings it may be; `asks`: what else must be asked. It is `settled`
    where the mapping can be used as it stands.
    """

    column: str
    heading: str = ""
    why: str = ""
    options: dict[str, str] = field(default_factory=dict)
    values: dict[str, str | None] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    asks: list[str] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether nothing about it is left to be asked."""
        found = bool(self.heading or "value" in self.options)
        return found and not self.asks and None not in self.values.values()

    @property
    def questions(self) -> int:
        """How many things about it are left to be asked."""
        return len(self.asks) + sum(code is None for code in self.values.values())


@dataclass
class TableGuess:
    """A table of the contract that files of one layout seem to make.

    `months`: by month as the mapping writes it, the heading of each measure; `months_year`: the
    heading of the school year, or the year, where months don't say theirs.
    """

    contract: Table
    files: tuple[str, ...]
    sheet: str
    header: tuple[int, ...]
    columns: list[ColumnGuess] = field(default_factory=list)
    months: dict[str, dict[str, str]] = field(default_factory=dict)
    months_year: str = ""
    months_asks: list[str] = field(default_factory=list)
    distinct: bool = False

    @property
    def questions(self) -> int:
        """How many things about it are left to be asked."""
        return sum(column.questions for column in self.columns) + len(self.months_asks)

    def by_heading(self) -> Mapping[str, list[str]]:
        """By heading, the columns of the contract it makes, in words."""
        found: dict[str, list[str]] = {}
        for guess in self.columns:
            for name in filter(None, (guess.heading, guess.options.get("less"))):
                found.setdefault(name, []).append(guess.column)
        for month, measures in self.months.items():
            for measure, heading in measures.items():
                found.setdefault(heading, []).append(f"{measure} of {month}")
        return found
