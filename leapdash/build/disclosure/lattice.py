"""Cells that tell of each other, as sums over rows that nobody sees."""

from collections.abc import Sequence
from dataclasses import dataclass
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
class Lattice:
    """Cells linked with each other: sums over rows.

    `cells`, `sums`: every cell, the most wanted first, and of which rows it is the sum. `counts`:
    of the cells. `small`: whether a cell is withheld for its own sake. `owners`: the district that
    knows a row exactly, by row. A cell without a name isn't offered, but mustn't be worked out
    either where it is small.
    """

    cells: Sequence[Cell]
    sums: Sequence[Sum]
    counts: Counts
    small: NDArray[np.bool_]
    owners: Sequence[str]

    def hidden_from(self, owner: str, sum_: Sum) -> dict[int, int]:
        """What of a sum the owner of some of its rows doesn't know anyway."""
        return {row: times for row, times in sum_.items() if self.owners[row] != owner}

    def of_one_owner(self, number: int) -> bool:
        """Whether a cell is of one district alone."""
        return len({self.owners[row] for row in self.sums[number]}) == 1
