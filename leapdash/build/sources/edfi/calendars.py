"""School days by calendar and month, each month as one whole number: bit 5 is the fifth's.

Rows of days would be two hundred times as many as there are students; so days are counted, cut and
compared as bits, and no table of days is ever made.
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import CALENDAR_DATES
from leapdash.engines.functions import bit_count
from leapdash.errors import shortened

KEY = ("school", "year", "calendar")
_MOST_NAMED = 3
JUNE = 5


def bit(day: ir.IntegerValue) -> ir.IntegerValue:
    """The bit of a day of the month."""
    return ibis.literal(1, "int64") << day.cast("int64")


def bits_to(day: ir.IntegerValue) -> ir.IntegerValue:
    """The bits of all days of a month up to one, itself included; of none for day 0."""
    return (ibis.literal(1, "int64") << (day.cast("int64") + 1)) - 1


def month_number(day: ir.DateValue) -> ir.IntegerValue:
    """The months from the year 0 to a day's."""
    return day.year().cast("int32") * 12 + day.month().cast("int32") - 1


def school_year(year: ir.IntegerValue) -> ir.StringValue:
    """Ed-Fi's school year, 2022, as the contract's, `2021-22`."""
    return (year - 1).cast("string") + "-" + (year % 100).cast("string").lpad(2, "0")


def calendar_months(reading: Reading) -> ir.Table:
    """The months of every calendar: school, year, calendar, month (its number), bits of its school
    days.

    A date is a school day where one of its events says so and none says that it isn't one: a day
    that was called off has both.
    """
    t = reading.table(CALENDAR_DATES)
    (events,) = CALENDAR_DATES.items
    key = (*KEY, "day")
    told = reading.items(t, events, *key)
    meanings = reading.mapped(
        told, "event", "calendar", CALENDAR_DATES, "calendarEvents[].calendarEventDescriptor"
    )
    told = reading.with_meaning(told, "event", meanings, "school_day", "boolean")
    days = reading.space.keep(
        told.group_by(key).agg(
            open=told.school_day.fill_null(False).any(), closed=(~told.school_day).any()
        )
    )
    _check(reading, t, days)
    days = days.filter(days.open & ~days.closed.fill_null(False))
    days = days.mutate(month=month_number(days.day), bit=bit(days.day.day()))
    return reading.space.keep(days.group_by([*KEY, "month"]).agg(bits=days.bit.bit_or()))


def calendars(months: ir.Table) -> ir.Table:
    """Every calendar with school days: school, year, calendar, first (month), first_bits, last
    (month), and alone: whether the school has no other in the year.
    """
    t = months.filter(months.bits != 0)
    found = t.group_by(KEY).agg(
        first=t.month.min(), first_bits=t.bits.argmin(t.month), last=t.month.max()
    )
    of_school = ibis.window(group_by=[found.school, found.year])
    return found.mutate(alone=found.count().over(of_school) == 1)


def cut_after_last_event(reading: Reading, months: ir.Table, last: ir.Table) -> ir.Table:
    """The months with `sent`: the bits of school days up to the school's last event of the year.

    A school that stops sending would have everybody present from then on. `last`: see
    `events.last_events`. What was cut is noted, by school year.
    """
    t = months.left_join(last, ["school", "year"])
    before, same = t.month < t.last_month, t.month == t.last_month
    sent = ibis.cases(
        (before.fill_null(False), t.bits),
        (same.fill_null(False), t.bits & bits_to(t.last_day)),
        else_=ibis.literal(0, "int64"),
    )
    cut = t.select(*KEY, "month", "bits", "last_month", "last_day", sent=sent)
    cut = reading.space.keep(cut)
    _tell_cut(reading, cut)
    return cut.drop("last_month", "last_day")


def _tell_cut(reading: Reading, t: ir.Table) -> None:
    days = t.filter(t.bits != t.sent)
    lost = (bit_count(days.bits) - bit_count(days.sent)).sum()
    by_school = days.group_by("school", "year").agg(
        days=lost, month=days.last_month.max(), day=days.last_day.max()
    )
    rows = reading.space.arrow(by_school.order_by("year", by_school.days.desc(), "school"))
    by_year: dict[int, list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        by_year.setdefault(row["year"], []).append(row)
    for year, schools in by_year.items():
        named = "; ".join(
            f"{row['school']}, {row['days']} days after {_last(row)}"
            for row in schools[:_MOST_NAMED]
        )
        more = "" if len(schools) <= _MOST_NAMED else f"; and {len(schools) - _MOST_NAMED:,} more"
        reading.notes.append(
            f"{named_year(year)}: days after a school's last attendance event don't count, as "
            f"nobody knows who came: at {len(schools):,} schools ({shortened(named, 300)}{more})"
        )


def _last(row: Mapping[str, Any]) -> str:
    if row["month"] is None:
        return "no event at all"
    return f"{row['month'] // 12}-{row['month'] % 12 + 1:02d}-{row['day']:02d}"


def named_year(year: int) -> str:
    """Ed-Fi's school year, 2022, as messages name it: `2021-22`."""
    return f"{year - 1}-{year % 100:02d}"


def _check(reading: Reading, dates: ir.Table, days: ir.Table) -> None:
    """Every date has an event, and lies in its school year, July to June."""
    silent = dates.anti_join(days.select(*KEY, "day"), [*KEY, "day"])
    if count := reading.space.count(silent):
        first = reading.space.arrow(silent.select(*KEY, "day").order_by(*KEY, "day").limit(1))
        place = reading.places(CALENDAR_DATES, **_wanted(first.to_pylist()[0]))
        reading.problems.append(
            f"{place}, field calendarEvents: nothing stands there; {count:,} dates like this.\n"
            "Expected what the day is, one event or more. Correct it in the system it comes from."
        )
    begins = days.day.year() + (days.day.month() > JUNE + 1).cast("int32")
    outside = days.filter(days.open & (begins != days.year))
    if count := reading.space.count(outside):
        first = reading.space.arrow(outside.select(*KEY, "day").order_by(*KEY, "day").limit(1))
        (row,) = first.to_pylist()
        place = reading.places(CALENDAR_DATES, **_wanted(row))
        reading.problems.append(
            f"{place}, field date: {row['day']}, a school day outside the school year "
            f"{named_year(row['year'])}; {count:,} like this.\n"
            "Expected days from July to June. Correct the date, or the calendar's schoolYear."
        )


def _wanted(row: Mapping[str, object]) -> dict[str, tuple[object]]:
    return {name: (found,) for name, found in row.items()}
