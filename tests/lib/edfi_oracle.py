"""Ed-Fi's events into days once more, day by day in plain Python, for tests to compare with."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.lib.edfi import EVENTS, SPELLS, Resources

_OPEN = {"Instructional day", "Make-up day", "Student late arrival/early dismissal"}
_SHARES = {"Excused Absence": 1.0, "Unexcused Absence": 1.0, "Partial": 0.5}
_LASTING = {"Tardy", "Early departure"}
_NEVER = {"No show", "Invalid enrollment"}
_LEFT_OUT = {"Infant/toddler", "Grade 13", "Postsecondary", "Adult Education", "Out of School"}


def months(resources: Resources) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Days enrolled and attended by student, schoolId and month `2021-09`, the shares of days
    added up and rounded to half days. For resources that a build takes.
    """
    calendars = _calendars(resources["calendarDates"])
    shares, last = _events(resources[EVENTS])
    begins = defaultdict(set)
    for row in resources[SPELLS]:
        begins[_student(row), _text(row["entryDate"])[:10]].add(_school(row))
    days = set()
    for row in resources[SPELLS]:
        if _code(row.get("exitWithdrawTypeDescriptor")) in _NEVER:
            continue
        if _code(row["entryGradeLevelDescriptor"]) in _LEFT_OUT:
            continue
        student, school = _student(row), _school(row)
        entry = _day(row["entryDate"])
        exit_text = _text(row.get("exitWithdrawDate"))
        end = _day(exit_text) if exit_text else date(2200, 1, 1)
        if end < entry:
            continue
        if end > entry and begins[student, exit_text[:10]] - {school}:
            end -= timedelta(days=1)
        for (of_school, year), of_year in calendars.items():
            if of_school != school or _year(row) not in ("", year):
                continue
            named = _text((row.get("calendarReference") or {}).get("calendarCode"))
            for code, school_days in of_year.items():
                if named in ("", code):
                    days |= {
                        (student, school, day)
                        for day in school_days
                        if entry <= day <= end and day <= last.get((school, year), date(1, 1, 1))
                    }
    found: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0, 0])
    for student, school, day in days:
        month = found[student, school, f"{day:%Y-%m}"]
        month[0] += 1
        month[1] += 1000 - shares.get((student, school, day), 0)
    return {
        key: (enrolled, (int(present) * 2 + 500) // 1000 / 2)
        for key, (enrolled, present) in found.items()
    }


def _calendars(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, set[date]]]:
    events = defaultdict(set)
    for row in rows:
        of = row["calendarReference"]
        key = _text(of["schoolId"]), _text(of["schoolYear"]), _text(of["calendarCode"])
        for event in row["calendarEvents"]:
            if event:
                events[key, _day(row["date"])].add(_code(event["calendarEventDescriptor"]))
    found: dict[tuple[str, str], dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for ((school, year, code), day), said in events.items():
        if said and said <= _OPEN:
            found[school, year][code].add(day)
    return found


def _events(
    rows: list[dict[str, Any]],
) -> tuple[Mapping[tuple[str, str, date], int], Mapping[tuple[str, str], date]]:
    shares: dict[tuple[str, str, date], int] = defaultdict(int)
    last: dict[tuple[str, str], date] = {}
    for row in rows:
        school, year = _school(row), _text(row["sessionReference"]["schoolYear"])
        day = _day(row["eventDate"])
        last[school, year] = max(last.get((school, year), day), day)
        category = _code(row["attendanceEventCategoryDescriptor"])
        duration = float(_text(row.get("eventDuration")) or 0)
        share = _SHARES.get(category, 0.0)
        if duration and (share or category in _LASTING):
            share = duration
        key = _student(row), school, day
        shares[key] = max(shares[key], round(share * 1000))
    return shares, last


def _year(row: dict[str, Any]) -> str:
    stated = _text((row.get("schoolYearTypeReference") or {}).get("schoolYear"))
    return stated or _text((row.get("calendarReference") or {}).get("schoolYear"))


def _student(row: dict[str, Any]) -> str:
    return _text(row["studentReference"]["studentUniqueId"])


def _school(row: dict[str, Any]) -> str:
    return _text(row["schoolReference"]["schoolId"])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _code(descriptor: Any) -> str:
    return _text(descriptor).rsplit("#", 1)[-1]


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value)[:10])
