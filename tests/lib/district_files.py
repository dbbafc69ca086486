"""A small district's files, to which a test adds attendance: inspected, and read by a mapping."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from leapdash.build.sources.exports.inspect.report import inspect_files
from leapdash.build.sources.exports.mapping_file import read_mapping
from leapdash.build.sources.exports.source import ExportedTable, open_exports

STUDENTS = 20
_STUDENT_COLUMNS = (
    *("Student ID", "School Year", "School Code", "Grade", "Gender", "Race", "EL", "SpEd"),
    *("Lunch", "Homeless"),
)
VISIT_COLUMNS = ("Student ID", "Visit Date", "Location", "Contact", "Visitor", "Language")
MET = ("Home", "Met", "Teacher", "English")
SCHOOL_DAYS = [
    day
    for n in range(61)
    if (day := date(2021, 9, 1) + timedelta(n)).isoweekday() < 6  # Monday to Friday
]


def school_of(student: int) -> str:
    """The school's code of a student, who is called S and a number."""
    return "0640111" if student < STUDENTS // 2 else "0640211"


def write_rows(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


def write_district(folder: Path) -> Path:
    """Schools, students and visits of a district, without attendance."""
    folder.mkdir(parents=True)
    write_rows(
        folder / "schools.csv",
        ("School Code", "School Name", "District Code", "District Name", "LEAP start"),
        [
            ("0640111", "North School", "0640011", "Hartford", "2021-04-01"),
            ("0640211", "South School", "0640011", "Hartford", "2021-04-01"),
        ],
    )
    facts = ("4", "F", "White", "Y", "N", "Free", "N")
    write_rows(
        folder / "students.csv",
        _STUDENT_COLUMNS,
        [(f"S{n}", "2021-22", school_of(n), *facts) for n in range(STUDENTS)],
    )
    write_rows(
        folder / "visits.csv", VISIT_COLUMNS, [(f"S{n}", "2021-10-13", *MET) for n in range(8)]
    )
    return folder


@dataclass(frozen=True)
class Outcome:
    """What became of a folder of exports: its mapping, what was wrong, what noted, and the rows of
    attendance.
    """

    mapping: str
    problems: str
    notes: str
    rows: list[dict[str, str | None]]


def inspected(folder: Path) -> str:
    """The mapping that `inspect` writes for a folder."""
    out = folder.parent / f"{folder.name}.toml"
    list(inspect_files([folder], out, replace=True))
    return out.read_text(encoding="utf-8")


def read(folder: Path, mapping: str) -> Outcome:
    """A folder read by a mapping."""
    path = folder.parent / f"{folder.name}.toml"
    path.write_text(mapping, encoding="utf-8")
    with open_exports([folder], read_mapping(path)) as source:
        table = source.tables.get("attendance") or source.tables.get("attendance_daily")
        assert isinstance(table, ExportedTable)
        found = pq.read_table(table.path, columns=list(table.contract.column_names)).to_pylist()
        return Outcome(mapping, "\n".join(source.problems), "\n".join(source.notes), found)
