"""One district: beside the whole state, and its schools beside each other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from leapdash.contract import months_of
from leapdash.release import Release
from leapdash.show.filters import ALL_STUDENTS, Filters, Known
from leapdash.show.views.attendance import attendance_trend, chronic_trend, published_beside
from leapdash.show.views.base import Grain, share, sums
from leapdash.show.views.programme import last_month


def attendance_beside(
    release: Release, known: Known, filters: Filters, district: str, grain: Grain
) -> pd.DataFrame:
    """`attendance_trend` of one district, then of all districts (code `all`)."""
    return _beside(attendance_trend, release, known, filters, district, grain)


def chronic_beside(
    release: Release, known: Known, filters: Filters, district: str, grain: Grain
) -> pd.DataFrame:
    """`chronic_trend` of one district, then of all districts (code `all`)."""
    return _beside(chronic_trend, release, known, filters, district, grain)


def published_of_both(
    release: Release, known: Known, filters: Filters, district: str
) -> pd.DataFrame:
    """`published_beside` of one district, then of the state (code `all`)."""
    return _beside(published_beside, release, known, filters, district)


def schools_beside(release: Release, filters: Filters, district: str) -> pd.DataFrame:
    """The schools of one district beside each other.

    Columns: school_code, school_name, students (enrolled in the school year),
    days_enrolled, days_attended, attendance_rate, chronic_base, chronically_absent,
    chronic_share, waiting (missing where the district takes no part), high_needs_share.
    All figures are of the last school year chosen; ordered by attendance rate, lowest first.
    """
    year = (filters.years or release.manifest.school_years)[-1]
    place: dict[str, tuple[str, ...]] = {"district_code": (district,)}
    if filters.levels:
        place["level"] = filters.levels
    days = _by_school(
        release,
        "attendance",
        {**place, "month": months_of((year,))},
        ("days_enrolled", "days_attended"),
    )
    chronic = _by_school(
        release,
        "chronic_absence",
        {**place, "school_year": (year,), "geography": ("school",), "group": (ALL_STUDENTS,)},
        ("chronic_base", "absent_10_to_20", "absent_20_or_more"),
    )
    profile = _by_school(
        release, "school_profile", {**place, "school_year": (year,)}, ("students", "high_needs")
    )
    waiting = _by_school(
        release,
        "reach",
        {**place, "month": (last_month(release, filters),), "group": (ALL_STUDENTS,)},
        ("waiting",),
        skip_missing=True,
    )
    names = release.table("schools", ["school_code", "school_name"], {"district_code": (district,)})
    frame: pd.DataFrame = names.to_pandas().merge(days, on="school_code")
    for other in (chronic, profile, waiting):
        frame = frame.merge(other, on="school_code", how="left")
    frame["chronically_absent"] = frame["absent_10_to_20"] + frame["absent_20_or_more"]
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    frame["high_needs_share"] = share(frame["high_needs"], frame["students"])
    frame = frame.drop(columns=["absent_10_to_20", "absent_20_or_more", "high_needs"])
    return frame.sort_values(["attendance_rate", "school_name"], ignore_index=True)


def _beside(
    view: Callable[..., pd.DataFrame],
    release: Release,
    known: Known,
    filters: Filters,
    district: str,
    *args: Any,
) -> pd.DataFrame:
    own = view(release, known, replace(filters, districts=(district,)), "all", *args)
    state = view(release, known, replace(filters, districts=()), "all", *args)
    parts = [part for part in (own.assign(code=district), state) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else own


def _by_school(
    release: Release,
    name: str,
    where: dict[str, object],
    measures: tuple[str, ...],
    skip_missing: bool = False,
) -> pd.DataFrame:
    table = release.table(name, columns=["school_code", *measures], where=where)  # type: ignore[arg-type]
    return sums(table.drop_null() if skip_missing else table, ["school_code"], measures)
