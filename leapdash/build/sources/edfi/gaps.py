"""Days that look whole and aren't: times in which a school sent nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leapdash.build.sources.edfi.calendars import named_year
from leapdash.build.sources.edfi.configuration import SILENT_DAYS
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import ATTENDANCE_EVENTS
from leapdash.errors import shortened

_MOST_TOLD = 50
_MOST_NAMED = 3
_MOST_SILENT = 0.5
"""A school that is silent on a larger share of its days has no rate anybody could believe."""
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
