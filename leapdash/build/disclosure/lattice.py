"""Cells that tell of each other, as sums over rows that nobody sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.cells import Cell
from leapdash.build.disclosure.span import Sum


class Counts(NamedTuple):
    """Students of every cell: all, those who count for chronic absence, and of those the absent."""

    students: NDArray[np.int64]
    base: NDArray[np.int64]
    absent: NDArray[np.int64]

    @property
    def present(self) -> NDArray[np.int64]:
        """Those who count and aren't absent."""
        return self.base - self.absent

    def at(self, numbers: Sequence[int]) -> "Counts":
        """Those of some cells, in that order."""
        return Counts(*(counts[np.asarray(numbers, np.int64)] for counts in self))


@dataclass(frozen=True)
class Occasion:
    """A month in one table: what a lattice's cells have in it.

    `sums`: of which rows a cell is the sum in that month; of none where it isn't offered. `counts`:
    of the cells. `small`: whether a cell is withheld for its own sake; `lasting`: and that by what
    stays nearly the same from month to month.
    """

    month: date
    table: str
    sums: Sequence[Sum]
    counts: Counts
    small: NDArray[np.bool_]
    lasting: NDArray[np.bool_]


@dataclass(frozen=True)
class Lattice:
    """One family's cells in a school year, linked with each other: sums over rows.

    `cells`, `sums`: every cell, the most wanted first, and of which rows it is the sum. `owners`:
    the district that knows a row exactly, by row. `occasions`: the months, table by table. `given`:
    the cells that months published before show already; `elsewhere`: those that the state's own
    figures of the year tell of, as they stand on the occasion `ends`. A cell without a name isn't
    offered, but mustn't be worked out either where it is small.
    """

    cells: Sequence[Cell]
    sums: Sequence[Sum]
    owners: Sequence[str]
    occasions: Sequence[Occasion]
    given: frozenset[int] = frozenset()
    elsewhere: frozenset[int] = frozenset()
    ends: int | None = None

    def hidden_from(self, owner: str, sum_: Sum) -> dict[int, int]:
        """What of a sum the owner of some of its rows doesn't know anyway."""
        return {row: times for row, times in sum_.items() if self.owners[row] != owner}

    @cached_property
    def _of_one_owner(self) -> Sequence[bool]:
        return [len({self.owners[row] for row in sum_}) == 1 for sum_ in self.sums]

    def of_one_owner(self, number: int) -> bool:
        """Whether a cell is of one district alone."""
        return self._of_one_owner[number]
