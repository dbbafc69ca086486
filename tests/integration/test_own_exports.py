"""Exports of other systems and spreadsheets, with a mapping, give the release of plain tables."""

import csv
import io
import re
from pathlib import Path
from stat import S_IMODE
from tempfile import gettempdir

import duckdb
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from leapdash.build.build import build
from leapdash.build.demo import make_state
from leapdash.build.sources.exports.mapping_file import read_mapping
from leapdash.build.sources.exports.source import ExportedTable, open_exports
from leapdash.cli import main
from leapdash.contract import summary_table
from leapdash.progress import Progress
from leapdash.release import Release
from tests.lib.exports import (
    tables_of,
    write_book,
    write_campus,
    write_exports,
    write_powerschool,
)
from tests.lib.input_files import rows, write_csv


def same(release: Release, plain: Release) -> None:
    assert set(release.manifest.tables) == set(plain.manifest.tables)
    for name in plain.manifest.tables:
        assert release.table(name) == plain.table(name), name


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The small state from files as the contract has them."""
    folder = tmp_path_factory.mktemp("plain")
    return build(write_csv(folder / "input"), folder / "store", effects=False)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic state of 2,000 students."""
    folder = tmp_path_factory.mktemp("state") / "input"
    make_state(folder, students=2_000, seed=3)
    return folder


def test_exports_as_text_give_the_release_of_the_plain_tables(tmp_path, plain):
    mapping = write_exports(tmp_path / "exports", rows())
    said = io.StringIO()
    release = build(
        tmp_path / "exports",
        tmp_path / "store",
        effects=False,
        mapping=mapping,
        progress=Progress(Console(file=said, width=300)),
    )
    same(release, plain)
    told = said.getvalue()
    assert 'schools.txt, column School #: 3 cells, written ="…"' in told
    assert "schools.txt: 1 line above the columns' names passed over" in told
    assert "attendance.csv: left out as it adds up other rows: row 26" in told
    assert "S03" not in told
    assert {s.origin for s in release.manifest.sources} == {"an export"}


def test_a_workbook_by_hand_gives_the_same(tmp_path, plain):
    mapping = write_book(tmp_path / "book", rows())
    same(build(tmp_path / "book", tmp_path / "store", effects=False, mapping=mapping), plain)


def test_files_named_one_by_one_give_the_same(tmp_path, plain):
    mapping = write_exports(tmp_path / "exports", rows())
    files = list((tmp_path / "exports").iterdir())
    same(build(files, tmp_path / "store", effects=False, mapping=mapping), plain)


def test_a_template_filled_in_builds_as_it_is(tmp_path, plain, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["leapdash", "template", "--out", str(tmp_path / "new")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert str(tmp_path / "new" / "leapdash.xlsx") in capsys.readouterr().out
    book = openpyxl.load_workbook(tmp_path / "new" / "leapdash.xlsx")
    for name, table in rows().items():
        head = [cell.value for cell in book[name][1]]
        assert all(cell.comment for cell in book[name][1])
        for row in table:
            book[name].append([row.get(column) for column in head])
    book.save(tmp_path / "filled.xlsx")
    same(build(tmp_path / "filled.xlsx", tmp_path / "store", effects=False), plain)
    # Nor is a template written over.
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "there already" in capsys.readouterr().err


def test_the_template_s_csv_files_build_once_they_have_rows(tmp_path, plain, monkeypatch):
    monkeypatch.setattr("sys.argv", ["leapdash", "template", "--out", str(tmp_path / "new")])
    with pytest.raises(SystemExit):
        main()
    for name, table in rows().items():
        if name != "programme":
            path = tmp_path / "new" / f"{name}.csv"
            head = path.read_text().strip().split(",")
            lines = [
                ",".join(str(r[h]) if r.get(h) is not None else "" for h in head) for r in table
            ]
            path.write_text("\n".join([",".join(head), *lines]) + "\n")
    release = build(tmp_path / "new", tmp_path / "store", effects=False)
    assert release.table("attendance") == plain.table("attendance")


def test_tables_of_a_duckdb_file_are_read_by_their_names(tmp_path, plain):
    with duckdb.connect(str(tmp_path / "district.duckdb")) as database:
        for name, table in rows().items():
            columns = pa.Table.from_pylist(table)
            database.register("given", columns)
            database.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
            database.unregister("given")
    same(build(tmp_path / "district.duckdb", tmp_path / "store", effects=False), plain)


def test_what_is_read_is_for_its_owner_alone_and_gone_afterwards(tmp_path):
    mapping = write_exports(tmp_path / "exports", rows())
    before = set(Path(gettempdir()).glob("leapdash-*"))
    with open_exports([tmp_path / "exports"], read_mapping(mapping)) as source:
        table = source.tables["enrollment"]
        assert isinstance(table, ExportedTable)
        assert S_IMODE(table.path.parent.stat().st_mode) == 0o700
    assert set(Path(gettempdir()).glob("leapdash-*")) == before


def test_a_state_written_as_exports_and_read_back_gives_the_same_release(tmp_path, state):
    expected = build(state, tmp_path / "plain", effects=False)
    tables = tables_of(state)
    mapping = write_exports(tmp_path / "exports", tables)
    read = build(tmp_path / "exports", tmp_path / "store", effects=False, mapping=mapping)
    same(read, expected)


@pytest.mark.full
@pytest.mark.parametrize("write", [write_exports, write_book])
def test_with_effects_too_but_for_the_order_of_adding_up(tmp_path, state, write):
    expected = build(state, tmp_path / "plain", threads=1)
    mapping = write(tmp_path / "exports", tables_of(state))
    release = build(tmp_path / "exports", tmp_path / "store", mapping=mapping, threads=1)
    assert set(release.manifest.tables) == set(expected.manifest.tables)
    for name in expected.manifest.tables:
        key = list(summary_table(name).key)
        mine, theirs = (
            (r.table(name).to_pandas().sort_values(key) if key else r.table(name).to_pandas())
            for r in (release, expected)
        )
        mine, theirs = (frame.reset_index(drop=True) for frame in (mine, theirs))
        pd.testing.assert_frame_equal(mine, theirs, check_exact=False, rtol=1e-7, atol=1e-9)


def told(capsys, monkeypatch, *words: object) -> tuple[int, str, str]:
    """The exit code of a command, and what it said."""
    monkeypatch.setattr("sys.argv", ["leapdash", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_inspect_tells_columns_and_reasons_and_shows_no_student(tmp_path, monkeypatch, capsys):
    write_exports(tmp_path / "x", rows())
    mapping = tmp_path / "mapping.toml"
    code, out, _ = told(capsys, monkeypatch, "inspect", tmp_path / "x", "--out", mapping)
    assert code == 0
    assert re.search(r"Sex +Female +gender +its name; every value fits", out)
    assert re.search(r"Student Number +\(not shown\) +student_id", out)
    assert "September Days Absent" in out
    assert f"{mapping} is written; " in out
    assert not re.search(r"\bS\d\d\b", out + mapping.read_text())


def test_inspect_writes_over_no_mapping_unasked(tmp_path, monkeypatch, capsys):
    write_exports(tmp_path / "x", rows())
    mapping = tmp_path / "mapping.toml"
    mapping.write_text("mine")
    code, _, err = told(capsys, monkeypatch, "inspect", tmp_path / "x", "--out", mapping)
    assert (code, mapping.read_text()) == (2, "mine")
    assert "there already" in err
    code, _, _ = told(capsys, monkeypatch, "inspect", tmp_path / "x", "--out", mapping, "--replace")
    assert code == 0
    assert mapping.read_text() != "mine"


def test_several_inputs_need_a_mapping(tmp_path, monkeypatch, capsys):
    one, two = write_csv(tmp_path / "one"), write_csv(tmp_path / "two")
    code, _, err = told(
        capsys, monkeypatch, "build", "--input", one, "--input", two, "--out", tmp_path / "store"
    )
    assert code == 2
    assert "2 inputs" in err
    assert "--mapping" in err


def test_what_the_mapping_doesn_t_name_is_noted(tmp_path):
    mapping = write_exports(tmp_path / "x", rows())
    (tmp_path / "x" / "old.csv").write_text("a,b\n1,2\n")
    with open_exports([tmp_path / "x"], read_mapping(mapping)) as source:
        assert "left aside, as x.toml doesn't name them: old.csv" in source.notes
        assert not source.problems


def test_names_of_schools_are_matched_where_the_mapping_says_so(tmp_path):
    write_campus(tmp_path / "x", rows())
    with open_exports([tmp_path / "x"], read_mapping(_campus(tmp_path))) as source:
        assert source.problems == ()
        table = source.tables["attendance"]
        assert isinstance(table, ExportedTable)
        found = pq.read_table(table.path)
    expected = {(r["student_id"], r["school_code"]) for r in rows()["attendance"]}
    assert {(r["student_id"], r["school_code"]) for r in found.to_pylist()} == expected


def _campus(folder: Path) -> Path:
    path = folder / "campus.toml"
    path.write_text(
        """
[[table]]
name = "schools"
files = ["schools.csv"]
[table.columns]
school_code = "School #"
school_name = "School"
district_code = "District #"
district_name = "District"
leap_from = { from = "LEAP start", date = "m/d/y" }
[[table]]
name = "enrollment"
files = ["students.csv"]
[table.columns]
student_id = "student.studentNumber"
school_year = { from = "student.endYear", year = "end" }
school_code = { from = "school.name", match = "schools" }
grade = "student.grade"
gender = "student.gender"
race_ethnicity = "student.raceEthnicityFed"
english_learner = "lep.status"
disability = { from = "learningPlan.iep", empty = "false" }
meal_eligibility = "pos.lunchEligibility"
homeless = { from = "student.homeless", empty = "false" }
[[table]]
name = "attendance"
files = ["membership.csv"]
[table.columns]
student_id = "Student Number"
school_code = { from = "School Name", match = "schools" }
month = "Month"
days_enrolled = "Membership Days"
days_attended = { from = "Membership Days", less = "Absent Days" }
[[table]]
name = "visits"
files = ["visits.csv"]
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
    )
    return path


def read(folder: Path, mapping: str, name: str) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """The rows of a table as a mapping's text reads them, and everything wrong with the files."""
    path = folder.parent / "mapping.toml"
    path.write_text(mapping)
    with open_exports([folder], read_mapping(path)) as source:
        table = source.tables[name]
        assert isinstance(table, ExportedTable)
        columns = list(table.contract.column_names)
        return pq.read_table(table.path, columns=columns).to_pylist(), source.problems


def test_codes_of_days_are_read_as_the_mapping_says(tmp_path):
    write_powerschool(tmp_path / "x", rows())
    found, _ = read(
        tmp_path / "x",
        """
[[table]]
name = "attendance_daily"
files = ["attendance.csv"]
[table.columns]
student_id = "Student_Number"
school_code = "SchoolID"
date = { from = "Att_Date", date = "m/d/y" }
attended = "Att_Code"
reason = "Att_Code"
[table.values.attended]
"P" = "1"
"T" = "0.5"
"E" = "0"
"U" = "0"
[table.values.reason]
"P" = ""
"T" = "late"
"E" = "excused"
"U" = "unexcused"
""",
        "attendance_daily",
    )
    with (tmp_path / "x" / "attendance.csv").open() as file:
        given = list(csv.DictReader(file))
    meant = {"P": ("1", None), "T": ("0.5", "late"), "E": ("0", "excused"), "U": ("0", "unexcused")}
    assert len(found) == len(given) > 1_000
    for row, line in zip(found, given, strict=True):
        month, day, year = map(int, line["Att_Date"].split("/"))
        assert row["date"] == f"{year}-{month:02d}-{day:02d}"
        assert (row["attended"], row["reason"]) == meant[line["Att_Code"]]


SCHOOLS = """
[[table]]
name = "schools"
files = ["all.csv"]
distinct = true
[table.columns]
school_code = "School #"
school_name = "School"
district_code = { value = "0640011" }
district_name = { value = "Hartford" }
leap_from = { value = "2021-04-01" }
"""


def test_schools_may_come_from_a_list_of_students(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "all.csv").write_text(
        "ID,School #,School\n1,0640111,North\n2,0640111, North \n3,0640211,South\n"
    )
    found, problems = read(tmp_path / "x", SCHOOLS, "schools")
    assert [row["school_name"] for row in found] == ["North", "South"]
    assert not any("all.csv" in problem for problem in problems)


def test_tables_of_a_duckdb_file_are_read_by_a_mapping_too(tmp_path):
    (tmp_path / "x").mkdir()
    with duckdb.connect(str(tmp_path / "x" / "warehouse.duckdb")) as database:
        database.execute("CREATE TABLE other AS SELECT 1 AS a")
        database.execute(
            'CREATE TABLE dim_school AS SELECT 640111 AS "School #", \'North\' AS "School" '
            "UNION ALL SELECT 640211, 'South' ORDER BY 1"
        )
    mapping = SCHOOLS.replace('["all.csv"]', '["warehouse.duckdb"]\nsheet = "dim_school"')
    found, _ = read(tmp_path / "x", mapping, "schools")
    assert [row["school_code"] for row in found] == ["640111", "640211"]
