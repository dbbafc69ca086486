"""What sums tell of each other, exactly: linear combinations of them, modulo a prime."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

PRIME = 2**31 - 1
"""Large enough that a combination that is none doesn't look like one: a chance of one in 2e9."""

Sum = Mapping[int, int]
"""A sum of rows: how often each row counts in it."""


class Span:
    """All that follows from some sums, and whether one more would give away a sum to be kept.

    The known sums are held in reduced row echelon form: every one has a row of its own, its pivot,
    that no other has. The sums to be kept are held less what the known ones say of them: one that
    is left empty has been given away.

    The idea of secondary suppression by elimination is that of GaussSuppression (Langsrud, 2024).
    """

    def __init__(self, kept: Iterable[Sum] = ()) -> None:
        self._known: dict[int, dict[int, int]] = {}
        self._kept = [_modulo(one) for one in kept]
        self._known_at: dict[int, set[int]] = {}
        self._kept_at: dict[int, set[int]] = {}
        for number, one in enumerate(self._kept):
            for row in one:
                self._kept_at.setdefault(row, set()).add(number)

    def rest(self, given: Sum) -> dict[int, int]:
        """What of a sum doesn't follow from the known ones; empty where all of it does."""
        rest = _modulo(given)
        for row in tuple(rest):
            known = self._known.get(row)
            if known is not None:
                _subtract(rest, known, rest[row])
        return rest

    def gives_away(self, rest: Sum) -> bool:
        """Whether a sum would, with those known, tell one to be kept; `rest` is its rest."""
        row = min(rest, key=lambda row: len(self._kept_at.get(row, ())))
        for number in self._kept_at.get(row, ()):
            kept = self._kept[number]
            if len(kept) == len(rest) and kept.keys() == rest.keys():
                factor = kept[row] * _inverse(rest[row]) % PRIME
                if all(kept[other] == factor * value % PRIME for other, value in rest.items()):
                    return True
        return False

    def add(self, rest: Sum) -> None:
        """Let a sum be known; `rest` is its rest, and isn't empty."""
        pivot = min(
            rest, key=lambda r: len(self._known_at.get(r, ())) + len(self._kept_at.get(r, ()))
        )
        inverse = _inverse(rest[pivot])
        new = {row: value * inverse % PRIME for row, value in rest.items()}
        for holder, at in ((self._known, self._known_at), (self._kept, self._kept_at)):
            for number in tuple(at.get(pivot, ())):
                old = holder[number]
                _subtract(old, new, old[pivot], at, number)
        self._known[pivot] = new
        for row in new:
            self._known_at.setdefault(row, set()).add(pivot)

    def follows_with(self, own: Collection[int], rests: Sequence[Sum]) -> list[int]:
        """Which of some sums, of which the rests are given, follow where some rows are known too.

        A known sum whose pivot isn't among those rows still tells nothing of others than its pivot;
        the rests are free of pivots. So what more is known is what the sums with such pivots say.
        """
        more = Span()
        for row in own:
            if known := more.rest(_without(own, self._known.get(row, {}))):
                more.add(known)
        # A sum with a row of which nothing more is known can't follow.
        within = set(own).union(*(known for _pivot, known in more.known()))
        return [
            number
            for number, rest in enumerate(rests)
            if rest.keys() <= within and not more.rest(_without(own, rest))
        ]

    def open_sums(self) -> list[dict[int, int]]:
        """The known sums of several rows, of none of which they tell the value."""
        return [known for known in self._known.values() if len(known) > 1]

    def known(self) -> Iterator[tuple[int, Sum]]:
        """The known sums, each with its pivot, which counts once in it."""
        yield from self._known.items()

    def told(self) -> set[int]:
        """The rows whose values are known."""
        return {pivot for pivot, known in self._known.items() if len(known) == 1}


def _without(rows: Collection[int], given: Sum) -> dict[int, int]:
    return {row: times for row, times in given.items() if row not in rows}


def _modulo(given: Sum) -> dict[int, int]:
    return {row: value % PRIME for row, value in given.items() if value % PRIME}


def _inverse(value: int) -> int:
    return pow(value, PRIME - 2, PRIME)


def _subtract(
    sum_: dict[int, int],
    other: Sum,
    factor: int,
    at: dict[int, set[int]] | None = None,
    number: int = 0,
) -> None:
    """Take a multiple of another sum away, and keep the index of rows up to date."""
    for row, value in other.items():
        old = sum_.get(row, 0)
        new = (old - factor * value) % PRIME
        if new:
            sum_[row] = new
            if at is not None and not old:
                at.setdefault(row, set()).add(number)
        elif old:
            del sum_[row]
            if at is not None:
                at[row].discard(number)
