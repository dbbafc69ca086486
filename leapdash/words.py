"""Sentences from the tables: the answer a page gives, and what its charts show, in plain English.

Rates are written as per cents with one decimal, differences of rates in points, counts with
commas. Nothing here says that a visit caused anything: these are plain before-and-after figures.
"""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from leapdash.filters import FILTER_LABELS, Filters, Known, labels
from leapdash.views import Reach, Visits

NO_FIGURE = "–"

NOT_THE_EFFECT = (
    "This is a plain before-and-after, not the effect of the visits. Students are visited when "
    "their attendance is at its worst, so part of any rise would have come without a visit."
)


def per_cent(rate: float | None) -> str:
    """A rate as a per cent with one decimal; a dash where there is none."""
    return NO_FIGURE if rate is None or pd.isna(rate) else f"{rate:.1%}"


def points(change: float | None, signed: bool = False) -> str:
    """A difference of rates in points with one decimal, with or without its sign."""
    if change is None or pd.isna(change):
        return NO_FIGURE
    value = round(100 * change, 1) + 0.0
    text = f"{value:+.1f}" if signed and value else f"{abs(value):.1f}"
    return text.replace("-", "−")


def count(number: float | None) -> str:
    """A count with thousands separated by commas; a dash where there is none."""
    return NO_FIGURE if number is None or pd.isna(number) else f"{int(number):,}"


def month(day: date) -> str:
    """A month as words: June 2023."""
    return f"{day:%B %Y}"


def impact_answer(average: Mapping[str, float], visits: Visits, reach: Reach) -> str:
    """How visited students attended before and after, and how many were reached."""
    if visits.first_visits == 0:
        return "No family has been met at a home visit in this choice."
    met = f"Home visits met {_families(visits.first_visits)}."
    share = reach.share_visited
    reached = ""
    if share is not None:
        reached = (
            f" In {month(reach.month)}, {per_cent(share)} of the students who had become eligible "
            f"had been visited; {count(reach.waiting)} were waiting."
        )
    return f"{met} {before_after_sentence(average)}{reached}"


def before_after_sentence(average: Mapping[str, float]) -> str:
    """Attendance in the six months before and the twelve after, and the difference in points."""
    before, after = average["before"], average["after"]
    if pd.isna(before) or pd.isna(after):
        return "There are not yet school months on both sides of the visit to set beside each other."
    return (
        f"Visited students attended {per_cent(before)} of their days in the six school months "
        f"before the first visit and {per_cent(after)} in the twelve after: "
        f"{_more_or_less(after - before)}."
    )


def before_after_answer(averages: pd.DataFrame) -> str:
    """The answer of Before and after, for one series or several. Takes `before_after`'s table."""
    if len(averages) == 1:
        return before_after_sentence(dict(averages.iloc[0]))
    known = averages[averages["change"].notna()]
    if not len(known):
        return before_after_sentence({"before": float("nan"), "after": float("nan")})
    if len(known) == 1:
        only = known.iloc[0]
        return f"{only['series']}: {before_after_sentence(dict(only))}"
    most, least = known.loc[known["change"].idxmax()], known.loc[known["change"].idxmin()]
    return (
        f"From the six school months before the first visit to the twelve after, attendance changed "
        f"most in “{most['series']}” ({points(most['change'], signed=True)} points, "
        f"{count(most['students'])} students) and least in “{least['series']}” "
        f"({points(least['change'], signed=True)} points, {count(least['students'])} students)."
    )


def trends_answer(attendance: pd.DataFrame, chronic: pd.DataFrame, grain: str) -> str:
    """How attendance stands at the end of the period shown, and how it moved.

    Takes the tables of `attendance_trend` and `chronic_trend`; speaks of the first series, and
    sets the second beside it where there are two or more.
    """
    first_code = attendance["code"].iloc[0]
    line = attendance[(attendance["code"] == first_code) & attendance["attendance_rate"].notna()]
    last = line.iloc[-1]
    sentence = (
        f"{last['series']}: students attended {per_cent(last['attendance_rate'])} of their days in "
        f"{_period(last['period'])}"
    )
    earlier = _year_before(line, last["period"], grain)
    if earlier is not None:
        change = last["attendance_rate"] - earlier["attendance_rate"]
        sentence += f", {_more_or_less(change)} than in {_period(earlier['period'])}"
    missed = chronic[(chronic["code"] == first_code) & (chronic["period"] == last["period"])]
    if len(missed):
        sentence += f"; {per_cent(missed['chronic_share'].iloc[0])} were chronically absent"
    return sentence + "." + _beside(attendance, last)


def district_answer(
    name: str, year: str, rate: float, state_rate: float, waiting: int | None
) -> str:
    """A district's attendance beside the state's, and how many students wait for a visit."""
    sentence = (
        f"In {name}, students attended {per_cent(rate)} of their days in {year}, "
        f"{_above_or_below(rate - state_rate)} all districts together"
    )
    if waiting is None:
        return f"{sentence}. The district takes no part in home visits."
    if waiting == 1:
        return f"{sentence}; 1 student is waiting for a first visit."
    return f"{sentence}; {count(waiting)} students are waiting for a first visit."


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


def _families(number: int) -> str:
    return "the family of 1 student" if number == 1 else f"the families of {count(number)} students"


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


def _year_before(line: pd.DataFrame, period: date | str, grain: str) -> pd.Series | None:
    """The row one year earlier; None where the series doesn't reach that far."""
    if isinstance(period, date):
        earlier = line[line["period"] == period.replace(year=period.year - 1)]
    else:
        earlier = line[line["period"] < period].tail(1)
    return earlier.iloc[0] if len(earlier) and grain else None


def _beside(attendance: pd.DataFrame, last: pd.Series) -> str:
    others = attendance[
        (attendance["code"] != last["code"]) & (attendance["period"] == last["period"])
    ]
    others = others[others["attendance_rate"].notna()]
    if not len(others):
        return ""
    if len(others) == 1:
        other = others.iloc[0]
        return f" {other['series']}: {per_cent(other['attendance_rate'])}."
    low = others.loc[others["attendance_rate"].idxmin()]
    high = others.loc[others["attendance_rate"].idxmax()]
    return (
        f" Beside it, from {per_cent(low['attendance_rate'])} ({low['series']}) to "
        f"{per_cent(high['attendance_rate'])} ({high['series']})."
    )


def _plural(name: str) -> str:
    return FILTER_LABELS[name].lower() if name != "participation" else "kinds of participation"

