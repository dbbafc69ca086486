"""The tables of effects that a release holds, and what the effects are judged by."""

from collections.abc import Mapping
from dataclasses import replace

from leapdash.contract.codes import (
    ALL_LEVELS,
    ALL_SCHOOLS,
    BALANCE,
    CHECKS,
    CHRONIC,
    CODE_PATTERN,
    EFFECT_GROUPS,
    FEW_VISITED_SCHOOLS,
    FOLLOWED,
    LANGUAGES,
    LEFT_OUT,
    LEVELS,
    MATRICES,
    PLACES,
    SHARES_VISITED,
    SLICES,
    STATE_CODE,
    TO_JUNE,
    VISIT_COUNTS,
    VISITORS,
)
from leapdash.contract.columns import (
    DAYS_ENROLLED,
    DISTRICT,
    EVENT_TIME,
    LEVEL,
    PERIOD_PATTERN,
    STUDENTS,
    YEAR,
    count,
    days,
    share,
)
from leapdash.contract.model import CodesBy, Column, Reference, Table
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    MINIMUM_VISITED,
    MONTHS_AFTER,
    percent,
)

_SLICE = (
    Column("slice", "text", "how the visited students are parted", codes=SLICES),
    Column(
        "slice_value",
        "text",
        "which part: a cohort period, a code of the input table `visits` (languages as en, es or "
        "other), a number of visits, a student group, or a school code; `all` for all",
        codes_by=CodesBy(
            "slice",
            codes={
                "all": ("all",),
                "place": PLACES,
                "visitor": VISITORS,
                "language": LANGUAGES,
                "visits": VISIT_COUNTS,
                "group": EFFECT_GROUPS,
                "comparison": (ALL_SCHOOLS, FEW_VISITED_SCHOOLS),
                "followed": (FOLLOWED,),
            },
            patterns={"cohort_period": PERIOD_PATTERN, "school": CODE_PATTERN},
        ),
    ),
)
_EFFECT_DISTRICT = Column(
    "district_code", "text", f"the district; {STATE_CODE} for the state", pattern=CODE_PATTERN
)
_PERIOD = Column("cohort_period", "text", "when the first visit was", pattern=PERIOD_PATTERN)
_DISTRICTS = Reference(("district_code",), "schools")
_DISTRICTS_OR_STATE = Reference(("district_code",), "schools", besides=(STATE_CODE,))
_SCHOOLS_OF_SLICES = Reference(
    ("slice_value",), "schools", named=("school_code",), where=("slice", "school")
)
_EFFECT_LEVEL = Column(
    "level",
    "text",
    "school level at the first visit",
    codes={**LEVELS, ALL_LEVELS: "all levels together"},
)


_ESTIMATE = (
    Column("effect", "number", "mean effect on the visited", unit="fraction"),
    Column(
        "std_error_student",
        "number",
        "its standard error, students independent",
        unit="fraction",
        minimum=0,
    ),
)
_VISITED = count("visited", "visited students the effect is estimated on")
_WORTH = Column(
    "comparison_effective",
    "number",
    "how many equally weighted comparison students would be worth as much; a student in several "
    "trials counts in each",
    unit="students",
    minimum=0,
)


def _second(column: Column) -> Column:
    return replace(
        column, name=f"{column.name}_2", meaning=f"{column.meaning}; of the second effect"
    )


_TABLES: tuple[Table, ...] = (
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
            EVENT_TIME,
            *_ESTIMATE,
            Column(
                "std_error_school",
                "number",
                "its standard error, schools independent; too small with few schools",
                unit="fraction",
                minimum=0,
            ),
            Column(
                "schools",
                "number",
                "how many schools of one size the schools of the visited (of their first month) "
                "are worth",
                unit="schools",
                minimum=0,
            ),
            _VISITED,
            count("visited_due", "of those compared, for whom this month is in the data at all"),
            count("visited_all", "visited students, whether or not they could be compared"),
            count("comparison", "students they are compared with, each once"),
            _WORTH,
            share("comparison_observed", "share of the comparison's weight that is observed"),
            share("weights_cut", "share of the comparison's weight cut off"),
            share("visited_rate", "mean attendance rate of the visited students"),
            Column(
                "naive_change",
                "number",
                "the same students' change since the month before the visit",
                unit="fraction",
            ),
            Column(
                "checks_failed",
                "text",
                "which checks the comparison fails, one after the other; attendance and groups: as "
                "of all visited of the district and level; compared: not of slice school; empty "
                "where none fails. "
                + "; ".join(f"`{code}`: {meaning}" for code, meaning in CHECKS.items()),
                pattern=f"(({'|'.join(CHECKS)})(, ({'|'.join(CHECKS)}))*)?",
            ),
        ),
        key=("slice", "slice_value", "district_code", "level", "event_time"),
        optional=True,
        references=(_DISTRICTS_OR_STATE, _SCHOOLS_OF_SLICES),
    ),
    Table(
        "effects_covariance",
        "slice x two slice values x two areas x two months since first visit",
        "Covariances of effects. Of slice cohort_period between every two districts, levels and "
        "cohort periods that share a student, so that any union of them has its exact variance; of "
        "other slices within an area (a district or the state, a level or all), by the matrix that "
        "serves there, between months, and in the months of the headlines between values (but "
        f"schools). Only slice cohort_period has those of fewer than {MINIMUM_VISITED} visited "
        "students. A pair that isn't there is 0; each pair stands once.",
        (
            *_SLICE,
            _EFFECT_DISTRICT,
            _EFFECT_LEVEL,
            EVENT_TIME,
            *(_second(column) for column in (_SLICE[1], _EFFECT_DISTRICT, _EFFECT_LEVEL)),
            _second(EVENT_TIME),
            Column("matrix", "text", "what is taken as independent", codes=MATRICES),
            Column("covariance", "number", "of the two effects", unit="fraction squared"),
        ),
        key=(
            *("slice", "slice_value", "district_code", "level", "event_time"),
            *("slice_value_2", "district_code_2", "level_2", "event_time_2"),
        ),
        optional=True,
        references=(
            _DISTRICTS_OR_STATE,
            replace(_DISTRICTS_OR_STATE, columns=("district_code_2",), named=("district_code",)),
            _SCHOOLS_OF_SLICES,
            replace(_SCHOOLS_OF_SLICES, columns=("slice_value_2",)),
        ),
    ),
    Table(
        "effects_schools",
        "cohort period x district x level x months since first visit x school",
        "How many of the visited behind an effect of slice cohort_period a school has (of their "
        "first month), and what its students add to the error; the sum of the products of two "
        "effects' values over schools is their covariance with schools independent.",
        (
            Column(
                "school_code",
                "text",
                "the school of the student's first month",
                pattern=CODE_PATTERN,
            ),
            DISTRICT,
            LEVEL,
            _PERIOD,
            EVENT_TIME,
            count("visited", "visited students of the school the effect is estimated on"),
            Column("influence", "number", "summed over the school's students", unit="fraction"),
        ),
        key=("school_code", "district_code", "level", "cohort_period", "event_time"),
        optional=True,
        references=(Reference(("school_code",), "schools"), _DISTRICTS),
    ),
    Table(
        "effects_recent",
        "cohort period x district x level x months since first visit",
        "The effects by cohort period once more, with students made alike in three months of "
        "history alone: a diagnosis beside `effects`, not another answer. Months before the visit "
        "and those of the headlines only.",
        (
            DISTRICT,
            LEVEL,
            _PERIOD,
            EVENT_TIME,
            *_ESTIMATE,
            _VISITED,
            _WORTH,
        ),
        key=("district_code", "level", "cohort_period", "event_time"),
        optional=True,
        references=(_DISTRICTS,),
    ),
    Table(
        "effects_recent_covariance",
        "two cohort periods x two districts x two levels x two months since first visit",
        "Covariances of the effects of `effects_recent` in the months before the visit, students "
        "independent. A pair that isn't there is 0; each pair stands once.",
        (
            DISTRICT,
            LEVEL,
            _PERIOD,
            EVENT_TIME,
            *(_second(column) for column in (DISTRICT, LEVEL, _PERIOD, EVENT_TIME)),
            Column("covariance", "number", "of the two effects", unit="fraction squared"),
        ),
        key=(
            *("district_code", "level", "cohort_period", "event_time"),
            *("district_code_2", "level_2", "cohort_period_2", "event_time_2"),
        ),
        optional=True,
        references=(
            _DISTRICTS,
            Reference(("district_code_2",), "schools", named=("district_code",)),
        ),
    ),
    Table(
        "balance",
        "district x level x measure",
        "How alike visited and comparison students were when the trials began, before and after "
        "weighting; means over trials, each weighing as many as were visited in it.",
        (
            DISTRICT,
            LEVEL,
            Column("measure", "text", "what is compared", codes=BALANCE),
            count("visited", "visited students compared"),
            Column("visited_mean", "number", "mean of the visited", unit="fraction"),
            Column("visited_sd", "number", "standard deviation of the visited", unit="fraction"),
            Column("comparison_before", "number", "mean before weighting", unit="fraction"),
            Column("comparison_after", "number", "mean after weighting", unit="fraction"),
        ),
        key=("district_code", "level", "measure"),
        optional=True,
        references=(_DISTRICTS,),
    ),
    Table(
        "visited_days",
        "slice x district x level x school year x cohort period x months since first visit",
        f"Days enrolled of all visited students in school months {MONTHS_AFTER[0]} to "
        f"{MONTHS_AFTER[-1]} after the visit.",
        (
            *_SLICE,
            DISTRICT,
            LEVEL,
            YEAR,
            _PERIOD,
            EVENT_TIME,
            STUDENTS,
            DAYS_ENROLLED,
        ),
        key=(
            *("slice", "slice_value", "district_code", "level"),
            *("school_year", "cohort_period", "event_time"),
        ),
        optional=True,
        references=(_DISTRICTS, _SCHOOLS_OF_SLICES),
    ),
    Table(
        "visited_compared",
        "district x level x cohort period x reason",
        "Visited students by whether they could be compared, and if not, why.",
        (
            DISTRICT,
            LEVEL,
            _PERIOD,
            Column("reason", "text", "whether and why", codes=LEFT_OUT),
            count("students", "visited students"),
        ),
        key=("district_code", "level", "cohort_period", "reason"),
        optional=True,
        references=(_DISTRICTS,),
    ),
    Table(
        "slices_left_out",
        "slice x slice value x district x level x reason",
        "Visited students of the parts of which nobody could be compared, so that table `effects` "
        "has no row for them, and why not. Slices other than all and cohort_period, whose own are "
        "in `visited_compared`; by district, by level and for the state as there.",
        (
            *_SLICE,
            _EFFECT_DISTRICT,
            _EFFECT_LEVEL,
            Column(
                "reason",
                "text",
                "why they could not be compared",
                codes={code: words for code, words in LEFT_OUT.items() if code != "compared"},
            ),
            count("students", "visited students"),
        ),
        key=("slice", "slice_value", "district_code", "level", "reason"),
        optional=True,
        references=(_DISTRICTS_OR_STATE, _SCHOOLS_OF_SLICES),
    ),
    Table(
        "spillover",
        "school year x district x level x share visited",
        "Never visited students' attendance this school year and the one before, by the share of "
        "their school's students ever visited by the end of this school year.",
        (
            YEAR,
            DISTRICT,
            LEVEL,
            Column("share_visited", "text", "share of the school visited", codes=SHARES_VISITED),
            count("students", "never visited students enrolled in both school years"),
            days("days_enrolled", "days of membership this school year"),
            days("days_attended", "of those, days present"),
            days("days_enrolled_before", "days of membership the school year before"),
            days("days_attended_before", "of those, days present"),
            Column("schools", "integer", "schools they belong to", unit="schools", minimum=0),
            Column(
                "variance_student",
                "number",
                "of the change of their attendance rate (a ratio of sums), students independent",
                unit="fraction squared",
                minimum=0,
            ),
            Column(
                "variance_school",
                "number",
                "the same, schools independent; too small with few schools",
                unit="fraction squared",
                minimum=0,
            ),
        ),
        key=("school_year", "district_code", "level", "share_visited"),
        optional=True,
        references=(_DISTRICTS,),
    ),
)


_SHARE = f"absent for {percent(CHRONIC_SHARE_ABSENT)} or more of"


def _on_chronic_absence(table: Table) -> Table:
    """The same table for the share of students absent for a tenth or more of a month."""
    absent = f"{_SHARE} the month's days"
    meaning = (
        f"Table `{table.name}` for chronic absence: whether a student is {absent}, in months with "
        f"at least {CHRONIC_MINIMUM_DAYS} days enrolled, in place of the attendance rate. The same "
        "students are compared, and count as much. Slices all and cohort_period only."
    )
    return _of_outcome(table, CHRONIC, meaning, _meanings(absent))


def _to_june(table: Table) -> Table:
    """The same table for the share absent for a tenth or more of the days from visit to June."""
    absent = f"{_SHARE} the days from the month of the first visit to the end of its school year"
    meaning = (
        f"Table `{table.name}` for chronic absence to June: whether a student is {absent}, with at "
        f"least {CHRONIC_MINIMUM_DAYS} days enrolled, in place of the attendance rate; school "
        "years whose data end before June are left out. Compared with students not visited by "
        "then either, and beside no month before. Slices all and cohort_period only."
    )
    once = "always 0, the month of the first visit, from which the days count"
    made = _of_outcome(table, TO_JUNE, meaning, {**_meanings(absent), "event_time": once})
    whole_year = f"share of the visited students {_SHARE} all days of that school year"
    columns = [
        share("whole_year_rate", whole_year) if column.name == "naive_change" else column
        for column in made.columns
    ]
    return replace(made, columns=tuple(columns))


def _meanings(absent: str) -> Mapping[str, str]:
    return {
        "effect": f"mean effect on the share of the visited {absent}",
        "visited_rate": f"share of the visited students {absent}",
    }


def _of_outcome(table: Table, outcome: str, meaning: str, meanings: Mapping[str, str]) -> Table:
    columns = tuple(
        replace(column, meaning=meanings.get(column.name, column.meaning))
        for column in table.columns
    )
    return replace(table, name=f"{outcome}{table.name}", meaning=meaning, columns=columns)


_OUTCOMES = tuple(
    table for table in _TABLES if table.name in ("effects", "effects_covariance", "effects_schools")
)
EFFECT_TABLES: tuple[Table, ...] = (
    *_TABLES,
    *map(_on_chronic_absence, _OUTCOMES),
    *map(_to_june, _OUTCOMES),
)
