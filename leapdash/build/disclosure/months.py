"""A month's attendance as lattices, one for every family of cells: rows counted, cells added up,
the small ones marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leapdash.build.disclosure.cells import (
    GROUP_FAMILIES,
    PARTS,
    REST,
    SCHOOLS,
    Places,
    cells_of,
)
from leapdash.build.disclosure.lattice import Cell, Counts, Lattice, Row
from leapdash.build.disclosure.rules import Rules
from leapdash.contract import ALL, LEAP, OTHER, PARTICIPATION, STATE_CODE

MEASURES = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")
"""What a public cell tells."""
_ADDED = (*MEASURES, "students_absent")
_LARGEST = "largest_student_days"
_WIDEST = {STATE_CODE: 0, LEAP: 1, OTHER: 1}
_Values = Mapping[str, float]


@dataclass(frozen=True)
class Part:
    """One family's cells of a month: their lattice, and what each tells (a row for each cell)."""

    lattice: Lattice
    measures: pd.DataFrame


def month_of(
    month: date,
    by_group: pd.DataFrame,
    by_school: pd.DataFrame,
    schools: pd.DataFrame,
    rules: Rules,
) -> dict[str, Part]:
    """The month's cells, by family, from its rows of `attendance_by_group` and `attendance`, and
    the table `schools`, which says who takes part.
    """
    leap = _taking_part(schools, month)
    rows = _rows(by_group, by_school, leap)
    levels: dict[str, dict[str, None]] = {}
    for row in rows[SCHOOLS]:
        levels.setdefault(row.district, {})[row.level] = None
    places = Places({district: tuple(own) for district, own in sorted(levels.items())}, leap)
    return {family: _part(family, own, places, rules) for family, own in rows.items()}


def _part(family: str, rows: Mapping[Row, _Values], places: Places, rules: Rules) -> Part:
    numbers = {row: number for number, row in enumerate(rows)}
    found = list(cells_of(family, places, numbers))
    table = _added_up(list(rows.values()), [sum_ for _cell, sum_ in found])
    order = sorted(range(len(found)), key=lambda n: (*_wanted(found[n][0]), -table["students"][n]))
    table = table.iloc[order].reset_index(drop=True)
    lattice = Lattice(
        cells=tuple(found[n][0] for n in order),
        sums=tuple(found[n][1] for n in order),
        counts=counts_of(table),
        small=_small(table, rules),
        offered=np.array([found[n][0].part != REST for n in order]),
        owners=tuple(row.district for row in numbers),
    )
    return Part(lattice, table[list(MEASURES)])


def counts_of(table: pd.DataFrame) -> Counts:
    """The counts of a table that has them in columns."""
    names = ("students", "chronic_base", "chronically_absent")
    return Counts(*(table[name].to_numpy(np.int64) for name in names))


def _taking_part(schools: pd.DataFrame, month: date) -> frozenset[str]:
    """The districts that take part in home visits, by that month."""
    began = schools["leap_from"].notna() & (schools["leap_from"] <= month)
    return frozenset(schools["district_code"][began])


def _rows(
    by_group: pd.DataFrame, by_school: pd.DataFrame, leap: frozenset[str]
) -> dict[str, dict[Row, _Values]]:
    """What can be told apart at all, by family, with its measures: also where there is no student,
    but could be one.
    """
    everyone = by_group[by_group["group"] == ALL]
    totals = _by(everyone, ["district_code", "level"])
    parts = _by(everyone, ["district_code", "level", "participation"])
    groups = _by(by_group, ["district_code", "level", "group"])
    at_schools = _by(by_school, ["district_code", "level", "school_code"])
    somewhere = {part for _district, _level, part in parts}
    nobody = dict.fromkeys((*_ADDED, _LARGEST), 0.0)
    rows: dict[str, dict[Row, _Values]] = {
        PARTS: {
            Row(district, level, PARTS, part): parts.get((district, level, part), nobody)
            for district, level in totals
            if district in leap
            for part in PARTICIPATION
            if part in somewhere
        }
    }
    named = set(by_group["group"])
    for family, members in GROUP_FAMILIES.items():
        if not named & set(members):
            continue
        rows[family] = {}
        for (district, level), whole in totals.items():
            left = dict(whole)
            for member in members:
                own = left
                if member != REST:
                    own = groups.get((district, level, member), nobody)
                    left = {name: left[name] - own[name] for name in _ADDED} | {_LARGEST: 0.0}
                rows[family][Row(district, level, family, member)] = own
    rows[SCHOOLS] = {
        Row(district, level, SCHOOLS, school): own
        for (district, level, school), own in at_schools.items()
    }
    return rows


def _by(table: pd.DataFrame, keys: list[str]) -> dict[tuple[str, ...], _Values]:
    grouped = table.groupby(keys, observed=True)
    found = grouped[list(_ADDED)].sum().join(grouped[_LARGEST].max())
    return dict(zip(found.index, found.to_dict("records"), strict=True))


def _added_up(rows: list[_Values], sums: list[dict[int, int]]) -> pd.DataFrame:
    """The measures of every sum of rows."""
    which = np.concatenate([np.fromiter(own, np.int64) for own in sums])
    starts = np.cumsum([0, *(len(own) for own in sums[:-1])])
    values = pd.DataFrame(rows)
    table = pd.DataFrame(
        np.add.reduceat(values[list(_ADDED)].to_numpy()[which], starts), columns=list(_ADDED)
    )
    table[_LARGEST] = np.maximum.reduceat(values[_LARGEST].to_numpy()[which], starts)
    return table


def _small(table: pd.DataFrame, rules: Rules) -> NDArray[np.bool_]:
    """Which cells are withheld for their own sake."""
    counts = counts_of(table)
    few_absent = table["students_absent"].to_numpy() < rules.least_counted
    one_student = (table[_LARGEST] > rules.largest_share * table["days_enrolled"]).to_numpy()
    return rules.small(counts.students, counts.absent, counts.base) | few_absent | one_student


def _wanted(cell: Cell) -> tuple[int, int]:
    """How much a cell is wanted, the most first: wide areas, then all students of a place."""
    return _WIDEST.get(cell.area, 2), int(cell.part != ALL)
