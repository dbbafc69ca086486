"""The tables of a public release, from those of a restricted one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from leapdash.build.disclosure.cells import EVERYONE, PARTS, SCHOOLS, Cell
from leapdash.build.disclosure.elsewhere import told_elsewhere
from leapdash.build.disclosure.limit import NO_LIMIT, Limit
from leapdash.build.disclosure.occasions import (
    ATTENDANCE,
    TO_DATE,
    Part,
    Source,
    parts_of,
    taking_part,
)
from leapdash.build.disclosure.protect import protected
from leapdash.build.disclosure.revisions import NOTHING, Former, former
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.workers import each
from leapdash.contract import ALL, LEAP, OTHER, PUBLIC_TABLES, PUBLISHED, STATE_CODE, school_year_of
from leapdash.progress import Progress
from leapdash.release import Release, arrow_schema

_NO_CELLS = pd.DataFrame(
    columns=[*Cell._fields, "students_inside", "reason", "status", *ATTENDANCE.measures, "month"]
)
_AS_THEY_ARE = ("schools", *PUBLISHED)


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


def public_tables(
    release: Release,
    rules: Rules,
    progress: Progress,
    limit: Limit = NO_LIMIT,
    workers: int | None = None,
    before: Release | None = None,
    revise: bool = False,
) -> Made:
    """The public tables of a restricted release, small cells withheld and what would tell them.

    `before`: the public release on show, whose months are kept as they are unless `revise`.
    `workers`: how many processes share the school years; as many as there are cores.

    Raises ContractError where a cell can't be protected.
    """
    years = sources_of(release)
    told = NOTHING if before is None else former(before, final=not revise)
    final = told.months if told.final else set()
    new = {year: own for year, own in years.items() if {s.month for s in own} - final}
    shown: dict[str, list[pd.DataFrame]] = {ATTENDANCE.table: [], TO_DATE.table: []}
    elsewhere = told_elsewhere(release)
    tasks = [
        (own, rules, limit, told.of_year(year), elsewhere.get(year, frozenset()))
        for year, own in new.items()
    ]
    with progress.bar("withhold small cells and what tells them", len(tasks)) as done:
        for cells in each(protected_year, tasks, workers):
            for table, own in cells.items():
                shown[table].append(own)
            done()
    # None where no month is new, or none of them long enough for chronic absence.
    months, to_date = (
        pd.concat(shown[measured.table]) if shown[measured.table] else _NO_CELLS
        for measured in (ATTENDANCE, TO_DATE)
    )
    kept = {} if before is None else _rows_of(before, final)
    tables = dict(_in_shape(months, to_date, kept))
    tables |= {name: release.table(name) for name in _AS_THEY_ARE if release.has(name)}
    hidden = pd.concat([months.assign(table="month"), to_date.assign(table="to date")])
    return Made(tables, hidden[hidden["status"] != "shown"])


def sources_of(release: Release) -> dict[str, list[Source]]:
    """What a restricted release has to publish, by school year, month by month."""
    schools = release.table("schools").to_pandas()
    to_date = release.table("chronic_to_date").to_pandas()
    to_date["chronically_absent"] = to_date["absent_10_to_20"] + to_date["absent_20_or_more"]
    pairs = (
        (
            ATTENDANCE,
            release.table("attendance_by_group").to_pandas(),
            release.table("attendance").to_pandas(),
        ),
        (
            TO_DATE,
            to_date[to_date["geography"] == "district"],
            to_date[to_date["geography"] == "school"],
        ),
    )
    years: dict[str, list[Source]] = {}
    for month in sorted(pairs[0][2]["month"].unique()):
        leap = taking_part(schools, month)
        for measured, *tables in pairs:
            by_group, by_school = (rows[rows["month"] == month] for rows in tables)
            if len(by_group):
                source = Source(month, measured, by_group, by_school, leap)
                years.setdefault(school_year_of(month), []).append(source)
    return years


def protected_year(
    sources: Sequence[Source],
    rules: Rules,
    limit: Limit = NO_LIMIT,
    told: Former = NOTHING,
    elsewhere: Collection[Cell] = (),
) -> dict[str, pd.DataFrame]:
    """The cells of a school year, by table, with what they tell or that they don't; `elsewhere`: of
    which of them the state tells in its own figures of the year.
    """
    parts = parts_of(sources, rules, told, elsewhere)
    hidden = protected([part.lattice for part in parts.values()], rules, limit)
    frames: dict[str, list[pd.DataFrame]] = {source.measured.table: [] for source in sources}
    for (family, part), own in zip(parts.items(), hidden, strict=True):
        for place, numbers in enumerate(own):
            occasion = part.lattice.occasions[place]
            cells = _told(part, family, place, numbers)
            frames[occasion.table].append(cells.assign(month=occasion.month))
    return {table: pd.concat(own) for table, own in frames.items() if own}


def _told(part: Part, family: str, place: int, hidden: set[int]) -> pd.DataFrame:
    """A row for every named cell of a family on an occasion: its figures, or none; `reason` is for
    the report.
    """
    lattice, occasion = part.lattice, part.lattice.occasions[place]
    mine = [
        n
        for n, cell in enumerate(lattice.cells)
        if occasion.sums[n] and cell.named and (cell.family == family or family == EVERYONE)
    ]
    cells = pd.DataFrame([lattice.cells[n].published for n in mine], columns=Cell._fields)
    figures = part.measures[place].iloc[mine].reset_index(drop=True)
    away = np.array([n in hidden for n in mine], bool)
    small = occasion.small[mine]
    cells["students_inside"] = occasion.counts.students[mine]
    cells["reason"] = np.where(small, "small", np.where(away, "beside", ""))
    cells["status"] = np.where(away, "c", "shown")
    figures.loc[away] = np.nan
    return cells.join(figures)


def _rows_of(before: Release, months: Collection[date]) -> dict[str, pd.DataFrame]:
    """The rows of some months of a public release."""
    kept = {}
    for name in ("attendance", "attendance_by_group", "chronic_to_date"):
        rows = before.table(name).to_pandas()
        kept[name] = rows[rows["month"].isin(months)]
    return kept


def _in_shape(
    months: pd.DataFrame, to_date: pd.DataFrame, kept: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, pa.Table]]:
    """The cells as tables of the contract, with rows that are kept as they are."""
    shaped = {
        "attendance": _by_school(months),
        "attendance_by_group": _by_group(months),
        "chronic_to_date": pd.concat([_by_group(to_date), _by_school(to_date)]),
    }
    for name, rows in kept.items():
        shaped[name] = pd.concat([shaped[name], rows]) if len(shaped[name]) else rows
    every = sorted(shaped["attendance"]["month"].unique())
    last_of_years = {m: y for y, m in {school_year_of(month): month for month in every}.items()}
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
