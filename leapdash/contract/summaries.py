"""The tables a release holds."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from leapdash.contract.codes import (
    CODE_PATTERN,
    CONTACTS,
    GEOGRAPHIES,
    GRADES,
    LANGUAGES,
    PLACES,
    STATE_CODE,
    VISIT_KINDS,
    VISITORS,
)
from leapdash.contract.columns import (
    ATTENDANCE_MEASURES,
    DAYS_ATTENDED,
    DAYS_ENROLLED,
    DISTRICT,
    EVENT_TIME,
    GROUP,
    LEVEL,
    MONTH,
    PARTICIPATION_COLUMN,
    PERIOD_PATTERN,
    SCHOOL,
    STUDENTS,
    YEAR,
    count,
)
from leapdash.contract.effects import EFFECT_TABLES
from leapdash.contract.inputs import INPUT_TABLES
from leapdash.contract.model import CodesBy, Column, Reference, Table
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    LITTLE_SHARE_ABSENT,
    SEVERE_SHARE_ABSENT,
    WAITING_DAYS,
    percent,
)

_SCHOOLS = Reference(("school_code", "district_code"), "schools")
_DISTRICTS = Reference(("district_code",), "schools")
_LITTLE, _CHRONIC, _SEVERE = map(
    percent, (LITTLE_SHARE_ABSENT, CHRONIC_SHARE_ABSENT, SEVERE_SHARE_ABSENT)
)


def _by_waiting_time(what: str) -> tuple[str, ...]:
    return (*(f"{what}_{days}" for days in WAITING_DAYS), f"{what}_over_{WAITING_DAYS[-1]}")


WAITING: tuple[str, ...] = _by_waiting_time("waiting")
FIRST_VISITS: tuple[str, ...] = _by_waiting_time("first_visits")
"""The columns of students waiting, and of first visits, by class of waiting time, shortest first.
"""


def _waiting_columns(names: tuple[str, ...], shortest: str, last_words: str) -> Iterator[Column]:
    first, *_, last = WAITING_DAYS
    meanings = [shortest.format(first)]
    meanings += [f"{last_words} {low + 1} to {high} days" for low, high in pairwise(WAITING_DAYS)]
    meanings.append(f"{last_words} more than {last} days")
    for name, meaning in zip(names, meanings, strict=True):
        yield count(name, meaning, nullable=True)


_BANDS = (
    GROUP,
    count("chronic_base", f"students with at least {CHRONIC_MINIMUM_DAYS} days enrolled"),
    count("absent_under_5", f"of those, absent for less than {_LITTLE} of their days"),
    count("absent_5_to_10", f"absent for {_LITTLE} or more and less than {_CHRONIC}"),
    count("absent_10_to_20", f"absent for {_CHRONIC} or more and less than {_SEVERE}: chronic"),
    count("absent_20_or_more", f"absent for {_SEVERE} or more: severely chronic"),
)


def _chronic(name: str, period: Column, meaning: str) -> Table:
    """A table of students by share of their days missed, by period and geography."""
    return Table(
        name,
        f"{period.name.replace('_', ' ')} x geography x level x participation x group",
        f"{meaning} A student's days are pooled within the school, district or state first; level, "
        "participation and group are those of the student's last enrolled month there. "
        "Pre-kindergarten is left out. Schools have the group `all` only.",
        (
            period,
            Column("geography", "text", "what the row covers", codes=GEOGRAPHIES),
            Column(
                "district_code",
                "text",
                f"the district; the state's rows carry {STATE_CODE}",
                pattern=CODE_PATTERN,
            ),
            Column(
                "school_code",
                "text",
                "the school; empty for districts and the state",
                pattern=CODE_PATTERN,
                nullable=True,
            ),
            LEVEL,
            PARTICIPATION_COLUMN,
            *_BANDS,
        ),
        key=(
            *(period.name, "geography", "district_code", "school_code"),
            *("level", "participation", "group"),
        ),
        references=(
            Reference(("district_code",), "schools", besides=(STATE_CODE,)),
            replace(_SCHOOLS, where=("geography", "school")),
        ),
    )


SUMMARY_TABLES: tuple[Table, ...] = (
    Table(
        "attendance",
        "month x district x school x level x participation",
        "Attendance by month and school. A student who changes school within a month counts in "
        "both.",
        (MONTH, DISTRICT, SCHOOL, LEVEL, PARTICIPATION_COLUMN, *ATTENDANCE_MEASURES),
        key=("month", "district_code", "school_code", "level", "participation"),
        references=(_SCHOOLS,),
    ),
    Table(
        "attendance_by_group",
        "month x district x level x participation x group",
        "Attendance by month, district and student group. A student's days are pooled within the "
        "district first, so a change of school within it counts once.",
        (MONTH, DISTRICT, LEVEL, PARTICIPATION_COLUMN, GROUP, *ATTENDANCE_MEASURES),
        key=("month", "district_code", "level", "participation", "group"),
        references=(_DISTRICTS,),
    ),
    _chronic("chronic_absence", YEAR, "Students by share of the school year missed."),
    _chronic(
        "chronic_to_date",
        MONTH,
        "Students by share of the school year missed so far: of all its days up to the end of the "
        "month, whoever was enrolled for enough of them, by then or still.",
    ),
    Table(
        "visits",
        "month x school x level x contact",
        "Home visits by calendar month and the school the student attended then: without a day "
        "enrolled in that month, the school of the latest month before it, else of the first "
        "after it, else of the nearest school year's enrollment.",
        (
            MONTH,
            DISTRICT,
            SCHOOL,
            LEVEL,
            Column("contact", "text", "whether the visitor met the family", codes=CONTACTS),
            count("visits", "visits", unit="visits"),
            count("students", "students visited"),
            count(
                "first_visits",
                "visits that were a student's first to meet the family",
                unit="visits",
            ),
        ),
        key=("month", "school_code", "level", "contact"),
        references=(_SCHOOLS,),
    ),
    Table(
        "visits_by_kind",
        "school year x district x level x kind x value",
        "Home visits by place, by visitor and by language, each by itself: a finer grain would "
        "show single visits.",
        (
            YEAR,
            DISTRICT,
            LEVEL,
            Column("kind", "text", "which property of the visit `value` is", codes=VISIT_KINDS),
            Column(
                "value",
                "text",
                "the property's value (codes of the input table `visits`; "
                "languages as en, es or other)",
                codes_by=CodesBy(
                    "kind",
                    codes={"place": PLACES, "visitor": VISITORS, "language": LANGUAGES},
                    patterns={},
                ),
            ),
            count("visits", "visits", unit="visits"),
            count("students", "students visited"),
            count(
                "first_visits",
                "visits that were a student's first to meet the family",
                unit="visits",
            ),
        ),
        key=("school_year", "district_code", "level", "kind", "value"),
        references=(_DISTRICTS,),
    ),
    Table(
        "reach",
        "month x school x level x group",
        "Who was visited and who is waiting, among students enrolled that month; a first visit in "
        "a month without a day enrolled is in `visits` only. Empty where the district takes part "
        "on no day of that month.",
        (
            MONTH,
            DISTRICT,
            SCHOOL,
            LEVEL,
            GROUP,
            count("ever_eligible", "students eligible by this month", nullable=True),
            count("ever_eligible_visited", "of those, visited by this month", nullable=True),
            count("waiting", "of those, not visited yet", nullable=True),
            count("tried", "of those waiting, a visit was tried and met nobody", nullable=True),
            count(
                "visited_not_eligible",
                "students visited by this month, not eligible by then",
                nullable=True,
            ),
            *_waiting_columns(
                WAITING,
                "of those waiting, for at most {} days by the end of the month",
                "of those waiting, for",
            ),
            *_waiting_columns(
                FIRST_VISITS,
                "eligible students first visited this month, within {} days",
                "the same, after",
            ),
        ),
        key=("month", "school_code", "level", "group"),
        references=(_SCHOOLS,),
    ),
    Table(
        "paths",
        "district x school x level x cohort period x language x months since first visit",
        "Attendance of visited students by school months since the first visit that met the "
        "family. A student stays at the school and level of the first visit.",
        (
            DISTRICT,
            SCHOOL,
            LEVEL,
            Column(
                "cohort_period",
                "text",
                "when the first visit was: a summer without school, or a school year",
                pattern=PERIOD_PATTERN,
            ),
            Column("language", "text", "language of the first visit", codes=LANGUAGES),
            EVENT_TIME,
            STUDENTS,
            DAYS_ENROLLED,
            DAYS_ATTENDED,
        ),
        key=("district_code", "school_code", "level", "cohort_period", "language", "event_time"),
        references=(_SCHOOLS,),
    ),
    Table(
        "school_profile",
        "school year x school x level",
        "Who goes to a school, to find schools like it. A student counts once per school and year.",
        (
            YEAR,
            DISTRICT,
            SCHOOL,
            LEVEL,
            count("students", "students enrolled in the school year"),
            count(
                "high_needs",
                "of those, with high needs: English learner, disability, or free "
                "or reduced price meals",
            ),
            count("english_learner", "of those, English learners"),
            count("disability", "of those, with disabilities"),
            count("free_or_reduced_meals", "of those, eligible for free or reduced price meals"),
            count("homeless", "of those, experiencing homelessness"),
        ),
        key=("school_year", "school_code", "level"),
        references=(_SCHOOLS,),
    ),
    next(table for table in INPUT_TABLES if table.name == "schools"),
    next(table for table in INPUT_TABLES if table.name == "programme"),
    Table(
        "published",
        "school year x district x group x source",
        "Attendance rates as published by the state.",
        (
            YEAR,
            Column(
                "district_code",
                "text",
                f"the district; the state is {STATE_CODE}",
                pattern=CODE_PATTERN,
            ),
            Column("district_name", "text", "as published"),
            GROUP,
            count(
                "students", "students the rate covers; empty: withheld by the state", nullable=True
            ),
            Column(
                "attendance_rate",
                "number",
                "days attended over days enrolled; empty: withheld by the state",
                unit="fraction",
                minimum=0,
                maximum=1,
                nullable=True,
            ),
            Column(
                "through",
                "month",
                "last month the figure covers; empty: the whole school year",
                nullable=True,
            ),
            Column("updated", "date", "day the file was last updated"),
            Column("source", "text", "the file the figure is from"),
        ),
        key=("school_year", "district_code", "group", "source"),
        optional=True,
    ),
    Table(
        "published_chronic_absence",
        "school year x district x grade x source",
        "Chronic absence as published by the state. A grade that a district doesn't have has no "
        "row.",
        (
            YEAR,
            Column(
                "district_code",
                "text",
                f"the district; the state is {STATE_CODE}",
                pattern=CODE_PATTERN,
            ),
            Column("district_name", "text", "as published"),
            Column("grade", "text", "grade in that school year", codes=GRADES),
            count(
                "chronically_absent",
                "students absent for 10% or more of their days; empty: withheld by the state, or "
                "not told",
                nullable=True,
            ),
            Column(
                "chronic_absence_rate",
                "number",
                "of all who count; empty: withheld by the state",
                unit="fraction",
                minimum=0,
                maximum=1,
                nullable=True,
            ),
            Column("source", "text", "the report the figure is from"),
        ),
        key=("school_year", "district_code", "grade", "source"),
        optional=True,
    ),
    *EFFECT_TABLES,
)
