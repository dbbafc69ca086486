"""What every source gives a build, whatever its format: input tables of the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import ibis.expr.types as ir

from leapdash.build.sources.about import About
from leapdash.contract import Table
from leapdash.engines import Engine

MOST_PROBLEMS = 10
"""More than this many problems are not listed: the first ones tell what is wrong."""


class InputTable(Protocol):
    """One table of the contract, as a source holds it."""

    @property
    def contract(self) -> Table:
        """Which table it is."""

    @property
    def label(self) -> str:
        """What messages call it: its file, or what its files have in common."""

    def read(self, engine: Engine) -> ir.Table:
        """Every row, typed (see `sources.typed`)."""

    def numbered(self, engine: Engine) -> ir.Table:
        """The same with `file` (a number) and `row` (from 1), for error messages."""

    def locate(self, number: int, rows: Sequence[int]) -> tuple[str, list[int]]:
        """A file's name, and where rows of it stand in it, as its reader counts them."""

    def why_unreadable(self) -> str | None:
        """What keeps the engine from reading it to its end, where that can be said."""


@dataclass(frozen=True)
class Source:
    """The tables found, before a row is read. `where`: what messages call the whole; `about`: whose
    data they are; `by_day`: whether attendance was recorded by day; `notes`: what was left aside or
    repaired, to be told; `problems`: what is wrong with its files, found on the way, which keeps it
    from being used; `incomplete`: tables that lack rows, or are missing, because of these.
    """

    where: str
    tables: Mapping[str, InputTable]
    about: About
    by_day: bool = False
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    incomplete: frozenset[str] = frozenset()
