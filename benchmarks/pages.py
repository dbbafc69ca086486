"""How long a filter change and a first page take, beside the same page with constant contents.

`python -m benchmarks.pages [--store STORE] [--changes N]` runs the dashboard and, for each page, a
floor app (outline.py) in the same Chromium, in turn, and prints medians and ratios. A change adds
one district to the filter, a different one each time, so that nothing was computed before; it ends
when the script has run and the page no longer changes. The floor gets the very same clicks. A
first page is a new browser with an empty cache.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.outline import outline_of
from tests.lib.browser import chromium, serving, settle, visit, watch

PAGES = ("impact", "district", "trends", "before_after", "about")


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
        option = page.get_by_role("option").nth(2 + stays * number)
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


def compare(page: str, store: str, changes: int, firsts: int) -> list[str]:
    """The table's rows for one page."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(outline_of(page), file)
        file.flush()
        with (
            serving(LEAPDASH_STORE=store) as own,
            serving("benchmarks/floor_app.py", FLOOR_OUTLINE=file.name) as floor,
            chromium() as browser,
        ):
            own_page = own if page == "impact" else f"{own}/{page}"
            first_time(browser, own_page), first_time(browser, floor)
            pairs = [
                (first_time(browser, own_page), first_time(browser, floor)) for _ in range(firsts)
            ]
            rows = [_row(page, "first page", [p[0] for p in pairs], [p[1] for p in pairs])]
            if page != "about":
                ours = changed(browser, own_page, changes)
                theirs = changed(browser, floor, changes)
                rows.append(_row(page, "filter change", ours, theirs))
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
