"""What is published, as sums over rows: which rows are told by them, what the others add up to, and
which of them say something of each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.span import Span, Sum

KINDS = 3
"""Those who don't count for absence, the present, the absent: students, taken apart in this order.
"""

_CONTRADICTS = 1e-3
_NO_TABLE = "no table of counts agrees with what is published"


class Equation(NamedTuple):
    """What rows add up to, but for `apart`, by kind. `number`: of the sum that is published."""

    number: int
    rows: Sequence[int]
    left: NDArray[np.float64]
    apart: float


@dataclass(frozen=True)
class Published:
    """Sums that are published: of which rows each is, its counts, and how far it may be from the
    sum of its rows (`slack`, in students of every kind; none: 0).
    """

    sums: Sequence[Sum]
    counts: Counts
    slack: Sequence[float] = ()

    @cached_property
    def known(self) -> Mapping[int, int]:
        """The rows that are published one by one, each with the number of its sum."""
        return {next(iter(own)): n for n, own in enumerate(self.sums) if len(own) == 1}

    @cached_property
    def columns(self) -> Mapping[int, int]:
        """The rows that stand in a sum and aren't told, counted from 0."""
        rows = dict.fromkeys(row for own in self.rests.values() for row in own)
        return {row: number for number, row in enumerate(rows)}

    @cached_property
    def _taken_apart(
        self,
    ) -> tuple[dict[int, NDArray[np.float64]], dict[int, dict[int, int]], NDArray[np.float64]]:
        """The rows that are told, one after the other; what rows and counts they leave of sums."""
        left = by_kind(self.counts)
        rests = {number: dict(own) for number, own in enumerate(self.sums)}
        at: dict[int, list[int]] = {}
        for number, own in rests.items():
            for row in own:
                at.setdefault(row, []).append(number)
        told: dict[int, NDArray[np.float64]] = {}
        single = [n for n, own in rests.items() if len(own) == 1 and not self.apart(n)]
        while single:
            number = single.pop()
            for row in tuple(rests[number]):
                told[row] = left[number].copy()
                left[at[row]] -= told[row]
                for other in at[row]:
                    del rests[other][row]
                    if len(rests[other]) == 1 and not self.apart(other):
                        single.append(other)
        return told, {number: own for number, own in rests.items() if own}, left

    @property
    def told(self) -> Mapping[int, NDArray[np.float64]]:
        """The rows of which a sum tells all, with those that others tell, by kind."""
        return self._taken_apart[0]

    @property
    def rests(self) -> Mapping[int, Sum]:
        """The rows of every sum that aren't told, of the sums with such rows."""
        return self._taken_apart[1]

    @cached_property
    def independent(self) -> tuple[Span, list[int], list[int]]:
        """What follows from the sums that tell of open rows; those from which all others of them
        follow, small ones first; and those others.
        """
        span = Span()
        needed, spare = [], []
        rests = self.rests
        for number in sorted(rests, key=lambda number: len(rests[number])):
            if self.apart(number):
                needed.append(number)
            elif rest := span.rest(rests[number]):
                span.add(rest)
                needed.append(number)
            else:
                spare.append(number)
        return span, needed, spare

    def equation(self, number: int) -> Equation:
        """What a sum says of those rows."""
        left = self._taken_apart[2][number]
        return Equation(number, [*self.rests[number]], left, self.apart(number))

    def apart(self, number: int) -> float:
        """How far a sum may be from the sum of its rows."""
        return self.slack[number] if self.slack else 0.0

    def told_of(self, sum_: Sum) -> NDArray[np.float64]:
        """What of a sum is told, by kind."""
        told = [self.told[row] for row in sum_ if row in self.told]
        return np.sum(told, axis=0) if told else np.zeros(KINDS)

    def check(self) -> None:
        """Raise ArithmeticError where sums whose rows are all told contradict each other."""
        told, rests, left = self._taken_apart
        apart = np.array(self.slack or [0.0])[:, np.newaxis]
        far = np.abs(left) > apart + _CONTRADICTS
        far[[*rests]] = False
        if far.any():
            raise ArithmeticError(_NO_TABLE)
        if told and min(own.min() for own in told.values()) < -_CONTRADICTS:
            raise ArithmeticError(_NO_TABLE)


def by_kind(counts: Counts) -> NDArray[np.float64]:
    """Counts by kind, a row for each cell."""
    kinds = [counts.students - counts.base, counts.present, counts.absent]
    return np.column_stack(kinds).astype(float)


def agree(left: NDArray[np.float64]) -> None:
    """Raise ArithmeticError where anything is left of sums all of whose rows are told."""
    if (np.abs(left) > _CONTRADICTS).any():
        raise ArithmeticError(_NO_TABLE)


def apart(
    published: Published, asked: Mapping[int, Sequence[int]]
) -> Iterator[tuple[list[int], list[int]]]:
    """Independent sums, and what is asked, of rows that say nothing of the other rows: each lot has
    its own linear programs, which are far smaller than one for all.
    """
    _span, equations, _spare = published.independent
    lot = {row: row for row in published.columns}

    def first(row: int) -> int:
        while lot[row] != row:
            lot[row] = lot[lot[row]]
            row = lot[row]
        return row

    for rows in (*(published.rests[n] for n in equations), *asked.values()):
        heads = [first(row) for row in rows]
        for head in heads:
            lot[head] = heads[0]
    lots: dict[int, tuple[list[int], list[int]]] = {}
    for number in equations:
        lots.setdefault(first(next(iter(published.rests[number]))), ([], []))[0].append(number)
    for number, rows in asked.items():
        if rows:
            lots.setdefault(first(rows[0]), ([], []))[1].append(number)
    # Of rows that nothing is asked of it's enough to know that there is a table: of all at once.
    if rest := [number for own, asked_of in lots.values() if not asked_of for number in own]:
        yield rest, []
    yield from (lot for lot in lots.values() if lot[1])
