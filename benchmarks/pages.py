"""How long a filter change and a first page take, beside the same pages ready-made.

`python -m benchmarks.pages [--store STORE] [--changes N]` runs the dashboard and, for each page, a
floor app that draws what the page shows for each choice without working anything out (outline.py),
in the same Chromium, in turn, and prints medians and ratios. A change chooses a district, another
one each time, so that nothing was computed before; it ends when the script has run and the page no
longer changes. The floor gets the very same clicks. A first page is a new browser with an empty
cache. `run` is the processor time of one run of the page's script alone, as the choice changes.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from statistics import median
from time import thread_time
from unittest.mock import patch

from playwright.sync_api import Browser, Page
from streamlit.testing.v1 import AppTest

from benchmarks.outline import ROOT, outline_of
from leapdash.show.answers.pages import PAGES
from leapdash.show.dashboard import frame
from tests.lib.browser import chromium, serving, settle, visit, watch

WITHOUT_FILTERS = ("start", "home_visit", "glossary", "about")
FIRST = 2
"""The place, among the districts, of the first that is chosen."""


def change_times(page: Page, changes: int) -> list[float]:
    """ms from choosing a district to rest, for `changes` districts one after another."""
    watch(page)
    several = page.locator('[data-testid="stMultiSelect"] input')
    one = page.locator('[data-testid="stSelectbox"] input')
    # A district chosen among several leaves the list; the one of a page about one stays in it.
    box, stays = (several.first, 0) if several.count() else (one.first, 1)
    times = []
    for number in range(changes):
        box.click()
        option = page.get_by_role("option").nth(FIRST + stays * number)
        option.wait_for()
        settle(page)
        began = page.evaluate("performance.now()")
        option.click()
        times.append(settle(page) - began)
        page.keyboard.press("Escape")
        settle(page)
    return times


def first_time(browser: Browser, address: str) -> float:
    """ms from the start of the navigation to rest, in a new browser context."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        return visit(context.new_page(), address)
    finally:
        context.close()


def changed(browser: Browser, address: str, changes: int) -> list[float]:
    """Change times on one page, after it came to rest."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        visit(page, address)
        return change_times(page, changes)
    finally:
        context.close()


def choices(page: str, changes: int) -> list[list[str]]:
    """What is chosen at first and after each change, as the district filter's words."""
    if page in WITHOUT_FILTERS:
        return [[]]
    first = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    shown = first.switch_page(f"pages/{page}.py").run()
    if page == "district":
        options = shown.selectbox(key="district").options
        return [[], *([name] for name in options[FIRST : FIRST + changes])]
    box = shown.multiselect(key=chosen_by(page))
    begun = [box.format_func(value) for value in box.value]
    left = [name for name in box.options if name not in begun]
    return [[*begun, *left[FIRST : FIRST + number]] for number in range(changes + 1)]


def chosen_by(page: str) -> str:
    """The name by which a page's address says which districts are chosen."""
    return "a_districts" if page == "compare" else "districts"


def run_times(page: str, chosen: list[list[str]]) -> list[float]:
    """ms of processor time that a run of the page takes, choice after choice, in one session.

    The time of the thread that runs the script: not the browser's, not the server's, and not that
    of the collection of garbage after the run.
    """
    times = []
    run = frame.run

    def timed() -> None:
        began = thread_time()
        try:
            run()
        finally:
            times.append(1000 * (thread_time() - began))

    with patch.object(frame, "run", timed):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
        app.switch_page(f"pages/{page}.py").run()
        times.clear()
        for districts in chosen[1:]:
            app.query_params[chosen_by(page)] = districts
            app.run()
    return times


def compare(page: str, store: str, changes: int, firsts: int) -> list[str]:
    """The table's rows for one page."""
    chosen = choices(page, changes)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        outlines = {
            " ".join(names): outline_of(page, **{chosen_by(page): names}) for names in chosen
        }
        json.dump(outlines, file)
        file.flush()
        with (
            serving(LEAPDASH_STORE=store) as own,
            serving("benchmarks/floor_app.py", FLOOR_OUTLINES=file.name) as floor,
            chromium() as browser,
        ):
            own_page = own if page == "start" else f"{own}/{page}"
            first_time(browser, own_page), first_time(browser, floor)
            pairs = [
                (first_time(browser, own_page), first_time(browser, floor)) for _ in range(firsts)
            ]
            rows = [_row(page, "first page", [p[0] for p in pairs], [p[1] for p in pairs])]
            if page not in WITHOUT_FILTERS:
                ours = changed(browser, own_page, changes)
                theirs = changed(browser, floor, changes)
                rows.append(_row(page, "filter change", ours, theirs))
                runs = run_times(page, chosen)
                rows.append(f"{page:<14}{'run':<16}{len(runs):>4}{median(runs):>10.0f}")
    return rows


def _row(page: str, what: str, ours: list[float], floor: list[float]) -> str:
    a, b = median(ours), median(floor)
    return f"{page:<14}{what:<16}{len(ours):>4}{a:>10.0f}{b:>10.0f}{a / b:>8.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default="data/demo")
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--firsts", type=int, default=5)
    parser.add_argument("--page", choices=PAGES, action="append")
    asked = parser.parse_args()
    os.environ["LEAPDASH_STORE"] = str(Path(asked.store).resolve())
    print(f"{'page':<14}{'what':<16}{'n':>4}{'ours, ms':>10}{'floor, ms':>10}{'ratio':>8}")
    for page in asked.page or PAGES:
        for row in compare(page, os.environ["LEAPDASH_STORE"], asked.changes, asked.firsts):
            print(row, flush=True)


if __name__ == "__main__":
    main()
