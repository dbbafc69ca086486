"""Who was enrolled where and when: spells, the calendars they follow, and their months as bits."""

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.edfi.calendars import bits_to, month_number
from leapdash.build.sources.edfi.defaults import LEFT_OUT, NEVER_CAME
from leapdash.build.sources.edfi.identities import check_identities, identified
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import CALENDAR_DATES, ENROLLMENTS
from leapdash.engines.functions import bit_count
from leapdash.errors import shortened

_REASONS = {
    "never came": "students who never came (exit type)",
    "before entry": "the exit is before the entry",
    "before school": "the exit is before the first school day",
    "grade": "grades that don't count here",
}


def read_spells(reading: Reading, calendars: ir.Table, identities: ir.Table | None) -> ir.Table:
    """One row per enrollment and school year it reaches.

    student, school, year, calendar, entry, last (the last day that counts; null where it goes on),
    grade, counted: whether it counts. Left out, and noted: who never came, whose exit is before the
    entry or the first school day, and grades that the configuration leaves out.
    """
    t = reading.table(ENROLLMENTS)
    check_identities(reading, t, identities)
    t = identified(t, identities)
    grades = reading.mapped(t, "grade", "grades", ENROLLMENTS, "entryGradeLevelDescriptor")
    exits = reading.mapped(t, "exit_type", "exits", ENROLLMENTS, "exitWithdrawTypeDescriptor")
    _tell_part_time(reading, t)
    t = t.mutate(year=t.stated_year.coalesce(t.calendar_year), descriptor_of_grade=t.grade)
    t = reading.with_meaning(t.drop("grade"), "descriptor_of_grade", grades, "grade", "string")
    t = reading.with_meaning(t, "exit_type", exits, "left", "string")
    t = reading.space.keep(
        t.select(
            *("student", "school", "year", "calendar", "entry", "exit", "grade", "left"),
            number=ibis.row_number(),
        )
    )
    t = reading.space.keep(_with_last_day(reading, t))
    followed = _followed(t, calendars)
    reason = ibis.cases(
        (followed.left == NEVER_CAME, "never came"),
        ((followed.exit < followed.entry).fill_null(False), "before entry"),
        (_before_school(followed), "before school"),
        (followed.grade == LEFT_OUT, "grade"),
        else_="",
    )
    found = reading.space.keep(
        followed.select(
            *("student", "school", "year", "calendar", "entry", "last", "grade", "number"),
            reason=reason,
        )
    )
    _check_calendars(reading, t, found, calendars)
    _tell_left_out(reading, found)
    return found.mutate(counted=found.reason == "").drop("reason", "number")


def student_months(reading: Reading, spells: ir.Table, months: ir.Table) -> ir.Table:
    """Every month of the calendars of every student: student, school, year, month, and as bits
    school_days, stated (those enrolled) and enrolled (those that count: up to the school's last
    event). Days of spells that overlap are there once.

    `months`: see `calendars.cut_after_last_event`.
    """
    t = spells.join(months, ["school", "year", "calendar"])
    entry, last = month_number(t.entry), month_number(t.last)
    inside = t.counted & (t.month >= entry) & (t.month <= last).fill_null(True)
    none = ibis.literal(0, "int64")
    stated = ibis.ifelse(inside, t.bits, none)
    stated = ibis.ifelse(t.month == entry, stated & ~bits_to(t.entry.day() - 1), stated)
    ends = (t.month == last).fill_null(False)
    stated = ibis.ifelse(ends, stated & bits_to(t.last.day().fill_null(0)), stated)
    t = t.mutate(stated=stated)
    found = t.group_by("student", "school", "year", "month").agg(
        school_days=t.bits.bit_or(),
        stated=t.stated.bit_or(),
        enrolled=(t.stated & t.sent).bit_or(),
    )
    return reading.space.keep(found)


def tell_doubles(reading: Reading, spells: ir.Table, months: ir.Table) -> None:
    """Notes on students at two schools on one day, and on those with too many days a year."""
    t = months.filter(months.enrolled != 0)
    schools = spells.group_by("student").agg(schools=spells.school.nunique())
    several = t.semi_join(schools.filter(schools.schools > 1), "student")
    by_student = several.group_by("student", "month").agg(
        days=bit_count(several.enrolled).sum(), different=bit_count(several.enrolled.bit_or())
    )
    twice = by_student.filter(by_student.days > by_student.different)
    found = reading.space.row(
        twice.agg(
            students=twice.student.nunique(), days=(twice.days - twice.different).sum().fill_null(0)
        )
    )
    if found["students"]:
        reading.notes.append(
            f"{found['students']:,} students are enrolled at two schools at once, on "
            f"{found['days']:,} days in all; each school counts them"
        )
    by_year = t.group_by("student", "school", "year").agg(days=bit_count(t.enrolled).sum())
    many = by_year.filter(by_year.days > MOST_DAYS)
    if count := reading.space.count(many):
        reading.notes.append(
            f"warning: {count:,} students have more than {MOST_DAYS} days at a school in a year; "
            "look at its calendar"
        )


MOST_DAYS = 185
"""More school days than this in a year aren't believed."""


def _with_last_day(reading: Reading, t: ir.Table) -> ir.Table:
    """The spells with `last`, the last day that counts.

    The exit date is one where the configuration says so, but for a student who begins at another
    school on it.
    """
    before = (t.exit - ibis.interval(days=1)).cast("date")
    if not reading.configuration.exit_date_counts:
        return t.mutate(last=before)
    begins = t.select("student", on="entry", at="school").distinct()
    goes_on = t.filter(t.exit > t.entry).join(
        begins,
        [
            t.student == begins.student,
            t.exit == begins["on"],
            t.school != begins["at"],
        ],
    )
    goes_on = goes_on.select("number").distinct().mutate(goes_on=True)
    t = t.left_join(goes_on, "number").drop("number_right")
    return t.mutate(last=ibis.ifelse(t.goes_on.fill_null(False), before, t.exit)).drop("goes_on")


def _followed(t: ir.Table, calendars: ir.Table) -> ir.Table:
    """Every spell with the calendars it follows: the one it names, else the school's only one."""
    c = calendars.rename(
        of_school="school", of_year="year", code="calendar", first_month="first", last_month="last"
    )
    reaches = (month_number(t.entry) <= c.last_month) & (
        (month_number(t.exit) >= c.first_month).fill_null(True)
    )
    named = (t.calendar == c.code).fill_null(False) | (t.calendar.isnull() & c.alone)
    joined = t.join(
        c,
        [
            t.school == c.of_school,
            (t.year == c.of_year).fill_null(False) | (t.year.isnull() & reaches),
            named,
        ],
    )
    return joined.drop("year", "calendar", "of_school").rename(year="of_year", calendar="code")


def _before_school(t: ir.Table) -> ir.BooleanValue:
    """Whether the last day is before the calendar's first school day."""
    month = month_number(t.last)
    none_yet = (t.first_bits & bits_to(t.last.day())) == 0
    before: ir.BooleanValue = (month < t.first_month) | ((month == t.first_month) & none_yet)
    return before.fill_null(False)


def _check_calendars(
    reading: Reading, t: ir.Table, followed: ir.Table, calendars: ir.Table
) -> None:
    """Every spell follows a calendar; what doesn't is told by school, and why."""
    lost = t.anti_join(followed.select("number").distinct(), "number")
    of_year = calendars.group_by("school", "year").agg(alone=calendars.alone.any())
    lost = lost.left_join(of_year, ["school", "year"])
    why = ibis.cases(
        (lost.calendar.notnull(), "unknown"),
        (lost.alone.notnull() & ~lost.alone, "several"),
        else_="none",
    )
    lost = lost.mutate(why=why)
    by_why = lost.group_by("why").agg(
        count=lost.count(),
        schools=lost.school.nunique(),
        school=lost.school.min(),
        year=lost.year.argmin(lost.school),
    )
    for row in reading.space.arrow(by_why.order_by("why")).to_pylist():
        school = shortened(row["school"])
        when = "" if row["year"] is None else f" in the school year {row['year']}"
        place = reading.places(ENROLLMENTS, school=[row["school"]])
        found, expected = {
            "unknown": (
                f"names a calendar that {CALENDAR_DATES.name} has no school day of",
                "a calendarCode with dates. Fetch calendarDates again, or correct the reference.",
            ),
            "several": (
                f"names no calendar, and school {school} has several{when}",
                "calendarReference where a school has more than one. Add it in the system the data "
                "come from.",
            ),
            "none": (
                f"school {school} has no calendar with a school day{when}",
                "calendarDates for every school with students. Fetch them, or add what is missing.",
            ),
        }[row["why"]]
        reading.problems.append(
            f"{place}, field calendarReference: {found}; {row['count']:,} enrollments like this, "
            f"at {row['schools']:,} schools.\nExpected {expected}"
        )


def _tell_left_out(reading: Reading, t: ir.Table) -> None:
    counted = t.filter(t.reason != "").group_by("reason").agg(count=lambda t: t.count())
    for row in reading.space.arrow(counted.order_by("reason")).to_pylist():
        reading.notes.append(
            f"{row['count']:,} enrollments are left out: {_REASONS[row['reason']]}"
        )


def _tell_part_time(reading: Reading, t: ir.Table) -> None:
    found = reading.space.row(t.agg(count=(t.full_time < 1).sum().fill_null(0)))
    if found["count"]:
        reading.notes.append(
            f"{found['count']:,} enrollments are part-time (fullTimeEquivalency under 1): on days "
            "they don't come they count as present, as Ed-Fi doesn't say which these are"
        )
