"""Attendance and chronic absence over time, and the rates the state published."""

from collections.abc import Iterable

import pandas as pd

from leapdash.contract import GROUPS, STATE_CODE, months_of, school_year_of
from leapdash.release import Release
from leapdash.show.filters import DISTRICT_SETS, Filters, Known, codes_of
from leapdash.show.views.base import By, Grain, conditions, place, read_rows, share, split

_BANDS = ("absent_under_5", "absent_5_to_10", "absent_10_to_20", "absent_20_or_more")


def attendance_trend(
    release: Release, known: Known, filters: Filters, by: By, grain: Grain
) -> pd.DataFrame:
    """Attendance rate by month or school year for every series.

    Columns: series, code, period (first day of the month, or the school year), students (in a
    school year: in an average month), days_enrolled, days_attended, attendance_rate (fraction).
    """
    frame = _monthly(release, known, filters, by, ("students", "days_enrolled", "days_attended"))
    if grain == "year":
        frame["period"] = _school_years(frame["period"])
        totals = frame.groupby(["series", "code", "period"], as_index=False, sort=False).agg(
            students=("students", "mean"),
            days_enrolled=("days_enrolled", "sum"),
            days_attended=("days_attended", "sum"),
        )
        totals["students"] = totals["students"].round().astype("int64")
        frame = totals
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    return frame


def chronic_trend(
    release: Release, known: Known, filters: Filters, by: By, grain: Grain
) -> pd.DataFrame:
    """Share of students chronically absent by month or school year for every series.

    Columns: series, code, period, chronic_base, chronically_absent, chronic_share (fraction). By
    school year the state's figure pools a student's days over all districts; several districts
    at once are the sum of the districts' own counts.
    """
    if grain == "month":
        frame = _monthly(release, known, filters, by, ("chronic_base", "chronically_absent"))
        frame = frame[frame["chronic_base"] > 0].reset_index(drop=True)
    else:
        frame = _yearly_chronic(release, known, filters, by)
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    return frame


def published_rates(
    release: Release, codes: Iterable[str], groups: Iterable[str], years: Iterable[str] = ()
) -> pd.DataFrame:
    """Attendance rates the state published for districts (or the state) and student groups.

    Columns: school_year, district_code, district_name, group, students, attendance_rate, through,
    updated, source. Where several files hold a figure, the one updated last. Withheld figures are
    left out. Empty where the release holds no published table.
    """
    columns = list(_PUBLISHED_COLUMNS)
    if not release.has("published"):
        return pd.DataFrame(columns=columns)
    where = {"district_code": list(codes), "group": list(groups)}
    if chosen := list(years):
        where["school_year"] = chosen
    frame: pd.DataFrame = release.table("published", columns=columns, where=where).to_pandas()
    frame = frame.sort_values(["district_code", "group", "school_year", "updated"])
    frame = frame.drop_duplicates(["district_code", "group", "school_year"], keep="last")
    return frame[frame["attendance_rate"].notna()].reset_index(drop=True)


_PUBLISHED_COLUMNS = (
    "school_year",
    "district_code",
    "district_name",
    "group",
    "students",
    "attendance_rate",
    "through",
    "updated",
    "source",
)


def with_published(trend: pd.DataFrame, published: pd.DataFrame, own: str) -> pd.DataFrame:
    """A yearly trend and the published rates beside it as one table, told apart by `source`.

    Columns: those of `attendance_trend`, then source: `own` for the release's figures, the file
    for published ones.
    """
    rows = published.rename(columns={"school_year": "period"})
    columns = ["series", "code", "period", "students", "attendance_rate", "source"]
    parts = [trend.assign(source=own), rows[columns]]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def published_beside(release: Release, known: Known, filters: Filters, by: By) -> pd.DataFrame:
    """The published rates of exactly the series a yearly trend shows.

    Columns: those of `published_rates`, plus series and code. Empty where the state published
    nothing for such a choice: it publishes by district and student group, never by level or
    participation, and not for several districts together.
    """
    wanted = _published_series(known, filters, by)
    if not wanted:
        return pd.DataFrame(columns=[*_PUBLISHED_COLUMNS, "series", "code"])
    codes = {district for district, _, _, _ in wanted}
    groups = {group for _, group, _, _ in wanted}
    frame = published_rates(release, codes, groups, filters.years)
    names = pd.DataFrame(wanted, columns=["district_code", "group", "series", "code"])
    return frame.merge(names, on=["district_code", "group"])


def _published_series(known: Known, filters: Filters, by: By) -> list[tuple[str, str, str, str]]:
    """What to look up: (district code, group, series label, series code)."""
    if filters.levels or filters.participation or by in ("level", "participation"):
        return []
    named = [item for item in filters.districts if item not in DISTRICT_SETS]
    if by == "district":
        return [(code, filters.group, known.label(code), code) for code in named]
    statewide = codes_of(filters, known) is None
    if not statewide and (len(filters.districts) != 1 or not named):
        return []
    district = STATE_CODE if statewide else named[0]
    if by == "group":
        return [(district, group, label, group) for group, label in GROUPS.items()]
    label = "Connecticut" if statewide else place(filters, known)
    return [(district, filters.group, label, "all")]


def _monthly(
    release: Release, known: Known, filters: Filters, by: By, measures: tuple[str, ...]
) -> pd.DataFrame:
    where = conditions(
        filters,
        known,
        participation=filters.participation or None,
        group=None if by == "group" else (filters.group,),
        month=months_of(filters.years) or None,
    )
    rows = read_rows(release, "attendance_by_group", where, ["month"], by, measures)
    return split(rows, by, filters, known).rename(columns={"month": "period"})


def _yearly_chronic(release: Release, known: Known, filters: Filters, by: By) -> pd.DataFrame:
    statewide = by != "district" and codes_of(filters, known) is None
    where = conditions(
        filters,
        known,
        geography=("state",) if statewide else ("district",),
        participation=filters.participation or None,
        group=None if by == "group" else (filters.group,),
        school_year=filters.years or None,
    )
    measures = ("chronic_base", *_BANDS)
    rows = read_rows(release, "chronic_absence", where, ["school_year"], by, measures)
    frame = split(rows, by, filters, known).rename(columns={"school_year": "period"})
    frame["chronically_absent"] = frame["absent_10_to_20"] + frame["absent_20_or_more"]
    frame = frame[frame["chronic_base"] > 0].drop(columns=list(_BANDS))
    return frame.reset_index(drop=True)


def _school_years(months: pd.Series) -> pd.Series:
    years = {month: school_year_of(month) for month in months.unique()}
    return months.map(years)
