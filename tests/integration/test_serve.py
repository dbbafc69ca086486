"""`leapdash serve`: pages and endpoint from one process, and what can't be served is told."""

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
import urllib.request
from functools import partial
from html import escape
from pathlib import Path
from urllib.error import HTTPError

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.web import cli

from leapdash.show.dashboard import serve as serving
from leapdash.show.dashboard import server
from leapdash.show.dashboard.link import told_ahead
from leapdash.show.seen_as import visitor
from tests.lib.paths import ROOT
from tests.lib.small_release import HARTFORD, HOSTILE, hostile_schools, make
from tests.lib.spoilt import run

NOBODY = partial(visitor, False)


def read(address, accept="*/*"):
    request = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.headers["content-type"], response.read()


def headers_of(address):
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            return response.headers
    except HTTPError as refused:
        return refused.headers


def status_of(request):
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status
    except HTTPError as refused:
        return refused.code


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
        assert "<title>Hartford · District · leapdash</title>" in page.decode()
        kind, told = read(f"{address}/api/v1/answers/district?districts=Hartford")
        assert json.loads(told)["sentence"].startswith("In Hartford, students attended")
        for path in ("/", "/favicon.png", "/nowhere", "/_stcore/health", "/api/v1/x", "/metrics"):
            headers = headers_of(f"{address}{path}")
            assert "default-src 'self'" in headers["content-security-policy"], path
            assert "'unsafe-eval'" not in headers["content-security-policy"], path
            assert headers["x-content-type-options"] == "nosniff", path
        for method, path, status in (
            ("PUT", "/_stcore/upload_file/session/file", 403),
            ("DELETE", "/_stcore/upload_file/session/file", 403),
            ("POST", "/_stcore/agent/interact", 405),
            ("POST", "/district", 405),
            ("GET", f"/district?districts={'x' * 20_000}", 414),
            ("GET", "/..%2f..%2fapp.py", 400),
            ("GET", "/static/..%2f..%2f..%2fetc/passwd", 400),
            ("GET", "/media/..%2f..%2fapp.py", 400),
            ("GET", "/api/v1/tables/start/%0Ax.csv/?%80", 400),
            ("GET", "/app/static/app.py", 200),
        ):
            request = urllib.request.Request(f"{address}{path}", method=method, data=None)
            assert status_of(request) == status, (method, path)
        _, counts = read(f"{address}/metrics")
        assert b"\nleapdash_sessions 0.0" in counts
        assert b'{route="/healthz",status="200"} 1.0' in counts
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize(
    ("path", "query", "title"),
    [
        ("/", b"", "Start · leapdash"),
        ("/impact", b"districts=Hartford&levels=9-12", "Hartford, 9-12 · Impact · leapdash"),
        ("/trends/", b"lang=es&utm_source=x", "Tendencias · leapdash"),
        ("/trends", b"districts=%3Cimg%20src=x%3E", "Trends · leapdash"),
        ("/school", b"years=1999-00&embed=true", "School · leapdash"),
    ],
)
def test_a_link_says_what_it_leads_to_before_it_is_opened(release, monkeypatch, path, query, title):
    monkeypatch.setenv("LEAPDASH_STORE", str(release.path.parents[1]))
    told = told_ahead(path, query, NOBODY)
    found = re.search("<title>(.*?)</title>", told)[1]
    assert found.endswith(title)
    assert f'<meta property="og:title" content="{found}">' in told
    said = re.search('<meta name="description" content="(.*?)">', told)[1]
    assert ("inventados" if b"lang=es" in query else "these students are invented.") in said
    assert "img" not in told


def test_no_page_and_no_release_say_nothing_ahead(release, monkeypatch, tmp_path):
    monkeypatch.setenv("LEAPDASH_STORE", str(release.path.parents[1]))
    assert told_ahead("/nowhere", b"", NOBODY) == ""
    monkeypatch.setenv("LEAPDASH_STORE", str(tmp_path))
    assert told_ahead("/impact", b"", NOBODY) == ""


def test_a_release_that_lost_a_table_says_nothing_ahead_and_its_pages_still_open(
    monkeypatch, tmp_path
):
    own = make(tmp_path)
    (own.path / "reach.parquet").unlink()
    monkeypatch.setenv("LEAPDASH_STORE", str(tmp_path))
    assert told_ahead("/district", b"", NOBODY) == ""


@pytest.mark.parametrize("fails", [False, True])
def test_a_document_is_served_with_what_it_says_or_without(monkeypatch, caplog, fails):
    def told(path, query, who):
        if fails:
            raise ValueError("nobody expected this")
        return f"<title>{path} {query.decode()}</title>"

    async def document(request):
        return HTMLResponse("<html><head><title>Streamlit</title></head></html>")

    monkeypatch.setattr(server, "told_ahead", told)
    app = Starlette(routes=[Route("/trends", document)], middleware=list(server.MIDDLEWARE))
    answer = TestClient(app).get("/trends?levels=6-8", headers={"accept": "text/html"})
    assert answer.status_code == 200
    title = "Streamlit" if fails else "/trends levels=6-8"
    assert answer.text.count("<title>") == answer.text.count(f"<title>{title}</title>") == 1
    assert ("nobody expected this" in caplog.text) == fails


def test_a_district_s_name_is_no_html_in_what_is_said_ahead(monkeypatch, tmp_path):
    make(tmp_path, changed={"schools": hostile_schools()})
    monkeypatch.setenv("LEAPDASH_STORE", str(tmp_path))
    told = told_ahead("/district", f"districts={HARTFORD}".encode(), NOBODY)
    assert escape(HOSTILE) in told
    assert "<img" not in told
    assert "<script" not in told


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


@pytest.mark.parametrize(
    ("host", "told"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", socket.gethostname())]
)
def test_no_host_on_the_internet_is_asked_what_our_address_is(monkeypatch, capsys, host, told):
    started = []
    monkeypatch.setattr(cli, "main", lambda args, **more: started.append(args))
    serving.serve(None, host, 0)
    (arguments,) = started
    # With it, Streamlit's own `_print_url` looks for no other.
    assert f"--browser.serverAddress={told}" in arguments
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["browser"]["serverAddress"] == "localhost"
    assert config["server"]["enableXsrfProtection"] is config["server"]["enableCORS"] is True


@pytest.mark.parametrize("asked", ["portal.example.gov", "'none'", "https://a.b; script-src *"])
def test_an_origin_that_is_none_is_told_before_anything_is_served(capsys, monkeypatch, asked):
    monkeypatch.setenv("LEAPDASH_EMBED", asked)
    code, said = run(capsys, monkeypatch, "serve", "--port", "0")
    assert code == 2
    assert "LEAPDASH_EMBED: " in said
    assert "Expected origins with a space between" in said


def test_a_package_without_its_pages_says_what_is_missing(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(serving, "_SCRIPT", Path(tmp_path / "app.py"))
    code, said = run(capsys, monkeypatch, "serve", "--port", "0")
    assert code == 2
    assert f"{tmp_path / 'app.py'}: missing.\nExpected the project's folder" in said
