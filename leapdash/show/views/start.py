"""Where a first look may begin: the district with most visits, a small school that changed."""

from datetime import date

import pandas as pd

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.choice import Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.views.base import share, sums
from leapdash.show.views.programme import last_month
from leapdash.show.views.school import school_levels

VISIBLE = 0.05
"""A share of students that moved by so much has changed visibly, by chance or not."""
_BANDS = ("absent_10_to_20", "absent_20_or_more")


@kept()
def most_visited(choice: Choice) -> str:
    """The code of the district with most visits in the release, the first by its code of several;
    empty without any visit.
    """
    table = choice.release.table("visits", ["district_code", "visits"])
    found = sums(table, ["district_code"], ["visits"]).sort_values("district_code")
    found = found[found["visits"] > 0]
    return str(found["district_code"].iloc[int(found["visits"].argmax())]) if len(found) else ""


@kept()
def small_and_changed(choice: Choice) -> str:
    """The code of the smallest school whose chronic absence in the school year to date changed
    visibly since the same month a year before; empty where there is none.

    Smallest by the students counted now, then by its code. Schools with fewer than FEW_STUDENTS in
    either year are passed over, and so are those without another of their level in their district,
    which have nothing to be set beside.
    """
    every = school_levels(choice)
    beside = every.groupby(["district_code", "level"])["school_code"].transform("size")
    own = every.loc[beside > 1, ["school_code", "level"]]
    last = last_month(choice)
    now, before = (_to_date(choice, month) for month in (last, last.replace(year=last.year - 1)))
    keys = ["school_code", "level"]
    both = own.merge(now, on=keys).merge(before, on=keys, suffixes=("", "_before"))
    enough = both[["chronic_base", "chronic_base_before"]].min(axis=1) >= FEW_STUDENTS
    moved = (both["chronic_share"] - both["chronic_share_before"]).abs() >= VISIBLE
    found = both[enough & moved].sort_values(["chronic_base", "school_code"])
    return str(found["school_code"].iloc[0]) if len(found) else ""


def _to_date(choice: Choice, month: date) -> pd.DataFrame:
    """Chronic absence of every school and level in the school year up to that month."""
    keys = ["school_code", "level"]
    where = {"geography": ("school",), "group": (ALL_STUDENTS,), "month": (month,)}
    measures = ["chronic_base", *_BANDS]
    table = choice.release.table("chronic_to_date", [*keys, *measures], where)
    found = sums(table, keys, measures)
    found["chronic_share"] = share(found[_BANDS[0]] + found[_BANDS[1]], found["chronic_base"])
    return found[[*keys, "chronic_base", "chronic_share"]]
