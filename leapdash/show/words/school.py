"""Sentences of one school: how it stands, and whether it changed by more than chance."""

import pandas as pd

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.choice import Choice
from leapdash.show.views.school import AgainstLastYear
from leapdash.show.words.numbers import count, month, per_cent, points, students

AT_FIRST = (
    "Of the districts chosen, the page begins with the school where most students wait, if any do. "
    "Find any other by its name."
)
WAITS = (
    "Students enrolled that month; first visits are all those made at the school until then, by "
    "the days since the end of the month in which the student became eligible."
)
_HARDLY = 1.0
_LIKE_IT = (
    "Schools of the same level, nearest in share of high needs students and in size. Distance: "
    "both together, each in standard deviations among all schools of the level; 0 is the school "
    "itself. "
    "Likeness in these two says nothing of anything else, and no order here is a rank."
)
TO_DATE = (
    "The school year to date: absent for 10% or more of the days enrolled so far that year; each "
    "line begins anew every year. The year’s first month is left out where too few have been "
    "enrolled that long."
)
INDEPENDENT = (
    "The range takes the students of both years as independent. Many are the same, which makes it "
    "too wide rather than too narrow."
)


def like_note(like: pd.DataFrame) -> str:
    """How schools were found that are like one, and whether any is; takes `schools_like_it`."""
    nearest = like["distance"].iloc[1:].min()
    if pd.isna(nearest):
        return "No other school has this level."
    if nearest <= _HARDLY:
        return _LIKE_IT
    return f"{_LIKE_IT} The nearest is {nearest:.1f} away: none is much like this school."


def name_of(choice: Choice, level: str) -> str:
    """The school, its district and level: Elm School (Hartford, grades 6-8)."""
    school = choice.known.schools[choice.school]
    return f"{school.name} ({choice.known.districts[school.district]}, grades {level})"


def answer(name: str, like: pd.DataFrame, year: str, change: AgainstLastYear | None) -> str:
    """A school's attendance beside that of schools like it; its chronic absence and last year's.

    `like`: the table of `schools_like_it`.
    """
    own, others = like.iloc[0], like.iloc[1:]
    rates = others["attendance_rate"].dropna()
    told = f"{name}: students attended {per_cent(own['attendance_rate'])} of their days in {year}. "
    if len(rates) > 1:
        told += (
            f"In the {len(rates)} schools nearest to it in need and size, it was "
            f"{per_cent(rates.min())} to {per_cent(rates.max())}. "
        )
    return told + against_last_year(change)


def against_last_year(change: AgainstLastYear | None) -> str:
    """Chronic absence in the year to date beside a year before, and whether chance may have it."""
    if change is None:
        return "There is no year before to set chronic absence beside."
    if min(change.counted, change.counted_before) < FEW_STUDENTS:
        return "Too few students are counted to set chronic absence beside the year before."
    when = month(change.month)
    told = (
        f"By the end of {when}, {per_cent(change.now)} of {students(change.counted)} were "
        f"chronically absent in the school year so far, "
    )
    before = month(change.month.replace(year=change.month.year - 1))
    if round(100 * change.change, 1) == 0:
        told += f"as many as in {before}"
    else:
        side = "more" if change.change > 0 else "less"
        told += f"{points(change.change)} points {side} than in {before}"
    between = f"between {points(change.low, signed=True)} and {points(change.high, signed=True)}"
    if change.may_be_chance:
        return f"{told}; that may be chance ({between} points)."
    return f"{told}, more than chance would have ({between} points)."


def visits(reach: pd.Series, when: str) -> str:
    """Whom the programme reached at the school; takes `school_reach`."""
    if not len(reach):
        return f"The district took no part in home visits in {when}."
    waiting, tried = int(reach["waiting"]), int(reach["tried"])
    return (
        f"By {when}, {count(reach['ever_eligible'])} of the students enrolled had been eligible; "
        f"{count(reach['ever_eligible_visited'])} of them had been visited, and "
        f"{students(waiting)} {'was' if waiting == 1 else 'were'} waiting. Of these, a visit was "
        f"tried to {count(tried)} and met nobody."
    )
