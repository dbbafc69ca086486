"""The data endpoint: the same answers and tables as the pages', by URL."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from leapdash.show.answers import pages as answer_pages
from leapdash.show.answers.files import csv_of, file_name
from leapdash.show.choice import Choice
from leapdash.show.endpoint import answering, asked
from leapdash.show.endpoint.tables import TABLES
from leapdash.show.filters import Filters
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.parameters import GAP, LANGUAGE
from leapdash.show.views.programme import districts_visited
from leapdash.show.words.glossary import meaning_of
from tests.lib.endpoint import API, tables_of
from tests.lib.small_release import (
    AVON,
    EFFECT_TABLES,
    HARTFORD,
    NEW_HAVEN,
    make,
)

pytestmark = pytest.mark.usefixtures("on_show")

SCHOOL = "0641011"


def as_json(table):
    """The rows of a table as JSON has them, cell by cell."""

    def cell(value):
        if isinstance(value, date):
            return value.isoformat()
        return None if value is pd.NA or value is None or value != value else value

    columns = [[cell(value) for value in table[name].astype(object)] for name in table.columns]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


CHOICES = [
    ("impact", {}, Filters(), {}),
    ("impact", {"districts": ["leap"], "levels": ["6-8", "9-12"], "order": "name",
        "when": "Month after", "years": "2021-22"},
        Filters(("leap",), ("6-8", "9-12"), years=("2021-22",)),
        {"order": "name", "headline": "month_after"}),
    ("district", {"districts": "hartford", "measure": "Chronic absence"}, Filters((HARTFORD,)),
        {"district": HARTFORD, "measure": "chronic_share"}),
    ("school", {"school": SCHOOL}, Filters(), {"school": SCHOOL}),
    ("school", {"school": "New Haven Elm School, New Haven", "districts": NEW_HAVEN},
        Filters((NEW_HAVEN,)), {"school": "0931011"}),
    ("groups", {"gap": "Reached", "of_group": "Students with high needs", "levels": "6-8"},
        Filters((), ("6-8",)), {"gap": "reach", "of_group": "high_needs"}),
    ("visits", {}, Filters(), {}),
    ("compare", {"a_districts": ["Hartford", "Avon"], "b_levels": "6-8", "b_years": "2021-22"},
        Filters(), {"a": Filters((HARTFORD, AVON)),
                    "b": Filters(("leap",), ("6-8",), years=("2021-22",))}),
    ("trends", {}, Filters(), {"by": "district"}),
    ("trends",
        {"lines": "One line", "points": "School years", "group": "White",
         "participation": ["Visited", "Eligible"]},
        Filters(group="white", participation=("visited", "eligible")),
        {"by": "all", "grain": "year"}),
    ("before_after", {}, Filters(), {}),
    ("before_after", {"districts": "New Haven", "levels": "PK-5", "years": "2022-23"},
        Filters((NEW_HAVEN,), ("PK-5",), years=("2022-23",)), {}),
    ("start", {}, Filters(), {}),
    ("home_visit", {}, Filters(), {}),
    ("glossary", {}, Filters(), {}),
    ("about", {}, Filters(), {}),
]  # fmt: skip


@pytest.mark.parametrize(("page", "query", "filters", "controls"), CHOICES)
def test_an_answer_and_each_of_its_tables_are_the_page_s_own(
    page, query, filters, controls, get, asks, small
):
    answer = answer_pages.PAGES[page].answer(Choice(small, filters, **controls))
    told = get(f"/answers/{page}", **query)
    for name in ("question", "sentence", "scope", "empty"):
        assert told[name] == getattr(answer, name)
    assert [card["value"] for card in told["cards"]] == [card.value for card in answer.cards]
    assert told["notes"] == [note for note in answer.notes if note]
    assert told["warnings"] == list(answer.warnings)
    assert [section["title"] for section in told["sections"]] == [s.title for s in answer.sections]
    assert [check["finding"] for check in told["checks"]] == [
        check.line.finding for check in answer.checks
    ]
    assert told["release"] == small.manifest.release_id
    assert told["stamp"] == f"Simulated data · release {small.manifest.release_id}"
    own = tables_of(answer)
    assert [table["name"] for table in told["tables"]] == list(own)
    for listed in told["tables"]:
        part = own[listed["name"]]
        assert (listed["title"], listed["rows"]) == (part.title, len(part.table))
        table = asks.get(listed["json"]).json()
        assert table["rows"] == as_json(part.table)
        assert [column["name"] for column in table["columns"]] == list(part.table.columns)
        assert (table["total"], table["next"], table["withheld"]) == (len(part.table), None, None)
        file = asks.get(listed["csv"])
        assert file.content == csv_of(part.title, part.table, answer.choice)
        assert file.headers["content-type"] == "text/csv; charset=utf-8"
        name = f"{file_name(part.name, answer.choice)}.csv"
        assert file.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_every_table_that_a_page_can_have_has_its_name_in_the_list(small):
    gaps: list[Any] = [("groups", {}, Filters(), {"gap": gap}) for gap in GAP.words]
    seen: dict[str, set[str]] = {page: set() for page in answer_pages.PAGES}
    for page, _, filters, controls in (*CHOICES, *gaps):
        answer = answer_pages.PAGES[page].answer(Choice(small, filters, **controls))
        seen[page] |= set(tables_of(answer))
    seen["impact"].add("impact-map")  # Only where a release knows where its schools are.
    assert seen == {page: set(names) for page, names in TABLES.items()}
    assert list(TABLES) == list(answer_pages.PAGES)


def test_what_stands_in_sections_and_checks_is_told_in_full(get):
    told = get("/answers/before_after")
    (rests,) = (s for s in told["sections"] if s["title"].startswith("What it rests on"))
    assert [part["kind"] for part in rests["parts"]] == ["text", "text"]
    assert rests["parts"][1]["small"]
    places = {table["name"]: table["place"] for table in told["tables"]}
    assert places["effect"] is None
    assert places["effect-to-june"] == "Chronic absence"
    assert places["effect-balance"] == "alike"
    about = get("/answers/about")
    kinds = [part["kind"] for section in about["sections"] for part in section["parts"]]
    assert kinds == ["document", "facts", "text", "text", "way", "facts", "facts", "code"]
    (listed,) = get("/answers/glossary")["sections"][0]["parts"]
    assert {"Attendance rate", "Chronic absence"} <= {term["word"] for term in listed["terms"]}
    doors = get("/answers/start")["sections"][0]["parts"]
    assert [way["page"] for way in doors] == ["impact", "district", "home_visit"]
    (picture, _) = get("/answers/home_visit")["sections"][0]["parts"]
    assert picture["kind"] == "picture"


def test_columns_have_the_titles_and_units_that_readers_see(get):
    columns = {one["name"]: one for one in get("/tables/impact/impact-effects.json")["columns"]}
    assert columns["effect"] == {
        "name": "effect",
        "title": "Effect (points)",
        "meaning": meaning_of("Effect (points)"),
        "type": "number",
        "unit": "a fraction: 0.1 is shown as 10 points",
    }
    assert columns["visited"]["type"] == "integer"
    assert columns["code"] == {
        "name": "code",
        "title": None,
        "meaning": None,
        "type": "text",
        "unit": None,
    }
    (period, *_) = (
        one for one in get("/tables/trends/trends-attendance.json")["columns"]
        if one["name"] == "period"
    )  # fmt: skip
    assert period["type"] == "date"


def test_the_pages_are_listed_with_their_questions_and_all_that_may_be_chosen(get, known):
    pages = {one["page"]: one for one in get("/pages")["pages"]}
    assert list(pages) == list(answer_pages.PAGES)
    for key, page in pages.items():
        assert page["question"] == get(f"/answers/{key}")["question"]
    names = [one["name"] for one in pages["trends"]["parameters"]]
    assert names == [
        *("districts", "levels", "participation", "years", "group", "lines", "points", "lang")
    ]  # fmt: skip
    assert [one["name"] for one in pages["impact"]["parameters"]] == [
        *("districts", "levels", "years", "when", "order", "size", "shade", "lang")
    ]
    assert [one["name"] for one in pages["about"]["parameters"]] == ["lang"]
    (school,) = (one for one in pages["school"]["parameters"] if one["name"] == "school")
    assert [value["code"] for value in school["values"]] == list(known.schools)
    assert school["default"] is None
    (lines,) = (one for one in pages["trends"]["parameters"] if one["name"] == "lines")
    assert (lines["default"], lines["several"]) == ("Districts", False)


def test_the_release_is_told_without_its_files(get, release):
    told = get("/release")
    manifest = release.manifest
    assert told["release"] == manifest.release_id
    assert (told["synthetic"], told["tier"], told["through"]) == (True, "restricted", "2023-06-01")
    assert told["rules"] == dict(manifest.rules)
    assert told["tables"]["schools"] == 6
    assert "sha256" not in json.dumps(told)
    assert ".parquet" not in json.dumps(told)


def test_an_empty_answer_is_an_answer_with_its_reason_and_so_are_its_tables(get, asks):
    told = get("/answers/impact", districts="Avon")
    assert told["empty"]
    assert told["sentence"] == "Avon takes no part in home visits."
    assert told["tables"] == []
    table = get("/tables/impact/impact-effects.json", districts="Avon", columns="effect")
    assert table["withheld"] == told["sentence"]
    assert (table["rows"], table["total"], table["next"]) == ([], 0, None)
    assert [one["name"] for one in table["columns"]] == ["effect"]
    file = asks.get(f"{API}/tables/impact/impact-effects.csv", params={"districts": "Avon"})
    assert file.status_code == 200
    assert len(file.text.splitlines()) == 1
    assert file.text.startswith("figure,choice,stamp,section,series,")
    link = re.fullmatch(r'<(.+)>; rel="describedby"; type="application/json"', file.headers["link"])
    assert asks.get(link[1]).json()["withheld"] == told["sentence"]


@pytest.mark.parametrize(
    ("page", "table", "query", "reason"),
    [
        (
            "before_after",
            "effect",
            {"districts": "New Haven", "levels": "PK-5", "years": "2022-23"},
            "nothing is shown for fewer than 20",
        ),
        ("impact", "impact-groups", {"years": "2021-22"}, "Clear the school years"),
        (
            "school",
            "school-visits",
            {"school": "Avon Elm School, Avon"},
            "took no part in home visits",
        ),
        (
            "district",
            "district-effects",
            {"districts": "Avon"},
            "No home visit that met a family is recorded here",
        ),
    ],
)
def test_a_table_the_choice_leaves_out_says_why(page, table, query, reason, get, small):
    told = get(f"/tables/{page}/{table}.json", **query)
    assert reason in told["withheld"]
    assert told["rows"] == []
    listed = [one["name"] for one in get(f"/answers/{page}", **query)["tables"]]
    assert table not in listed


def test_a_release_without_effects_says_so_wherever_effects_would_stand(get, monkeypatch, tmp_path):
    make(tmp_path, without=EFFECT_TABLES)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    reason = "This release was built without the effects of visits."
    assert get("/answers/before_after")["withheld"]["reason"] == reason
    told = get("/tables/before_after/effect.json", columns="effect")
    assert (told["withheld"], told["columns"], told["rows"]) == (reason, [], [])
    assert get("/tables/impact/impact-effects.json")["withheld"] == reason


def test_rows_come_in_parts_that_make_the_whole(get, asks):
    whole = get("/tables/trends/trends-attendance.json", lines="Levels")
    table = get("/tables/trends/trends-attendance.json", lines="levels", limit=20)
    rows: list[dict[str, object]] = []
    while True:
        assert table["total"] == whole["total"] == 90
        assert table["offset"] == len(rows)
        rows += table["rows"]
        if table["next"] is None:
            break
        table = asks.get(table["next"]).json()
    assert rows == whole["rows"]
    beyond = get("/tables/trends/trends-attendance.json", offset=5000)
    assert (beyond["rows"], beyond["next"]) == ([], None)
    none = get("/tables/trends/trends-attendance.json", limit=0)
    assert (none["rows"], none["total"], none["next"]) == ([], 60, None)


def test_no_more_rows_than_the_most_come_at_once(get, monkeypatch):
    monkeypatch.setattr(answering, "MOST_ROWS", 7)
    table = get("/tables/trends/trends-attendance.json")
    assert len(table["rows"]) == 7
    assert "offset=7" in table["next"]


def test_columns_are_picked_and_which_rows_are_published_is_always_told(get, asks):
    path = "/tables/impact/impact-years"
    picked = get(f"{path}.json", columns=["attendance_rate", "period"], offset=2, limit=2)
    whole = get(f"{path}.json")
    names = ("attendance_rate", "period", "source")
    assert picked["rows"] == [{n: row[n] for n in names} for row in whole["rows"][2:4]]
    assert [one["name"] for one in picked["columns"]] == list(names)
    query = {"columns": ["attendance_rate", "period"], "offset": 2, "limit": 3}
    file = asks.get(f"{API}{path}.csv", params=query).text
    rows = list(csv.DictReader(io.StringIO(file)))
    full = list(csv.DictReader(io.StringIO(asks.get(f"{API}{path}.csv").text)))
    assert list(rows[0]) == ["figure", "choice", "stamp", *names, "data", "release"]
    assert rows == [{name: row[name] for name in rows[0]} for row in full[2:5]]
    assert {row["data"] for row in rows} == {"simulated", "published"}


def test_the_district_page_is_about_the_one_of_several_where_most_wait(get, choose):
    waiting = districts_visited(choose()).nlargest(1, "waiting")["series"].iloc[0]
    assert get("/answers/district")["choice"].startswith(f"{waiting} · ")
    told = get("/answers/district", districts=["Avon", "Hartford"])
    assert told["choice"].startswith("Hartford · ")


def test_a_language_asked_for_is_spoken_and_by_nobody_else(
    get, asks, bracketed, monkeypatch, tmp_path
):
    make(tmp_path)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    words = {"en": "en", bracketed: bracketed}
    monkeypatch.setattr(asked, "LANGUAGE", replace(LANGUAGE, words=words))
    told = get("/answers/trends", lang=bracketed, lines="Levels")
    assert told["question"] == "⟦How have attendance and chronic absence moved?⟧"
    table = asks.get(told["tables"][0]["json"]).json()
    assert "⟦" in table["title"]
    assert "⟦Attendance rate⟧" in [column["title"] for column in table["columns"]]
    assert "⟦" in asks.get(told["tables"][0]["csv"]).text.splitlines()[1]
    for query in ({}, {"lang": "en"}, {"lang": "EN"}):
        assert "⟦" not in json.dumps(get("/answers/trends", **query), ensure_ascii=False)
    wrong = asks.get(f"{API}/answers/trends?lang=fr").json()
    assert (wrong["parameter"], wrong["allowed"]) == ("lang", ["en", bracketed])
