"""How far others' withheld counts are narrowed down for a district that knows its own figures."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.limit import Limit
from leapdash.build.disclosure.moves import Moves
from leapdash.build.disclosure.programs import Tables
from leapdash.build.disclosure.published import Equation, Published, apart
from leapdash.build.disclosure.ranges import Narrow, left_open
from leapdash.build.disclosure.span import Sum

Rows = Mapping[int, tuple[str, NDArray[np.float64]]]
"""Whose a row is, and what it holds of every kind."""


def narrow_for_owners(
    published: Published,
    asked: Mapping[int, Sum],
    counted: Mapping[int, bool],
    rows: Rows,
    least: float,
    near: dict[int, set[str]],
    limit: Limit,
) -> dict[int, list[Narrow]]:
    """The sums of one owner, of those `asked`, of which less than `least` is left open to another
    who knows their own rows exactly: what is left, for every such owner. `counted`: whether any
    student of a sum counts for absence; `rows`: whose each is, and what it holds, by kind; `near`:
    for whom a sum may be narrow, where it was asked before: what is wide stays so when less is
    published.

    Tables in which only some owners' rows aren't as they are, are as possible for all who own none
    of these: what is wide in them is wide for all of those at once.
    """
    found: dict[int, list[Narrow]] = {}
    columns = published.columns
    open_rows = {n: [row for row in own if row in columns] for n, own in asked.items()}
    for equations, numbers in apart(published, open_rows):
        lot = _Lot([published.equation(n) for n in equations], rows)
        mine = {}
        for number in numbers:
            own = {rows[row][0] for row in open_rows[number]}
            # Whose rows say nothing of a sum know no more of it than everybody.
            near[number] = near.get(number, lot.owners - own) & lot.owners
            if near[number] and len(own) == 1:
                mine[number] = open_rows[number]
        lot.clear_in_divisions(mine, counted, near, least, limit)
        lot.clear_by_moves(mine, counted, near, least, limit)
        for owner in sorted(set().union(*(near[n] for n in mine))):
            limit.check()
            theirs = [n for n in mine if owner in near[n]]
            tables = lot.tables(lot.owners - {owner}, mine, theirs, counted)
            for place, number in enumerate(theirs):
                held_by = tables.look_at(place, least)
                if held_by is None:
                    near[number].discard(owner)
                else:
                    told = published.told_of(asked[number])
                    one = left_open(tables.ends(place), told, frozenset(held_by))
                    found.setdefault(number, []).append(one)
    return found


class _Lot:
    """Published sums of rows that say nothing of others, and the owners of these."""

    def __init__(self, equations: Sequence[Equation], rows: Rows) -> None:
        self._equations, self._rows = equations, rows
        self._shares = [_shares(equation, rows) for equation in equations]
        self.owners = set().union(*self._shares)

    def tables(
        self,
        free: set[str],
        sums: Mapping[int, Sequence[int]],
        asked: Sequence[int],
        counted: Mapping[int, bool],
    ) -> Tables:
        """The tables in which only some owners' rows aren't as they are."""
        equations = []
        for equation, shares in zip(self._equations, self._shares, strict=True):
            if theirs := [shares[owner] for owner in sorted(free & shares.keys())]:
                rows = [row for own, _left in theirs for row in own]
                left = np.sum([left for _own, left in theirs], axis=0)
                equations.append(equation._replace(rows=rows, left=left))
        return Tables(
            equations,
            [sums[number] for number in asked],
            [counted[number] for number in asked],
        )

    def clear_in_divisions(
        self,
        sums: Mapping[int, Sequence[int]],
        counted: Mapping[int, bool],
        near: dict[int, set[str]],
        least: float,
        limit: Limit,
    ) -> None:
        """Take off `near` for whom sums are wide in tables of some owners alone."""
        of = {number: self._rows[own[0]][0] for number, own in sums.items()}
        for free in _divisions(sorted(self.owners)):
            asked = [n for n in sums if of[n] in free and near[n] - free]
            if asked:
                limit.check()
                tables = self.tables(free, sums, asked, counted)
                tables.look_around(least, limit)
                for number, kinds in zip(asked, tables.narrow(least).tolist(), strict=True):
                    if not any(kinds):
                        near[number] &= free

    def clear_by_moves(
        self,
        sums: Mapping[int, Sequence[int]],
        counted: Mapping[int, bool],
        near: dict[int, set[str]],
        least: float,
        limit: Limit,
    ) -> None:
        """Take off `near` for whom sums are wide by moves of few rows, for one owner after the
        other: who owns none of the rows moved can't know more.
        """
        asked = [number for number in sums if near[number]]
        if not asked:
            return
        every = dict.fromkeys(row for equation in self._equations for row in equation.rows)
        moves = Moves(
            self._equations,
            {row: self._rows[row][1] for row in every},
            [sums[number] for number in asked],
        )
        owners = [self._rows[row][0] for row in every]
        still = {owner: np.array([o == owner for o in owners]) for owner in self.owners}
        for place, number in enumerate(asked):
            for owner in sorted(near[number]):
                if owner in near[number]:
                    limit.check()
                    touched = moves.wide(place, counted[number], least, still[owner])
                    if touched is not None:
                        near[number] &= {owners[column] for column in touched}


def _divisions(owners: Sequence[str]) -> Iterator[set[str]]:
    """Owners in lots, such that two of them are together in one lot of the first or of the second
    division at most; then in larger lots, for what was too little to be wide.
    """
    random = np.random.default_rng(1)
    size = max(1, math.isqrt(len(owners)))
    while size <= len(owners) / 2:
        order = random.permutation(owners).tolist()
        number = -(-len(owners) // size)
        yield from (set(order[n * size : (n + 1) * size]) for n in range(number))
        yield from (set(order[n::number]) for n in range(number))
        size *= 2


def _shares(equation: Equation, rows: Rows) -> dict[str, tuple[list[int], NDArray[np.float64]]]:
    """Of what an equation is the sum, by owner: rows, and what they hold."""
    of: dict[str, list[int]] = {}
    for row in equation.rows:
        of.setdefault(rows[row][0], []).append(row)
    return {
        owner: (own, np.sum([rows[row][1] for row in own], axis=0)) for owner, own in of.items()
    }
