"""A briefing in real Chromium: opened without a network, its charts drawn; printed, two sheets."""

import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page

from leapdash.show.briefing import chromium
from leapdash.show.briefing.contents import briefing_of
from leapdash.show.briefing.document import document
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import speaking
from leapdash.show.opened import OpenedRelease
from tests.lib.browser import CHROMIUM, NO_CHROMIUM, visit
from tests.lib.small_release import HARTFORD, HOSTILE, hostile_schools, make

STAMPS = {
    "en": "leapdash · Simulated: these students are invented · release",
    "es": "leapdash · Simulados: estos estudiantes son inventados · edición",
}
NEW_HAVEN = "0930011"  # Of all districts the one with most schools.
DRAWN = "document.body.dataset.drawn === 'yes'"


def opened(browser: Browser, file: Path) -> tuple[Page, list[str]]:
    """The file in a window of its own, drawn; every request and dialog it made beside itself."""
    page = browser.new_context(offline=True).new_page()
    asked: list[str] = []

    def note_dialog(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.on("dialog", note_dialog)
    page.goto(file.as_uri())
    page.wait_for_function(DRAWN, timeout=30_000)
    assert asked.pop(0) == file.as_uri()
    return page, asked


def test_the_button_of_a_page_gives_a_file_that_opens_anywhere_with_its_charts(
    page: Page, browser: Browser, address: str, tmp_path: Path
) -> None:
    visit(page, f"{address}/district?districts=Hartford")
    with page.expect_download() as under_way:
        page.get_by_role("button", name="Briefing").click()
    assert under_way.value.suggested_filename == f"leapdash-district-briefing-{HARTFORD}.html"
    file = tmp_path / "briefing.html"
    under_way.value.save_as(file)
    briefing, asked = opened(browser, file)
    assert asked == []
    charts = briefing.locator(".chart[role=img] > svg")
    assert charts.count() == 3
    for chart in charts.all():
        box = chart.bounding_box()
        assert box["width"] > 600
        assert box["height"] > 150
    # Intervals, marks and words of the forest are there, not an empty frame.
    assert briefing.locator(".chart path.point").count() > 20
    assert "Effect in points of attendance" in charts.last.text_content()
    assert briefing.locator("script").count() == 0
    for details in briefing.locator("summary").all():
        details.click()
    assert briefing.locator("table").last.is_visible()
    # What axe runs is no part of the file, whose policy would stop it.
    found = Axe().run(briefing).response["violations"]
    assert [one["id"] for one in found] == []
    link = briefing.get_by_role("link")
    assert link.get_attribute("href") == f"{address}/district?districts=Hartford"
    briefing.context.close()


def test_about_has_no_briefing(page: Page, address: str) -> None:
    visit(page, f"{address}/about")
    assert page.get_by_role("button", name="Briefing").count() == 0


@pytest.mark.parametrize(
    ("district", "spoken"),
    [
        ("", "en"),
        (NEW_HAVEN, "es"),
        *(
            pytest.param(*one, marks=pytest.mark.full)
            for one in [("", "es"), (HARTFORD, "en"), (HARTFORD, "es"), (NEW_HAVEN, "en")]
        ),
    ],
)
def test_a_printed_briefing_has_two_sheets_with_the_stamp_on_each(
    demo: OpenedRelease, district: str, spoken: str
) -> None:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    choice = Choice(demo, district=district)
    with speaking(spoken):
        briefing = briefing_of("district" if district else "impact", choice)
        html = chromium.drawn(document(briefing), CHROMIUM)
    assert "<script" not in html
    assert html.count("<svg") == html.count('role="img"') > 0
    sheets = list(pdfium.PdfDocument(chromium.pdf(html, CHROMIUM)))
    assert len(sheets) == 2
    for number, sheet in enumerate(sheets, start=1):
        assert [round(side) for side in sheet.get_size()] == [612, 792]
        words = sheet.get_textpage().get_text_bounded()
        assert STAMPS[spoken] in words
        assert f"{number} / 2" in words
        assert not re.search(r"\b(Table|Tabla)\b", words)
        points = sheet.render(grayscale=True).to_numpy()
        assert (points[:, -20:] == 255).all()
        assert (points[:, :20] == 255).all()
    first = " ".join(sheets[0].get_textpage().get_text_bounded().split())
    assert " ".join(briefing.answer.sentence.split()) in first
    for card in briefing.answer.cards:
        assert card.value in first


@pytest.mark.full
def test_a_hostile_name_is_drawn_as_text(browser: Browser, tmp_path: Path) -> None:
    release = make(tmp_path / "store", changed={"schools": hostile_schools()})
    choice = Choice(OpenedRelease(release), Filters(), district=HARTFORD)
    file = tmp_path / "briefing.html"
    file.write_text(document(briefing_of("district", choice)), "utf-8")
    briefing, asked = opened(browser, file)
    assert asked == []
    assert briefing.locator("img").count() == 0
    assert HOSTILE in (briefing.locator("main").text_content() or "")
    briefing.context.close()
