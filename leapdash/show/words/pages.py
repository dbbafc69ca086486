"""Sentences from the tables: the answer a page gives, and what its charts show, in plain English.

Rates are written as per cents with one decimal, differences of rates in points, counts with
commas. Nothing here says that a visit caused anything: these are plain before-and-after figures.
"""

import math
from collections.abc import Mapping
from datetime import date

import pandas as pd

from leapdash.contract import LEVELS, PARTICIPATION
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    CONFIDENCE,
    FEW_STUDENTS,
    SEVERE_SHARE_ABSENT,
    percent,
)
from leapdash.release import Manifest
from leapdash.show.filters import FILTER_LABELS, PARTICIPATION_LABELS, Filters, Known, labels
from leapdash.show.views import Grain, Reach
from leapdash.show.words.numbers import count, per_cent, points

_CHRONIC = percent(CHRONIC_SHARE_ABSENT)
MEMBERS_CHANGE = (
    "Who is visited, eligible or neither changes from month to month: a student moves on as months "
    "pass. These lines are no before-and-after."
)
NO_PUBLISHED = (
    "The state publishes attendance by district and student group only: not by level or "
    "participation, nor for several districts together."
)
DEFINITIONS = (
    ("Attendance rate", "Days attended over days enrolled: add up first, divide last."),
    (
        "Chronic absence",
        f"Absent for {_CHRONIC} or more of the days enrolled, for any reason; students of "
        f"kindergarten to grade 12 with at least {CHRONIC_MINIMUM_DAYS} days enrolled. Exactly "
        f"{percent(1 - CHRONIC_SHARE_ABSENT)} attendance is chronic absence.",
    ),
    (
        "Severe chronic absence",
        f"Absent for {percent(SEVERE_SHARE_ABSENT)} or more of the days enrolled.",
    ),
    (
        "First visit",
        "The first home visit that met the family. In a month without school it counts from the "
        "next school month.",
    ),
    (
        "Before, after",
        "The six school months before the month of the first visit, and the twelve after it. The "
        "month of the visit is on neither side.",
    ),
    ("Points", "The difference of two rates: from 80.0% to 84.0% is 4.0 points."),
    (
        "Effect of a visit",
        "Visited students’ attendance rate less the rate they would have had without the visit, "
        "taken from similar students not visited by then; a mean over the visited students.",
    ),
    (
        "Between a and b",
        f"A {percent(CONFIDENCE)} confidence interval: such ranges hold the true effect "
        f"{100 * CONFIDENCE:.0f} times in 100.",
    ),
    (
        "School months",
        "Months with school, counted in order: summers are skipped.",
    ),
    (
        "School year",
        "July to June. A summer counts with the school year that follows.",
    ),
    ("Levels", "; ".join(f"{level}: {meaning}" for level, meaning in LEVELS.items()) + "."),
    *(
        (PARTICIPATION_LABELS[part], f"{text[:1].upper()}{text[1:]}.")
        for part, text in PARTICIPATION.items()
    ),
    (
        "High needs",
        "English learner, disability, or eligible for free or reduced price meals.",
    ),
    (
        "Sources of the definitions",
        "Attendance and chronic absence as the Connecticut State Department of Education defines "
        "them; severe chronic absence as Attendance Works does.",
    ),
)


def month(day: date) -> str:
    """A month as words: June 2023."""
    return f"{day:%B %Y}"


def before_after_sentence(average: Mapping[str, float]) -> str:
    """Attendance in the six months before and the twelve after, and the difference in points."""
    before, after = average["before"], average["after"]
    if math.isnan(before) or math.isnan(after):
        return (
            "There are not yet school months on both sides of the visit to set beside each other."
        )
    return (
        f"Visited students attended {per_cent(before)} of their days in the six school months "
        f"before the first visit and {per_cent(after)} in the twelve after: "
        f"{_more_or_less(after - before)}."
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
        sentence += f" (only {_students(last['students'])})"
    earlier = _year_before(line, last["period"], grain)
    if earlier is not None:
        change = last["attendance_rate"] - earlier["attendance_rate"]
        sentence += f", {_more_or_less(change)} than in {_period(earlier['period'])}"
    missed = chronic[(chronic["code"] == code) & (chronic["period"] == last["period"])]
    if len(missed):
        sentence += f"; {per_cent(missed['chronic_share'].iloc[0])} were chronically absent"
    others = shown[(shown["code"] != code) & (shown["period"] == last["period"])]
    return f"{sentence}.{_beside(others)}"


def district_answer(name: str, year: str, rate: float, state_rate: float, reach: Reach) -> str:
    """A district's attendance beside the state's, and how many students wait for a visit."""
    sentence = (
        f"In {name}, students attended {per_cent(rate)} of their days in {year}, "
        f"{_above_or_below(rate - state_rate)} all districts together"
    )
    if not reach.taking_part:
        return f"{sentence}. The district took no part in home visits in {month(reach.month)}."
    verb = "is" if reach.waiting == 1 else "are"
    return f"{sentence}; {_students(reach.waiting)} {verb} waiting for a first visit."


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
        return f"Within each month: absent for {_CHRONIC} or more of that month's days enrolled."
    return (
        "Over the school year. For all districts a student's days are pooled over the state; "
        "several districts at once are the sum of the districts' own counts."
    )


def about_answer(manifest: Manifest) -> str:
    """Whether the data are real, from when, and how far they run."""
    kind = (
        "These students are simulated: no figure here but the published ones is about a real child"
        if manifest.synthetic
        else "These figures are from the districts' own records"
    )
    return (
        f"{kind}. The release covers the school years {manifest.school_years[0]} to "
        f"{manifest.school_years[-1]}, through {month(manifest.through)}."
    )


def release_facts(manifest: Manifest) -> list[tuple[str, str]]:
    """What a release says of itself, as pairs of a name and words."""
    tier = {
        "restricted": "restricted: holds small numbers, for those who may see them",
        "public": "public: small numbers are withheld",
    }
    half_days = {
        "state": "half a day or more counts as present",
        "fraction": "the fraction of the day attended counts",
    }
    rules = [
        (name.replace("_", " ").capitalize(), half_days.get(text, text))
        for name, text in manifest.rules.items()
    ]
    return [
        ("Name", manifest.release_id),
        ("Built", manifest.created.replace("T", " ").replace("+00:00", " UTC")),
        ("Data", "simulated" if manifest.synthetic else "recorded"),
        ("Data through", month(manifest.through)),
        ("Tier", tier[manifest.tier]),
        ("Built with", f"leapdash {manifest.leapdash_version}"),
        ("Contract version", manifest.contract_version),
        *rules,
    ]


def nothing_behind(filters: Filters, known: Known) -> str:
    """Why there is nothing to show: the choice, in words."""
    return f"No student stands behind this choice: {choice(filters, known) or 'everything'}."


def choice(filters: Filters, known: Known) -> str:
    """The filters that narrow something, in words: Hartford · 6-8 · 2021-22. Empty for none."""
    parts = []
    for name in filters.active():
        values = (filters.group,) if name == "group" else getattr(filters, name)
        words = [labels(name, known)[value] for value in values]
        parts.append(", ".join(words) if len(words) <= 2 else f"{len(words)} {_plural(name)}")
    return " · ".join(parts)


def students_behind(table: pd.DataFrame) -> str:
    """How many students stand behind the first, the last and the nearest months of the paths."""
    by_time = table.groupby("event_time")["students"].sum()
    parts = [
        f"{count(by_time[time])} {words}"
        for time, words in (
            (-6, "six months before"),
            (-1, "in the month before"),
            (1, "in the month after"),
            (12, "twelve months after"),
        )
        if time in by_time.index
    ]
    return "Students behind the points: " + ", ".join(parts) + "."


def alt_lines(title: str, table: pd.DataFrame, rate: str, over: str) -> str:
    """What a line chart shows, for who can't see it: each line's first and last value."""
    parts = []
    for _, line in table[table[rate].notna()].groupby("code", sort=False):
        first, last = line.iloc[0], line.iloc[-1]
        parts.append(f"{last['series']} from {per_cent(first[rate])} to {per_cent(last[rate])}")
    return f"Line chart over {over}: {title}. " + "; ".join(parts[:8]) + "."


def alt_rows(title: str, table: pd.DataFrame, name: str, value: str) -> str:
    """What a chart with a row for each place shows: how many rows, the lowest and the highest."""
    rows = table[table[value].notna()].sort_values(value)
    if not len(rows):
        return f"{title}. No rows."
    low, high = rows.iloc[0], rows.iloc[-1]
    show = per_cent if rows[value].abs().max() <= 1 else count
    return (
        f"{title}. {len(rows)} rows, from {low[name]} ({show(low[value])}) to {high[name]} "
        f"({show(high[value])})."
    )


def _students(number: int) -> str:
    return "1 student" if number == 1 else f"{count(number)} students"


def _more_or_less(change: float) -> str:
    value = round(100 * change, 1)
    if value == 0:
        return "no difference"
    return f"{points(change)} points {'more' if value > 0 else 'less'}"


def _above_or_below(change: float) -> str:
    value = round(100 * change, 1)
    if value == 0:
        return "level with"
    return f"{points(change)} points {'above' if value > 0 else 'below'}"


def _period(period: date | str) -> str:
    return month(period) if isinstance(period, date) else period


def _year_before(line: pd.DataFrame, period: date | str, grain: Grain) -> pd.Series | None:
    """The row one year earlier; None where the series doesn't reach that far."""
    if grain == "month" and isinstance(period, date):
        earlier = line[line["period"] == period.replace(year=period.year - 1)]
    else:
        earlier = line[line["period"] < period].tail(1)
    return earlier.iloc[0] if len(earlier) else None


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


def _plural(name: str) -> str:
    return FILTER_LABELS[name].lower() if name != "participation" else "kinds of participation"
