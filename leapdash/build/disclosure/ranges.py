"""How far withheld counts can be narrowed down from all that is published, by linear programs.

A reader knows that counts aren't negative and that the absent are among the students. What else
can be said of a withheld count is the least and the most it may be under that and under every
published sum. The reader is taken to know sums exactly; that counts are whole numbers, and by which
rules cells are withheld, is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.programs import KINDS, TOLERANCE, Range, Tables
from leapdash.build.disclosure.published import Published, apart, independent
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.span import Sum

_CONTRADICTS = 1e-3
_PARTITIONS = 4


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
    for number, own in enumerate(published.sums):
        if number not in published.rests and len(own) > 1:
            _agree(published.left(number), published.apart(number))
    open_rows = {
        number: [row for row in own if row not in published.known]
        for number, own in enumerate(asked)
        if all(row in published.columns or row in published.known for row in own)
    }
    found: dict[int, Narrow] = {}
    columns = published.columns
    values = np.zeros((KINDS, len(published.columns)))
    span, needed, spare = independent(published)
    for equations, numbers in apart(published, needed, open_rows):
        sums = [open_rows[number] for number in numbers]
        # What follows has the same ends in every table.
        follows = np.array([not span.rest(dict.fromkeys(own, 1)) for own in sums], bool)
        open_ = np.ones((len(numbers), KINDS), bool)
        open_[follows] = False
        open_[[not counted[number] for number in numbers], 1:] = False
        tables = Tables([published.equation(number) for number in equations], sums)
        tables.look_around(open_, least, limit)
        for place, number in enumerate(numbers):
            limit.check()
            kinds = slice(None if counted[number] else 1)
            if (tables.widths(place)[kinds] < least).any():
                held_by = [] if follows[place] else tables.look_at(place, least)
                tight = tables.widths(place)[kinds] < least - TOLERANCE
                if tight.any():
                    held = frozenset().union(
                        *(h for h, t in zip(held_by, tight, strict=False) if t)
                    )
                    beside = published.told_of(asked[number])
                    students, absent, present = tables.ranges(place, beside)
                    found[number] = Narrow(students, absent, present, held)
        for row, last in tables.last().items():
            values[:, columns[row]] = last
    for number in spare:
        where = [columns[row] for row in published.rests[number]]
        _agree(published.left(number) - values[:, where].sum(axis=1), 0.0)
    return dict(sorted(found.items()))


def near_for_owners(
    published: Published,
    asked: Mapping[int, Sum],
    counted: Mapping[int, bool],
    rows: Mapping[int, tuple[str, NDArray[np.float64]]],
    least: float,
    limit: Limit = NO_LIMIT,
) -> dict[str, list[int]]:
    """For every owner the sums of others, of those `asked`, of which less than `least` may be left
    open to who knows their own rows exactly. `rows`: whose each is, and what it holds.

    With all rows as they are but a few of several owners, the tables of those few are as possible
    for who owns none of them. What is wide there is wide for all other owners at once.
    """
    random = np.random.default_rng(1)
    near: dict[str, list[int]] = {}
    _span, needed, _spare = independent(published)
    open_rows = {n: [row for row in own if row not in published.known] for n, own in asked.items()}
    for equations, numbers in apart(published, needed, open_rows):
        sums = [published.equation(number) for number in equations]
        owners = {rows[row][0] for equation in sums for row in equation.rows}
        own = [{rows[row][0] for row in open_rows[number]} for number in numbers]
        others = {n: owners - o for n, o in zip(numbers, own, strict=True) if len(o) == 1}
        tables = Tables(sums, [open_rows[number] for number in numbers])
        amid = np.array([rows[row][1] for row in tables.last()]).reshape(-1, KINDS)
        for _time in range(_PARTITIONS if len(owners) > 1 else 0):
            for block, wide in tables.wide_in_blocks(
                [number in others and len(others[number]) > 0 for number in numbers],
                [counted[number] for number in numbers],
                amid,
                (least, limit, random),
            ):
                inside = {rows[row][0] for row in block}
                for place in wide:
                    others[numbers[place]] &= inside
        for number, left in others.items():
            for owner in sorted(left):
                near.setdefault(owner, []).append(number)
    return near


def _agree(left: NDArray[np.float64], apart: float) -> None:
    if (np.abs(left) > apart + _CONTRADICTS).any():
        raise ArithmeticError("no table of counts agrees with what is published")
