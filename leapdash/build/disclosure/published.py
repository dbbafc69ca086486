"""What is published, as sums over rows: which rows stand alone, what the others add up to, and
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


class Equation(NamedTuple):
    """What rows add up to, but for `apart`: students, those who count, the absent; `number`: of the
    published sum that says so.
    """

    number: int
    rows: Sequence[int]
    left: NDArray[np.float64]
    apart: float


@dataclass(frozen=True)
class Published:
    """Sums that are published: of which rows each is, its counts, and how far it may be from the
    sum of its rows (`slack`, in students; none: 0).
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
        """The other rows that stand in a sum, counted from 0."""
        rows = dict.fromkeys(row for own in self.sums for row in own if row not in self.known)
        return {row: number for number, row in enumerate(rows)}

    @cached_property
    def rests(self) -> Mapping[int, Sum]:
        """The rows of every sum that aren't published one by one, of the sums with such rows."""
        rests = {
            number: {row: 1 for row in own if row not in self.known}
            for number, own in enumerate(self.sums)
        }
        return {number: rest for number, rest in rests.items() if rest}

    def left(self, number: int) -> NDArray[np.float64]:
        """What a sum leaves for those rows: students, those who count, the absent."""
        told = [self.known[row] for row in self.sums[number] if row in self.known]
        return np.array([own[number] - own[told].sum() for own in self.counts], float)

    def equation(self, number: int) -> Equation:
        """What a sum says of those rows."""
        return Equation(number, [*self.rests[number]], self.left(number), self.apart(number))

    def apart(self, number: int) -> float:
        """How far a sum may be from the sum of its rows."""
        return self.slack[number] if self.slack else 0.0

    def told_of(self, sum_: Sum) -> NDArray[np.float64]:
        """The students, the absent and the present of a sum's rows that are published."""
        numbers = [self.known[row] for row in sum_ if row in self.known]
        counts = (self.counts.students, self.counts.absent, self.counts.present)
        return np.array([own[numbers].sum() for own in counts], float)


def independent(published: Published) -> tuple[Span, list[int], list[int]]:
    """What follows from the sums that tell of open rows; those from which all others of them
    follow, small ones first; and those others.
    """
    span = Span()
    needed, spare = [], []
    rests = published.rests
    for number in sorted(rests, key=lambda number: len(rests[number])):
        if published.apart(number):
            needed.append(number)
        elif rest := span.rest(rests[number]):
            span.add(rest)
            needed.append(number)
        else:
            spare.append(number)
    return span, needed, spare


def apart(
    published: Published, equations: Sequence[int], asked: Mapping[int, Sequence[int]]
) -> Iterator[tuple[list[int], list[int]]]:
    """Sums, and what is asked, of rows that say nothing of the other rows: each lot has its own
    linear programs, which are far smaller than one for all.
    """
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
