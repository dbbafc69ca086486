"""No student's id leaves the input: searched for in everything that building and showing leave."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leapdash.show.answers.pages import PAGES
from leapdash.show.on_show import STORE_VARIABLE
from tests.lib.app import opened
from tests.lib.endpoint import API
from tests.lib.input_files import Row, write_csv
from tests.lib.paths import ROOT
from tests.lib.waiting_state import state

PLANTED = "PLANTED-"


def planted(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables with students' ids that can be recognised anywhere."""
    numbers = {row["student_id"]: number for number, row in enumerate(tables["enrollment"])}

    def of(row: Row) -> Row:
        if "student_id" not in row:
            return row
        return row | {"student_id": f"{PLANTED}{numbers[row['student_id']]:06d}"}

    return {name: [of(row) for row in rows] for name, rows in tables.items()}


def spoilt(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables with faults in rows that name students."""
    attendance, visits = tables["attendance"], tables["visits"]
    stranger = {"student_id": f"{PLANTED}999999"}
    return tables | {
        "attendance": [
            attendance[0] | {"days_attended": 99.0},
            *attendance[1:],
            attendance[1],
            attendance[2] | stranger,
        ],
        "visits": [*visits, visits[0] | stranger, visits[0] | {"visit_date": "no date"}],
    }


@dataclass(frozen=True)
class Left:
    """What a whole use of leapdash left: its files, and what was said on the way."""

    folder: Path
    store: Path
    said: dict[str, str]

    def environment(self) -> dict[str, str]:
        """For a process that keeps all its files here."""
        names = {"HOME": "home", "TMPDIR": "temporary", "XDG_CACHE_HOME": "cache"}
        own = {name: str(self.folder / place) for name, place in names.items()}
        return os.environ | own | {"PYTHONPATH": str(ROOT), STORE_VARIABLE: str(self.store)}

    def run(self, name: str, *arguments: str | Path, expected: int = 0) -> None:
        """Run a command and keep what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "leapdash", *map(str, arguments)],
            cwd=self.folder / "work",
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        self.said[name] = done.stdout + done.stderr
        assert done.returncode == expected, self.said[name]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """All commands were run on a state with planted ids, and its release was served."""
    given = tmp_path_factory.mktemp("given")
    tables = planted(state().tables)
    folder = tmp_path_factory.mktemp("left")
    for place in ("home", "temporary", "cache", "work", "briefings"):
        (folder / place).mkdir()
    left = Left(folder, folder / "store", {})
    whole = write_csv(given / "whole", tables)
    left.run("build", "build", "--input", whole, "--out", left.store)
    bad = write_csv(given / "spoilt", spoilt(tables))
    left.run("spoilt", "build", "--input", bad, "--out", left.store, expected=2)
    bad = write_csv(given / "worse", spoilt(tables) | {"visits": tables["visits"]})
    left.run("worse", "build", "--input", bad, "--out", left.store, expected=2)
    briefings = folder / "briefings"
    left.run("brief", "brief", "--all-districts", "--out", briefings)
    left.run("publish", "publish", left.store, "--out", folder / "public")
    listed = given / "list.csv"
    district = "Hartford School District"
    left.run("waitlist", "waitlist", "--input", whole, "--district", district, "--out", listed)
    assert PLANTED in listed.read_text("utf-8")
    serve(left)
    return left


def serve(left: Left) -> None:
    """Ask a server of the release for all there is; also in vain, and for students."""
    process = subprocess.Popen(
        [sys.executable, "-m", "leapdash", "serve", "--port", "0"],
        cwd=left.folder / "work",
        env=left.environment() | {"LEAPDASH_RATE": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        while (
            found := re.search(r"URL: (http://127\.0\.0\.1:\d+)", left.said.get("log", ""))
        ) is None:
            line = process.stdout.readline()
            assert line, left.said["log"]
            left.said["log"] = left.said.get("log", "") + line
        address = found[1]

        def get(path: str) -> str:
            with urllib.request.urlopen(f"{address}{path}", timeout=60) as response:
                left.said[path] = response.read().decode()
            return left.said[path]

        for path in ("/", "/district?districts=Hartford", "/metrics", "/_stcore/metrics"):
            get(path)
        assert json.loads(get("/healthz"))["on_show"]
    finally:
        process.terminate()
        left.said["log"] += process.communicate(timeout=30)[0]


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, as it is and unpacked."""
    content = path.read_bytes()
    yield content
    if content[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(content))
        assert not {"student_id", "student"} & set(table.column_names), path
        yield repr(table.to_pydict()).encode()
        yield str(pq.read_metadata(io.BytesIO(content)).metadata).encode()
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    elif content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def test_no_file_that_is_left_holds_an_id(left):
    searched = 0
    for path in left.folder.rglob("*"):
        assert PLANTED not in path.name
        if path.is_file():
            assert not any(PLANTED.encode() in part for part in contents(path)), path
            searched += path.suffix == ".parquet"
    assert searched > 10
    assert len(list((left.folder / "briefings").glob("*.html"))) > 1


def test_nothing_temporary_stays(left):
    assert [path for path in (left.folder / "temporary").rglob("*") if path.is_file()] == []
    assert list((left.folder / "work").iterdir()) == []


def test_nothing_that_was_said_on_the_way_names_a_student(left):
    assert [name for name, said in left.said.items() if PLANTED in said] == []
    assert {"build", "brief", "publish", "waitlist", "log", "/"} <= set(left.said)
    assert "column visit_date: 'no date'" in left.said["spoilt"]
    worse = left.said["worse"]
    assert worse.count("attendance.csv, row") >= 3, worse


def test_the_search_finds_what_it_is_to_find(tmp_path):
    """Ids packed as a release, a log and a workbook would have them."""
    pq.write_table(
        pa.table({"school": [f"{PLANTED}000001"] * 9}), tmp_path / "a", compression="zstd"
    )
    (tmp_path / "b").write_bytes(gzip.compress(f"x {PLANTED}1".encode()))
    with zipfile.ZipFile(tmp_path / "c", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet.xml", f"{'x' * 99}{PLANTED}2")
    for path in tmp_path.iterdir():
        assert any(PLANTED.encode() in part for part in contents(path)), path.name


@pytest.fixture
def asked(left, monkeypatch, asks):
    monkeypatch.setenv(STORE_VARIABLE, str(left.store))
    return asks


def test_no_page_and_no_table_names_a_student(left, asked, synthetic_for_the_endpoint):
    tables = 0
    for page in asked.get(f"{API}/pages").json()["pages"]:
        said = asked.get(page["answer"])
        assert said.status_code == 200
        assert PLANTED not in said.text
        for table in page["tables"]:
            for kind in ("json", "csv"):
                got = asked.get(f"{API}/tables/{page['page']}/{table}.{kind}")
                assert got.status_code == 200
                assert PLANTED not in got.text
                tables += 1
    assert tables > 80
    for page in PAGES:
        assert PLANTED not in str(opened(page)._tree)


@pytest.fixture
def synthetic_for_the_endpoint(monkeypatch):
    """The endpoint answers, though the release isn't said to be simulated."""
    monkeypatch.setattr("leapdash.show.opened.rule.check", lambda one, manifest: None)
