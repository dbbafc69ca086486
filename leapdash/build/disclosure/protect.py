"""Which cells are withheld: the small ones, and as few others as keep them from being worked out.

Cells are offered one after the other, the most wanted first; one that would, with those before it,
tell a small one, is withheld too. Then every owner is taken in turn for a reader who knows their
own rows exactly, and what would tell them of others is withheld as well.
"""

from collections.abc import Collection, Iterable, Iterator

from leapdash.build.disclosure.lattice import Lattice
from leapdash.build.disclosure.span import Span, Sum


def withheld(lattice: Lattice, also: Collection[int] = ()) -> set[int]:
    """The numbers of the cells to withhold: the small ones, those of `also`, and what they need."""
    kept = {number for number, small in enumerate(lattice.small) if small} | set(also)
    hidden = set(kept)
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
        if lattice.offered[number] and number not in hidden:
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
