"""What comes out of a printer, from Chromium's own PDF."""

import numpy as np
import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Page

from tests.lib import examples
from tests.lib.browser import PAGES, visit

PRINTED_IN_EVERY_RUN = ("school", "groups")
WIDEST_PAPER = 740  # pixels of a Letter sheet between its margins
MARGIN = 34  # points


def sheets(page: Page, paper: str) -> list[pdfium.PdfPage]:
    return list(pdfium.PdfDocument(page.pdf(format=paper)))


def words(sheet: pdfium.PdfPage) -> str:
    return sheet.get_textpage().get_text_bounded()


def ends(sheet: pdfium.PdfPage, text: str) -> list[float]:
    """How far right each occurrence of the text ends, in points."""
    page = sheet.get_textpage()
    search = page.search(text)
    found = iter(search.get_next, None)
    return [page.get_charbox(index + length - 1)[2] for index, length in found]


def picture(sheet: pdfium.PdfPage) -> np.ndarray:
    """How dark a sheet is, point by point: 0 is black, 255 white."""
    return sheet.render(grayscale=True).to_numpy()


@pytest.mark.parametrize("paper", ["Letter", pytest.param("A4", marks=pytest.mark.full)])
def test_a_page_prints_what_is_read_without_what_is_clicked(
    page: Page, address: str, paper: str
) -> None:
    for name in PAGES if examples.FULL else PRINTED_IN_EVERY_RUN:
        visit(page, f"{address}/{name}?districts=Hartford&districts=New+Haven")
        printed = sheets(page, paper)
        for number, sheet in enumerate(printed, start=1):
            told = words(sheet)
            assert "leapdash · Simulated data · release" in told, name
            assert f"{number} / {len(printed)}" in told, name
            points = picture(sheet)
            assert (points[:, -20:] == 255).all(), name
            assert (points[:, :20] == 255).all(), name
        told = "".join(words(sheet) for sheet in printed)
        for clicked in ("CSV", "Briefing", "Clear filters", "Menu", "All students"):
            assert clicked not in told, (name, clicked)
        assert "Hartford, New Haven" in told, name


def test_a_dark_screen_is_printed_dark_on_white(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    visit(page, f"{address}/before_after")
    for sheet in sheets(page, "A4"):
        points = picture(sheet)
        assert (points > 200).mean() > 0.9


def test_a_chart_wider_than_the_paper_is_made_to_fit_on_one_sheet(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    visit(page, f"{address}/before_after")
    assert page.locator(".stPlotlyChart").first.bounding_box()["width"] > WIDEST_PAPER
    first, *_ = sheets(page, "A4")
    told = words(first)
    assert "Attendance of visited students, and what it would have been" in told
    assert "School months since the month of the first visit" in told
    assert max(ends(first, "without the")) < first.get_width() - MARGIN
