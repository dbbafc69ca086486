"""Connecticut Open Data's "School Attendance by Student Group and District", any year's file.

The years stand in the column names (`2021-2022 attendance rate - year to date`, `2020-2021
attendance rate`), the last column is `Date update` or `Update date`, and a spreadsheet may have
dropped the codes' leading zeros, written `June 2022` as `Jun-22` and put commas into counts.
Layout: data.ct.gov, datasets t4hx-jd4c (2021-22) and he4h-bgqh (2022-23).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from leapdash.build.sources import csv_files
from leapdash.build.sources.given import PUBLISHED_FILE, PUBLISHED_TITLE
from leapdash.build.sources.published import cells
from leapdash.build.sources.published.cells import PublishedRow, check_no_problems
from leapdash.build.sources.published.figures import Figures
from leapdash.contract import school_year_of
from leapdash.errors import InputError, shortened

GROUP_NAMES: Mapping[str, str] = {
    "All Students": "all",
    "Students With High Needs": "high_needs",
    "Students Without High Needs": "not_high_needs",
    "English Learners": "english_learner",
    "Students With Disabilities": "disability",
    "Free Meal Eligible": "free_meals",
    "Reduced Price Meal Eligible": "reduced_meals",
    "Free/Reduced Price Meal Eligible": "free_or_reduced_meals",
    "Students Experiencing Homelessness": "homeless",
    "Black or African American": "black",
    "Hispanic/Latino of any race": "hispanic",
    "White": "white",
    "All other races": "other_races",
}
"""Student groups as the state names them, and the contract's codes for them."""

_LINES_LOOKED_AT = 20
_YEAR_COLUMN = re.compile(
    r"(?P<first>20\d{2})-(?P<second>\d{4}) (?P<what>student count|attendance rate)"
    r"(?P<so_far> - year to date)?",
    re.IGNORECASE,
)
_FIXED = ("District code", "District name", "Student group", "Reporting period")
_UPDATED = ("Date update", "Update date")

_TYPES = pa.schema(
    {
        "school_year": pa.string(),
        "district_code": pa.string(),
        "district_name": pa.string(),
        "group": pa.string(),
        "students": pa.int64(),
        "attendance_rate": pa.float64(),
        "through": pa.date32(),
        "updated": pa.date32(),
        "source": pa.string(),
    }
)


@dataclass(frozen=True)
class _Year:
    """One school year of the file: the columns that hold it, and whether it was under way."""

    school_year: str
    students: str
    rate: str
    so_far: bool


def read_attendance(path: Path) -> Figures:
    """The contract's table `published` from one file; a withheld figure is null, never 0.

    `through` is the reporting period where the column says "year to date", else null. `source`
    is the dataset's title. Raises InputError with every row that can't be understood (the first
    ten); a code that can't be made out is one of them.
    """
    header = _header(path)
    columns = _columns(path, header)
    years = _years(path, header)
    latest = max(int(year.school_year[:4]) for year in years)
    source = f"{PUBLISHED_TITLE}, {latest}-{latest + 1}"
    rows: list[dict[str, object]] = []
    problems: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, values in _rows(path):
        texts = dict(zip(header, (value.strip() for value in values), strict=True))
        reader = PublishedRow(path, line, texts, problems)
        code = reader.value(columns["District code"], cells.code, "7 characters, as 0640011")
        name = reader.value(columns["District name"], cells.name, "a name")
        group = reader.value(
            columns["Student group"], GROUP_NAMES.get, f"one of {', '.join(GROUP_NAMES)}"
        )
        through = reader.value(columns["Reporting period"], cells.month, "a month, as June 2022")
        updated = reader.value(columns["updated"], cells.day, "a date, as 2022-07-22")
        first = seen.setdefault((str(code), str(group)), line)
        if first != line and code and group:
            problems.append(
                f"{path.name}, row {line}: district {code} and group {group} stand in row "
                f"{first} already.\nExpected each once. Remove the row that is out of date."
            )
        rows += [
            {
                "school_year": year.school_year,
                "district_code": code,
                "district_name": name,
                "group": group,
                "students": reader.figure(year.students, cells.whole, "a whole number"),
                "attendance_rate": reader.figure(year.rate, cells.rate, "a rate from 0 to 1"),
                "through": through if year.so_far else None,
                "updated": updated,
                "source": source,
            }
            for year in years
        ]
    check_no_problems(problems)
    table = pa.Table.from_pylist(rows, schema=_TYPES)
    return Figures("published", table, source, "Connecticut Open Data", "public domain")


# --- the file --------------------------------------------------------------------------------


def _header(path: Path) -> list[str]:
    """The columns' names. Raises InputError where the file is no CSV, or another than the state's
    attendance file.
    """
    try:
        names, has_rows = csv_files.header(path)
    except csv_files.CsvError as problem:
        raise _unreadable(path, problem) from problem
    header = [name.strip() for name in names]
    if not has_rows:
        raise InputError(f"{path.name}, row 2: a header and no rows.\nExpected {PUBLISHED_FILE}.")
    if len(_known(header)) <= 1:
        raise InputError(f"{path.name}, row 1: {_what_it_is(path)}.\nExpected {PUBLISHED_FILE}.")
    for name, times in Counter(name.lower() for name in header).items():
        if times > 1:
            raise InputError(
                f"{path.name}, row 1: the column {shortened(name)!r} stands there {times} times.\n"
                f"Expected every name once, as in {PUBLISHED_FILE}."
            )
    return header


def _what_it_is(path: Path) -> str:
    """What the first lines of a file say that is not the state's attendance file."""
    lines = csv_files.first_records(path, _LINES_LOOKED_AT)
    title = shortened(lines[0][1][0])
    for line, values in lines[1:]:
        if len(_known(values)) == len(_FIXED):
            return f"{title!r}; the columns' names stand in row {line}. Remove the lines above it"
    return f"columns of another file: {shortened(', '.join(lines[0][1]), 200)}"


def _known(names: Sequence[str]) -> set[str]:
    wanted = {name.lower() for name in _FIXED}
    return wanted & {name.strip().lower() for name in names}


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number and values of every row below the header. Raises InputError."""
    problem = csv_files.first_problem(path, any_line_end=True)
    if problem is not None:
        raise _unreadable(path, problem)
    with csv_files.reading(path) as rows:
        next(rows)
        yield from rows


def _unreadable(path: Path, problem: csv_files.CsvError) -> InputError:
    where = path.name if problem.line is None else f"{path.name}, row {problem.line}"
    return InputError(f"{where}: {shortened(problem.found)}.\nExpected {problem.expected}.")


def _columns(path: Path, header: Sequence[str]) -> dict[str, str]:
    """The file's names for the columns that every year's file has."""
    plain = {name.lower(): name for name in header}
    wanted = {name: name for name in _FIXED}
    wanted["updated"] = next((name for name in _UPDATED if name.lower() in plain), _UPDATED[0])
    missing = [name for name in wanted.values() if name.lower() not in plain]
    if missing:
        near = get_close_matches(missing[0].lower(), list(plain), n=1, cutoff=0.7)
        hint = f" {plain[near[0]]!r} looks like it." if near else ""
        raise InputError(
            f"{path.name}: the column {missing[0]!r} is missing.{hint}\n"
            f"Expected {PUBLISHED_FILE}. Found: {_listed(header)}."
        )
    return {key: plain[name.lower()] for key, name in wanted.items()}


def _listed(names: Sequence[str]) -> str:
    return shortened(", ".join(names), 300)


def _years(path: Path, header: Sequence[str]) -> list[_Year]:
    """The school years the file holds, from its column names."""
    found: dict[str, dict[str, str]] = {}
    so_far: set[str] = set()
    for name in header:
        match = _YEAR_COLUMN.fullmatch(name)
        if match is None:
            continue
        if int(match["second"]) != int(match["first"]) + 1:
            raise InputError(
                f"{path.name}: the column {name!r} names two years that don't follow each other.\n"
                "Expected a school year, as 2021-2022. Correct the header."
            )
        year = school_year_of(date(int(match["first"]), 9, 1))
        found.setdefault(year, {})[match["what"].lower()] = name
        if match["so_far"]:
            so_far.add(year)
    half = [year for year, columns in found.items() if len(columns) != 2]
    if half or not found:
        what = f"only one of the two for {half[0]}" if half else "none"
        raise InputError(
            f"{path.name}: columns of student counts and attendance rates by school year: {what}."
            f"\nExpected '2021-2022 student count' and '2021-2022 attendance rate', or the same "
            f"ending in ' - year to date'. Found: {_listed(header)}."
        )
    return [
        _Year(year, columns["student count"], columns["attendance rate"], year in so_far)
        for year, columns in found.items()
    ]
