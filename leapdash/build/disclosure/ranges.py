"""How far withheld counts can be narrowed down from all that is published, by linear programs.

A reader knows that counts aren't negative and that the absent are among the students. What else
can be said of a withheld count is the least and the most it may be under that and under every
published sum. The reader is taken to know sums exactly; that counts are whole numbers, and by which
rules cells are withheld, is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.lattice import Counts
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
class Ranges:
    """What is left open of a cell: its students, the absent, and those who count and aren't absent.

    A reader who knows one of them well enough has learnt what was withheld.
    """

    students: Range
    absent: Range
    present: Range

    def narrowest(self, counts: bool = True) -> float:
        """The width of the narrowest; where nobody counts for absence, that of the students."""
        if not counts:
            return self.students.width
        return min(self.students.width, self.absent.width, self.present.width)


def narrow(
    published: Sequence[Sum],
    counts: Counts,
    asked: Sequence[Sum],
    counted: Sequence[bool],
    least: float,
    slack: Sequence[float] | None = None,
) -> dict[int, Ranges]:
    """Of the sums `asked`, those whose ranges aren't `least` wide, with their ranges, by number.

    `counts`: of the published sums; `counted`: whether any student of a sum asked counts for
    absence. `slack`: how far a published sum may be from that of its rows, 0 unless said. A sum all of whose rows are published one by one is not looked
    at: it hides nothing. Raises ArithmeticError where no table agrees with what is published.
    """
    known = {next(iter(own)): n for n, own in enumerate(published) if len(own) == 1}
    columns: dict[int, int] = {}
    for own in (*published, *asked):
        for row in own:
            if row not in known:
                columns.setdefault(row, len(columns))
    open_rows = [[columns[row] for row in own if row in columns] for own in asked]
    if not any(open_rows):
        return {}
    model = _model(published, counts, known, columns, slack or [0.0] * len(published))
    tables = _Tables(model, open_rows)
    tables.look_around(_CORNERS)
    for number, rows in enumerate(open_rows):
        if rows and tables.ranges(number).narrowest(counted[number]) < least:
            tables.look_at(number)
    found = ((number, tables.ranges(number)) for number, rows in enumerate(open_rows) if rows)
    return {
        number: own for number, own in found if own.narrowest(counted[number]) < least - _TOLERANCE
    }


class _Tables:
    """Tables that agree with all that is published, and the least and the most they have of sums.

    Every linear program ends in such a table, which tells something of all other sums too: most
    ranges are found to be wide enough before it is their turn.
    """

    def __init__(self, model: highspy.Highs, sums: Sequence[Sequence[int]]) -> None:
        self._model = model
        self._every = np.arange(model.getNumCol(), dtype=np.int32)
        self._costs = np.zeros((len(sums), _KINDS, len(self._every)))
        for number, rows in enumerate(sums):
            students, base, absent = (_KINDS * np.array(rows, int) + kind for kind in range(_KINDS))
            self._costs[number, 0, students] = 1
            self._costs[number, 1, absent] = 1
            self._costs[number, 2, base] = 1
            self._costs[number, 2, absent] = -1
        self._low = np.full(self._costs.shape[:2], np.inf)
        self._high = -self._low

    def ranges(self, number: int) -> Ranges:
        """The ranges of a sum, as far as they are found."""
        return Ranges(*map(Range, self._low[number], self._high[number]))

    def look_around(self, times: int) -> None:
        """Find tables far from each other."""
        random = np.random.default_rng(1)
        for _time in range(times):
            weights = random.normal(size=self._costs.shape[:2])
            self._go(np.tensordot(weights, self._costs, 2))

    def look_at(self, number: int) -> None:
        """Find the ends of a sum's ranges."""
        for cost in self._costs[number]:
            self._go(cost)
            self._go(-cost)

    def _go(self, cost: NDArray[np.float64]) -> None:
        model = self._model
        model.changeColsCost(len(cost), self._every, cost)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(
                f"no table of counts agrees with what is published ({model.getModelStatus()})"
            )
        values = self._costs @ np.array(model.getSolution().col_value)
        np.minimum(self._low, values, out=self._low)
        np.maximum(self._high, values, out=self._high)


def _model(
    published: Sequence[Sum],
    counts: Counts,
    known: Mapping[int, int],
    columns: Mapping[int, int],
    slack: Sequence[float],
) -> highspy.Highs:
    """All tables that agree with what is published."""
    table = np.column_stack(counts).astype(float)
    starts, indices, values = [0], list[int](), list[float]()
    lower, upper = list[float](), list[float]()
    for number, own in enumerate(published):
        open_rows = [row for row in own if row not in known]
        if not open_rows:
            continue
        rest = table[number].copy()
        for row in own:
            if row in known:
                rest -= table[known[row]]
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
    # No count is larger than all that are published: nothing is without end.
    most = float(table.sum())
    lp = highspy.HighsLp()
    lp.num_col_ = _KINDS * len(columns)
    lp.num_row_ = len(lower)
    lp.col_cost_ = np.zeros(lp.num_col_)
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.full(lp.num_col_, most)
    lp.row_lower_ = np.array(lower)
    lp.row_upper_ = np.array(upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(starts)
    lp.a_matrix_.index_ = np.array(indices)
    lp.a_matrix_.value_ = np.array(values)
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.passModel(lp)
    return model
