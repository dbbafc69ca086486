"""Names at the ends of lines, moved apart where they would overlap."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean
from textwrap import wrap
from typing import Any

from leapdash.show.charts.base import Drawing, text_width

_LABEL_SIZE = 13
_LABEL_HEIGHT = 15.0
_LONGEST_LABEL_LINE = 15
_MOST_LINES = 3


@dataclass(frozen=True)
class EndLabel:
    """A line's name, to stand beside its last point."""

    x: Any
    y: float
    text: str
    color: str


def label_margin(labels: Sequence[str]) -> int:
    """Pixels the labels at the lines' ends need on the right."""
    lines = [line for label in labels for line in _lines(label)]
    return int(max((text_width(line) for line in lines), default=0)) + 14


def label_height(text: str) -> float:
    """Pixels a label at a line's end takes, upwards."""
    return _LABEL_HEIGHT * len(_lines(text)) + 2


def label_ends(drawing: Drawing, labels: Sequence[EndLabel]) -> None:
    """Write each line's name beside its last point, moved apart where they would overlap.

    Needs the drawing's y axis to be set.
    """
    if not labels:
        return
    low, high = drawing.layout["yaxis"]["range"]
    room = drawing.height - drawing.margin["t"] - drawing.margin["b"]
    wanted = [(label.y - low) / (high - low) * room for label in labels]
    heights = [label_height(label.text) for label in labels]
    placed = spread(wanted, heights, room)
    # One trace for all: written one by one they would take longer than the lines.
    drawing.add(
        "scatter",
        name="names",
        x=[max(label.x for label in labels)] * len(labels),
        y=[round(low + at * (high - low) / room, 5) for at in placed],
        # Unseen marks, to hold the names off the points.
        mode="markers+text",
        marker={"size": 10, "opacity": 0},
        text=["<br>".join(_lines(label.text)) for label in labels],
        textposition="middle right",
        textfont={"size": _LABEL_SIZE, "color": [label.color for label in labels]},
        cliponaxis=False,
        hoverinfo="skip",
    )


def spread(wanted: Sequence[float], heights: Sequence[float], room: float) -> list[float]:
    """Positions as near to those wanted as boxes that don't overlap allow, in the same order.

    The nearest in least squares: counted without the boxes below it, each position must be no
    lower than the one before, which pooling neighbours that violate it (isotonic regression)
    gives. Where everything fits, all stay within 0 and `room`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    below = dict(zip(order, accumulate((heights[i] for i in order), initial=0.0), strict=False))
    pools: list[list[float]] = []
    for i in order:
        pools.append([wanted[i] - heights[i] / 2 - below[i]])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    highest = max(room - sum(heights), 0.0)
    levels = [min(max(fmean(pool), 0.0), highest) for pool in pools for _ in pool]
    placed = {i: level + below[i] + heights[i] / 2 for i, level in zip(order, levels, strict=True)}
    return [placed[i] for i in range(len(wanted))]


def _lines(label: str) -> list[str]:
    lines = wrap(label, _LONGEST_LABEL_LINE, break_long_words=False) or [""]
    if len(lines) > _MOST_LINES:
        return [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1].rstrip(",") + "…"]
    return lines
