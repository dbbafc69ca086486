"""What is written on a chart finds room on a telephone, in every language."""

import re
from collections.abc import Iterator
from math import floor

import pytest

from leapdash.show.answers import (
    before_after,
    compare,
    district,
    groups,
    impact,
    school,
    trends,
    visits,
)
from leapdash.show.answers.model import Figure
from leapdash.show.charts.base import Look, text_width
from leapdash.show.charts.palette import LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import LANGUAGES, speaking
from leapdash.show.opened import OpenedRelease
from tests.lib.small_release import HARTFORD

WIDTH = 358
"""Pixels across a chart in a window of 390."""
_SIZE, _TICKS, _APART = 13, 12, 8
"""Pixels: a chart's text where it doesn't say, its ticks, and what stands between two of them."""
_ROOMY = 1.12
"""How much wider than usual `text_width` takes a character to be."""
_MARKS = re.compile(r"<[^>]*>|&\w+;")

PAGES = {
    "impact": impact.answer,
    "before_after": before_after.answer,
    "district": district.answer,
    "school": school.answer,
    "groups": groups.answer,
    "visits": visits.answer,
    "compare": compare.answer,
    "trends": trends.answer,
}


def asked(page: str, demo: OpenedRelease) -> Choice:
    match page:
        case "district":
            return Choice(demo, district=HARTFORD)
        case "school":
            return Choice(demo, school=next(iter(demo.known.schools)))
        case "compare":
            return Choice(demo, a=Filters((HARTFORD,)), b=Filters(("leap",)))
    return Choice(demo)


def width(text: str, size: float = _SIZE) -> float:
    lines = _MARKS.sub("", text.replace("<br>", "\n")).split("\n")
    return max(text_width(line) for line in lines) / _ROOMY * size / _SIZE


def too_wide(figure: Figure, look: Look) -> Iterator[tuple[str, str, int]]:
    """What of a chart doesn't find room: where, the text and how wide it is."""
    layout = figure.chart(look).layout.to_plotly_json()
    left, right = layout["margin"]["l"], layout["margin"]["r"]
    plot = WIDTH - left - right
    for note in layout["annotations"]:
        if note.get("xref") == "paper" and note["x"] == 0 and note.get("xanchor") == "left":
            size = note.get("font", {}).get("size", _SIZE)
            needed = left + note.get("xshift", 0) + width(note["text"], size)
            if needed > WIDTH:
                yield note["name"], note["text"], round(needed)
    axis = layout.get("xaxis", {})
    title = (axis.get("title") or {}).get("text") or ""
    if width(title) > (room := plot + 2 * min(left, right)):
        yield f"title of the axis, room {room}", title, round(width(title))
    if axis.get("tickformat") == ".0%" and "dtick" in axis:
        low, high = axis["range"]
        ticks = 1 + floor((high - low) / axis["dtick"])
        if (needed := ticks * (width("100%", _TICKS) + _APART)) > plot:
            yield f"{ticks} ticks, room {plot}", "100%", round(needed)


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@pytest.mark.parametrize("page", PAGES)
def test_what_is_written_on_a_chart_fits_on_a_telephone(page, code, demo):
    with speaking(code):
        answer = PAGES[page](asked(page, demo))
        parts = [*answer.figures, *(p for section in answer.sections for p in section.make())]
        figures = [part for part in parts if isinstance(part, Figure)]
        assert figures
        found = {
            (figure.name, *fault)
            for figure in figures
            for fault in too_wide(figure, Look(LIGHT, answer.stamp))
        }
    assert found == set()
