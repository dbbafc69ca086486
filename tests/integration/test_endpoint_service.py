"""The data endpoint as a service: versions, methods, counts, threads, folders."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st

from leapdash import __version__
from leapdash.show.answers import pages as answer_pages
from leapdash.show.answers.files import csv_of
from leapdash.show.choice import Choice
from leapdash.show.dashboard import server
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.opened import OpenedRelease
from tests.lib.app import opened
from tests.lib.endpoint import API, DATA, client, tables_of
from tests.lib.small_release import HARTFORD, make

pytestmark = pytest.mark.usefixtures("on_show")


def test_what_was_not_changed_is_not_sent_again(asks, monkeypatch, tmp_path):
    make(tmp_path)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    tags = {}
    for address in DATA:
        first = asks.get(address)
        tag = tags[address] = first.headers["etag"]
        assert first.headers["cache-control"] == "no-cache"
        for held in (tag, f'"other", {tag}', tag.removeprefix("W/")):
            again = asks.get(address, headers={"if-none-match": held})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        for held in (b'"other"', b"W/", b"", b"*", b"\xff"):
            assert asks.get(address, headers={"if-none-match": held}).status_code == 200
    assert len(set(tags.values())) == len(tags)
    make(tmp_path)
    for address, tag in tags.items():
        renewed = asks.get(address, headers={"if-none-match": tag})
        assert renewed.status_code == 200
        assert renewed.headers["etag"] != tag


def test_other_addresses_and_versions_are_other_contents(asks, monkeypatch):
    def tag(query=""):
        return asks.get(f"{API}/answers/trends{query}").headers["etag"]

    first = tag()
    assert tag() == first
    assert tag("?levels=6-8") != first
    monkeypatch.setattr("leapdash.show.endpoint.routes.__version__", f"{__version__}.post1")
    assert tag() != first


@pytest.mark.parametrize("address", [*DATA, "/healthz", "/metrics"])
def test_a_head_has_the_headers_of_a_get_and_nothing_else_is_allowed(address, asks):
    got, head = asks.get(address), asks.head(address)
    assert head.status_code == 200
    assert head.content == b""
    if address != "/metrics":
        assert dict(head.headers) == dict(got.headers)
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        response = asks.request(method, address)
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD"
        assert response.headers["content-type"] == "application/problem+json"
        assert "access-control-allow-origin" not in response.headers


def counted(asks, line):
    found = re.search(rf"^{re.escape(line)} (\S+)$", asks.get("/metrics").text, re.M)
    return float(found[1]) if found else 0.0


def test_requests_and_runs_are_counted_by_what_they_are_never_by_what_they_say(
    asks, release, monkeypatch
):
    answers = 'leapdash_requests_total{route="/api/v1/answers/{page}",status="%s"}'
    seconds = 'leapdash_request_seconds_count{route="/api/v1/answers/{page}"}'
    runs = 'leapdash_page_runs_total{outcome="%s",page="about"}'
    lines = [answers % "200", answers % "404", answers % "400", seconds, runs % "done"]
    before = [counted(asks, line) for line in lines]
    for address in ("about", "hostile-page", "about?hostile=1"):
        asks.get(f"{API}/answers/{address}")
    opened("about")
    grown = [counted(asks, line) - was for line, was in zip(lines, before, strict=True)]
    assert grown[:4] == [1, 1, 1, 3]
    assert grown[4] >= 1
    text = asks.get("/metrics").text
    assert "hostile" not in text
    assert f'leapdash_release_info{{id="{release.manifest.release_id}"}} 1.0' in text
    assert "\nprocess_resident_memory_bytes " in text


def test_answers_are_made_in_threads_of_their_own(asks, monkeypatch):
    made = []

    def noting(choice):
        made.append(threading.current_thread().name)
        return own(choice)

    own = answer_pages.PAGES["trends"].answer
    monkeypatch.setitem(answer_pages.PAGES, "trends", answer_pages.Page("?", "?", noting))
    assert asks.get(f"{API}/answers/trends").status_code == 200
    assert all(name.startswith("leapdash-endpoint") for name in made)
    assert made


def test_threads_that_share_a_release_get_what_one_alone_gets(release, small):
    together = OpenedRelease(release)

    def files(release):
        choice = Choice(release, by="district", district=HARTFORD)
        answers = [answer_pages.PAGES[page].answer(choice) for page in ("district", "trends")]
        return [
            csv_of(part.title, part.table, choice)
            for answer in answers
            for part in tables_of(answer).values()
        ]

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(files, [together] * 3))
    assert found == [files(small)] * 3


def test_below_another_site_s_folder_every_link_holds():
    asks = client(below="/leap")
    told = asks.get(f"/leap{API}/answers/district", params={"districts": "Hartford"}).json()
    for table in told["tables"]:
        assert table["csv"].startswith("/leap/api/v1/tables/district/")
        assert asks.get(table["csv"]).status_code == 200
    assert asks.get("/leap/healthz").status_code == 200
    assert asks.get("/leap/openapi.json").json()["servers"] == [{"url": "/leap"}]
    assert asks.get("/healthz").status_code == 404


@pytest.mark.parametrize(("option", "folder"), [(None, ""), ("", ""), ("/leap/", "/leap")])
def test_the_folder_is_the_one_the_pages_are_served_below(option, folder, monkeypatch):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": option}.get)
    assert server.folder() == folder
