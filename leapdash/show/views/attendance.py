"""Attendance and chronic absence over time, and the rates the state published."""

from collections.abc import Collection
from datetime import date
from typing import Any

import pandas as pd

from leapdash.contract import ALL, GROUPS, STATE_CODE, months_of, school_year_of
from leapdash.show.choice import STUDENTS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS, DISTRICT_SETS
from leapdash.show.language import N_, _
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.base import (
    conditions,
    districts_in_words,
    read_rows,
    share,
    split,
    sums,
)
from leapdash.show.views.cells import SHOWN, cells, partly_offered

_ENOUGH_COUNTED = 0.8
_BANDS = ("absent_under_5", "absent_5_to_10", "absent_10_to_20", "absent_20_or_more")
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


@kept(*STUDENTS, "by", "grain")
def attendance_trend(choice: Choice) -> pd.DataFrame:
    """Attendance rate by month or school year for every series.

    Columns: series, code, period (first day of the month, or the school year), students (in a
    school year: in an average month), days_enrolled, days_attended, attendance_rate (fraction).
    """
    frame = _monthly(choice, ("students", "days_enrolled", "days_attended"))
    if choice.grain == "year":
        frame = _by_year(frame, _months_of_years(choice) if _has_gaps(choice) else None)
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    return status_last(frame)


@kept(*STUDENTS, "by", "grain")
def chronic_trend(choice: Choice) -> pd.DataFrame:
    """Share of students chronically absent for every series: in the school year, or in the year to
    date as it stood at each month's end.

    Columns: series, code, period, chronic_base, chronically_absent, chronic_share (fraction). For
    all districts a student's days are pooled over the state; several districts at once are the sum
    of the districts' own counts. Periods in which nobody counts are left out, and months by which
    too few of the year's students had been enrolled for enough days (see `early_months`).
    """
    if choice.grain == "month":
        frame = _chronic(choice, "chronic_to_date", month=months_of(choice.filters.years) or None)
        frame = frame[~frame["period"].isin(early_months(choice))].reset_index(drop=True)
    else:
        frame = _chronic(choice, "chronic_absence", school_year=choice.filters.years or None)
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    return status_last(frame)


def status_last(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with its column `status`, if any, as the last."""
    if "status" not in frame:
        return frame
    return frame[[*frame.columns.drop("status"), "status"]]


def _has_gaps(choice: Choice) -> bool:
    return choice.release.public and partly_offered(choice)


def _months_of_years(choice: Choice) -> pd.Series:
    """How many months of each school year there are in a public release."""
    where = {"district_code": (STATE_CODE,), "level": (ALL,), "group": (ALL_STUDENTS,)}
    months = choice.release.table("attendance_by_group", ["month"], where)["month"].to_pandas()
    return _school_years(months).value_counts()


def _by_year(frame: pd.DataFrame, whole: pd.Series | None) -> pd.DataFrame:
    """Attendance by month as attendance by school year; withheld where a month of it is. `whole`:
    how many months a year must have; None for as many as there are.
    """
    keys, days = ["series", "code", "period"], ["days_enrolled", "days_attended"]
    months = frame.assign(period=_school_years(frame["period"]))
    years = months.groupby(keys, as_index=False, sort=False)
    totals = years.agg({"students": "mean", **dict.fromkeys(days, "sum")})
    totals["students"] = totals["students"].round()
    if whole is not None:
        complete = years.size()["size"].to_numpy() == totals["period"].map(whole).to_numpy()
        totals = totals[complete].reset_index(drop=True)
    if "status" not in months:
        return totals.astype({"students": "int64"})
    status = years["status"].min()
    totals = totals.merge(status, on=keys)
    measures = ["students", *days]
    totals[measures] = totals[measures].where(totals["status"] == SHOWN)
    return totals


def own_source(release: OpenedRelease) -> str:
    """What stands in a table's `source` for the release's own rows; in English, to be said with
    `_`.
    """
    return N_("simulated") if release.manifest.synthetic else N_("recorded")


def with_published(
    trend: pd.DataFrame, published: pd.DataFrame, release: OpenedRelease
) -> pd.DataFrame:
    """A yearly trend and the published rates beside it as one table, told apart by `source`.

    Columns: those of `attendance_trend`, then source: `own_source` for the release's figures, the
    file for published ones.
    """
    rows = published.rename(columns={"school_year": "period"})
    columns = ["series", "code", "period", "students", "attendance_rate", "source"]
    parts = [trend.assign(source=_(own_source(release))), rows[columns]]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


@kept(*STUDENTS, "by")
def published_beside(choice: Choice) -> pd.DataFrame:
    """The published rates of exactly the series a yearly trend shows.

    Columns: school_year, district_code, district_name, group, students, attendance_rate, through,
    updated, source, series, code. Empty where the release holds nothing published, and where the
    state published nothing for such a choice: it publishes by district and student group, never by
    level or participation, and not for several districts together.
    """
    wanted = _published_series(choice) if choice.release.has("published") else []
    if not wanted:
        return pd.DataFrame(columns=[*_PUBLISHED_COLUMNS, "series", "code"])
    codes, groups = ({series[at] for series in wanted} for at in (0, 1))
    frame = _published_rates(choice, codes, groups)
    names = pd.DataFrame(wanted, columns=["district_code", "group", "series", "code"])
    return frame.merge(names, on=["district_code", "group"])


def _published_rates(
    choice: Choice, codes: Collection[str], groups: Collection[str]
) -> pd.DataFrame:
    """The rates the state published for districts (or the state) and student groups.

    Where several files hold a figure, the one updated last. Withheld figures are left out.
    """
    columns = list(_PUBLISHED_COLUMNS)
    where = {"district_code": codes, "group": groups}
    if choice.filters.years:
        where["school_year"] = choice.filters.years
    table = choice.release.table("published", columns=columns, where=where)
    frame: pd.DataFrame = table.to_pandas()
    frame = frame.sort_values(["district_code", "group", "school_year", "updated"])
    frame = frame.drop_duplicates(["district_code", "group", "school_year"], keep="last")
    return frame[frame["attendance_rate"].notna()].reset_index(drop=True)


def _published_series(choice: Choice) -> list[tuple[str, str, str, str]]:
    """What to look up: (district code, group, series label, series code)."""
    filters, known, by = choice.filters, choice.known, choice.by
    if filters.levels or filters.participation or by in ("level", "participation"):
        return []
    named = [item for item in filters.districts if item not in DISTRICT_SETS]
    if by == "district":
        return [(code, filters.group, known.label(code), code) for code in named]
    statewide = choice.codes is None
    if not statewide and (len(filters.districts) != 1 or not named):
        return []
    district = STATE_CODE if statewide else named[0]
    if by == "group":
        return [(district, group, _(label), group) for group, label in GROUPS.items()]
    label = "Connecticut" if statewide else districts_in_words(choice)
    return [(district, filters.group, label, "all")]


def _monthly(choice: Choice, measures: tuple[str, ...]) -> pd.DataFrame:
    filters = choice.filters
    if choice.release.public:
        months = {"month": months_of(filters.years)} if filters.years else {}
        return cells(choice, "attendance_by_group", "month", measures, months)
    where = conditions(
        choice,
        participation=filters.participation or None,
        group=None if choice.by == "group" else (filters.group,),
        month=months_of(filters.years) or None,
    )
    rows = read_rows(choice, "attendance_by_group", where, ["month"], measures)
    return split(rows, choice).rename(columns={"month": "period"})


@kept()
def early_months(choice: Choice) -> frozenset[date]:
    """The months by which less than _ENOUGH_COUNTED of the students counted later in the school
    year, or in the year before, count: at a year's beginning hardly anybody has been enrolled for
    enough days.
    """
    where = {"geography": ("state",), "group": (ALL_STUDENTS,)}
    if choice.release.public:
        where["level"] = (ALL,)
    rows = choice.release.table("chronic_to_date", ["month", "chronic_base"], where).drop_null()
    counted = sums(rows, ["month"], ["chronic_base"])
    years = _school_years(counted["month"])
    in_year = counted.groupby(years)["chronic_base"].max()
    most = years.map(in_year.rolling(2, min_periods=1).max())
    return frozenset(counted.loc[counted["chronic_base"] < _ENOUGH_COUNTED * most, "month"])


def _chronic(choice: Choice, table: str, **periods: Collection[Any] | None) -> pd.DataFrame:
    """Students counted and chronically absent by series and the period of the table."""
    filters, (period,) = choice.filters, periods
    if choice.release.public:
        of_times = {name: values for name, values in periods.items() if values is not None}
        return cells(choice, table, period, ("chronic_base", "chronically_absent"), of_times)
    statewide = choice.by != "district" and choice.codes is None
    where = conditions(
        choice,
        geography=("state",) if statewide else ("district",),
        participation=filters.participation or None,
        group=None if choice.by == "group" else (filters.group,),
        **periods,
    )
    measures = ("chronic_base", *_BANDS)
    rows = read_rows(choice, table, where, [period], measures)
    frame = split(rows, choice).rename(columns={period: "period"})
    frame["chronically_absent"] = frame["absent_10_to_20"] + frame["absent_20_or_more"]
    frame = frame[frame["chronic_base"] > 0].drop(columns=list(_BANDS))
    return frame.reset_index(drop=True)


def _school_years(months: pd.Series) -> pd.Series:
    years = {month: school_year_of(month) for month in months.unique()}
    return months.map(years)
