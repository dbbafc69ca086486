"""How far withheld counts can be narrowed down from all that is published, by linear programs.

A reader knows that counts aren't negative and that the absent are among the students. What else
can be said of a withheld count is the least and the most it may be under that and under every
published sum. The reader is taken to know sums exactly; that counts are whole numbers, and by which
rules cells are withheld, is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.programs import TOLERANCE, Range, Tables
from leapdash.build.disclosure.published import KINDS, Published, agree, apart
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.span import Sum


@dataclass(frozen=True)
class Narrow:
    """What little is left open of a sum: its students, the absent, and those who count and aren't
    absent. A reader who knows one of them well enough has learnt what was withheld.

    `held_by`: the published sums that keep it so narrow, by number.
    """

    students: Range
    absent: Range
    present: Range
    held_by: frozenset[int]

    def harmless(self, rules: Rules) -> bool:
        """Whether all that is left open could be shown: many students, absent and present; or
        there is nobody to count, in a month too short for chronic absence.
        """
        many = self.students.low >= rules.least_students - TOLERANCE
        if max(self.absent.high, self.present.high) < TOLERANCE:
            return many or self.students.width >= rules.narrowest - TOLERANCE
        fewest = min(self.absent.low, self.present.low)
        return many and fewest >= rules.least_counted - TOLERANCE

    def __str__(self) -> str:
        ends = (f"{r.low:.0f} to {r.high:.0f}" for r in (self.students, self.absent, self.present))
        return "{} students, {} absent, {} present".format(*ends)


def narrow(
    published: Published,
    asked: Sequence[Sum],
    counted: Sequence[bool],
    least: float,
    limit: Limit = NO_LIMIT,
) -> dict[int, Narrow]:
    """Of the sums `asked`, those of which less than `least` is left open, by number.

    `counted`: whether any student of a sum asked counts for absence. A sum all of whose rows are
    published one by one is not looked at: it hides nothing; nor is one with a row that no published
    sum has: everything is open. Raises ArithmeticError where no table agrees with what is
    published.
    """
    published.check()
    found: dict[int, Narrow] = {}
    open_rows: dict[int, list[int]] = {}
    columns, told = published.columns, published.told
    for number, own in enumerate(asked):
        if all(row in columns or row in told for row in own):
            open_rows[number] = [row for row in own if row in columns]
            if not open_rows[number] and any(row not in published.known for row in own):
                found[number] = left_open(np.zeros((2, KINDS)), published.told_of(own))
    values = np.zeros((len(columns), KINDS))
    span, _needed, spare = published.independent
    for equations, numbers in apart(published, open_rows):
        limit.check()
        sums = [open_rows[number] for number in numbers]
        # What follows has the same ends in every table.
        follows = [not span.rest(dict.fromkeys(own, 1)) for own in sums]
        tables = Tables(
            [published.equation(number) for number in equations],
            sums,
            [counted[number] for number in numbers],
        )
        tables.look_around(least, limit, np.array(follows, bool))
        narrow = [any(kinds) for kinds in tables.narrow(least).tolist()]
        for place, number in enumerate(numbers):
            if narrow[place]:
                limit.check()
                held_by = set[int]() if follows[place] else tables.look_at(place, least)
                if held_by is not None:
                    beside = published.told_of(asked[number])
                    found[number] = left_open(tables.ends(place), beside, frozenset(held_by))
        values[[columns[row] for row in tables.rows]] = tables.last()
    for number in spare:
        where = [columns[row] for row in published.rests[number]]
        agree(published.equation(number).left - values[where].sum(axis=0))
    return dict(sorted(found.items()))


def left_open(
    ends: NDArray[np.float64], told: NDArray[np.float64], held_by: frozenset[int] = frozenset()
) -> Narrow:
    """What ends by kind leave open, beside what is told."""
    low, high = (ends + told).tolist()
    _uncounted, present, absent = (Range(*both) for both in zip(low, high, strict=True))
    return Narrow(Range(sum(low), sum(high)), absent, present, held_by)
