"""The demonstration's attendance by day: its months' days, and nothing else of them."""

from collections import Counter, defaultdict
from datetime import date

import pyarrow as pa
import pytest

from leapdash.build.demo.calendar import MONTH_COUNT, MONTHS, SCHOOL_DAYS
from leapdash.build.demo.days import REASONS, by_day, school_days
from leapdash.build.demo.draws import Draws

SEPTEMBER, OCTOBER = MONTHS[:2]
# student, school, month, days enrolled, days attended; S3 changes school.
ROWS = [
    ("S1", "A", SEPTEMBER, 20.0, 20.0),
    ("S2", "A", SEPTEMBER, 20.0, 3.5),
    ("S3", "A", SEPTEMBER, 8.0, 8.0),
    ("S3", "B", SEPTEMBER, 12.0, 0.0),
    ("S4", "B", SEPTEMBER, 7.5, 4.5),
    ("S1", "A", OCTOBER, 20.0, 10.0),
    ("S5", "B", OCTOBER, 0.5, 0.5),
]
NAMES = ("student_id", "school_code", "month", "days_enrolled", "days_attended")


@pytest.fixture(scope="module")
def days():
    table = pa.table(dict(zip(NAMES, map(list, zip(*ROWS, strict=True)), strict=True)))
    return [row for part in by_day(table, Draws(1)) for row in part.to_pylist()]


def test_a_month_s_school_days_are_weekdays_and_as_many_as_the_calendar_has():
    for month in range(MONTH_COUNT):
        wanted = SCHOOL_DAYS[month % 10]
        own = school_days(month, wanted)
        assert len(set(own)) == len(own) == wanted
        assert own == sorted(own)
        assert {(day.year, day.month) for day in own} == {(MONTHS[month].year, MONTHS[month].month)}
        assert all(day.weekday() < 5 for day in own)


def test_the_days_add_up_to_the_month(days):
    """A half-day of membership is a day, half of it attended at most."""
    enrolled: Counter[tuple[str, str, date]] = Counter()
    attended: defaultdict[tuple[str, str, date], float] = defaultdict(float)
    for row in days:
        key = row["student_id"], row["school_code"], row["date"].replace(day=1)
        enrolled[key] += 1
        attended[key] += row["attended"]
    assert enrolled == {(s, c, m): int(e + 0.5) for s, c, m, e, _a in ROWS}
    assert attended == {(s, c, m): a for s, c, m, _e, a in ROWS}


def test_a_day_stands_once_and_is_a_school_day_and_who_changes_school_leaves_before(days):
    keys = [(row["student_id"], row["school_code"], row["date"]) for row in days]
    assert len(set(keys)) == len(keys)
    assert {row["date"] for row in days} <= {*school_days(0, 20), *school_days(1, 20)}
    here, there = ({d for s, c, d in keys if (s, c) == ("S3", school)} for school in "AB")
    assert max(here) < min(there)


def test_only_who_was_absent_has_a_reason(days):
    assert {row["attended"] for row in days} <= {0.0, 0.5, 1.0}
    assert all(row["reason"] is None for row in days if row["attended"] == 1)
    assert {row["reason"] for row in days} <= set(REASONS)
    assert {"illness", "unexcused"} <= {row["reason"] for row in days}


def test_the_same_draws_give_the_same_days(days):
    table = pa.table(dict(zip(NAMES, map(list, zip(*ROWS, strict=True)), strict=True)))
    again = [row for part in by_day(table, Draws(1)) for row in part.to_pylist()]
    other = [row for part in by_day(table, Draws(2)) for row in part.to_pylist()]
    assert again == days != other
