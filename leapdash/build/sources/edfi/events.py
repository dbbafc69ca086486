"""Attendance events into months: which school days a student was absent, and for how much of them.

Nothing unmatched becomes present: an event whose category, session, calendar or enrollment isn't
known is a problem, with its count and its place.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.build.sources.edfi.calendars import bit, month_number
from leapdash.build.sources.edfi.defaults import AS_LONG_AS_IT_LASTED
from leapdash.build.sources.edfi.identities import identified
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import ATTENDANCE_EVENTS, SESSIONS
from leapdash.engines.functions import bit_count
from leapdash.errors import shortened

_KEY = ("student", "school", "year", "month")
_SESSION = {"session_school": "school", "year": "year", "session": "session"}
"""A session's columns in events, and in sessions."""
_THOUSANDTHS = 1000
_HALF = _THOUSANDTHS // 2
_MOST_NAMED = 3


@dataclass(frozen=True)
class Events:
    """The attendance events. `rows`: student, school, year, day, share (absent, thousandths of the
    day). `months`: by student, school, year and month (its number), as bits of its days: any (with
    an event), and absent (for more than half of them).
    """

    rows: ir.Table
    months: ir.Table


def read_events(reading: Reading, identities: ir.Table | None, schools: Collection[str]) -> Events:
    """The events of the folder; what is wrong with their codes is added to the problems.

    `schools`: the ids of those there are.
    """
    before = len(reading.problems)
    t = identified(reading.table(ATTENDANCE_EVENTS), identities)
    if len(reading.problems) == before:
        t = _without_exceptions(reading, t, schools)
    meanings = _check(reading, t)
    lasting = {code: meant == AS_LONG_AS_IT_LASTED for code, meant in meanings.items()}
    shares = {code: 0.0 if lasting[code] else float(meant) for code, meant in meanings.items()}
    t = reading.with_meaning(t, "category", shares, "share", "float64")
    t = reading.with_meaning(t, "category", lasting, "lasting", "boolean")
    # An absence that lasted for nothing is one of which nobody wrote down how long it lasted.
    lasted = ibis.ifelse(t.duration > 0, t.duration, ibis.null("float64"))
    share = ibis.ifelse(t.lasting | (t.share > 0), lasted.coalesce(t.share), t.share)
    rows = t.select(
        "student",
        "school",
        "year",
        "day",
        # Unmapped categories are told, and nothing is made of them.
        share=(share.fill_null(1.0) * _THOUSANDTHS).round().cast("int32"),
    )
    t = rows.mutate(month=month_number(rows.day), bit=bit(rows.day.day()))
    months = t.group_by(_KEY).agg(
        any=t.bit.bit_or(),
        absent=ibis.ifelse(t.share > _HALF, t.bit, ibis.literal(0, "int64")).bit_or(),
    )
    return Events(rows, reading.space.keep(months))


def months_with_events(reading: Reading, events: Events) -> ir.Table:
    """Which days schools sent events of: school, year, month (its number), any (bits of days)."""
    t = events.months.group_by("school", "year", "month").agg(any=lambda t: t["any"].bit_or())
    return reading.space.keep(t)


def last_events(sent: ir.Table) -> ir.Table:
    """When a school last sent an event, by school year: school, year, last_month (its number),
    last_day. `sent`: see `months_with_events`.
    """
    t = sent
    last = t.group_by("school", "year").agg(last_month=t.month.max(), bits=t["any"].argmax(t.month))
    # The day is the highest bit; the bits up to it are all that are smaller, and itself.
    day = last.bits.cast("float64").log2().floor().cast("int64")
    return last.select("school", "year", "last_month", last_day=day)


def attendance(reading: Reading, events: Events, months: ir.Table, half_day: str) -> ir.Table:
    """Days enrolled and attended by student, school, year and month (its number), as days.

    `months`: see `enrollments.student_months`. `half_day`: one of numbered.HALF_DAYS. On a day with
    several events the largest share absent counts, once.
    """
    months = reading.space.keep(
        months.left_join(events.months, _KEY).select(
            *_KEY,
            *("school_days", "stated", "enrolled", "any"),
            absent=lambda t: t.absent.fill_null(0),
        )
    )
    _check_days(reading, events, months)
    enrolled = months.filter(months.enrolled != 0)
    found = enrolled.select(*_KEY, "enrolled", "absent")
    days = bit_count(found.enrolled)
    if half_day == "state":
        return found.select(
            *_KEY,
            days_enrolled=days.cast("float64"),
            days_attended=(days - bit_count(found.enrolled & found.absent)).cast("float64"),
        )
    lost = _shares(events.rows, enrolled)
    found = found.left_join(lost, _KEY)
    days = bit_count(found.enrolled).cast("int64")
    present = days * _THOUSANDTHS - found.lost.fill_null(0).cast("int64")
    half_days = (present * 2 + _HALF) // _THOUSANDTHS
    return found.select(
        *_KEY, days_enrolled=days.cast("float64"), days_attended=half_days.cast("float64") / 2
    )


def _shares(t: ir.Table, enrolled: ir.Table) -> ir.Table:
    """Thousandths of days absent, by month, of days enrolled."""
    t = t.filter(t.share > 0)
    t = t.mutate(month=month_number(t.day), bit=bit(t.day.day()))
    days = t.group_by(*_KEY, "bit").agg(share=t.share.max())
    days = days.join(enrolled, _KEY)
    days = days.filter((days.enrolled & days.bit) != 0)
    return days.group_by(_KEY).agg(lost=days.share.sum())


def _check(reading: Reading, t: ir.Table) -> dict[str, Any]:
    """What the categories stand for; and that sessions and durations are as they must be. One look
    at the events answers all of it.
    """
    kinds = reading.space.keep(
        t.group_by("category", *_SESSION).agg(
            count=t.count(),
            wrong=((t.duration < 0) | (t.duration > 1)).sum().fill_null(0),
            duration=t.duration.max(),
        )
    )
    _check_sessions(reading, kinds)
    _check_durations(reading, kinds)
    return reading.mapped(
        kinds, "category", "attendance", ATTENDANCE_EVENTS, "attendanceEventCategoryDescriptor"
    )


def _check_sessions(reading: Reading, kinds: ir.Table) -> None:
    sessions = reading.table(SESSIONS).distinct()
    used = kinds.group_by(list(_SESSION)).agg(count=kinds["count"].sum())
    lost = used.anti_join(sessions, list(_SESSION.items()))
    found = reading.space.arrow(lost.order_by(list(_SESSION))).to_pylist()
    if found:
        first = found[0]
        place = reading.places(ATTENDANCE_EVENTS, **{name: [first[name]] for name in _SESSION})
        reading.problems.append(
            f"{place}, field sessionReference: no session "
            f"{shortened(first['session'])!r} of school {shortened(first['session_school'])} in "
            f"the school year {first['year']}; {_all(found):,} events like this, "
            f"of {len(found):,} sessions.\nExpected a session that sessions holds. Fetch sessions "
            "again, or add what is missing."
        )


def _check_durations(reading: Reading, kinds: ir.Table) -> None:
    wrong = kinds.filter(kinds.wrong > 0)
    found = reading.space.row(
        wrong.agg(count=wrong.wrong.sum().fill_null(0), duration=wrong.duration.max())
    )
    if found["count"]:
        reading.problems.append(
            f"{ATTENDANCE_EVENTS.name}, field eventDuration: {found['duration']:g} and the like; "
            f"{found['count']:,} of them.\nExpected a share of the day, 0 to 1. Correct them in "
            "the system they come from: minutes or hours aren't told here."
        )


def _without_exceptions(reading: Reading, t: ir.Table, schools: Collection[str]) -> ir.Table:
    """The events, but for those on days that the configuration names as exceptions; noted.

    A day that it names without an event is a problem.
    """
    named = reading.configuration.off_calendar
    if not named:
        return t
    listed = reading.space.put(
        pa.table(
            {
                "school": pa.array([school for school, _ in named], pa.string()),
                "day": pa.array([day for _, day in named], pa.date32()),
            }
        )
    )
    left = t.semi_join(listed, ["school", "day"]).group_by("school", "day")
    counts = {
        (row["school"], row["day"]): row["count"]
        for row in reading.space.arrow(left.agg(count=lambda t: t.count())).to_pylist()
    }
    # Schools that are unknown were told.
    known = {school for school, _ in counts} | set(schools)
    if lost := sorted(one for one in named - set(counts) if one[0] in known):
        told = ", ".join(f"{day} of school {school}" for school, day in lost[:_MOST_NAMED])
        more = "" if len(lost) <= _MOST_NAMED else f" and {len(lost) - _MOST_NAMED:,} more"
        reading.problems.append(
            f"{reading.configuration.name}, exceptions.off_calendar: no attendance event on "
            f"{shortened(told, 300)}{more}.\nExpected days with events that stay out. Correct the "
            "school or the date, or take the entry out."
        )
    reading.notes.append(
        f"{sum(counts.values()):,} attendance events are left out: their days are exceptions "
        f"in {reading.configuration.name}"
    )
    return t.anti_join(listed, ["school", "day"])


def _check_days(reading: Reading, events: Events, months: ir.Table) -> None:
    """Every event is on a school day of its student's calendar; one outside the student's days
    there is noted.
    """
    off = months["any"] & ~months.school_days
    outside = months["any"] & months.school_days & ~months.stated
    found = reading.space.row(
        months.agg(
            matched=months["any"].count(),
            off=(off != 0).sum().fill_null(0),
            outside=bit_count(outside).sum().fill_null(0),
        )
    )
    if found["outside"]:
        reading.notes.append(
            f"{found['outside']:,} days with attendance events are left out: the student wasn't "
            "enrolled at the school on them"
        )
    if found["off"] or found["matched"] < reading.space.count(events.months):
        _tell_off(reading, events, months)


def _tell_off(reading: Reading, events: Events, months: ir.Table) -> None:
    """The problems: events of students who aren't enrolled there, and those off the calendar."""
    t = events.rows.mutate(month=month_number(events.rows.day), bit=bit(events.rows.day.day()))
    known = months.select(*_KEY, "school_days")
    joined = t.left_join(known, _KEY).select(*t.columns, "school_days")
    off = joined.filter((joined.bit & joined.school_days.fill_null(0)) == 0)
    off = reading.space.keep(off)
    enrolled = months.select("student", "school", "year").distinct()
    key = ["student", "school", "year"]
    strange = off.anti_join(enrolled, key)
    rows = strange.group_by("school", "day").agg(count=strange.count())
    if found := reading.space.arrow(rows.order_by("school", "day")).to_pylist():
        reading.problems.append(
            f"{_place(reading, found[0])}, field studentReference: a student with no enrollment at "
            f"school {shortened(found[0]['school'])} in the school year; {_all(found):,} events "
            "like this.\nExpected studentSchoolAssociations for everyone who has events. Fetch "
            "them again; where districts have identifiers of their own, see [students] in the docs."
        )
    known = off.semi_join(enrolled, key)
    rows = known.group_by("school", "day").agg(count=known.count())
    if found := reading.space.arrow(rows.order_by("school", "day")).to_pylist():
        listed = ", ".join(_exception(row) for row in found[:_MOST_NAMED])
        reading.problems.append(
            f"{_place(reading, found[0])}, field eventDate: {found[0]['day']} is no school day of "
            f"the student's calendar at school {shortened(found[0]['school'])}; {_all(found):,} "
            f"events like this, on {len(found):,} days.\nExpected events on school days. Correct "
            f"the calendar, or leave the days out in {reading.configuration.name}:\n[exceptions]\n"
            f"off_calendar = [{listed}{', …' if len(found) > _MOST_NAMED else ''}]"
        )


def _exception(row: Mapping[str, object]) -> str:
    school = str(row["school"])
    shown = school if school.isdigit() else f'"{shortened(school)}"'
    return f"{{ school = {shown}, date = {row['day']} }}"


def _place(reading: Reading, row: Mapping[str, object]) -> str:
    day = row["day"]
    assert isinstance(day, date)
    return reading.places(ATTENDANCE_EVENTS, school=[row["school"]], day=[day.isoformat()])


def _all(found: list[dict[str, int]]) -> int:
    return sum(row["count"] for row in found)
