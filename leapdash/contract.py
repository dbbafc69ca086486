"""Every input and summary table: columns, types, codes, units, keys and meanings, as plain data.

This is the one place where a table is defined. Validation, `docs/data-dictionary.md` and a
release's `datapackage.json` are made from it. It imports nothing of leapdash.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

CONTRACT_VERSION = "1"
STATE_CODE = "00000CT"

ColumnType = Literal["text", "integer", "number", "date", "month", "boolean"]
Tier = Literal["both", "restricted"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `type`: text, integer, number, date, month (a date that is the first of its month), boolean.
    `codes`: the closed set of values and what each means. `pattern`: a regular expression the
    whole value must match. `multiple_of`, `minimum`, `maximum`: bounds for numbers. `required`:
    the column must be there. `nullable`: a value may be missing. `tier`: `restricted` columns
    never leave the restricted release.
    """

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    codes: Mapping[str, str] | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: float | None = None
    required: bool = True
    nullable: bool = False
    tier: Tier = "both"


@dataclass(frozen=True)
class Reference:
    """`columns` of this table must be found in `table`, under the same names."""

    columns: tuple[str, ...]
    table: str


@dataclass(frozen=True)
class Table:
    """One table: `grain` says what a row is, `key` the columns no two rows may share.

    `optional`: the table may be missing; `may_be_empty`: it may have no rows.
    """

    name: str
    grain: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False
    may_be_empty: bool = False
    references: tuple[Reference, ...] = ()

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)


# --- codes -----------------------------------------------------------------------------------

LEVELS: Mapping[str, str] = {
    "PK-5": "pre-kindergarten to grade 5",
    "6-8": "grades 6 to 8",
    "9-12": "grades 9 to 12",
}

GRADES: Mapping[str, str] = {
    "PK": "pre-kindergarten",
    "K": "kindergarten",
    **{str(grade): f"grade {grade}" for grade in range(1, 13)},
}

LEVEL_OF_GRADE: Mapping[str, str] = {
    **dict.fromkeys(("PK", "K", "1", "2", "3", "4", "5"), "PK-5"),
    **dict.fromkeys(("6", "7", "8"), "6-8"),
    **dict.fromkeys(("9", "10", "11", "12"), "9-12"),
}

PARTICIPATION: Mapping[str, str] = {
    "visited": "a home visit has met the family by this month",
    "eligible": "absent for 10% or more of three school months in a row by this month; not visited",
    "other": "neither visited nor eligible by this month",
}

GROUPS: Mapping[str, str] = {
    "all": "All students",
    "high_needs": "Students with high needs",
    "not_high_needs": "Students without high needs",
    "english_learner": "English learners",
    "disability": "Students with disabilities",
    "free_meals": "Free meal eligible",
    "reduced_meals": "Reduced price meal eligible",
    "free_or_reduced_meals": "Free or reduced price meal eligible",
    "homeless": "Students experiencing homelessness",
    "black": "Black or African American",
    "hispanic": "Hispanic/Latino of any race",
    "white": "White",
    "other_races": "All other races",
    "female": "Female",
    "male": "Male",
}

RACES: Mapping[str, str] = {
    "asian": "Asian",
    "black": "Black or African American",
    "hispanic": "Hispanic/Latino of any race",
    "native": "American Indian or Alaska Native",
    "pacific": "Native Hawaiian or other Pacific Islander",
    "two_or_more": "two or more races",
    "white": "White",
}

MEALS: Mapping[str, str] = {
    "free": "eligible for free meals",
    "reduced": "eligible for reduced price meals",
    "none": "not eligible",
}

GENDERS: Mapping[str, str] = {"F": "female", "M": "male", "X": "neither or not stated"}

PLACES: Mapping[str, str] = {
    "home": "at the family's home",
    "other": "somewhere else, in person",
    "virtual": "by video or telephone",
}

CONTACTS: Mapping[str, str] = {
    "met": "the visitor met the family",
    "no contact": "nobody was met",
}

VISITORS: Mapping[str, str] = {
    "school staff": "staff of the school or district",
    "community partner": "staff of a community organisation",
}

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish", "other": "another language"}

GEOGRAPHIES: Mapping[str, str] = {
    "school": "one school",
    "district": "one district",
    "state": "the whole state",
}

SLICES: Mapping[str, str] = {
    "all": "all visited students",
    "cohort_period": "by when the first visit was: a summer without school, or a school year",
    "place": "by where the first visit took place",
    "visitor": "by who made the first visit",
    "language": "by the language of the first visit",
    "visits": "by how many visits met the family in all",
    "group": "by student group; compared with students of the same group",
    "school": "by the school of the first visit; compared with all the district's students of the "
    "level",
    "comparison": "all visited students, compared with students of some schools only",
}

VISIT_COUNTS: Mapping[str, str] = {
    "1": "one visit that met the family",
    "2": "two visits",
    "3 or more": "three visits or more",
}

FEW_VISITED_SCHOOLS = "schools under 10% visited"

MATRICES: Mapping[str, str] = {
    "student": "students taken as independent of each other",
    "school": "schools taken as independent of each other",
}

BALANCE: Mapping[str, str] = {
    "last_month": "attendance rate of the month before the trial",
    "three_months": "mean attendance rate of the three months before",
    **{f"group {group}": f"share of: {label}" for group, label in GROUPS.items() if group != "all"},
}

SHARES_VISITED: Mapping[str, str] = {
    "none": "nobody",
    "under 5%": "more than none and under 5%",
    "5 to 10%": "5% or more and under 10%",
    "10% or more": "10% or more",
}

LEFT_OUT: Mapping[str, str] = {
    "compared": "the student could be compared",
    "not enrolled": "not enrolled in the school month of the visit",
    "no history": "not observed in each of the three school months before: new, or away",
    "no comparison": "nobody of the same district and level was there to compare with",
}

VISIT_KINDS: Mapping[str, str] = {
    "place": "where the visit took place",
    "visitor": "who visited",
    "language": "the language of the visit",
}

# --- rules that hold everywhere ----------------------------------------------------------------

CHRONIC_SHARE_ABSENT = 0.10
CHRONIC_MINIMUM_DAYS = 10
ELIGIBLE_WINDOW_MONTHS = 3
FIRST_MONTH_OF_SCHOOL_YEAR = 7
EVENT_TIMES = range(-6, 13)
BASE_EVENT_TIME = -1
HEADLINES: Mapping[str, tuple[int, ...]] = {"month_after": (1,), "six_to_nine": (6, 7, 8, 9)}
ALL_LEVELS = "all"

# --- columns that several tables share -----------------------------------------------------------

CODE_PATTERN = r"[0-9]{5}[0-9A-Z]{2}"
_SCHOOL_YEAR = r"20[0-9]{2}-[0-9]{2}"
_PERIOD = r"(summer 20[0-9]{2}|20[0-9]{2}-[0-9]{2})"

_STUDENT = Column("student_id", "text", "identifies a student; any text; never leaves the build")
_SCHOOL = Column(
    "school_code", "text", "the school's state code, 7 characters", pattern=CODE_PATTERN
)
_DISTRICT = Column(
    "district_code", "text", "the district's state code, 7 characters", pattern=CODE_PATTERN
)
_YEAR = Column(
    "school_year",
    "text",
    "July to June, written 2021-22: summers count with the year that follows",
    pattern=_SCHOOL_YEAR,
)
_MONTH = Column("month", "month", "calendar month, written as its first day")
_LEVEL = Column("level", "text", "school level, by the student's grade", codes=LEVELS)
_PARTICIPATION = Column(
    "participation",
    "text",
    "the student's part in home visits as of the month; moves only forward",
    codes=PARTICIPATION,
)
_GROUP = Column("group", "text", "student group", codes=GROUPS)


def _count(name: str, meaning: str, unit: str = "students", **more: object) -> Column:
    return Column(name, "integer", meaning, unit=unit, minimum=0, **more)  # type: ignore[arg-type]


def _days(name: str, meaning: str, **more: object) -> Column:
    return Column(
        name,
        "number",
        meaning,
        unit="days",
        minimum=0,
        multiple_of=0.5,
        **more,  # type: ignore[arg-type]
    )


_STUDENTS = _count("students", "students with at least half a day enrolled")
_DAYS_ENROLLED = _days(
    "days_enrolled", "days of membership: school was in session, student enrolled"
)
_DAYS_ATTENDED = _days("days_attended", "days of membership on which the student was present")
_ATTENDANCE_MEASURES = (
    _STUDENTS,
    _DAYS_ENROLLED,
    _DAYS_ATTENDED,
    _count("chronic_base", "students of kindergarten to grade 12 with at least 10 days enrolled"),
    _count("chronically_absent", "of those, absent for 10% or more of their days"),
    _count("students_absent", "students absent for at least half a day", tier="restricted"),
    _days("largest_student_days", "most days enrolled of any one student", tier="restricted"),
)

_SLICE = (
    Column("slice", "text", "how the visited students are parted", codes=SLICES),
    Column(
        "slice_value",
        "text",
        "which part: a cohort period, a code of the input table `visits` (languages as en, es or "
        "other), a number of visits, a student group, or a school code; `all` for all",
    ),
)
_EFFECT_DISTRICT = Column(
    "district_code", "text", f"the district; {STATE_CODE} for the state", pattern=CODE_PATTERN
)
_EFFECT_LEVEL = Column(
    "level",
    "text",
    "school level at the first visit",
    codes={**LEVELS, ALL_LEVELS: "all levels together"},
)
_EVENT_TIME = Column(
    "event_time",
    "integer",
    "school months since the month of the first visit",
    unit="school months",
    minimum=EVENT_TIMES.start,
    maximum=EVENT_TIMES.stop - 1,
)


def _share(name: str, meaning: str) -> Column:
    return Column(name, "number", meaning, unit="fraction", minimum=0, maximum=1)


def _second(column: Column) -> Column:
    return replace(
        column, name=f"{column.name}_2", meaning=f"{column.meaning}; of the second effect"
    )


# --- input ---------------------------------------------------------------------------------------

INPUT_TABLES: tuple[Table, ...] = (
    Table(
        "schools",
        "one row per school",
        "Schools and the districts they belong to.",
        (
            _SCHOOL,
            Column("school_name", "text", "the school's name"),
            _DISTRICT,
            Column("district_name", "text", "the district's name"),
            Column(
                "leap_from",
                "date",
                "first day the district takes part; empty: never",
                nullable=True,
            ),
            Column(
                "leap_until",
                "date",
                "last day the district takes part; empty: still",
                nullable=True,
            ),
            Column(
                "latitude",
                "number",
                "of the school",
                unit="degrees",
                minimum=-90,
                maximum=90,
                required=False,
                nullable=True,
            ),
            Column(
                "longitude",
                "number",
                "of the school",
                unit="degrees",
                minimum=-180,
                maximum=180,
                required=False,
                nullable=True,
            ),
        ),
        key=("school_code",),
    ),
    Table(
        "enrollment",
        "one row per student, school and school year",
        "Who was enrolled where, in which grade, and in which student groups.",
        (
            _STUDENT,
            _YEAR,
            _SCHOOL,
            Column("grade", "text", "grade in that school year", codes=GRADES),
            Column("gender", "text", "as recorded", codes=GENDERS),
            Column(
                "race_ethnicity",
                "text",
                "as recorded; Hispanic/Latino of any race first",
                codes=RACES,
            ),
            Column("english_learner", "boolean", "learns English as a further language"),
            Column("disability", "boolean", "has an individualised education programme"),
            Column("meal_eligibility", "text", "for free or reduced price meals", codes=MEALS),
            Column("homeless", "boolean", "experiences homelessness"),
            Column(
                "home_language",
                "text",
                "ISO 639 code of the language spoken at home",
                pattern=r"[a-z]{2,3}",
                required=False,
                nullable=True,
            ),
        ),
        key=("student_id", "school_code", "school_year"),
        references=(Reference(("school_code",), "schools"),),
    ),
    Table(
        "attendance",
        "one row per student, school and month",
        "Days enrolled and days attended, by month.",
        (
            _STUDENT,
            _SCHOOL,
            _MONTH,
            _days(
                "days_enrolled",
                "days school was in session while the student was enrolled",
                maximum=31,
            ),
            _days("days_attended", "of those, the days the student was present", maximum=31),
        ),
        key=("student_id", "school_code", "month"),
        references=(
            Reference(("school_code",), "schools"),
            Reference(("student_id", "school_code", "school_year"), "enrollment"),
        ),
    ),
    Table(
        "attendance_daily",
        "one row per student, school and day of membership",
        "Attendance by day; takes the place of `attendance` where it is given.",
        (
            _STUDENT,
            _SCHOOL,
            Column("date", "date", "a day school was in session and the student enrolled"),
            Column(
                "attended",
                "number",
                "share of the day the student was present",
                unit="fraction",
                minimum=0,
                maximum=1,
            ),
            Column(
                "reason",
                "text",
                "why the student was absent, as recorded",
                required=False,
                nullable=True,
            ),
        ),
        key=("student_id", "school_code", "date"),
        optional=True,
        references=(
            Reference(("school_code",), "schools"),
            Reference(("student_id", "school_code", "school_year"), "enrollment"),
        ),
    ),
    Table(
        "visits",
        "one row per home visit",
        "Home visits made or tried.",
        (
            _STUDENT,
            Column("visit_date", "date", "day of the visit"),
            Column("place", "text", "where the visit took place", codes=PLACES),
            Column("contact", "text", "whether the visitor met the family", codes=CONTACTS),
            Column("visitor", "text", "who visited", codes=VISITORS),
            Column(
                "language",
                "text",
                "ISO 639 code of the language of the visit",
                pattern=r"[a-z]{2,3}",
            ),
        ),
        key=(),
        may_be_empty=True,
        references=(Reference(("student_id",), "enrollment"),),
    ),
    Table(
        "programme",
        "one row per district and school year",
        "What the programme cost, and how many visits it could make.",
        (
            _DISTRICT,
            _YEAR,
            Column(
                "cost", "number", "cost of the programme", unit="dollars", minimum=0, nullable=True
            ),
            Column(
                "visit_capacity",
                "number",
                "visits the district can make",
                unit="visits per month",
                minimum=0,
                nullable=True,
            ),
            Column("source", "text", "where these figures come from"),
        ),
        key=("district_code", "school_year"),
        optional=True,
        references=(Reference(("district_code",), "schools"),),
    ),
)

# --- summaries -----------------------------------------------------------------------------------

SUMMARY_TABLES: tuple[Table, ...] = (
    Table(
        "attendance",
        "month x district x school x level x participation",
        "Attendance by month and school. A student who changes school within a month counts in "
        "both.",
        (_MONTH, _DISTRICT, _SCHOOL, _LEVEL, _PARTICIPATION, *_ATTENDANCE_MEASURES),
        key=("month", "district_code", "school_code", "level", "participation"),
        references=(Reference(("school_code",), "schools"),),
    ),
    Table(
        "attendance_by_group",
        "month x district x level x participation x group",
        "Attendance by month, district and student group. A student's days are pooled within the "
        "district first, so a change of school within it counts once.",
        (_MONTH, _DISTRICT, _LEVEL, _PARTICIPATION, _GROUP, *_ATTENDANCE_MEASURES),
        key=("month", "district_code", "level", "participation", "group"),
    ),
    Table(
        "chronic_absence",
        "school year x geography x level x participation x group",
        "Students by share of the school year missed. A student's days are pooled within the "
        "school, district or state first; level, participation and group are those of the "
        "student's last enrolled month there. Pre-kindergarten is left out. Schools have the group "
        "`all` only.",
        (
            _YEAR,
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
            _LEVEL,
            _PARTICIPATION,
            _GROUP,
            _count("chronic_base", "students with at least 10 days enrolled"),
            _count("absent_under_5", "of those, absent for less than 5% of their days"),
            _count("absent_5_to_10", "absent for 5% or more and less than 10%"),
            _count("absent_10_to_20", "absent for 10% or more and less than 20%: chronic"),
            _count("absent_20_or_more", "absent for 20% or more: severely chronic"),
        ),
        key=(
            "school_year",
            "geography",
            "district_code",
            "school_code",
            "level",
            "participation",
            "group",
        ),
    ),
    Table(
        "visits",
        "month x school x level x contact",
        "Home visits by calendar month and the school the student attended then.",
        (
            _MONTH,
            _DISTRICT,
            _SCHOOL,
            _LEVEL,
            Column("contact", "text", "whether the visitor met the family", codes=CONTACTS),
            _count("visits", "visits", unit="visits"),
            _count("students", "students visited"),
            _count(
                "first_visits",
                "visits that were a student's first to meet the family",
                unit="visits",
            ),
        ),
        key=("month", "school_code", "level", "contact"),
    ),
    Table(
        "visits_by_kind",
        "school year x district x level x kind x value",
        "Home visits by place, by visitor and by language, each by itself: a finer grain would "
        "show single visits.",
        (
            _YEAR,
            _DISTRICT,
            _LEVEL,
            Column("kind", "text", "which property of the visit `value` is", codes=VISIT_KINDS),
            Column(
                "value",
                "text",
                "the property's value (codes of the input table `visits`; "
                "languages as en, es or other)",
            ),
            _count("visits", "visits", unit="visits"),
            _count("students", "students visited"),
            _count(
                "first_visits",
                "visits that were a student's first to meet the family",
                unit="visits",
            ),
        ),
        key=("school_year", "district_code", "level", "kind", "value"),
    ),
    Table(
        "reach",
        "month x school x level x group",
        "Who was visited and who is waiting, among students enrolled that month. Empty where the "
        "district takes no part in that month.",
        (
            _MONTH,
            _DISTRICT,
            _SCHOOL,
            _LEVEL,
            _GROUP,
            _count("ever_eligible", "students eligible by this month", nullable=True),
            _count("ever_eligible_visited", "of those, visited by this month", nullable=True),
            _count("waiting", "of those, not visited yet", nullable=True),
            _count("tried", "of those waiting, a visit was tried and met nobody", nullable=True),
            _count(
                "visited_not_eligible",
                "students visited by this month, not eligible by then",
                nullable=True,
            ),
            _count(
                "first_visits_30",
                "eligible students first visited this month, within 30 days",
                nullable=True,
            ),
            _count("first_visits_60", "the same, after 31 to 60 days", nullable=True),
            _count("first_visits_120", "the same, after 61 to 120 days", nullable=True),
            _count("first_visits_over_120", "the same, after more than 120 days", nullable=True),
        ),
        key=("month", "school_code", "level", "group"),
    ),
    Table(
        "paths",
        "district x school x level x cohort period x language x months since first visit",
        "Attendance of visited students by school months since the first visit that met the "
        "family. A student stays at the school and level of the first visit.",
        (
            _DISTRICT,
            _SCHOOL,
            _LEVEL,
            Column(
                "cohort_period",
                "text",
                "when the first visit was: a summer without school, or a school year",
                pattern=_PERIOD,
            ),
            Column("language", "text", "language of the first visit", codes=LANGUAGES),
            Column(
                "event_time",
                "integer",
                "school months since the month of the first visit",
                unit="school months",
                minimum=EVENT_TIMES.start,
                maximum=EVENT_TIMES.stop - 1,
            ),
            _STUDENTS,
            _DAYS_ENROLLED,
            _DAYS_ATTENDED,
        ),
        key=("district_code", "school_code", "level", "cohort_period", "language", "event_time"),
    ),
    Table(
        "school_profile",
        "school year x school x level",
        "Who goes to a school, to find schools like it. A student counts once per school and year.",
        (
            _YEAR,
            _DISTRICT,
            _SCHOOL,
            _LEVEL,
            _count("students", "students enrolled in the school year"),
            _count(
                "high_needs",
                "of those, with high needs: English learner, disability, or free "
                "or reduced price meals",
            ),
            _count("english_learner", "of those, English learners"),
            _count("disability", "of those, with disabilities"),
            _count("free_or_reduced_meals", "of those, eligible for free or reduced price meals"),
            _count("homeless", "of those, experiencing homelessness"),
        ),
        key=("school_year", "school_code", "level"),
    ),
    next(table for table in INPUT_TABLES if table.name == "schools"),
    next(table for table in INPUT_TABLES if table.name == "programme"),
    Table(
        "published",
        "school year x district x group x source",
        "Attendance rates as published by the state.",
        (
            _YEAR,
            Column(
                "district_code",
                "text",
                f"the district; the state is {STATE_CODE}",
                pattern=CODE_PATTERN,
            ),
            Column("district_name", "text", "as published"),
            _GROUP,
            _count(
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
        "effects",
        "slice x slice value x district x level x months since first visit",
        "What the visit changed for the visited students, with what it is judged by. Slices other "
        f"than all and cohort_period also have rows by district (level {ALL_LEVELS}), by level and "
        f"for the state (district {STATE_CODE}).",
        (
            *_SLICE,
            _EFFECT_DISTRICT,
            _EFFECT_LEVEL,
            _EVENT_TIME,
            Column("effect", "number", "mean effect on the visited", unit="fraction"),
            Column(
                "std_error_student",
                "number",
                "its standard error, students independent",
                unit="fraction",
                minimum=0,
            ),
            Column(
                "std_error_school",
                "number",
                "its standard error, schools independent; too small with few schools",
                unit="fraction",
                minimum=0,
            ),
            Column("schools", "integer", "schools it rests on", unit="schools", minimum=0),
            _count("visited", "visited students the effect is estimated on"),
            _count("visited_due", "of those compared, for whom this month is in the data at all"),
            _count("visited_all", "visited students, whether or not they could be compared"),
            _count("comparison", "students they are compared with, each once"),
            Column(
                "comparison_effective",
                "number",
                "how many equally weighted comparison students would be worth as much; a student "
                "in several trials counts in each",
                unit="students",
                minimum=0,
            ),
            _share("comparison_observed", "share of the comparison's weight that is observed"),
            _share("weights_cut", "share of the comparison's weight cut off"),
            _share("visited_rate", "mean attendance rate of the visited students"),
            Column(
                "naive_change",
                "number",
                "the same students' change since the month before the visit",
                unit="fraction",
            ),
        ),
        key=("slice", "slice_value", "district_code", "level", "event_time"),
        optional=True,
    ),
    Table(
        "effects_covariance",
        "slice x two slice values x two places x two months since first visit",
        "Covariances of effects. Of slice cohort_period between every two districts, levels and "
        "cohort periods that share a student, so that any union of them has its exact variance; of "
        "other slices within a place, by the matrix that serves there, between months, and between "
        "values in the months of the headlines. A pair that isn't there is 0; each pair stands "
        "once.",
        (
            *_SLICE,
            _EFFECT_DISTRICT,
            _EFFECT_LEVEL,
            _EVENT_TIME,
            *(_second(column) for column in (_SLICE[1], _EFFECT_DISTRICT, _EFFECT_LEVEL)),
            _second(_EVENT_TIME),
            Column("matrix", "text", "what is taken as independent", codes=MATRICES),
            Column("covariance", "number", "of the two effects", unit="fraction squared"),
        ),
        key=(
            *("slice", "slice_value", "district_code", "level", "event_time"),
            *("slice_value_2", "district_code_2", "level_2", "event_time_2"),
        ),
        optional=True,
    ),
    Table(
        "effects_schools",
        "cohort period x district x level x months since first visit x school",
        "What the students of a school (of their first month) add to the error of an effect of "
        "slice cohort_period; the sum of the products of two effects' values over schools is their "
        "covariance with schools independent.",
        (
            Column(
                "school_code",
                "text",
                "the school of the student's first month",
                pattern=CODE_PATTERN,
            ),
            _DISTRICT,
            _LEVEL,
            Column("cohort_period", "text", "when the first visit was", pattern=_PERIOD),
            _EVENT_TIME,
            Column("influence", "number", "summed over the school's students", unit="fraction"),
        ),
        key=("school_code", "district_code", "level", "cohort_period", "event_time"),
        optional=True,
    ),
    Table(
        "balance",
        "district x level x measure",
        "How alike visited and comparison students were when the trials began, before and after "
        "weighting; means over trials, each weighing as many as were visited in it.",
        (
            _DISTRICT,
            _LEVEL,
            Column("measure", "text", "what is compared", codes=BALANCE),
            _count("visited", "visited students compared"),
            Column("visited_mean", "number", "mean of the visited", unit="fraction"),
            Column("visited_sd", "number", "standard deviation of the visited", unit="fraction"),
            Column("comparison_before", "number", "mean before weighting", unit="fraction"),
            Column("comparison_after", "number", "mean after weighting", unit="fraction"),
        ),
        key=("district_code", "level", "measure"),
        optional=True,
    ),
    Table(
        "visited_days",
        "slice x district x level x school year x cohort period x months since first visit",
        "Days enrolled of all visited students in the twelve school months after the visit.",
        (
            *_SLICE,
            _DISTRICT,
            _LEVEL,
            _YEAR,
            Column("cohort_period", "text", "when the first visit was", pattern=_PERIOD),
            _EVENT_TIME,
            _STUDENTS,
            _DAYS_ENROLLED,
        ),
        key=(
            *("slice", "slice_value", "district_code", "level"),
            *("school_year", "cohort_period", "event_time"),
        ),
        optional=True,
    ),
    Table(
        "visited_compared",
        "district x level x cohort period x reason",
        "Visited students by whether they could be compared, and if not, why.",
        (
            _DISTRICT,
            _LEVEL,
            Column("cohort_period", "text", "when the first visit was", pattern=_PERIOD),
            Column("reason", "text", "whether and why", codes=LEFT_OUT),
            _count("students", "visited students"),
        ),
        key=("district_code", "level", "cohort_period", "reason"),
        optional=True,
    ),
    Table(
        "spillover",
        "school year x district x level x share visited",
        "Never visited students' attendance this school year and the one before, by the share of "
        "their school's students ever visited by the end of this school year.",
        (
            _YEAR,
            _DISTRICT,
            _LEVEL,
            Column("share_visited", "text", "share of the school visited", codes=SHARES_VISITED),
            _count("students", "never visited students enrolled in both school years"),
            _days("days_enrolled", "days of membership this school year"),
            _days("days_attended", "of those, days present"),
            _days("days_enrolled_before", "days of membership the school year before"),
            _days("days_attended_before", "of those, days present"),
        ),
        key=("school_year", "district_code", "level", "share_visited"),
        optional=True,
    ),
)


def school_year_of(day: date) -> str:
    """The school year a day belongs to, July to June, written `2021-22`."""
    start = day.year if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR else day.year - 1
    return f"{start}-{(start + 1) % 100:02d}"


def input_table(name: str) -> Table:
    """The input table of that name; KeyError where there is none."""
    return {table.name: table for table in INPUT_TABLES}[name]


def summary_table(name: str) -> Table:
    """The summary table of that name; KeyError where there is none."""
    return {table.name: table for table in SUMMARY_TABLES}[name]
