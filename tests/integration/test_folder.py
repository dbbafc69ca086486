"""The same state in any format the contract allows gives the same release."""

import gzip
import io
import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pytest
from pyarrow import fs
from rich.console import Console

from leapdash import remote
from leapdash.build.build import build
from leapdash.cli import main
from leapdash.errors import InputError, UsageError
from leapdash.progress import Progress
from leapdash.release import Release, open_release
from tests.lib.input_files import Row, rows, write_csv, write_parquet
from tests.lib.input_formats import (
    FORMATS,
    Write,
    as_a_spreadsheet_leaves_it,
    as_gzipped_csv,
    as_many_csv_files,
    as_many_parquet_files,
    as_other_systems_leave_it,
)


def tables_of(release: Release) -> dict[str, pa.Table]:
    return {name: release.table(name) for name in release.manifest.tables}


def built(folder: Path, **options: Any) -> tuple[dict[str, pa.Table], str]:
    """The tables built from a folder, and what was said on the way."""
    said = io.StringIO()
    progress = Progress(Console(file=said, width=200))
    release = build(folder / "input", folder / "store", effects=False, progress=progress, **options)
    return tables_of(release), said.getvalue()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    folder = tmp_path_factory.mktemp("expected")
    write_parquet(folder / "input")
    return built(folder)[0]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_same_tables(
    form: str, tmp_path: Path, expected: dict[str, pa.Table]
) -> None:
    FORMATS[form](tmp_path / "input")
    tables, _ = built(tmp_path)
    assert tables == expected


def test_the_order_of_rows_does_not_matter(tmp_path: Path, expected: dict[str, pa.Table]) -> None:
    write_csv(tmp_path / "input", {name: table[::-1] for name, table in rows().items()})
    assert built(tmp_path)[0] == expected


def test_more_schools_than_two_bytes_can_number_change_nothing(
    tmp_path: Path, expected: dict[str, pa.Table]
) -> None:
    tables = rows()
    one = tables["schools"][0]
    empty = [one | {"school_code": f"{number:07d}"} for number in range(33_000)]
    write_parquet(tmp_path / "input", tables | {"schools": [*empty, *tables["schools"]]})
    found = built(tmp_path)[0]
    assert found.pop("schools").num_rows == 33_003
    assert found == {name: table for name, table in expected.items() if name != "schools"}


def test_codes_made_whole_are_reported(tmp_path: Path) -> None:
    as_a_spreadsheet_leaves_it(tmp_path / "input")
    _, said = built(tmp_path)
    # Two of three schools, and so two thirds of all rows, have a code that begins with a zero.
    assert "schools: leading zeros put back in the codes of 2 rows" in said
    assert "enrollment: leading zeros put back in the codes of 16 rows" in said
    assert "attendance: leading zeros put back in the codes of 48 rows" in said
    assert "programme: leading zeros put back in the codes of 1 rows" in said


def test_whole_codes_are_not_reported(tmp_path: Path) -> None:
    write_csv(tmp_path / "input")
    assert "leading zeros" not in built(tmp_path)[1]


def test_columns_the_contract_does_not_know_are_named(
    tmp_path: Path, expected: dict[str, pa.Table]
) -> None:
    more = {name: [row | {"remark": "x"} for row in table] for name, table in rows().items()}
    write_csv(tmp_path / "input", more)
    tables, said = built(tmp_path)
    assert "visits.csv: columns left out, unknown to the contract: remark" in said
    assert tables == expected


def test_a_column_without_a_name_is_named_by_its_number(tmp_path: Path) -> None:
    as_other_systems_leave_it(tmp_path / "input")
    assert "VISITS.CSV: columns left out, unknown to the contract: column 7" in built(tmp_path)[1]


def test_files_that_are_no_tables_are_named(tmp_path: Path, expected: dict[str, pa.Table]) -> None:
    write_csv(tmp_path / "input")
    (tmp_path / "input" / "programme.csv").rename(tmp_path / "input" / "programme.xlsx")
    as_many_csv_files(tmp_path / "parts")
    shutil.move(tmp_path / "parts" / "attendance", tmp_path / "input" / "attendance")
    (tmp_path / "input" / "attendance.csv").unlink()
    (tmp_path / "input" / "attendance" / "2023.txt").write_text("x")
    tables, said = built(tmp_path)
    assert "left aside, as they are no tables by their names: programme.xlsx" in said
    assert "left aside, as they are no tables by their names: attendance/2023.txt" in said
    assert tables["attendance"] == expected["attendance"]


def test_rows_without_a_day_enrolled_are_reported_and_change_nothing(
    tmp_path: Path, expected: dict[str, pa.Table]
) -> None:
    data = rows()
    empty = data["attendance"][0] | {"days_enrolled": 0, "days_attended": 0}
    data["attendance"] += [empty | {"month": date(2022, 1, 1)}, empty | {"month": date(2021, 8, 1)}]
    write_csv(tmp_path / "input", data)
    tables, said = built(tmp_path)
    assert "2 attendance rows have no day enrolled and count nowhere" in said
    assert tables == expected


def test_programme_and_published_may_be_missing(tmp_path: Path) -> None:
    data = rows()
    del data["programme"]
    write_csv(tmp_path / "input", data)
    tables, _ = built(tmp_path)
    assert {"programme", "published"} & set(tables) == set()


def test_there_may_be_no_visits_yet(tmp_path: Path, expected: dict[str, pa.Table]) -> None:
    write_csv(tmp_path / "input")
    header = (tmp_path / "input" / "visits.csv").read_text().splitlines()[0]
    (tmp_path / "input" / "visits.csv").write_text(header + "\n")
    tables, _ = built(tmp_path)
    assert [tables[name].num_rows for name in ("visits", "visits_by_kind", "paths")] == [0, 0, 0]
    assert set(tables["attendance"]["participation"].to_pylist()) == {"eligible", "other"}
    days = [sum(t["attendance"]["days_enrolled"].to_pylist()) for t in (tables, expected)]
    assert days[0] == days[1]


def test_about_says_whose_the_data_are(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "input")
    said = {"origin": "a district's system", "licence": "for its own use", "synthetic": True}
    (folder / "about.json").write_text(json.dumps(said))
    manifest = build(folder, tmp_path / "store", effects=False).manifest
    assert manifest.synthetic
    assert {(fact.origin, fact.licence) for fact in manifest.sources} == {
        ("a district's system", "for its own use")
    }


def test_a_release_may_be_published_at_an_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = write_csv(tmp_path / "input"), tmp_path / "store"
    arguments = ("--input", folder, "--out", f"file://{store}", "--no-effects")
    monkeypatch.setattr("sys.argv", ["leapdash", "build", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 0
    release_id = open_release(store).manifest.release_id
    assert capsys.readouterr().out == f"Release {release_id} is on show.\n"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An address of the folder `tmp_path`, on a file system that isn't this machine's."""
    files = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())

    def file_system(address: str) -> tuple[fs.FileSystem, str]:
        assert " " not in address  # no URI
        return files, unquote(address.split("@")[1].split("?")[0])

    monkeypatch.setattr(remote, "file_system", file_system)
    return "s3://me:secret@bucket?region=us-east-1"  # pragma: allowlist secret


def at(address: str, name: str) -> str:
    return address.replace("bucket", f"bucket/{name}")


@pytest.mark.parametrize("prepare", [write_parquet, as_many_parquet_files])
def test_parquet_may_be_read_at_an_address(
    tmp_path: Path, prepare: Write, elsewhere: str, expected: dict[str, pa.Table]
) -> None:
    prepare(tmp_path / "bucket" / "my input")
    for part in (tmp_path / "bucket" / "my input").glob("*/1.parquet"):
        part.rename(part.with_name("part 1.parquet"))
    (tmp_path / "bucket" / "my input" / "about.json").write_text('{"origin": "a school"}')
    release = build(at(elsewhere, "my%20input"), tmp_path / "store", effects=False)
    assert tables_of(release) == expected
    assert {source.origin for source in release.manifest.sources} == {"a school"}


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (lambda folder: None, r"^s3://bucket/input: no such folder\.\nExpected a folder with"),
        (lambda folder: folder.write_text("text"), r"^s3://bucket/input: a file\."),
        (lambda folder: folder.mkdir(), r"^s3://bucket/input: the table schools is missing"),
        (write_csv, r"^s3://bucket/input/schools\.csv: DuckDB reads CSV on this machine only"),
    ],
)
def test_what_cannot_be_read_at_an_address_is_told_without_its_secrets(
    tmp_path: Path, prepare: Write, told: str, elsewhere: str
) -> None:
    (tmp_path / "bucket").mkdir()
    prepare(tmp_path / "bucket" / "input")
    with pytest.raises((InputError, UsageError), match=told) as error:
        build(at(elsewhere, "input"), tmp_path / "store")
    assert "secret" not in str(error.value)


def test_an_address_that_fails_midway_is_told(
    tmp_path: Path, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parquet(tmp_path / "bucket" / "input")

    def refused(*_: object) -> None:
        raise PermissionError("AWS Error ACCESS_DENIED")

    monkeypatch.setattr(remote.RemotePath, "open", refused)
    with pytest.raises(InputError, match=r"^s3://bucket/input: can't be read \(AWS Error ACCESS"):
        build(at(elsewhere, "input"), tmp_path / "store")


def test_csv_at_an_address_is_checked_as_on_this_machine(tmp_path: Path, elsewhere: str) -> None:
    as_gzipped_csv(tmp_path / "bucket" / "input")
    spoilt = tmp_path / "bucket" / "input" / "visits.csv.gz"
    spoilt.write_bytes(gzip.compress(b"student,visit_date\n"))
    with pytest.raises(InputError, match=r"^visits\.csv\.gz: the column student_id is missing"):
        build(at(elsewhere, "input"), tmp_path / "store")


def test_every_step_says_its_rows_and_seconds(tmp_path: Path) -> None:
    write_csv(tmp_path / "input")
    lines = built(tmp_path)[1].splitlines()
    (attendance,) = [line for line in lines if line.startswith("read attendance")]
    assert attendance.split()[2:4] == ["72", "rows"]
    assert attendance.endswith(" s")
    assert [line.split()[0] for line in lines[:1] + lines[-1:]] == ["look", "publish"]


# --- daily attendance ----------------------------------------------------------------------------


def daily(days: list[tuple[int, float]]) -> list[Row]:
    """Days of September 2021 of one student, and shares of them attended."""
    return [
        {
            "student_id": "S01",
            "school_code": "0640211",
            "date": date(2021, 9, 1) + timedelta(days=day),
            "attended": share,
        }
        for day, share in days
    ]


def september(tmp_path: Path, days: list[tuple[int, float]], half_day: str) -> Row:
    data = rows()
    del data["attendance"], data["visits"]
    data["visits"] = [
        {
            "student_id": "S01",
            "visit_date": date(2021, 9, 5),
            "place": "home",
            "contact": "met",
            "visitor": "school staff",
            "language": "en",
        }
    ]
    data["attendance_daily"] = daily(days)
    write_csv(tmp_path / "input", data)
    tables, _ = built(tmp_path, half_day=half_day)
    (row,) = tables["attendance"].to_pylist()
    return row


@pytest.mark.parametrize(
    ("half_day", "attended"),
    # 1, 0.5 and 0.75 count whole, 0.499 and 0 don't; the shares add up to 2.749, or 2.5 by halves.
    [("state", 3.0), ("fraction", 2.5)],
)
def test_daily_attendance_is_added_up_by_the_rule_asked_for(
    half_day: str, attended: float, tmp_path: Path
) -> None:
    row = september(tmp_path, [(0, 1), (1, 0.5), (2, 0.75), (3, 0.499), (4, 0)], half_day)
    assert (row["days_enrolled"], row["days_attended"]) == (5.0, attended)


def test_daily_attendance_is_reported_by_the_rows_read(tmp_path: Path) -> None:
    data = rows()
    del data["attendance"]
    data["attendance_daily"] = daily([(day, 1.0) for day in range(7)])
    data["visits"] = [data["visits"][0] | {"visit_date": date(2021, 9, 5)}]
    write_parquet(tmp_path / "input", data)
    said = io.StringIO()
    progress = Progress(Console(file=said, width=200))
    release = build(tmp_path / "input", tmp_path / "store", effects=False, progress=progress)
    (step,) = [line for line in said.getvalue().splitlines() if "read attendance_daily" in line]
    assert step.split()[2:4] == ["7", "rows"]
    read = {fact.name: fact.rows for fact in release.manifest.sources}
    assert read["attendance_daily.parquet"] == 7


def test_shares_of_days_are_rounded_half_up_to_half_days(tmp_path: Path) -> None:
    row = september(tmp_path, [(0, 0.25), (1, 0.5)], "fraction")
    assert row["days_attended"] == 1.0


def test_daily_and_monthly_attendance_give_the_same_release(
    tmp_path: Path, expected: dict[str, pa.Table]
) -> None:
    data = rows()
    monthly = data.pop("attendance")
    data["attendance_daily"] = [
        {
            "student_id": row["student_id"],
            "school_code": row["school_code"],
            "date": row["month"] + timedelta(days=day),
            # Whole days first, then what is left, half a day or nothing.
            "attended": max(0.0, min(1.0, row["days_attended"] - day)),
        }
        for row in monthly
        for day in range(int(row["days_enrolled"]))
    ]
    write_parquet(tmp_path / "input", data)
    tables, _ = built(tmp_path, half_day="fraction")
    assert tables == expected


def test_the_manifest_says_how_half_days_were_counted(tmp_path: Path) -> None:
    write_csv(tmp_path / "input")
    release = build(tmp_path / "input", tmp_path / "store", effects=False)
    assert release.manifest.rules["half_day"] == "as in the monthly input"
    assert {fact.name: fact.rows for fact in release.manifest.sources} == {
        "schools.csv": 3,
        "enrollment.csv": 24,
        "attendance.csv": 72,
        "visits.csv": 3,
        "programme.csv": 1,
    }
    assert not release.manifest.synthetic


def test_columns_that_are_empty_anyway_may_be_missing(
    tmp_path: Path, expected: dict[str, pa.Table]
) -> None:
    tables = rows()
    for school in tables["schools"]:
        del school["leap_until"]
    write_csv(tmp_path / "input", tables)
    assert built(tmp_path)[0] == expected
