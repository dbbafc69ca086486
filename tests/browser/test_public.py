"""A public release in a browser: it opens on the public's answer, without a door in the way, and
nobody is kept out; what isn't there isn't offered.
"""

from collections.abc import Iterator
from itertools import product
from urllib.parse import quote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from leapdash.contract import ALL
from leapdash.release import open_release
from leapdash.show.language import LANGUAGES
from leapdash.show.opened import OpenedRelease
from tests.browser.test_access import whole
from tests.lib.browser import serving, visit
from tests.lib.paths import DEMO_PUBLIC

PAGES = ("", "impact", "district", "school", "groups", "trends", "home_visit", "about", "visits")
IN_EVERY_RUN = {
    ("", 390, "en"),
    ("impact", 390, "es"),
    ("district", 1280, "en"),
    ("groups", 390, "en"),
    ("about", 1280, "es"),
    ("visits", 390, "en"),
}
HIDDEN = "hidden to protect students, here or nearby: small groups could be worked out."


@pytest.fixture(scope="module")
def public() -> Iterator[str]:
    with serving(LEAPDASH_STORE=str(DEMO_PUBLIC)) as at:
        yield at


@pytest.mark.parametrize(
    ("name", "width", "spoken"),
    [
        pytest.param(*one, marks=() if one in IN_EVERY_RUN else pytest.mark.full)
        for one in product(PAGES, (1280, 390), tuple(LANGUAGES))
    ],
)
def test_axe_finds_nothing_and_nothing_runs_off_the_page(
    page: Page, public: str, name: str, width: int, spoken: str
) -> None:
    whole(page, f"{public}/{name}?lang={spoken}", "light", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').count()
        == 0
    )
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []


def test_it_opens_on_the_public_s_answer_with_what_is_there_and_no_more(
    page: Page, public: str
) -> None:
    visit(page, public)
    answer = page.locator(".st-key-answer")
    expect(answer).to_contain_text("points more of their days than they would have without it")
    titles = page.get_by_role("navigation").get_by_role("link").all_inner_texts()
    assert titles[:6] == ["Start", "Impact", "District", "School", "Groups", "Trends"]
    assert not {"Visits", "Compare", "Before and after"} & set(titles)


def test_a_hidden_effect_says_why_and_offers_a_wider_choice(page: Page, public: str) -> None:
    release = OpenedRelease(open_release(DEMO_PUBLIC))
    table = release.table("effects_headlines").to_pandas()
    away = table[table["status"] == "c"]
    whole = set(away.loc[away["level"] == ALL, "district_code"])
    one = away[~away["district_code"].isin(whole)].iloc[0]
    name = release.known.districts[one["district_code"]]
    visit(page, f"{public}/impact?districts={quote_plus(name)}&levels={one['level']}")
    expect(page.locator(".st-key-answer")).to_contain_text(HIDDEN)
    expect(page.locator(".st-key-withheld")).to_contain_text(HIDDEN.removeprefix("h"))
    page.get_by_role("button", name="All levels").click()
    expect(page.locator(".st-key-answer")).to_contain_text(f"{name}: six to nine")
