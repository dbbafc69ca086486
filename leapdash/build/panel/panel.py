"""The panel: one row per student, school and school month, with what every summary asks of it.

Half-days are whole numbers throughout: `enrolled`, `absent`. Schools, districts, students and
months are numbers (`panel.numbered`, `build.calendar`). `participation` is 0 visited,
1 eligible, 2 other, the order in which one goes before the other. Everything here is an
expression; `panel.make` works it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from leapdash.build.calendar import Calendar
from leapdash.contract import PARTICIPATION
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    ELIGIBLE_WINDOW_MONTHS,
    WAITING_DAYS,
)
from leapdash.engines.functions import all_different

VISITED, ELIGIBLE, OTHER = range(len(PARTICIPATION))
MINIMUM_HALF_DAYS = 2 * CHRONIC_MINIMUM_DAYS


@dataclass(frozen=True)
class Panel:
    """What the summaries and effects are made from; tables on the engine.

    `months`: Calendar.month_table. `schools`, `enrollment`: see `panel.numbered`. `rows`:
    `student_months`. `years`: `student_years`. `to_date`: `student_years_to_date`. `status`:
    `student_status`. `visits`: see `panel.visit_schools`.
    """

    months: ir.Table
    schools: ir.Table
    enrollment: ir.Table
    rows: ir.Table
    years: ir.Table
    to_date: ir.Table
    status: ir.Table
    visits: ir.Table


def is_absent_for(
    share: float, absent: ir.IntegerValue, enrolled: ir.IntegerValue
) -> ir.BooleanValue:
    """Absent for that share of the days enrolled or more, exactly, in whole half-days."""
    exact = Fraction(str(share))
    return exact.denominator * absent >= exact.numerator * enrolled


def is_chronic(t: ir.Table) -> ir.BooleanValue:
    """Whether students are chronically absent, but for the minimum of days (see has_minimum)."""
    return is_absent_for(CHRONIC_SHARE_ABSENT, t.absent, t.enrolled)


def has_minimum(t: ir.Table) -> ir.BooleanValue:
    """Enrolled for at least the days that chronic absence asks for."""
    return t.enrolled >= MINIMUM_HALF_DAYS


def participation_at(t: ir.Table, month_no: ir.IntegerValue) -> ir.IntegerValue:
    """Participation as of a month, from visited_no and eligible_no."""
    number = ibis.cases(
        (_by(t.visited_no, month_no), VISITED),
        (_by(t.eligible_no, month_no), ELIGIBLE),
        else_=OTHER,
    )
    return number.cast("int8")


def spells(
    attendance: ir.Table,
    enrollment: ir.Table,
    schools: ir.Table,
    months: ir.Table,
    calendar: Calendar,
) -> ir.Table:
    """The school years of each student at each school, where there are attendance rows.

    student, school, district, year; enrolled_0, absent_0, …: half-days by the school month's
    position in the year; several: whether the student had more than one school in the year;
    each_month_once: false where two rows share a month; level, pk, group_set of the enrollment,
    null where there is none.
    """
    t = attendance.join(months.select("month", "position", "bit"), "month")
    t = t.mutate(absent=t.enrolled - t.attended)
    columns: dict[str, ir.Value] = {"each_month_once": all_different(t.bit)}
    for position in range(calendar.most_months()):
        here = t.position == position
        for name in ("enrolled", "absent"):
            half_days = ibis.ifelse(here, t[name], 0).sum()
            # Too many of a month that stands there too often: null, and `each_month_once` tells.
            columns[f"{name}_{position}"] = half_days.try_cast("int16")
    by_year = t.group_by("student", "school", "year").agg(**columns)
    known = enrollment.select("student", "school", "year", "level", "pk", "group_set")
    table = by_year.left_join(known, ["student", "school", "year"])
    table = table.join(schools.select("school", "district"), "school")
    table = table.select(*by_year.columns, "district", "level", "pk", "group_set")
    schools_of_year = table.count().over(group_by=[table.student, table.year])
    return table.mutate(several=schools_of_year > 1)


def dated_visits(visits: ir.Table, dates: ir.Table) -> ir.Table:
    """The visits: the columns of `numbered.visits` and visit (its number), month_no of the school
    month it counts in, year, cohort_period, first (the first that met the family).

    `dates`: Calendar.visit_table. Of two visits on one day the first in order of place, visitor and
    language is the first.
    """
    t = visits.join(dates, "month")
    order = ["visit_date", "place", "visitor", "language"]
    met = t.contact == "met"
    earliest = ibis.row_number().over(group_by=[t.student, met], order_by=[t[c] for c in order])
    return t.mutate(
        visit=ibis.row_number().over(order_by=[t.student, *(t[c] for c in order), t.contact]),
        first=met & (earliest == 0),
    )


def student_status(
    spells: ir.Table,
    visits: ir.Table,
    months: ir.Table,
    school_years: ir.Table,
    calendar: Calendar,
) -> ir.Table:
    """The students ever eligible or visited: student; eligible_no, visited_no, tried_no,
    the first month in which each holds, or null; eligible_end, the last day of the first of them;
    waited (class of days from then to the first visit, from 1; 0 where visited before that, or one
    of the two is missing).
    """
    eligible = _eligible(spells, school_years, calendar)
    first = visits.filter(visits["first"]).select("student", "visit_date", visited_no="month_no")
    tried = (
        visits.filter(visits.contact != "met")
        .group_by("student")
        .agg(tried_no=visits.month_no.min())
    )
    ends = months.select(eligible_no="month_no", eligible_end="month_end")
    t = _outer(_outer(eligible, first), tried)
    t = t.left_join(ends, "eligible_no").drop("eligible_no_right")
    days = t.visit_date.delta(t.eligible_end, unit="day")
    return t.select(
        "student",
        "eligible_no",
        "visited_no",
        "tried_no",
        "eligible_end",
        waited=_waiting_class(days),
    )


def student_years(
    spells: ir.Table,
    status: ir.Table,
    school_years: ir.Table,
    calendar: Calendar,
    through: int | None = None,
) -> ir.Table:
    """The school years of each student at each school with some day enrolled.

    student, school, district, year, level, pk, group_set, several; enrolled, absent in the whole
    year; last_no (the last month with a day enrolled), last_enrolled (in that month); visited_no
    and eligible_no of the student. `through`: only the year's months up to this position count.
    """
    positions = range(calendar.most_months() if through is None else through + 1)
    ended = [(spells[f"enrolled_{k}"] > 0, k) for k in reversed(positions)]
    t = spells.mutate(
        # Wide enough for the days of several schools, times twenty.
        enrolled=_total(spells, "enrolled", positions).cast("int32"),
        absent=_total(spells, "absent", positions).cast("int32"),
        last=ibis.cases(*ended),
        last_enrolled=ibis.cases(*((here, spells[f"enrolled_{k}"]) for here, k in ended)),
    )
    t = t.filter(t.enrolled > 0)
    t = t.join(school_years, "year")
    t = t.left_join(status.select("student", "visited_no", "eligible_no"), "student")
    return t.select(
        "student",
        "school",
        "district",
        "year",
        "level",
        "pk",
        "group_set",
        "several",
        "enrolled",
        "absent",
        "last_enrolled",
        last_no=(t.first_month_no + t["last"]).cast("int16"),
        visited_no=t.visited_no,
        eligible_no=t.eligible_no,
    )


def student_years_to_date(
    spells: ir.Table, status: ir.Table, school_years: ir.Table, calendar: Calendar
) -> ir.Table:
    """`student_years` as they stood at the end of each of their months: month_no beside the year,
    and all sums and last months of the months up to it.
    """
    parts = []
    for position in range(calendar.most_months()):
        reached = school_years.filter(school_years.months > position)
        t = student_years(spells, status, reached, calendar, position)
        t = t.join(reached.select("year", "first_month_no"), "year")
        parts.append(t.mutate(month_no=(t.first_month_no + position).cast("int16")))
    return ibis.union(*(part.drop("first_month_no") for part in parts))


def student_months(
    attendance: ir.Table, months: ir.Table, spells: ir.Table, status: ir.Table
) -> ir.Table:
    """The panel: one row per student, school and month with some day enrolled.

    student, school, district, month_no, year, level, pk, group_set; several (whether the student
    had more than one school in the school year); enrolled, absent; participation; eligible (by
    this month), tried (a visit had met nobody by this month); waited (see `student_status`, in
    the month of the first visit, else 0); waits (the class of days waited by the end of the month
    by who is waiting then, else 0).
    """
    facts = spells.select(
        "student",
        "school",
        "year",
        "district",
        "level",
        "pk",
        "group_set",
        "several",
    )
    # What belongs to the student or the year is put together first, on a tenth of the rows.
    facts = facts.left_join(status, "student").drop("student_right")
    t = attendance.filter(attendance.enrolled > 0)
    t = t.join(months.select("month", "month_no", "month_end"), "month")
    t = t.join(facts, ["student", "school", "year"])
    t = t.mutate(participation=participation_at(t, t.month_no))
    days = t.month_end.delta(t.eligible_end, unit="day")
    return t.select(
        "student",
        "school",
        "district",
        "month_no",
        "year",
        "level",
        "pk",
        "group_set",
        "several",
        "enrolled",
        absent=t.enrolled - t.attended,
        participation=t.participation,
        eligible=_by(t.eligible_no, t.month_no),
        tried=_by(t.tried_no, t.month_no),
        waited=ibis.ifelse(t.month_no == t.visited_no, t.waited, 0).fill_null(0).cast("int8"),
        waits=ibis.ifelse(t.participation == ELIGIBLE, _waiting_class(days), 0).cast("int8"),
    )


def _waiting_class(days: ir.IntegerValue) -> ir.IntegerValue:
    """The class of a waiting time, from 1; 0 where it is below 0 or there is none."""
    classes = [(days <= most, number) for number, most in enumerate(WAITING_DAYS, start=1)]
    number = ibis.cases((days < 0, 0), *classes, (days.notnull(), len(classes) + 1), else_=0)
    return number.cast("int8")


def _by(since: ir.IntegerValue, month_no: ir.IntegerValue) -> ir.BooleanValue:
    """Whether what began in the month `since`, or never (null), holds in a month."""
    return (since <= month_no).fill_null(False)


def _eligible(spells: ir.Table, school_years: ir.Table, calendar: Calendar) -> ir.Table:
    """The students ever eligible: student, eligible_no.

    That is the first month that ends a window of three school months in a row of one school year
    in which the student, at all schools together, was absent for 10% or more of at least 10 days.
    """
    positions = range(calendar.most_months())
    days = [f"{name}_{k}" for k in positions for name in ("enrolled", "absent")]
    t = spells.group_by("student", "year").agg(**{name: spells[name].sum() for name in days})
    t = t.join(school_years, "year")
    windows = []
    for last in positions[ELIGIBLE_WINDOW_MONTHS - 1 :]:
        window = range(last - ELIGIBLE_WINDOW_MONTHS + 1, last + 1)
        enrolled, absent = (_total(t, name, window) for name in ("enrolled", "absent"))
        chronic = is_absent_for(CHRONIC_SHARE_ABSENT, absent, enrolled)
        found = (last < t.months) & (enrolled >= MINIMUM_HALF_DAYS) & chronic
        windows.append((found, t.first_month_no + last))
    nowhere = ibis.null("int16")
    first = ibis.cases(*windows, else_=nowhere) if windows else nowhere
    t = t.select("student", eligible_no=first.cast("int16"))
    t = t.filter(t.eligible_no.notnull())
    return t.group_by("student").agg(eligible_no=t.eligible_no.min())


def _total(t: ir.Table, name: str, positions: Sequence[int]) -> ir.IntegerValue:
    total = t[f"{name}_{positions[0]}"]
    for position in positions[1:]:
        total = total + t[f"{name}_{position}"]
    return total


def _outer(left: ir.Table, right: ir.Table) -> ir.Table:
    """All students of both tables, once each."""
    t = left.outer_join(right, "student")
    either = ibis.coalesce(t.student, t.student_right)
    return t.mutate(student=either).drop("student_right")
