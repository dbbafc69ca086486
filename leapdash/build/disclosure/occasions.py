"""The cells of a school year, counted month by month: attendance, or chronic absence to date."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leapdash.build.disclosure.cells import (
    EVERYONE,
    GROUP_FAMILIES,
    PARTS,
    REST,
    SCHOOLS,
    Cell,
    Districts,
    Row,
    cells_of,
    members_of,
)
from leapdash.build.disclosure.elsewhere import may_be_told
from leapdash.build.disclosure.lattice import Counts, Lattice, Occasion
from leapdash.build.disclosure.revisions import NOTHING, Former
from leapdash.build.disclosure.rules import Rules
from leapdash.contract import ALL, LEAP, OTHER, STATE_CODE

_WIDEST = {STATE_CODE: 0, LEAP: 1, OTHER: 1}
_DISTRICT = ["district_code", "level"]
_SCHOOL = [*_DISTRICT, "school_code"]
_LARGEST = "largest_student_days"
_Values = Mapping[str, float]


@dataclass(frozen=True)
class Measured:
    """What a table tells of a cell.

    `table`: its name. `measures`: the columns that are published; they add up. `counts`: which of
    them are the students, those that count for chronic absence, and the absent. `rates_of_days`:
    whether it also tells days, so that the table has students_absent and largest_student_days.
    `by_participation`: whether it is offered so; who is eligible was absent, and nearly all are
    chronically to date.
    """

    table: str
    measures: tuple[str, ...]
    counts: tuple[str, str, str]
    rates_of_days: bool = False
    by_participation: bool = False

    @property
    def added(self) -> list[str]:
        """The columns that add up."""
        return [*self.measures, *(["students_absent"] if self.rates_of_days else [])]


ATTENDANCE = Measured(
    "attendance",
    ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent"),
    ("students", "chronic_base", "chronically_absent"),
    rates_of_days=True,
    by_participation=True,
)
TO_DATE = Measured(
    "chronic_to_date",
    ("chronic_base", "chronically_absent"),
    ("chronic_base", "chronic_base", "chronically_absent"),
)


@dataclass(frozen=True)
class Source:
    """What a restricted release has of one month in one table: its rows by district, level,
    participation and group, and by district, school and level; and who takes part by then.
    """

    month: date
    measured: Measured
    by_group: pd.DataFrame
    by_school: pd.DataFrame
    leap: frozenset[str]


@dataclass(frozen=True)
class Part:
    """One family's cells of a school year: their lattice, and what each would tell on every
    occasion (a row for each cell).
    """

    lattice: Lattice
    measures: Sequence[pd.DataFrame]


def taking_part(schools: pd.DataFrame, month: date) -> frozenset[str]:
    """The districts that take part in home visits by that month, or did, from table `schools`."""
    end = month.replace(day=monthrange(month.year, month.month)[1])
    began = schools["leap_from"].notna() & (schools["leap_from"] <= end)
    return frozenset(schools["district_code"][began])


def parts_of(
    sources: Sequence[Source],
    rules: Rules,
    former: Former = NOTHING,
    elsewhere: Collection[Cell] = (),
) -> dict[str, Part]:
    """The cells of a school year, by family, from what there is of its months; without an occasion
    of those that `former` tells of where these are final. `elsewhere`: of which cells the state
    tells in that year.

    A cell is there all year where anybody is in it in any month, with nobody in the others: that it
    comes and goes would tell of the few who do.
    """
    places = {place for source in sources for place in _places(source.by_group, _DISTRICT)}
    at_schools = {place for source in sources for place in _places(source.by_school, _SCHOOL)}
    stretches = {leap: n for n, leap in enumerate(dict.fromkeys(s.leap for s in sources))}
    found: dict[str, list[tuple[int, dict[Row, _Values]]]] = {}
    for number, source in enumerate(sources):
        for family, rows in _rows(source, places, at_schools).items():
            if rows:
                found.setdefault(family, []).append((number, rows))
    return {
        family: _part(
            family, [(sources[n], rows) for n, rows in own], stretches, rules, former, elsewhere
        )
        for family, own in found.items()
    }


def _part(
    family: str,
    occasions: Sequence[tuple[Source, Mapping[Row, _Values]]],
    stretches: Mapping[frozenset[str], int],
    rules: Rules,
    former: Former,
    elsewhere: Collection[Cell],
) -> Part:
    every = sorted({row for _source, rows in occasions for row in rows})
    numbers = {row: number for number, row in enumerate(every)}
    sums: dict[Cell, Mapping[int, int]] = {}
    for leap, stretch in stretches.items():
        sums |= cells_of(family, _districts(every, leap, stretch), numbers)
    tables = []
    there = []
    for source, rows in occasions:
        own = {row: numbers[row] for row in rows}
        sums_then = dict(
            cells_of(family, _districts(rows, source.leap, stretches[source.leap]), own)
        )
        # Which of the sums there are depends on the month; what they come to is the same where
        # nobody is in a row.
        there.append([sums_then.get(cell, {}) for cell in sums])
        tables.append(_added_up([rows.get(row) for row in every], list(sums.values())))
    students = np.sum(
        [
            table[source.measured.counts[0]]
            for (source, _rows), table in zip(occasions, tables, strict=True)
        ],
        axis=0,
    )
    names = list(sums)
    order = sorted(range(len(names)), key=lambda n: (*_wanted(names[n]), -students[n]))
    kept = [
        (source, table.iloc[order].reset_index(drop=True), [own[n] for n in order])
        for (source, _rows), table, own in zip(occasions, tables, there, strict=True)
    ]
    given = {
        number
        for source, _table, own in kept
        for shown in [former.shown(source.month)]
        for number, sum_ in enumerate(own)
        if sum_ and names[order[number]].published in shown
    }
    cells = tuple(names[n] for n in order)
    told = {number for number, cell in enumerate(cells) if cell.published in elsewhere}
    ends = kept[-1][:2] if kept[-1][0].measured == TO_DATE else None
    if ends is not None:
        told |= set(may_be_told(cells, _counts(*ends), rules))
    if former.final:
        kept = [one for one in kept if one[0].month not in former.months]
    at_its_end = ends is not None and bool(kept) and kept[-1][0] is ends[0]
    lattice = Lattice(
        cells=cells,
        sums=tuple(sums[cell] for cell in cells),
        owners=tuple(row.district for row in every),
        occasions=tuple(
            _occasion(source, cells, table, own, rules, former) for source, table, own in kept
        ),
        given=frozenset(given),
        elsewhere=frozenset(told),
        ends=len(kept) - 1 if at_its_end else None,
    )
    measures = [table[list(source.measured.measures)] for source, table, _own in kept]
    return Part(lattice, measures)


def _districts(rows: Iterable[Row], leap: frozenset[str], stretch: int) -> Districts:
    return Districts(tuple(sorted({row.district for row in rows})), leap, stretch)


def _occasion(
    source: Source,
    cells: Sequence[Cell],
    table: pd.DataFrame,
    sums: Sequence[Mapping[int, int]],
    rules: Rules,
    former: Former,
) -> Occasion:
    measured = source.measured
    offered = np.array([bool(own) for own in sums])
    counts = _counts(source, table)
    small = rules.small(counts.students, counts.absent, counts.base)
    if measured.rates_of_days:
        # Who is enrolled stays; whom a month's days and absence tell of changes with every month.
        lasting = counts.students < rules.least_students
        small |= _tells_of_few(table, rules)
    else:
        lasting = small & (counts.base > 0)
    figures = table[list(measured.measures)].to_numpy(float).tolist()
    for number, cell in enumerate(cells if former.figures else ()):
        own = dict(zip(measured.measures, figures[number], strict=True))
        small[number] |= former.little_changed(
            measured.table, source.month, cell.published, own, rules
        )
    return Occasion(source.month, measured.table, sums, counts, small & offered, lasting & offered)


def _counts(source: Source, table: pd.DataFrame) -> Counts:
    return Counts(*(table[name].to_numpy(np.int64) for name in source.measured.counts))


def _places(table: pd.DataFrame, keys: list[str]) -> Iterator[tuple[str, ...]]:
    yield from table[keys].drop_duplicates().itertuples(index=False, name=None)


def _rows(
    source: Source, places: Collection[tuple[str, ...]], at_schools: Collection[tuple[str, ...]]
) -> dict[str, dict[Row, _Values]]:
    """What can be told apart at all, by family, with its measures: also where there is no student,
    but could be one. `places`, `at_schools`: the levels of districts and schools in the year.
    """
    measured, by_group = source.measured, source.by_group
    everyone = by_group[by_group["group"] == ALL]
    totals = _by(measured, everyone, _DISTRICT)
    parts = _by(measured, everyone, [*_DISTRICT, "participation"])
    groups = _by(measured, by_group, [*_DISTRICT, "group"])
    schools = _by(measured, source.by_school, _SCHOOL)
    nobody = dict.fromkeys((*measured.added, _LARGEST), 0.0)
    # Whether a district or a school is open, everybody knows.
    districts = {district for district, _level in totals}
    totals = {place: totals.get(place, nobody) for place in sorted(places) if place[0] in districts}
    open_schools = {(district, school) for district, _level, school in schools}
    somewhere = {part for _district, _level, part in parts}
    rows: dict[str, dict[Row, _Values]] = {
        EVERYONE: {Row(district, level, ALL): own for (district, level), own in totals.items()},
        PARTS: {
            Row(district, level, part): parts.get((district, level, part), nobody)
            for district, level in totals
            if district in source.leap and measured.by_participation
            for part in members_of(PARTS)
            if part in somewhere
        },
        SCHOOLS: {
            Row(*place): schools.get(place, nobody)
            for place in sorted(at_schools)
            if (place[0], place[2]) in open_schools
        },
    }
    named = set(by_group["group"])
    for family, members in GROUP_FAMILIES.items():
        rows[family] = {}
        for (district, level), left in totals.items() if named & set(members) else ():
            for member in members:
                own = left if member == REST else groups.get((district, level, member), nobody)
                left = {name: left[name] - own[name] for name in measured.added} | {_LARGEST: 0.0}
                rows[family][Row(district, level, member)] = own
    return rows


def _by(measured: Measured, table: pd.DataFrame, keys: list[str]) -> dict[tuple[str, ...], _Values]:
    grouped = table.groupby(keys, observed=True)
    found = grouped[measured.added].sum()
    found[_LARGEST] = grouped[_LARGEST].max() if measured.rates_of_days else 0.0
    return dict(zip(found.index, found.to_dict("records"), strict=True))


def _added_up(rows: Sequence[_Values | None], sums: Sequence[Mapping[int, int]]) -> pd.DataFrame:
    """The measures of every sum of rows, where there are any; of the largest student's days the
    most.
    """
    which = np.concatenate([np.fromiter(own, np.int64) for own in sums])
    starts = np.cumsum([0, *(len(own) for own in sums[:-1])])
    values = pd.DataFrame([row or {} for row in rows]).fillna(0.0)
    added = values.drop(columns=_LARGEST)
    table = pd.DataFrame(np.add.reduceat(added.to_numpy()[which], starts), columns=added.columns)
    table[_LARGEST] = np.maximum.reduceat(values[_LARGEST].to_numpy()[which], starts)
    return table


def _tells_of_few(table: pd.DataFrame, rules: Rules) -> NDArray[np.bool_]:
    """Cells whose days tell of too few: those absent at all, or of one student above all."""
    few_absent = table["students_absent"] < rules.least_counted
    one_student = table[_LARGEST] > rules.largest_share * table["days_enrolled"]
    return (few_absent | one_student).to_numpy()


def _wanted(cell: Cell) -> tuple[int, int]:
    """How much a cell is wanted, the most first: wide areas, then all students of a place."""
    return _WIDEST.get(cell.published.area, 2), int(cell.family != EVERYONE)
