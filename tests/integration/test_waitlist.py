"""`leapdash waitlist`: who waits for a first visit, as the release counts them and nowhere else."""

import csv
import json
import stat
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import ibis
import pytest
from openpyxl import Workbook, load_workbook

from leapdash.build.build import build
from leapdash.build.panel.from_files import panel_of
from leapdash.build.panel.inputs import Inputs
from leapdash.build.panel.panel import Panel
from leapdash.build.sources.about import About
from leapdash.build.sources.opening import open_source
from leapdash.build.sources.source import InputTable
from leapdash.build.waitlist import students
from leapdash.build.waitlist.sheets import as_csv, as_workbook
from leapdash.build.waitlist.students import Waitlist, waitlist_of
from leapdash.build.waitlist.words import notes
from leapdash.build.waitlist.write import write_waitlist
from leapdash.contract import RULES
from leapdash.engines import Workspace, open_engine
from leapdash.errors import UsageError
from leapdash.progress import SILENT
from tests.lib.input_files import rows as small_rows
from tests.lib.input_files import write_csv
from tests.lib.spoilt import change, run_for_both
from tests.lib.waiting_state import (
    AVON,
    HARTFORD,
    LAST,
    MARK,
    MONTHS,
    NORTH,
    SOUTH,
    TORRINGTON,
    expected,
    gone,
    state,
)

STATE = state()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The input tables."""
    return write_csv(tmp_path_factory.mktemp("waiting") / "input", STATE.tables)


@pytest.fixture(scope="module")
def reach(folder: Path) -> list[dict[str, Any]]:
    """Who waits by the release of the same input."""
    release = build(folder, folder.parent / "store", effects=False)
    return release.table("reach").to_pylist()


@dataclass(frozen=True)
class Made:
    """The panel of the same input, as the command has it, and lists from it."""

    space: Workspace
    inputs: Inputs
    panel: Panel
    enrollment: InputTable

    def of(self, district: str, **of_schools: Any) -> Waitlist:
        """The list of a district; `of_schools`: other values in the table schools."""
        panel = replace(self.panel, schools=self.panel.schools.mutate(**of_schools))
        return waitlist_of(self.space, self.inputs, panel, self.enrollment, district)


@pytest.fixture(scope="module")
def made(folder: Path) -> Iterator[Made]:
    with (
        open_source(folder) as found,
        panel_of(found, open_engine, "state", SILENT, with_ids=True) as parts,
    ):
        yield Made(*parts, found.tables["enrollment"])


@pytest.fixture(scope="module")
def hartford(made: Made) -> Waitlist:
    return made.of(HARTFORD)


@pytest.fixture(scope="module")
def in_csv(hartford: Waitlist) -> str:
    return as_csv(hartford, synthetic=False).decode()


@pytest.fixture(scope="module")
def book(hartford: Waitlist) -> Workbook:
    said = notes(hartford, About())
    return load_workbook(BytesIO(as_workbook(hartford, False, said)))


@pytest.fixture
def waitlist(capsys, monkeypatch):
    """Runs the command; its exit code and all it said."""

    def of(*arguments):
        code, out, error = run_for_both(capsys, monkeypatch, "waitlist", *arguments)
        return code, error + out

    return of


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def listed(reach: list[dict[str, Any]], district: str, column: str) -> Mapping[str, int]:
    """How many of each school the release counts in the last month, all levels together."""
    counts: Counter[str] = Counter()
    for row in reach:
        of_all = row["month"] == LAST and row["group"] == "all"
        if of_all and row["district_code"] == district and row[column]:
            counts[row["school_code"]] += row[column]
    return counts


# --- who is on it ----------------------------------------------------------------------------


@pytest.mark.parametrize("district", [HARTFORD, TORRINGTON])
def test_every_school_has_as_many_as_the_release_says_wait(district, made, reach):
    found = made.of(district)
    waiting = Counter(student.school_code for student in found.students)
    tried = Counter(student.school_code for student in found.tried)
    assert waiting == listed(reach, district, "waiting")
    assert tried == listed(reach, district, "tried")
    assert 0 < tried.total() < waiting.total()


def test_every_row_is_as_counted_by_hand_and_in_order(in_csv):
    counted = expected(STATE, HARTFORD)
    assert any(None in row["months"] for row in counted)
    assert any(row["also_at"] for row in counted)
    assert any(row["visits_tried"] > 1 for row in counted)
    assert {row["home_language"] for row in counted} >= {"es", None}
    for sheet, tried in (("Not tried", False), ("Tried, not met", True)):
        rows = [row for row in csv_rows(in_csv) if row.pop("list") == sheet]
        wanted = [as_in_csv(row) for row in counted if bool(row["visits_tried"]) == tried]
        assert rows == wanted


def test_the_school_year_begins_before_the_months_shown(made, hartford, monkeypatch):
    monkeypatch.setattr(students, "MONTHS_SHOWN", 2)
    found = made.of(HARTFORD)
    assert found.months == tuple(MONTHS[-2:])
    assert [student.year for student in found.students] == [s.year for s in hartford.students]


def as_in_csv(row: dict[str, Any]) -> dict[str, str]:
    """A row counted by hand as the file writes it."""
    told = {name: "" if value is None else value for name, value in row.items()}
    for name in ("student_id", "school_name", "also_at"):
        told[name] = guarded(told[name])
    days = [
        *zip((f"{m:%Y-%m}" for m in MONTHS[-4:]), told.pop("months"), strict=True),
        ("year", told.pop("year")),
    ]
    for name, own in days:
        told[f"days_enrolled_{name}"] = own[0] if own else ""
        told[f"days_absent_{name}"] = own[1] if own else ""
        told[f"share_absent_{name}"] = f"{own[1] / own[0]:.4f}" if own else ""
    told["eligible_since"] = f"{row['eligible_since']:%Y-%m}"
    return {name: str(value) for name, value in told.items()}


GUARDED = {
    f"={MARK}1+1": f"'={MARK}1+1",
    f"+{MARK}": f"'+{MARK}",
    f"-{MARK}": f"'-{MARK}",
    f"@{MARK}": f"'@{MARK}",
    f"\t={MARK}": f"'\t'={MARK}",
    f"\t{MARK}": f"'\t{MARK}",
    f"{MARK};=1+1": f"{MARK};'=1+1",
    f'{MARK},"=1+1': f"{MARK},\"'=1+1",
    f" ={MARK}": f" '={MARK}",
    "=HYPERLINK(A1)": "'=HYPERLINK(A1)",
    "=HYPERLINK(A1); South School": "'=HYPERLINK(A1); South School",
    "South School; =HYPERLINK(A1)": "South School; '=HYPERLINK(A1)",
    "Hill School; =HYPERLINK(A1)": "Hill School; '=HYPERLINK(A1)",
}


def guarded(text: str) -> str:
    return GUARDED.get(text, text)


# --- the workbook ----------------------------------------------------------------------------


def test_the_workbook_has_the_same_rows_on_two_sheets(book):
    assert book.sheetnames == ["Not tried", "Tried, not met", "Notes"]
    counted = expected(STATE, HARTFORD)
    for sheet, tried in (("Not tried", False), ("Tried, not met", True)):
        head, *cells = book[sheet].iter_rows(values_only=True)
        assert head[:8] == (
            *("Student", "School code", "School", "Also at", "Grade", "Home language"),
            *("Eligible since", "Days waited"),
        )
        titles = [f"{name}: {what}" for name in months_and_year() for what in DAYS]
        assert head[8:] == (*titles, "Visits tried", "Last tried")
        wanted = [as_in_cells(row) for row in counted if bool(row["visits_tried"]) == tried]
        assert [list(row) for row in cells] == wanted


DAYS = ("days enrolled", "days absent", "share absent")


def months_and_year() -> list[str]:
    return ["June 2022", "September 2022", "October 2022", "November 2022", "School year"]


def as_in_cells(row: dict[str, Any]) -> list[Any]:
    """A row counted by hand as cells; texts are as they were given."""
    days = [
        cell
        for own in (*row["months"], row["year"])
        for cell in ((*own, pytest.approx(own[1] / own[0])) if own else (None,) * 3)
    ]
    first = [value or None for value in list(row.values())[:6]]
    since, last = (at_midnight(row[name]) for name in ("eligible_since", "last_tried"))
    return [*first, since, row["days_waited"], *days, row["visits_tried"], last]


def at_midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day)


def test_no_cell_is_a_formula_and_ids_stay_text_when_typed_in(book):
    for sheet in book:
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    ids = [cell for sheet in ("Not tried", "Tried, not met") for cell in book[sheet]["A"][1:]]
    assert {cell.number_format for cell in ids} == {"@"}
    assert {f"={MARK}1+1", f"\t={MARK}", f"00{MARK}"} <= {cell.value for cell in ids}


def test_the_notes_say_what_the_list_is_how_many_and_by_which_rules(book):
    said = dict(book["Notes"].iter_rows(values_only=True))
    counted = expected(STATE, HARTFORD)
    tried = {row["student_id"] for row in counted if row["visits_tried"]}
    everybody = {row["student_id"] for row in counted}
    assert said["Not tried"] == len(everybody - tried)
    assert said["Tried, not met"] == len(tried)
    assert said["All who wait"] == len(everybody)
    assert said["Rows"] == len(counted) > len(everybody)
    assert said["Gone"] == gone(STATE, HARTFORD) > 0
    assert f"Hartford School District ({HARTFORD})" in said["The list"]
    assert "at the end of November 2022, the last month of the data" in said["The list"]
    assert said["Eligible"].lower().startswith(RULES["eligible"].lower())
    assert "to 30 November 2022" in said["Waiting"]
    assert "must stay in the district" in said["Keep it here"]
    assert "These students" not in said


# --- the records stay where they belong ------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_the_csv_begins_a_formula_in_any_country(separator, in_csv):
    assert f"={MARK}" in in_csv
    for row in csv.reader(StringIO(in_csv, newline=""), delimiter=separator):
        assert not [cell for cell in row if cell.strip()[:1] in ("=", "+", "-", "@")]


def test_ids_are_in_the_file_for_its_owner_and_nowhere_else(
    folder, waitlist, tmp_path, monkeypatch
):
    places = {place: tmp_path / place for place in ("home", "work", "temporary", "list")}
    for place in places.values():
        place.mkdir()
    monkeypatch.setenv("HOME", str(places["home"]))
    monkeypatch.setenv("TMPDIR", str(places["temporary"]))
    monkeypatch.chdir(places["work"])
    monkeypatch.setattr(tempfile, "tempdir", str(places["temporary"]))

    def no_file(*args, **more):
        raise AssertionError("a temporary file")

    # What is removed again could still be found on the disk.
    monkeypatch.setattr(tempfile, "mkstemp", no_file)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    out = places["list"] / "list.XLSX"
    code, said = waitlist("--input", folder, "--district", "hartford school district", "--out", out)
    assert code == 0, said
    assert MARK not in said
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == [out]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    ids = [row[0] for row in load_workbook(out)["Not tried"].iter_rows(2, values_only=True)]
    counted = expected(STATE, HARTFORD)
    assert ids == [row["student_id"] for row in counted if not row["visits_tried"]]
    waiting = len({row["student_id"] for row in counted})
    assert said.endswith(
        f"{waiting} students wait for a first visit in Hartford School District at the end of "
        f"November 2022: {len(set(ids))} not tried, {waiting - len(set(ids))} tried and not met.\n"
        f"{out} is written. It holds students' records and must stay in the district; nothing "
        "else was written.\n"
    )


# --- what can't be made ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("list.ods", "--out list.ods: a file ending in .ods.\nExpected one in .xlsx or .csv."),
        ("list", "--out list: a file ending in nothing.\nExpected one in .xlsx or .csv."),
        (
            "s3://me:key@b/list.csv",  # pragma: allowlist secret
            "--out s3://b/list.csv: an address.\nExpected a file on this",
        ),
        ("mine.csv", "--out mine.csv: there already.\nExpected the name of a new file."),
        ("astray.csv", "--out astray.csv: there already."),
        ("folder.csv", "--out folder.csv: a folder.\nExpected the name of a new file."),
        ("mine.csv/list.csv", "--out mine.csv can't be written: a file."),
    ],
)
def test_a_file_that_can_t_be_made_is_told_before_anything_is_read(
    out, says, waitlist, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("what I noted", "utf-8")
    Path("astray.csv").symlink_to("nowhere")
    Path("folder.csv").mkdir()
    Path("input").mkdir()
    code, said = waitlist("--input", "input", "--district", HARTFORD, "--out", out)
    assert code == 2
    assert says in said
    assert "look at the files" not in said
    names = {"mine.csv", "astray.csv", "folder.csv", "input"}
    assert {path.name for path in tmp_path.rglob("*")} == names
    assert Path("mine.csv").read_text("utf-8") == "what I noted"


def test_a_district_that_is_not_there_is_told(folder, waitlist, tmp_path):
    out = tmp_path / "list.csv"
    code, said = waitlist("--input", folder, "--district", "Hartford", "--out", out)
    assert code == 2
    assert said.endswith(
        "--district Hartford: the table schools has no district of that name or code.\n"
        f"Nearest to it: Hartford School District ({HARTFORD}).\nNothing was written.\n"
    )
    assert not out.exists()


def test_a_district_that_never_took_part_is_told(made):
    with pytest.raises(UsageError) as told:
        made.of(AVON)
    assert str(told.value) == (
        f"--district {AVON}: {AVON} takes no part in home visits: its leap_from is empty; the data "
        "end on 2022-11-30.\nExpected a district that takes part then: "
        f"{TORRINGTON} ({TORRINGTON}), Hartford School District ({HARTFORD})."
    )


@pytest.mark.parametrize(
    ("start", "until", "says"),
    [
        ((2022, 12, 1), None, "takes part in home visits only from 2022-12-01 on; the data end"),
        ((2021, 4, 1), (2022, 10, 31), "took part in home visits only until 2022-10-31; the data"),
    ],
)
def test_a_district_that_takes_no_part_yet_or_any_more_is_told(start, until, says, made):
    ends = ibis.null("date") if until is None else ibis.date(*until)
    with pytest.raises(UsageError, match=says) as told:
        made.of(HARTFORD, leap_from=ibis.date(*start), leap_until=ends)
    assert "Expected a district that takes part then: none does." in str(told.value)


@pytest.mark.parametrize("day", [(2022, 11, 1), (2022, 11, 30)])
def test_a_district_that_takes_part_on_one_day_of_the_last_month_has_a_list(day, made, hartford):
    one = ibis.date(*day)
    assert made.of(HARTFORD, leap_from=one, leap_until=one) == hartford


def test_a_faulty_input_is_told_as_a_build_tells_it(waitlist, tmp_path):
    folder = write_csv(tmp_path / "input")
    change("attendance", 5, days_attended=30.0)(folder)
    out = tmp_path / "list.csv"
    code, said = waitlist("--input", folder, "--district", HARTFORD, "--out", out)
    assert code == 2
    assert said.endswith(
        "attendance.csv, row 7, column days_attended: 30.0 is more than days_enrolled (20.0).\n"
        "Expected 0 ≤ days_attended ≤ days_enrolled. Correct the row.\nNothing was written.\n"
    )
    assert not out.exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--half-day", "most"), "--half-day most: expected one of state, fraction."),
        (("--input", "no"), "no: no such folder.\nExpected a folder with schools, enrollment,"),
        (("--district", ""), "--district"),
        (("--threads", "0"), "--threads"),
    ],
)
def test_options_that_mean_nothing_are_told_as_for_a_build(more, says, folder, waitlist, tmp_path):
    out = tmp_path / "list.csv"
    code, said = waitlist("--input", folder, "--district", HARTFORD, "--out", out, *more)
    assert code == 2
    assert says in said
    assert not out.exists()


# --- other inputs ----------------------------------------------------------------------------


def test_daily_attendance_counts_as_it_is_asked_to_and_simulated_students_are_marked(tmp_path):
    tables = small_rows()
    tables["attendance_daily"] = [
        {
            "student_id": row["student_id"],
            "school_code": row["school_code"],
            "date": row["month"].replace(day=day),
            # Six tenths of every day: whole days by the state's rule.
            "attended": 0.6,
        }
        for row in tables.pop("attendance")
        for day in (1, 2, 5, 7, 8)
    ]
    folder = write_csv(tmp_path / "input", tables)
    (folder / "about.json").write_text(json.dumps({"synthetic": True}), "utf-8")
    out = tmp_path / "list.csv"
    write_waitlist(folder, HARTFORD, out, half_day="fraction")
    rows = csv_rows(out.read_bytes().decode())
    assert {row["days_absent_year"] for row in rows} == {"6.0"}
    assert {row["data"] for row in rows} == {"Simulated: these students are invented"}
    assert {row["school_code"] for row in rows} == {NORTH, SOUTH}
