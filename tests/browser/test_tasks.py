"""Ten questions people come with, each counted in clicks from the opening page."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.lib.browser import settle, visit

SENTENCE = ".st-key-answer p >> nth=0"
SCHOOL = "Sparrow Landing High School"


class Hand:
    """Clicks and counts them; what is typed and Enter are no clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, where: Locator) -> None:
        where.click()
        self.clicks += 1
        settle(self.page)

    def find(self, label: str, name: str) -> None:
        """Click into a box of the opening page, type a name, and follow the link to it."""
        box = self.page.get_by_role("combobox", name=label)
        self.click(box)
        box.fill(name)
        self.page.keyboard.press("Enter")
        settle(self.page)
        self.click(self.page.locator('[class*="st-key-way-found-"] a'))
        self.page.wait_for_selector(".st-key-filter_bar", timeout=30_000)
        settle(self.page)

    def go(self, title: str) -> None:
        """Follow the link to a page."""
        self.click(self.page.get_by_role("navigation").get_by_role("link", name=title, exact=True))
        expect(self.page.locator('[aria-current="page"]')).to_contain_text(title)
        settle(self.page)


@pytest.fixture
def hand(page: Page, address: str) -> Hand:
    """A hand on the opening page."""
    visit(page, address)
    return Hand(page)


def words_of(pdf: Path) -> str:
    """All text of a PDF."""
    return " ".join(sheet.get_textpage().get_text_bounded() for sheet in pdfium.PdfDocument(pdf))


def said(hand: Hand) -> Locator:
    return hand.page.locator(SENTENCE)


def test_did_it_work_in_the_whole_state(hand: Hand) -> None:
    expect(said(hand)).to_contain_text("points more of their days than they would have without it")
    expect(said(hand)).to_contain_text("(between")
    assert hand.clicks == 0


def test_what_does_a_regained_day_cost(hand: Hand) -> None:
    card = hand.page.locator(".stMetric", has_text="Cost per day regained")
    expect(card).to_contain_text("$")
    expect(card).to_contain_text("between")
    assert hand.clicks <= 1


def test_hartford_s_older_students_six_months_on(hand: Hand) -> None:
    hand.find("Find my district", "Hartford")
    hand.click(hand.page.get_by_role("button", name="9-12", exact=True))
    expect(said(hand)).to_contain_text(
        "six to nine school months after the first visit, the visited students of Hartford, "
        "grades 9-12",
        ignore_case=True,
    )
    assert hand.clicks <= 3


def test_a_school_beside_schools_like_it(hand: Hand) -> None:
    hand.find("Find my school", SCHOOL)
    expect(said(hand)).to_contain_text(SCHOOL)
    expect(said(hand)).to_contain_text("schools nearest to it in need and size")
    like = hand.page.locator(".stTable", has_text="Distance")
    expect(like.first).to_contain_text(SCHOOL)
    assert hand.clicks <= 3


def test_is_my_school_s_change_chance(hand: Hand) -> None:
    hand.find("Find my school", SCHOOL)
    hand.click(hand.page.get_by_role("tab", name="Chance"))
    expect(said(hand)).to_contain_text("chance")
    chance = hand.page.get_by_role("tabpanel", name="Chance")
    expect(chance).to_contain_text("By chance, 95% of schools of this size")
    assert hand.clicks <= 3


def test_who_waits_longest_in_a_district(hand: Hand) -> None:
    hand.find("Find my district", "Hartford")
    expect(hand.page.get_by_role("heading", name="Who waits longest")).to_be_visible()
    main = hand.page.locator('[data-testid="stMain"]')
    expect(main).to_contain_text("had waited for more than 120 days. Most of these are at")
    assert hand.clicks <= 2


def test_the_gap_of_english_learners(hand: Hand) -> None:
    hand.go("Groups")
    expect(said(hand)).to_contain_text("students who aren’t English learners")
    expect(said(hand)).to_contain_text("points")
    assert hand.clicks <= 2


def test_a_district_s_briefing_in_spanish_as_a_pdf(hand: Hand) -> None:
    hand.click(hand.page.get_by_role("button", name="Español"))
    hand.find("Buscar mi distrito", "Hartford")
    with hand.page.expect_download(timeout=60_000) as under_way:
        hand.click(hand.page.get_by_role("button", name="PDF"))
    path = Path(under_way.value.path())
    assert path.read_bytes()[:5] == b"%PDF-"
    assert words_of(path).count("Hartford") > 3
    assert "estudiantes" in words_of(path)
    assert hand.clicks <= 4


def test_the_table_of_a_chart_in_excel(hand: Hand) -> None:
    hand.go("Trends")
    with hand.page.expect_download() as under_way:
        hand.click(hand.page.locator(".st-key-xlsx-trends-attendance button"))
    assert under_way.value.suggested_filename.endswith(".xlsx")
    assert hand.clicks <= 2


def test_a_link_that_opens_the_view_again(hand: Hand, address: str) -> None:
    visit(hand.page, f"{address}/impact?districts=Hartford&levels=9-12")
    seen = said(hand).inner_text()
    hand.click(hand.page.get_by_role("button", name="Copy link").first)
    link = hand.page.evaluate("navigator.clipboard.readText()")
    hand.page.goto("about:blank")
    visit(hand.page, link)
    expect(said(hand)).to_have_text(seen)
    assert hand.clicks == 1
