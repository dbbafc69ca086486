"""A fixed small state as input files, for tests of reading and building."""

import csv
import gzip
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]
MONTHS = [date(2021, m, 1) for m in (9, 10, 11)] + [date(2022, m, 1) for m in (9, 10, 11)]
_STUDENTS = 12


def rows() -> dict[str, list[Row]]:
    """The five input tables: 3 schools in 2 districts, 12 students, 6 school months, 3 visits."""
    schools = [
        _school("0640111", "North School", "0640011", "Hartford School District"),
        _school("0640211", "South School", "0640011", "Hartford School District"),
        _school("1430111", "Hill School", "1430011", "Torrington School District"),
    ]
    schools[2] |= {"leap_from": None}
    codes = [school["school_code"] for school in schools]
    enrollment = [
        {
            "student_id": f"S{number:02d}",
            "school_year": year,
            "school_code": codes[number % 3],
            "grade": ("PK", "K", "5", "8", "9", "12")[number % 6],
            "gender": "FMX"[number % 3],
            "race_ethnicity": ("black", "hispanic", "white", "asian")[number % 4],
            "english_learner": number % 4 == 1,
            "disability": number % 5 == 0,
            "meal_eligibility": ("free", "reduced", "none")[number % 3],
            "homeless": number == 7,
            "home_language": "es" if number % 4 == 1 else "en",
        }
        for number in range(_STUDENTS)
        for year in ("2021-22", "2022-23")
    ]
    attendance = [
        {
            "student_id": f"S{number:02d}",
            "school_code": codes[number % 3],
            "month": month,
            "days_enrolled": 20.0,
            "days_attended": 20.0 - (number % 6) * 0.5 - (2.0 if month.month == 10 else 0.0),
        }
        for number in range(_STUDENTS)
        for month in MONTHS
    ]
    visits = [
        _visit("S03", date(2021, 11, 20), "no contact"),
        _visit("S03", date(2022, 9, 3), "met"),
        _visit("S05", date(2022, 7, 12), "met", language="es"),
    ]
    programme = [
        {
            "district_code": "0640011",
            "school_year": "2021-22",
            "cost": 1000.0,
            "visit_capacity": 5.0,
            "source": "made up",
        }
    ]
    return {
        "schools": schools,
        "enrollment": enrollment,
        "attendance": attendance,
        "visits": visits,
        "programme": programme,
    }


def write_csv(folder: Path, tables: Mapping[str, list[Row]] | None = None) -> Path:
    """The tables as CSV files in a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (tables or rows()).items():
        write_csv_file(folder / f"{name}.csv", table)
    return folder


def write_csv_file(path: Path, table: list[Row]) -> None:
    """One table as CSV, gzipped where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    data = text.getvalue().encode("utf-8")
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def write_parquet(folder: Path, tables: Mapping[str, list[Row]] | None = None) -> Path:
    """The tables as Parquet files in a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (tables or rows()).items():
        pq.write_table(pa.Table.from_pylist(table), folder / f"{name}.parquet")
    return folder


def _school(code: str, name: str, district: str, district_name: str) -> Row:
    return {
        "school_code": code,
        "school_name": name,
        "district_code": district,
        "district_name": district_name,
        "leap_from": date(2021, 4, 1),
        "leap_until": None,
    }


def _visit(student: str, day: date, contact: str, language: str = "en") -> Row:
    return {
        "student_id": student,
        "visit_date": day,
        "place": "home",
        "contact": contact,
        "visitor": "school staff",
        "language": language,
    }
