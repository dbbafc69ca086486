"""Sentences about attendance and chronic absence: how they stand, and how they moved.

Rates are written as per cents with one decimal, differences of rates in points.
"""

from datetime import date
from functools import reduce

import pandas as pd

from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    FEW_STUDENTS,
    percent,
)
from leapdash.show.choice import Choice, Grain
from leapdash.show.language import N_, _
from leapdash.show.words.filters import series_in_words, whom
from leapdash.show.words.numbers import month, per_cent, points, students

MEMBERS_CHANGE = N_(
    "Who is visited, eligible or neither changes from month to month: a student moves on as months "
    "pass. These lines are no before-and-after."
)
NO_PUBLISHED = N_(
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
        return _(
            "{whom}: only {students} in {when}, too few to say how they attended.",
            whom=who,
            students=students(int(last["students"])),
            when=when,
        )
    earlier = year_before(line, last["period"], grain)
    if earlier is not None and earlier["students"] < FEW_STUDENTS:
        earlier = None
    stands = _stands(who, last, earlier)
    others = shown[(shown["code"] != code) & (shown["period"] == last["period"])]
    others = others[others["students"] >= FEW_STUDENTS]
    absent = chronic_sentence(chronic[chronic["code"] == code], grain)
    return " ".join(part for part in (stands, absent, _beside(others, choice)) if part)


def chronic_sentence(line: pd.DataFrame, grain: Grain) -> str:
    """Which share of the students of one series is chronically absent, at the end of the period
    shown; empty where too few are counted.
    """
    told = line[line["chronic_base"] >= FEW_STUDENTS]
    if not len(told):
        return ""
    last = told.iloc[-1]
    sentence = (
        N_(
            "By the end of {when}, {share} of {students} were chronically absent in the school "
            "year so far: absent for {limit} or more of their days."
        )
        if grain == "month"
        else N_(
            "In the school year {when}, {share} of {students} were chronically absent: absent for "
            "{limit} or more of their days."
        )
    )
    return _(
        sentence,
        when=period_in_words(last["period"]),
        share=per_cent(last["chronic_share"]),
        students=students(int(last["chronic_base"])),
        limit=percent(CHRONIC_SHARE_ABSENT),
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
    few = (counts < FEW_STUDENTS).any()
    return _("Hollow points have fewer than ten students.") if few else ""


def published_note(published: pd.DataFrame) -> str:
    """Where the published rates beside a chart are from, or why there are none."""
    if not len(published):
        return _(NO_PUBLISHED)
    sources = reduce(_one_and_other, sorted(set(published["source"])))
    return _("Squares: attendance rates the state published, in “{sources}”.", sources=sources)


def chronic_note(grain: Grain) -> str:
    """How chronic absence is counted at this grain."""
    if grain == "month":
        return _(
            "The school year to date: absent for {share} or more of the days enrolled so far that "
            "year, with at least {days}; each line begins anew every year. The year’s first month "
            "is left out where too few have been enrolled that long.",
            share=percent(CHRONIC_SHARE_ABSENT),
            days=CHRONIC_MINIMUM_DAYS,
        )
    return _(
        "Over the school year. For all districts a student's days are pooled over the state; "
        "several districts at once are the sum of the districts' own counts."
    )


def _stands(who: str, last: pd.Series, earlier: pd.Series | None) -> str:
    """The attendance in one row of a trend beside that in an earlier one, where there is one."""
    told = {
        "whom": who,
        "rate": per_cent(last["attendance_rate"]),
        "when": period_in_words(last["period"]),
    }
    if earlier is None:
        return _("{whom}: students attended {rate} of their days in {when}.", **told)
    change = last["attendance_rate"] - earlier["attendance_rate"]
    told |= {"points": points(change), "earlier": period_in_words(earlier["period"])}
    value = round(100 * change, 1)
    if value == 0:
        return _(
            "{whom}: students attended {rate} of their days in {when}, as much as in {earlier}.",
            **told,
        )
    if value > 0:
        return _(
            "{whom}: students attended {rate} of their days in {when}, {points} points more than "
            "in {earlier}.",
            **told,
        )
    return _(
        "{whom}: students attended {rate} of their days in {when}, {points} points less than in "
        "{earlier}.",
        **told,
    )


def _one_and_other(one: str, other: str) -> str:
    return _("{one} and {other}", one=one, other=other)


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
        return _("Attendance of {whom}: {rate}.", whom=one, rate=per_cent(low["attendance_rate"]))
    return _(
        "Attendance of the others: from {low} ({one}) to {high} ({other}).",
        low=per_cent(low["attendance_rate"]),
        one=one,
        high=per_cent(high["attendance_rate"]),
        other=other,
    )
