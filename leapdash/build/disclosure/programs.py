"""Tables that agree with what is published, found by linear programs: the least and the most that
sums have in them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.limit import Limit
from leapdash.build.disclosure.published import Equation

TOLERANCE = 1e-6
KINDS = 3
"""Students, those who count, the absent: variables stand in this order, row by row."""

_MISSES = 3
_CORNERS = 8
_LARGE, _PLACE, _BLOCK = 300, 30, 60  # rows: from where on blocks are tried, of a place, of a block


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


class Tables:
    """Tables that agree with what is published, and the least and the most they have of sums.

    Every linear program ends in such a table, which tells something of all other sums too: most
    ranges are found to be wide enough before it is their turn.
    """

    def __init__(self, equations: Sequence[Equation], sums: Sequence[Sequence[int]]) -> None:
        rows = dict.fromkeys(row for equation in equations for row in equation.rows)
        self._columns = {row: place for place, row in enumerate(rows)}
        self._equations, self._sums = equations, sums
        self._model = _model(equations, self._columns)
        self._every = np.arange(KINDS * len(rows), dtype=np.int32)
        # Of which rows every sum is.
        self._members = np.zeros((len(sums), len(rows)))
        for place, own in enumerate(sums):
            self._members[place, [self._columns[row] for row in own]] = 1
        self._low = np.full((len(sums), KINDS), np.inf)
        self._high = -self._low
        self._values = np.zeros((len(rows), KINDS))

    def widths(self, place: int) -> NDArray[np.float64]:
        """How much is left open of a sum, of each kind, as far as it is found."""
        widths: NDArray[np.float64] = self._high[place] - self._low[place]
        return widths

    def ranges(self, place: int, beside: NDArray[np.float64]) -> list[Range]:
        """The ranges of a sum, of each kind; `beside`: what of it is known."""
        low, high = self._low[place] + beside, self._high[place] + beside
        return [Range(*ends) for ends in zip(low.tolist(), high.tolist(), strict=True)]

    def last(self) -> Mapping[int, NDArray[np.float64]]:
        """The last table found, by row."""
        return {row: self._values[place] for row, place in self._columns.items()}

    def look_around(self, open_: NDArray[np.bool_], least: float, limit: Limit) -> None:
        """Find tables far from each other, as long as they find ranges wide enough; `open_`: of
        which sums, by kind, they are looked for.
        """
        random = np.random.default_rng(1)
        self._go(np.zeros(open_.shape))
        if open_.any() and len(self._columns) > _LARGE:
            self._look_in_blocks(open_, least, limit, random)
        missed = 0
        while missed < _MISSES:
            limit.check()
            narrow = open_ & (self._high - self._low < least)
            if narrow.sum() <= 1:
                return
            costs = random.normal(size=narrow.shape) * narrow
            self._go(costs)
            self._go(-costs)
            left = open_ & (self._high - self._low < least)
            missed = missed + 1 if left.sum() == narrow.sum() else 0

    def _look_in_blocks(
        self, open_: NDArray[np.bool_], least: float, limit: Limit, random: np.random.Generator
    ) -> None:
        """The same a few rows at a time, with all others as in a table amid those found: what may
        be then may be at all, and small programs take a fraction of the time.
        """
        found = []
        for _corner in range(_CORNERS):
            limit.check()
            self._go(random.normal(size=open_.shape) * open_)
            found.append(self._values)
        amid = np.mean(found, axis=0)
        before = open_.sum() + 1
        while before > (now := (open_ & (self._high - self._low < least)).sum()) > 0:
            before = now
            for block in self._blocks(random):
                limit.check()
                own = [n for n, sum_ in enumerate(self._sums) if block.issuperset(sum_)]
                narrow = open_[own] & (self._high[own] - self._low[own] < least)
                if narrow.any():
                    tables = self._in_block(block, amid, own)
                    tables.look_around(narrow, least, limit)
                    self._low[own] = np.minimum(self._low[own], tables._low)
                    self._high[own] = np.maximum(self._high[own], tables._high)

    def wide_in_blocks(
        self,
        asked: Sequence[bool],
        counted: Sequence[bool],
        amid: NDArray[np.float64],
        how: tuple[float, Limit, np.random.Generator],
    ) -> Iterator[tuple[set[int], list[int]]]:
        """Lots of rows, each with the sums asked that are wide where only its rows aren't as in a
        table.
        """
        least, limit, random = how
        for block in self._blocks(random):
            limit.check()
            own = [n for n, s in enumerate(self._sums) if asked[n] and block.issuperset(s)]
            if own:
                open_ = np.ones((len(own), KINDS), bool)
                open_[[not counted[n] for n in own], 1:] = False
                tables = self._in_block(block, amid, own)
                tables.look_around(open_, least, limit)
                narrow = (open_ & (tables._high - tables._low < least)).any(axis=1)
                yield block, [n for n, tight in zip(own, narrow, strict=True) if not tight]

    def _in_block(
        self, block: Collection[int], amid: NDArray[np.float64], own: Sequence[int]
    ) -> "Tables":
        """A block's rows and some sums of them, with all other rows as in a table."""
        touching = sorted({n for row in block for n in self._at[row]})
        equations = [self._within(block, amid, self._equations[n]) for n in touching]
        return Tables(equations, [self._sums[n] for n in own])

    def _within(
        self, block: Collection[int], amid: NDArray[np.float64], equation: Equation
    ) -> Equation:
        """What an equation leaves for a block's rows where all others are as in a table."""
        rows = [row for row in equation.rows if row in block]
        others = [self._columns[row] for row in equation.rows if row not in block]
        return equation._replace(rows=rows, left=equation.left - amid[others].sum(axis=0))

    @cached_property
    def _at(self) -> Mapping[int, Sequence[int]]:
        """The equations of every row."""
        at: dict[int, list[int]] = {row: [] for row in self._columns}
        for number, equation in enumerate(self._equations):
            for row in equation.rows:
                at[row].append(number)
        return at

    @cached_property
    def _places(self) -> Mapping[int, set[int]]:
        """For every row those of the same place: that sums of few rows have in common."""
        places = {row: {row} for row in self._columns}
        for rows in sorted([*self._sums, *(e.rows for e in self._equations)], key=len):
            together = set[int]().union(*(places[row] for row in rows))
            if len(together) <= _PLACE:
                for row in together:
                    places[row] = together
        return places

    def _blocks(self, random: np.random.Generator) -> Iterator[set[int]]:
        """The rows in lots of some, those of one place together."""
        lots = list({id(own): own for own in self._places.values()}.values())
        block = set[int]()
        for place in random.permutation(len(lots)):
            block |= lots[place]
            if len(block) >= _BLOCK:
                yield block
                block = set()
        if block:
            yield block

    def look_at(self, place: int, least: float) -> list[set[int]]:
        """Find the ends of a sum's ranges; and the published sums that hold each.

        What equations say of the rows nearby, whatever may be elsewhere, leaves ends that are no
        nearer than the true ones. Where that is little, it's taken for what there is.
        """
        near = self._near(place)
        held_by = near._ends(0) if near else [set()] * KINDS
        for kind in range(KINDS):
            if near and near.widths(0)[kind] < least - TOLERANCE:
                self._low[place, kind], self._high[place, kind] = (
                    near._low[0, kind],
                    near._high[0, kind],
                )
            elif self._high[place, kind] - self._low[place, kind] < least:
                held_by[kind] = self._end(place, kind)
        return held_by

    def _near(self, place: int) -> "Tables | None":
        """The rows nearby a sum; in every equation those elsewhere stand as one, as if they were in
        no other. None where a sum is of several places.
        """
        own = self._sums[place]
        rows = self._places[own[0]]
        if not rows.issuperset(own):
            return None
        touching = {n for row in rows for n in self._at[row]}
        return Tables([self._only(rows, number) for number in sorted(touching)], [own])

    def _only(self, rows: Collection[int], number: int) -> Equation:
        equation = self._equations[number]
        inside = [row for row in equation.rows if row in rows]
        elsewhere = [] if len(inside) == len(equation.rows) else [-1 - number]
        return equation._replace(rows=inside + elsewhere)

    def _ends(self, place: int) -> list[set[int]]:
        return [self._end(place, kind) for kind in range(KINDS)]

    def _end(self, place: int, kind: int) -> set[int]:
        costs = np.zeros(self._low.shape)
        costs[place, kind] = 1
        return self._go(costs) | self._go(-costs)

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
        self._values = np.array(solution.col_value).reshape(-1, KINDS)
        students, base, absent = (self._members @ self._values).T
        values = np.column_stack([students, absent, base - absent])
        np.minimum(self._low, values, out=self._low)
        np.maximum(self._high, values, out=self._high)
        prices = np.abs(solution.row_dual[: KINDS * len(self._equations)]).reshape(-1, KINDS)
        held = np.flatnonzero(prices.max(axis=1, initial=0) > TOLERANCE).tolist()
        return {self._equations[place].number for place in held}


def _model(equations: Sequence[Equation], columns: Mapping[int, int]) -> highspy.Highs:
    """All tables that agree with what is published."""
    starts, indices, values = [0], list[int](), list[float]()
    lower, upper = list[float](), list[float]()
    for equation in equations:
        rows = [columns[row] for row in equation.rows]
        for kind in range(KINDS):
            indices += [KINDS * row + kind for row in rows]
            values += [1.0] * len(rows)
            starts.append(len(indices))
            lower.append(equation.left[kind] - equation.apart)
            upper.append(equation.left[kind] + equation.apart)
    for column in columns.values():
        for part, whole in ((1, 0), (2, 1)):
            indices += [KINDS * column + whole, KINDS * column + part]
            values += [1.0, -1.0]
            starts.append(len(indices))
            lower.append(0.0)
            upper.append(highspy.kHighsInf)
    model = _Quiet()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("presolve", "off")  # takes longer than it spares
    number = KINDS * len(columns)
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
