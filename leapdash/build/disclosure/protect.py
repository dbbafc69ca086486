"""Which cells are withheld: the small ones, and as few others as keep them from being worked out.

Cells are offered one after the other, the most wanted first; one that would, with those before it,
tell a small one, is withheld too. Then every owner is taken in turn for a reader who knows their
own rows exactly, and what would tell them of others is withheld as well. Where a withheld count can
still be narrowed down too far, a cell that adds up with it is withheld, and all begins anew.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from leapdash.build.disclosure.cells import Cell
from leapdash.build.disclosure.lattice import Lattice
from leapdash.build.disclosure.ranges import Published, narrow
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.span import Span, Sum
from leapdash.contract import ALL
from leapdash.errors import ContractError


def agreed(lattices: Sequence[Lattice], rules: Rules) -> list[set[int]]:
    """What to withhold of several lattices that share cells: a cell withheld in one is in all.

    Raises ContractError as `protected`.
    """
    hidden: list[set[int] | None] = [None] * len(lattices)
    shared: set[Cell] = set()
    while True:
        before = len(shared)
        for place, lattice in enumerate(lattices):
            also = [number for number, cell in enumerate(lattice.cells) if cell in shared]
            known = hidden[place]
            if known is None or not known.issuperset(also):
                hidden[place] = known = protected(lattice, rules, also)
                shared |= {lattice.cells[number] for number in known}
        if len(shared) == before:
            return [known for known in hidden if known is not None]


def protected(lattice: Lattice, rules: Rules, also: Collection[int] = ()) -> set[int]:
    """The numbers of the cells to withhold, with those of `also`, so that no small count can be
    worked out, and none withheld be narrowed down too far.

    Raises ContractError where nothing is left to withhold.
    """
    more = set(also)
    while True:
        hidden = withheld(lattice, more)
        asked = sorted(hidden)
        shown = [number for number, _sum in _candidates(lattice, hidden)]
        published = Published([lattice.sums[n] for n in shown], lattice.counts.at(shown))
        found = narrow(
            published,
            [lattice.sums[number] for number in asked],
            [bool(lattice.counts.base[number]) for number in asked],
            rules.narrowest,
        )
        told = {number: one for number, one in found.items() if not one.harmless(rules)}
        nearly = _told_nearly(lattice, shown, rules)
        if not told and not nearly:
            return hidden
        more |= nearly
        for number, one in told.items():
            held_by = [shown[place] for place in one.held_by]
            partner = _partner(lattice, held_by, [shown[n] for n in published.known.values()])
            if partner is None:
                cell = ", ".join(lattice.cells[asked[number]])
                raise ContractError(f"{cell}: nothing is left to withhold beside it")
            more.add(partner)


def _told_nearly(lattice: Lattice, shown: Sequence[int], rules: Rules) -> set[int]:
    """What else to withhold so that an owner, who takes their own rows off a shown sum, isn't left
    with few students of others. One sum at a time, not several together.
    """
    single = {next(iter(own)): n for n, own in enumerate(lattice.sums) if len(own) == 1}
    told = set(shown)
    counts = lattice.counts
    table = np.column_stack([counts.students, counts.absent, counts.present, counts.base])
    partners = set()
    for number in shown:
        parts = [single[row] for row in lattice.sums[number] if row in single]
        withheld_parts = [part for part in parts if part not in told]
        if len(parts) < len(lattice.sums[number]) or not withheld_parts:
            continue
        owner_of = {part: lattice.owners[next(iter(lattice.sums[part]))] for part in parts}
        owners = {owner_of[part] for part in withheld_parts}
        for owner in owners if len(owners) > 1 else ():
            others = [part for part in withheld_parts if owner_of[part] != owner]
            students, absent, present, base = table[others].sum(axis=0)
            if students < rules.narrowest or (base and min(absent, present) < rules.narrowest):
                beside = [p for p in parts if p in told and owner_of[p] != owner] or [number]
                partners.add(min(beside, key=lambda part: counts.students[part]))
    return partners


def _partner(lattice: Lattice, held_by: Sequence[int], single: Sequence[int]) -> int | None:
    """What else to withhold where shown sums narrow a withheld count down: of the sums of one
    district, or else of their parts, or else of all of them, the one of the fewest students; all
    students of a place only where nothing else is left.
    """
    cells, sums = lattice.cells, lattice.sums
    rows = {row for number in held_by for row in sums[number]}
    parts = [number for number in single if not rows.isdisjoint(sums[number])]
    narrow_sums = [number for number in held_by if lattice.of_one_owner(number)]
    for numbers in (narrow_sums, parts, held_by):
        named = [number for number in numbers if cells[number].part != ALL]
        if named:
            return min(named, key=lambda number: lattice.counts.students[number])
    everyone = [*narrow_sums, *parts] or held_by
    return min(everyone, key=lambda number: lattice.counts.students[number], default=None)


def withheld(lattice: Lattice, also: Collection[int] = ()) -> set[int]:
    """The numbers of the cells to withhold: the small ones, those of `also`, and whatever else
    would tell one of them.
    """
    kept = set(np.flatnonzero(lattice.small).tolist()) | set(also)
    hidden = set(kept)
    while True:
        span = _offered(lattice, kept, hidden)
        more = {
            number
            for owner in _owners(lattice, span)
            for number in _told_to(lattice, owner, span, hidden)
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


def _told_to(lattice: Lattice, owner: str, span: Span, hidden: set[int]) -> set[int]:
    """The cells to withhold so that an owner, who knows their own rows, learns of no other's."""
    others = [lattice.hidden_from(owner, lattice.sums[number]) for number in sorted(hidden)]
    others = [other for other in others if other]
    known = Span(lattice.hidden_from(owner, span.rest(other)) for other in others)
    for open_sum in span.open_sums():
        if rest := known.rest(lattice.hidden_from(owner, open_sum)):
            known.add(rest)
    if not known.given_away():
        return set()
    alone = Span(others)
    seen = set(hidden)
    _offer(
        alone,
        ((n, lattice.hidden_from(owner, cell)) for n, cell in _candidates(lattice, hidden)),
        seen,
    )
    return seen - hidden
