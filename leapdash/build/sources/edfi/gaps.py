"""Days that look whole and aren't: times in which a school sent nothing, and holes in calendars."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leapdash.build.sources.edfi.calendars import named_year
from leapdash.build.sources.edfi.configuration import SILENT_DAYS
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import ATTENDANCE_EVENTS, CALENDAR_DATES
from leapdash.errors import shortened

_MOST_TOLD = 50
_MOST_NAMED = 3
_MOST_SILENT = 0.5
"""A school that is silent on a larger share of its days has no rate anybody could believe."""
_MONTH = 10
"""As many school days of others are a month, for a calendar that has none in it."""
_THREE_WEEKS = 21
_DAYS_OF_MONTH = np.arange(1, 32)


@dataclass(frozen=True)
class Silence:
    """School days in a row on which a school sent no event; `of`: how many count in the year."""

    school: str
    year: int
    begin: date
    end: date
    days: int
    of: int


def check_silences(reading: Reading, months: ir.Table, sent: ir.Table) -> None:
    """Notes every school that sent nothing for a while, in which everybody would be present.

    One that was silent for three weeks and more on most of its days is a problem, unless the
    configuration says that it is right.

    `months`: see `calendars.cut_after_last_event`; `sent`: see `events.months_with_events`. Days
    after the last event don't count anyway.
    """
    t = months.group_by("school", "year", "month").agg(bits=months.sent.bit_or())
    t = t.left_join(sent, ["school", "year", "month"]).select(
        "school", "year", "month", "bits", events=lambda t: t["any"].fill_null(0)
    )
    rows = reading.space.arrow(t.filter(t.bits != 0).order_by("year", "school", "month"))
    least = reading.configuration.silent_days
    found = list(_silences(rows, min(least, SILENT_DAYS)))
    for year, those in groupby(found, key=lambda one: one.year):
        told = [one for one in those if one.days >= least]
        if not told:
            continue
        listed = "; ".join(map(_told, told[:_MOST_TOLD]))
        more = "" if len(told) <= _MOST_TOLD else f"; and {len(told) - _MOST_TOLD:,} more"
        reading.notes.append(
            f"{named_year(year)}: no attendance event for {least} or more school days in a row, "
            f"on which everybody counts as present: {listed}{more}"
        )
    _refuse(reading, [one for one in found if one.days >= SILENT_DAYS])


def _refuse(reading: Reading, found: list[Silence]) -> None:
    """The problem: schools silent on most of a year's days."""
    silent: dict[tuple[str, int], list[Silence]] = {}
    for one in found:
        silent.setdefault((one.school, one.year), []).append(one)
    wrong = [
        those
        for (school, _), those in silent.items()
        if school not in reading.configuration.silent_schools
        and sum(one.days for one in those) > those[0].of * _MOST_SILENT
    ]
    if not wrong:
        return
    told = "; ".join(
        f"{shortened(those[0].school)} on {sum(one.days for one in those)} of "
        f"{those[0].of} days of {named_year(those[0].year)} (from {those[0].begin} until "
        f"{those[-1].end})"
        for those in wrong[:_MOST_NAMED]
    )
    schools = sorted({those[0].school for those in wrong})
    listed = ", ".join(s if s.isdigit() else f'"{shortened(s)}"' for s in schools[:_MOST_TOLD])
    reading.problems.append(
        f"{ATTENDANCE_EVENTS.name}: schools that sent no event on most of their school days, so "
        f"that everybody would be present: {told}{'; …' if len(wrong) > _MOST_NAMED else ''}; "
        f"{len(schools):,} schools like this.\nExpected events from a school all through its year. "
        "Ask the schools and fetch the events again; or, where nobody was absent, say so in "
        f"{reading.configuration.name}:\n[exceptions]\n"
        f"silent_schools = [{listed}{', …' if len(schools) > _MOST_TOLD else ''}]"
    )


def _silences(rows: pa.Table, least: int) -> Iterator[Silence]:
    """Runs of at least so many school days without an event, of rows by year, school, month."""
    bits, events, month = (rows[n].to_numpy().astype("int64") for n in ("bits", "events", "month"))
    schools, years = rows["school"].to_pylist(), rows["year"].to_pylist()
    # One element for each school day of a school, in order.
    row, day = np.nonzero(_is_set(bits))
    if not len(row):
        return
    heard = _is_set(events)[row, day]
    numbers: dict[tuple[str, int], int] = {}
    of_row = [numbers.setdefault(key, len(numbers)) for key in zip(schools, years, strict=True)]
    owner = np.array(of_row)[row]
    of = np.bincount(owner)
    # A run ends with its school, and at an event.
    run = np.cumsum(heard | (np.diff(owner, prepend=-1) != 0))
    run, owner, row, day = (array[~heard] for array in (run, owner, row, day))
    _, first, length = np.unique(run, return_index=True, return_counts=True)
    for at, days in zip(first, length, strict=True):
        if days >= least:
            last = at + days - 1
            yield Silence(
                school=schools[row[at]],
                year=years[row[at]],
                begin=_date(month[row[at]], day[at]),
                end=_date(month[row[last]], day[last]),
                days=int(days),
                of=int(of[owner[at]]),
            )


def _is_set(bits: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """By month (a row) and day of the month (a column, from 0), whether its bit is set."""
    is_set: npt.NDArray[np.bool_] = (bits[:, None] >> _DAYS_OF_MONTH) & 1 == 1
    return is_set


def _date(month: np.int64, day: np.int64) -> date:
    return date(int(month) // 12, int(month) % 12 + 1, int(day) + 1)


def _told(one: Silence) -> str:
    return f"{shortened(one.school)} from {one.begin} until {one.end}, {one.days} of {one.of} days"


@dataclass(frozen=True)
class _Year:
    """The school days of a school year's calendars, by calendar (a row) and date (a column)."""

    year: int
    schools: npt.NDArray[np.int64]
    calendars: list[tuple[str, str]]
    days: npt.NDArray[np.bool_]
    dates: list[date]


def tell_holes(reading: Reading, months: ir.Table) -> None:
    """Notes calendars with a hole that those of other schools don't have: nobody is enrolled there.

    A hole is one of three weeks, 15 of the school days that more than half of the other schools
    have, with school days before and after; or a month of which they have ten and the calendar
    none. The days that no calendar has are noted too where they are three weeks, but in summer.
    `months`: see `calendars.calendar_months`.
    """
    rows = reading.space.arrow(months.filter(months.bits != 0))
    for year in _years(rows):
        if told := [_told_hole(year, *hole) for hole in _holes(year)]:
            more = "" if len(told) <= _MOST_TOLD else f"; and {len(told) - _MOST_TOLD:,} more"
            reading.notes.append(
                f"{named_year(year.year)}: {CALENDAR_DATES.name} without school days that most "
                "other schools have; nobody counts as enrolled on them: "
                f"{'; '.join(told[:_MOST_TOLD])}{more}"
            )
        for begin, end in _shared_holes(year):
            reading.notes.append(
                f"{named_year(year.year)}: {CALENDAR_DATES.name} hold no school day of any school "
                f"from {begin} until {end}; fetch them again if there were some"
            )


def _years(rows: pa.Table) -> Iterator[_Year]:
    ordered = rows.sort_by([(name, "ascending") for name in ("year", "school", "calendar")])
    for year in sorted(set(ordered["year"].to_pylist())):
        own = ordered.filter(pc.equal(ordered["year"], year))
        keys = list(zip(own["school"].to_pylist(), own["calendar"].to_pylist(), strict=True))
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        schools = {
            school: number for number, school in enumerate(dict.fromkeys(s for s, _ in numbers))
        }
        first, last = date(year - 1, 7, 1), date(year, 6, 30)
        dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        places = {day: at for at, day in enumerate(dates)}
        days = np.zeros((len(numbers), len(dates)), dtype=bool)
        set_ = _is_set(own["bits"].to_numpy().astype("int64"))
        for key, month, bits in zip(keys, own["month"].to_pylist(), set_, strict=True):
            # Dates outside the school year are a problem that was told before.
            begin = places.get(date(month // 12, month % 12 + 1, 1))
            if begin is not None:
                part = days[numbers[key], begin : begin + 31]
                part |= bits[: len(part)]
        yield _Year(year, np.array([schools[s] for s, _ in numbers]), list(numbers), days, dates)


def _holes(year: _Year) -> Iterator[tuple[int, int, int, int]]:
    """Calendar, first and last date, and how many school days of others lie between."""
    of_school = np.zeros((year.schools.max() + 1, len(year.dates)), dtype=bool)
    np.logical_or.at(of_school, year.schools, year.days)
    open_, others = of_school.sum(axis=0), len(of_school) - 1
    months = np.array([day.year * 12 + day.month for day in year.dates])
    for number, (school, own) in enumerate(zip(year.schools, year.days, strict=True)):
        common = (open_ - of_school[school]) * 2 > others
        at = np.nonzero(own)[0]
        lacking = np.nonzero(common & ~own)[0]
        # Between which two of its own days each date lies.
        between = np.searchsorted(at, lacking)
        for gap in np.unique(between):
            run = lacking[between == gap]
            whole = [
                month
                for month in np.unique(months[run])
                if not own[months == month].any() and (months[run] == month).sum() >= _MONTH
            ]
            if whole or (0 < gap < len(at) and len(run) >= SILENT_DAYS):
                yield number, int(run[0]), int(run[-1]), len(run)


def _shared_holes(year: _Year) -> Iterator[tuple[date, date]]:
    end_of_summer = year.dates.index(date(year.year - 1, 8, 31))
    at = np.nonzero(year.days.any(axis=0))[0].tolist()
    for before, after in pairwise(at):
        begin = max(before, end_of_summer) + 1
        if after - begin >= _THREE_WEEKS:
            yield year.dates[begin], year.dates[after - 1]


def _told_hole(year: _Year, number: int, first: int, last: int, days: int) -> str:
    school, calendar = year.calendars[number]
    return (
        f"{shortened(school)}, calendar {shortened(calendar)}, from {year.dates[first]} until "
        f"{year.dates[last]}, {days} days"
    )
