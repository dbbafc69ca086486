"""A public release on show: endpoint, briefing and pages tell of it what its files do."""

import io
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from leapdash.contract import ALL
from leapdash.release import open_release
from leapdash.show.answers.pages import PAGES, offered
from leapdash.show.briefing.chromium import CHROMIUM_VARIABLE
from leapdash.show.endpoint.tables import tables_on
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.opened import OpenedRelease
from tests.lib.endpoint import API
from tests.lib.paths import DEMO_PUBLIC, ROOT
from tests.lib.spoilt import run

HIDDEN = "Hidden to protect students, here or nearby: small groups could be worked out."
NOT_HELD = ("visits", "compare", "before_after")


@pytest.fixture(autouse=True)
def public_on_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE_VARIABLE, str(DEMO_PUBLIC))


@pytest.fixture(scope="module")
def public() -> OpenedRelease:
    return OpenedRelease(open_release(DEMO_PUBLIC))


@pytest.fixture(scope="module")
def hidden_effect(public) -> tuple[str, str]:
    """The name of a district and a level whose effect is hidden."""
    table = public.table("effects_headlines").to_pandas()
    away = table[(table["status"] == "c") & (table["level"] != ALL)].iloc[0]
    return public.known.districts[away["district_code"]], away["level"]


def test_the_endpoint_lists_the_pages_there_are(asks, public):
    told = asks.get(f"{API}/pages").json()["pages"]
    assert [page["page"] for page in told] == list(offered(public=True))
    assert not set(offered(public=True)) & set(NOT_HELD)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_endpoint_answers_of_every_page(asks, page):
    answer = asks.get(f"{API}/answers/{page}")
    assert answer.status_code == 200
    told = answer.json()
    assert told["sentence"]
    assert told["empty"] == (page in NOT_HELD)


@pytest.mark.parametrize(
    ("page", "table"),
    [(page, table) for page in PAGES for table in tables_on(page, public=True)],
)
def test_the_endpoint_has_every_table_or_says_why_not(asks, page, table):
    for ending in ("json", "csv"):
        reply = asks.get(f"{API}/tables/{page}/{table}.{ending}")
        assert reply.status_code == 200, reply.text
    told = asks.get(f"{API}/tables/{page}/{table}.json").json()
    assert told["rows"]


def test_a_hidden_effect_is_a_value_with_its_reason(asks, hidden_effect):
    district, level = hidden_effect
    query = {"districts": district, "levels": level}
    told = asks.get(f"{API}/answers/impact", params=query).json()
    assert told["withheld"]["reason"] == HIDDEN
    rows = asks.get(f"{API}/tables/impact/impact-effects.json", params=query).json()["rows"]
    own = next(row for row in rows if row["code"] == "choice")
    assert (own["effect"], own["low"], own["visited"], own["visited_all"]) == (None,) * 4
    assert own["reason"] == HIDDEN


def test_a_download_has_hidden_rows_with_their_reason_and_no_figure(asks, public):
    table = public.table("attendance_by_group").to_pandas()
    homeless = table[(table["group"] == "homeless") & (table["level"] == ALL)]
    away = homeless[homeless["status"] == "c"]
    code = next(code for code in away["district_code"] if code in public.known.districts)
    query = {"districts": code, "group": "homeless", "lines": "all"}
    said = asks.get(f"{API}/tables/trends/trends-attendance.csv", params=query).text
    rows = pd.read_csv(io.StringIO(said), comment="#")
    own = rows[rows["status"] == "c"]
    assert len(own)
    assert own[["students", "days_enrolled", "attendance_rate"]].isna().all(axis=None)
    assert set(own["reason"]) == {HIDDEN}


def test_the_state_and_a_district_have_briefings(capsys, monkeypatch, tmp_path, public):
    monkeypatch.setenv(CHROMIUM_VARIABLE, "/nowhere/chromium")
    out = tmp_path / "state.html"
    store = ("brief", "--store", DEMO_PUBLIC)
    assert run(capsys, monkeypatch, *store, "--out", out)[0] == 0
    text = out.read_text("utf-8")
    assert f"public release {public.manifest.release_id}" in text
    assert "points more of their days than they would have without it" in text
    out = tmp_path / "district.html"
    code = sorted(public.known.leap)[0]
    assert run(capsys, monkeypatch, *store, "--district", code, "--out", out)[0] == 0
    assert public.known.districts[code] in out.read_text("utf-8")


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_page_opens(page):
    """In-process: no page of the public release stops with an error."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run()
    app.switch_page(f"pages/{page}.py")
    app.run()
    assert not app.exception
    assert not app.error
    said = " ".join(one.value for one in [*app.markdown, *app.caption])
    assert ("isn’t part of the public release" in said) == (page in NOT_HELD)


def test_about_says_how_much_is_hidden_and_by_which_rule(asks, public):
    told = asks.get(f"{API}/tables/about/about-hidden.json").json()["rows"]
    of_schools = next(row for row in told if "schools" in row["series"])
    table = public.table("attendance").to_pandas()
    assert of_schools["cells"] == len(table)
    assert of_schools["hidden"] == (table["status"] == "c").sum()
    assert of_schools["share"] == pytest.approx((table["status"] == "c").mean())
    parts = asks.get(f"{API}/answers/about").text
    assert re.search(r"cells of fewer than 20 students", parts)
