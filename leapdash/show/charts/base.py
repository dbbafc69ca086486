"""What every figure shares: its ground, how it is put together, and the mark of its data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from leapdash.release import Manifest
from leapdash.show.charts.palette import Palette
from leapdash.show.language import _

FONT = '"Source Sans", "Source Sans Pro", system-ui, sans-serif'
HEADING_HEIGHT = 70
"""Pixels above a figure for its heading: the page cuts them off (style.css), a picture has them."""
PICTURE_WIDTH = 1000
"""Pixels across a picture, however wide the page is."""
_CHOICE_LINE = 125
_SMALL = '<span style="font-size:13px">{}</span>'
# Plotly reads some HTML in every text, links too. Of it we write line breaks, bold, size, colour.
_FOREIGN = re.compile(r"<(?!br>|/?b>|/?extra>|/span>|span style=\"[a-z0-9:;#-]*\">)")
_CHARACTER_WIDTH = 6.7
_ROOM_FOR_TEXT = 44.0


@dataclass(frozen=True)
class Stamp:
    """What stands inside every figure, so that an exported picture still says what its data are."""

    synthetic: bool
    release_id: str

    @classmethod
    def of(cls, manifest: Manifest) -> "Stamp":
        """The mark of a release's figures."""
        return cls(manifest.synthetic, manifest.release_id)

    @property
    def words(self) -> str:
        """For example: Simulated data · release 2026-11-24T060000."""
        if self.synthetic:
            return _("Simulated data · release {release}", release=self.release_id)
        return _("release {release}", release=self.release_id)


@dataclass(frozen=True)
class Heading:
    """What a picture is of once it has left its page: the figure's title, the choice in words."""

    title: str
    choice: str


@dataclass(frozen=True)
class Look:
    """How figures are drawn for a reader: the colours of the theme, the mark of the data, and the
    heading, where the figure may leave its page.

    `roomy`: always drawn as wide as a sheet of paper, where a row's name takes one line.
    """

    palette: Palette
    stamp: Stamp
    heading: Heading | None = None
    roomy: bool = False


class Drawing:
    """Collects a figure as plain dictionaries, which Plotly checks once, at the end.

    Plotly checks every property each time it is given one; adding piece by piece to a `go.Figure`
    takes five times as long.
    """

    def __init__(
        self,
        look: Look,
        height: int,
        right: int,
        left: int = 44,
        top: int = 34,
        bottom: int = 62,
    ) -> None:
        self.palette = look.palette
        self.stamp = look.stamp
        self.heading = look.heading
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
        """Write a line of text above the plot, flush with the left edge; row 0 is the lowest."""
        where = {"y": 1, "yanchor": "bottom", "yshift": 8 + 18 * row}
        self._write_at_edge(name, text, {"size": 13, "color": color}, where)

    def _write_at_edge(
        self, name: str, text: str, font: Mapping[str, Any], where: Mapping[str, Any]
    ) -> None:
        """Write a text flush with the figure's left edge.

        Flush left because an exported picture is set in another font: a wider one must find room.
        """
        self.write(
            name,
            text,
            x=0,
            xref="paper",
            yref="paper",
            xanchor="left",
            xshift=2 - self.margin["l"],
            align="left",
            font=font,
            **where,
        )

    def upright(self, x: float, dash: str, color: str, width: float = 1.5) -> None:
        """Draw a line from bottom to top at x."""
        line = {"dash": dash, "color": color, "width": width}
        self.shapes.append(
            {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}
        )

    def finish(self) -> go.Figure:
        """The figure, with the stamp below the x axis and the heading, if any, on top."""
        palette, stamp = self.palette, self.stamp
        if self.heading is not None:
            self._write_heading(self.heading)
        color = palette.naive if stamp.synthetic else palette.muted
        below = {"y": 0, "yanchor": "bottom", "yshift": -self.margin["b"]}
        self._write_at_edge("stamp", stamp.words, {"size": 12, "color": color}, below)
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
        return go.Figure(_plain({"data": self.traces, "layout": layout | self.layout}))

    def _write_heading(self, heading: Heading) -> None:
        """Write title and choice above all else, on ground of their own."""
        palette, top = self.palette, self.margin["t"]
        self.height += HEADING_HEIGHT
        self.margin = self.margin | {"t": top + HEADING_HEIGHT}
        lines = wrap(heading.choice, _CHOICE_LINE, max_lines=2, placeholder=" …")
        text = "<br>".join([f"<b>{heading.title}</b>", *(_SMALL.format(line) for line in lines)])
        on_top = {"y": 1, "yanchor": "top", "yshift": top + HEADING_HEIGHT - 4}
        self._write_at_edge("heading", text, {"size": 17, "color": palette.text}, on_top)


def _plain(part: Any) -> Any:
    """A part of a figure in which nothing is markup but ours: no name can bring a link with it."""
    if isinstance(part, str):
        return _FOREIGN.sub("&lt;", part) if "<" in part else part
    if isinstance(part, dict):
        return {key: _plain(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_plain(value) for value in part]
    return part


def room_between(drawing: Drawing, difference: float) -> bool:
    """Whether two lines of text fit between values so far apart. Needs the y axis to be set."""
    low, high = drawing.layout["yaxis"]["range"]
    pixels = (drawing.height - drawing.margin["t"] - drawing.margin["b"]) / (high - low)
    return bool(abs(difference) * pixels >= _ROOM_FOR_TEXT)


def text_width(text: str) -> float:
    """About how many pixels a text takes at the figures' font size."""
    return len(text) * _CHARACTER_WIDTH
