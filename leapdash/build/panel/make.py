"""From the input tables to the panel, in order, checked on the way.

Checks here are quick and only say that some rule is broken; `validation.explain` finds the rows.
"""

import ibis.expr.types as ir

from leapdash.build.calendar import Calendar
from leapdash.build.panel import panel
from leapdash.build.panel.inputs import Inputs
from leapdash.build.panel.visit_schools import with_schools
from leapdash.build.validation.row_rules import BrokenRulesError
from leapdash.engines import Workspace
from leapdash.progress import Progress


def make_panel(space: Workspace, inputs: Inputs, progress: Progress) -> panel.Panel:
    """The panel, on the engine. Drops what nothing needs afterwards, `inputs.attendance` and
    `inputs.visits` among it.

    Raises BrokenRulesError where rows break a rule that only shows beside other rows.
    """
    calendar, with_days, empty = _find_calendar(space, inputs.attendance)
    _check_dates(space, inputs.visits, calendar)
    months = space.put(calendar.month_table())
    school_years = space.put(calendar.year_table())
    with progress.step("school years of each student") as step:
        spells = space.keep(
            panel.spells(inputs.attendance, inputs.enrollment, inputs.schools, months, calendar)
        )
        step.rows = _check_spells(space, spells)
    with progress.step("who is eligible, who is visited") as step:
        dated = space.keep(panel.dated_visits(inputs.visits, space.put(calendar.visit_table())))
        status = space.keep(panel.student_status(spells, dated, months, school_years, calendar))
        years = space.keep(panel.student_years(spells, status, school_years, calendar))
        to_date = space.keep(panel.student_years_to_date(spells, status, school_years, calendar))
        step.rows = space.count(status)
    with progress.step("student-months") as step:
        rows = space.keep(panel.student_months(inputs.attendance, months, spells, status))
        step.rows = with_days
        if empty:
            progress.note(f"{empty:,} attendance rows have no day enrolled and count nowhere")
    with progress.step("schools of visited students") as step:
        visits = space.keep(with_schools(dated, rows, inputs.enrollment))
        step.rows = space.count(visits)
    space.drop(inputs.attendance, inputs.visits, spells, dated, school_years)
    return panel.Panel(
        months, inputs.schools, inputs.enrollment, rows, years, to_date, status, visits
    )


def _find_calendar(space: Workspace, attendance: ir.Table) -> tuple[Calendar, int, int]:
    """The months of the attendance rows, those with school apart from those without; and how many
    rows have a day enrolled, and how many have none.

    Raises BrokenRulesError where no row has a day enrolled.
    """
    t = attendance
    by_month = t.group_by("month").agg(rows=t.count(), with_days=(t.enrolled > 0).sum())
    months = sorted(space.arrow(by_month).to_pylist(), key=lambda row: row["month"])
    with_days = sum(row["with_days"] for row in months)
    if not with_days:
        raise BrokenRulesError("attendance")
    calendar = Calendar(
        tuple(row["month"] for row in months if row["with_days"]),
        tuple(row["month"] for row in months if not row["with_days"]),
    )
    return calendar, with_days, sum(row["rows"] for row in months) - with_days


def _check_dates(space: Workspace, visits: ir.Table, calendar: Calendar) -> None:
    found = space.row(visits.aggregate(first=visits.visit_date.min(), last=visits.visit_date.max()))
    if found["first"] is None:
        return
    if found["first"] < calendar.first_day or found["last"] > calendar.last_day:
        raise BrokenRulesError("visits")


def _check_spells(space: Workspace, spells: ir.Table) -> int:
    good = spells.each_month_once & spells.level.notnull()
    found = space.row(spells.aggregate(rows=spells.count(), good=good.sum()))
    if found["good"] != found["rows"]:
        raise BrokenRulesError("attendance")
    return int(found["rows"])
