"""A state's tables as exports of other systems and as a workbook by hand, with their mappings."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from xlsxwriter import Workbook

from leapdash.build.sources.typed import YES
from leapdash.contract import INPUT_TABLES, school_year_of

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
_MONTHS = ("July", "August", "September", "October", "November", "December", "January")
MONTHS = (*_MONTHS, "February", "March", "April", "May", "June")
GRADES = {"PK": "PK", "K": "KG"}
SEXES = {"F": "Female", "M": "Male", "X": "Non-Binary"}
RACES = {
    "black": "Black or African American",
    "hispanic": "Hispanic/Latino",
    "white": "White",
    "asian": "Asian",
    "native": "American Indian or Alaska Native",
    "pacific": "Pacific Islander",
    "two_or_more": "Two or More Races",
}
MEALS = {"free": "F", "reduced": "R", "none": "Paid"}
LANGUAGES = {"en": "English", "es": "Spanish", "pt": "Portuguese", "pl": "Polish"}

MAPPING = """
[about]
origin = "an export"

[[table]]
name = "schools"
files = ["schools.txt"]
[table.columns]
school_code = "School #"
school_name = "School"
district_code = "District #"
district_name = "District"
leap_from = { from = "Start", date = "m/d/y" }
leap_until = { from = "End", date = "m/d/y" }
latitude = "Lat"
longitude = "Lon"

[[table]]
name = "enrollment"
files = ["students.csv"]
[table.columns]
student_id = "Student Number"
school_year = "SY"
school_code = "School #"
grade = "Grade"
gender = "Sex"
race_ethnicity = "Race"
english_learner = { from = "EL", empty = "false" }
disability = "SpEd"
meal_eligibility = "FRL"
homeless = "Homeless"
home_language = "Home Lang"

[[table]]
name = "visits"
files = ["visits*.csv"]
[table.columns]
student_id = "Student Number"
visit_date = "Date"
place = "Location"
contact = "Status"
visitor = "Visited By"
language = "Language"
[table.values.contact]
"Left card" = "no contact"
"""
PROGRAMME = """
[[table]]
name = "programme"
files = ["costs.csv"]
[table.columns]
district_code = "District #"
school_year = "Year"
cost = "Cost"
visit_capacity = "Capacity"
source = "Source"
"""
WIDE = """
[[table]]
name = "attendance"
files = ["attendance.csv"]
[table.columns]
student_id = "Student Number"
school_code = "School #"
[table.months]
school_year = "School Year"
"""
BOOK = (
    MAPPING.replace('["schools.txt"]', '["state.xlsx"]\nsheet = "Schools"')
    .replace('["students.csv"]', '["state.xlsx"]\nsheet = "Students"')
    .replace('["visits*.csv"]', '["state.xlsx"]\nsheet = "Visits"')
)


def wide_months(enrolled: str, absent: str) -> str:
    """Lines of [table.months] for all months, from `{}` with the month's name."""
    return "".join(
        f'"{number:02d}" = {{ days_enrolled = "{enrolled.format(name)}", '
        f'days_absent = "{absent.format(name)}" }}\n'
        for number, name in zip((*range(7, 13), *range(1, 7)), MONTHS, strict=True)
    )


def tables_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables of a folder of Parquet files, as `leapdash demo` writes them."""
    return {
        table.name: pq.read_table(folder / f"{table.name}.parquet").to_pylist()
        for table in INPUT_TABLES
        if (folder / f"{table.name}.parquet").exists()
    }


def write_exports(folder: Path, tables: Tables) -> Path:
    """The tables as text files of a student information system; returns the mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    head, rows = schools(tables)
    codes = [[f'="{row[0]}"', *row[1:]] for row in rows]
    _write(folder / "schools.txt", [["Schools of the state"], [], head, *codes], "\t", "cp1252")
    head, rows = students(tables)
    _write(folder / "students.csv", [head, *rows])
    head, rows = attendance(tables)
    total = ["Total", "", "", *[0] * (len(head) - 3)]
    _write(folder / "attendance.csv", [head, *rows, total], encoding="utf-8-sig")
    head, rows = visits(tables)
    half = len(rows) // 2
    _write(folder / "visits 1.csv", [head, *rows[:half]], ";")
    _write(folder / "visits 2.csv", [head, *rows[half:]])
    mapping = MAPPING + WIDE + wide_months("{} Days Enrolled", "{} Days Absent")
    if "programme" in tables:
        _write(folder / "costs.csv", programme(tables))
        mapping += PROGRAMME
    return _mapping(folder, mapping)


def write_book(folder: Path, tables: Tables) -> Path:
    """The tables as one workbook with months over merged cells; returns the mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    book = Workbook(folder / "state.xlsx", {"constant_memory": False})
    day = book.add_format({"num_format": "m/d/yyyy"})
    for name, (head, rows) in {
        "Schools": schools(tables, days=True),
        "Students": students(tables),
        "Visits": visits(tables, days=True),
    }.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate([head, *rows]):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)
    sheet = book.add_worksheet("Attendance")
    head, rows = attendance(tables)
    sheet.write(0, 0, "Days by month")
    for column, name in enumerate(head[:3]):
        sheet.write(3, column, name)
    for number, month in enumerate(MONTHS):
        sheet.merge_range(2, 3 + 2 * number, 2, 4 + 2 * number, month)
        sheet.write_row(3, 3 + 2 * number, ["Enrolled", "Absent"])
    for number, row in enumerate(rows, start=4):
        sheet.write_row(number, 0, row)
    book.close()
    wide = WIDE.replace('["attendance.csv"]', '["state.xlsx"]\nsheet = "Attendance"')
    mapping = BOOK + wide + wide_months("{} Enrolled", "{} Absent")
    if "programme" in tables:
        _write(folder / "costs.csv", programme(tables))
        mapping += PROGRAMME
    return _mapping(folder, mapping)


def write_powerschool(folder: Path, tables: Tables) -> None:
    """The tables as PowerSchool's data export manager lays them out: attendance by day."""
    folder.mkdir(parents=True, exist_ok=True)
    head = ["Student_Number", "SchoolYear", "SchoolID", "Grade_Level", "Gender", "Ethnicity"]
    facts = ["EnglishLearner", "SpecialEducation", "LunchStatus", "Homeless", "HomeLanguage"]
    rows = [
        [
            e["student_id"],
            e["school_year"],
            e["school_code"].lstrip("0"),
            {"PK": "-1", "K": "0"}.get(e["grade"], e["grade"]),
            e["gender"],
            e["race_ethnicity"][0].upper(),
            "Y" if is_true(e["english_learner"]) else "N",
            "Y" if is_true(e["disability"]) else "N",
            {"free": "F", "reduced": "R", "none": "P"}[e["meal_eligibility"]],
            "Y" if is_true(e["homeless"]) else "N",
            LANGUAGES[e["home_language"]],
        ]
        for e in tables["enrollment"]
    ]
    _write(folder / "students.csv", [[*head, *facts], *rows])
    days = []
    for a in tables["attendance"]:
        school_days = [date(a["month"].year, a["month"].month, n) for n in range(1, 29)]
        school_days = [day for day in school_days if day.weekday() < 5]
        for number, day in enumerate(school_days):
            code = "PPPT"[number % 4] if number < a["days_attended"] else "EU"[number % 2]
            stamp = f"{day.month}/{day.day}/{day.year}"
            days.append([a["student_id"], a["school_code"].lstrip("0"), stamp, code])
    _write(
        folder / "attendance.csv", [["Student_Number", "SchoolID", "Att_Date", "Att_Code"], *days]
    )
    _write_lists(folder, tables)


def write_campus(folder: Path, tables: Tables) -> None:
    """The tables as Infinite Campus's ad hoc reports have them: attendance by month, by school's
    name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {s["school_code"]: s["school_name"] for s in tables["schools"]}
    head = ["student.studentNumber", "student.endYear", "school.name", "student.grade"]
    facts = ["student.gender", "student.raceEthnicityFed", "lep.status", "learningPlan.iep"]
    more = ["pos.lunchEligibility", "student.homeless", "student.homePrimaryLanguage"]
    rows = [
        [
            e["student_id"],
            int(e["school_year"][:4]) + 1,
            names[e["school_code"]],
            GRADES.get(e["grade"]) or f"{int(e['grade']):02d}",
            e["gender"],
            RACES[e["race_ethnicity"]],
            "EL" if is_true(e["english_learner"]) else "Not EL",
            "Y" if is_true(e["disability"]) else "",
            {"free": "Free", "reduced": "Reduced", "none": "Paid"}[e["meal_eligibility"]],
            "Y" if is_true(e["homeless"]) else "",
            LANGUAGES[e["home_language"]],
        ]
        for e in tables["enrollment"]
    ]
    _write(folder / "students.csv", [[*head, *facts, *more], *rows])
    days = [
        [
            a["student_id"],
            names[a["school_code"]],
            f"{a['month']:%b-%y}",
            a["days_enrolled"],
            a["days_enrolled"] - a["days_attended"],
        ]
        for a in tables["attendance"]
    ]
    head = ["Student Number", "School Name", "Month", "Membership Days", "Absent Days"]
    _write(folder / "membership.csv", [["Attendance by month"], head, *days])
    _write_lists(folder, tables)


def _write_lists(folder: Path, tables: Tables) -> None:
    """Schools and visits, which districts keep by hand."""
    head, rows = schools(tables)
    codes = [[row[0], row[1], f"{int(row[2]):07d}", row[3], row[4]] for row in rows]
    _write(folder / "schools.csv", [[*head[:4], "LEAP start"], *codes])
    head, rows = visits(tables)
    _write(folder / "visits.csv", [head, *rows])


def schools(tables: Tables, days: bool = False) -> tuple[list[str], list[list[Any]]]:
    """The heading and rows of a list of schools."""

    def day(value: date | None) -> Any:
        return value if days or value is None else f"{value.month}/{value.day}/{value.year}"

    rows = [
        [
            s["school_code"],
            s["school_name"],
            str(s["district_code"]).lstrip("0"),
            f" {s['district_name']} ",
            day(s["leap_from"]),
            day(s["leap_until"]),
            s.get("latitude"),
            s.get("longitude"),
        ]
        for s in tables["schools"]
    ]
    return ["School #", "School", "District #", "District", "Start", "End", "Lat", "Lon"], rows


def students(tables: Tables) -> tuple[list[str], list[list[Any]]]:
    """The heading and rows of a list of students, by year."""
    head = ["Student Number", "SY", "School #", "Grade", "Sex", "Race", "EL", "SpEd", "FRL"]
    rows = []
    for e in tables["enrollment"]:
        start = int(e["school_year"][:4])
        grade = GRADES.get(e["grade"]) or f"{int(e['grade']):02d}"
        rows.append(
            [
                f"{e['student_id']} ",
                f"{start}-{start + 1}",
                e["school_code"],
                grade,
                SEXES[e["gender"]],
                RACES[e["race_ethnicity"]],
                "Y" if is_true(e["english_learner"]) else "",
                "Yes" if is_true(e["disability"]) else "No",
                MEALS[e["meal_eligibility"]],
                str(is_true(e["homeless"])).upper(),
                LANGUAGES.get(e.get("home_language") or "", e.get("home_language")),
            ]
        )
    return [*head, "Homeless", "Home Lang"], rows


def attendance(tables: Tables) -> tuple[list[str], list[list[Any]]]:
    """The heading and rows of days by student, school and year, months side by side."""
    wide: dict[tuple[str, str, str], dict[int, Row]] = defaultdict(dict)
    for a in tables["attendance"]:
        key = (a["student_id"], a["school_code"], school_year_of(a["month"]))
        wide[key][a["month"].month] = a
    head = ["Student Number", "School #", "School Year"]
    rows = []
    for (student, school, year), months in wide.items():
        row: list[Any] = [student, school, year]
        for number in (*range(7, 13), *range(1, 7)):
            a = months.get(number, {})
            row.append(a.get("days_enrolled"))
            row.append(a["days_enrolled"] - a["days_attended"] if a else None)
        rows.append(row)
    names = [f"{month} Days {what}" for month in MONTHS for what in ("Enrolled", "Absent")]
    return head + names, rows


def visits(tables: Tables, days: bool = False) -> tuple[list[str], list[list[Any]]]:
    """The heading and rows of a log of visits."""
    head = ["Student Number", "Date", "Location", "Status", "Visited By", "Language"]
    rows = [
        [
            v["student_id"],
            v["visit_date"] if days else f"{v['visit_date']:%b %d, %Y}",
            {"home": "Home ", "other": "School", "virtual": "Zoom"}[v["place"]],
            {"met": "Met", "no contact": "Left card"}[v["contact"]],
            {"school staff": "Staff", "community partner": "Community Partner"}[v["visitor"]],
            LANGUAGES.get(v["language"], v["language"]),
        ]
        for v in tables["visits"]
    ]
    return head, rows


def programme(tables: Tables) -> list[list[Any]]:
    """The rows of a list of costs, its heading first."""
    return [
        ["District #", "Year", "Cost", "Capacity", "Source"],
        *(
            [p["district_code"], p["school_year"], p["cost"], p["visit_capacity"], p["source"]]
            for p in tables["programme"]
        ),
    ]


def is_true(value: Any) -> bool:
    """Whether a value of the contract is true."""
    return str(value).lower() in YES


def _write(
    path: Path, rows: Sequence[Sequence[Any]], separator: str = ",", encoding: str = "utf-8"
) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)


def _mapping(folder: Path, text: str) -> Path:
    path = folder.parent / f"{folder.name}.toml"
    path.write_text(text, "utf-8")
    return path
