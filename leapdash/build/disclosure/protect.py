"""Which cells are withheld: the small ones, and as few others as keep them from being worked out.

Cells are offered one after the other, the most wanted first; one that would, with those before it,
tell a small one, is withheld too. Then every owner is taken in turn for a reader who knows their
own rows exactly, and what would tell them of others is withheld as well. Last, where a small count
can still be narrowed down too far, a cell that it adds up with is withheld too, and all begins again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.cells import Cell
from leapdash.build.disclosure.lattice import Lattice
from leapdash.build.disclosure.ranges import narrow
from leapdash.build.disclosure.span import Span, Sum
from leapdash.errors import ContractError


def agreed(
    lattices: Sequence[Lattice], least: float, step: Callable[[], None] = lambda: None
) -> list[set[int]]:
    """What to withhold of several lattices that share cells: a cell withheld in one is in all.

    `step` is called after each lattice. Raises ContractError as `protected`.
    """
    hidden: list[set[int] | None] = [None] * len(lattices)
    shared: set[Cell] = set()
    while True:
        before = len(shared)
        for place, lattice in enumerate(lattices):
            also = [number for number, cell in enumerate(lattice.cells) if cell in shared]
            known = hidden[place]
            if known is None or not known.issuperset(also):
                hidden[place] = known = protected(lattice, least, also)
                shared |= {lattice.cells[number] for number in known}
                step()
        if len(shared) == before:
            return [known for known in hidden if known is not None]


def protected(lattice: Lattice, least: float, also: Collection[int] = ()) -> set[int]:
    """The numbers of the cells to withhold, with those of `also`, so that no small count can be
    worked out, nor be narrowed down to fewer than `least` students.

    Raises ContractError where nothing is left to withhold.
    """
    more = set(also)
    small = np.flatnonzero(lattice.small).tolist()
    while True:
        hidden, told = withheld(lattice, more)
        shown = [number for number, _sum in _candidates(lattice, hidden)]
        found = narrow(
            [lattice.sums[number] for number in shown],
            lattice.counts.at(shown),
            [lattice.sums[number] for number in small],
            [bool(lattice.counts.base[number]) for number in small],
            least,
        )
        if not found:
            return hidden
        beside = _Beside(lattice, [*shown, *told], least)
        partners = {p for number in found for p in beside.partners(small[number])}
        if not partners:
            raise ContractError("nothing is left to withhold beside a small cell")
        more |= partners


class _Beside:
    """What else to withhold where a small count can be narrowed down too far: cells that differ
    from the small one in one respect (place, level or part) and add up with it to one shown.
    """

    def __init__(self, lattice: Lattice, shown: Sequence[int], least: float) -> None:
        """`shown`: the cells that are, or can be worked out."""
        self._lattice = lattice
        self._least = least
        self._counts = np.column_stack(
            [lattice.counts.students, lattice.counts.absent, lattice.counts.present]
        )
        self._alike: dict[tuple[str, ...], list[int]] = {}
        for number in shown:
            for alike in _respects(lattice.cells[number]):
                self._alike.setdefault(alike, []).append(number)

    def partners(self, small: int) -> set[int]:
        """Of every sum in which little is withheld beside a small cell, the part that says least;
        where there is none, of all that the cell is in.
        """
        tight, other = set(), set()
        for alike in _respects(self._lattice.cells[small]):
            numbers = self._alike.get(alike, [])
            for whole in numbers:
                if self._within(small, whole) and (parts := self._parts(whole, small, numbers)):
                    least = min(parts, key=lambda n: self._counts[n, 0])
                    left = self._counts[whole] - self._counts[parts].sum(axis=0)
                    (tight if (left < self._least).any() else other).add(least)
        return tight or other

    def _parts(self, whole: int, small: int, numbers: Sequence[int]) -> list[int]:
        """Shown parts of a sum beside a small cell, none in another, the largest first."""
        sums = self._lattice.sums
        taken = set(sums[small])
        parts = []
        for number in sorted(numbers, key=lambda n: -len(sums[n])):
            if self._within(number, whole) and taken.isdisjoint(sums[number]):
                taken.update(sums[number])
                parts.append(number)
        return parts

    def _within(self, part: int, whole: int) -> bool:
        sums = self._lattice.sums
        return part != whole and sums[part].keys() <= sums[whole].keys()


def _respects(cell: Cell) -> Iterator[tuple[str, ...]]:
    """What a cell shares with those that differ in place, in level, and in part alone."""
    yield "place", cell.level, cell.family, cell.part
    yield "level", cell.area, cell.family, cell.part
    yield "part", cell.area, cell.level


def withheld(lattice: Lattice, also: Collection[int] = ()) -> tuple[set[int], list[int]]:
    """The numbers of the cells to withhold: the small ones, those of `also`, and whatever else
    would tell one of them; and of the cells without a name that can be worked out.
    """
    kept = set(np.flatnonzero(lattice.small).tolist()) | set(also)
    hidden = set(kept)
    while True:
        span = _offered(lattice, kept, hidden)
        more = {
            number
            for owner in _owners(lattice, span)
            for number in _told_to(lattice, owner, span, kept, hidden)
        }
        if not more:
            return hidden, [n for n in _unnamed(lattice) if not span.rest(lattice.sums[n])]
        hidden |= more


def _offered(lattice: Lattice, kept: set[int], hidden: set[int]) -> Span:
    """What can be worked out from the cells not hidden; adds to `hidden` those that tell."""
    span = Span(lattice.sums[number] for number in sorted(kept))
    _offer(span, _candidates(lattice, hidden), hidden)
    return span


def _unnamed(lattice: Lattice) -> Iterator[int]:
    return (number for number, cell in enumerate(lattice.cells) if not cell.named)


def _candidates(lattice: Lattice, hidden: set[int]) -> Iterator[tuple[int, Sum]]:
    for number, cell in enumerate(lattice.sums):
        if lattice.cells[number].named and number not in hidden:
            yield number, cell


def _offer(span: Span, candidates: Iterable[tuple[int, Sum]], hidden: set[int]) -> None:
    for number, cell in candidates:
        rest = span.rest(cell)
        if not rest:
            continue
        if span.gives_away(rest):
            hidden.add(number)
        else:
            span.add(rest)


def _owners(lattice: Lattice, span: Span) -> list[str]:
    """Whose own rows would tell something beyond what is published."""
    return sorted({lattice.owners[row] for known in span.open_sums() for row in known})


def _told_to(
    lattice: Lattice, owner: str, span: Span, kept: set[int], hidden: set[int]
) -> set[int]:
    """The cells to withhold so that an owner, who knows their own rows, learns of no other's."""
    others = [lattice.hidden_from(owner, lattice.sums[number]) for number in sorted(kept)]
    rests = (lattice.hidden_from(owner, span.rest(other)) for other in others if other)
    known = Span(rest for rest in rests if rest)
    for open_sum in span.open_sums():
        if rest := known.rest(lattice.hidden_from(owner, open_sum)):
            known.add(rest)
    if not known.given_away():
        return set()
    alone = Span(other for other in others if other)
    seen = set(hidden)
    _offer(
        alone,
        ((n, lattice.hidden_from(owner, cell)) for n, cell in _candidates(lattice, hidden)),
        seen,
    )
    return seen - hidden
