"""EdSight's report "Chronic Absenteeism" by district and grade: one year's export, or the trend.

Two title lines and a blank one stand above a header of two rows. Codes are written `="2850013"`,
grades `Grade   1`, a withheld figure `*`; `N/A` is a grade the district doesn't have. One year
tells students and per cent, the trend per cent alone, its years side by side.
Layout: edsight.ct.gov, Chronic Absenteeism, export.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from leapdash.build.sources import csv_files
from leapdash.build.sources.given import CHRONIC_FILE, CHRONIC_TITLE
from leapdash.build.sources.published import cells
from leapdash.build.sources.published.cells import PublishedRow, check_no_problems
from leapdash.build.sources.published.figures import Figures
from leapdash.contract import GRADES, STATE_CODE
from leapdash.errors import InputError, shortened

_LINES_LOOKED_AT = 12
_FIXED = ["District", "District Code", "Grade"]
_ONE_YEAR = ["Student Count", "%"]
_NOT_THERE = "N/A"
_STATE = "0000000"
_CODE = re.compile(r'="?([^"]*)"?')
_GRADE = re.compile(r"grade\s*0*(\d{1,2})", re.IGNORECASE)
_YEAR = re.compile(r"(20\d{2})-(\d{2})")

_TYPES = pa.schema(
    {
        "school_year": pa.string(),
        "district_code": pa.string(),
        "district_name": pa.string(),
        "grade": pa.string(),
        "chronically_absent": pa.int64(),
        "chronic_absence_rate": pa.float64(),
        "source": pa.string(),
    }
)


@dataclass(frozen=True)
class _Layout:
    """Where the header stands (its line), and by school year the columns of its figures: students
    (None where there is none), and per cent.
    """

    line: int
    header: tuple[str, ...]
    years: Mapping[str, tuple[str | None, str]]


def looks_like_edsight(path: Path) -> bool:
    """Whether the first lines of a file are those of a report of EdSight."""
    return any(
        set(_FIXED[:2]) <= {value.strip() for value in values}
        for _line, values in csv_files.first_records(path, _LINES_LOOKED_AT)
    )


def read_chronic_absence(path: Path) -> Figures:
    """The contract's table `published_chronic_absence` from one file; a withheld figure is null.

    Raises InputError with every row that can't be understood (the first ten).
    """
    title, layout = _layout(path)
    rows: list[dict[str, object]] = []
    problems: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, values in _rows(path, layout):
        texts = dict(zip(layout.header, (value.strip() for value in values), strict=True))
        reader = PublishedRow(path, line, texts, problems)
        code = reader.value("District Code", _code, "7 characters, as 0640011")
        name = reader.value("District", cells.name, "a name")
        grade = reader.value("Grade", _grade, f"one of {', '.join(GRADES)}, as Grade 1")
        first = seen.setdefault((str(code), str(grade)), line)
        if first != line and code and grade:
            problems.append(
                f"{path.name}, row {line}: district {code} and grade {grade} stand in row {first} "
                "already.\nExpected each once. Take the file anew from where it is published."
            )
        for year, (students, per_cent) in layout.years.items():
            if texts[per_cent] == _NOT_THERE:
                continue
            count = reader.figure(students, cells.whole, "a whole number") if students else None
            rate = reader.figure(per_cent, _per_cent, "a per cent from 0 to 100")
            rows.append(
                {
                    "school_year": year,
                    "district_code": code,
                    "district_name": name,
                    "grade": grade,
                    "chronically_absent": count,
                    "chronic_absence_rate": rate,
                    "source": title,
                }
            )
    check_no_problems(problems)
    table = pa.Table.from_pylist(rows, schema=_TYPES)
    return Figures("published_chronic_absence", table, title, "EdSight", "PDDL")


def _layout(path: Path) -> tuple[str, _Layout]:
    """The report's title, and where its figures stand. Raises InputError where it is another."""
    lines = csv_files.first_records(path, _LINES_LOOKED_AT)
    title = ", ".join(value.strip() for value in lines[0][1] if value.strip())
    place = next(
        n
        for n, (_line, values) in enumerate(lines)
        if set(_FIXED[:2]) <= {value.strip() for value in values}
    )
    line, values = lines[place]
    header = tuple(value.strip() for value in values)
    above = " ".join(value for _line, own in lines[:place] for value in own)
    ours = title.startswith(CHRONIC_TITLE) and "Chronically Absent" in above
    if not ours or list(header[:3]) != _FIXED:
        found = shortened(", ".join(filter(None, (title, *header))), 200)
        raise InputError(f"{path.name}, row {line}: {found}.\nExpected {CHRONIC_FILE}.")
    figures = header[3:]
    if list(figures) == _ONE_YEAR:
        match = _YEAR.search(title)
        years = [match[0]] if match and _follows(match[1], match[2]) else []
        columns: dict[str, tuple[str | None, str]] = dict.fromkeys(years, (figures[0], figures[1]))
    else:
        columns = {name: (None, name) for name in figures if _is_year(name)}
        years = [name for name in columns if len(columns) == len(figures)]
    if not years:
        raise InputError(
            f"{path.name}, row {line}: {shortened(', '.join(figures) or 'no figures', 200)}, under "
            f"the title {title!r}.\nExpected Student Count and % under a title with the school "
            f"year, as {CHRONIC_TITLE}, 2018-19; or a column for every school year. Take the file "
            "anew."
        )
    return title if list(figures) == _ONE_YEAR else _span(years), _Layout(line, header, columns)


def _span(years: Sequence[str]) -> str:
    return f"{CHRONIC_TITLE}, Trend, {min(years)} to {max(years)}"


def _rows(path: Path, layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    """Line number and values of every row below the header. Raises InputError."""
    found = False
    try:
        with csv_files.reading(path) as records:
            for line, values in records:
                if line <= layout.line:
                    continue
                if len(values) != len(layout.header):
                    raise csv_files.CsvError(
                        line, f"{len(values)} values", f"{len(layout.header)}, as in the header"
                    )
                found = True
                yield line, values
    except csv_files.CsvError as problem:
        where = path.name if problem.line is None else f"{path.name}, row {problem.line}"
        raise InputError(
            f"{where}: {shortened(problem.found)}.\nExpected {problem.expected}."
        ) from problem
    if not found:
        raise InputError(f"{path.name}: a header and no rows.\nExpected {CHRONIC_FILE}.")


def _code(text: str) -> str | None:
    """`="2850013"`, as EdSight writes it, or the code as it is; the state's is the contract's."""
    match = _CODE.fullmatch(text)
    code = cells.code(match[1] if match else text)
    return STATE_CODE if code == _STATE else code


def _grade(text: str) -> str | None:
    """`Kindergarten`, `Grade   1`, `Grade 12`."""
    if match := _GRADE.fullmatch(text):
        return match[1] if match[1] in GRADES else None
    return {"kindergarten": "K", "prekindergarten": "PK", "pk": "PK"}.get(text.lower())


def _per_cent(text: str) -> float | None:
    """17.2, as a fraction."""
    return cells.rate(f"{text.removesuffix('%')}%")


def _is_year(text: str) -> bool:
    match = _YEAR.fullmatch(text)
    return match is not None and _follows(match[1], match[2])


def _follows(first: str, second: str) -> bool:
    return (int(first) + 1) % 100 == int(second)
