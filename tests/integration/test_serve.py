"""`leapdash serve`: pages and endpoint from one process, and what can't be served is told."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from leapdash.show.dashboard import serve as serving
from tests.lib.paths import ROOT
from tests.lib.spoilt import run


def read(address, accept="*/*"):
    request = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.headers["content-type"], response.read()


def test_one_process_serves_the_pages_their_data_and_its_health(release, tmp_path):
    """From another folder, by a store's name from there, on a port the system chooses."""
    store = release.path.parents[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "leapdash", "serve", "--store", store.name, "--port", "0"],
        cwd=store.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        while (found := re.search(r"URL: (http://127\.0\.0\.1:\d+)", said)) is None:
            line = process.stdout.readline()
            assert line, said
            said += line
        address = found[1]
        _, health = read(f"{address}/healthz")
        shown = {"status": "ok", "on_show": True, "release": release.manifest.release_id}
        assert json.loads(health) == shown
        kind, page = read(f"{address}/district?districts=Hartford", accept="text/html")
        assert kind.startswith("text/html")
        assert b"BACKEND_BASE_URL" in page
        kind, told = read(f"{address}/api/v1/answers/district?districts=Hartford")
        assert json.loads(told)["sentence"].startswith("In Hartford, students attended")
        _, counts = read(f"{address}/metrics")
        assert b"\nleapdash_sessions 0.0" in counts
        assert b'{route="/healthz",status="200"} 1.0' in counts
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_port_somebody_has_and_a_host_that_is_none_are_told(capsys, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, said = run(capsys, monkeypatch, "serve", "--port", port)
    assert code == 2
    assert f"--host 127.0.0.1 --port {port}: can't be listened at (Address already in use)" in said
    assert "--port 0 takes any" in said
    code, said = run(capsys, monkeypatch, "serve", "--host", "no such host", "--port", "0")
    assert code == 2
    assert "--host no such host --port 0: can't be listened at (" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--port", "65536"), "less than or equal to 65535"),
        (("--port", "-1"), "greater than or equal to 0"),
        (("--store", ""), "expected a path"),
    ],
)
def test_options_that_can_t_be_are_told(capsys, monkeypatch, arguments, says):
    code, said = run(capsys, monkeypatch, "serve", *arguments)
    assert code == 2
    assert says in " ".join(said.split())


def test_a_package_without_its_pages_says_what_is_missing(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(serving, "_SCRIPT", Path(tmp_path / "app.py"))
    code, said = run(capsys, monkeypatch, "serve", "--port", "0")
    assert code == 2
    assert f"{tmp_path / 'app.py'}: missing.\nExpected the project's folder" in said
