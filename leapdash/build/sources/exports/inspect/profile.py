"""What stands in the columns of a sheet, all of it looked at: distinct values, blanks, dates."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leapdash.build.sources.exports.cells import NO_RESULT, TOTALS, key_of, tidy
from leapdash.build.sources.exports.dates import numbers_of, shape_of
from leapdash.build.sources.exports.headings import Header
from leapdash.build.sources.exports.sheet import Sheet

MOST_DISTINCT = 5_000
"""More distinct values than this aren't kept: the first ones tell enough."""

_NUMBER = re.compile(r"[0-9]*\.?[0-9]+")


@dataclass
class ColumnProfile:
    """What stands in one column.

    `values`: how often each text is there, tidied, up to MOST_DISTINCT of them; `blank`: how many
    cells have nothing; `unstored`: how many have a formula without a result; `largest`: of dates in
    figures, the largest first and second number, and whether the second is always 1; `shapes`: how
    dates are written, as dates.shape_of has it.
    """

    heading: str
    rows: int = 0
    blank: int = 0
    unstored: int = 0
    values: Counter[str] = field(default_factory=Counter)
    largest: tuple[int, int] = (0, 0)
    firsts: bool = True
    shapes: set[str] = field(default_factory=set)

    @property
    def example(self) -> str:
        """The text that is there most often."""
        return self.values.most_common(1)[0][0] if self.values else ""

    @property
    def many(self) -> bool:
        """Whether nearly every row has another value."""
        return len(self.values) > max(20, 0.5 * min(self.rows - self.blank, MOST_DISTINCT))

    @property
    def largest_number(self) -> float:
        """The largest of the values that are numbers; 0 where none is."""
        return max((float(value) for value in self.values if _NUMBER.fullmatch(value)), default=0)

    def add(self, text: str, times: int) -> None:
        """Count a text."""
        self.rows += times
        plain = tidy(text)[0]
        if not plain:
            self.blank += times
            return
        if plain == NO_RESULT:
            self.unstored += times
            return
        if plain in self.values or len(self.values) < MOST_DISTINCT:
            self.values[plain] += times
        self.shapes |= {shape_of(plain)} - {""}
        if numbers := numbers_of(plain):
            self.largest = (max(self.largest[0], numbers[0]), max(self.largest[1], numbers[1]))
            self.firsts = self.firsts and numbers[1] == 1


def profiles(sheet: Sheet, header: Header) -> list[ColumnProfile]:
    """What stands in each column of a sheet, in order. Raises InputError where it can't be read."""
    found = [ColumnProfile(name) for name in header.names]
    for block in sheet.blocks(header.below, len(header.names), lambda *_: None):
        for profile, column in zip(found, block.columns, strict=True):
            for text, times in _counted(column.value_counts()):
                if key_of(text) not in TOTALS:
                    profile.add(text, times)
    return found


def _counted(counts: Sequence[object]) -> Iterator[tuple[str, int]]:
    for pair in counts.to_pylist():  # type: ignore[attr-defined]
        yield pair["values"], pair["counts"]
