"""Random and hostile addresses: the endpoint and the pages answer or refuse each, and none breaks,
repeats what was sent as HTML, or leaves a trace of an error in the log.

Five thousand for each in `make verify`.
"""

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp

from leapdash.show.answers.pages import PAGES, choice_on
from leapdash.show.dashboard import controls, link, server
from leapdash.show.dashboard.visitor import of_request
from leapdash.show.endpoint.asked import ROWS_PARAMETERS, allowed_on
from leapdash.show.endpoint.routes import routes
from leapdash.show.endpoint.tables import TABLES
from leapdash.show.filters import FILTER_LABELS, Filters
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.parameters import SEVERAL
from tests.lib import examples
from tests.lib.endpoint import API
from tests.lib.small_release import HARTFORD

TRIES = settings(max_examples=examples.of(200, 5_000))
MARK = "<qz"
"""Begins what would be markup if a page repeated it."""
HOSTILE = (
    f"{MARK} onload=alert(1)>",
    f"\"'>{MARK}>",
    f"</title></script>{MARK}>",
    f"{MARK}>{{{{7*7}}}}${{7*7}}%s%n",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "....//....//etc/passwd",
    "%2e%2e%2f",
    "//elsewhere.invalid/",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "=cmd|' /C calc'!A0",
    "\x00",
    "\r\nSet-Cookie: qz=1",
    "\u202e\u2066",
    "\ud800",
    "__class__",
    "__proto__",
    "constructor",
    "None",
    "nan",
    "1e309",
    "-0",
    "9" * 400,
    "٣",
    "İ",
    "ﬁ",
    "ẞ",
    SEVERAL,
    SEVERAL * 50,
    "",
    " ",
    "+",
    "&",
    ";",
    "#",
    "?",
)
NAMES = (
    *FILTER_LABELS,
    *ROWS_PARAMETERS,
    *("lang", "school", "district", "embed", "embed_options", "a_years", "b_districts", "when"),
    *("beside", "time", "order", "measure", "compare", "lines", "points", "of_group", "gap"),
    *("DISTRICTS", "districts[]", "a", "_", *HOSTILE),
)
TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
RIGHT = st.sampled_from(
    ("Hartford", HARTFORD, "avon", "6-8", "2022-23", "Visited", "White", "es", "en", "Name", "true")
)
VALUE = RIGHT | st.sampled_from(HOSTILE) | TEXT
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES) | TEXT, VALUE), max_size=6)
SEGMENT = st.sampled_from((*PAGES, *(t for names in TABLES.values() for t in names), *HOSTILE))
ADDRESS = st.one_of(
    st.sampled_from(sorted(PAGES)).map(lambda page: f"{API}/answers/{page}"),
    st.sampled_from(
        [
            f"{API}/tables/{page}/{table}.{kind}"
            for page, names in TABLES.items()
            for table in names[:3]
            for kind in ("json", "csv")
        ]
    ),
    st.sampled_from(
        (f"{API}/pages", f"{API}/release", "/openapi.json", "/healthz", "/metrics", "/api/")
    ),
    st.builds(lambda page: f"{API}/answers/{page}", SEGMENT | TEXT),
    st.builds(
        lambda page, table, kind: f"{API}/tables/{page}/{table}{kind}",
        SEGMENT | TEXT,
        SEGMENT | TEXT,
        st.sampled_from((".json", ".csv", "", ".html", ".csv/", ".json/../x.csv")),
    ),
    st.builds(lambda rest: f"/api/{rest}", SEGMENT | TEXT),
)
METHOD = st.sampled_from(("GET",) * 12 + ("HEAD", "POST", "OPTIONS", "DELETE"))
HELD = st.sampled_from((b"",) * 6 + (b"*", b'W/"x"', b'"', b"\xff" * 30, b'"a", "b' * 500))


@dataclass(frozen=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


def raw(pairs) -> bytes:
    """The pairs as a query that nobody put in order: a browser would never send it."""
    return "&".join(f"{n}={v}" for n, v in pairs).encode("utf-8", "surrogatepass")


def sent(pairs) -> bytes:
    """The pairs as a query."""
    written = (
        f"{quote(name.encode('utf-8', 'surrogatepass'))}="
        f"{quote(value.encode('utf-8', 'surrogatepass'))}"
        for name, value in pairs
    )
    return "&".join(written).encode()


QUERY = PAIRS.map(sent) | PAIRS.map(raw) | st.binary(max_size=60) | st.just(b"a=1&" * 300)


def ask(app, path, query=b"", method="GET", headers=()) -> Answered:
    """What an application answers to a request that no client had to put in order before."""
    messages = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "query_string": query,
        "headers": list(headers),
        "client": ("192.0.2.1", 1),
        "server": ("localhost", 80),
    }
    # In a thread of its own: a browser's tests leave a loop running in theirs.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, app(scope, receive, send)).result()
    start = messages[0]
    told = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Answered(start["status"], told, b"".join(m.get("body", b"") for m in messages[1:]))


@pytest.fixture(scope="module")
def shown(release):
    """The small release is on show."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STORE_VARIABLE, str(release.path.parents[1]))
        yield


@pytest.fixture(scope="module")
def endpoint():
    """The endpoint as it is served, but for the limit of requests."""
    return Starlette(routes=routes(of_request), middleware=list(server.MIDDLEWARE))


@TRIES
@example(f"{API}/answers/\ud800", b"", "GET", b"")
@given(path=ADDRESS, query=QUERY, method=METHOD, held=HELD)
def test_the_endpoint_answers_or_refuses_whatever_it_is_asked(
    shown, endpoint, path, query, method, held
):
    with at_rest():
        got = ask(endpoint, path, query, method, [(b"if-none-match", held), (b"accept", b"*/*")])
    assert got.status in (200, 304, 307, 400, 404, 405, 414), got
    assert got.headers["x-content-type-options"] == "nosniff"
    kind = got.headers.get("content-type", "")
    assert "html" not in kind
    assert not any(name == "set-cookie" for name in got.headers)
    text = got.body.decode()
    assert MARK not in text
    assert MARK not in str(got.headers)
    assert "Traceback" not in text
    assert "/leapdash/" not in text
    if got.status >= 400 and method != "HEAD":
        problem = json.loads(text)
        assert problem["status"] == got.status
        assert set(problem) <= {"type", "title", "status", "detail", "parameter", "allowed"}


@TRIES
@given(
    page=st.sampled_from(("", *PAGES)) | SEGMENT | TEXT,
    query=QUERY,
    accept=st.sampled_from((b"text/html", b"text/html,*/*;q=0.8")),
)
def test_a_document_says_of_any_address_only_what_is_ours(shown, document, page, query, accept):
    with at_rest():
        got = ask(document, f"/{page}", query, headers=[(b"accept", accept)])
    text = got.body.decode()
    if any(letter < " " or letter == "\x7f" for letter in page):
        assert (got.status, MARK in text) == (400, False)
        return
    assert got.status == 200
    assert MARK not in text
    assert text.count("<title>") == text.count("</title>") == 1
    assert int(got.headers["content-length"]) == len(got.body)
    title = unescape(text.split("<title>")[1].split("</title>")[0])
    assert title == "Streamlit" or title.endswith("· leapdash")


@TRIES
@given(page=st.sampled_from(sorted(PAGES)), pairs=PAIRS)
def test_a_page_understands_an_address_or_leaves_it_out(known, small, page, pairs):
    """What `address.follow` makes of it, and the address that it writes in its place."""
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value)
    filters, notes = Filters.from_query(query, known)
    own = controls.own_of(page, known)
    said = {one.key: one.read(query)[0] for one in own}
    assert not any(MARK in note for note in notes)
    written = filters.in_address(known)
    written |= {one.key: one.written(said[one.key]) for one in own if said[one.key]}
    again, complaints = Filters.from_query(written, known)
    assert (again, complaints) == (filters, [])
    assert {one.key: one.read(written) for one in own} == {
        key: (v, True) for key, v in said.items()
    }
    choice = choice_on(page, small, filters.meant_on(page), {})
    assert MARK not in link.title_of(page, choice)
    names = {one.name for one in allowed_on(page, known)}
    assert names <= {*FILTER_LABELS, *(one.key for one in own)}


@pytest.fixture(scope="module")
def document():
    """Any document of HTML, as it leaves the server."""

    app: ASGIApp = HTMLResponse("<html><head><title>Streamlit</title></head></html>")
    for one in reversed(server.MIDDLEWARE):
        app = one.cls(app, *one.args, **one.kwargs)
    return app


class Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


@contextmanager
def at_rest():
    """Within, nothing is written into the log as an error."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(errors)
    assert errors.found == []
