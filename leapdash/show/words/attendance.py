"""Sentences about attendance and chronic absence: how they stand, and how they moved.

Rates are written as per cents with one decimal, differences of rates in points.
"""

from datetime import date

import pandas as pd

from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    FEW_STUDENTS,
    percent,
)
from leapdash.show.choice import Choice, Grain
from leapdash.show.words.filters import series_in_words, whom
from leapdash.show.words.numbers import month, per_cent, points, students

MEMBERS_CHANGE = (
    "Who is visited, eligible or neither changes from month to month: a student moves on as months "
    "pass. These lines are no before-and-after."
)
NO_PUBLISHED = (
    "The state publishes attendance by district and student group only: not by level or "
    "participation, nor for several districts together."
)


def trends_answer(attendance: pd.DataFrame, chronic: pd.DataFrame, choice: Choice) -> str:
    """How attendance and chronic absence stand at the end of the period shown, and how attendance
    moved in a year.

    Takes the tables of `attendance_trend` and `chronic_trend`. Where lines are drawn by group, of
    the group chosen; else of the first series; the others' attendance is set beside it.
    """
    grain = choice.grain
    shown = attendance[attendance["attendance_rate"].notna()]
    about = choice.filters.group
    code = about if (shown["code"] == about).any() else shown["code"].iloc[0]
    line = shown[shown["code"] == code]
    last = line.iloc[-1]
    who, when = whom(choice, last["series"]), period_in_words(last["period"])
    if last["students"] < FEW_STUDENTS:
        return (
            f"{who}: only {students(int(last['students']))} in {when}, too few to say how they "
            "attended."
        )
    sentence = (
        f"{who}: students attended {per_cent(last['attendance_rate'])} of their days in {when}"
    )
    earlier = year_before(line, last["period"], grain)
    if earlier is not None and earlier["students"] >= FEW_STUDENTS:
        change = last["attendance_rate"] - earlier["attendance_rate"]
        sentence += f", {_more_or_less(change)} {period_in_words(earlier['period'])}"
    others = shown[(shown["code"] != code) & (shown["period"] == last["period"])]
    others = others[others["students"] >= FEW_STUDENTS]
    absent = chronic_sentence(chronic[chronic["code"] == code], grain)
    return " ".join(part for part in (f"{sentence}.", absent, _beside(others, choice)) if part)


def chronic_sentence(line: pd.DataFrame, grain: Grain) -> str:
    """Which share of the students of one series is chronically absent, at the end of the period
    shown; empty where too few are counted.
    """
    told = line[line["chronic_base"] >= FEW_STUDENTS]
    if not len(told):
        return ""
    last = told.iloc[-1]
    share = f"{per_cent(last['chronic_share'])} of {students(int(last['chronic_base']))}"
    limit, when = percent(CHRONIC_SHARE_ABSENT), period_in_words(last["period"])
    if grain == "month":
        return (
            f"By the end of {when}, {share} were chronically absent in the school year so far: "
            f"absent for {limit} or more of their days."
        )
    return (
        f"In the school year {when}, {share} were chronically absent: absent for {limit} or more "
        "of their days."
    )


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
        return (
            f"The school year to date: absent for {share} or more of the days enrolled so far that "
            f"year, with at least {CHRONIC_MINIMUM_DAYS}; each line begins anew every year. The "
            "year’s first month is left out where too few have been enrolled that long."
        )
    return (
        "Over the school year. For all districts a student's days are pooled over the state; "
        "several districts at once are the sum of the districts' own counts."
    )


def _more_or_less(change: float) -> str:
    value = round(100 * change, 1)
    if value == 0:
        return "as much as in"
    return f"{points(change)} points {'more' if value > 0 else 'less'} than in"


def period_in_words(period: date | str) -> str:
    """A month as words, a school year as it stands."""
    return month(period) if isinstance(period, date) else period


def _beside(others: pd.DataFrame, choice: Choice) -> str:
    if not len(others):
        return ""
    low = others.nsmallest(1, "attendance_rate").iloc[0]
    high = others.nlargest(1, "attendance_rate").iloc[0]
    one, other = (series_in_words(choice, row["series"]) or row["series"] for row in (low, high))
    if len(others) == 1:
        return f"Attendance of {one}: {per_cent(low['attendance_rate'])}."
    return (
        f"Attendance of the others: from {per_cent(low['attendance_rate'])} ({one}) to "
        f"{per_cent(high['attendance_rate'])} ({other})."
    )
