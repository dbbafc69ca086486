"""Names that are HTML, Markdown, formulas and icons: every page shows them as they are."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.lib import examples
from tests.lib.browser import PAGES, serving, settle, visit
from tests.lib.small_release import HARTFORD, hostile_schools, make

NAME = (
    '<img src=x onerror="window.ran=1"> <a href="https://elsewhere.invalid">qza</a> **qzb** _qzi_ '
    "`qzc` ~~qzs~~ $qzm$ :material/qz: :red[qzr] [qzl](https://elsewhere.invalid) <h1>qzh</h1> # "
)
RAW = (">qza<", "**qzb**", "_qzi_", "`qzc`", "~~qzs~~", "$qzm$", ":red[qzr]", "[qzl](", ">qzh<")
SCHOOL = "0641011"

# Every text of the page with a part of the name in it: not those of scripts and styles.
_TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.parentElement.closest("script, style") && /qz[a-z]/.test(node.data))
      found.push(node.data);
  }
  return found;
}"""
_MADE = 'img[src="x"], [onerror], a[href^="https://elsewhere"], .katex'
_LINKED = """() => [...document.querySelectorAll("a")]
  .filter(a => /elsewhere/.test(a.getAttributeNS("http://www.w3.org/1999/xlink", "href"))).length"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a release in which a district and its schools have that name."""
    store = tmp_path_factory.mktemp("hostile")
    make(store, changed={"schools": hostile_schools(NAME)})
    with serving(LEAPDASH_STORE=str(store)) as at:
        yield at


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    # Without the policy, which would hide what gets through.
    context = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def assert_plain(page: Page, where: str) -> int:
    """That nothing became of the name but text; in how many texts it stands."""
    texts = page.evaluate(_TEXTS)
    for text in texts:
        if text.startswith(("http://", "https://")):
            continue  # The briefing's link back, in an address's own writing.
        for raw in RAW:
            token = raw.strip(">*_`~$:[](<").removeprefix("red[")
            assert token not in text or raw in text, (where, text)
    assert page.locator(_MADE).count() == page.evaluate(_LINKED) == 0, where
    assert page.evaluate("window.ran") is None, where
    return len(texts)


def hover(chart: Locator, where: str) -> int:
    """Go over the whole of a chart; in how many places it said something of a point."""
    box, said = chart.bounding_box(), 0
    for x in range(8, int(box["width"]) if box else 0, 60):
        chart.hover(position={"x": x, "y": box["height"] / 2}, force=True)
        assert_plain(chart.page, f"{where}, over a chart")
        said += chart.locator(".hoverlayer text").count() > 0
    return said


SEEN_IN_EVERY_RUN = ("impact", "district", "school", "trends")


@pytest.mark.parametrize("spoken", ["en", pytest.param("es", marks=pytest.mark.full)])
def test_names_are_text_on_every_page_in_every_chart_and_control(
    window: Page, hostile: str, spoken: str
) -> None:
    asked: set[str] = set()
    window.on("request", lambda request: asked.add(request.url))
    held, hovered = {}, 0
    for page in PAGES if examples.FULL else SEEN_IN_EVERY_RUN:
        chosen = {"school": SCHOOL} if page == "school" else {"districts": HARTFORD}
        visit(window, f"{hostile}/{page}?{urlencode({**chosen, 'lang': spoken})}")
        held[page] = assert_plain(window, page)
        for chart in window.locator('[data-testid="stPlotlyChart"]').all():
            hovered += hover(chart, page)
        for summary in window.locator("summary").all():
            summary.click()
        settle(window)
        assert_plain(window, f"{page}, opened")
    assert all(held[page] for page in held if page not in ("", "home_visit", "glossary", "about"))
    assert hovered > (20 if examples.FULL else 5)
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(hostile).netloc}


def test_names_are_text_in_the_lists_to_choose_from(window: Page, hostile: str) -> None:
    visit(window, f"{hostile}/")
    for box in ("Find my school", "Find my district"):
        window.get_by_role("combobox", name=box).fill("qza")
        expect(window.get_by_role("option").first).to_be_visible()
        assert assert_plain(window, box)
        window.get_by_role("option").first.click()
        settle(window)
        assert assert_plain(window, box)


def test_a_briefing_says_them_as_they_are(window: Page, hostile: str, tmp_path: Path) -> None:
    visit(window, f"{hostile}/district?districts={HARTFORD}")
    with window.expect_download() as under_way:
        window.get_by_role("button", name="Briefing").click()
    file = tmp_path / "briefing.html"
    under_way.value.save_as(file)
    window.goto(file.as_uri())
    window.wait_for_function("() => document.body.dataset.drawn")
    assert assert_plain(window, "briefing") > 5
