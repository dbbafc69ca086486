"""Small multiples: a tile for every series, all on the same axes, two side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap
from typing import Any

from leapdash.show.charts.base import Drawing, Look

_COLUMNS, _GUTTER = 2, 0.09
_LINE, _PLOT, _BELOW = 17, 96, 34
_NAME_WIDTH, _NAME_LINES = 22, 2
_SMALL = '<span style="font-size:12px;color:{}">{}</span>'
_LEFT, _RIGHT, _TOP, _KEY, _BOTTOM = 44, 12, 18, 18, 30


@dataclass(frozen=True)
class Head:
    """What stands above a tile: the name of its series, and a line in small print."""

    name: str
    small: str


@dataclass(frozen=True)
class Tile:
    """Where a tile's traces and shapes go: `axes` for a trace, `number` in the axes' names."""

    number: int

    @property
    def axes(self) -> Mapping[str, str]:
        """The axes of a trace within the tile."""
        return {"xaxis": f"x{self._suffix}", "yaxis": f"y{self._suffix}"}

    @property
    def _suffix(self) -> str:
        return str(self.number) if self.number > 1 else ""


def tiles(
    look: Look,
    heads: Sequence[Head],
    xaxis: Mapping[str, Any],
    yaxis: Mapping[str, Any],
    keys: int = 1,
) -> tuple[Drawing, list[Tile]]:
    """A drawing with a tile for every head, row by row, all with the same axes.

    `keys`: how many lines will be written above all tiles. Names take the same number of lines
    in all, so that tiles are of one height.
    """
    wrapped = [
        wrap(head.name, _NAME_WIDTH, max_lines=_NAME_LINES, placeholder="…") for head in heads
    ]
    lines = 1 + max(len(name) for name in wrapped)
    above = _LINE * lines
    row = above + _PLOT + _BELOW
    rows = ceil(len(heads) / _COLUMNS)
    height, top = rows * row, _TOP + _KEY * keys
    drawing = Drawing(look, height + top + _BOTTOM, _RIGHT, _LEFT, top, _BOTTOM)
    drawing.layout["hovermode"] = "closest"
    width = (1 - _GUTTER * (_COLUMNS - 1)) / _COLUMNS
    made = []
    for place, (head, name) in enumerate(zip(heads, wrapped, strict=True)):
        down, across = divmod(place, _COLUMNS)
        left, upper = across * (width + _GUTTER), 1 - (down * row + above) / height
        tile = Tile(place + 1)
        x, y = tile.axes["xaxis"], tile.axes["yaxis"]
        drawing.layout[x.replace("x", "xaxis")] = {
            **xaxis,
            "domain": [left, left + width],
            "anchor": y,
        }
        drawing.layout[y.replace("y", "yaxis")] = {
            **yaxis,
            "domain": [upper - _PLOT / height, upper],
            "anchor": x,
            "showticklabels": across == 0,
        }
        small = _SMALL.format(look.palette.muted, head.small)
        drawing.write(
            "tile",
            "<br>".join([*name, small]),
            x=left,
            y=upper,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            yshift=-2,
            align="left",
            font={"size": 13, "color": look.palette.text},
        )
        made.append(tile)
    return drawing, made
