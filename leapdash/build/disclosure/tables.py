"""The tables of a public release, from those of a restricted one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from leapdash.build.disclosure.cells import EVERYONE, PARTS, SCHOOLS, Cell
from leapdash.build.disclosure.occasions import (
    ATTENDANCE,
    TO_DATE,
    Part,
    parts_of,
    taking_part,
)
from leapdash.build.disclosure.protect import agreed
from leapdash.build.disclosure.rules import Rules
from leapdash.contract import ALL, LEAP, OTHER, PUBLIC_TABLES, STATE_CODE, school_year_of
from leapdash.progress import Progress
from leapdash.release import Release, arrow_schema

_SECTIONS = ("month", "to date")
_AS_THEY_ARE = ("schools", "published")


@dataclass(frozen=True)
class Made:
    """The tables by name, and every withheld cell with its reason (columns of Cell, month, table,
    students_inside, reason: small or beside), which is for those who may see it.
    """

    tables: Mapping[str, pa.Table]
    withheld: pd.DataFrame

    def with_more(self, other: "Made") -> "Made":
        """Both together."""
        withheld = [part for part in (self.withheld, other.withheld) if len(part)]
        return Made(
            {**self.tables, **other.tables},
            pd.concat(withheld, ignore_index=True) if withheld else self.withheld,
        )


def public_tables(release: Release, rules: Rules, progress: Progress) -> Made:
    """The public tables of a restricted release, small cells withheld and what would tell them.

    Raises ContractError where a cell can't be protected.
    """
    source = _Source(release, rules)
    shown: dict[str, list[pd.DataFrame]] = {section: [] for section in _SECTIONS}
    with progress.bar("withhold small cells and what tells them", len(source.months)) as done:
        for month in source.months:
            for section, cells in _protected(source, month, rules):
                shown[section].append(cells)
            done()
    months = pd.concat(shown["month"])
    # None where no month is long enough for chronic absence.
    to_date = pd.concat([months.head(0), *shown["to date"]])
    tables = dict(_in_shape(months, to_date, source.last_of_years))
    tables |= {name: release.table(name) for name in _AS_THEY_ARE if release.has(name)}
    hidden = pd.concat([months.assign(table="month"), to_date.assign(table="to date")])
    return Made(tables, hidden[hidden["status"] != "shown"])


class _Source:
    """The restricted tables, month by month."""

    def __init__(self, release: Release, rules: Rules) -> None:
        self._rules = rules
        self._schools = release.table("schools").to_pandas()
        self._tables = {
            "by_group": release.table("attendance_by_group").to_pandas(),
            "by_school": release.table("attendance").to_pandas(),
        }
        to_date = release.table("chronic_to_date").to_pandas()
        to_date["chronically_absent"] = to_date["absent_10_to_20"] + to_date["absent_20_or_more"]
        for name in ("district", "school"):
            self._tables[name] = to_date[to_date["geography"] == name]
        months = sorted(self._tables["by_school"]["month"].unique())
        self.months: list[date] = months
        last = {school_year_of(month): month for month in months}
        self.last_of_years = {month: year for year, month in last.items()}

    def parts(self, month: date) -> dict[str, dict[str, Part]]:
        """The cells of both sections, by family."""
        leap = taking_part(self._schools, month)
        made = {}
        for section, measured, by_group, by_school in (
            ("month", ATTENDANCE, "by_group", "by_school"),
            ("to date", TO_DATE, "district", "school"),
        ):
            rows, schools = (self._at(name, month) for name in (by_group, by_school))
            if len(rows):
                made[section] = parts_of(measured, rows, schools, leap, self._rules)
        return made

    def _at(self, name: str, month: date) -> pd.DataFrame:
        table = self._tables[name]
        rows: pd.DataFrame = table[table["month"] == month]
        return rows


def _protected(source: _Source, month: date, rules: Rules) -> Iterator[tuple[str, pd.DataFrame]]:
    """The cells of a month, by section, with what they tell or that they don't."""
    sections = source.parts(month)
    # Who counts for absence in the month is nearly who counts to date, so that what one table shows
    # would tell what the other withholds: a cell is withheld in both.
    own = [(section, family) for section in sections for family in sections[section]]
    parts = [sections[section][family] for section, family in own]
    hidden = agreed([part.lattice for part in parts], rules)
    frames: dict[str, list[pd.DataFrame]] = {section: [] for section in sections}
    for (section, family), part, numbers in zip(own, parts, hidden, strict=True):
        frames[section].append(_told(part, family, numbers))
    for section, cells in frames.items():
        yield section, pd.concat(cells).assign(month=month)


def _told(part: Part, family: str, hidden: set[int]) -> pd.DataFrame:
    """A row for every named cell of a family: its figures, or none; `reason` is for the report."""
    lattice = part.lattice
    mine = [
        n
        for n, cell in enumerate(lattice.cells)
        if cell.named and (cell.family == family or family == EVERYONE)
    ]
    cells = pd.DataFrame([lattice.cells[n] for n in mine], columns=Cell._fields)
    figures = part.measures.iloc[mine].reset_index(drop=True)
    away = np.array([n in hidden for n in mine], bool)
    small = lattice.small[mine]
    cells["students_inside"] = lattice.counts.students[mine]
    cells["reason"] = np.where(small, "small", np.where(away, "beside", ""))
    cells["status"] = np.where(away, "c", "shown")
    figures.loc[away] = np.nan
    return cells.join(figures)


def _in_shape(
    months: pd.DataFrame, to_date: pd.DataFrame, last_of_years: Mapping[date, str]
) -> Iterator[tuple[str, pa.Table]]:
    """The cells as tables of the contract."""
    shaped = {
        "attendance": _by_school(months),
        "attendance_by_group": _by_group(months),
        "chronic_to_date": pd.concat([_by_group(to_date), _by_school(to_date)]),
    }
    last = shaped["chronic_to_date"]["month"].map(last_of_years)
    shaped["chronic_absence"] = shaped["chronic_to_date"].assign(school_year=last)[last.notna()]
    for table in PUBLIC_TABLES:
        if table.name in shaped:
            rows = shaped[table.name]
            if "geography" in table.column_names:
                rows = rows.assign(geography=_geography(rows))
            schema = arrow_schema(table)
            yield table.name, pa.Table.from_pandas(rows[schema.names], schema, preserve_index=False)


def _by_school(cells: pd.DataFrame) -> pd.DataFrame:
    own = cells[cells["family"] == SCHOOLS]
    return own.rename(columns={"area": "district_code", "part": "school_code"}).assign(
        participation=ALL, group=ALL
    )


def _by_group(cells: pd.DataFrame) -> pd.DataFrame:
    own = cells[cells["family"] != SCHOOLS].rename(columns={"area": "district_code"})
    parts = own["family"] == PARTS
    return own.assign(
        participation=own["part"].where(parts, ALL),
        group=own["part"].where(~parts, ALL),
        school_code=None,
    )


def _geography(rows: pd.DataFrame) -> pd.Series:
    several = rows["district_code"].isin([LEAP, OTHER])
    wide = np.where(rows["district_code"] == STATE_CODE, "state", "district")
    kind = np.where(several, "districts", wide)
    return pd.Series(np.where(rows["school_code"].notna(), "school", kind), index=rows.index)
