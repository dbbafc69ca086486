"""A public release as anybody reads it: month by month in each table, every cell's counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from leapdash.build.disclosure.cells import SCHOOLS, Cell, cell_of
from leapdash.build.disclosure.occasions import taking_part
from leapdash.contract import ALL, school_year_of
from leapdash.release import Release

YEAR, TO_DATE = "chronic_absence", "chronic_to_date"
_FIGURES = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")
_TO_DATE_MEASURES = ("chronic_base", "chronic_base", "chronically_absent")
_TABLES = (
    ("attendance_by_group", "attendance", ("students", "chronic_base", "chronically_absent")),
    (TO_DATE, TO_DATE, _TO_DATE_MEASURES),
)


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


def sections_of(release: Release) -> Iterator[Section]:
    """The months of a public release, table by table."""
    schools = release.table("schools").to_pandas()
    for name, by_school, measures in _TABLES:
        rows = release.table(name).to_pandas()
        if by_school != name:
            rows = pd.concat([rows, release.table(by_school).to_pandas()])
        for month, own in rows.groupby("month"):
            counts, faults = cells_in(own, measures)
            yield Section(name, month, taking_part(schools, month), counts, faults)
    # A year's figures are those to date of its last month: whatever else they say is found.
    months = release.table(TO_DATE, ["month"])["month"].unique().to_pylist()
    last = {school_year_of(month): month for month in sorted(months)}
    for year, own in release.table(YEAR).to_pandas().groupby("school_year"):
        counts, faults = cells_in(own, _TO_DATE_MEASURES)
        month = last[year]
        yield Section(YEAR, month, taking_part(schools, month), counts, faults)


def cells_in(
    rows: pd.DataFrame, measures: Sequence[str]
) -> tuple[dict[Cell, tuple[int, int, int] | None], tuple[tuple[Cell, str], ...]]:
    """What the rows of a month tell of every cell, by its measures: its students, those who count
    and the absent, or nothing where they are withheld; and what of a row is wrong in itself.
    """
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
        cell = cell_of(area, level, school, participation, group)
        of_part = cell.family != SCHOOLS and ALL not in (group, participation)
        if cell in cells or of_part:
            faults.append((cell, "stands in two rows, or is of a group's part"))
        if (status == "c" and any_there) or (status != "c" and not all_there):
            faults.append((cell, "has figures though withheld, or none though shown"))
        students, base, absent = counts
        hidden = status == "c" or not all_there
        cells[cell] = None if hidden else (int(students), int(base), int(absent))
    return cells, tuple(faults)
