"""How far withheld counts can be narrowed down from all that is published, by linear programs.

A reader knows that counts aren't negative and that the absent are among the students. What else
can be said of a withheld count is the least and the most it may be under that and under every
published sum. The reader is taken to know sums exactly; that counts are whole numbers, and by which
rules cells are withheld, is left out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.span import Sum

_TOLERANCE = 1e-6
_CORNERS = 12
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
    def equations(self) -> list[int]:
        """The sums that tell something of other rows, by number."""
        return [n for n, own in enumerate(self.sums) if any(row in self.columns for row in own)]

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
    told: Collection[int] = (),
) -> dict[int, Narrow]:
    """Of the sums `asked`, those of which less than `least` is left open, by number.

    `counted`: whether any student of a sum asked counts for absence. A sum all of whose rows are
    published one by one is not looked at: it hides nothing; nor is one with a row that no published
    sum has: everything is open. `told`: the numbers of those that follow from the published sums,
    whose ends need no search. Raises ArithmeticError where no table agrees with what is
    published.
    """
    columns = published.columns
    open_rows = {
        number: [columns[row] for row in own if row in columns]
        for number, own in enumerate(asked)
        if all(row in columns or row in published.known for row in own)
    }
    numbers = [number for number, rows in open_rows.items() if rows]
    if not numbers:
        return {}
    tables = _Tables(published, [open_rows[number] for number in numbers])
    tables.look_around(_CORNERS)
    found = {}
    for place, number in enumerate(numbers):
        kinds = slice(None if counted[number] else 1)
        if (tables.widths(place)[kinds] < least).any():
            held_by = [] if number in told else tables.look_at(place)
            tight = tables.widths(place)[kinds] < least - _TOLERANCE
            if tight.any():
                held = frozenset().union(*(h for h, t in zip(held_by, tight, strict=False) if t))
                beside = published.told_of(asked[number])
                students, absent, present = tables.ranges(place, beside)
                found[number] = Narrow(students, absent, present, held)
    return found


class _Quiet(highspy.Highs):
    """The solver without its callbacks: nobody listens, and to enable them prints a banner."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Enable none."""


class _Tables:
    """Tables that agree with all that is published, and the least and the most they have of sums.

    Every linear program ends in such a table, which tells something of all other sums too: most
    ranges are found to be wide enough before it is their turn.
    """

    def __init__(self, published: Published, sums: Sequence[Sequence[int]]) -> None:
        self._published = published
        self._model = _model(published)
        self._every = np.arange(self._model.getNumCol(), dtype=np.int32)
        # What is asked of every sum: students, absent, and who counts and isn't absent.
        self._costs = np.zeros((len(sums), _KINDS, len(self._every)))
        for place, rows in enumerate(sums):
            students, base, absent = (_KINDS * np.array(rows, int) + kind for kind in range(_KINDS))
            self._costs[place, 0, students] = 1
            self._costs[place, 1, absent] = 1
            self._costs[place, 2, base] = 1
            self._costs[place, 2, absent] = -1
        self._low = np.full(self._costs.shape[:2], np.inf)
        self._high = -self._low

    def widths(self, place: int) -> NDArray[np.float64]:
        """How much is left open of a sum, of each kind, as far as it is found."""
        widths: NDArray[np.float64] = self._high[place] - self._low[place]
        return widths

    def ranges(self, place: int, beside: NDArray[np.float64]) -> list[Range]:
        """The ranges of a sum, of each kind; `beside`: what of it is known."""
        low, high = self._low[place] + beside, self._high[place] + beside
        return [Range(*ends) for ends in zip(low.tolist(), high.tolist(), strict=True)]

    def look_around(self, times: int) -> None:
        """Find tables far from each other."""
        random = np.random.default_rng(1)
        for _time in range(times):
            self._go(np.tensordot(random.normal(size=self._costs.shape[:2]), self._costs, 2))

    def look_at(self, place: int) -> list[set[int]]:
        """Find the ends of a sum's ranges; and the published sums that hold each."""
        return [self._go(cost) | self._go(-cost) for cost in self._costs[place]]

    def _go(self, cost: NDArray[np.float64]) -> set[int]:
        model = self._model
        model.changeColsCost(len(cost), self._every, cost)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            status = model.modelStatusToString(model.getModelStatus())
            raise ArithmeticError(f"no table of counts agrees with what is published ({status})")
        solution = model.getSolution()
        values = self._costs @ np.array(solution.col_value)
        np.minimum(self._low, values, out=self._low)
        np.maximum(self._high, values, out=self._high)
        equations = self._published.equations
        prices = np.abs(solution.row_dual[: _KINDS * len(equations)]).reshape(-1, _KINDS)
        return {equations[place] for place in np.flatnonzero(prices.max(axis=1) > _TOLERANCE)}


def _model(published: Published) -> highspy.Highs:
    """All tables that agree with what is published."""
    known, columns = published.known, published.columns
    table = np.column_stack(published.counts).astype(float)
    slack = published.slack or [0.0] * len(published.sums)
    starts, indices, values = [0], list[int](), list[float]()
    lower, upper = list[float](), list[float]()
    for number in published.equations:
        own = published.sums[number]
        open_rows = [row for row in own if row not in known]
        rest = table[number] - table[[known[row] for row in own if row in known]].sum(axis=0)
        for kind in range(_KINDS):
            indices += [_KINDS * columns[row] + kind for row in open_rows]
            values += [1.0] * len(open_rows)
            starts.append(len(indices))
            lower.append(rest[kind] - slack[number])
            upper.append(rest[kind] + slack[number])
    for column in columns.values():
        for part, whole in ((1, 0), (2, 1)):
            indices += [_KINDS * column + whole, _KINDS * column + part]
            values += [1.0, -1.0]
            starts.append(len(indices))
            lower.append(0.0)
            upper.append(highspy.kHighsInf)
    model = _Quiet()
    model.setOptionValue("output_flag", False)
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
