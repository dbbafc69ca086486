"""From input tables to the panel, and from the panel to every summary, in order and checked.

Checks here are quick and only say that some rule is broken; `validation.explain` finds the rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from leapdash.build.calendar import Calendar
from leapdash.build.effects.tables import effect_tables
from leapdash.build.panel import numbered, panel
from leapdash.build.panel.student_groups import memberships
from leapdash.build.panel.visit_schools import place_visits
from leapdash.build.sources.folder import InputTable
from leapdash.build.summaries import attendance as attendance_tables
from leapdash.build.summaries import programme
from leapdash.build.validation.row_rules import OF_A_DISTRICT, BrokenRulesError
from leapdash.contract import summary_table
from leapdash.engines.duckdb import put
from leapdash.progress import Progress

Tables = Mapping[str, InputTable]


@dataclass(frozen=True)
class Summaries:
    """The contract's summary tables but `published`, and the rows read, by input table."""

    tables: Mapping[str, pa.Table]
    rows_read: Mapping[str, int]


def summarise(
    engine: Backend, tables: Tables, half_day: str, progress: Progress, *, effects: bool
) -> Summaries:
    """Every summary of the input tables; of the visits' effects only where `effects`.

    Raises BrokenRulesError where a row breaks a rule.
    """
    rows_read: dict[str, int] = {}
    made = make_panel(engine, tables, half_day, rows_read, progress)
    members = put(engine, "memberships", memberships())
    summaries: dict[str, Callable[[], ir.Table]] = {
        "attendance": lambda: attendance_tables.attendance(made),
        "attendance_by_group": lambda: attendance_tables.attendance_by_group(made, members),
        "chronic_absence": lambda: attendance_tables.chronic_absence(made, members),
        "visits": lambda: programme.visits(made),
        "visits_by_kind": lambda: programme.visits_by_kind(made),
        "reach": lambda: programme.reach(made, members),
        "paths": lambda: programme.paths(made),
        "school_profile": lambda: programme.school_profile(made),
        "schools": lambda: made.schools,
    }
    if "programme" in tables:
        summaries["programme"] = lambda: engine.table("programme_in")
    results = {}
    for name, summary in summaries.items():
        with progress.step(f"summary {name}") as step:
            columns = summary_table(name).column_names
            results[name] = summary().select(*columns).to_pyarrow()
            step.rows = results[name].num_rows
    if effects:
        results.update(effect_tables(engine, made, progress))
    return Summaries(results, rows_read)


def make_panel(
    engine: Backend,
    tables: Tables,
    half_day: str,
    rows_read: dict[str, int],
    progress: Progress,
) -> panel.Panel:
    """The panel; `rows_read` is filled in on the way."""

    def read(name: str, make: Callable[[InputTable], ir.Table], *key: str) -> ir.Table:
        with progress.step(f"read {name}") as step:
            table = make(tables[name])
            step.rows = rows_read[name] = _checked(name, table, key, progress)
        return table

    schools = read("schools", lambda t: numbered.schools(engine, t), "school_code")
    _check_districts(schools)
    students = numbered.students(engine, tables["enrollment"])
    enrollment = read(
        "enrollment",
        lambda t: numbered.enrollment(engine, t, students, schools),
        *("student", "school", "year"),
    )
    if "attendance_daily" in tables:
        attendance = read(
            "attendance_daily",
            lambda t: numbered.daily_attendance(engine, t, students, schools, half_day),
        )
    else:
        attendance = read("attendance", lambda t: numbered.attendance(engine, t, students, schools))
    visits = read("visits", lambda t: numbered.visits(engine, t, students))
    if "programme" in tables:
        read(
            "programme",
            lambda t: numbered.programme(engine, t, schools),
            *("district_code", "school_year"),
        )
    calendar = find_calendar(attendance)
    _check_dates(visits, calendar)
    months = put(engine, "months", calendar.month_table())
    with progress.step("school years of each student") as step:
        spells = panel.make_spells(engine, attendance, enrollment, schools, months, calendar)
        step.rows = _check_spells(spells)
    with progress.step("who is eligible, who is visited") as step:
        dated = panel.date_visits(engine, visits, calendar)
        status = panel.student_status(engine, spells, dated, months, calendar)
        years = panel.make_years(engine, spells, status, calendar)
        step.rows = _count(status)
    with progress.step("student-months") as step:
        rows = panel.make_rows(engine, attendance, months, spells, status)
        step.rows = _count(rows)
        if empty := _count(attendance) - step.rows:
            progress.note(f"{empty:,} attendance rows have no day enrolled and count nowhere")
    with progress.step("schools of visited students") as step:
        at_home = place_visits(engine, dated, rows, enrollment)
        step.rows = _count(at_home)
    return panel.Panel(months, schools, enrollment, rows, years, status, at_home)


def find_calendar(attendance: ir.Table) -> Calendar:
    """The months of the attendance rows, those with school apart from those without.

    Raises BrokenRulesError where no row has a day enrolled.
    """
    months = attendance.group_by("month").agg(enrolled=attendance.enrolled.sum()).to_pyarrow()
    days: dict[date, int] = {row["month"]: row["enrolled"] or 0 for row in months.to_pylist()}
    with_school = tuple(sorted(month for month, enrolled in days.items() if enrolled))
    if not with_school:
        raise BrokenRulesError("attendance")
    return Calendar(with_school, tuple(sorted(month for month in days if not days[month])))


def _checked(name: str, table: ir.Table, key: tuple[str, ...], progress: Progress) -> int:
    """How many rows were read for the table. Raises BrokenRulesError where one breaks a rule."""
    facts = {"rows": table.count(), "valid": table.valid.sum().fill_null(0)}
    if "rows_read" in table.columns:
        facts["rows_read"] = table.rows_read.sum()
    if "repaired" in table.columns:
        facts["repaired"] = table.repaired.sum()
    (found,) = table.aggregate(**facts).to_pyarrow().to_pylist()
    if found["valid"] != found["rows"] or (
        key and _count(table.select(*key).distinct()) != found["rows"]
    ):
        raise BrokenRulesError(name)
    if found.get("repaired"):
        progress.note(f"{name}: leading zeros put back in the codes of {found['repaired']:,} rows")
    return int(found.get("rows_read") or found["rows"])


def _check_districts(schools: ir.Table) -> None:
    said = schools.select("district_code", *OF_A_DISTRICT).distinct()
    if _count(said) != _count(said.select("district_code").distinct()):
        raise BrokenRulesError("schools")


def _check_dates(visits: ir.Table, calendar: Calendar) -> None:
    dates = visits.aggregate(first=visits.visit_date.min(), last=visits.visit_date.max())
    (found,) = dates.to_pyarrow().to_pylist()
    if found["first"] is None:
        return
    if found["first"] < calendar.first_day or found["last"] > calendar.last_day:
        raise BrokenRulesError("visits")


def _check_spells(spells: ir.Table) -> int:
    good = spells.each_month_once & spells.level.notnull()
    (found,) = spells.aggregate(rows=spells.count(), good=good.sum()).to_pyarrow().to_pylist()
    if found["good"] != found["rows"]:
        raise BrokenRulesError("attendance")
    return int(found["rows"])


def _count(table: ir.Table) -> int:
    return int(table.count().to_pyarrow().as_py())
