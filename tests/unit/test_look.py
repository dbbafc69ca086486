"""Theme, style and paper have the palette's colours, and small print can be read."""

import re
import tomllib
from dataclasses import replace
from datetime import date

import pytest

from leapdash.release import open_release
from leapdash.show.briefing.sheet import sheet
from leapdash.show.charts.palette import DARK, LIGHT, Palette
from leapdash.show.dashboard import paper
from tests.lib.paths import DEMO, ROOT
from tests.unit.test_charts import contrast

THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
STYLE = (ROOT / "leapdash" / "show" / "dashboard" / "style.css").read_text("utf-8")
SMALL_PRINT = 0.6  # how much of the text's colour Streamlit gives to captions


def mixed(color: str, ground: str, share: float) -> str:
    parts = zip(bytes.fromhex(color[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + bytes(round(share * one + (1 - share) * other) for one, other in parts).hex()


@pytest.mark.parametrize(("name", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_theme_has_the_palette_s_colours_and_its_small_print_is_read(
    name: str, palette: Palette
) -> None:
    theme = THEME[name]
    assert (theme["textColor"], theme["backgroundColor"]) == (palette.text, palette.ground)
    assert theme["primaryColor"] == palette.visited
    small = mixed(palette.text, palette.ground, SMALL_PRINT)
    for ground in (palette.ground, theme["secondaryBackgroundColor"]):
        assert contrast(small, ground) >= 4.5
    for color in (palette.ground, palette.visited, palette.muted):
        assert color in STYLE


def test_the_foot_of_a_sheet_says_the_source_and_can_t_leave_its_string() -> None:
    hostile = replace(
        open_release(DEMO).manifest, release_id='"; } </style> \\', through=date(2023, 6, 1)
    )
    assert "data through June 2023" in paper.footer(hostile)
    quoted = re.search(r"content: (.*?); \}", sheet(paper.footer(hostile))).group(1)
    assert not set('"<;}') & set(quoted[1:-1])


def test_every_colour_of_a_dark_chart_is_printed_as_its_light_one() -> None:
    rules = paper.light_charts()
    assert 'stroke: rgb(156, 198, 247)"] { stroke: #0b3f7f !important; }' in rules
    assert rules.count("!important") == 2 * (8 + 6)
