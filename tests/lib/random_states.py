"""Random small states: the input tables of a handful of students over three school years."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.build.sources.typed import as_contract
from leapdash.contract import (
    GENDERS,
    GRADES,
    MEALS,
    RACES,
    Table,
    input_table,
    school_year_of,
)
from leapdash.engines import Engine

Row = dict[str, Any]

# Two schools in the first district, so that a student can move within it.
_SCHOOLS = (
    ("0010111", "0010011"),
    ("0010211", "0010011"),
    ("0020111", "0020011"),
    ("2410314", "2410014"),
)
# No school, one of each district, or two at once: of one district, or of two.
_ENROLLED_AT: tuple[tuple[str, ...], ...] = (
    (),
    ("0010111",),
    ("0020111",),
    ("2410314",),
    ("0010111", "0010211"),
    ("0010211", "0010111"),
    ("0020111", "0010111"),
)
_YEARS = (2020, 2021, 2022)
# July and August now and then; no December, so that years have gaps.
_MONTHS = (7, 8, 9, 10, 11, 1, 2, 3)
_LEAP_DATES = (None, date(2020, 10, 15), date(2021, 8, 20), date(2022, 1, 31), date(2022, 10, 1))
# 2.5 + 3.5 + 4 make exactly ten days in three months; 10 and 20 make tenths exact.
_DAYS = (0.0, 0.5, 2.5, 3.5, 4.0, 10.0, 10.0, 9.5, 20.0)
_MISSED = (0.0, 0.0, 0.5, 1.0, 1.0, 2.0, 4.0, 20.0)


@dataclass(frozen=True)
class State:
    """Rows of the contract's input tables, by table; `programme` may be missing."""

    tables: dict[str, list[Row]]

    def rows(self, name: str) -> list[Row]:
        return self.tables.get(name, [])


@dataclass(frozen=True)
class MemoryTable:
    """A table of rows that the pipeline reads as it reads files."""

    contract: Table
    rows: list[Row]

    @property
    def label(self) -> str:
        return self.contract.name

    def read(self, engine: Engine) -> ir.Table:
        rows = engine.put(f"rows_{uuid4().hex}", arrow(self.contract, self.rows))
        return as_contract(rows, self.contract)


_ARROW = {
    "text": pa.string(),
    "number": pa.float64(),
    "date": pa.date32(),
    "month": pa.date32(),
    "boolean": pa.bool_(),
}


def arrow(contract: Table, rows: list[Row]) -> pa.Table:
    fields = [(column.name, _ARROW[column.type]) for column in contract.columns]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def memory_tables(state: State) -> dict[str, MemoryTable]:
    return {name: MemoryTable(input_table(name), rows) for name, rows in state.tables.items()}


@st.composite
def states(draw: st.DrawFn) -> State:
    """A state whose attendance holds at least one day, and at least one visit."""
    schools = draw(_schools())
    # Years differ in their school months, so that places in one are no places in another.
    months = {
        year: draw(st.lists(st.sampled_from(_MONTHS), min_size=2, unique=True)) for year in _YEARS
    }
    enrollment: list[Row] = []
    attendance: list[Row] = []
    for number in range(draw(st.integers(1, 10))):
        student = f"s{number}"
        attends = draw(st.sampled_from([True, True, True, False]))
        for year in _YEARS:
            for code in draw(st.sampled_from(_ENROLLED_AT)):
                enrollment.append(draw(_enrollment(student, code, year)))
                if attends:
                    attendance += draw(_attendance(student, code, year, months[year]))
    if not any(row["days_enrolled"] for row in attendance):
        enrollment.append(draw(_enrollment("t", _SCHOOLS[0][0], 2021)))
        attendance.append(_month("t", _SCHOOLS[0][0], date(2021, 9, 1), 10.0, 9.0))
    students = sorted({row["student_id"] for row in enrollment})
    enrolled = [row["month"] for row in attendance if row["days_enrolled"]]
    first = date(int(school_year_of(min(enrolled))[:4]), 7, 1)
    last = max(enrolled).replace(day=monthrange(max(enrolled).year, max(enrolled).month)[1])
    visits = draw(st.lists(_visit(students, first, last), min_size=1, max_size=12))
    tables = {
        "schools": schools,
        "enrollment": draw(st.permutations(enrollment)),
        "attendance": draw(st.permutations(attendance)),
        "visits": visits,
    }
    if draw(st.booleans()):
        tables["programme"] = [_programme("0010011", "2021-22"), _programme("2410014", "2022-23")]
    return State(tables)


@st.composite
def _schools(draw: st.DrawFn) -> list[Row]:
    rows = []
    parts = {
        district: (draw(st.sampled_from(_LEAP_DATES)), draw(st.integers(0, 400) | st.none()))
        for district in sorted({district for _, district in _SCHOOLS})
    }
    for code, district in _SCHOOLS:
        start, length = parts[district]
        ends = start + timedelta(days=length) if start and length is not None else None
        rows.append(
            {
                "school_code": code,
                "school_name": f"School {code}",
                "district_code": district,
                "district_name": f"District {district}",
                "leap_from": start,
                "leap_until": ends,
                "latitude": 41.5,
                "longitude": None,
            }
        )
    return rows


@st.composite
def _enrollment(draw: st.DrawFn, student: str, school: str, year: int) -> Row:
    return {
        "student_id": student,
        "school_year": f"{year}-{(year + 1) % 100:02d}",
        "school_code": school,
        "grade": draw(st.sampled_from(list(GRADES))),
        "gender": draw(st.sampled_from(list(GENDERS))),
        "race_ethnicity": draw(st.sampled_from(list(RACES))),
        "english_learner": draw(st.booleans()),
        "disability": draw(st.booleans()),
        "meal_eligibility": draw(st.sampled_from(list(MEALS))),
        "homeless": draw(st.booleans()),
        "home_language": "en",
    }


@st.composite
def _attendance(
    draw: st.DrawFn, student: str, school: str, year: int, months: list[int]
) -> list[Row]:
    rows = []
    for month in months:
        if not draw(st.sampled_from([True, True, False])):
            continue
        enrolled = draw(st.sampled_from(_DAYS))
        missed = min(enrolled, draw(st.sampled_from(_MISSED)))
        first = date(year if month >= 7 else year + 1, month, 1)
        rows.append(_month(student, school, first, enrolled, enrolled - missed))
    return rows


def _month(student: str, school: str, month: date, enrolled: float, attended: float) -> Row:
    return {
        "student_id": student,
        "school_code": school,
        "month": month,
        "days_enrolled": enrolled,
        "days_attended": attended,
    }


def _month_ends(first: date, last: date) -> list[date]:
    """The last day of each month, where waiting begins to count."""
    return [
        day
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if (day + timedelta(days=1)).day == 1
    ]


@st.composite
def _visit(draw: st.DrawFn, students: list[str], first: date, last: date) -> Row:
    return {
        "student_id": draw(st.sampled_from(students)),
        "visit_date": draw(st.dates(first, last) | st.sampled_from(_month_ends(first, last))),
        "place": draw(st.sampled_from(["home", "other", "virtual"])),
        "contact": draw(st.sampled_from(["met", "met", "no contact"])),
        "visitor": draw(st.sampled_from(["school staff", "community partner"])),
        "language": draw(st.sampled_from(["en", "es", "pt", "ar"])),
    }


def _programme(district: str, year: str) -> Row:
    return {
        "district_code": district,
        "school_year": year,
        "cost": 1000.0,
        "visit_capacity": None,
        "source": "made up",
    }
