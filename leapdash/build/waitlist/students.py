"""Who waits for a first visit in a district at the end of the data.

The one place where students' numbers become their ids again (docs/decisions/0003).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from leapdash.build.panel.inputs import Inputs
from leapdash.build.panel.panel import ELIGIBLE, Panel, participation_at
from leapdash.build.sources.source import InputTable
from leapdash.contract import school_year_of
from leapdash.engines import Workspace
from leapdash.errors import UsageError

MONTHS_SHOWN = 4
"""The days of so many of the last school months stand on the list."""


@dataclass(frozen=True)
class Days:
    """Days enrolled, some, and the days absent of those."""

    enrolled: float
    absent: float

    @property
    def share_absent(self) -> float:
        """Days absent over days enrolled, a fraction."""
        return self.absent / self.enrolled


@dataclass(frozen=True)
class WaitingStudent:
    """A student who waits, at one school of the last month.

    `also_at`: names of the other schools of that month. `eligible_since`: the month, as its first
    day. `days_waited`: from the end of that month to the end of the last. `months`: the days of
    each of Waitlist.months, None where not enrolled; `year`: those of the school year to date; both
    at all schools together. `tries`: visits that met nobody; `last_try`: the day of the last.
    """

    student_id: str
    school_code: str
    school_name: str
    also_at: tuple[str, ...]
    grade: str | None
    home_language: str | None
    eligible_since: date
    days_waited: int
    months: tuple[Days | None, ...]
    year: Days
    tries: int
    last_try: date | None


@dataclass(frozen=True)
class Waitlist:
    """The students of a district who wait for a first visit at the end of the last month.

    `students`: longest waiting first, then most absent in the school year; one at several schools
    of the district stands there for each, as in the table `reach`. `months`: the last school
    months, the last one last. `last_day`: of the last month. `gone`: how many students wait and
    were enrolled here earlier in the school year, and not in the last month: not on the list.
    """

    district_code: str
    district_name: str
    students: tuple[WaitingStudent, ...]
    months: tuple[date, ...]
    last_day: date
    gone: int

    @property
    def not_tried(self) -> tuple[WaitingStudent, ...]:
        """Those for whom no visit was tried."""
        return tuple(student for student in self.students if not student.tries)

    @property
    def tried(self) -> tuple[WaitingStudent, ...]:
        """Those for whom a visit was tried and met nobody."""
        return tuple(student for student in self.students if student.tries)


def counted(students: Iterable[WaitingStudent]) -> int:
    """How many students these are, each counted once."""
    return len({student.student_id for student in students})


def waitlist_of(
    space: Workspace, inputs: Inputs, panel: Panel, enrollment: InputTable, district: str
) -> Waitlist:
    """The list of the district with that code. `inputs` read with their ids.

    Raises UsageError where the district takes no part in the last month.
    """
    assert inputs.students is not None
    months = _school_months(space, panel)
    last, shown = months[-1], months[-MONTHS_SHOWN:]
    name = _check_takes_part(space, panel, district, last)
    listed = space.keep(_listed(space, panel, inputs.students, enrollment, district, last))
    days = _days(space, panel, listed, shown[0]["month_no"], last["year"])
    schools = _schools(space, panel, listed, last["month_no"])
    tries = _tries(space, panel, listed)
    of_year = [m["month_no"] for m in months if m["year"] == last["year"]]
    students = []
    for row in space.arrow(listed).to_pylist():
        own, since = days[row["student"]], months[row["eligible_no"]]
        number, last_try = tries.get(row["student"], (0, None))
        here = row["school_code"]
        students.append(
            WaitingStudent(
                row["student_id"],
                here,
                row["school_name"],
                tuple(n for code, n in sorted(schools[row["student"]].items()) if code != here),
                row["grade"],
                row["home_language"],
                since["month"],
                (last["month_end"] - since["month_end"]).days,
                tuple(own.get(m["month_no"]) for m in shown),
                _added([own[number] for number in of_year if number in own]),
                number,
                last_try,
            )
        )
    return Waitlist(
        district,
        name,
        tuple(sorted(students, key=_order)),
        tuple(m["month"] for m in shown),
        last["month_end"],
        _gone(space, panel, district, last),
    )


def _order(student: WaitingStudent) -> tuple[Any, ...]:
    absent = student.year.share_absent
    return -student.days_waited, -absent, student.student_id, student.school_code


def _school_months(space: Workspace, panel: Panel) -> list[dict[str, Any]]:
    """The school months in order, so that each stands at its month_no: see Calendar.month_table."""
    t = panel.months.filter(panel.months.month_no.notnull())
    return sorted(space.arrow(t).to_pylist(), key=lambda month: month["month_no"])


def _check_takes_part(
    space: Workspace, panel: Panel, district: str, last: Mapping[str, Any]
) -> str:
    """The district's name. Raises UsageError where it takes no part in the last month, where the
    table `reach` counts nobody as waiting either.
    """
    columns = ("district_code", "district_name", "leap_from", "leap_until")
    rows = space.arrow(panel.schools.select(*columns).distinct()).to_pylist()
    part = [row for row in rows if _takes_part(row, last)]
    (own,) = (row for row in rows if row["district_code"] == district)
    name: str = own["district_name"]
    if own in part:
        return name
    started, ended = own["leap_from"], own["leap_until"]
    if started is None:
        found = "takes no part in home visits: its leap_from is empty"
    elif started > last["month_end"]:
        found = f"takes part in home visits only from {started} on"
    else:
        found = f"took part in home visits only until {ended}"
    those = sorted(f"{row['district_name']} ({row['district_code']})" for row in part)
    raise UsageError(
        f"--district {district}: {name} {found}; the data end on {last['month_end']}.\n"
        f"Expected a district that takes part then: {', '.join(those) or 'none does'}."
    )


def _takes_part(school: Mapping[str, Any], month: Mapping[str, Any]) -> bool:
    started, ended = school["leap_from"], school["leap_until"]
    begun = started is not None and started <= month["month_end"]
    return bool(begun and (ended is None or ended >= month["month"]))


def _listed(
    space: Workspace,
    panel: Panel,
    ids: ir.Table,
    enrollment: InputTable,
    district: str,
    last: Mapping[str, Any],
) -> ir.Table:
    """Who waits at which school of the district in the last month.

    student, student_id, school_code, school_name; grade, home_language (of that school and year);
    eligible_no.
    """
    t = panel.rows.filter(
        panel.rows.month_no == last["month_no"], panel.rows.participation == ELIGIBLE
    ).select("student", "school")
    here = panel.schools.filter(panel.schools.district_code == district)
    t = t.join(here.select("school", "school_code", "school_name"), "school").drop("school")
    t = t.join(ids, "student").join(panel.status.select("student", "eligible_no"), "student")
    record = enrollment.read(space.engine)
    record = record.filter(record.school_year == school_year_of(last["month"]))
    record = record.select("student_id", "school_code", "grade", "home_language")
    t = t.left_join(record, ["student_id", "school_code"])
    return t.drop("student_id_right", "school_code_right")


_DaysByMonth = Mapping[int, Mapping[int, Days]]


def _days(
    space: Workspace, panel: Panel, listed: ir.Table, first_no: int, year: int
) -> _DaysByMonth:
    """The days of each listed student by month_no, at all schools together, of the school year and
    of the months from `first_no` on.
    """
    t = panel.rows.semi_join(listed, "student")
    t = t.filter((t.year == year) | (t.month_no >= first_no))
    t = t.group_by("student", "month_no").agg(enrolled=t.enrolled.sum(), absent=t.absent.sum())
    found: dict[int, dict[int, Days]] = defaultdict(dict)
    for row in space.arrow(t).to_pylist():
        days = Days(row["enrolled"] / 2, row["absent"] / 2)
        found[row["student"]][row["month_no"]] = days
    return found


def _added(days: Sequence[Days]) -> Days:
    return Days(sum(d.enrolled for d in days), sum(d.absent for d in days))


def _schools(
    space: Workspace, panel: Panel, listed: ir.Table, month_no: int
) -> Mapping[int, Mapping[str, str]]:
    """The schools of each listed student in a month: names by code."""
    t = panel.rows.semi_join(listed, "student")
    t = t.filter(t.month_no == month_no).select("student", "school")
    t = t.join(panel.schools.select("school", "school_code", "school_name"), "school")
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in space.arrow(t).to_pylist():
        found[row["student"]][row["school_code"]] = row["school_name"]
    return found


def _tries(space: Workspace, panel: Panel, listed: ir.Table) -> Mapping[int, tuple[int, date]]:
    """How many visits to each listed student met nobody, and the day of the last of them."""
    t = panel.visits.semi_join(listed, "student")
    t = t.filter(t.contact != "met")
    t = t.group_by("student").agg(tries=t.count(), last_try=t.visit_date.max())
    rows = space.arrow(t).to_pylist()
    return {row["student"]: (row["tries"], row["last_try"]) for row in rows}


def _gone(space: Workspace, panel: Panel, district: str, last: Mapping[str, Any]) -> int:
    """How many students wait and were enrolled in the district in this school year, and not in its
    last month.
    """
    here = panel.schools.filter(panel.schools.district_code == district).select("school")
    t = panel.rows.semi_join(here, "school")
    still = t.filter(t.month_no == last["month_no"])
    t = t.filter(t.year == last["year"]).select("student").distinct().anti_join(still, "student")
    t = t.join(panel.status.select("student", "visited_no", "eligible_no"), "student")
    waits = participation_at(t, ibis.literal(last["month_no"])) == ELIGIBLE
    return space.count(t.filter(waits))
