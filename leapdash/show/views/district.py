"""One district: beside the whole state, and its schools beside each other.

All of it is for the choice's `district`, whatever districts its filters hold.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd

from leapdash.contract import LEVELS, months_of
from leapdash.show.choice import STUDENTS, VISITS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.measures import ATTENDANCE, CHRONIC_ABSENCE, Measure
from leapdash.show.views.attendance import attendance_trend, chronic_trend, published_beside
from leapdash.show.views.base import conditions, require_known, share, sums
from leapdash.show.views.programme import last_month
from leapdash.show.views.spread import share_interval


@kept(*STUDENTS, "by", "grain", "district")
def attendance_beside(choice: Choice) -> pd.DataFrame:
    """`attendance_trend` of the district (by its code), then of all districts (code `all`)."""
    return _beside(attendance_trend, choice)


@kept(*STUDENTS, "by", "grain", "district")
def chronic_beside(choice: Choice) -> pd.DataFrame:
    """`chronic_trend` of the district (by its code), then of all districts (code `all`)."""
    return _beside(chronic_trend, choice)


BESIDE: Mapping[Measure, Callable[[Choice], pd.DataFrame]] = {
    ATTENDANCE: attendance_beside,
    CHRONIC_ABSENCE: chronic_beside,
}
"""The measures schools can be compared by, and the view that has each beside all districts."""


@kept(*STUDENTS, "district")
def published_of_both(choice: Choice) -> pd.DataFrame:
    """`published_beside` of the district, then of the state (code `all`)."""
    return _beside(published_beside, choice)


def last_year(choice: Choice) -> str:
    """The last school year chosen; of all there are, where none is."""
    return (choice.filters.years or choice.known.years)[-1]


@kept(*VISITS, "district")
def schools_beside(choice: Choice) -> pd.DataFrame:
    """The schools of the district beside each other, a row for each of a school's levels.

    Columns: school_code, school_name, level, students (enrolled in the school year),
    days_enrolled, days_attended, attendance_rate, chronic_base, chronically_absent,
    chronic_share, chronic_low and chronic_high (the share's interval: how far chance alone may
    move a school of that size), waiting (missing where the district takes no part),
    high_needs_share. All figures are of the last school year chosen; ordered by level, then by
    attendance rate, lowest first.
    Schools without attendance in that year aren't there.
    """
    own = choice.filtered(districts=(choice.district,))
    year = last_year(choice)

    def by_school(name: str, measures: tuple[str, ...], **more: Collection[Any]) -> pd.DataFrame:
        where = conditions(own, **more)
        keys = ["school_code", "level"]
        table = choice.release.table(name, [*keys, *measures], where)
        found = sums(table.drop_null(), keys, measures)
        require_known(found["school_code"], names.index, "school_code")
        require_known(found["level"], LEVELS, "level")
        return found.set_index(keys)

    columns = ["school_code", "school_name"]
    where = {"district_code": (choice.district,)}
    names: pd.DataFrame = choice.release.table("schools", columns, where).to_pandas()
    names = names.set_index("school_code")
    days = by_school("attendance", ("days_enrolled", "days_attended"), month=months_of((year,)))
    chronic = by_school(
        "chronic_absence",
        ("chronic_base", "absent_10_to_20", "absent_20_or_more"),
        school_year=(year,),
        geography=("school",),
        group=(ALL_STUDENTS,),
    )
    profile = by_school("school_profile", ("students", "high_needs"), school_year=(year,))
    waiting = by_school("reach", ("waiting",), month=(last_month(choice),), group=(ALL_STUDENTS,))
    frame = days.join([chronic, profile, waiting]).reset_index()
    frame.insert(1, "school_name", frame["school_code"].map(names["school_name"]))
    frame["chronically_absent"] = frame["absent_10_to_20"] + frame["absent_20_or_more"]
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    frame["chronic_low"], frame["chronic_high"] = share_interval(
        frame["chronic_share"], frame["chronic_base"]
    )
    frame["high_needs_share"] = share(frame["high_needs"], frame["students"])
    frame = frame.drop(columns=["absent_10_to_20", "absent_20_or_more", "high_needs"])
    place = {level: number for number, level in enumerate(LEVELS)}
    return frame.sort_values(
        ["level", "attendance_rate", "school_name"],
        key=lambda column: column.map(place) if column.name == "level" else column,
        ignore_index=True,
    )


def _beside(view: Callable[[Choice], pd.DataFrame], choice: Choice) -> pd.DataFrame:
    """A view of the district, then of all districts; not of these in a release of one alone."""
    own = view(choice.filtered(districts=(choice.district,)))
    parts = [own.assign(code=choice.district)]
    if not choice.known.own:
        parts.append(view(choice.filtered(districts=())).assign(code="all"))
    return pd.concat([part for part in parts if len(part)] or [own], ignore_index=True)
