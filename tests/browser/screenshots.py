"""Every page, wide and narrow: `python -m tests.browser.screenshots [FOLDER]`; and for a folder of
one's own, in the dark theme and every language too.
"""

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Literal

from PIL import Image

from leapdash.show.answers.pages import PAGES
from leapdash.show.language import DEFAULT, LANGUAGES
from tests.lib.browser import chromium, serving, visit
from tests.lib.paths import ROOT

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = {1280: 900, 390: 844}


def take(
    folder: Path,
    themes: Sequence[Theme] = THEMES[:1],
    languages: Sequence[str] = (DEFAULT,),
    **environment: str,
) -> None:
    """Write PAGE-WIDTH.png for each page and width into the folder, whole pages; those of the dark
    theme and of another language say so: PAGE-WIDTH-dark-es.png.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with serving(**environment) as address, chromium() as browser:
        for code, theme, (width, height), page in product(languages, themes, WIDTHS.items(), PAGES):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme
            )
            shown = context.new_page()
            place = "" if page == "start" else page
            page_address = f"{address}/{place}?lang={code}"
            visit(shown, page_address)
            content = shown.locator('[data-testid="stMainBlockContainer"]').bounding_box()
            whole = int(content["height"] + 80) if content else height
            shown.set_viewport_size({"width": width, "height": max(whole, height)})
            visit(shown, page_address)
            ending = ("-dark" if theme == "dark" else "") + ("" if code == DEFAULT else f"-{code}")
            file = folder / f"{page.replace('_', '-')}-{width}{ending}.png"
            shown.screenshot(path=file)
            # Of 256 colours it takes a third of the room, and looks the same.
            Image.open(file).convert("RGB").quantize(256).save(file, optimize=True)
            context.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(Path(sys.argv[1]), THEMES, tuple(LANGUAGES))
    else:
        take(ROOT / "docs" / "screenshots")
