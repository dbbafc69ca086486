"""The input tables as the build works with them: numbers for students and schools, half-days.

Student ids are text of any kind; here each becomes a dense whole number, and from here on there
is nothing else (docs/decisions/0003). Days become whole half-days. Nothing is dropped: a row that
breaks a rule is marked `valid = false`, and `build.validation.explain` then says why. Everything
here is an expression; `panel.inputs` works it out.
"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from leapdash.build.calendar import year_of_days
from leapdash.build.panel.student_groups import group_set
from leapdash.build.sources.source import InputTable
from leapdash.build.sources.typed import repaired
from leapdash.build.validation.row_rules import is_valid
from leapdash.contract import LEVEL_OF_GRADE, LEVELS
from leapdash.engines import Engine
from leapdash.engines.functions import all_different, power_of_two
from leapdash.errors import UsageError

HALF_DAYS: Mapping[str, str] = {
    "state": "a day attended for at least half counts whole, any other not at all",
    "fraction": "the shares of days attended are added up by month, and rounded to half days",
}
"""How daily attendance becomes days attended (Connecticut counts as in `state`)."""

LEVEL_NUMBERS: Mapping[str, int] = {level: number for number, level in enumerate(LEVELS)}


def check_half_day(half_day: str) -> None:
    """Raises UsageError for a name that is none of HALF_DAYS."""
    if half_day not in HALF_DAYS:
        raise UsageError(f"--half-day {half_day}: expected one of {', '.join(HALF_DAYS)}.")


def schools(engine: Engine, table: InputTable) -> ir.Table:
    """The schools, numbered in order of their codes; districts likewise.

    Columns: school, district (numbers), the contract's columns, valid, repaired.
    """
    t = table.read(engine)
    return t.select(
        *table.contract.column_names,
        school=ibis.row_number().over(order_by=t.school_code).cast("int32"),
        district=ibis.dense_rank().over(order_by=t.district_code).cast("int16"),
        valid=is_valid(t, table.contract),
        repaired=repaired(t, "school_code") | repaired(t, "district_code"),
    )


def students(engine: Engine, enrollment: InputTable) -> ir.Table:
    """The students of the enrollment: student_id and student, a number from 0."""
    ids = enrollment.read(engine).select("student_id").distinct()
    return ids.mutate(student=ibis.row_number().over(order_by=ids.student_id).cast("int32"))


def enrollment(
    engine: Engine, table: InputTable, students: ir.Table, schools: ir.Table
) -> ir.Table:
    """The enrollments: student, school, year (its first), level (0 to 2), pk, group_set, the flags
    school_profile counts, valid, repaired.
    """
    t = _numbered(engine, table, students, schools)
    levels = [(t.grade.isin(_grades(level)), number) for level, number in LEVEL_NUMBERS.items()]
    meals = t.meal_eligibility != "none"
    return t.select(
        "student",
        "school",
        "english_learner",
        "disability",
        "homeless",
        year=t.school_year.substr(0, 4).try_cast("int16"),
        level=ibis.cases(*levels).cast("int8"),
        pk=t.grade == "PK",
        group_set=group_set(t),
        meals=meals,
        high_needs=t.english_learner | t.disability | meals,
        valid=t.valid_row & t.student.notnull() & t.school.notnull(),
        repaired=t.repaired,
    )


def attendance(
    engine: Engine, table: InputTable, students: ir.Table, schools: ir.Table
) -> ir.Table:
    """The rows of `attendance`: student, school, month, year (the school year's first), enrolled
    and attended (whole half-days), valid, repaired.
    """
    t = _numbered(engine, table, students, schools)
    return t.select(
        "student",
        "school",
        "month",
        year=year_of_days(t.month),
        enrolled=_half_days(t.days_enrolled, t.valid_row),
        attended=_half_days(t.days_attended, t.valid_row),
        valid=t.valid_row & t.student.notnull() & t.school.notnull(),
        repaired=t.repaired,
    )


def daily_attendance(
    engine: Engine, table: InputTable, students: ir.Table, schools: ir.Table, half_day: str
) -> ir.Table:
    """The daily rows added up by month (see HALF_DAYS), as `attendance` and with rows (how many
    were added up); `valid` is false where one of them is not valid, or a day stands there twice.

    `fraction` adds up thousandths of a day as whole numbers, so that the sum doesn't depend on
    the order of the rows, and rounds halves up.
    """
    t = _numbered(engine, table, students, schools)
    if half_day == "state":
        present = ibis.ifelse(t.attended >= 0.5, 2, 0)
    else:
        present = (t.attended * 1000).round().cast("int32")
    t = t.mutate(
        month=_first_of_month(t.date),
        present=ibis.ifelse(t.valid_row, present, 0),
        bit=power_of_two(t.date.day()),
    )
    months = t.group_by("student", "school", "month").agg(
        rows=t.count(),
        present=t.present.sum(),
        each_day_once=all_different(t.bit),
        valid_row=t.valid_row.all(),
        repaired=t.repaired.any(),
    )
    attended = months.present if half_day == "state" else (months.present * 2 + 500) // 1000
    return months.select(
        "student",
        "school",
        "month",
        "rows",
        year=year_of_days(months.month),
        # Too many of a day that stands there too often: null, and `valid` tells.
        enrolled=(months["rows"] * 2).try_cast("int16"),
        attended=attended.try_cast("int16"),
        valid=months.valid_row
        & months.each_day_once.fill_null(False)
        & months.student.notnull()
        & months.school.notnull(),
        repaired=months.repaired,
    )


def visits(engine: Engine, table: InputTable, students: ir.Table) -> ir.Table:
    """The visits: student, visit_date, month, place, contact, visitor, language, valid."""
    t = table.read(engine)
    t = t.mutate(valid_row=is_valid(t, table.contract))
    t = t.left_join(students, "student_id")
    return t.select(
        "student",
        "visit_date",
        "place",
        "contact",
        "visitor",
        "language",
        month=_first_of_month(t.visit_date),
        valid=t.valid_row & t.student.notnull(),
    )


def programme(engine: Engine, table: InputTable, schools: ir.Table) -> ir.Table:
    """The rows of `programme`: the contract's columns, valid, repaired."""
    t = table.read(engine)
    known = schools.select("district_code").distinct().mutate(known=True)
    t = t.mutate(
        valid_row=is_valid(t, table.contract), repaired=repaired(t, "district_code")
    ).left_join(known, "district_code")
    return t.select(
        *table.contract.column_names, "repaired", valid=t.valid_row & t.known.fill_null(False)
    )


def _grades(level: str) -> list[str]:
    return [grade for grade, its_level in LEVEL_OF_GRADE.items() if its_level == level]


def _numbered(engine: Engine, table: InputTable, students: ir.Table, schools: ir.Table) -> ir.Table:
    """Every row with the student's and the school's number, null where they are unknown; valid_row
    (by itself) and repaired.
    """
    t = table.read(engine)
    t = t.mutate(valid_row=is_valid(t, table.contract), repaired=repaired(t, "school_code"))
    codes = schools.select("school_code", "school")
    return (
        t.left_join(students, "student_id").drop("student_id_right").left_join(codes, "school_code")
    )


def _first_of_month(day: ir.DateValue) -> ir.DateValue:
    # Not `truncate`, which makes a date a moment on some engines.
    return ibis.date(day.year(), day.month(), 1)


def _half_days(days: ir.FloatingValue, valid: ir.BooleanValue) -> ir.IntegerValue:
    # Valid days are whole halves, so twice of them is whole.
    return ibis.ifelse(valid, days * 2, ibis.null("float64")).cast("int16")
