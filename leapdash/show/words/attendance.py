"""Sentences about attendance and chronic absence: how they stand, and how they moved.

Rates are written as per cents with one decimal, differences of rates in points.
"""

from datetime import date

import pandas as pd

from leapdash.contract.thresholds import CHRONIC_SHARE_ABSENT, FEW_STUDENTS, percent
from leapdash.show.choice import Grain
from leapdash.show.words.numbers import month, per_cent, points, students

MEMBERS_CHANGE = (
    "Who is visited, eligible or neither changes from month to month: a student moves on as months "
    "pass. These lines are no before-and-after."
)
NO_PUBLISHED = (
    "The state publishes attendance by district and student group only: not by level or "
    "participation, nor for several districts together."
)


def trends_answer(
    attendance: pd.DataFrame, chronic: pd.DataFrame, grain: Grain, about: str = ""
) -> str:
    """How attendance stands at the end of the period shown, and how it moved in a year.

    Takes the tables of `attendance_trend` and `chronic_trend`; speaks of the series with the code
    `about`, else of the first, and sets the others beside it.
    """
    shown = attendance[attendance["attendance_rate"].notna()]
    code = about if (shown["code"] == about).any() else shown["code"].iloc[0]
    line = shown[shown["code"] == code]
    last = line.iloc[-1]
    sentence = (
        f"{last['series']}: students attended {per_cent(last['attendance_rate'])} of their days in "
        f"{_period(last['period'])}"
    )
    if last["students"] < FEW_STUDENTS:
        sentence += f" (only {students(int(last['students']))})"
    earlier = year_before(line, last["period"], grain)
    if earlier is not None:
        change = last["attendance_rate"] - earlier["attendance_rate"]
        sentence += f", {_more_or_less(change)} than in {_period(earlier['period'])}"
    missed = chronic[(chronic["code"] == code) & (chronic["period"] == last["period"])]
    if len(missed):
        sentence += f"; {per_cent(missed['chronic_share'].iloc[0])} were chronically absent"
    others = shown[(shown["code"] != code) & (shown["period"] == last["period"])]
    return f"{sentence}.{_beside(others)}"


def year_before(line: pd.DataFrame, period: date | str, grain: Grain) -> pd.Series | None:
    """The row of a trend's series one year earlier; None where it doesn't reach that far."""
    if grain == "month" and isinstance(period, date):
        earlier = line[line["period"] == period.replace(year=period.year - 1)]
    else:
        earlier = line[line["period"] < period].tail(1)
    return earlier.iloc[0] if len(earlier) else None


def hollow_note(counts: pd.Series) -> str:
    """What hollow points mean, where there are any."""
    return "Hollow points have fewer than ten students." if (counts < FEW_STUDENTS).any() else ""


def published_note(published: pd.DataFrame) -> str:
    """Where the published rates beside a chart are from, or why there are none."""
    if not len(published):
        return NO_PUBLISHED
    sources = " and ".join(sorted(set(published["source"])))
    return f"Squares: attendance rates the state published, in “{sources}”."


def chronic_note(grain: Grain) -> str:
    """How chronic absence is counted at this grain."""
    if grain == "month":
        share = percent(CHRONIC_SHARE_ABSENT)
        return f"Within each month: absent for {share} or more of that month's days enrolled."
    return (
        "Over the school year. For all districts a student's days are pooled over the state; "
        "several districts at once are the sum of the districts' own counts."
    )


def _more_or_less(change: float) -> str:
    value = round(100 * change, 1)
    if value == 0:
        return "no difference"
    return f"{points(change)} points {'more' if value > 0 else 'less'}"


def _period(period: date | str) -> str:
    return month(period) if isinstance(period, date) else period


def _beside(others: pd.DataFrame) -> str:
    if not len(others):
        return ""
    if len(others) == 1:
        other = others.iloc[0]
        return f" {other['series']}: {per_cent(other['attendance_rate'])}."
    low = others.nsmallest(1, "attendance_rate").iloc[0]
    high = others.nlargest(1, "attendance_rate").iloc[0]
    return (
        f" The others: from {per_cent(low['attendance_rate'])} ({low['series']}) to "
        f"{per_cent(high['attendance_rate'])} ({high['series']})."
    )
