"""How far withheld counts can be narrowed down from all that is published, by linear programs.

A reader knows that counts aren't negative and that the absent are among the students. What else
can be said of a withheld count is the least and the most it may be under that and under every
published sum. The reader is taken to know sums exactly; that counts are whole numbers, and by which
rules cells are withheld, is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.span import Span, Sum

_TOLERANCE = 1e-6
_CONTRADICTS = 1e-3
_MISSES = 3
_KINDS = 3  # students, those who count, the absent; variables stand in this order, row by row


class Range(NamedTuple):
    """The least and the most a count may be."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How many students lie between."""
        return self.high - self.low


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
        many = self.students.low >= rules.least_students - _TOLERANCE
        if max(self.absent.high, self.present.high) < _TOLERANCE:
            return many or self.students.width >= rules.narrowest - _TOLERANCE
        fewest = min(self.absent.low, self.present.low)
        return many and fewest >= rules.least_counted - _TOLERANCE

    def __str__(self) -> str:
        ends = (f"{r.low:.0f} to {r.high:.0f}" for r in (self.students, self.absent, self.present))
        return "{} students, {} absent, {} present".format(*ends)


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

    def apart(self, number: int) -> float:
        """How far a sum may be from the sum of its rows."""
        return self.slack[number] if self.slack else 0.0

    def told_of(self, sum_: Sum) -> NDArray[np.float64]:
        """The students, the absent and the present of a sum's rows that are published."""
        numbers = [self.known[row] for row in sum_ if row in self.known]
        counts = (self.counts.students, self.counts.absent, self.counts.present)
        return np.array([own[numbers].sum() for own in counts], float)


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
    values = np.zeros((_KINDS, len(published.columns)))
    span, needed, spare = _independent(published)
    for equations, numbers in _apart(published, needed, open_rows):
        tables = _Tables(published, equations, [open_rows[number] for number in numbers])
        tables.look_around([1 if not counted[n] else None for n in numbers], least)
        for place, number in enumerate(numbers):
            limit.check()
            kinds = slice(None if counted[number] else 1)
            if (tables.widths(place)[kinds] < least).any():
                follows = not span.rest(dict.fromkeys(open_rows[number], 1))
                # What follows has the same ends in every table.
                held_by = [] if follows else tables.look_at(place)
                tight = tables.widths(place)[kinds] < least - _TOLERANCE
                if tight.any():
                    held = frozenset().union(
                        *(h for h, t in zip(held_by, tight, strict=False) if t)
                    )
                    beside = published.told_of(asked[number])
                    students, absent, present = tables.ranges(place, beside)
                    found[number] = Narrow(students, absent, present, held)
        tables.write(values)
    for number in spare:
        where = [columns[row] for row in published.rests[number]]
        _agree(published.left(number) - values[:, where].sum(axis=1), 0.0)
    return dict(sorted(found.items()))


def _agree(left: NDArray[np.float64], apart: float) -> None:
    if (np.abs(left) > apart + _CONTRADICTS).any():
        raise ArithmeticError("no table of counts agrees with what is published")


def _independent(published: Published) -> tuple[Span, list[int], list[int]]:
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


def _apart(
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


class _Quiet(highspy.Highs):
    """The solver without its callbacks: nobody listens, and to enable them prints a banner."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Enable none."""


class _Tables:
    """Tables that agree with what is published, and the least and the most they have of sums.

    Every linear program ends in such a table, which tells something of all other sums too: most
    ranges are found to be wide enough before it is their turn.
    """

    def __init__(
        self, published: Published, equations: Sequence[int], sums: Sequence[Sequence[int]]
    ) -> None:
        rows = dict.fromkeys(row for number in equations for row in published.rests[number])
        columns = {row: place for place, row in enumerate(rows)}
        self._where = [published.columns[row] for row in rows]
        self._equations = equations
        self._model = _model(published, equations, columns)
        self._every = np.arange(_KINDS * len(columns), dtype=np.int32)
        # Of which rows every sum is.
        self._members = np.zeros((len(sums), len(columns)))
        for place, own in enumerate(sums):
            self._members[place, [columns[row] for row in own]] = 1
        self._low = np.full((len(sums), _KINDS), np.inf)
        self._high = -self._low
        self._values = np.zeros((len(columns), _KINDS))

    def widths(self, place: int) -> NDArray[np.float64]:
        """How much is left open of a sum, of each kind, as far as it is found."""
        widths: NDArray[np.float64] = self._high[place] - self._low[place]
        return widths

    def ranges(self, place: int, beside: NDArray[np.float64]) -> list[Range]:
        """The ranges of a sum, of each kind; `beside`: what of it is known."""
        low, high = self._low[place] + beside, self._high[place] + beside
        return [Range(*ends) for ends in zip(low.tolist(), high.tolist(), strict=True)]

    def look_around(self, kinds: Sequence[int | None], least: float) -> None:
        """Find tables far from each other, as long as they find ranges wide enough."""
        asked = np.zeros((len(kinds), _KINDS), bool)
        for place, kind in enumerate(kinds):
            asked[place, :kind] = True
        random = np.random.default_rng(1)
        self._go(np.zeros(self._low.shape))
        missed = 0
        while missed < _MISSES:
            narrow = asked & (self._high - self._low < least)
            if narrow.sum() <= 1:
                return
            costs = random.normal(size=narrow.shape) * narrow
            self._go(costs)
            self._go(-costs)
            left = asked & (self._high - self._low < least)
            missed = missed + 1 if left.sum() == narrow.sum() else 0

    def look_at(self, place: int) -> list[set[int]]:
        """Find the ends of a sum's ranges; and the published sums that hold each."""
        held_by = []
        for kind in range(_KINDS):
            costs = np.zeros(self._low.shape)
            costs[place, kind] = 1
            held_by.append(self._go(costs) | self._go(-costs))
        return held_by

    def write(self, values: NDArray[np.float64]) -> None:
        """Write the rows of the last table found to where they stand among all."""
        values[:, self._where] = self._values.T

    def _go(self, costs: NDArray[np.float64]) -> set[int]:
        """Find the table of least costs, by sum and what is asked of it: students, absent, and who
        counts and isn't absent.
        """
        model = self._model
        students, absent, present = costs.T @ self._members
        cost = np.column_stack([students, present, absent - present]).ravel()
        model.changeColsCost(len(cost), self._every, cost)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            status = model.modelStatusToString(model.getModelStatus())
            raise ArithmeticError(f"no table of counts agrees with what is published ({status})")
        solution = model.getSolution()
        self._values = np.array(solution.col_value).reshape(-1, _KINDS)
        students, base, absent = (self._members @ self._values).T
        values = np.column_stack([students, absent, base - absent])
        np.minimum(self._low, values, out=self._low)
        np.maximum(self._high, values, out=self._high)
        prices = np.abs(solution.row_dual[: _KINDS * len(self._equations)]).reshape(-1, _KINDS)
        held = np.flatnonzero(prices.max(axis=1, initial=0) > _TOLERANCE).tolist()
        return {self._equations[place] for place in held}


def _model(
    published: Published, equations: Sequence[int], columns: Mapping[int, int]
) -> highspy.Highs:
    """All tables that agree with what is published."""
    starts, indices, values = [0], list[int](), list[float]()
    lower, upper = list[float](), list[float]()
    for number in equations:
        rows = [columns[row] for row in published.rests[number]]
        left, apart = published.left(number), published.apart(number)
        for kind in range(_KINDS):
            indices += [_KINDS * row + kind for row in rows]
            values += [1.0] * len(rows)
            starts.append(len(indices))
            lower.append(left[kind] - apart)
            upper.append(left[kind] + apart)
    for column in columns.values():
        for part, whole in ((1, 0), (2, 1)):
            indices += [_KINDS * column + whole, _KINDS * column + part]
            values += [1.0, -1.0]
            starts.append(len(indices))
            lower.append(0.0)
            upper.append(highspy.kHighsInf)
    model = _Quiet()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("presolve", "off")  # takes longer than it spares
    number = _KINDS * len(columns)
    model.addVars(number, np.zeros(number), np.full(number, highspy.kHighsInf))
    model.addRows(
        len(lower),
        np.array(lower),
        np.array(upper),
        len(indices),
        np.array(starts[:-1], np.int32),
        np.array(indices, np.int32),
        np.array(values),
    )
    return model
