"""What a reader can work out of a public release, from its finished files alone.

Nothing is taken over from the step that withheld the cells but how cells add up: the files are read
as anybody would, and every withheld figure is attacked. It is worked out where it is a combination
of shown ones, also for a district that knows its own figures; and it is narrowed down where all
tables that agree with what is shown leave it a small range, unless all of that could be shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from leapdash.build.disclosure.cells import (
    EVERYONE,
    GROUP_FAMILIES,
    PARTS,
    SCHOOLS,
    Cell,
    Districts,
    Row,
    cells_of,
    members_of,
)
from leapdash.build.disclosure.lattice import Counts
from leapdash.build.disclosure.occasions import taking_part
from leapdash.build.disclosure.ranges import Narrow, Published, narrow
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.span import PRIME, Span, Sum
from leapdash.contract import ALL, LEAP, OTHER, STATE_CODE, school_year_of
from leapdash.release import Release

_FIGURES = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")
_FAMILY_APART = 10**7
_SEVERAL = frozenset({STATE_CODE, LEAP, OTHER})
_FAMILY_OF = {part: family for family, own in GROUP_FAMILIES.items() for part in own} | {
    "free_or_reduced_meals": "meals"
}
_MONTH = ("attendance_by_group", "attendance", ("students", "chronic_base", "chronically_absent"))
_YEAR = "chronic_absence"
_TO_DATE = (
    "chronic_to_date",
    "chronic_to_date",
    ("chronic_base", "chronic_base", "chronically_absent"),
)


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
class Section:
    """What of one month stands in one table: every cell's students, those who count for chronic
    absence and the absent, or nothing where they are withheld; who takes part by then; and what of
    the rows is wrong in itself.
    """

    table: str
    month: date
    leap: frozenset[str]
    counts: Mapping[Cell, tuple[int, int, int] | None]
    faults: tuple[tuple[Cell, str], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What an audit came to: how many withheld figures were attacked, and which fell."""

    attacked: int
    findings: tuple[Finding, ...]


def sections_of(release: Release) -> Iterator[Section]:
    """The months of a public release, table by table."""
    schools = release.table("schools").to_pandas()
    for name, by_school, measures in (_MONTH, _TO_DATE):
        rows = release.table(name).to_pandas()
        if by_school != name:
            rows = pd.concat([rows, release.table(by_school).to_pandas()])
        for month, own in rows.groupby("month"):
            counts, faults = _cells(own, measures)
            yield Section(name, month, taking_part(schools, month), counts, faults)
    # A year's figures are those to date of its last month: whatever else they say is found.
    months = release.table(_TO_DATE[0], ["month"])["month"].unique().to_pylist()
    last = {school_year_of(month): month for month in sorted(months)}
    for year, own in release.table(_YEAR).to_pandas().groupby("school_year"):
        counts, faults = _cells(own, _TO_DATE[2])
        month = last[year]
        yield Section(_YEAR, month, taking_part(schools, month), counts, faults)


def audited(section: Section, rules: Rules) -> Verdict:
    """Attack every withheld cell of a month."""
    families = {cell.family for cell in section.counts} - {EVERYONE}
    attacks = [_Attack(section, family, rules) for family in (EVERYONE, *sorted(families))]
    findings = {finding: None for attack in attacks for finding in attack.findings()}
    told = {finding.cell for finding in findings}
    for cell in _told_together(attacks):
        if cell not in told:
            found = "follows from figures shown of several families"
            findings[Finding(section.table, section.month, cell, found)] = None
    offered = {cell for attack in attacks for cell in attack.sums}
    wrong = [*section.faults]
    wrong += [(cell, "isn't offered") for cell in section.counts if cell not in offered]
    wrong += [(cell, "is small, and shown") for cell in _small(section, rules)]
    for cell, found in wrong:
        findings[Finding(section.table, section.month, cell, found)] = None
    withheld = sum(counts is None for counts in section.counts.values())
    return Verdict(withheld, tuple(findings))


def _small(section: Section, rules: Rules) -> list[Cell]:
    """The cells that are shown though they are small."""
    shown = [(cell, counts) for cell, counts in section.counts.items() if counts is not None]
    students, base, absent = (
        np.array([counts for _cell, counts in shown], np.int64).reshape(-1, 3).T
    )
    small = rules.small(students, absent, base)
    return [cell for (cell, _counts), is_small in zip(shown, small, strict=True) if is_small]


def _told_together(attacks: Sequence["_Attack"]) -> Iterator[Cell]:
    """The withheld cells that follow from the shown ones of all families, which have equal totals.

    Where all totals are shown, families say nothing of each other.
    """
    everyone = attacks[0]
    if not everyone.hidden:
        return
    span = Span()
    shifted = []
    for place, attack in enumerate(attacks):
        shift = place * _FAMILY_APART
        shifted.append({c: {r + shift: n for r, n in s.items()} for c, s in attack.sums.items()})
    for attack, sums in zip(attacks[1:], shifted[1:], strict=True):
        for cell in attack.sums.keys() & everyone.sums.keys():
            if len(everyone.sums[cell]) == 1:
                total = {row: PRIME - times for row, times in shifted[0][cell].items()}
                if rest := span.rest(sums[cell] | total):
                    span.add(rest)
    for attack, sums in zip(attacks, shifted, strict=True):
        for cell in attack.shown:
            if rest := span.rest(sums[cell]):
                span.add(rest)
    for attack, sums in zip(attacks, shifted, strict=True):
        yield from (cell for cell in attack.withheld() if not span.rest(sums[cell]))


def disagreeing(sections: Sequence[Section]) -> Iterator[Finding]:
    """Cells of a month that are withheld in one table and shown in another: who counts is nearly
    the same in both.
    """
    shown = {
        (section.month, cell): section.table
        for section in sections
        for cell, counts in section.counts.items()
        if counts is not None
    }
    for section in sections:
        for cell, counts in section.counts.items():
            if counts is None and (other := shown.get((section.month, cell))):
                yield Finding(section.table, section.month, cell, f"is shown in {other}")


def _cells(
    rows: pd.DataFrame, measures: Sequence[str]
) -> tuple[dict[Cell, tuple[int, int, int] | None], tuple[tuple[Cell, str], ...]]:
    names = ["district_code", "level", "school_code", "participation", "group", "status"]
    figures = [name for name in rows.columns if name in (*_FIGURES, *measures)]
    table = rows.reindex(columns=[*names, *measures])
    there = rows[figures].notna()
    some, every = there.any(axis=1).tolist(), there[list(dict.fromkeys(measures))].all(axis=1)
    cells: dict[Cell, tuple[int, int, int] | None] = {}
    faults = []
    for row, any_there, all_there in zip(
        table.itertuples(index=False), some, every.tolist(), strict=True
    ):
        area, level, school, participation, group, status, *counts = row
        if isinstance(school, str):
            cell = Cell(area, level, SCHOOLS, school)
        elif group != ALL:
            cell = Cell(area, level, _FAMILY_OF[group], group)
        elif participation != ALL:
            cell = Cell(area, level, PARTS, participation)
        else:
            cell = Cell(area, level, EVERYONE, ALL)
        of_part = cell.family != SCHOOLS and ALL not in (group, participation)
        if cell in cells or of_part:
            faults.append((cell, "stands in two rows, or is of a group's part"))
        if (status == "c" and any_there) or (status != "c" and not all_there):
            faults.append((cell, "has figures though withheld, or none though shown"))
        students, base, absent = counts
        hidden = status == "c" or not all_there
        cells[cell] = None if hidden else (int(students), int(base), int(absent))
    return cells, tuple(faults)


class _Attack:
    """One family's cells of a month, as sums over rows.

    `sums`: of every cell; `shown`, `hidden`: the cells shown, and those withheld or without a name.
    """

    def __init__(self, section: Section, family: str, rules: Rules) -> None:
        self._section, self._family, self._rules = section, family, rules
        numbers = {row: n for n, row in enumerate(self._rows())}
        self._owners = [row.district for row in numbers]
        codes = tuple(sorted(set(self._owners)))
        self.sums: dict[Cell, Sum] = dict(
            cells_of(family, Districts(codes, section.leap & set(codes)), numbers)
        )
        self.shown = [cell for cell in self.sums if section.counts.get(cell) is not None]
        asked = section.counts
        self.hidden = [c for c in self.sums if not c.named or (c in asked and asked[c] is None)]
        self._span = Span()
        for cell in self.shown:
            if rest := self._span.rest(self.sums[cell]):
                self._span.add(rest)

    def findings(self) -> Iterator[Finding]:
        """Every withheld cell that can be worked out, or narrowed down too far."""
        told = self._told()
        for cell in told:
            yield self._finding(cell, "follows from figures shown")
        open_to = {self._owners[row] for sum_ in self._span.open_sums() for row in sum_}
        for district in sorted(open_to):
            for cell in self._told_to(district):
                if cell not in told:
                    yield self._finding(cell, f"follows from figures shown and those of {district}")
        try:
            narrowed = list(self._narrowed())
        except ArithmeticError:
            yield self._finding(self.shown[0], "no counts agree with all figures shown with it")
            return
        for cell, ranges in narrowed:
            if cell not in told:
                yield self._finding(cell, f"lies within {ranges}")

    def _finding(self, cell: Cell, found: str) -> Finding:
        return Finding(self._section.table, self._section.month, cell, found)

    def _rows(self) -> Iterator[Row]:
        """The finest parts a reader knows of."""
        counts = self._section.counts
        if self._family in (PARTS, SCHOOLS):
            for cell in counts:
                if cell.family == self._family and cell.level != ALL and _single(cell.area):
                    yield Row(cell.area, cell.level, cell.part)
            return
        for cell in counts:
            if cell.family == EVERYONE and cell.level != ALL and _single(cell.area):
                for member in members_of(self._family):
                    yield Row(cell.area, cell.level, member)

    def _told(self) -> list[Cell]:
        """The withheld cells that follow from the shown ones."""
        return [cell for cell in self.withheld() if not self._span.rest(self.sums[cell])]

    def _told_to(self, district: str) -> list[Cell]:
        """Those that follow for who knows a district's own; not those that are all its own."""
        others = [cell for cell in self.withheld() if self._unknown_to(district, self.sums[cell])]
        known = Span(
            self._unknown_to(district, self._span.rest(self._unknown_to(district, self.sums[cell])))
            for cell in others
        )
        for sum_ in self._span.open_sums():
            if rest := known.rest(self._unknown_to(district, sum_)):
                known.add(rest)
        return [others[number] for number in known.given_away()]

    def withheld(self) -> list[Cell]:
        """The cells that have a name and no figures."""
        return [cell for cell in self.hidden if cell.named]

    def _unknown_to(self, district: str, sum_: Sum) -> dict[int, int]:
        return {row: times for row, times in sum_.items() if self._owners[row] != district}

    def _narrowed(self) -> Iterator[tuple[Cell, Narrow]]:
        """The withheld cells of which little is left open, that may be small."""
        table = np.array([self._section.counts[cell] for cell in self.shown], np.int64)
        published = Published(
            [self.sums[cell] for cell in self.shown],
            Counts(*table.reshape(-1, 3).T),
            [self._moved(cell) for cell in self.shown],
        )
        asked = [self.sums[cell] for cell in self.hidden]
        told = {n for n, sum_ in enumerate(asked) if not self._span.rest(sum_)}
        found = narrow(published, asked, [True] * len(asked), self._rules.narrowest, told)
        for number, ranges in found.items():
            if not ranges.harmless(self._rules):
                yield self.hidden[number], ranges

    def _moved(self, cell: Cell) -> float:
        """How far a sum and its parts may be apart: who changes school counts in both, and how many
        did, a reader doesn't know.
        """
        counts = self._section.counts[cell]
        together = self._family == SCHOOLS and cell.family == EVERYONE
        return float(counts[0]) if together and counts else 0.0


def _single(area: str) -> bool:
    return area not in _SEVERAL
