"""What is compared with what, and one number for what takes several columns to tell apart."""

from dataclasses import dataclass
from typing import Literal, TypeVar

import ibis.expr.types as ir
import pandas as pd

COMPARISON = -1
"""In place of a part: comparison units."""


@dataclass(frozen=True)
class Rules:
    """What is compared with what; the build uses the defaults.

    `comparison`: units not visited yet by the month looked at, or never in the data. `base`: the
    month changes are counted from: `universal`, the month before the trial begins, or `varying`,
    before the visit the month before the one looked at. `history`: months of recent attendance
    that must be observed, used by `weights` and `slopes`; 0 for none. `weights`: make comparison
    units like the visited, and make up for those who leave by being visited. `slopes`: adjust the
    changes for what difference in recent attendance is left. `small_samples`: residuals are
    enlarged by what their own mean took from them. `shares`: whether the mix of months and strata
    counts as fixed or as random. `width`: of the classes of recent attendance the chance of a
    visit is fitted on.
    """

    comparison: Literal["not_yet", "never"] = "not_yet"
    base: Literal["universal", "varying"] = "universal"
    history: int = 3
    weights: bool = True
    slopes: bool = True
    small_samples: bool = True
    shares: Literal["fixed", "random"] = "fixed"
    width: float = 0.05
    event_times: tuple[int, ...] = tuple(range(-6, 13))


Number = TypeVar("Number", ir.IntegerValue, pd.Series)


@dataclass(frozen=True)
class Codes:
    """One number for what would else take several columns to tell apart.

    A trial is a value, stratum and month; a cell a trial and event time: here visited meet
    comparison. An atom is a stratum and part, which effects are kept for; a key an atom and event
    time.
    """

    strata: int
    months: int
    parts: int
    lowest: int
    span: int

    @classmethod
    def of(cls, strata: int, months: int, parts: int, rules: Rules) -> "Codes":
        """The codes for that many of each, and the rules' event times."""
        lowest, highest = min(rules.event_times), max(rules.event_times)
        return cls(strata, months, parts, lowest, highest - lowest + 1)

    def trial(self, value: Number, stratum: Number, g: Number) -> Number:
        """The trial's number."""
        return (value * self.strata + stratum) * self.months + g

    def side(self, cell: Number, part: Number) -> Number:
        """The number of a cell's visited of that part, or of its COMPARISON."""
        return cell * (self.parts + 1) + part - COMPARISON

    def with_places(self, cells: pd.DataFrame) -> pd.DataFrame:
        """The frame with value, stratum, g and e of its cells."""
        trial, offset = cells["cell"] // self.span, cells["cell"] % self.span
        place = trial // self.months
        return cells.assign(
            value=place // self.strata,
            stratum=place % self.strata,
            g=trial % self.months,
            e=offset + self.lowest,
        )

    def atom(self, cells: pd.DataFrame) -> pd.Series:
        """The atom of each row's stratum and part."""
        return cells["stratum"] * self.parts + cells["part"]

    def key(self, cells: pd.DataFrame) -> pd.Series:
        """The key of each row's stratum, part and e."""
        return self.atom(cells) * self.span + (cells["e"] - self.lowest)
