"""The input tables as the build works with them: numbers for students and schools, half-days.

Student ids are text of any kind; here each becomes a dense whole number, and from here on there
is nothing else (docs/decisions/0003). Days become whole half-days. Nothing is dropped: a row that
breaks a rule is marked `valid = false`, and `build.validation.explain` then says why.
"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from leapdash.build.calendar import year_of_days
from leapdash.build.panel.student_groups import group_set
from leapdash.build.sources.folder import InputTable
from leapdash.build.sources.typed import repaired
from leapdash.build.validation.row_rules import is_valid
from leapdash.contract import LEVEL_OF_GRADE, LEVELS

HALF_DAYS: Mapping[str, str] = {
    "state": "a day attended for at least half counts whole, any other not at all",
    "fraction": "the shares of days attended are added up by month, and rounded to half days",
}
"""How daily attendance becomes days attended (Connecticut counts as in `state`)."""

LEVEL_NUMBERS: Mapping[str, int] = {level: number for number, level in enumerate(LEVELS)}


def schools(engine: Backend, source: InputTable) -> ir.Table:
    """One row per school, numbered in order of its code; districts likewise.

    Columns: school, district (numbers), the contract's columns, valid, repaired.
    """
    t = source.read(engine)
    numbered = t.select(
        *source.contract.column_names,
        school=ibis.row_number().over(order_by=t.school_code).cast("int16"),
        district=ibis.dense_rank().over(order_by=t.district_code).cast("int16"),
        valid=is_valid(t, source.contract),
        repaired=repaired(t, "school_code") | repaired(t, "district_code"),
    )
    return engine.create_table("schools_in", numbered, temp=True)


def students(engine: Backend, source: InputTable) -> ir.Table:
    """One row per student of the enrollment: student_id and student, a number from 0."""
    ids = source.read(engine).select("student_id").distinct()
    numbered = ids.mutate(student=ibis.row_number().over(order_by=ids.student_id).cast("int32"))
    return engine.create_table("students_in", numbered, temp=True)


def enrollment(
    engine: Backend, source: InputTable, students: ir.Table, schools: ir.Table
) -> ir.Table:
    """One row per enrollment: student, school, year (its first), level (0 to 2), pk, group_set,
    the flags school_profile counts, valid, repaired.
    """
    t = source.read(engine)
    t = t.mutate(valid_row=is_valid(t, source.contract), repaired=repaired(t, "school_code"))
    t = _numbered(t, students, schools)
    levels = [(t.grade.isin(_grades(level)), number) for level, number in LEVEL_NUMBERS.items()]
    meals = t.meal_eligibility != "none"
    table = t.select(
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
    return engine.create_table("enrollment_in", table, temp=True)


def attendance(
    engine: Backend, source: InputTable, students: ir.Table, schools: ir.Table
) -> ir.Table:
    """One row per row of `attendance`: student, school, month, year (the school year's first),
    enrolled and attended (whole half-days), valid, repaired.
    """
    t = source.read(engine)
    t = t.mutate(valid_row=is_valid(t, source.contract), repaired=repaired(t, "school_code"))
    t = _numbered(t, students, schools)
    table = t.select(
        "student",
        "school",
        "month",
        year=year_of_days(t.month),
        enrolled=_half_days(t.days_enrolled, t.valid_row),
        attended=_half_days(t.days_attended, t.valid_row),
        valid=t.valid_row & t.student.notnull() & t.school.notnull(),
        repaired=t.repaired,
    )
    return engine.create_table("attendance_in", table, temp=True)


def daily_attendance(
    engine: Backend, source: InputTable, students: ir.Table, schools: ir.Table, half_day: str
) -> ir.Table:
    """`attendance` from daily rows, added up by month (see HALF_DAYS); `valid` is false where a
    row of the month is not valid, or a day stands there twice. rows_read: how many days.

    `fraction` adds up thousandths of a day as whole numbers, so that the sum doesn't depend on
    the order of the rows, and rounds halves up.
    """
    t = source.read(engine)
    t = t.mutate(valid_row=is_valid(t, source.contract), repaired=repaired(t, "school_code"))
    t = _numbered(t, students, schools)
    if half_day == "state":
        present = ibis.ifelse(t.attended >= 0.5, 2, 0)
    else:
        present = (t.attended * 1000).round().cast("int32")
    t = t.mutate(
        month=t.date.truncate("month"),
        present=ibis.ifelse(t.valid_row, present, 0),
        day=ibis.literal(1, "int64") << t.date.day().cast("int64"),
    )
    months = t.group_by("student", "school", "month").agg(
        days=t.count(),
        present=t.present.sum(),
        each_day_once=t.day.sum() == t.day.bit_or(),
        valid_row=t.valid_row.all(),
        repaired=t.repaired.any(),
    )
    attended = months.present if half_day == "state" else (months.present * 2 + 500) // 1000
    table = months.select(
        "student",
        "school",
        "month",
        year=year_of_days(months.month),
        # Too many of a day that stands there too often: null, and `valid` tells.
        enrolled=(months.days * 2).try_cast("int16"),
        attended=attended.try_cast("int16"),
        rows_read=months.days,
        valid=months.valid_row
        & months.each_day_once.fill_null(False)
        & months.student.notnull()
        & months.school.notnull(),
        repaired=months.repaired,
    )
    return engine.create_table("attendance_in", table, temp=True)


def visits(engine: Backend, source: InputTable, students: ir.Table) -> ir.Table:
    """One row per visit: student, visit_date, month, place, contact, visitor, language, valid."""
    t = source.read(engine)
    t = t.mutate(valid_row=is_valid(t, source.contract))
    t = t.left_join(students, "student_id")
    table = t.select(
        "student",
        "visit_date",
        "place",
        "contact",
        "visitor",
        "language",
        month=t.visit_date.truncate("month"),
        valid=t.valid_row & t.student.notnull(),
    )
    return engine.create_table("visits_in", table, temp=True)


def programme(engine: Backend, source: InputTable, schools: ir.Table) -> ir.Table:
    """One row per row of `programme`, the contract's columns, valid, repaired."""
    t = source.read(engine)
    known = schools.select("district_code").distinct().mutate(known=True)
    t = t.mutate(
        valid_row=is_valid(t, source.contract), repaired=repaired(t, "district_code")
    ).left_join(known, "district_code")
    table = t.select(
        *source.contract.column_names, "repaired", valid=t.valid_row & t.known.fill_null(False)
    )
    return engine.create_table("programme_in", table, temp=True)


def _grades(level: str) -> list[str]:
    return [grade for grade, its_level in LEVEL_OF_GRADE.items() if its_level == level]


def _numbered(t: ir.Table, students: ir.Table, schools: ir.Table) -> ir.Table:
    """Every row, with the student's and the school's number; null where they are unknown."""
    codes = schools.select("school_code", "school")
    return (
        t.left_join(students, "student_id").drop("student_id_right").left_join(codes, "school_code")
    )


def _half_days(days: ir.FloatingValue, valid: ir.BooleanValue) -> ir.IntegerValue:
    # Valid days are whole halves, so twice of them is whole.
    return ibis.ifelse(valid, days * 2, ibis.null("float64")).cast("int16")
