"""What every figure shares: ground, axes, labels at the ends of lines, and the mark of its data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean
from textwrap import wrap
from typing import Any, Literal

import plotly.graph_objects as go

from leapdash.show.charts.palette import Palette

FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
MONTHS_SINCE = "School months since the month of the first visit"
_LABEL_SIZE = 13
_LABEL_HEIGHT = 15.0
_CHARACTER_WIDTH = 6.7
_LONGEST_LABEL_LINE = 15
_MOST_LINES = 3
_ROOM_FOR_TEXT = 44.0
_LEAST_SPAN = 0.04
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class Stamp:
    """What stands inside every figure, so that an exported picture still says what its data are."""

    synthetic: bool
    release_id: str

    @property
    def words(self) -> str:
        """For example: Simulated data · release 2026-11-24T060000."""
        kind = "Simulated data · " if self.synthetic else ""
        return f"{kind}release {self.release_id}"


@dataclass(frozen=True)
class EndLabel:
    """A line's name, to stand beside its last point."""

    x: Any
    y: float
    text: str
    color: str


class Drawing:
    """A figure in the making: plain dictionaries, checked by Plotly once, at the end.

    Plotly checks every property each time it is given one; adding piece by piece to a `go.Figure`
    takes five times as long.
    """

    def __init__(
        self,
        palette: Palette,
        height: int,
        right: int,
        left: int = 44,
        top: int = 34,
        bottom: int = 62,
    ) -> None:
        self.palette = palette
        self.traces: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.height = height
        self.margin = {"l": left, "r": right, "t": top, "b": bottom}
        self.layout: dict[str, Any] = {"hovermode": "x unified"}

    def add(self, kind: str, **trace: Any) -> None:
        """Draw a trace of that kind (scatter, bar)."""
        self.traces.append({"type": kind, **trace})

    def write(self, name: str, text: str, **where: Any) -> None:
        """Write a text without an arrow."""
        self.annotations.append({"name": name, "text": text, "showarrow": False, **where})

    def write_above(self, name: str, text: str, color: str, row: int = 0) -> None:
        """A line of text above the plot, flush with the figure's left edge; row 0 is the lowest."""
        self.write(
            name,
            text,
            x=0,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            xshift=2 - self.margin["l"],
            yshift=8 + 18 * row,
            align="left",
            font={"size": 13, "color": color},
        )

    def upright(self, x: float, dash: str, color: str, width: float = 1.5) -> None:
        """A line from bottom to top at x."""
        line = {"dash": dash, "color": color, "width": width}
        self.shapes.append(
            {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}
        )

    def finish(self, stamp: Stamp) -> go.Figure:
        """The figure, with the stamp below the x axis, flush left.

        Flush left because an exported picture is set in another font: a wider one must find room.
        """
        palette = self.palette
        self.write(
            "stamp",
            stamp.words,
            x=0,
            y=0,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            xshift=2 - self.margin["l"],
            yshift=-self.margin["b"],
            font={"size": 11, "color": palette.naive if stamp.synthetic else palette.muted},
        )
        layout = {
            "template": go.layout.Template(),
            "height": self.height,
            "margin": self.margin,
            "paper_bgcolor": palette.ground,
            "plot_bgcolor": palette.ground,
            "font": {"family": FONT, "size": 13, "color": palette.muted},
            "showlegend": False,
            "dragmode": False,
            "hoverlabel": {
                "bgcolor": palette.ground,
                "bordercolor": palette.grid,
                "font": {"family": FONT, "size": 13, "color": palette.text},
            },
            "annotations": self.annotations,
            "shapes": self.shapes,
        }
        return go.Figure({"data": self.traces, "layout": layout | self.layout})


def percent_axis(values: Sequence[float], palette: Palette, ticks: int = 8) -> dict[str, Any]:
    """An axis of whole per cents with some air around the values, never beyond 0 and 100%."""
    low, high = (min(values), max(values)) if len(values) else (0.0, 1.0)
    if high - low < _LEAST_SPAN:
        low = min(max(0.0, (low + high - _LEAST_SPAN) / 2), 1 - _LEAST_SPAN)
        high = low + _LEAST_SPAN
    step = next((s for s in _STEPS if (high - low) / s <= ticks), _STEPS[-1])
    low = max(0.0, math.floor((low - 0.15 * step) / step) * step)
    high = min(1.0, math.ceil((high + 0.15 * step) / step) * step)
    return {
        "range": [low - 0.02 * (high - low), high + 0.02 * (high - low)],
        "dtick": step,
        "tick0": 0,
        "tickformat": ".0%",
        "gridcolor": palette.grid,
        "zeroline": False,
        "ticks": "",
        "fixedrange": True,
    }


def plain_axis(palette: Palette, title: str = "") -> dict[str, Any]:
    """A horizontal axis with a hairline and no grid."""
    return {
        "title": axis_title(title),
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": palette.grid,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": palette.grid,
        "fixedrange": True,
    }


def event_axis(palette: Palette) -> dict[str, Any]:
    """The axis of school months since the first visit, six before to twelve after."""
    times = (-6, -3, 0, 3, 6, 9, 12)
    axis = plain_axis(palette, MONTHS_SINCE)
    return axis | {
        "range": [-6.5, 12.5],
        "tickvals": list(times),
        "ticktext": [signed_month(e) for e in times],
    }


def mark_visit(drawing: Drawing, at: Literal["top", "bottom"] = "top") -> None:
    """The first visit as a dotted rule with its word, at that end of the rule."""
    muted = drawing.palette.muted
    drawing.upright(0, "dot", muted, width=1)
    drawing.write(
        name="first visit",
        text="first visit",
        x=0,
        y=float(at == "top"),
        yref="paper",
        xanchor="left",
        yanchor=at,
        xshift=4,
        font={"color": muted},
    )


def signed_month(number: int) -> str:
    """A month since the visit with its sign: −6, 0, +3."""
    return f"−{-number}" if number < 0 else f"+{number}" if number else "0"


def room_between(drawing: Drawing, difference: float) -> bool:
    """Whether two lines of text fit between values so far apart. Needs the y axis to be set."""
    low, high = drawing.layout["yaxis"]["range"]
    pixels = (drawing.height - drawing.margin["t"] - drawing.margin["b"]) / (high - low)
    return bool(abs(difference) * pixels >= _ROOM_FOR_TEXT)


def axis_title(text: str) -> dict[str, Any]:
    """An axis title in the size of the ticks."""
    return {"text": text, "standoff": 8, "font": {"size": 13}}


def text_width(text: str) -> float:
    """About how many pixels a text takes at the figures' font size."""
    return len(text) * _CHARACTER_WIDTH


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
    """Positions near those wanted, in the same order, whose boxes don't overlap.

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
