"""The fewest tables a release can have: two schools, a month of attendance, and no more; and a row
each of the tables of effects that fits them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from leapdash.contract import SUMMARY_TABLES, summary_table
from leapdash.release import BuildFacts, SourceFact, arrow_schema

FACTS = BuildFacts(
    synthetic=True,
    half_day="state",
    sources=(SourceFact("attendance.csv", 3, "made for this test", "public domain"),),
)
HARTFORD, BRIDGEPORT = "0645111", "0155111"


def tables(students: int = 30) -> dict[str, pa.Table]:
    """The tables; `students` are at the school in Hartford, 12 at that in Bridgeport."""
    made = {t.name: arrow_schema(t).empty_table() for t in SUMMARY_TABLES if not t.optional}
    made["schools"] = rows("schools", school(HARTFORD), school(BRIDGEPORT))
    made["attendance"] = rows("attendance", attendance(HARTFORD, students), attendance(BRIDGEPORT))
    return made


def rows(name: str, *given: Mapping[str, Any]) -> pa.Table:
    """A table of the contract with these rows."""
    return pa.Table.from_pylist(list(given), schema=arrow_schema(summary_table(name)))


def district_of(code: str) -> str:
    """The made-up district a school is in."""
    return f"{code[:3]}0011"


def school(code: str) -> dict[str, Any]:
    """A row of `schools`."""
    return {
        "school_code": code,
        "school_name": f"School {code}",
        "district_code": district_of(code),
        "district_name": f"District {code[:3]}",
    }


def attendance(code: str, students: int = 12) -> dict[str, Any]:
    """A row of `attendance`."""
    return {
        "month": date(2021, 9, 1),
        "district_code": district_of(code),
        "school_code": code,
        "level": "6-8",
        "participation": "other",
        "students": students,
        "days_enrolled": 20.0 * students,
        "days_attended": 18.5 * students,
        "chronic_base": students,
        "chronically_absent": 0,
        "students_absent": students,
        "largest_student_days": 20.0,
        "absent_squared": 2.25 * students,
        "absent_enrolled": 30.0 * students,
        "enrolled_squared": 400.0 * students,
    }


EFFECT: Mapping[str, Any] = {
    "slice": "visitor",
    "slice_value": "school staff",
    "district_code": district_of(HARTFORD),
    "level": "6-8",
    "event_time": 1,
    "effect": 0.04,
    "std_error_student": 0.01,
    "std_error_school": 0.01,
    "schools": 1,
    "visited": 30,
    "visited_due": 30,
    "visited_all": 31,
    "comparison": 300,
    "comparison_effective": 200.0,
    "comparison_observed": 0.9,
    "weights_cut": 0.0,
    "visited_rate": 0.8,
    "naive_change": 0.1,
    "checks_failed": "",
}
COVARIANCE: Mapping[str, Any] = {
    **{name: EFFECT[name] for name in ("slice", "slice_value", "district_code", "level")},
    "event_time": 1,
    **{f"{name}_2": EFFECT[name] for name in ("slice_value", "district_code", "level")},
    "event_time_2": 1,
    "matrix": "student",
    "covariance": 1e-4,
}
