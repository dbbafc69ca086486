"""How far withheld counts can be narrowed down from all that is published, by linear programs.

A reader knows that counts aren't negative and that the absent are among the students. What else
can be said of a withheld count is the least and the most it may be under that and under every
published sum. The reader is taken to know sums exactly; that counts are whole numbers, and by which
rules cells are withheld, is left out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
_CORNERS, _PARTITIONS = 8, 4
_LARGE, _PLACE, _BLOCK = 300, 30, 60  # rows: from where on blocks are tried, of a place, of a block
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


class _Equation(NamedTuple):
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

    def equation(self, number: int) -> "_Equation":
        """What a sum says of those rows."""
        return _Equation(number, [*self.rests[number]], self.left(number), self.apart(number))

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
        sums = [open_rows[number] for number in numbers]
        # What follows has the same ends in every table.
        follows = np.array([not span.rest(dict.fromkeys(own, 1)) for own in sums], bool)
        open_ = np.ones((len(numbers), _KINDS), bool)
        open_[follows] = False
        open_[[not counted[number] for number in numbers], 1:] = False
        tables = _Tables([published.equation(number) for number in equations], sums)
        tables.look_around(open_, least, limit)
        for place, number in enumerate(numbers):
            limit.check()
            kinds = slice(None if counted[number] else 1)
            if (tables.widths(place)[kinds] < least).any():
                held_by = [] if follows[place] else tables.look_at(place, least)
                tight = tables.widths(place)[kinds] < least - _TOLERANCE
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
    _span, needed, _spare = _independent(published)
    open_rows = {n: [row for row in own if row not in published.known] for n, own in asked.items()}
    for equations, numbers in _apart(published, needed, open_rows):
        sums = [published.equation(number) for number in equations]
        owners = {rows[row][0] for equation in sums for row in equation.rows}
        own = [{rows[row][0] for row in open_rows[number]} for number in numbers]
        others = {n: owners - o for n, o in zip(numbers, own, strict=True) if len(o) == 1}
        tables = _Tables(sums, [open_rows[number] for number in numbers])
        amid = np.array([rows[row][1] for row in tables.last()]).reshape(-1, _KINDS)
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

    def __init__(self, equations: Sequence[_Equation], sums: Sequence[Sequence[int]]) -> None:
        rows = dict.fromkeys(row for equation in equations for row in equation.rows)
        self._columns = {row: place for place, row in enumerate(rows)}
        self._equations, self._sums = equations, sums
        self._model = _model(equations, self._columns)
        self._every = np.arange(_KINDS * len(rows), dtype=np.int32)
        # Of which rows every sum is.
        self._members = np.zeros((len(sums), len(rows)))
        for place, own in enumerate(sums):
            self._members[place, [self._columns[row] for row in own]] = 1
        self._low = np.full((len(sums), _KINDS), np.inf)
        self._high = -self._low
        self._values = np.zeros((len(rows), _KINDS))

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
                open_ = np.ones((len(own), _KINDS), bool)
                open_[[not counted[n] for n in own], 1:] = False
                tables = self._in_block(block, amid, own)
                tables.look_around(open_, least, limit)
                narrow = (open_ & (tables._high - tables._low < least)).any(axis=1)
                yield block, [n for n, tight in zip(own, narrow, strict=True) if not tight]

    def _in_block(
        self, block: Collection[int], amid: NDArray[np.float64], own: Sequence[int]
    ) -> "_Tables":
        """A block's rows and some sums of them, with all other rows as in a table."""
        touching = sorted({n for row in block for n in self._at[row]})
        equations = [self._within(block, amid, self._equations[n]) for n in touching]
        return _Tables(equations, [self._sums[n] for n in own])

    def _within(
        self, block: Collection[int], amid: NDArray[np.float64], equation: _Equation
    ) -> _Equation:
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
        held_by = near._ends(0) if near else [set()] * _KINDS
        for kind in range(_KINDS):
            if near and near.widths(0)[kind] < least - _TOLERANCE:
                self._low[place, kind], self._high[place, kind] = (
                    near._low[0, kind],
                    near._high[0, kind],
                )
            elif self._high[place, kind] - self._low[place, kind] < least:
                held_by[kind] = self._end(place, kind)
        return held_by

    def _near(self, place: int) -> "_Tables | None":
        """The rows nearby a sum; in every equation those elsewhere stand as one, as if they were in
        no other. None where a sum is of several places.
        """
        own = self._sums[place]
        rows = self._places[own[0]]
        if not rows.issuperset(own):
            return None
        touching = {n for row in rows for n in self._at[row]}
        return _Tables([self._only(rows, number) for number in sorted(touching)], [own])

    def _only(self, rows: Collection[int], number: int) -> _Equation:
        equation = self._equations[number]
        inside = [row for row in equation.rows if row in rows]
        elsewhere = [] if len(inside) == len(equation.rows) else [-1 - number]
        return equation._replace(rows=inside + elsewhere)

    def _ends(self, place: int) -> list[set[int]]:
        return [self._end(place, kind) for kind in range(_KINDS)]

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
        self._values = np.array(solution.col_value).reshape(-1, _KINDS)
        students, base, absent = (self._members @ self._values).T
        values = np.column_stack([students, absent, base - absent])
        np.minimum(self._low, values, out=self._low)
        np.maximum(self._high, values, out=self._high)
        prices = np.abs(solution.row_dual[: _KINDS * len(self._equations)]).reshape(-1, _KINDS)
        held = np.flatnonzero(prices.max(axis=1, initial=0) > _TOLERANCE).tolist()
        return {self._equations[place].number for place in held}


def _model(equations: Sequence[_Equation], columns: Mapping[int, int]) -> highspy.Highs:
    """All tables that agree with what is published."""
    starts, indices, values = [0], list[int](), list[float]()
    lower, upper = list[float](), list[float]()
    for equation in equations:
        rows = [columns[row] for row in equation.rows]
        for kind in range(_KINDS):
            indices += [_KINDS * row + kind for row in rows]
            values += [1.0] * len(rows)
            starts.append(len(indices))
            lower.append(equation.left[kind] - equation.apart)
            upper.append(equation.left[kind] + equation.apart)
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
