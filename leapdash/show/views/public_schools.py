"""Schools in a public release: all students of each, by level, some of them withheld.

The release holds no profile of a school and nobody's visits by school: a school is set beside all
students of its level in its district and in the state.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pandas as pd

from leapdash.contract import LEVELS, months_of
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.language import N_, _
from leapdash.show.views.attendance import attendance_trend, early_months, status_last
from leapdash.show.views.base import share
from leapdash.show.views.cells import SHOWN, WITHHELD
from leapdash.show.views.district import last_year
from leapdash.show.views.school import THE_SCHOOL, AgainstLastYear
from leapdash.show.views.spread import difference_of_shares, share_interval

IN_DISTRICT, IN_STATE = "district", "state"
_DAYS = ["students", "days_enrolled", "days_attended"]
_COUNTED = ["chronic_base", "chronically_absent"]
_SCHOOLS = {"geography": ("school",), "group": (ALL_STUDENTS,)}


@kept(*VISITS, "district")
def schools_side_by_side(choice: Choice) -> pd.DataFrame:
    """The schools of the choice's district beside each other, a row for each of a school's levels.

    Columns: school_code, school_name, level, students (in an average month), days_enrolled,
    days_attended, attendance_rate, chronic_base, chronically_absent, chronic_share, chronic_low,
    chronic_high, chronic_status (of chronic absence), status (of attendance). All of the last
    school year chosen, a year's attendance missing where one of its months is withheld; ordered by
    level, then by attendance rate, lowest first.
    """
    year, keys = last_year(choice), ["school_code", "level"]
    where: dict[str, Collection[Any]] = {
        "district_code": (choice.district,),
        "level": choice.filters.levels or tuple(LEVELS),
    }
    months = {**where, "month": months_of((year,))}
    days = _attendance(choice, months, keys)
    of_year = {**where, **_SCHOOLS, "school_year": (year,)}
    columns = [*keys, *_COUNTED, "status"]
    chronic = choice.release.table("chronic_absence", columns, of_year).to_pandas()
    chronic = chronic.rename(columns={"status": "chronic_status"})
    frame = days.merge(chronic, on=keys, how="left")
    names = {code: one.name for code, one in choice.known.schools.items()}
    frame.insert(1, "school_name", frame["school_code"].map(names))
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    frame["chronic_low"], frame["chronic_high"] = share_interval(
        frame["chronic_share"], frame["chronic_base"]
    )
    frame = status_last(frame)
    place = {level: number for number, level in enumerate(LEVELS)}
    return frame.sort_values(
        ["level", "attendance_rate", "school_name"],
        key=lambda column: column.map(place) if column.name == "level" else column,
        ignore_index=True,
    )


@kept("years", "school")
def level_of_school(choice: Choice) -> str:
    """The level of most of the school's students in the last school year chosen, of those that are
    shown; else the first it has; empty where it had none.
    """
    where = {"school_code": (choice.school,), "month": months_of((last_year(choice),))}
    table = choice.release.table("attendance", ["level", "students"], where).to_pandas()
    table = table[table["level"].isin(LEVELS)].fillna({"students": 0})
    sizes = table.groupby("level")["students"].sum()
    return str(sizes.idxmax()) if len(sizes) else ""


@kept("years", "school")
def months_beside_level(choice: Choice) -> pd.DataFrame:
    """Attendance by month of the school, then of all students of its level in its district and in
    the state; the columns of `attendance_trend` of a public release.
    """
    level, school = level_of_school(choice), choice.known.schools[choice.school]
    where: dict[str, Collection[Any]] = {"school_code": (choice.school,), "level": (level,)}
    if choice.filters.years:
        where["month"] = months_of(choice.filters.years)
    own = _attendance(choice, where, ["month"]).rename(columns={"month": "period"})
    own["attendance_rate"] = share(own["days_attended"], own["days_enrolled"])
    around = replace(choice.filtered(levels=(level,)), by="all", grain="month")
    parts = [
        own.sort_values("period").assign(series=school.name, code=THE_SCHOOL),
        attendance_trend(around.filtered(districts=(school.district,))).assign(
            series=_(
                N_("grades {level} in {district}"),
                level=level,
                district=choice.known.districts[school.district],
            ),
            code=IN_DISTRICT,
        ),
        attendance_trend(around.filtered(districts=())).assign(
            series=_(N_("grades {level} in the state"), level=level), code=IN_STATE
        ),
    ]
    columns = ["series", "code", "period", *_DAYS, "attendance_rate", "status"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


@kept("years", "school")
def school_to_date_shown(choice: Choice) -> pd.DataFrame:
    """Chronic absence of the school in the school year to date by month; the columns of
    `chronic_trend` of a public release.
    """
    where: dict[str, Collection[Any]] = {
        **_SCHOOLS,
        "school_code": (choice.school,),
        "level": (level_of_school(choice),),
    }
    if choice.filters.years:
        where["month"] = months_of(choice.filters.years)
    columns = ["month", *_COUNTED, "status"]
    frame = choice.release.table("chronic_to_date", columns, where).to_pandas()
    frame = frame.rename(columns={"month": "period"}).sort_values("period", ignore_index=True)
    frame = frame[~frame["period"].isin(early_months(choice))].reset_index(drop=True)
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    frame.insert(0, "series", choice.known.schools[choice.school].name)
    frame.insert(1, "code", THE_SCHOOL)
    return status_last(frame)


@kept("years", "school")
def against_last_year_shown(choice: Choice) -> AgainstLastYear | None:
    """As `against_last_year`; None where one of the two months isn't there, or is withheld."""
    every = school_to_date_shown(choice.filtered(years=())).set_index("period")
    chosen = school_to_date_shown(choice)
    if not len(chosen):
        return None
    last = chosen["period"].max()
    earlier = last.replace(year=last.year - 1)
    if earlier not in every.index:
        return None
    now, before = every.loc[last], every.loc[earlier]
    if {now["status"], before["status"]} != {SHOWN}:
        return None
    one, other = (
        (float(side["chronic_share"]), int(side["chronic_base"])) for side in (now, before)
    )
    found = difference_of_shares(one, other)
    return AgainstLastYear(last, *one, *other, found.effect, found.low, found.high)


def first_school(choice: Choice) -> str:
    """The code of the school in the districts chosen that is first by its name; nothing where there
    is none: who waits where isn't told.
    """
    codes = choice.codes
    schools = choice.known.schools.items()
    here = (code for code, one in schools if codes is None or one.district in codes)
    return next(here, "")


def _attendance(choice: Choice, where: dict[str, Collection[Any]], keys: list[str]) -> pd.DataFrame:
    """Schools' attendance added up by `keys`, students in an average month; missing where a part is
    withheld.
    """
    columns = [*keys, *_DAYS, "status"]
    table = choice.release.table("attendance", columns, where).to_pandas()
    grouped = table.groupby(keys, as_index=False)
    days = dict.fromkeys(_DAYS[1:], "sum")
    found: pd.DataFrame = grouped.agg({"students": "mean", **days, "status": "min"})
    found["students"] = found["students"].round()
    found[_DAYS] = found[_DAYS].where(found["status"] != WITHHELD)
    return found
