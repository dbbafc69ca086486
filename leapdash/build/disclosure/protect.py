"""Which cells are withheld: the small ones, and as few others as keep them from being worked out.

Cells are offered one after the other, the most wanted first; one that would, with those before it,
tell a small one, is withheld too. Then every owner is taken in turn for a reader who knows their
own rows exactly, and what would tell them of others is withheld as well. Where a withheld count can
still be narrowed down too far, a cell that adds up with it is withheld, and all begins anew.

Neighbouring months count nearly the same students. So a school year is protected as one: what is
withheld for a cause that lasts is withheld in all its months, and so is what is withheld beside it.
What a single month has too few of (the absent of a short June) is withheld in that month besides.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from leapdash.build.disclosure.cells import Cell
from leapdash.build.disclosure.elimination import candidates, withheld
from leapdash.build.disclosure.elsewhere import following
from leapdash.build.disclosure.lattice import Lattice, Occasion
from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.owners import narrow_for_owners
from leapdash.build.disclosure.published import Published, by_kind
from leapdash.build.disclosure.ranges import Narrow, narrow
from leapdash.build.disclosure.rules import Rules
from leapdash.contract import ALL
from leapdash.errors import ContractError


def protected(
    lattices: Sequence[Lattice], rules: Rules, limit: Limit = NO_LIMIT
) -> list[list[set[int]]]:
    """The numbers of the cells to withhold, of every lattice of a school year on each of its
    occasions, so that no small count can be worked out, and none withheld be narrowed down too far.

    A cell withheld in one lattice or in one table is withheld in all of that month.

    Raises ContractError where nothing is left to withhold.
    """
    families = [_Family(lattice) for lattice in lattices]
    while True:
        _agree(families, limit)
        # One family after the other, all students first: a cell that several share is widened once.
        # What owners know is asked when enough is left open to everybody.
        if not any(
            family.open_up(rules, limit, to_owners)
            for to_owners in (False, True)
            for family in families
        ):
            return [
                [family.hidden[occasion.month] for occasion in family.lattice.occasions]
                for family in families
            ]


@dataclass
class _Family:
    """A lattice, and what of it is withheld so far.

    `always`: in all months, and `hidden`: in every month; of those `wanted` and `wanted_in` have
    to be. `open`, `open_to_owners`: on which occasions and of which cells enough is known to be
    left open, to all and to districts that know their own; `near`: to which of these it may not be;
    `withstood`: what was withheld when enough was left open of all.
    """

    lattice: Lattice
    always: set[int] = field(default_factory=set)
    hidden: dict[date, set[int]] = field(default_factory=dict)
    wanted: set[int] = field(default_factory=set)
    wanted_in: dict[date, set[int]] = field(default_factory=dict)
    open: list[set[int]] = field(default_factory=list)
    open_to_owners: list[set[int]] = field(default_factory=list)
    near: list[dict[int, set[str]]] = field(default_factory=list)
    withstood: dict[tuple[int, bool], frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lattice = self.lattice
        self.numbers = {cell: number for number, cell in enumerate(lattice.cells)}
        self.hidden = {occasion.month: set() for occasion in lattice.occasions}
        self.wanted_in = {month: set() for month in self.hidden}
        self.sums = {occasion.month: occasion.sums for occasion in lattice.occasions}
        self.open = [set() for _occasion in lattice.occasions]
        self.open_to_owners = [set() for _occasion in lattice.occasions]
        self.near = [{} for _occasion in lattice.occasions]
        for occasion in lattice.occasions:
            self.wanted |= set(np.flatnonzero(occasion.lasting).tolist())
            self.wanted_in[occasion.month] |= set(np.flatnonzero(occasion.small).tolist())
        self.wanted -= lattice.given

    def settle(self, limit: Limit) -> None:
        """Withhold what is wanted, and what would tell it."""
        lattice = self.lattice
        if not self.wanted <= self.always:
            kept = self.wanted | self.always
            while not kept <= self.always:
                self.always |= withheld(lattice, lattice.sums, kept, limit, lattice.given)
                kept = self._with_elsewhere(limit)
        for month, wanted in self.wanted_in.items():
            known = self.hidden[month]
            own = {number for number in self.always | wanted if self.sums[month][number]}
            if own <= known:
                continue
            if not own <= self.always:
                own = withheld(lattice, self.sums[month], own | known, limit)
            self.hidden[month] = own | known
        # What no month shows is withheld for the year, whatever the cause was in each.
        for number in set().union(*self.hidden.values()) - self.always - lattice.given:
            months = (month for month, sums in self.sums.items() if sums[number])
            if all(number in self.hidden[month] for month in months):
                self.wanted.add(number)

    def _with_elsewhere(self, limit: Limit) -> set[int]:
        """What must be withheld, too, from who knows what the state tells of the year elsewhere;
        what that tells by itself can't be kept.
        """
        lattice = self.lattice
        known = lattice.elsewhere | lattice.given
        kept = self.always - following(lattice.sums, known, self.always)
        return withheld(lattice, lattice.sums, kept, limit, known) if lattice.elsewhere else kept

    def withhold(self, numbers: Collection[int], month: date | None) -> None:
        """Want cells withheld in a month, or in all where no month published before shows it."""
        for number in numbers:
            if month is None and number not in self.lattice.given:
                self.wanted.add(number)
            else:
                for own in self.wanted_in if month is None else (month,):
                    self.wanted_in[own].add(number)

    def open_up(self, rules: Rules, limit: Limit, to_owners: bool) -> bool:
        """Withhold more until enough is left open of what is withheld; whether there was any."""
        found = False
        while self.widen(rules, limit, to_owners):
            self.settle(limit)
            found = True
        return found

    def widen(self, rules: Rules, limit: Limit, to_owners: bool) -> bool:
        """Want more withheld where a withheld count can be narrowed down too far, by everybody or
        by owners, who know their own rows; whether any.
        """
        found = False
        for place, occasion in enumerate(self.lattice.occasions):
            hidden = frozenset(self.hidden[occasion.month])
            if self.withstood.get((place, to_owners)) == hidden:
                continue
            self.withstood[place, to_owners] = hidden
            for number, partner in self._told(place, rules, limit, to_owners):
                lasts = number in self.always
                self.withhold([partner], None if lasts else occasion.month)
                self.withstood.pop((place, to_owners), None)
                found = True
        return found

    def _told(
        self, place: int, rules: Rules, limit: Limit, to_owners: bool
    ) -> Iterator[tuple[int, int]]:
        """The withheld cells of which too little is left open, and what to withhold beside each."""
        lattice, occasion = self.lattice, self.lattice.occasions[place]
        hidden = self.hidden[occasion.month]
        if not hidden:
            return
        shown = [n for n, _sum in candidates(lattice, occasion.sums, hidden)]
        if not to_owners:
            yield from _told_nearly(lattice, occasion, shown, rules)
        published = Published([occasion.sums[n] for n in shown], occasion.counts.at(shown))
        narrowed = self._narrow_to_owners if to_owners else self._narrow
        for number, one in narrowed(place, published, rules, limit):
            if one.harmless(rules):
                continue
            single = [shown[n] for n in published.known.values()]
            held_by = [shown[n] for n in one.held_by]
            partner = _partner(lattice, occasion, number, held_by, single, rules)
            if partner is None:
                cell = ", ".join(lattice.cells[number].published)
                raise ContractError(
                    f"{cell}, {occasion.month:%B %Y}: nothing is left to withhold beside it"
                )
            yield number, partner
        if not to_owners and place == lattice.ends:
            yield from self._told_with_elsewhere(occasion, shown, rules, limit)

    def _narrow(
        self, place: int, published: Published, rules: Rules, limit: Limit
    ) -> Iterator[tuple[int, Narrow]]:
        """The withheld cells of which little is left open to everybody."""
        occasion, wide = self.lattice.occasions[place], self.open[place]
        asked = sorted(self.hidden[occasion.month] - wide)
        found = narrow(
            published,
            [occasion.sums[number] for number in asked],
            [bool(occasion.counts.base[number]) for number in asked],
            rules.narrowest,
            limit=limit,
        )
        # What is wide stays so when more is withheld.
        wide |= {number for n, number in enumerate(asked) if n not in found}
        yield from ((asked[n], one) for n, one in found.items())

    def _told_with_elsewhere(
        self, occasion: Occasion, shown: Sequence[int], rules: Rules, limit: Limit
    ) -> Iterator[tuple[int, int]]:
        """The withheld cells of which too little is left open to who knows what the state tells
        elsewhere, though that alone leaves enough, and what to withhold beside each.
        """
        lattice, sums = self.lattice, occasion.sums
        hidden = self.hidden[occasion.month]
        known = [number for number in sorted(lattice.elsewhere) if sums[number]]
        if hidden.isdisjoint(known):
            return
        asked = sorted(hidden - lattice.elsewhere - following(sums, known, hidden))
        both = [*shown, *(number for number in known if number in hidden)]
        told, single = _narrowed(occasion, both, asked, rules, limit)
        alone = _narrowed(occasion, known, asked, rules, limit)[0] if told else {}
        for number, one in told.items():
            held_by = [both[n] for n in one.held_by]
            partner = _partner(lattice, occasion, number, held_by, single, rules, lattice.elsewhere)
            if number not in alone and partner is not None:
                yield number, partner

    def _narrow_to_owners(
        self, place: int, published: Published, rules: Rules, limit: Limit
    ) -> Iterator[tuple[int, Narrow]]:
        """The withheld cells of others of which little is left open to an owner, who knows their
        own rows, though enough is to everybody.
        """
        lattice, occasion = self.lattice, self.lattice.occasions[place]
        sums, counts, wide = occasion.sums, occasion.counts, self.open_to_owners[place]
        single = {next(iter(own)): n for n, own in enumerate(sums) if len(own) == 1}
        if any(row not in single for own in published.sums for row in own):
            return
        table = by_kind(counts)
        rows = {row: (lattice.owners[row], table[number]) for row, number in single.items()}
        asked = sorted((self.hidden[occasion.month] & self.open[place]) - wide)
        # A row that no published sum has is open whatever else is known.
        there = published.columns.keys() | published.told.keys()
        found = narrow_for_owners(
            published,
            {n: sums[n] for n in asked if there >= sums[n].keys()},
            {n: bool(counts.base[n]) for n in asked},
            rows,
            rules.narrowest,
            self.near[place],
            limit,
        )
        wide |= set(asked) - found.keys()
        for number, own in found.items():
            yield number, next((one for one in own if not one.harmless(rules)), own[0])


def _agree(families: Sequence[_Family], limit: Limit) -> None:
    """Withhold in every family what is withheld in one that shares the cell, until all agree."""
    while True:
        for family in families:
            family.settle(limit)
        always = {family.lattice.cells[n] for family in families for n in family.always}
        by_month: dict[date, set[Cell]] = {}
        for family in families:
            for month, numbers in family.hidden.items():
                cells = {family.lattice.cells[number] for number in numbers}
                by_month[month] = by_month.get(month, set()) | cells
        more = False
        for family in families:
            shared = {family.numbers[cell] for cell in always if cell in family.numbers}
            shared -= family.lattice.given
            family.wanted |= shared
            more |= not family.wanted <= family.always
            for month, wanted in family.wanted_in.items():
                own = {family.numbers[c] for c in by_month[month] if c in family.numbers}
                own = {number for number in own if family.sums[month][number]}
                more |= not own <= family.hidden[month]
                wanted |= own
        if not more:
            return


def _told_nearly(
    lattice: Lattice, occasion: Occasion, shown: Sequence[int], rules: Rules
) -> Iterator[tuple[int, int]]:
    """What else to withhold so that an owner, who takes their own rows off a shown sum, isn't left
    with few students of others; each with the withheld cell it is for. One sum at a time, not
    several together.
    """
    sums, counts = occasion.sums, occasion.counts
    single = {next(iter(own)): n for n, own in enumerate(sums) if len(own) == 1}
    told = set(shown)
    open_rows = {row: part for row, part in single.items() if part not in told}
    table = np.column_stack([counts.students, counts.absent, counts.present, counts.base])
    for number in shown:
        if lattice.of_one_owner(number) or any(row not in single for row in sums[number]):
            continue
        of: dict[str, list[int]] = {}
        for row in sums[number]:
            if row in open_rows:
                of.setdefault(lattice.owners[row], []).append(open_rows[row])
        own = {owner: table[parts].sum(axis=0) for owner, parts in of.items()}
        everyone = sum(own.values())
        for owner in own if len(own) > 1 else ():
            students, absent, present, base = everyone - own[owner]
            if students < rules.narrowest or (base and min(absent, present) < rules.narrowest):
                parts = [single[row] for row in sums[number] if lattice.owners[row] != owner]
                beside = [part for part in parts if part in told] or [number]
                first = next(parts[0] for other, parts in of.items() if other != owner)
                yield first, min(beside, key=lambda part: counts.students[part])


def _narrowed(
    occasion: Occasion, shown: Sequence[int], asked: Sequence[int], rules: Rules, limit: Limit
) -> tuple[dict[int, Narrow], list[int]]:
    """The cells asked, by number, of which too little is left open by those shown; and of these
    those that are single rows.
    """
    sums, counts = occasion.sums, occasion.counts
    published = Published([sums[n] for n in shown], counts.at(shown))
    base = [bool(counts.base[number]) for number in asked]
    found = narrow(published, [sums[n] for n in asked], base, rules.narrowest, limit)
    told = {asked[n]: one for n, one in found.items() if not one.harmless(rules)}
    return told, [shown[n] for n in published.known.values()]


def _partner(
    lattice: Lattice,
    occasion: Occasion,
    told: int,
    held_by: Sequence[int],
    single: Sequence[int],
    rules: Rules,
    elsewhere: Collection[int] = (),
) -> int | None:
    """What else to withhold where shown sums narrow a withheld count down: of the sums of one
    district, or else of their parts, or else of all of them, the one of the fewest students, but
    for those that have too few absent or present to give room; all students of a place only where
    nothing else is left. Not what is told `elsewhere`, too: to withhold that would keep nothing.
    """
    cells, sums, counts = lattice.cells, occasion.sums, occasion.counts

    def dear(number: int) -> tuple[bool, int]:
        few = min(counts.absent[number], counts.present[number]) < rules.narrowest
        return bool(few and counts.base[told]), int(counts.students[number])

    rows = {row for number in held_by for row in sums[number]}
    held_by = [number for number in held_by if number not in elsewhere]
    single = [number for number in single if number not in elsewhere]
    parts = [number for number in single if not rows.isdisjoint(sums[number])]
    narrow_sums = [number for number in held_by if lattice.of_one_owner(number)]
    for numbers in (narrow_sums, parts, held_by):
        named = [number for number in numbers if cells[number].part != ALL]
        if named:
            return min(named, key=dear)
    return min([*narrow_sums, *parts] or held_by, key=dear, default=None)
