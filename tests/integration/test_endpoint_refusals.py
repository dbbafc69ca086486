"""What the data endpoint refuses, and what it never says."""

import csv
import io
import json
import logging
import random
import re
from urllib.parse import quote

import pytest

from leapdash.errors import ReleaseError
from leapdash.show.answers import pages as answer_pages
from leapdash.show.answers import trends
from leapdash.show.endpoint.tables import TABLES
from leapdash.show.on_show import STORE_VARIABLE
from tests.lib.app import opened
from tests.lib.endpoint import API, DATA
from tests.lib.small_release import (
    HARTFORD,
    HOSTILE,
    hostile_schools,
    make,
)

pytestmark = pytest.mark.usefixtures("on_show")

SCHOOL = "0641011"


@pytest.mark.parametrize(
    ("address", "parameter", "allowed"),
    [
        ("/answers/impact?districts=Nowhere", "districts", "Hartford"),
        ("/answers/impact?districts=Hartford&districts=Nowhere", "districts", "LEAP districts"),
        ("/answers/impact?districts=", "districts", "Avon"),
        ("/answers/impact?levels=6-9", "levels", "6-8"),
        ("/answers/impact?years=1999-00", "years", "2022-23"),
        ("/answers/impact?when=never", "when", "Month after"),
        ("/answers/trends?group=White&group=White", "group", None),
        ("/answers/trends?lines=One+line&lines=Levels", "lines", None),
        ("/answers/trends?participation=all", "participation", "Visited"),
        ("/answers/school?school=No+such", "school", "New Haven Elm School, New Haven"),
        (
            "/answers/school?school=0641011&districts=Avon",
            "school",
            "Avon Elm School, Avon",
        ),
        ("/answers/impact?group=White", "group", None),
        ("/answers/school?levels=6-8", "levels", None),
        ("/answers/about?districts=Hartford", "districts", None),
        ("/answers/impact?limit=3", None, "districts"),
        ("/answers/impact?beside=Reached", None, "order"),
        ("/answers/impact?district=Hartford", None, "districts"),
        ("/answers/impact?colour=red", None, "when"),
        ("/tables/impact/impact-reach.json?colour=red", None, "columns"),
        ("/tables/impact/impact-reach.json?limit=-1", "limit", None),
        ("/tables/impact/impact-reach.json?limit=10001", "limit", None),
        ("/tables/impact/impact-reach.json?limit=ten", "limit", None),
        ("/tables/impact/impact-reach.json?limit=1.5", "limit", None),
        ("/tables/impact/impact-reach.json?limit=", "limit", None),
        ("/tables/impact/impact-reach.json?limit=%D9%A3", "limit", None),
        ("/tables/impact/impact-reach.json?limit=1&limit=2", "limit", None),
        (f"/tables/impact/impact-reach.json?limit={'9' * 5000}", "limit", None),
        ("/tables/impact/impact-reach.csv?offset=-1", "offset", None),
        ("/tables/impact/impact-reach.csv?offset=1000000000", "offset", None),
        ("/tables/impact/impact-reach.csv?columns=reached&columns=colour", "columns", "waiting"),
        ("/tables/impact/impact-reach.json?columns=", "columns", "reached"),
        ("/pages?districts=Hartford", None, None),
        ("/release?x=1", None, None),
        (f"/pages?{'a=1&' * 201}", None, None),
    ],
)
def test_what_a_query_has_wrong_is_refused_with_what_is_allowed(
    address, parameter, allowed, refused
):
    problem = refused(400, f"{API}{address}")
    assert problem.get("parameter") == parameter
    assert allowed is None or allowed in problem["allowed"]
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize(
    ("address", "parameter", "allowed"),
    [
        ("/api/v1/answers/nothing", "page", list(TABLES)),
        ("/api/v1/answers/impact%00", "page", list(TABLES)),
        ("/api/v1/tables/nothing/impact-reach.json", "page", list(TABLES)),
        ("/api/v1/tables/impact/nothing.json", "table", list(TABLES["impact"])),
        ("/api/v1/tables/impact/trends-attendance.csv", "table", list(TABLES["impact"])),
        ("/api/v1/tables/about/anything.csv", "table", []),
        ("/api/v1/tables/impact/impact-reach.xml", None, None),
        ("/api/v1/tables/impact/impact-reach", None, None),
        ("/api/v1/pages/", None, None),
        ("/api/v2/pages", None, None),
        ("/api/", None, None),
    ],
)
def test_what_is_not_there_is_not_found(address, parameter, allowed, refused):
    problem = refused(404, address)
    assert (problem.get("parameter"), problem.get("allowed")) == (parameter, allowed)


HOSTILE_TEXTS = (
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "x" * 3000,
    "0640011' OR 1=1 --",
    "{{7*7}}",
    "\u202e\x00\r\nSet-Cookie: a=b",
    "%s%n%00",
    "=HYPERLINK(1)",
    "zażółć",
)


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_hostile_text_is_never_repeated(hostile, asks):
    sent = quote(hostile, safe="")
    for address in (
        f"{API}/answers/trends?districts={sent}",
        f"{API}/answers/trends?{sent}=1",
        f"{API}/answers/{sent}",
        f"{API}/tables/trends/{sent}.json",
        f"{API}/tables/trends/trends-attendance.csv?columns={sent}",
        f"{API}/tables/trends/trends-attendance.json?limit={sent}",
        f"/api/{sent}",
    ):
        response = asks.get(address)
        assert response.status_code in (400, 404), address
        assert hostile not in response.text
        assert json.dumps(hostile)[1:-1] not in response.text
        assert hostile not in str(response.headers)


def test_names_from_the_data_stay_data(get, asks, monkeypatch, tmp_path):
    make(tmp_path, changed={"schools": hostile_schools()})
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    told = get("/answers/impact", districts=HOSTILE)
    assert HOSTILE in told["choice"]
    (reach,) = (table for table in told["tables"] if table["name"] == "impact-reach")
    response = asks.get(reach["json"])
    assert [row["series"] for row in response.json()["rows"]] == [HOSTILE]
    assert response.headers["x-content-type-options"] == "nosniff"
    file = asks.get(reach["csv"])
    (row,) = csv.DictReader(io.StringIO(file.text))
    assert row["series"] == HOSTILE
    assert "script" not in str(file.headers["content-disposition"])


def test_three_hundred_random_queries_are_answered_or_refused_and_none_breaks(asks):
    """Names, values and addresses, right ones and others, in any number."""
    chance = random.Random(20_230_601)
    names = (*("districts", "levels", "participation", "years", "group", "when", "order"),
             *("measure", "compare", "lines", "points", "school", "limit", "offset", "columns"),
             *("beside", "district", "DISTRICTS", "", "a[]", "__proto__"))  # fmt: skip
    right = {
        "districts": ["Hartford", HARTFORD, "hArTfOrD"],
        "levels": ["6-8", "9-12", "PK-5"],
        "participation": ["Visited", "eligible", "neither"],
        "years": ["2022-23"],
        "group": ["White"],
        "when": ["Month after"],
        "order": ["Name", "waiting"],
        "measure": ["Chronic absence"],
        "compare": ["Levels", "One line"],
        "lines": ["Levels", "one line"],
        "points": ["School years"],
        "school": [SCHOOL],
        "limit": ["0", "1", "10000"],
        "offset": ["0", "3", "999999999"],
        "columns": ["series", "effect", "attendance_rate"],
    }
    wrong = (*HOSTILE_TEXTS, "", "0", "-1", "1e9", "9" * 400, "None", "NaN", "\udcff")
    addresses = [f"/answers/{page}" for page in TABLES]
    addresses += [
        f"/tables/{page}/{table}.{kind}"
        for page, tables in TABLES.items()
        for table in tables[:2]
        for kind in ("json", "csv")
    ]
    seen: dict[int, int] = {}
    for _ in range(300):
        address = chance.choice(addresses)
        soundly = chance.random() < 0.35
        pairs = []
        for _ in range(chance.randrange(2 if soundly else 5)):
            name = chance.choice(("districts", "years", "limit", "offset") if soundly else names)
            values = right.get(name, wrong)
            value = chance.choice(values if soundly or chance.random() < 0.4 else wrong)
            sent = quote(value.encode("utf-8", "surrogateescape"), safe="")
            pairs.append(f"{quote(name, safe='')}={sent}" if chance.random() < 0.95 else sent)
        query = chance.choice(("&", "&", "&&", ";")).join(pairs)
        response = asks.get(f"{API}{address}?{query}")
        seen[response.status_code] = seen.get(response.status_code, 0) + 1
        assert response.status_code in (200, 400), (address, query, response.text[:300])
        if response.status_code == 400:
            problem = response.json()
            assert set(problem) <= {"type", "title", "status", "detail", "parameter", "allowed"}
            assert not any(text in response.text for text in HOSTILE_TEXTS)
    assert min(seen.get(200, 0), seen.get(400, 0)) > 50, seen


def test_a_release_of_real_students_is_not_served_and_the_server_is_well(
    asks, refused, monkeypatch, tmp_path
):
    release = make(tmp_path, synthetic=False)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    for address in DATA:
        problem = refused(403, address)
        assert "only simulated and public releases are served" in problem["detail"]
    health = asks.get("/healthz").json()
    assert health == {"status": "ok", "on_show": True, "release": release.manifest.release_id}


def test_without_a_release_the_server_lives_and_says_so_without_a_path(
    asks, refused, caplog, monkeypatch, tmp_path
):
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path / "secret-place"))
    assert asks.get("/healthz").json() == {"status": "ok", "on_show": False, "release": None}
    assert 'leapdash_release_info{id=""} 1.0' in asks.get("/metrics").text
    for address in DATA:
        caplog.clear()
        problem = refused(503, address)
        assert "secret-place" not in json.dumps(problem)
        assert problem["reference"] in problem["detail"]
        assert problem["reference"] in caplog.text
        assert "secret-place" in caplog.text


def test_a_page_the_release_cannot_make_is_told_without_what_the_release_is(
    asks, refused, monkeypatch
):
    def unreadable(choice):
        raise ReleaseError("/secret-place/effects.parquet: no standard error.")

    monkeypatch.setitem(answer_pages.PAGES, "impact", answer_pages.Page("?", "?", unreadable))
    assert "secret-place" not in json.dumps(refused(503, f"{API}/answers/impact"))
    assert asks.get(f"{API}/answers/trends").status_code == 200


def failing(choice):
    raise ValueError("/secret-place/key.pem and <b>what a visitor wrote</b>")


@pytest.mark.parametrize("path", ["/answers/trends", "/tables/trends/trends-attendance.csv"])
def test_what_nobody_expected_is_told_by_a_reference_that_the_log_has_too(
    path, refused, caplog, monkeypatch
):
    monkeypatch.setitem(answer_pages.PAGES, "trends", answer_pages.Page("?", "?", failing))
    with caplog.at_level(logging.ERROR, logger="leapdash"):
        problem = refused(500, f"{API}{path}?districts=Hartford")
    assert problem["title"] == "Internal Server Error"
    reference = problem["reference"]
    assert re.fullmatch("[0-9a-f]{6}", reference)
    assert problem["detail"] == f"Something went wrong. Reference {reference}."
    for text in ("secret-place", "ValueError", "Traceback", "visitor"):
        assert text not in json.dumps(problem)
    (record,) = (one for one in caplog.records if one.name == "leapdash")
    assert reference in record.getMessage()
    assert "?districts=Hartford" in record.getMessage()
    assert "secret-place" in caplog.text
    assert "Traceback" in caplog.text


def test_a_page_that_breaks_tells_a_reference_that_the_log_has_too(caplog, monkeypatch):
    page = opened("trends")
    monkeypatch.setattr(trends, "answer", failing)
    with caplog.at_level(logging.ERROR, logger="leapdash"):
        page.run()
    (error,) = page.error
    told = re.fullmatch(r"Something went wrong\. Reference ([0-9a-f]{6})\.", error.value)
    assert told
    assert not page.exception
    (record,) = (one for one in caplog.records if one.name == "leapdash")
    assert record.getMessage().splitlines()[0] == f"Reference {told[1]}: page trends"
    assert "secret-place" in caplog.text
