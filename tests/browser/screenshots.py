"""Every page, wide and narrow: `python -m tests.browser.screenshots [FOLDER]`."""

import sys
from pathlib import Path

from tests.lib.browser import chromium, serving, visit
from tests.lib.paths import ROOT

PAGES = ("impact", "district", "trends", "before_after", "about")
WIDTHS = {1280: 900, 390: 844}


def take(folder: Path, **environment: str) -> None:
    """Write PAGE-WIDTH.png for each page and width into the folder, whole pages."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving(**environment) as address, chromium() as browser:
        for width, height in WIDTHS.items():
            for page in PAGES:
                context = browser.new_context(viewport={"width": width, "height": height})
                shown = context.new_page()
                page_address = address if page == PAGES[0] else f"{address}/{page}"
                visit(shown, page_address)
                content = shown.locator('[data-testid="stMainBlockContainer"]').bounding_box()
                whole = int(content["height"] + 80) if content else height
                shown.set_viewport_size({"width": width, "height": max(whole, height)})
                visit(shown, page_address)
                shown.screenshot(path=folder / f"{page.replace('_', '-')}-{width}.png")
                context.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
