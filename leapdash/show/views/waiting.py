"""Who waits for a first visit, and how long: month by month, and school by school."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from leapdash.contract import WAITING, months_of
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.views.base import conditions, sums
from leapdash.show.views.programme import last_month

_COUNTED = (*WAITING, "waiting", "tried")
_LONGEST_FIRST = [*reversed(WAITING), "school_name"]


@kept(*VISITS, "school")
def waiting_by_month(choice: Choice) -> pd.DataFrame:
    """Students who waited at the end of every month in which a district of the choice took part; of
    one school, where the choice is about one.

    Columns: period (first day of the month), one for every class of WAITING, waiting (all of them),
    tried (of those waiting: a visit met nobody). In the order of time.
    """
    own: dict[str, Collection[Any]] = {"group": (ALL_STUDENTS,)}
    if choice.school:
        own["school_code"] = (choice.school,)
    where = conditions(choice, month=months_of(choice.filters.years) or None, **own)
    table = choice.release.table("reach", ["month", *_COUNTED], where).drop_null()
    frame = sums(table, ["month"], _COUNTED).rename(columns={"month": "period"})
    return frame.sort_values("period", ignore_index=True)


@kept(*VISITS)
def waiting_at_schools(choice: Choice) -> pd.DataFrame:
    """The schools of the choice at which students waited at the end of the last month chosen.

    Columns: school_code, school_name (with its district's where there are several), one for every
    class of WAITING, waiting, tried. Those where most wait longest come first.
    """
    where = conditions(choice, month=(last_month(choice),), group=(ALL_STUDENTS,))
    table = choice.release.table("reach", ["school_code", *_COUNTED], where).drop_null()
    frame = sums(table, ["school_code"], _COUNTED)
    frame = frame[frame["waiting"] > 0].copy()
    codes, known = choice.codes, choice.known
    single = codes is not None and len(codes) == 1
    names = [
        known.schools[code].name if single else known.school_label(code)
        for code in frame["school_code"]
    ]
    frame.insert(1, "school_name", names)
    order = [False] * len(WAITING) + [True]
    return frame.sort_values(_LONGEST_FIRST, ascending=order, ignore_index=True)
