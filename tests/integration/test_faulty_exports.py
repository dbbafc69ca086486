"""What is wrong with own exports is told with its place, all at once, and names no student."""

import errno
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leapdash.build.build import build
from leapdash.errors import InputError, LeapdashError, StoreError
from tests.lib.exports import write_book, write_exports
from tests.lib.input_files import rows

Spoil = Callable[[Path], object]


def line(file: str, number: int, old: str, new: str, encoding: str = "utf-8") -> Spoil:
    """Changes a text in one line of a file, which counts from 1."""

    def spoil(folder: Path) -> None:
        path = folder / file
        lines = path.read_bytes().decode(encoding).split("\r\n")
        assert old in lines[number - 1], lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)
        path.write_bytes("\r\n".join(lines).encode(encoding))

    return spoil


def mapped(old: str, new: str) -> Spoil:
    """Changes a text of the mapping."""

    def spoil(folder: Path) -> None:
        path = folder.parent / f"{folder.name}.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return spoil


def both(*spoils: Spoil) -> Spoil:
    def spoil(folder: Path) -> None:
        for one in spoils:
            one(folder)

    return spoil


def cut_parquet(folder: Path) -> None:
    path = folder / "students.parquet"
    pq.write_table(pa.table({"Student Number": ["S1"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-20])
    mapped('["students.csv"]', '["students.parquet"]')(folder)


def cut_workbook(folder: Path) -> None:
    write_book(folder.parent / "book", rows())
    data = (folder.parent / "book" / "state.xlsx").read_bytes()
    (folder / "state.xlsx").write_bytes(data[: len(data) // 2])
    mapped('["students.csv"]', '["state.xlsx"]')(folder)


def copied(folder: Path) -> None:
    (folder / "visits 3.csv").write_bytes((folder / "visits 1.csv").read_bytes())


def bad_bytes(folder: Path) -> None:
    path = folder / "students.csv"
    lines = path.read_bytes().split(b"\r\n")
    lines[0] = lines[0].replace(b"Race", "Raça".encode())
    lines[6] = lines[6].replace(b"English", b"Engl\xffsh")
    path.write_bytes(b"\r\n".join(lines))


CASES: dict[str, tuple[Spoil, list[str]]] = {
    "a value that isn't known": (
        line("students.csv", 5, "Male", "Girlish"),
        [
            "students.csv, row 5, column Sex: 'Girlish'.",
            "Expected one of F, M, X. Correct it, or add it under [table.values.gender].",
        ],
    ),
    "a code of a day that isn't known": (
        line("visits 2.csv", 2, "Met", "Done"),
        ["visits 2.csv, row 2, column Status: 'Done'.", "add it under [table.values.contact]"],
    ),
    "days and months that aren't told apart": (
        mapped('leap_from = { from = "Start", date = "m/d/y" }', 'leap_from = "Start"'),
        [
            "schools.txt, row 4, column Start: '4/1/2021'.",
            "which number is the month and which the day isn't said",
            'date = "m/d/y" or date = "d/m/y"',
        ],
    ),
    "a date in another shape than said": (
        line("schools.txt", 5, "4/1/2021", "13/1/2021", "cp1252"),
        ["schools.txt, row 5, column Start: '13/1/2021'.", "a date, as 2021-09-05 written m/d/y"],
    ),
    "an empty cell that must say something": (
        line("students.csv", 3, ",Yes,", ",,"),
        ["students.csv, row 3, column SpEd: empty.", 'empty = "…"'],
    ),
    "text where a number belongs": (
        line("attendance.csv", 4, "20.0,", "20 days,"),
        [
            "attendance.csv, row 4, column September Days Enrolled: '20 days'.",
            "Expected a number.",
        ],
    ),
    "a column that is missing": (
        line("students.csv", 1, "Race", "Ethnicity"),
        ["students.csv, row 1: the column 'Race' of x.toml, [[table]] 2 (enrollment) is missing."],
    ),
    "a column that is there twice": (
        line("students.csv", 1, "Homeless", "SpEd"),
        ["'SpEd' (it stands there 2 times: SpEd (1), SpEd (2))"],
    ),
    "a row that is too short": (
        line("students.csv", 9, ",No,", ","),
        ["students.csv, row 9: 10 values.", "Expected 11 values, as in the header"],
    ),
    "a quote that isn't closed": (
        line("students.csv", 9, ",F,", ',"F,'),
        ["students.csv, row 25: unexpected end of data."],
    ),
    "a file that isn't there": (
        lambda folder: (folder / "students.csv").unlink(),
        ["(enrollment): no file 'students.csv' is given."],
    ),
    "the same file twice": (
        copied,
        ["visits 3.csv: the same as visits 1.csv, byte for byte; both are given for visits."],
    ),
    "a Parquet file cut short": (cut_parquet, ["students.parquet: can't be read (", "Write it"]),
    "a workbook cut short": (cut_workbook, ["state.xlsx: not a workbook that can be read ("]),
    "bytes of no encoding": (
        bad_bytes,
        ["students.csv, row 7: bytes that are not utf-8 (b'\\xff').", "encoding = …"],
    ),
    "the same student twice": (
        line("attendance.csv", 4, "S01,", "S00,"),
        ["attendance.csv, row 4", "student_id, school_code"],
    ),
    "more days absent than enrolled": (
        line("attendance.csv", 4, "20.0,", "0,"),
        ["attendance.csv, row 4, column days_attended: '-0.5'.", "Expected at least 0."],
    ),
    "a school in two districts": (
        line("schools.txt", 5, "640011", "1430011", "cp1252"),
        ["schools.txt, row 6, column district_name", "in an earlier row of 1430011"],
    ),
    "an error of a formula": (
        line("students.csv", 5, "Male", "#REF!"),
        ["students.csv, row 5, column Sex: '#REF!'.", "the error of a formula"],
    ),
    "a header beyond the file": (
        mapped('files = ["students.csv"]', 'files = ["students.csv"]\nheader = 99'),
        ["students.csv: no columns' names in line 99, as header of x.toml, [[table]] 2"],
    ),
    "no table of visits": (
        mapped('name = "visits"', 'name = "programme"'),
        ["(programme): nothing says where district_code, school_year"],
    ),
    "several kinds of trouble at once": (
        both(
            line("students.csv", 5, "Male", "Girlish"),
            line("students.csv", 6, "2021-2022", "2021-2023"),
            line("attendance.csv", 4, "20.0,", "0,"),
            line("schools.txt", 4, "Hartford", "Hertford", "cp1252"),
        ),
        [
            "students.csv, row 5, column Sex: 'Girlish'.",
            "students.csv, row 6, column SY: '2021-2023'.",
            "attendance.csv, row 4, column days_attended",
            "schools.txt, row 5, column district_name",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_told_with_its_place(case, tmp_path):
    spoil, expected = CASES[case]
    mapping = write_exports(tmp_path / "x", rows())
    spoil(tmp_path / "x")
    with pytest.raises(InputError) as refused:
        build(tmp_path / "x", tmp_path / "store", effects=False, mapping=mapping)
    message = str(refused.value)
    for part in expected:
        assert part in message
    assert not re.search(r"\bS\d\d\b", message), "an identifier of a student"
    assert not (tmp_path / "store" / "current").exists()


MAPPINGS = {
    "no TOML": ("[[table", "not readable as TOML"),
    "an unknown table": ('[[table]]\nname = "pupils"', "name: 'pupils'.\nExpected one of schools"),
    "an unknown word": (
        '[[table]]\nname = "visits"\nfile = "x.csv"',
        "(visits): 'file' is not known.\nExpected some of name, files",
    ),
    "an unknown column": (
        '[[table]]\nname = "visits"\nfiles = "x.csv"\n[table.columns]\nvisit_day = "Date"',
        "'visit_day' is not a column of visits.",
    ),
    "a date order that is none": (
        '[[table]]\nname = "visits"\nfiles = "x.csv"\n[table.columns]\n'
        'visit_date = { from = "Date", date = "us" }',
        "columns, visit_date, date: 'us'.\nExpected one of m/d/y, d/m/y, y/m/d.",
    ),
    "a month that is none": (
        '[[table]]\nname = "attendance"\nfiles = "x.csv"\n[table.months]\n'
        '"Sep" = { days_enrolled = "a", days_absent = "b" }',
        "months: 'Sep'.\nExpected a month as \"2021-09\"",
    ),
    **{
        f"{key} on a column it isn't of": (
            '[[table]]\nname = "visits"\nfiles = "x.csv"\n[table.columns]\n'
            f'place = {{ from = "Location", {key} = "{said}" }}',
            f"columns, place: `{key}` is of columns of {kind}, and place is none",
        )
        for key, said, kind in (
            ("less", "Days", "numbers"),
            ("date", "m/d/y", "days or months"),
            ("mixed", "right", "days"),
            ("year", "end", "school years or months"),
            ("school_year", "2021-22", "months"),
            ("match", "schools", "codes of schools or districts"),
        )
    },
    "nothing": ("", "no [[table]].\nExpected one for each table"),
}


@pytest.mark.parametrize("case", MAPPINGS)
def test_what_is_wrong_with_a_mapping_is_told(case, tmp_path):
    text, expected = MAPPINGS[case]
    write_exports(tmp_path / "x", rows())
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(InputError) as refused:
        build(tmp_path / "x", tmp_path / "store", effects=False, mapping=tmp_path / "x.toml")
    assert expected in str(refused.value)


@pytest.mark.parametrize("heading", ["Student Number", "Kid"])
def test_a_column_taken_for_another_gives_no_student_away(heading, tmp_path):
    mapping = write_exports(tmp_path / "x", rows())
    mapped('gender = "Sex"', f'gender = "{heading}"')(tmp_path / "x")
    path = tmp_path / "x" / "students.csv"
    lines = path.read_text().splitlines()
    kids = ["Kid", *(f"Ana {'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(24))]
    path.write_text("".join(f"{a},{b}\n" for a, b in zip(lines, kids, strict=True)))
    with pytest.raises(InputError) as refused:
        build(tmp_path / "x", tmp_path / "store", effects=False, mapping=mapping)
    message = str(refused.value)
    place = f"students.csv, row 2, column {heading}: a value that is not shown"
    assert place in message
    assert not re.search(r"\bS\d\d\b|Ana", message)


def test_a_list_of_absences_alone_is_refused(tmp_path):
    mapping = write_exports(tmp_path / "x", rows())
    text = mapping.read_text()
    start, end = text.index('[[table]]\nname = "attendance"'), text.index('[[table]]\nname = "prog')
    daily = (
        '[[table]]\nname = "attendance_daily"\nfiles = ["daily.csv"]\n[table.columns]\n'
        'student_id = "Student"\nschool_code = "School"\ndate = "Date"\nattended = "Code"\n'
        'reason = "Code"\n[table.values.attended]\n"E" = "0"\n"U" = "0"\n\n'
    )
    mapping.write_text(text[:start] + daily + text[end:])
    (tmp_path / "x" / "daily.csv").write_text(
        "Student,School,Date,Code\nS00,0640111,2021-09-06,E\nS03,0640111,2021-09-07,U\n"
    )
    with pytest.raises(InputError, match="no row is of a day attended"):
        build(tmp_path / "x", tmp_path / "store", effects=False, mapping=mapping)


def test_a_full_disk_is_told(tmp_path, monkeypatch):
    class Full:
        def __init__(self, *_: object) -> None:
            pass

        def write_batch(self, _: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            pass

    mapping = write_exports(tmp_path / "x", rows())
    monkeypatch.setattr("pyarrow.parquet.ParquetWriter", Full)
    with pytest.raises(StoreError, match="No space left on device"):
        build(tmp_path / "x", tmp_path / "store", effects=False, mapping=mapping)


def test_without_the_reader_of_workbooks_it_is_said_what_to_install(tmp_path, monkeypatch):
    mapping = write_book(tmp_path / "x", rows())
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(LeapdashError, match=r"pip install 'leapdash\[excel\]'"):
        build(tmp_path / "x", tmp_path / "store", effects=False, mapping=mapping)
