"""What a reader can work out of a public release, from its finished files alone.

Nothing is taken over from the step that withheld the cells but how cells add up: the files are read
as anybody would, and every withheld figure is attacked. It is worked out where it is a combination
of shown ones, also for a district that knows its own figures; and it is narrowed down where all
tables that agree with what is shown leave it a small range, unless all of that could be shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

import numpy as np

from leapdash.build.disclosure.cells import (
    EVERYONE,
    PARTS,
    SCHOOLS,
    Cell,
    Districts,
    Row,
    cells_of,
    members_of,
)
from leapdash.build.disclosure.elsewhere import Elsewhere
from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.published import Published
from leapdash.build.disclosure.ranges import Narrow, narrow
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.sections import TO_DATE, YEAR, Section
from leapdash.build.disclosure.span import PRIME, Span, Sum
from leapdash.contract import ALL, LEAP, OTHER, STATE_CODE, school_year_of

_FAMILY_APART = 10**7
_KEPT = 16
_SEVERAL = frozenset({STATE_CODE, LEAP, OTHER})


@dataclass(frozen=True)
class Finding:
    """A withheld figure that can be worked out, or narrowed down too far; or figures that can't all
    be right.
    """

    table: str
    month: date
    cell: Cell
    found: str


@dataclass(frozen=True)
class Verdict:
    """What an audit came to: how many withheld figures were attacked, and which fell."""

    attacked: int
    findings: tuple[Finding, ...]


def tasks_of(
    sections: Sequence[Section], before: Sequence[Section] = (), elsewhere: Elsewhere | None = None
) -> list[tuple[list[Section], list[Section], frozenset[Cell], str | None]]:
    """The parts of an audit that can go on beside each other: each family of every school year,
    and what concerns all families of a year; with what the release before said of that year, and
    what the state tells of it elsewhere.
    """
    years: dict[str, list[Section]] = {}
    for section in sections:
        years.setdefault(school_year_of(section.month), []).append(section)
    return [
        (
            own,
            [s for s in before if school_year_of(s.month) == year],
            (elsewhere or {}).get(year, frozenset()),
            family,
        )
        for year, own in years.items()
        for family in (None, *sorted({cell.family for s in own for cell in s.counts}))
    ]


def audited(
    sections: Sequence[Section],
    before: Sequence[Section],
    elsewhere: frozenset[Cell],
    family: str | None,
    rules: Rules,
    limit: Limit = NO_LIMIT,
) -> Verdict:
    """Attack the withheld cells of a family in a school year, `before`: also with what a release
    before showed, `elsewhere`: with what the state tells of besides; without a family, what all
    tell of each other, and what is wrong without attack.
    """
    if family is None:
        findings = [finding for section in sections for finding in _wrong(section, rules)]
        withheld = sum(counts is None for s in sections for counts in s.counts.values())
        return Verdict(withheld, tuple(dict.fromkeys(findings)))
    patterns: dict[object, _Pattern] = {}
    attacks = [_Attack(section, family, rules, limit, patterns) for section in sections]
    attacks = [attack for attack in attacks if attack.pattern.sums]
    findings = [finding for attack in attacks for finding in attack.findings()]
    found = {(finding.table, finding.month, finding.cell) for finding in findings}
    earlier = [_Attack(section, family, rules, limit, patterns) for section in before]
    earlier = [attack for attack in earlier if attack.pattern.sums]
    for finding in _over_months(attacks, earlier, elsewhere, patterns):
        if (finding.table, finding.month, finding.cell) not in found:
            findings.append(finding)
    return Verdict(0, tuple(dict.fromkeys(findings)))


def _wrong(section: Section, rules: Rules) -> Iterator[Finding]:
    families = {cell.family for cell in section.counts} - {EVERYONE}
    patterns = [_pattern(section, family) for family in (EVERYONE, *sorted(families))]
    offered = {cell for pattern in patterns for cell in pattern.sums}
    wrong = [*section.faults]
    wrong += [(cell, "isn't offered") for cell in section.counts if cell not in offered]
    wrong += [(cell, "is small, and shown") for cell in _small(section, rules)]
    wrong += [
        (cell, "follows from figures shown of several families")
        for cell in _told_together(patterns)
    ]
    for cell, found in wrong:
        yield Finding(section.table, section.month, cell, found)


def _over_months(
    attacks: Sequence["_Attack"],
    earlier: Sequence["_Attack"],
    elsewhere: frozenset[Cell],
    patterns: dict[object, "_Pattern"],
) -> Iterator[Finding]:
    """The cells that no month of a school year shows, and that follow from those that any does,
    or did in the release before, for a reader who takes the counts of all months for the same; and
    from those and what the state tells elsewhere, but not from that alone.
    """
    if not attacks:
        return
    every = [*attacks, *earlier]
    leaps = {leap: n for n, leap in enumerate(dict.fromkeys(a.section.leap for a in every))}
    rows = sorted({row for attack in every for row in attack.pattern.rows})
    shown, asked = set[Cell](), dict[Cell, _Attack]()
    for attack in [*earlier, *attacks]:
        areas = attack.pattern.areas(leaps[attack.section.leap])
        shown |= {cell._replace(area=areas[cell.area]) for cell in attack.pattern.shown}
        asked |= {c._replace(area=areas[c.area]): attack for c in attack.pattern.withheld}
    never = asked.keys() - shown
    pattern = _Pattern(
        attacks[0].pattern.family, tuple(rows), tuple(leaps), frozenset(shown), frozenset(never)
    )
    pattern = patterns.setdefault(pattern.key, pattern)
    for cell, by in pattern.told.items():
        own = asked[cell].section
        found = f"follows from figures shown in any month of the year{by}"
        yield Finding(own.table, own.month, cell.published, found)
    known = frozenset(cell for cell in pattern.sums if cell in elsewhere)
    if not known & never:
        return
    left = frozenset(never - known)
    alone = replace(pattern, shown=known, withheld=left).told
    for cell, by in replace(pattern, shown=pattern.shown | known, withheld=left).told.items():
        if cell not in alone and cell not in pattern.told:
            own = asked[cell].section
            found = f"follows with what the state tells elsewhere{by}"
            yield Finding(own.table, own.month, cell.published, found)


def _small(section: Section, rules: Rules) -> list[Cell]:
    """The cells that are shown though they are small."""
    shown = [(cell, counts) for cell, counts in section.counts.items() if counts is not None]
    students, base, absent = (
        np.array([counts for _cell, counts in shown], np.int64).reshape(-1, 3).T
    )
    small = rules.small(students, absent, base)
    return [cell for (cell, _counts), is_small in zip(shown, small, strict=True) if is_small]


def _told_together(patterns: Sequence["_Pattern"]) -> Iterator[Cell]:
    """The withheld cells that follow from the shown ones of all families, which have equal totals.

    Where all totals are shown, families say nothing of each other.
    """
    everyone = patterns[0]
    if not everyone.withheld:
        return
    span = Span()
    shifted = []
    for place, pattern in enumerate(patterns):
        shift = place * _FAMILY_APART
        shifted.append({c: {r + shift: n for r, n in s.items()} for c, s in pattern.sums.items()})
    for pattern, sums in zip(patterns[1:], shifted[1:], strict=True):
        for cell in pattern.sums.keys() & everyone.sums.keys():
            if len(everyone.sums[cell]) == 1:
                total = {row: PRIME - times for row, times in shifted[0][cell].items()}
                if rest := span.rest(sums[cell] | total):
                    span.add(rest)
    for pattern, sums in zip(patterns, shifted, strict=True):
        for cell in sorted(pattern.shown):
            if rest := span.rest(sums[cell]):
                span.add(rest)
    for pattern, sums in zip(patterns, shifted, strict=True):
        yield from (cell for cell in sorted(pattern.withheld) if not span.rest(sums[cell]))


def disagreeing(sections: Sequence[Section]) -> Iterator[Finding]:
    """Cells of a month that are withheld in one table and shown in another: who counts is nearly
    the same in both; and figures of a year that aren't those to date of its last month.
    """
    shown = {
        (section.month, cell): section.table
        for section in sections
        for cell, counts in section.counts.items()
        if counts is not None
    }
    to_date = {section.month: section.counts for section in sections if section.table == TO_DATE}
    for section in sections:
        for cell, counts in section.counts.items():
            if counts is None and (other := shown.get((section.month, cell))):
                yield Finding(section.table, section.month, cell, f"is shown in {other}")
            elif section.table == YEAR and counts != to_date[section.month].get(cell):
                found = f"isn't what {TO_DATE} says of the year's last month"
                yield Finding(section.table, section.month, cell, found)


@dataclass(frozen=True)
class _Pattern:
    """Which of a family's cells are shown, and which have a name and no figures: all that decides
    what follows from what. `leaps`: who takes part, one after the other in a school year.
    """

    family: str
    rows: tuple[Row, ...]
    leaps: tuple[frozenset[str], ...]
    shown: frozenset[Cell]
    withheld: frozenset[Cell]

    @property
    def key(self) -> object:
        """What is the same where all that follows is."""
        return (self.rows, self.leaps, self.shown, self.withheld)

    def areas(self, stretch: int) -> dict[str, str]:
        """What the areas of a month are called in a school year."""
        own, known = (self._districts(n).areas(EVERYONE) for n in (0, stretch))
        return dict(zip(own, known, strict=True))

    @cached_property
    def owners(self) -> list[str]:
        """The district that knows a row exactly, by row."""
        return [row.district for row in self.rows]

    @cached_property
    def sums(self) -> Mapping[Cell, Sum]:
        """The rows of every cell."""
        return _sums_of(self.family, self.rows, self.leaps)

    def _districts(self, stretch: int) -> Districts:
        return _districts_of(self.rows, self.leaps, stretch)

    @cached_property
    def told(self) -> dict[Cell, str]:
        """The withheld cells that follow from the shown ones, and for whom: all, or a district that
        knows its own, unless the cell is all its own.
        """
        if not self.withheld:
            return {}
        span = Span()
        for cell in sorted(self.shown, key=lambda cell: len(self.sums[cell])):
            if rest := span.rest(self.sums[cell]):
                span.add(rest)
        told = {cell: "" for cell in sorted(self.withheld) if not span.rest(self.sums[cell])}
        cells = sorted(self.withheld)
        rests = [span.rest(self.sums[cell]) for cell in cells]
        own: dict[str, set[int]] = {row.district: set() for row in self.rows}
        for number, district in enumerate(self.owners):
            own[district].add(number)
        for district in sorted({self.owners[row] for sum_ in span.open_sums() for row in sum_}):
            for number in span.follows_with(own[district], rests):
                if not own[district].issuperset(self.sums[cells[number]]):
                    told.setdefault(cells[number], f" and those of {district}")
        return told


def _districts_of(rows: Sequence[Row], leaps: Sequence[frozenset[str]], stretch: int) -> Districts:
    codes = tuple(sorted({row.district for row in rows}))
    leap = leaps[min(stretch, len(leaps) - 1)]
    return Districts(codes, leap & set(codes), stretch)


@lru_cache(maxsize=_KEPT)
def _sums_of(
    family: str, rows: tuple[Row, ...], leaps: tuple[frozenset[str], ...]
) -> Mapping[Cell, Sum]:
    """The rows of every cell: the same in nearly all months of a year."""
    numbers = {row: number for number, row in enumerate(rows)}
    sums: dict[Cell, Sum] = {}
    for stretch in range(len(leaps)):
        sums |= cells_of(family, _districts_of(rows, leaps, stretch), numbers)
    return sums


def _pattern(section: Section, family: str) -> _Pattern:
    """A family's cells of a month."""
    rows = tuple(sorted(set(_rows(section, family))))
    bare = _Pattern(family, rows, (section.leap,), frozenset(), frozenset())
    counts = section.counts
    return _Pattern(
        family,
        rows,
        (section.leap,),
        frozenset(cell for cell in bare.sums if counts.get(cell) is not None),
        frozenset(cell for cell in bare.sums if cell in counts and counts[cell] is None),
    )


def _rows(section: Section, family: str) -> Iterator[Row]:
    """The finest parts a reader knows of."""
    counts = section.counts
    if family in (PARTS, SCHOOLS):
        for cell in counts:
            if cell.family == family and cell.level != ALL and _single(cell.area):
                yield Row(cell.area, cell.level, cell.part)
        return
    there = {cell.family for cell in counts}
    for cell in counts if family in there else ():
        if cell.family == EVERYONE and cell.level != ALL and _single(cell.area):
            for member in members_of(family):
                yield Row(cell.area, cell.level, member)


class _Attack:
    """One family's cells of a month. `patterns`: those seen so far, by what they have in common."""

    def __init__(
        self,
        section: Section,
        family: str,
        rules: Rules,
        limit: Limit,
        patterns: dict[object, _Pattern],
    ) -> None:
        self.section, self._family, self._rules, self._limit = section, family, rules, limit
        own = _pattern(section, family)
        self.pattern = patterns.setdefault(own.key, own)

    def findings(self) -> Iterator[Finding]:
        """Every withheld cell that can be worked out, or narrowed down too far."""
        self._limit.check()
        told = self.pattern.told
        for cell, by in told.items():
            yield self._finding(cell, f"follows from figures shown{by}")
        try:
            narrowed = list(self._narrowed())
        except ArithmeticError:
            first = min(self.pattern.shown)
            yield self._finding(first, "no counts agree with all figures shown with it")
            return
        for cell, ranges in narrowed:
            if told.get(cell) != "":
                yield self._finding(cell, f"lies within {ranges}")

    def _finding(self, cell: Cell, found: str) -> Finding:
        return Finding(self.section.table, self.section.month, cell, found)

    def _narrowed(self) -> Iterator[tuple[Cell, Narrow]]:
        """The withheld cells of which little is left open, that may be small."""
        pattern, counts = self.pattern, self.section.counts
        sums, shown = pattern.sums, sorted(pattern.shown)
        table = np.array([counts[cell] for cell in shown], np.int64)
        published = Published(
            [sums[cell] for cell in shown],
            Counts(*table.reshape(-1, 3).T),
            [self._moved(cell) for cell in shown],
        )
        hidden = [cell for cell in sums if not cell.named or cell in pattern.withheld]
        asked = [sums[cell] for cell in hidden]
        found = narrow(published, asked, [True] * len(asked), self._rules.narrowest, self._limit)
        for number, ranges in found.items():
            if not ranges.harmless(self._rules):
                yield hidden[number], ranges

    def _moved(self, cell: Cell) -> float:
        """How far a sum and its parts may be apart: who changes school counts in both, and how many
        did, a reader doesn't know.
        """
        counts = self.section.counts[cell]
        together = self._family == SCHOOLS and cell.family == EVERYONE
        return float(counts[0]) if together and counts else 0.0


def _single(area: str) -> bool:
    return area not in _SEVERAL
