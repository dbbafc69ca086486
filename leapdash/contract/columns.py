"""Columns that several tables share, and short ways to write columns of one kind."""

from leapdash.contract.codes import CODE_PATTERN, GROUPS, LEVELS, PARTICIPATION
from leapdash.contract.model import Column
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    EVENT_TIMES,
    percent,
)

SCHOOL_YEAR_PATTERN = r"20[0-9]{2}-[0-9]{2}"
PERIOD_PATTERN = r"(summer 20[0-9]{2}|20[0-9]{2}-[0-9]{2})"


def count(name: str, meaning: str, unit: str = "students", **more: object) -> Column:
    """A column of whole numbers from 0, students unless said."""
    return Column(name, "integer", meaning, unit=unit, minimum=0, **more)  # type: ignore[arg-type]


def days(name: str, meaning: str, **more: object) -> Column:
    """A column of days, in halves."""
    return Column(
        name,
        "number",
        meaning,
        unit="days",
        minimum=0,
        multiple_of=0.5,
        **more,  # type: ignore[arg-type]
    )


def share(name: str, meaning: str) -> Column:
    """A column of fractions from 0 to 1."""
    return Column(name, "number", meaning, unit="fraction", minimum=0, maximum=1)


STUDENT = Column("student_id", "text", "identifies a student; any text; in no release")
SCHOOL = Column(
    "school_code", "text", "the school's state code, 7 characters", pattern=CODE_PATTERN
)
DISTRICT = Column(
    "district_code", "text", "the district's state code, 7 characters", pattern=CODE_PATTERN
)
YEAR = Column(
    "school_year",
    "text",
    "July to June, written 2021-22: summers count with the year that follows",
    pattern=SCHOOL_YEAR_PATTERN,
)
MONTH = Column("month", "month", "calendar month, written as its first day")
LEVEL = Column("level", "text", "school level, by the student's grade", codes=LEVELS)
PARTICIPATION_COLUMN = Column(
    "participation",
    "text",
    "the student's part in home visits as of the month; moves only forward",
    codes=PARTICIPATION,
)
GROUP = Column("group", "text", "student group", codes=GROUPS)
EVENT_TIME = Column(
    "event_time",
    "integer",
    "school months since the month of the first visit",
    unit="school months",
    minimum=EVENT_TIMES.start,
    maximum=EVENT_TIMES.stop - 1,
)
STUDENTS = count("students", "students with at least half a day enrolled")
DAYS_ENROLLED = days("days_enrolled", "days of membership: school was in session, student enrolled")
DAYS_ATTENDED = days("days_attended", "days of membership on which the student was present")


def _sum_of_products(name: str, of: str) -> Column:
    return Column(
        name,
        "number",
        f"{of}, added up over students: the spread between them (docs/methods.md)",
        unit="days squared",
        minimum=0,
        multiple_of=0.25,
        tier="restricted",
    )


SPREAD = (
    _sum_of_products("absent_squared", "square of a student's days absent"),
    _sum_of_products("absent_enrolled", "a student's days absent times days enrolled"),
    _sum_of_products("enrolled_squared", "square of a student's days enrolled"),
)
ATTENDANCE_MEASURES = (
    STUDENTS,
    DAYS_ENROLLED,
    DAYS_ATTENDED,
    count(
        "chronic_base",
        f"students of kindergarten to grade 12 with at least {CHRONIC_MINIMUM_DAYS} days enrolled",
    ),
    count(
        "chronically_absent",
        f"of those, absent for {percent(CHRONIC_SHARE_ABSENT)} or more of their days",
    ),
    count("students_absent", "students absent for at least half a day", tier="restricted"),
    days("largest_student_days", "most days enrolled of any one student", tier="restricted"),
    *SPREAD,
)
