"""Tables that agree with what is published, found by linear programs: the least and the most that
sums have in them.

Students are of three kinds: those who don't count for absence, the present and the absent. What is
published says of every kind what its rows add up to, and nothing of one kind by another; so each
has programs of its own, of counts that only mustn't be negative, and these are small and fast.
"""

from collections.abc import Sequence
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.limit import Limit
from leapdash.build.disclosure.published import KINDS, Equation

TOLERANCE = 1e-6

_MISSES = 3
_PRIMAL = 4
"""The simplex method that goes on from the last table where only the costs are others."""


class Range(NamedTuple):
    """The least and the most a count may be."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How many students lie between."""
        return self.high - self.low


class _Quiet(highspy.Highs):
    """The solver without its callbacks: nobody listens, and to enable them prints a banner."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Enable none."""


class Ragged:
    """Lists of places, all in a row: what is added up by list."""

    def __init__(self, lists: Sequence[Sequence[int]]) -> None:
        self.lengths = np.array([len(own) for own in lists], np.int64)
        self.places = np.array([place for own in lists for place in own], np.int32)
        self.starts = np.cumsum([0, *self.lengths[:-1]]).astype(np.int32)

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the values at its places add up to, by list; no list may be empty."""
        added: NDArray[np.float64] = np.add.reduceat(values[self.places], self.starts)
        return added

    def spread(self, weights: NDArray[np.float64], number: int) -> NDArray[np.float64]:
        """The weights of all lists that a place is in, by place, of so many."""
        spread: NDArray[np.float64] = np.bincount(
            self.places, np.repeat(weights, self.lengths), number
        ).astype(float)
        return spread


class Tables:
    """Tables that agree with what is published, and the least and the most they have of sums.

    Every linear program ends in such a table, which tells something of all other sums too: most
    ranges are found to be wide enough before it is their turn. `counted`: whether any student of a
    sum counts for absence; if so the present and the absent must be open, else all students.
    """

    def __init__(
        self,
        equations: Sequence[Equation],
        sums: Sequence[Sequence[int]],
        counted: Sequence[bool],
    ) -> None:
        rows = dict.fromkeys(row for equation in equations for row in equation.rows)
        columns = {row: place for place, row in enumerate(rows)}
        matrix = Ragged([[columns[row] for row in e.rows] for e in equations])
        members = Ragged([[columns[row] for row in own] for own in sums])
        self.rows = list(rows)
        self._counted = np.array(counted, bool)
        self._numbers = [equation.number for equation in equations]
        left = np.array([equation.left for equation in equations])
        slack = np.array([equation.apart for equation in equations])
        self._kinds = [_OneKind(matrix, left[:, k], slack, members) for k in range(KINDS)]

    def widths(self) -> NDArray[np.float64]:
        """How much is left open of the sums as far as it is found, by kind."""
        return np.column_stack([kind.high - kind.low for kind in self._kinds])

    def ends(self, place: int) -> NDArray[np.float64]:
        """The least and the most of a sum, by kind."""
        return np.array([(kind.low[place], kind.high[place]) for kind in self._kinds]).T

    def last(self) -> NDArray[np.float64]:
        """The last table found, by row and kind."""
        return np.column_stack([kind.values for kind in self._kinds])

    def narrow(self, least: float) -> NDArray[np.bool_]:
        """Of which sums less than that is left open as far as it is found, by kind."""
        widths = self.widths()
        narrow = widths < least
        narrow[self._counted, 0] = False
        narrow[~self._counted] = (widths[~self._counted].sum(axis=1) < least)[:, np.newaxis]
        return narrow

    def look_around(
        self, least: float, limit: Limit, without: NDArray[np.bool_] | None = None
    ) -> None:
        """Find tables far from each other, as long as they find ranges wide enough; `without`: of
        which sums nothing is looked for.
        """
        for number, kind in enumerate(self._kinds):
            random = np.random.default_rng(1)
            missed = 0
            while missed < _MISSES:
                limit.check()
                narrow = self._narrow_but(least, without)[:, number]
                if narrow.sum() <= 1:
                    break
                costs = random.normal(size=len(narrow)) * narrow
                kind.go(costs)
                kind.go(-costs)
                left = self._narrow_but(least, without)[:, number]
                missed = missed + 1 if left.sum() == narrow.sum() else 0

    def _narrow_but(self, least: float, without: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        narrow = self.narrow(least)
        if without is not None:
            narrow[without] = False
        return narrow

    def look_at(self, place: int, least: float) -> set[int] | None:
        """Find the ends of a sum's ranges, and the published sums that hold those that are narrow;
        none where none is.
        """
        narrow = np.flatnonzero(self.narrow(least)[place]).tolist()
        held_by = {kind: self._end(kind, place) for kind in narrow}
        tight = np.flatnonzero(self.narrow(least - TOLERANCE)[place]).tolist()
        if not tight:
            return None
        for kind in range(KINDS):
            if kind not in held_by:
                self._end(kind, place)
        return set().union(*(held_by[kind] for kind in tight))

    def _end(self, kind: int, place: int) -> set[int]:
        costs = np.zeros(len(self._counted))
        costs[place] = 1
        own = self._kinds[kind]
        return {self._numbers[number] for number in own.go(costs) | own.go(-costs)}


class _OneKind:
    """The tables of one kind: what they have of every sum (`low`, `high`), and the last of them."""

    def __init__(
        self,
        matrix: Ragged,
        left: NDArray[np.float64],
        slack: NDArray[np.float64],
        members: Ragged,
    ) -> None:
        self._members, self._rows = members, int(matrix.places.max()) + 1
        self._every = np.arange(self._rows, dtype=np.int32)
        self.low = np.full(len(members.lengths), np.inf)
        self.high = -self.low
        self._nobody = not (left.any() or slack.any())
        self.values = np.zeros(self._rows)
        if self._nobody:
            self.low[:] = self.high[:] = 0.0
        else:
            most = np.full(self._rows, highspy.kHighsInf)
            once = np.ones(len(matrix.places))
            self._model = solver(most, left - slack, left + slack, matrix, once)
            self.go(np.zeros(len(members.lengths)))

    def go(self, costs: NDArray[np.float64]) -> set[int]:
        """Find the table of least costs, by sum; the places of the equations that hold it there.

        Raises ArithmeticError where there is no table.
        """
        if self._nobody:
            return set()
        model = self._model
        model.changeColsCost(self._rows, self._every, self._members.spread(costs, self._rows))
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            status = model.modelStatusToString(model.getModelStatus())
            raise ArithmeticError(f"no table of counts agrees with what is published ({status})")
        solution = model.getSolution()
        self.values = np.array(solution.col_value)
        if len(self.low):
            sums = self._members.sums(self.values)
            np.minimum(self.low, sums, out=self.low)
            np.maximum(self.high, sums, out=self.high)
        return set(np.flatnonzero(np.abs(solution.row_dual) > TOLERANCE).tolist())


def solver(
    most: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    lists: Ragged,
    times: NDArray[np.float64],
) -> highspy.Highs:
    """A program of counts, none of them negative and each `most` at most, of which those of every
    list, so many times, come to what lies between its bounds.
    """
    model = _Quiet()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("presolve", "off")  # takes longer than it spares
    model.setOptionValue("simplex_strategy", _PRIMAL)
    model.addVars(len(most), np.zeros(len(most)), most)
    model.addRows(len(lower), lower, upper, len(times), lists.starts, lists.places, times)
    return model
