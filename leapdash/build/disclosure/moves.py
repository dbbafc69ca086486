"""Small moves from the table there is to others that agree with what is published.

Who knows the rows that a move leaves alone can't tell the tables before and after it apart. So a
move of few rows shows at once that a sum is open to nearly everybody.
"""

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.programs import TOLERANCE, Ragged, solver
from leapdash.build.disclosure.published import KINDS, Equation

_REWARD = 1000.0
"""Of a student by whom a sum is moved, beside 1 that every row's student costs: few rows are moved,
but never fewer students than can be."""

_AMPLE = 0.01


class Moves:
    """How far sums can be moved from a table, by moves of few rows.

    `equations`: what is published; `table`: by row, what it has of every kind.
    """

    def __init__(
        self,
        equations: Sequence[Equation],
        table: dict[int, NDArray[np.float64]],
        sums: Sequence[Sequence[int]],
    ) -> None:
        self.rows = list(table)
        columns = {row: place for place, row in enumerate(self.rows)}
        self._matrix = Ragged([[columns[row] for row in e.rows] for e in equations])
        self._members = [np.array([columns[row] for row in own], np.int32) for own in sums]
        self._amid = np.array([table[row] for row in self.rows])
        self._models: list[highspy.Highs | None] = [None] * KINDS

    def wide(
        self, place: int, counted: bool, least: float, still: NDArray[np.bool_]
    ) -> set[int] | None:
        """The places of the rows that are moved to show that so much is left open of a sum while
        some stay `still`; none where it isn't shown. `counted`: as for Tables.
        """
        touched = set[int]()
        room = 0.0
        for kind in range(1, KINDS) if counted else range(KINDS):
            room = self._add_room(place, kind, 0.0 if counted else room, least, (still, touched))
            if counted and room < least:
                return None
        return touched if room >= least else None

    def _add_room(
        self,
        place: int,
        kind: int,
        room: float,
        least: float,
        how: tuple[NDArray[np.bool_], set[int]],
    ) -> float:
        """By how many students of a kind a sum can be moved up and down, added to what room there
        is till there is enough; the places of the rows moved are added too.
        """
        still, touched = how
        for sign in (1.0, -1.0):
            if room < least:
                move = self._move(place, kind, sign * (least - room), still)
                if self.possible(kind, move, still):
                    room += abs(move[self._members[place]].sum())
                    touched.update(np.flatnonzero(np.abs(move) > TOLERANCE).tolist())
        return room

    def possible(self, kind: int, move: NDArray[np.float64], still: NDArray[np.bool_]) -> bool:
        """Whether a move leaves every published sum as it is, and the rows that stay still, and no
        row with fewer students than none.
        """
        apart = np.abs(self._matrix.sums(move)).max(initial=0.0)
        least = (self._amid[:, kind] + move).min()
        return bool(max(apart, -least, np.abs(move[still]).max(initial=0.0)) <= TOLERANCE)

    def _move(
        self, place: int, kind: int, far: float, still: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """The move of the fewest students by which a sum gets as far as it can, `far` at most."""
        number, members = len(self.rows), self._members[place]
        model = self._model(kind)
        upper = np.concatenate([np.full(number, highspy.kHighsInf), self._amid[:, kind]])
        upper[np.concatenate([still, still])] = 0.0
        every = np.arange(2 * number, dtype=np.int32)
        model.changeColsBounds(2 * number, every, np.zeros(2 * number), upper)
        cost = np.ones(2 * number)
        cost[members] -= np.sign(far) * _REWARD
        cost[number + members] += np.sign(far) * _REWARD
        model.changeColsCost(2 * number, every, cost)
        row = len(self._matrix.lengths) + place
        ample = abs(far) + _AMPLE
        model.changeRowBounds(row, -ample, ample)
        model.setBasis()
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError("no move from a table: not even none")
        found = np.array(model.getSolution().col_value)
        model.changeRowBounds(row, -highspy.kHighsInf, highspy.kHighsInf)
        move: NDArray[np.float64] = found[:number] - found[number:]
        return move

    def _model(self, kind: int) -> highspy.Highs:
        """Ups and downs of every row, that come to nothing in every published sum; and what they
        come to in every sum asked.
        """
        if (model := self._models[kind]) is not None:
            return model
        number, equations = len(self.rows), len(self._matrix.lengths)
        lists = np.split(self._matrix.places, self._matrix.starts[1:]) + self._members
        both = Ragged([[*own, *(own + number)] for own in lists])
        ends = np.concatenate([np.zeros(equations), np.full(len(self._members), highspy.kHighsInf)])
        signs = np.where(both.places < number, 1.0, -1.0)
        model = solver(np.full(2 * number, highspy.kHighsInf), -ends, ends, both, signs)
        self._models[kind] = model
        return model
