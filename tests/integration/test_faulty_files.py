"""Files that aren't what they should be: each is told with its place, and ends with 2."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.lib.input_files import write_csv
from tests.lib.paths import ROOT
from tests.lib.spoilt import Spoil, content, data, each, fault, parquet, parts, run, text


def instead_of(name: str, make: Callable[[Path], object]) -> Spoil:
    """Something else under the name of a file."""

    def apply(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        make(folder / name)

    return apply


def with_a_huge_row(folder: Path) -> None:
    path = folder / "attendance.csv"
    header, *lines = path.read_text().splitlines()
    wide = ",".join("x" * 900_000 for _ in range(3))
    more = [f"{line},,," if n else f"{line},{wide}" for n, line in enumerate(lines)]
    path.write_text("\n".join([f"{header},a,b,c", *more]) + "\n")


def damaged_inside(folder: Path) -> None:
    parquet("attendance", lambda table: table)(folder)
    path = folder / "attendance.parquet"
    whole = bytearray(path.read_bytes())
    whole[10:200] = bytes(190)
    path.write_bytes(whole)


def cut_short(folder: Path) -> None:
    parquet("attendance", lambda table: table)(folder)
    path = folder / "attendance.parquet"
    path.write_bytes(path.read_bytes()[:-500])


def gzip_cut_short(folder: Path) -> None:
    path = folder / "attendance.csv"
    (folder / "attendance.csv.gz").write_bytes(gzip.compress(path.read_bytes())[:-60])
    path.unlink()


def two_columns(first: str, second: str) -> Spoil:
    """Two more columns in visits.csv."""

    def changed(whole: str) -> str:
        header, *lines = whole.splitlines()
        more = [f"{header},{first},{second}", *(f"{line},x,y" for line in lines)]
        return "\n".join(more) + "\n"

    return text("visits.csv", changed)


_one_part = parts(a=lambda header, lines: "\n".join([header, *lines]))

FILES = {
    "a folder named as a file": fault(
        instead_of("visits.csv", Path.mkdir), "visits.csv: a folder.", "is a folder visits/"
    ),
    "a folder named as a Parquet file": fault(
        each(lambda f: (f / "programme.csv").unlink(), lambda f: (f / "programme.parquet").mkdir()),
        "programme.parquet: a folder.",
    ),
    "a folder named as a part": fault(
        each(_one_part, lambda f: (f / "attendance/b.csv").mkdir()),
        "attendance/b.csv: a folder.",
    ),
    "an about file that is a folder": fault(
        instead_of("about.json", Path.mkdir), "about.json: a folder.", 'Expected {"origin"'
    ),
    "an about file nested without end": fault(
        instead_of("about.json", lambda path: path.write_text("[" * 100_000)),
        "about.json: not readable as JSON",
    ),
    "an about file in Latin-1": fault(
        instead_of("about.json", lambda path: path.write_bytes(b'{"origin": "Caf\xe9"}')),
        "about.json: not readable as JSON",
    ),
    "an about file with half a letter": fault(
        instead_of("about.json", lambda path: path.write_text('{"origin": "\\ud800"}')),
        "about.json: origin is",
    ),
    "an about file that is a list": fault(
        instead_of("about.json", lambda path: path.write_text("[]")),
        "about.json: list instead of an object.",
    ),
    "an about file that leads nowhere": fault(
        instead_of("about.json", lambda path: path.symlink_to("nothing")),
        "about.json: a link that leads nowhere",
    ),
    "a link to itself": fault(
        instead_of("visits.csv", lambda path: path.symlink_to(path.name)),
        "visits.csv: a link that leads nowhere",
    ),
    "a link to nothing in the place of an optional table": fault(
        instead_of("programme.csv", lambda path: path.symlink_to("nothing.csv")),
        "programme.csv: a link that leads nowhere",
    ),
    "a pipe": fault(instead_of("visits.csv", os.mkfifo), "visits.csv: a pipe or a device."),
    "a path with a placeholder": fault(
        each(_one_part, lambda f: (f / "attendance/a.csv").rename(f / "attendance/a*.csv")),
        "attendance/a*.csv:",
        "stands for any letter",
        "Rename it.",
    ),
    "a name in another encoding": fault(
        each(
            _one_part,
            lambda f: (f / "attendance/a.csv").rename(
                os.fsdecode(os.fsencode(f) + b"/attendance/\xe9.csv")
            ),
        ),
        "attendance/\\udce9.csv: a name that is not in UTF-8.",
    ),
    "the same table in upper and lower case": fault(
        lambda f: shutil.copy(f / "visits.csv", f / "VISITS.CSV"),
        "VISITS.CSV and visits.csv: the table visits is given twice.",
    ),
    "a table in upper case, misspelt": fault(
        lambda f: (f / "visits.csv").rename(f / "VISIT.CSV"),
        "VISIT.CSV looks like it",
        "the table visits is missing",
    ),
    "an old spreadsheet": fault(
        data("attendance.csv", b"\xd0\xcf\x11\xe0" + bytes(200)), "attendance.csv: an old spread"
    ),
    "gzip named CSV": fault(
        data("attendance.csv", gzip.compress(b"student_id\n")),
        "attendance.csv: gzip.",
        "what the name says: CSV",
    ),
    "gzip cut short": fault(gzip_cut_short, "attendance.csv.gz: no whole gzip file"),
    "Parquet cut short": fault(cut_short, "attendance.parquet: not a Parquet file"),
    "Parquet damaged inside": fault(
        damaged_inside, "attendance.parquet, rows 1 to 72, column student_id: damaged"
    ),
    "Parquet without columns": fault(
        parquet("attendance", lambda table: table.select([])),
        "attendance.parquet: no column of attendance",
    ),
    "UTF-16 without a mark": fault(
        content("visits.csv", lambda raw: raw.decode().encode("utf-16-le")),
        "visits.csv, row 1: text in UTF-16.",
        "save as 'CSV UTF-8'",
    ),
    "UTF-16 with a mark": fault(
        content("visits.csv", lambda raw: raw.decode().encode("utf-16")),
        "visits.csv, row 1: text in UTF-16.",
    ),
    "Latin-1 in a file with CR as line end": fault(
        content(
            "schools.csv",
            lambda raw: raw.replace(b"Hill", b"H\xefll").replace(b"\n", b"\r"),
        ),
        "schools.csv, row 4: bytes that are not UTF-8",
    ),
    "a web page": fault(
        data("attendance.csv", b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"),
        "attendance.csv, row 1: no column of attendance: <!DOCTYPE html>.",
        "Expected the columns' names in the first line: student_id, school_code, month,",
    ),
    "tabs": fault(
        text("attendance.csv", lambda s: s.replace(",", "\t")),
        "attendance.csv, row 1: values separated by tabs.",
        "Expected commas between values.",
    ),
    "vertical bars": fault(
        text("attendance.csv", lambda s: s.replace(",", "|")),
        "attendance.csv, row 1: values separated by vertical bars.",
    ),
    "a title above the header": fault(
        text("attendance.csv", lambda s: "Attendance by month\n\n" + s),
        "attendance.csv, row 1: 'Attendance by month', which is no column;",
        "row 3 has the columns' names.",
        "Remove the lines above row 3.",
    ),
    "a title filled up with commas": fault(
        text("visits.csv", lambda s: "Home visits,,,,,\n" + s),
        "visits.csv, row 1: 'Home visits'",
        "row 2 has the columns' names.",
    ),
    "no header": fault(
        text("attendance.csv", lambda s: s.split("\n", 1)[1]),
        "attendance.csv, row 1: values, not names: S00, 0640111, 2021-09-01, 20.0, 20.0.",
        "Expected the columns' names in the first line:",
    ),
    "another table": fault(
        lambda f: shutil.copy(f / "enrollment.csv", f / "attendance.csv"),
        "attendance.csv: 3 columns are missing: month, days_enrolled, days_attended.",
        "These are the columns of the table enrollment.",
    ),
    "two columns that differ in case": fault(
        two_columns("Remark", "remark"),
        "visits.csv: the column 'remark' stands there 2 times.",
        "Expected every name once, whatever its case.",
    ),
    "a column of the contract in another case beside it": fault(
        two_columns("Language", "note"), "visits.csv: the column 'language' stands there 2 times."
    ),
    "headers only, in every part": fault(
        parts(a=lambda h, _: h, b=lambda h, _: h),
        "attendance/, all 2 files: a header and no rows.",
        "Expected at least one row",
    ),
    "an empty part": fault(
        each(_one_part, lambda f: (f / "attendance/b.csv").write_text("")),
        "attendance/b.csv: the file is empty.",
    ),
    "mixed line ends in row 3": fault(
        text("attendance.csv", lambda s: s.replace("\n", "\r\n", 2)),
        "attendance.csv, row 3: the line ends in LF, the lines above end in CR LF.",
        "one kind of line end",
    ),
    "another line end below the header": fault(
        text("visits.csv", lambda s: s.replace("\n", "\r\n").replace("\r\n", "\n", 1)),
        "visits.csv, row 2: the line ends in CR LF, the lines above end in LF",
    ),
    "another line end in the last row": fault(
        content("attendance.csv", lambda raw: raw[:-1] + b"\r\n"),
        "attendance.csv, row 73: the line ends in CR LF",
    ),
    "mixed line ends under gzip": fault(
        each(
            lambda f: (f / "visits.csv.gz").write_bytes(
                gzip.compress((f / "visits.csv").read_bytes().replace(b"\n", b"\r\n", 1))
            ),
            lambda f: (f / "visits.csv").unlink(),
        ),
        "visits.csv.gz, row 2: the line ends in LF",
    ),
    "a value too few": fault(
        text("attendance.csv", lambda s: s.replace("S00,0640111", "S00", 1)),
        "attendance.csv, row 2: 4 values.",
        "Expected 5 values, as in the header",
    ),
    "a row of many megabytes": fault(
        with_a_huge_row, "attendance.csv, row 2: a row of over a million letters."
    ),
    "text behind a closed quote": fault(
        text("visits.csv", lambda s: s.replace("home", '"home"s', 1)), "visits.csv, row 2:"
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_what_a_file_is_instead_is_told_with_its_place(
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = FILES[name]
    folder, store = write_csv(tmp_path / "input"), tmp_path / "store"
    wrong.spoil(folder)
    code, message = run(capsys, monkeypatch, "build", "--input", folder, "--out", store)
    assert wrong.place in message
    assert [part for part in wrong.says if part not in message] == []
    assert (code, "Traceback" in message, store.exists()) == (2, False, False)


@pytest.mark.parametrize("name", ["mixed line ends in row 3", "tabs", "a folder named as a file"])
def test_a_process_of_its_own_says_the_same(name: str, tmp_path: Path) -> None:
    wrong = FILES[name]
    wrong.spoil(write_csv(tmp_path / "input"))
    command = [sys.executable, "-m", "leapdash", "build", "--input", "input", "--out", "store"]
    path = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True)
    assert wrong.place in done.stderr
    assert (done.returncode, "Traceback" in done.stderr, done.stdout) == (2, False, "")


# --- files that can't be opened ---------------------------------------------------------------


@pytest.fixture
def without_rights() -> Iterator[Path]:
    """A folder, as a user has it who isn't root: who is root may open anything."""
    nobody = 65534
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() != 0:
            yield Path(folder)
            return
        Path(folder).chmod(0o777)
        os.seteuid(nobody)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("closed", ["visits.csv", "about.json", "attendance", "attendance/a.csv"])
def test_a_file_that_cannot_be_opened_is_told(
    closed: str,
    without_rights: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, store = write_csv(without_rights / "input"), without_rights / "store"
    _one_part(folder)
    (folder / "about.json").write_text(json.dumps({"origin": "a district"}))
    (folder / closed).chmod(0)
    code, message = run(capsys, monkeypatch, "build", "--input", folder, "--out", store)
    (folder / closed).chmod(0o700)
    assert f"{closed}{'/' if closed == 'attendance' else ''}: can't be opened (Perm" in message
    assert (code, "Traceback" in message) == (2, False)


def test_an_input_a_published_file_and_a_store_that_cannot_be_opened_are_told(
    without_rights: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, file = write_csv(without_rights / "input"), without_rights / "figures.csv"
    file.write_text("District code")
    store = without_rights / "closed" / "store"
    store.parent.mkdir()
    arguments = ("build", "--input", folder, "--published", file, "--out", store)
    told = []
    for closed in (folder, file, store.parent):
        closed.chmod(0)
        told.append(run(capsys, monkeypatch, *arguments))
        closed.chmod(0o700)
    assert [code for code, _ in told] == [2, 2, 2]
    assert f"{folder}: can't be opened (Permission denied)." in told[0][1]
    assert f"{file}: can't be opened (Permission denied)." in told[1][1]
    assert f"--out {store} can't be written: {store.parent}: can't be opened (Perm" in told[2][1]
