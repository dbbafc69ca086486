"""Student groups beside all others in a public release: what is shown of both.

All who aren't in a group are all students less the group; hidden where one of the two is.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from leapdash.contract import GROUPS
from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.language import _
from leapdash.show.measures import ATTENDANCE, CHRONIC_ABSENCE, Measure
from leapdash.show.views.attendance import attendance_trend, chronic_trend
from leapdash.show.views.base import share
from leapdash.show.views.cells import HIDDEN, SHOWN, cells, not_offered
from leapdash.show.views.district import last_year
from leapdash.show.views.groups import COMPARED, OTHERS
from leapdash.show.views.spread import difference_of_shares

Gap = Mapping[str, Any]
_COUNTS = ("students", "days_enrolled", "days_attended", "chronic_base", "chronically_absent")


@dataclass(frozen=True)
class Rates:
    """Attendance of the group and of all others in the last school year chosen, fractions; None
    where it is hidden.
    """

    group: float | None
    others: float | None


def gap_of(choice: Choice, gaps: pd.DataFrame) -> Gap | None:
    """The row of the choice's group; None where it isn't offered."""
    rows = gaps[gaps["code"] == choice.of_group].to_dict("records")
    return {str(name): value for name, value in rows[0].items()} if rows else None


@kept(*VISITS)
def chronic_gaps_shown(choice: Choice) -> pd.DataFrame:
    """Chronic absence of every group beside all others, in the last school year chosen; the columns
    of `attendance_gaps`, with Newcombe's interval. Groups that aren't offered aren't there.
    """
    own = replace(choice, by="group", grain="year").filtered(years=(last_year(choice),))
    where = {"school_year": (last_year(choice),)}
    measures = ("chronic_base", "chronically_absent")
    table = cells(own, "chronic_absence", "school_year", measures, where)
    found = {str(row["code"]): row for row in table.to_dict("records")}
    if ALL_STUDENTS not in found:
        return pd.DataFrame()
    rows = [
        {"series": _(GROUPS[group]), "code": group, **_gap(found[group], found[ALL_STUDENTS])}
        for group in COMPARED
        if group in found
    ]
    columns = ("group_rate", "group_counted", "others_rate", "others_counted")
    ends = ("difference", "low", "high", "reason")
    return pd.DataFrame(rows, columns=["series", "code", *columns, *ends])


def attendance_of_year(choice: Choice) -> Rates:
    """Attendance of the choice's group and of all others, in the last school year chosen."""
    rates = {}
    year = _both(choice.filtered(years=(last_year(choice),)), attendance_trend, "year")
    for code, line in year.groupby("code"):
        rate = line["attendance_rate"].iloc[-1]
        rates[str(code)] = None if pd.isna(rate) else float(rate)
    return Rates(rates.get(choice.of_group), rates.get(OTHERS))


@kept(*VISITS, "of_group")
def attendance_of_both_shown(choice: Choice) -> pd.DataFrame:
    """Attendance by month of the choice's group (by its code) and of all others (code OTHERS); the
    columns of `attendance_trend` of a public release.
    """
    return _both(choice, attendance_trend, "month")


@kept(*VISITS, "of_group")
def chronic_of_both_shown(choice: Choice) -> pd.DataFrame:
    """Chronic absence to date by month of both; the columns of `chronic_trend`, with status."""
    return _both(choice, chronic_trend, "month")


BOTH: Mapping[Measure, Callable[[Choice], pd.DataFrame]] = {
    ATTENDANCE: attendance_of_both_shown,
    CHRONIC_ABSENCE: chronic_of_both_shown,
}
"""The views of both by month, by the measure."""


def _both(choice: Choice, trend: Callable[[Choice], pd.DataFrame], grain: Any) -> pd.DataFrame:
    """A trend of the group, and of all students less the group."""
    choice = replace(choice, by="all", grain=grain)
    group = choice.filtered(group=choice.of_group)
    own, every = trend(group), trend(choice)
    if not_offered(group):
        own = own.iloc[:0]
    own = own[own["period"].isin(every["period"])]
    rest = every[every["period"].isin(own["period"])].set_index("period")
    both = own.set_index("period").reindex(rest.index)
    counts = [name for name in _COUNTS if name in rest]
    rest[counts] = rest[counts] - both[counts]
    rate = "attendance_rate" if "days_enrolled" in counts else "chronic_share"
    part, whole = counts[-1], counts[-2]
    rest[rate] = share(rest[part], rest[whole])
    rest["status"] = rest["status"].where(both["status"] == SHOWN, both["status"])
    rest = rest.assign(series=_("All others"), code=OTHERS).reset_index()
    own = own.assign(series=_(GROUPS[choice.of_group]), code=choice.of_group)
    return pd.concat([own, rest[own.columns]], ignore_index=True)


def _gap(one: Mapping[Hashable, Any], every: Mapping[Hashable, Any]) -> dict[str, object]:
    nothing = float("nan")
    row: dict[str, object] = dict.fromkeys(
        ("group_rate", "group_counted", "others_rate", "others_counted"), nothing
    )
    row |= dict.fromkeys(("difference", "low", "high"), nothing)
    if one["status"] != SHOWN or every["status"] != SHOWN:
        return row | {"reason": _(HIDDEN)}
    n, part = int(one["chronic_base"]), int(one["chronically_absent"])
    others = int(every["chronic_base"]) - n
    rest = int(every["chronically_absent"]) - part
    if min(n, others) < FEW_STUDENTS:
        return row | {"reason": _(HIDDEN)}
    found = difference_of_shares((part / n, n), (rest / others, others))
    row |= {"group_rate": part / n, "group_counted": n}
    row |= {"others_rate": rest / others, "others_counted": others}
    return row | {
        "difference": found.effect,
        "low": found.low,
        "high": found.high,
        "reason": "",
    }
