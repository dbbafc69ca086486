"""What the server's content policy lets a browser do: all that the pages need, and nothing else."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.lib.browser import PAGES, settle, visit

# Told by the browser itself, whatever becomes of its console.
WATCHED = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push([event.violatedDirective, event.blockedURI, event.sample].join(" ")));
"""


@pytest.fixture
def guarded(browser: Browser) -> Iterator[Page]:
    """A window that notes what the policy refuses."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCHED)
    yield page
    context.close()


def test_every_page_is_drawn_within_the_policy_and_asks_no_other_host(
    guarded: Page, address: str
) -> None:
    said: list[str] = []
    asked: set[str] = set()
    guarded.on("console", lambda message: said.append(message.text))
    guarded.on("request", lambda request: asked.add(request.url))
    guarded.on("websocket", lambda socket: asked.add(socket.url))
    refused: dict[str, list[str]] = {}
    held = 0
    for name in PAGES:
        visit(guarded, f"{address}/{name}")
        for chart in guarded.locator('[data-testid="stPlotlyChart"]').all():
            chart.hover()
        for table in guarded.locator("summary", has_text="Table").all():
            table.click()
        settle(guarded)
        refused[name] = guarded.evaluate("window.refused")
        # Streamlit's own file of a table has texts that a spreadsheet takes for formulas.
        files = guarded.locator('[aria-label="Download as CSV"]')
        held += files.count()
        assert [file.is_visible() for file in files.all()] == [False] * files.count()
    assert {name: found for name, found in refused.items() if found} == {}
    assert [text for text in said if "Content Security Policy" in text] == []
    hosts = {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address).netloc}
    assert len(refused) == 12
    assert held > 0


@pytest.mark.parametrize(
    ("html", "directive"),
    [
        ("<img src=x onerror='window.ran = true'>", "script-src-attr"),
        ("<a href='javascript:window.ran = true'>x</a>", "script-src-elem"),
        ("<iframe src='https://elsewhere.invalid/'></iframe>", "frame-src"),
        ("<img src='https://elsewhere.invalid/?what=was+read'>", "img-src"),
        ("<form action='https://elsewhere.invalid/'><input></form>", "form-action"),
        ("<object data='https://elsewhere.invalid/'></object>", "object-src"),
        ("<link rel=stylesheet href='https://elsewhere.invalid/'>", "style-src-elem"),
    ],
)
def test_html_that_got_into_a_page_runs_nothing_and_sends_nothing_away(
    guarded: Page, address: str, html: str, directive: str
) -> None:
    visit(guarded, f"{address}/glossary")
    guarded.evaluate(
        """html => { const box = document.createElement("div");
          box.innerHTML = html; document.body.append(box);
          box.querySelector("a")?.click(); box.querySelector("form")?.submit(); }""",
        html,
    )
    guarded.wait_for_function("() => window.refused.length > 0")
    assert guarded.evaluate("window.ran") is None
    assert guarded.evaluate("window.refused")[0].startswith(directive)


def test_a_script_or_a_request_that_somebody_slipped_in_is_refused(
    guarded: Page, address: str
) -> None:
    visit(guarded, f"{address}/glossary")
    found = guarded.evaluate(
        """async () => {
          const inline = document.createElement("script");
          inline.textContent = "window.ran = true";
          document.head.append(inline);
          let sent = true;
          await fetch("https://elsewhere.invalid/").catch(() => { sent = false; });
          return [window.ran ?? false, sent];
        }"""
    )
    assert found == [False, False]
    assert {one.split(" ")[0] for one in guarded.evaluate("window.refused")} == {
        "script-src-elem",
        "connect-src",
    }


def test_another_site_can_t_show_the_pages_within_its_own(guarded: Page, address: str) -> None:
    with guarded.expect_console_message(lambda message: "frame-ancestors" in message.text):
        guarded.set_content(f"<iframe src='{address}/impact'></iframe>")
