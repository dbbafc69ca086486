"""The state as the contract's input tables and the truth beside them, written as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from leapdash.build.demo.attendance import month_totals
from leapdash.build.demo.calendar import MONTHS, MONTHS_PER_YEAR, SCHOOL_YEARS
from leapdash.build.demo.days import by_day
from leapdash.build.demo.draws import I64, Draws
from leapdash.build.demo.model import State
from leapdash.build.demo.places import DEGREE, DISTRICTS, Places
from leapdash.build.demo.students import GENDERS, LANGUAGES, MEALS, RACES, Students
from leapdash.build.demo.visits import PLACES, VISITORS, Visits, wanted_first_visits
from leapdash.errors import StoreError, UsageError

LEAP_FROM = date(2021, 4, 1)
"""The programme was launched in April 2021; the day is the month's first."""

# dollars, as reported: at first, and by 2023 in all (CEA 2021; The Lion 2023)
_COST_AT_FIRST, _COST_IN_ALL = 10_700_000, 24_700_000
_COST_SHARE = (0.10 * _COST_AT_FIRST, 0.90 * _COST_AT_FIRST, _COST_IN_ALL - _COST_AT_FIRST)
# visits planned for each first visit, and months of the year with visits
_VISITS_PER_FIRST_VISIT, _VISITING_MONTHS = 3.5, 12
_INVENTED = "invented for the demonstration"

_GRADES = ("PK", "K", *(str(grade) for grade in range(1, 13)))


NAMES = ("truth", "schools", "programme", "enrollment", "visits", "attendance", "attendance_daily")


def prepare(out: Path) -> None:
    """Makes the folder, or empties it of an earlier demonstration state.

    Raises UsageError where it holds anything else, so that nobody's own data are overwritten.
    """
    ours = {f"{name}.parquet" for name in NAMES}
    try:
        out.mkdir(parents=True, exist_ok=True)
        found = {path.name for path in out.iterdir()}
    except OSError as error:
        raise StoreError(
            f"{out}: can't be made a folder ({error.strerror}). Give another --out."
        ) from error
    others = sorted(found - ours)
    if others or (found and "truth.parquet" not in found):
        raise UsageError(
            f"{out}: holds {', '.join(others[:3] or sorted(found)[:3])}, which no demonstration "
            "state wrote. Expected a new or empty folder, or an earlier demonstration state. "
            "Nothing was written; give another --out."
        )
    # the truth, by which the rest is known to be a demonstration, goes last
    for name in sorted(found, key="truth.parquet".__eq__):
        try:
            (out / name).unlink()
        except OSError as error:
            raise StoreError(
                f"{out / name}: can't be replaced ({error.strerror}). Give another --out."
            ) from error


def all_tables(
    state: State, visits: Visits, daily: Draws | None = None
) -> Iterator[tuple[str, Iterable[pa.Table]]]:
    """Name and parts of each table, one at a time, so that only one is in memory. `daily`: what the
    days are drawn with, where attendance is wanted by day.
    """
    # first what tells a demonstration state from a folder of someone's own (`prepare`)
    yield "truth", [truth(state)]
    yield "schools", [schools(state.places)]
    yield "programme", [programme(state.places)]
    yield "enrollment", [enrollment(state.places, state.students)]
    yield "visits", [visits_table(visits, state.students)]
    if daily is None:
        yield "attendance", [attendance(state)]
    else:
        yield "attendance_daily", by_day(attendance(state), daily)


def write(parts: Iterable[pa.Table], path: Path) -> int:
    """Writes the parts of a table, one or more, and gives its number of rows.

    Written with fixed settings and one row group size, so that the same table gives the same bytes.
    """
    rows = 0
    try:
        with ExitStack() as stack:
            writer = None
            for part in parts:
                writer = writer or stack.enter_context(
                    pq.ParquetWriter(
                        path, part.schema, compression="zstd", version="2.6", store_schema=False
                    )
                )
                writer.write_table(part, row_group_size=1_000_000)
                rows += part.num_rows
    except OSError as error:
        raise StoreError(f"{path}: can't be written ({error}). Give another --out.") from error
    return rows


def _texts(values: tuple[str, ...], codes: npt.NDArray[np.integer]) -> pa.Array:
    return pa.array(values, type=pa.string()).take(pa.array(codes.astype(np.int32)))


def _student_ids(students: Students) -> tuple[str, ...]:
    return tuple(f"S{number:07d}" for number in range(1, students.count + 1))


def _months(month: npt.NDArray[np.integer]) -> pa.Array:
    return pa.array(MONTHS, type=pa.date32()).take(pa.array(month.astype(np.int32)))


def _days(half_days: npt.NDArray[np.integer]) -> pa.Array:
    return pa.array(half_days / 2, type=pa.float64())


def schools(places: Places) -> pa.Table:
    """The contract's `schools`."""
    district = places.school_district
    leap = [LEAP_FROM if DISTRICTS[number].leap else None for number in district.tolist()]
    return pa.table(
        {
            "school_code": pa.array(places.school_codes, type=pa.string()),
            "school_name": pa.array(places.school_names, type=pa.string()),
            "district_code": _texts(tuple(d.code for d in DISTRICTS), district),
            "district_name": _texts(tuple(d.name for d in DISTRICTS), district),
            "leap_from": pa.array(leap, type=pa.date32()),
            "leap_until": pa.nulls(len(district), type=pa.date32()),
            "latitude": pa.array(places.latitude / DEGREE, type=pa.float64()),
            "longitude": pa.array(places.longitude / DEGREE, type=pa.float64()),
        }
    )


def programme(places: Places) -> pa.Table:
    """The contract's `programme`: the reported cost, shrunk like the enrolment, shared by it."""
    takes_part = [number for number, district in enumerate(DISTRICTS) if district.leap]
    real = sum(d.students for d in DISTRICTS if d.leap)
    wanted = wanted_first_visits(places).sum(axis=1)
    rows = []
    for number in takes_part:
        share = float(places.students[number]) / real
        for year, name in enumerate(SCHOOL_YEARS):
            # occasions come in pairs: a summer, and the school year after it
            first_visits = float(wanted[number, 2 * year - 2 : 2 * year].sum()) if year else 0.0
            capacity = max(1, round(first_visits * _VISITS_PER_FIRST_VISIT / _VISITING_MONTHS))
            rows.append(
                {
                    "district_code": DISTRICTS[number].code,
                    "school_year": name,
                    "cost": float(round(_COST_SHARE[year] * share, -2)),
                    "visit_capacity": float(capacity) if year else None,
                    "source": _INVENTED,
                }
            )
    schema = pa.schema(
        [
            ("district_code", pa.string()),
            ("school_year", pa.string()),
            ("cost", pa.float64()),
            ("visit_capacity", pa.float64()),
            ("source", pa.string()),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def enrollment(places: Places, students: Students) -> pa.Table:
    """The contract's `enrollment`: a student, school and school year, whatever the months."""
    student, month = np.nonzero(students.school >= 0)
    school = students.school[student, month].astype(np.int64)
    student = np.concatenate([student, students.left_student])
    year = np.concatenate([month, students.left_month]) // MONTHS_PER_YEAR
    school = np.concatenate([school, students.left_school])
    schools_ = len(places.school_codes)
    key = np.unique((student * len(SCHOOL_YEARS) + year) * schools_ + school)
    school, rest = key % schools_, key // schools_
    year, student = rest % len(SCHOOL_YEARS), rest // len(SCHOOL_YEARS)
    return pa.table(
        {
            "student_id": _texts(_student_ids(students), student),
            "school_year": _texts(SCHOOL_YEARS, year),
            "school_code": _texts(places.school_codes, school),
            "grade": _texts(_GRADES, students.grade[student, year].astype(np.int64) + 1),
            "gender": _texts(GENDERS, students.gender[student]),
            "race_ethnicity": _texts(RACES, students.race[student]),
            "english_learner": pa.array(students.english_learner[student, year]),
            "disability": pa.array(students.disability[student]),
            "meal_eligibility": _texts(MEALS, students.meals[student]),
            "homeless": pa.array(students.homeless[student, year]),
            "home_language": _texts(LANGUAGES, students.language[student]),
        }
    )


def visits_table(visits: Visits, students: Students) -> pa.Table:
    """The contract's `visits`."""
    return pa.table(
        {
            "student_id": _texts(_student_ids(students), visits.student),
            "visit_date": pa.array(visits.day.astype(np.int32)).cast(pa.date32()),
            "place": _texts(PLACES, visits.place),
            "contact": _texts(("no contact", "met"), visits.met.astype(np.int64)),
            "visitor": _texts(VISITORS, visits.visitor),
            "language": _texts(LANGUAGES, visits.language),
        }
    )


def attendance(state: State) -> pa.Table:
    """The contract's `attendance`, by student, month and school."""
    students = state.students
    student, month = np.nonzero(students.half_days)
    parts: list[tuple[npt.NDArray[np.integer], I64]] = [
        (student, students.left_student),
        (month, students.left_month),
        (students.school[student, month], students.left_school),
        (students.half_days[student, month], students.left_half_days),
        (state.recorded[student, month], state.left_recorded.astype(np.int64)),
    ]
    student, month, school, enrolled, attended = (np.concatenate(part) for part in parts)
    order = np.lexsort((school, month, student))
    return pa.table(
        {
            "student_id": _texts(_student_ids(students), student[order]),
            "school_code": _texts(state.places.school_codes, school[order]),
            "month": _months(month[order]),
            "days_enrolled": _days(enrolled[order]),
            "days_attended": _days(attended[order]),
        }
    )


def truth(state: State) -> pa.Table:
    """Days attended with the visits as they were, and had there been none, over all schools."""
    students = state.students
    enrolled = month_totals(students, students.half_days, students.left_half_days.astype(np.uint8))
    with_visit = month_totals(students, state.recorded, state.left_recorded)
    without = month_totals(students, state.untreated.attended, state.untreated.left_attended)
    student, month = np.nonzero(enrolled)
    return pa.table(
        {
            "student_id": _texts(_student_ids(students), student),
            "month": _months(month),
            "days_enrolled": _days(enrolled[student, month]),
            "days_attended_with_visit": _days(with_visit[student, month]),
            "days_attended_without_visit": _days(without[student, month]),
        }
    )
