"""One number for what takes several columns to tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import ibis.expr.types as ir
import pandas as pd

COMPARISON = -1
"""In place of a part: comparison units."""

Number = TypeVar("Number", ir.IntegerValue, pd.Series)


@dataclass(frozen=True)
class Numbering:
    """How trials, cells, sides, atoms and keys are numbered.

    A trial is a value, stratum and month; a cell a trial and event time: here visited meet
    comparison. A side is a cell's visited of one part, or its comparison. An atom is a stratum and
    part, which effects are kept for; a key an atom and event time.
    """

    strata: int
    months: int
    parts: int
    lowest: int
    span: int

    @classmethod
    def of(cls, strata: int, months: int, parts: int, event_times: Sequence[int]) -> "Numbering":
        """The numbers for that many of each, and these event times."""
        lowest, highest = min(event_times), max(event_times)
        return cls(strata, months, parts, lowest, highest - lowest + 1)

    def trial(self, value: Number, stratum: Number, g: Number) -> Number:
        """The trial's number."""
        return (value * self.strata + stratum) * self.months + g

    def side(self, cell: Number, part: Number) -> Number:
        """The number of a cell's visited of that part, or of its COMPARISON."""
        return cell * (self.parts + 1) + part - COMPARISON

    def of_sides(self, sides: pd.DataFrame) -> pd.DataFrame:
        """The frame with cell and part (or COMPARISON) of its sides."""
        return sides.assign(
            cell=sides["side"] // (self.parts + 1),
            part=sides["side"] % (self.parts + 1) + COMPARISON,
        )

    def told_apart(self, cells: pd.DataFrame) -> pd.DataFrame:
        """The frame with value, stratum, g and e of its cells."""
        trial, offset = cells["cell"] // self.span, cells["cell"] % self.span
        return cells.assign(
            value=trial // self.months // self.strata,
            stratum=self.stratum(trial),
            g=trial % self.months,
            e=offset + self.lowest,
        )

    def stratum(self, trial: pd.Series) -> pd.Series:
        """The stratum of each trial."""
        return trial // self.months % self.strata

    def atom(self, cells: pd.DataFrame) -> pd.Series:
        """The atom of each row's stratum and part."""
        return cells["stratum"] * self.parts + cells["part"]

    def key(self, cells: pd.DataFrame) -> pd.Series:
        """The key of each row's stratum, part and e."""
        return self.atom(cells) * self.span + (cells["e"] - self.lowest)
