"""What else is withheld so that nothing kept can be worked out, exactly, by elimination.

Cells are offered one after the other, the most wanted first; one that would, with those before it,
tell one that is kept, is withheld too. Then every owner is taken in turn for a reader who knows
their own rows, and what would tell them of others is withheld as well.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from leapdash.build.disclosure.lattice import Lattice
from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.span import Span, Sum


def withheld(
    lattice: Lattice,
    sums: Sequence[Sum],
    kept: Collection[int],
    limit: Limit = NO_LIMIT,
    given: Collection[int] = (),
) -> set[int]:
    """The numbers of the cells to withhold: those of `kept`, and whatever else would tell one of
    them; `sums`: of which rows every cell is the sum; `given`: what is shown in any case.
    """
    hidden = set(kept)
    while True:
        limit.check()
        span = _offered(lattice, sums, kept, hidden, given)
        more = set[int]()
        for owner in _told_owners(lattice, sums, span, hidden):
            more |= _told_to(lattice, sums, owner, hidden, given)
        if not more:
            return hidden
        hidden |= more


def _offered(
    lattice: Lattice,
    sums: Sequence[Sum],
    kept: Collection[int],
    hidden: set[int],
    given: Collection[int],
) -> Span:
    """What can be worked out from the cells not hidden; adds to `hidden` those that tell."""
    span = Span(sums[number] for number in sorted(kept))
    _offer(span, candidates(lattice, sums, hidden, given), hidden, given)
    return span


def candidates(
    lattice: Lattice, sums: Sequence[Sum], hidden: Collection[int], given: Collection[int] = ()
) -> Iterator[tuple[int, Sum]]:
    """The cells that may be shown; first those that are already."""
    for number in sorted(range(len(sums)), key=lambda number: number not in given):
        if sums[number] and lattice.cells[number].named and number not in hidden:
            yield number, sums[number]


def _offer(
    span: Span,
    offered: Iterable[tuple[int, Sum]],
    hidden: set[int],
    given: Collection[int],
) -> None:
    for number, cell in offered:
        rest = span.rest(cell)
        if not rest:
            continue
        if number not in given and span.gives_away(rest):
            hidden.add(number)
        else:
            span.add(rest)


def _told_owners(
    lattice: Lattice, sums: Sequence[Sum], span: Span, hidden: Collection[int]
) -> Iterator[str]:
    """The owners whose own rows would, with what is published, tell something of others."""
    rows: dict[str, set[int]] = {}
    for known in span.open_sums():
        for row in known:
            rows.setdefault(lattice.owners[row], set())
    for row, owner in enumerate(lattice.owners):
        if owner in rows:
            rows[owner].add(row)
    withheld_sums = [sums[number] for number in sorted(hidden)]
    rests = [span.rest(sum_) for sum_ in withheld_sums]
    for owner, own in sorted(rows.items()):
        found = span.follows_with(own, rests)
        if any(lattice.hidden_from(owner, withheld_sums[number]) for number in found):
            yield owner


def _told_to(
    lattice: Lattice,
    sums: Sequence[Sum],
    owner: str,
    hidden: set[int],
    given: Collection[int],
) -> set[int]:
    """The cells to withhold so that an owner, who knows their own rows, learns of no other's."""
    others = [lattice.hidden_from(owner, sums[number]) for number in sorted(hidden)]
    alone = Span(other for other in others if other)
    seen = set(hidden)
    offered = candidates(lattice, sums, hidden, given)
    _offer(alone, ((n, lattice.hidden_from(owner, cell)) for n, cell in offered), seen, given)
    return seen - hidden
