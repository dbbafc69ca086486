"""What an engine may use, what it leaves behind, and who knows which one it is."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

import leapdash
from leapdash.engines import EngineError, Workspace, open_engine
from leapdash.engines.limits import Limits
from leapdash.engines.scratch import scratch_folder
from leapdash.errors import UsageError

PACKAGE = Path(leapdash.__file__).parent


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("2GB", 2 * 10**9),
        ("500 mb", 500 * 10**6),
        ("1.5GiB", 3 * 2**29),
        ("60000KB", 60_000_000),
        ("100000000B", 10**8),
    ],
)
def test_a_size_is_read_as_written(size, expected):
    assert Limits.of(size, 1).memory == expected


@pytest.mark.parametrize("size", ["-1", "much", "", "0GB", "1KB", "80%", "2GB2", "nanGB", "GB"])
def test_a_size_nothing_fits_in_is_told(size):
    with pytest.raises(UsageError, match=f"--memory-limit {re.escape(size)}: no size to work with"):
        Limits.of(size, 1)


@pytest.mark.parametrize("threads", [-1, 0, 100_000])
def test_threads_an_engine_would_break_under_are_told(threads):
    with pytest.raises(UsageError, match=f"--threads {threads}: this machine has"):
        Limits.of("2GB", threads)


def test_without_a_choice_every_core_works():
    assert Limits.of(None, None) == Limits(None, os.cpu_count() or 1)


def test_an_engine_nobody_knows_is_told():
    with (
        pytest.raises(UsageError, match="--engine abacus: expected one of duckdb"),
        open_engine("abacus"),
    ):
        pass


def test_a_spark_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UsageError, match=r"pip install 'leapdash\[spark\]'"), open_engine("spark"):
        pass


def test_a_spark_without_java_is_told(monkeypatch, tmp_path):
    pytest.importorskip("pyspark", reason="pyspark is not installed (make spark)")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError, match="no Java on this machine"), open_engine("spark"):
        pass


def test_spark_is_imported_only_when_asked_for():
    code = "import sys, leapdash.build.build; sys.exit('pyspark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_what_an_engine_cannot_read_is_told_in_a_line(tmp_path):
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(EngineError) as told, open_engine() as engine:
        engine.read_parquet([str(broken)])
    assert "\n" not in str(told.value)


def test_a_workspace_leaves_nothing_on_the_engine():
    with open_engine() as engine:
        with Workspace(engine) as space:
            one = space.put(pa.table({"x": [1, 2], "nothing": [None, None]}))
            two = space.keep(one.mutate(y=one.x * 2))
            assert space.frame(two.order_by("x"))["y"].tolist() == [2, 4]
            assert space.count(two) == 2
            space.drop(one)
            assert space.row(two.agg(most=two.y.max())) == {"most": 4}
        left = two.get_backend().raw_sql("SELECT table_name FROM duckdb_tables()")
        assert left.fetchall() == []


_IN_USE = """
from leapdash.engines.scratch import scratch_folder
with scratch_folder() as folder:
    print(folder, flush=True)
    input()
"""


def working_in(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has a scratch folder open, and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_USE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(PACKAGE.parent)},
        text=True,
    )
    return process, Path(process.stdout.readline().strip())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks that end with a process")
def test_what_a_killed_process_left_is_removed_and_what_is_in_use_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    killed, left_behind = working_in(tmp_path)
    living, in_use = working_in(tmp_path)
    (left_behind / "spilled").write_bytes(b"much")
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert left_behind.exists()
    with scratch_folder() as own:
        assert sorted(tmp_path.iterdir()) == sorted([in_use, own])
    living.communicate("\n")
    assert list(tmp_path.iterdir()) == []


def test_only_the_engines_name_an_engine():
    named = re.compile(
        r"ibis\.(duckdb|pyspark|backends)|import (duckdb|pyspark)|from (duckdb|pyspark)"
    )
    found = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "engines" and named.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
