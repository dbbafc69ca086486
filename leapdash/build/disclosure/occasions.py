"""The cells of a month, counted: attendance in it, or chronic absence to date."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
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
from leapdash.build.disclosure.lattice import Counts, Lattice
from leapdash.build.disclosure.rules import Rules
from leapdash.contract import ALL, LEAP, OTHER, STATE_CODE

_WIDEST = {STATE_CODE: 0, LEAP: 1, OTHER: 1}
_LARGEST = "largest_student_days"
_Values = Mapping[str, float]


@dataclass(frozen=True)
class Measured:
    """What a table tells of a cell.

    `measures`: the columns that are published; they add up. `counts`: which of them are the
    students, those that count for chronic absence, and the absent. `rates_of_days`: whether it also
    tells days, so that the table has students_absent and largest_student_days. `by_participation`:
    whether it is offered so; who is eligible was absent, and nearly all are chronically to date.
    """

    measures: tuple[str, ...]
    counts: tuple[str, str, str]
    rates_of_days: bool = False
    by_participation: bool = False

    @property
    def added(self) -> list[str]:
        """The columns that add up."""
        return [*self.measures, *(["students_absent"] if self.rates_of_days else [])]


ATTENDANCE = Measured(
    ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent"),
    ("students", "chronic_base", "chronically_absent"),
    rates_of_days=True,
    by_participation=True,
)
TO_DATE = Measured(
    ("chronic_base", "chronically_absent"), ("chronic_base", "chronic_base", "chronically_absent")
)


@dataclass(frozen=True)
class Part:
    """One family's cells: their lattice, and what each would tell (a row for each cell)."""

    lattice: Lattice
    measures: pd.DataFrame


def taking_part(schools: pd.DataFrame, month: date) -> frozenset[str]:
    """The districts that take part in home visits by that month, or did, from table `schools`."""
    end = month.replace(day=monthrange(month.year, month.month)[1])
    began = schools["leap_from"].notna() & (schools["leap_from"] <= end)
    return frozenset(schools["district_code"][began])


def parts_of(
    measured: Measured,
    by_group: pd.DataFrame,
    by_school: pd.DataFrame,
    leap: frozenset[str],
    rules: Rules,
) -> dict[str, Part]:
    """The cells of one month, by family: from its rows by district, level, participation and group,
    and by district, school and level.
    """
    rows = _rows(measured, by_group, by_school, leap)
    districts = Districts(tuple(sorted({row.district for row in rows[EVERYONE]})), leap)
    return {
        family: _part(measured, family, own, districts, rules)
        for family, own in rows.items()
        if own
    }


def _part(
    measured: Measured,
    family: str,
    rows: Mapping[Row, _Values],
    districts: Districts,
    rules: Rules,
) -> Part:
    numbers = {row: number for number, row in enumerate(rows)}
    found = list(cells_of(family, districts, numbers))
    table = _added_up(list(rows.values()), [sum_ for _cell, sum_ in found])
    students = table[measured.counts[0]]
    order = sorted(range(len(found)), key=lambda n: (*_wanted(found[n][0]), -students[n]))
    table = table.iloc[order].reset_index(drop=True)
    counts = Counts(*(table[name].to_numpy(np.int64) for name in measured.counts))
    small = rules.small(counts.students, counts.absent, counts.base)
    if measured.rates_of_days:
        small |= _tells_of_few(table, rules)
    lattice = Lattice(
        cells=tuple(found[n][0] for n in order),
        sums=tuple(found[n][1] for n in order),
        counts=counts,
        small=small,
        owners=tuple(row.district for row in numbers),
    )
    return Part(lattice, table[list(measured.measures)])


def _rows(
    measured: Measured, by_group: pd.DataFrame, by_school: pd.DataFrame, leap: frozenset[str]
) -> dict[str, dict[Row, _Values]]:
    """What can be told apart at all, by family, with its measures: also where there is no student,
    but could be one.
    """
    everyone = by_group[by_group["group"] == ALL]
    totals = _by(measured, everyone, ["district_code", "level"])
    parts = _by(measured, everyone, ["district_code", "level", "participation"])
    groups = _by(measured, by_group, ["district_code", "level", "group"])
    schools = _by(measured, by_school, ["district_code", "level", "school_code"])
    nobody = dict.fromkeys((*measured.added, _LARGEST), 0.0)
    somewhere = {part for _district, _level, part in parts}
    rows: dict[str, dict[Row, _Values]] = {
        EVERYONE: {Row(district, level, ALL): own for (district, level), own in totals.items()},
        PARTS: {
            Row(district, level, part): parts.get((district, level, part), nobody)
            for district, level in totals
            if district in leap and measured.by_participation
            for part in members_of(PARTS)
            if part in somewhere
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
    return rows | {SCHOOLS: {Row(*place): own for place, own in schools.items()}}


def _by(measured: Measured, table: pd.DataFrame, keys: list[str]) -> dict[tuple[str, ...], _Values]:
    grouped = table.groupby(keys, observed=True)
    found = grouped[measured.added].sum()
    found[_LARGEST] = grouped[_LARGEST].max() if measured.rates_of_days else 0.0
    return dict(zip(found.index, found.to_dict("records"), strict=True))


def _added_up(rows: Sequence[_Values], sums: Sequence[Mapping[int, int]]) -> pd.DataFrame:
    """The measures of every sum of rows; of the largest student's days the most."""
    which = np.concatenate([np.fromiter(own, np.int64) for own in sums])
    starts = np.cumsum([0, *(len(own) for own in sums[:-1])])
    values = pd.DataFrame(rows)
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
    return _WIDEST.get(cell.area, 2), int(cell.family != EVERYONE)
