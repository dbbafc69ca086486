"""Whatever is wrong with the input: a message that says where, exit code 2, and the release on
show untouched.
"""

import gzip
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from leapdash.build.build import build
from leapdash.release import current_id
from tests.lib.input_files import rows, write_csv, write_csv_file
from tests.lib.spoilt import (
    Spoil,
    add,
    change,
    column,
    daily_instead,
    data,
    each,
    parquet,
    parts,
    rename_column,
    run,
    text,
)


@pytest.fixture(scope="module")
def published_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one release."""
    folder = tmp_path_factory.mktemp("good")
    build(write_csv(folder / "input"), folder / "store", effects=False)
    return folder / "store"


def contents(store: Path) -> dict[str, bytes]:
    files = (path for path in sorted(store.rglob("*")) if path.is_file())
    return {str(path.relative_to(store)): path.read_bytes() for path in files}


def bad_bytes_far_down(folder: Path) -> None:
    path = folder / "attendance.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[60] = lines[60].replace(b"S", b"\xe9")
    # Far enough down that a look at the start of the file doesn't meet it.
    lines[1:1] = [b"X%05d,0640111,2021-09-01,20,20\n" % number for number in range(5000)]
    path.write_bytes(b"".join(lines))


CASES: dict[str, tuple[Spoil, list[str]]] = {
    "a table is missing": (
        lambda folder: (folder / "visits.csv").unlink(),
        ["the table visits is missing", "Expected visits.parquet, visits.csv, visits.csv.gz"],
    ),
    "a table's name is misspelt": (
        lambda folder: (folder / "attendance.csv").rename(folder / "atendance.csv"),
        ["the table attendance is missing", "atendance.csv looks like it: rename or convert it"],
    ),
    "a table is a spreadsheet": (
        lambda folder: (folder / "visits.csv").rename(folder / "visits.xlsx"),
        ["the table visits is missing", "visits.xlsx looks like it"],
    ),
    "Parquet by name only": (
        data("attendance.parquet", b"student_id,school_code\n1,2\n"),
        ["attendance.parquet: not a Parquet file", "Expected what the name says"],
    ),
    "CSV by name only": (
        data("attendance.csv", b"PAR1" + bytes(100)),
        ["attendance.csv: Parquet", "Expected what the name says: CSV"],
    ),
    "a workbook named CSV": (
        data("attendance.csv", b"PK\x03\x04" + bytes(100)),
        ["attendance.csv: a spreadsheet or ZIP archive", "Expected what the name says: CSV"],
    ),
    "gzip by name only": (
        data("attendance.csv.gz", b"student_id,school_code\n"),
        ["attendance.csv.gz: no whole gzip file", "Expected what the name says: gzip"],
    ),
    "gzip cut short": (
        data("attendance.csv.gz", gzip.compress(b"student_id\n" + bytes(range(97, 120)) * 99)[:60]),
        ["attendance.csv.gz: no whole gzip file"],
    ),
    "an empty file": (
        data("attendance.csv", b""),
        ["attendance.csv: the file is empty", "Expected the table attendance"],
    ),
    "blank lines only": (
        data("attendance.csv", b"\n\n"),
        ["attendance.csv, row 1: the file is empty", "Expected a header line"],
    ),
    "a header only": (
        text("attendance.csv", lambda s: s.splitlines()[0] + "\n"),
        ["attendance.csv, row 2: a header and no rows", "Expected at least one row"],
    ),
    "Parquet without rows": (
        parquet("attendance", lambda table: table.slice(0, 0)),
        ["attendance.parquet: a header and no rows", "Expected at least one row"],
    ),
    "a column is missing": (
        rename_column("attendance", "days_attended", "presence"),
        ["attendance.csv: the column days_attended is missing", "Found: student_id, school_code"],
    ),
    "a column is there twice": (
        rename_column("attendance", "days_attended", "days_enrolled"),
        ["the column 'days_enrolled' stands there 2 times", "Expected every name once"],
    ),
    "a column is misspelt": (
        rename_column("attendance", "days_attended", "days_atended"),
        [
            "attendance.csv: the column days_attended is missing; 'days_atended' looks like it",
            "Rename the column.",
        ],
    ),
    "a column is written otherwise": (
        rename_column("attendance", "days_attended", "Days Attended"),
        ["'Days Attended' looks like it"],
    ),
    "an optional column is misspelt": (
        rename_column("enrollment", "home_language", "home_langauge"),
        ["the column home_language is missing; 'home_langauge' looks like it"],
    ),
    "a Parquet column of the wrong type": (
        column("attendance", "days_enrolled", lambda _: pa.array([[1.0]] * 72)),
        ["attendance.parquet, column days_enrolled: values of type list<", "Expected a number"],
    ),
    "semicolons": (
        text("attendance.csv", lambda s: s.replace(",", ";")),
        ["attendance.csv, row 1: values separated by semicolons", "Expected commas"],
    ),
    "a value too many": (
        text("attendance.csv", lambda s: s.replace("\nS00,", "\nS00,S00,", 1)),
        ["attendance.csv, row 2: 6 values", "Expected 5 values, as in the header"],
    ),
    "a quote that never closes": (
        text("visits.csv", lambda s: s.replace("met,", '"met,', 1)),
        ["visits.csv, row", "Expected CSV, quotes closed"],
    ),
    "not UTF-8 in the header": (
        data("attendance.csv", "élève,x\n1,2\n".encode("latin-1")),
        ["attendance.csv, row 1: bytes that are not UTF-8", "save as 'CSV UTF-8'"],
    ),
    "not UTF-8 far down": (
        bad_bytes_far_down,
        ["attendance.csv, row 5061: bytes that are not UTF-8 (b'\\xe9')", "Expected text in UTF-8"],
    ),
    "UTF-16": (
        data("attendance.csv", "student_id,month\n1,2\n".encode("utf-16")),
        ["attendance.csv, row 1: text in UTF-16.", "Expected text in UTF-8"],
    ),
    "a number is no number": (
        change("attendance", 3, days_attended="ten"),
        ["attendance.csv, row 5, column days_attended: 'ten'.", "Expected a number."],
    ),
    "days attended above days enrolled": (
        change("attendance", 3, days_attended=23.0),
        [
            "attendance.csv, row 5, column days_attended: 23.0 is more than days_enrolled (20.0).",
            "Expected 0 ≤ days_attended ≤ days_enrolled.",
        ],
    ),
    "days attended below zero": (
        change("attendance", 3, days_attended=-1),
        ["attendance.csv, row 5, column days_attended: '-1'.", "Expected at least 0."],
    ),
    "a quarter of a day": (
        change("attendance", 3, days_attended=0.25),
        ["row 5, column days_attended: '0.25'.", "Expected whole or half days."],
    ),
    "more days than a month has": (
        change("attendance", 3, days_enrolled=32),
        ["row 5, column days_enrolled: '32'.", "Expected at most 31."],
    ),
    "no value": (
        change("attendance", 3, days_enrolled=""),
        ["attendance.csv, row 5, column days_enrolled: empty.", "Expected a value", "Fill it in."],
    ),
    "not a number in the sense of computers": (
        change("attendance", 3, days_enrolled="nan"),
        ["row 5, column days_enrolled: 'nan'.", "Expected a number."],
    ),
    "a month that is no month": (
        change("attendance", 3, month="2021-13-01"),
        ["attendance.csv, row 5, column month: '2021-13-01'.", "Expected a month written"],
    ),
    "a month by name": (
        change("attendance", 3, month="Sep-21"),
        ["row 5, column month: 'Sep-21'."],
    ),
    "a day in the middle of a month": (
        change("attendance", 3, month="2021-09-15"),
        ["row 5, column month: '2021-09-15'.", "Expected a month written 2021-09-01 (its first"],
    ),
    "the same month twice": (
        add("attendance", lambda data: data[10]),
        [
            "attendance.csv, row 12: its student_id, school_code and month stand in 2 rows.",
            "2 rows like this; they are 12, 74.",
        ],
    ),
    "the same enrollment twice": (
        add("enrollment", lambda data: data[0] | {"grade": "1"}),
        ["enrollment.csv, row 2: its student_id, school_code and school_year stand in 2 rows."],
    ),
    "the same school twice": (
        add("schools", lambda data: data[0]),
        ["schools.csv, row 2: its school_code stands in 2 rows.", "Keep one of the rows.\n"],
    ),
    "the same programme row twice": (
        add("programme", lambda data: data[0]),
        ["programme.csv, row 2: its district_code and school_year stand in 2 rows."],
    ),
    "attendance of an unknown student": (
        add("attendance", lambda data: data[0] | {"student_id": "nobody"}),
        [
            "attendance.csv, row 74, column student_id: enrollment has no row with this "
            "student_id, school_code and school_year (0640111, 2021-22).",
            "add what is missing to enrollment.csv",
        ],
    ),
    "attendance at an unknown school": (
        change("attendance", 0, school_code="9990111"),
        [
            "attendance.csv, row 2, column school_code: schools has no row with this school_code "
            "(9990111).",
        ],
    ),
    "attendance where the student isn't enrolled": (
        change("attendance", 0, school_code="0640211"),
        ["row 2, column student_id: enrollment has no row", "(0640211, 2021-22)"],
    ),
    "enrollment at an unknown school": (
        change("enrollment", 0, school_code="9990111"),
        ["enrollment.csv, row 2, column school_code: schools has no row"],
    ),
    "a visit to an unknown student": (
        change("visits", 1, student_id="nobody"),
        ["visits.csv, row 3, column student_id: enrollment has no row with this student_id."],
    ),
    "money for an unknown district": (
        change("programme", 0, district_code="9990011"),
        ["programme.csv, row 2, column district_code: schools has no row"],
    ),
    "a visit after the last month": (
        change("visits", 1, visit_date=date(2022, 12, 1)),
        [
            "visits.csv, row 3, column visit_date: '2022-12-01'.",
            "Expected no visit after 2022-11-30",
        ],
    ),
    "a visit before the first school year": (
        change("visits", 1, visit_date=date(2021, 6, 30)),
        [
            "visits.csv, row 3, column visit_date: '2021-06-30'.",
            "Expected no visit before 2021-07-01",
        ],
    ),
    "an unknown grade": (
        change("enrollment", 5, grade="13"),
        ["enrollment.csv, row 7, column grade: '13'.", "Expected one of PK, K, 1, 2,"],
    ),
    "an unknown yes or no": (
        change("enrollment", 5, homeless="perhaps"),
        ["row 7, column homeless: 'perhaps'.", "Expected true or false"],
    ),
    "a school year of two years": (
        change("enrollment", 5, school_year="2021-23"),
        ["row 7, column school_year: '2021-23'.", "Expected two years that follow each other"],
    ),
    "a code with too few digits": (
        change("schools", 0, school_code="6401"),
        ["schools.csv, row 2, column school_code: '6401'.", "Expected the school's state code"],
    ),
    "a code in scientific notation": (
        change("schools", 0, district_code="6.4E+05"),
        ["schools.csv, row 2, column district_code: '6.4E+05'."],
    ),
    "a district that stops before it starts": (
        change("schools", 0, leap_until=date(2021, 3, 1)),
        ["schools.csv, row 2, column leap_until: '2021-03-01'."],
    ),
    "no day enrolled anywhere": (
        lambda folder: write_csv_file(
            folder / "attendance.csv",
            [row | {"days_enrolled": 0, "days_attended": 0} for row in rows()["attendance"]],
        ),
        ["attendance.csv: no row has a day enrolled.", "Expected some month with school."],
    ),
    "a table given twice": (
        lambda folder: shutil.copy(folder / "visits.csv", folder / "visits.csv.gz"),
        ["visits.csv and visits.csv.gz: the table visits is given twice."],
    ),
    "monthly and daily attendance": (
        lambda folder: (folder / "attendance_daily.csv").write_text(
            "student_id,school_code,date,attended\nS00,0640111,2021-09-01,1\n"
        ),
        ["both attendance and attendance_daily are given.", "Expected one of them."],
    ),
    "the same day twice": (
        daily_instead("S00,0640111,2021-09-01,1", "S00,0640111,2021-09-01,0"),
        ["attendance_daily.csv, row 2: its student_id, school_code and date stand in 2 rows."],
    ),
    "more than a day attended": (
        daily_instead("S00,0640111,2021-09-01,1.5"),
        ["attendance_daily.csv, row 2, column attended: '1.5'.", "Expected at most 1."],
    ),
    "a day of an unknown student": (
        daily_instead("nobody,0640111,2021-09-01,1"),
        ["attendance_daily.csv, row 2, column student_id: enrollment has no row with this"],
    ),
    "Parquet and CSV in one folder": (
        each(
            parts(a=lambda header, lines: "\n".join([header, *lines])),
            lambda folder: (folder / "attendance" / "b.parquet").write_bytes(b"PAR1"),
        ),
        ["attendance/: both Parquet and CSV files (a.csv, b.parquet)."],
    ),
    "an about file that is no JSON": (
        lambda folder: (folder / "about.json").write_text("synthetic: yes"),
        ["about.json: not readable as JSON", 'Expected {"origin": "text"'],
    ),
    "an about file with a word for yes": (
        lambda folder: (folder / "about.json").write_text('{"synthetic": "yes"}'),
        ["about.json: synthetic is 'yes'."],
    ),
    "an about file with an unknown entry": (
        lambda folder: (folder / "about.json").write_text('{"license": "mine"}'),
        ["about.json: 'license' is not known."],
    ),
    "an empty folder": (
        parts(),
        ["attendance/: no file ending in .parquet, .csv, .csv.gz."],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_and_nothing_published(
    case: str,
    published_store: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil, expected = CASES[case]
    spoil(write_csv(tmp_path / "input"))
    before = contents(published_store)
    code, message = run(
        capsys, monkeypatch, "build", "--input", tmp_path / "input", "--out", published_store
    )
    for part in expected:
        assert part in message
    stays = f"Nothing was published; release {current_id(published_store)} stays on show."
    assert message.splitlines()[-1] == stays
    assert code == 2
    assert "Traceback" not in message
    assert contents(published_store) == before


def test_several_problems_are_told_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_csv(tmp_path / "input")
    change("visits", 0, place="moon")(folder)
    attendance = rows()["attendance"]
    for number in (1, 2, 40, 60):
        attendance[number]["days_attended"] = 21.5
    attendance[50]["month"] = "2022"
    write_csv_file(folder / "attendance.csv", attendance)
    code, message = run(
        capsys, monkeypatch, "build", "--input", folder, "--out", tmp_path / "store"
    )
    assert code == 2
    assert "row 3, column days_attended: 21.5 is more than days_enrolled (20.0)." in message
    assert "4 rows like this; the first are 3, 4, 42." in message
    assert "attendance.csv, row 52, column month: '2022'." in message
    assert (
        "visits.csv, row 2, column place: 'moon'.\nExpected one of home, other, virtual." in message
    )
    assert message.endswith("Nothing was published; the store holds no release yet.\n")
    assert not (tmp_path / "store").exists()


def test_at_most_ten_problems_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = {name: "?" for name in rows()["enrollment"][0] if name != "student_id"}
    folder = write_csv(tmp_path / "input")
    change("enrollment", 0, **spoilt)(folder)
    change("visits", 0, place="?", contact="?")(folder)
    _, message = run(capsys, monkeypatch, "build", "--input", folder, "--out", tmp_path / "store")
    assert message.count("Expected ") == 10


def test_messages_name_the_file_of_a_folder_and_never_a_student(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_csv(tmp_path / "input")
    (folder / "attendance.csv").unlink()
    attendance = rows()["attendance"]
    secret = [row | {"student_id": "SECRET-1"} for row in attendance[:2]]
    write_csv_file(folder / "attendance" / "a.csv", attendance[:50])
    write_csv_file(folder / "attendance" / "b.csv", attendance[50:] + secret)
    _, message = run(capsys, monkeypatch, "build", "--input", folder, "--out", tmp_path / "store")
    assert "attendance/b.csv, row 24, column student_id: enrollment has no row" in message
    assert "2 rows like this; they are 24, 25." in message
    assert "SECRET" not in message


def test_rows_are_counted_by_lines_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_csv(tmp_path / "input")
    (folder / "schools.csv").write_text(
        "school_code,school_name,district_code,district_name,leap_from,leap_until\n"
        '0640111,"North\nSchool",0640011,Hartford,2021-04-01,\n'
        "\n"
        "0640211,South School,0640011,Hartford,soon,\n"
        "1430111,Hill School,1430011,Torrington,,\n"
    )
    _, message = run(capsys, monkeypatch, "build", "--input", folder, "--out", tmp_path / "store")
    assert "schools.csv, row 5, column leap_from: 'soon'.\nExpected a date" in message


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--half-day", "most"), "--half-day most: expected one of state, fraction."),
        (("--memory-limit", "much"), "--memory-limit much"),
        (("--published", "nowhere.csv"), "nowhere.csv: no such file."),
    ],
)
def test_options_that_mean_nothing_are_told(
    arguments: tuple[str, ...],
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, store = write_csv(tmp_path / "input"), tmp_path / "store"
    code, message = run(capsys, monkeypatch, "build", "--input", folder, "--out", store, *arguments)
    assert (code, expected in message, store.exists()) == (2, True, False)


def test_a_store_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    code, message = run(
        capsys,
        monkeypatch,
        *("build", "--input", write_csv(tmp_path / "input"), "--out", tmp_path / "file" / "store"),
    )
    assert code == 2
    assert f"--out {tmp_path / 'file' / 'store'} can't be written" in message
    assert f"{tmp_path / 'file'}: a file." in message
    assert (tmp_path / "file").read_text() == "in the way"
