"""Sentences of one school: how it stands, and whether it changed by more than chance."""

import pandas as pd

from leapdash.contract.thresholds import (
    CHRONIC_SHARE_ABSENT,
    FEW_STUDENTS,
    LITTLE_SHARE_ABSENT,
    SEVERE_SHARE_ABSENT,
    percent,
)
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _, _n
from leapdash.show.views.school import AgainstLastYear, AttendanceSince
from leapdash.show.words.numbers import count, month, per_cent, points, students

AT_FIRST = N_(
    "Of the districts chosen, the page begins with the school where most students wait, if any do. "
    "Find any other by its name."
)
FIRST_BY_NAME = N_(
    "Of the districts chosen, the page begins with the first school by its name. Find any other by "
    "its name."
)
WAITS = N_(
    "Students enrolled that month; first visits are all those made at the school until then. Days "
    "are those since the end of the month in which the student became eligible."
)
BANDS = {
    "absent_under_5": N_("Less than {little} of their days missed"),
    "absent_5_to_10": N_("{little} to less than {chronic}"),
    "absent_10_to_20": N_("{chronic} to less than {severe}: chronically absent"),
    "absent_20_or_more": N_("{severe} or more: severely chronically absent"),
}
COUNTED = {
    "ever_eligible": N_("Ever eligible"),
    "ever_eligible_visited": N_("Eligible and visited"),
    "waiting": N_("Waiting"),
    "waiting_30": N_("Waiting for 30 days or less"),
    "waiting_60": N_("Waiting for 31 to 60 days"),
    "waiting_120": N_("Waiting for 61 to 120 days"),
    "waiting_over_120": N_("Waiting for more than 120 days"),
    "tried": N_("Waiting, tried without meeting the family"),
    "first_visits_30": N_("First visits within 30 days"),
    "first_visits_60": N_("First visits after 31 to 60 days"),
    "first_visits_120": N_("First visits after 61 to 120 days"),
    "first_visits_over_120": N_("First visits later"),
}
"""What is counted of the programme at a school, by the names of `school_reach`."""
_HARDLY = 1.0
_LIKE_IT = N_(
    "Schools of the same level, nearest in share of high needs students and in size. Distance: "
    "both together, each in standard deviations among all schools of the level; 0 is the school "
    "itself. "
    "Likeness in these two says nothing of anything else, and no order here is a rank."
)
_OF_ONE_DISTRICT = N_("Only schools of the district itself were looked at.")
TO_DATE = N_(
    "The school year to date: absent for 10% or more of the days enrolled so far that year; each "
    "line begins anew every year. The year’s first month is left out where too few have been "
    "enrolled that long."
)
INDEPENDENT = N_(
    "The range takes the students of both years as independent. Many are the same, which makes it "
    "too wide rather than too narrow."
)


def like_note(like: pd.DataFrame, of_one_district: bool = False) -> str:
    """How schools were found that are like one, and whether any is; takes `schools_like_it`.

    `of_one_district`: the release knows of no other's schools.
    """
    told = _like_note(like)
    return f"{told} {_(_OF_ONE_DISTRICT)}" if of_one_district else told


def _like_note(like: pd.DataFrame) -> str:
    nearest = like["distance"].iloc[1:].min()
    if pd.isna(nearest):
        return _("No other school has this level.")
    if nearest <= _HARDLY:
        return _(_LIKE_IT)
    far = f"{nearest:.1f}"
    none_like_it = _("The nearest is {far} away: none is much like this school.", far=far)
    return f"{_(_LIKE_IT)} {none_like_it}"


def band_name(band: str) -> str:
    """A band of absence in words."""
    limits = {
        "little": percent(LITTLE_SHARE_ABSENT),
        "chronic": percent(CHRONIC_SHARE_ABSENT),
        "severe": percent(SEVERE_SHARE_ABSENT),
    }
    return _(BANDS[band], **limits)


def name_of(choice: Choice, level: str) -> str:
    """The school, its district and level: Elm School (Hartford, grades 6-8)."""
    school = choice.known.schools[choice.school]
    return _(
        "{school} ({district}, grades {level})",
        school=school.name,
        district=choice.known.districts[school.district],
        level=level,
    )


def answer(name: str, like: pd.DataFrame, year: str, change: AgainstLastYear | None) -> str:
    """A school's attendance beside that of schools like it; its chronic absence and last year's.

    `like`: the table of `schools_like_it`.
    """
    own, others = like.iloc[0], like.iloc[1:]
    rates = others["attendance_rate"].dropna()
    told = [
        _(
            "{school}: students attended {rate} of their days in {year}.",
            school=name,
            rate=per_cent(own["attendance_rate"]),
            year=year,
        )
    ]
    if len(rates) > 1:
        told.append(
            _(
                "In the {n} schools nearest to it in need and size, it was {low} to {high}.",
                n=len(rates),
                low=per_cent(rates.min()),
                high=per_cent(rates.max()),
            )
        )
    return " ".join([*told, against_last_year(change)])


def against_last_year(change: AgainstLastYear | None) -> str:
    """Chronic absence in the year to date beside a year before, and whether chance may have it."""
    if change is None:
        return _("There is no year before to set chronic absence beside.")
    if min(change.counted, change.counted_before) < FEW_STUDENTS:
        return _("Too few students are counted to set chronic absence beside the year before.")
    return _(
        _CHANGES[_side(change.change), change.may_be_chance],
        month=month(change.month),
        share=per_cent(change.now),
        students=students(change.counted),
        points=points(change.change),
        before=month(change.month.replace(year=change.month.year - 1)),
        low=points(change.low, signed=True),
        high=points(change.high, signed=True),
    )


_MORE, _AS_MANY, _LESS = 1, 0, -1
_CHANGES = {
    (_MORE, True): N_(
        "By the end of {month}, {share} of {students} were chronically absent in the school year "
        "so far, {points} points more than in {before}; that may be chance (between {low} and "
        "{high} points)."
    ),
    (_MORE, False): N_(
        "By the end of {month}, {share} of {students} were chronically absent in the school year "
        "so far, {points} points more than in {before}, more than chance would have (between "
        "{low} and {high} points)."
    ),
    (_AS_MANY, True): N_(
        "By the end of {month}, {share} of {students} were chronically absent in the school year "
        "so far, as many as in {before}; that may be chance (between {low} and {high} points)."
    ),
    (_AS_MANY, False): N_(
        "By the end of {month}, {share} of {students} were chronically absent in the school year "
        "so far, as many as in {before}, more than chance would have (between {low} and {high} "
        "points)."
    ),
    (_LESS, True): N_(
        "By the end of {month}, {share} of {students} were chronically absent in the school year "
        "so far, {points} points less than in {before}; that may be chance (between {low} and "
        "{high} points)."
    ),
    (_LESS, False): N_(
        "By the end of {month}, {share} of {students} were chronically absent in the school year "
        "so far, {points} points less than in {before}, more than chance would have (between "
        "{low} and {high} points)."
    ),
}


_SINCE = {
    (_MORE, True): N_(
        "In {month}, students attended {rate} of their days, {points} points more than in "
        "{before}; that may be chance (between {low} and {high} points)."
    ),
    (_MORE, False): N_(
        "In {month}, students attended {rate} of their days, {points} points more than in "
        "{before}, more than chance would have (between {low} and {high} points)."
    ),
    (_AS_MANY, True): N_(
        "In {month}, students attended {rate} of their days, as much as in {before} (between {low} "
        "and {high} points)."
    ),
    (_LESS, True): N_(
        "In {month}, students attended {rate} of their days, {points} points less than in "
        "{before}; that may be chance (between {low} and {high} points)."
    ),
    (_LESS, False): N_(
        "In {month}, students attended {rate} of their days, {points} points less than in "
        "{before}, more than chance would have (between {low} and {high} points)."
    ),
}


def attendance_since(found: AttendanceSince | None) -> str:
    """Attendance in the last month beside a year before, and whether chance may have it; empty
    where one of the months isn't there, or has too few students.
    """
    if found is None or min(found.now.students, found.before.students) < FEW_STUDENTS:
        return ""
    change = found.difference
    side, may_be_chance = _side(change.effect), change.low <= 0 <= change.high
    return _(
        _SINCE[side, may_be_chance or side == _AS_MANY],
        month=month(found.month),
        rate=per_cent(found.now.rate),
        points=points(change.effect),
        before=month(found.month.replace(year=found.month.year - 1)),
        low=points(change.low, signed=True),
        high=points(change.high, signed=True),
    )


def _side(change: float) -> int:
    """Which way a change is told: as it is written, to a tenth of a point."""
    rounded = round(100 * change, 1)
    return _MORE if rounded > 0 else _LESS if rounded < 0 else _AS_MANY


def visits(reach: pd.Series, when: str) -> str:
    """Whom the programme reached at the school; takes `school_reach`."""
    if not len(reach):
        return _("The district took no part in home visits in {month}.", month=when)
    return _n(
        "By {month}, {eligible} of the students enrolled had been eligible; {visited} of them had "
        "been visited, and {n} student was waiting. Of these, a visit was tried to {tried} and "
        "met nobody.",
        "By {month}, {eligible} of the students enrolled had been eligible; {visited} of them had "
        "been visited, and {n} students were waiting. Of these, a visit was tried to {tried} and "
        "met nobody.",
        int(reach["waiting"]),
        month=when,
        eligible=count(reach["ever_eligible"]),
        visited=count(reach["ever_eligible_visited"]),
        n=count(reach["waiting"]),
        tried=count(reach["tried"]),
    )
