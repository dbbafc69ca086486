"""One school: beside schools like it, beside its own last year, and what the programme did there.

All of it is for the choice's `school`, at its own level: that of most of its students.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from leapdash.contract import FIRST_VISITS, LEVELS, WAITING, months_of
from leapdash.inference import Interval
from leapdash.show.choice import Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.language import _n
from leapdash.show.views.attendance import early_months
from leapdash.show.views.base import require_known, share, sums
from leapdash.show.views.district import last_year
from leapdash.show.views.programme import last_month
from leapdash.show.views.spread import (
    SUMS,
    Attendance,
    attendance_of,
    difference_of_rates,
    difference_of_shares,
    rate_error,
)

LIKE_IT = 8
"""So many schools are looked for that are like one."""
THE_SCHOOL, LIKE = "school", "like"
_BANDS = ("absent_10_to_20", "absent_20_or_more")
BANDS = ("absent_under_5", "absent_5_to_10", *_BANDS)
"""Students by the share of their days missed, least first."""
_REACH = ("ever_eligible", "ever_eligible_visited", "waiting", "tried")


@kept("years")
def school_levels(choice: Choice) -> pd.DataFrame:
    """Every school with students in the last school year chosen, at its level.

    Columns: school_code, district_code, level (that of most of its students), students,
    high_needs_share.
    """
    columns = ["school_code", "district_code", "level", "students", "high_needs"]
    table = choice.release.table("school_profile", columns, {"school_year": (last_year(choice),)})
    frame: pd.DataFrame = table.to_pandas()
    require_known(frame["level"], LEVELS, "level")
    frame = frame[frame["students"] > 0].sort_values(["school_code", "students"])
    frame = frame.drop_duplicates("school_code", keep="last").reset_index(drop=True)
    frame["high_needs_share"] = share(frame.pop("high_needs"), frame["students"])
    return frame


@kept("districts", "years")
def school_at_first(choice: Choice) -> str:
    """The code of the school in the districts chosen in which most students wait for a visit; the
    first by its code where nobody does, nothing where there is no school.
    """
    here = school_levels(choice)
    if choice.codes is not None:
        here = here[here["district_code"].isin(choice.codes)]
    if not len(here):
        return ""
    where = {"month": (last_month(choice),), "group": (ALL_STUDENTS,)}
    table = choice.release.table("reach", ["school_code", "waiting"], where)
    waiting = sums(table.drop_null(), ["school_code"], ["waiting"]).set_index("school_code")
    order = here.assign(waiting=here["school_code"].map(waiting["waiting"]).fillna(0))
    order = order.sort_values(["waiting", "school_code"], ascending=[False, True])
    return str(order["school_code"].iloc[0])


@kept("years", "school")
def schools_like_it(choice: Choice) -> pd.DataFrame:
    """The schools of the same level nearest in need and size, the nearest first; the school itself
    on top.

    Columns: school_code, school_name (with its district's), students, high_needs_share (of the last
    school year chosen), distance (0 for the school itself; see below), attendance_rate,
    chronic_share (of that year). At most LIKE_IT schools and the school.

    Nearness: the distance between share of high needs students and the logarithm of the number of
    students, each in standard deviations among all schools of the level.
    """
    every = school_levels(choice)
    own = every[every["school_code"] == choice.school]
    level = every[every["level"].isin(own["level"])].copy()
    if not len(own):
        return pd.DataFrame(columns=["school_code", *_LIKE_COLUMNS])
    apart = np.zeros(len(level))
    for values in (level["high_needs_share"], np.log(level["students"])):
        spread = float(values.std(ddof=0))
        here = float(values[level["school_code"] == choice.school].iloc[0])
        if spread > 0:
            apart += ((values.to_numpy(dtype=float) - here) / spread) ** 2
    level["distance"] = np.sqrt(apart)
    level["itself"] = level["school_code"] != choice.school
    near = level.sort_values(["itself", "distance", "school_code"]).head(LIKE_IT + 1)
    near["school_name"] = near["school_code"].map(choice.known.school_label)
    rates = _rates(choice, str(own["level"].iloc[0]), tuple(near["school_code"]))
    near = near.merge(rates, on="school_code", how="left")
    return near[["school_code", *_LIKE_COLUMNS]].reset_index(drop=True)


_LIKE_COLUMNS = (
    *("school_name", "students", "high_needs_share", "distance"),
    *("attendance_rate", "chronic_share"),
)


def _rates(choice: Choice, level: str, codes: tuple[str, ...]) -> pd.DataFrame:
    """Attendance and chronic absence of schools in the last school year chosen."""
    year = last_year(choice)
    own = {"school_code": codes, "level": (level,)}
    months = choice.filtered(years=(year,))
    days = sums(
        choice.release.table(
            "attendance",
            ["school_code", "days_enrolled", "days_attended"],
            {**own, "month": _months(months)},
        ),
        ["school_code"],
        ["days_enrolled", "days_attended"],
    )
    days["attendance_rate"] = share(days["days_attended"], days["days_enrolled"])
    measures = ["chronic_base", *_BANDS]
    where = {**own, "geography": ("school",), "group": (ALL_STUDENTS,), "school_year": (year,)}
    table = choice.release.table("chronic_absence", ["school_code", *measures], where)
    chronic = sums(table, ["school_code"], measures)
    chronic["chronic_share"] = share(
        chronic[_BANDS[0]] + chronic[_BANDS[1]], chronic["chronic_base"]
    )
    wanted = chronic[["school_code", "chronic_share"]]
    return days[["school_code", "attendance_rate"]].merge(wanted, on="school_code", how="outer")


@kept("years", "school")
def school_months(choice: Choice) -> pd.DataFrame:
    """Attendance by month of the school and of the schools like it together; the columns are those
    of `attendance_trend`.
    """
    like = schools_like_it(choice)
    codes = {THE_SCHOOL: (choice.school,), LIKE: tuple(like["school_code"][1:])}
    level = level_of(choice)
    measures = ["students", "days_enrolled", "days_attended"]
    parts = []
    for code, wanted in codes.items():
        where: dict[str, Collection[Any]] = {"school_code": wanted, "level": (level,)}
        if choice.filters.years:
            where["month"] = _months(choice)
        table = choice.release.table("attendance", ["month", *measures], where)
        part = sums(table, ["month"], measures).sort_values("month")
        part.insert(0, "code", code)
        parts.append(part)
    names = {
        THE_SCHOOL: choice.known.schools[choice.school].name,
        LIKE: _n("{n} nearest to it", "{n} nearest to it", len(like) - 1, n=len(like) - 1),
    }
    frame = pd.concat(parts, ignore_index=True).rename(columns={"month": "period"})
    frame.insert(0, "series", frame["code"].map(names))
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    return frame


@kept("years", "school")
def school_to_date(choice: Choice) -> pd.DataFrame:
    """Chronic absence of the school in the school year to date by month; the columns are those of
    `chronic_trend`.
    """
    measures = ["chronic_base", *_BANDS]
    where: dict[str, Collection[Any]] = {
        "geography": ("school",),
        "group": (ALL_STUDENTS,),
        "school_code": (choice.school,),
        "level": (level_of(choice),),
    }
    if choice.filters.years:
        where["month"] = _months(choice)
    table = choice.release.table("chronic_to_date", ["month", *measures], where)
    frame = sums(table, ["month"], measures).sort_values("month")
    frame = frame[(frame["chronic_base"] > 0) & ~frame["month"].isin(early_months(choice))]
    frame["chronically_absent"] = frame[_BANDS[0]] + frame[_BANDS[1]]
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    frame.insert(0, "series", choice.known.schools[choice.school].name)
    frame.insert(1, "code", THE_SCHOOL)
    return (
        frame.rename(columns={"month": "period"}).drop(columns=list(_BANDS)).reset_index(drop=True)
    )


@kept("years", "school")
def school_bands(choice: Choice) -> pd.DataFrame:
    """The school's students by the share of the last school year chosen that they missed, and all
    students of its level in the state.

    Columns: band (the contract's column), students, share (of those counted, a fraction),
    share_state.
    """
    keys = {"group": (ALL_STUDENTS,), "school_year": (last_year(choice),)}
    keys["level"] = (level_of(choice),)
    own = {**keys, "geography": ("school",), "school_code": (choice.school,)}
    counts = [
        sums(choice.release.table("chronic_absence", ["geography", *BANDS], where), (), BANDS)
        for where in (own, {**keys, "geography": ("state",)})
    ]
    here, state = (frame.iloc[0] for frame in counts)
    frame = pd.DataFrame({"band": BANDS, "students": here.to_numpy()})
    frame["share"] = frame["students"] / max(here.sum(), 1)
    frame["share_state"] = state.to_numpy() / max(state.sum(), 1)
    return frame


@dataclass(frozen=True)
class AgainstLastYear:
    """Chronic absence in the year to date at one month, and at the same month a year before.

    Shares are fractions; `change` is now less before, with its interval.
    """

    month: date
    now: float
    counted: int
    before: float
    counted_before: int
    change: float
    low: float
    high: float

    @property
    def may_be_chance(self) -> bool:
        """Whether no change at all would fit."""
        return self.low <= 0 <= self.high


@kept("years", "school")
def against_last_year(choice: Choice) -> AgainstLastYear | None:
    """The last month chosen against the same month of the year before; None where one of the two
    isn't there.

    The interval takes the students of the two years as independent. Many are the same, which makes
    it too wide, not too narrow. Source: Newcombe (1998), Statistics in Medicine 17, method 10.
    """
    every = school_to_date(choice.filtered(years=()))
    chosen = school_to_date(choice)
    if not len(chosen):
        return None
    last = chosen["period"].max()
    rows = every.set_index("period")
    earlier = last.replace(year=last.year - 1)
    if earlier not in rows.index:
        return None
    now, before = rows.loc[last], rows.loc[earlier]
    found = difference_of_shares(
        (float(now["chronic_share"]), int(now["chronic_base"])),
        (float(before["chronic_share"]), int(before["chronic_base"])),
    )
    return AgainstLastYear(
        last,
        float(now["chronic_share"]),
        int(now["chronic_base"]),
        float(before["chronic_share"]),
        int(before["chronic_base"]),
        found.effect,
        found.low,
        found.high,
    )


@dataclass(frozen=True)
class AttendanceSince:
    """Attendance in one month and in the same month a year before, and the difference."""

    month: date
    now: Attendance
    before: Attendance
    difference: Interval


@kept("years", "school")
def attendance_since_last_year(choice: Choice) -> AttendanceSince | None:
    """The last month chosen against the same month of the year before; None where nobody was
    enrolled in one of the two.

    Exact for either month; the students of the two years count as independent, which makes the
    interval too wide, not too narrow.
    """
    last = last_month(choice)
    found: list[tuple[Attendance, float]] = []
    for when in (last, last.replace(year=last.year - 1)):
        where = {
            "school_code": (choice.school,),
            "level": (level_of(choice),),
            "month": (when,),
        }
        rows = sums(choice.release.table("attendance", ["month", *SUMS], where), ["month"], SUMS)
        rate = attendance_of(rows)
        if rate is None:
            return None
        found.append((rate, rate_error(rows)))
    (now, error), (before, error_before) = found
    variance = error**2 + error_before**2
    return AttendanceSince(last, now, before, difference_of_rates(now, before, variance))


@kept("years", "school")
def school_reach(choice: Choice) -> pd.Series:
    """The programme at the school in the last month chosen: ever_eligible, ever_eligible_visited,
    waiting, tried (of those waiting: a visit met nobody), those waiting by how long they have
    (WAITING), and the first visits made until then (FIRST_VISITS), both by the days since the end
    of the month of becoming eligible. Empty where the district takes no part.
    """
    last = last_month(choice)
    where = {
        "group": (ALL_STUDENTS,),
        "school_code": (choice.school,),
        "level": (level_of(choice),),
    }
    measures = [*_REACH, *WAITING, *FIRST_VISITS]
    table = choice.release.table("reach", ["month", *measures], where).drop_null()
    found = sums(table, ["month"], measures)
    now = found[found["month"] == last]
    if not len(now):
        return pd.Series(dtype="int64")
    made = found.loc[found["month"] <= last, list(FIRST_VISITS)].sum()
    told: pd.Series = pd.concat([now[[*_REACH, *WAITING]].iloc[0], made]).astype("int64")
    return told


def level_of(choice: Choice) -> str:
    """The school's level; empty where it had no students in the last school year chosen."""
    every = school_levels(choice)
    own = every.loc[every["school_code"] == choice.school, "level"]
    return str(own.iloc[0]) if len(own) else ""


def _months(choice: Choice) -> tuple[date, ...]:
    return tuple(months_of(choice.filters.years))
