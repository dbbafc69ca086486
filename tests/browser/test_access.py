"""Nobody is kept out: axe finds nothing, nothing is too small to read, and a keyboard is enough."""

from itertools import product
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from leapdash.show.language import LANGUAGES
from tests.lib import examples
from tests.lib.browser import PAGES, settle, visit

WALKED_IN_EVERY_RUN = ("", "compare")
IN_EVERY_RUN = {
    ("", "light", 390, "en"),
    ("impact", "light", 1280, "es"),
    ("district", "dark", 390, "en"),
    ("school", "light", 390, "es"),
    ("groups", "light", 390, "en"),
    ("visits", "light", 390, "es"),
    ("compare", "dark", 1280, "en"),
    ("trends", "light", 390, "es"),
    ("before_after", "dark", 1280, "en"),
    ("home_visit", "dark", 390, "es"),
    ("glossary", "dark", 1280, "en"),
    ("about", "light", 1280, "es"),
}
LEAST_PIXELS = 12

_SMALL_TEXTS = """least => {
  const texts = document.createTreeWalker(document.querySelector(".stApp"), NodeFilter.SHOW_TEXT);
  const small = [];
  while (texts.nextNode()) {
    const { parentElement, textContent } = texts.currentNode;
    const size = parseFloat(getComputedStyle(parentElement).fontSize);
    if (textContent.trim() && parentElement.checkVisibility() && size > 0 && size < least)
      small.push(`${size}px: ${textContent}`);
  }
  return small;
}"""
# What can be reached, in the order of the page; of a group that arrow keys walk, one.
_CONTROLS = """() => {
  const found = document.querySelectorAll(
    ".stApp :is(a[href], button, input, select, textarea, summary, [tabindex])");
  const reached = [...found].filter(node => node.tabIndex >= 0 && !node.disabled
    && node.checkVisibility({visibilityProperty: true}) && !node.closest("[inert]")
    && !node.matches("button[data-variant] + button[data-variant]"));
  reached.forEach((node, place) => { node.dataset.place = place; });
  return reached.map(node => node.outerHTML.slice(0, 200));
}"""
_FOCUSED = """() => {
  const node = document.activeElement;
  const ringed = [node, node.closest("label")].filter(Boolean).some(one => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const { width, height } = one.getBoundingClientRect();
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && width > 9 && height > 9;
  });
  return { place: node.dataset.place ?? null, ringed, html: node.outerHTML.slice(0, 200) };
}"""


def whole(page: Page, address: str, theme: Literal["light", "dark"], width: int) -> None:
    """Open a page in a window as high as itself, so that nothing of it is scrolled out of sight."""
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, address)
    content = page.locator('[data-testid="stMainBlockContainer"]').bounding_box()
    page.set_viewport_size({"width": width, "height": int(content["height"]) + 100})
    settle(page)


@pytest.mark.parametrize(
    ("name", "theme", "width", "spoken"),
    [
        pytest.param(*one, marks=() if one in IN_EVERY_RUN else pytest.mark.full)
        for one in product(PAGES, ("light", "dark"), (1280, 390), tuple(LANGUAGES))
    ],
)
def test_axe_finds_nothing_and_no_text_is_smaller_than_twelve_pixels(
    page: Page, address: str, name: str, theme: Literal["light", "dark"], width: int, spoken: str
) -> None:
    whole(page, f"{address}/{name}?lang={spoken}", theme, width)
    assert page.evaluate("document.documentElement.lang") == spoken
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    small = page.evaluate(_SMALL_TEXTS, LEAST_PIXELS)
    told = [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]
    assert told == []
    assert small == []


def test_tab_reaches_every_control_of_every_page_in_order_under_a_ring(
    page: Page, address: str
) -> None:
    for name in PAGES if examples.FULL else WALKED_IN_EVERY_RUN:
        visit(page, f"{address}/{name}")
        controls = page.evaluate(_CONTROLS)
        places = []
        for _ in controls:
            page.keyboard.press("Tab")
            focused = page.evaluate(_FOCUSED)
            assert focused["ringed"], (name, focused)
            places.append(focused["place"])
        assert places == [str(place) for place in range(len(controls))], name
