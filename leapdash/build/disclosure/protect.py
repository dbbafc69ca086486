"""Which cells are withheld: the small ones, and as few others as keep them from being worked out.

Cells are offered one after the other, the most wanted first; one that would, with those before it,
tell a small one, is withheld too. Then every owner is taken in turn for a reader who knows their
own rows exactly, and what would tell them of others is withheld as well. Last, where a small count
can still be narrowed down too far, a cell that it adds up with is withheld too, and all begins again.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from leapdash.build.disclosure.lattice import Lattice
from leapdash.build.disclosure.ranges import narrow
from leapdash.build.disclosure.span import Span, Sum
from leapdash.errors import ContractError


def protected(lattice: Lattice, least: float, also: Collection[int] = ()) -> set[int]:
    """The numbers of the cells to withhold, with those of `also`, so that no small count can be
    worked out, nor be narrowed down to fewer than `least` students.

    Raises ContractError where nothing is left to withhold.
    """
    more = set(also)
    small = np.flatnonzero(lattice.small).tolist()
    while True:
        hidden = withheld(lattice, more)
        shown = [number for number, _cell in _candidates(lattice, hidden)]
        found = narrow(
            [lattice.sums[number] for number in shown],
            lattice.counts.at(shown),
            [lattice.sums[number] for number in small],
            [bool(lattice.counts.base[number]) for number in small],
            least,
        )
        if not found:
            return hidden
        beside = _Beside(lattice, shown, least)
        partners = {p for number in found for p in beside.partners(lattice.sums[small[number]])}
        if not partners:
            raise ContractError("nothing is left to withhold beside a small cell")
        more |= partners


class _Beside:
    """What else to withhold where a small count can be narrowed down too far."""

    def __init__(self, lattice: Lattice, shown: Sequence[int], least: float) -> None:
        self._least = least
        self._single = {next(iter(lattice.sums[n])): n for n in shown if len(lattice.sums[n]) == 1}
        self._counts = np.column_stack(
            [lattice.counts.students, lattice.counts.absent, lattice.counts.present]
        )
        self._several: dict[int, list[int]] = {}
        self._sums = lattice.sums
        for number in shown:
            if len(lattice.sums[number]) > 1:
                for row in lattice.sums[number]:
                    self._several.setdefault(row, []).append(number)

    def partners(self, small: Sum) -> set[int]:
        """Of every shown cell in which what is withheld is little, the part that says least; where
        none is, of all that the small cell is in.
        """
        numbers = {number for row in small for number in self._several.get(row, ())}
        around = [number for number in numbers if small.keys() <= self._sums[number].keys()]
        tight = [number for number in around if self._tight(number)]
        return {part for number in tight or around for part in self._part(number)}

    def _tight(self, number: int) -> bool:
        """Whether few students, absent or present stand in the withheld parts of a shown cell."""
        told = [self._single[row] for row in self._sums[number] if row in self._single]
        left = self._counts[number] - self._counts[told].sum(axis=0)
        return bool((left < self._least).any())

    def _part(self, number: int) -> tuple[int, ...]:
        told = [self._single[row] for row in self._sums[number] if row in self._single]
        return (min(told, key=lambda n: self._counts[n, 0]),) if told else ()


def withheld(lattice: Lattice, also: Collection[int] = ()) -> set[int]:
    """The numbers of the cells to withhold: the small ones, those of `also`, and whatever else
    would tell a small one.
    """
    kept = set(np.flatnonzero(lattice.small).tolist())
    hidden = kept | set(also)
    while True:
        span = _offered(lattice, kept, hidden)
        more = {
            number
            for owner in _owners(lattice, span)
            for number in _told_to(lattice, owner, span, kept, hidden)
        }
        if not more:
            return hidden
        hidden |= more


def _offered(lattice: Lattice, kept: set[int], hidden: set[int]) -> Span:
    """What can be worked out from the cells not hidden; adds to `hidden` those that tell."""
    span = Span(lattice.sums[number] for number in sorted(kept))
    _offer(span, _candidates(lattice, hidden), hidden)
    return span


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
    rests = (lattice.hidden_from(owner, span.rest(lattice.sums[n])) for n in sorted(kept))
    known = Span(rest for rest in rests if rest)
    for open_sum in span.open_sums():
        if rest := known.rest(lattice.hidden_from(owner, open_sum)):
            known.add(rest)
    if not known.given_away():
        return set()
    others = [lattice.hidden_from(owner, lattice.sums[n]) for n in sorted(kept)]
    alone = Span(other for other in others if other)
    seen = set(hidden)
    _offer(
        alone,
        ((n, lattice.hidden_from(owner, cell)) for n, cell in _candidates(lattice, hidden)),
        seen,
    )
    return seen - hidden
