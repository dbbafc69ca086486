"""Districts at their places, moved apart so that none hides another: a map without a map's ground.

All is laid out in pixels at the width of a telephone; on a wider page circles stay as large and
stand farther apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from textwrap import wrap
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.base import Drawing, Look, text_width
from leapdash.show.charts.palette import Palette
from leapdash.show.language import _
from leapdash.show.words import places as words

Floats = npt.NDArray[np.float64]

_WIDTH, _HEIGHT = 330.0, 250.0
_LEAST, _MOST = 18.5, 31.0
_APART = 4.0
_NAMED, _NAME_WIDTH, _NAME_LINE = 6, 14, 15.0
_FULL = 0.5
"""Circles and names together take at most this share of the ground."""
_STEPS = 3000
_PALEST = 0.15
_UPWARD = (1.0, 1.5, 2.5, 4.0, 8.0)
"""How much rather circles are moved up and down than sideways, in turn, until all fits the width,
with all put somewhat nearer to each other each time.
"""
_WIDER = 1.2
"""How much higher the map is than on a telephone, where the page leaves room for it."""


@dataclass(frozen=True)
class Placed:
    """Where circles stand: `x`, `y` of their centres, `radius`, all in pixels; `names` in lines,
    empty for those without one.
    """

    x: Floats
    y: Floats
    radius: Floats
    names: tuple[tuple[str, ...], ...]


def district_map(
    table: pd.DataFrame, size: str, shade: str, headline: str, look: Look
) -> go.Figure:
    """A circle for each district with its number in it; the largest are named.

    Takes the table of `districts_on_map`. `size`, `shade`: columns of it. Shaded by an effect,
    circles are open where it can't be told from none.
    """
    placed = place(table, size)
    left, right, low, high = extent(placed)
    height = int(_WIDER * (high - low))
    drawing = Drawing(look, height + 102, right=8, left=8, top=52, bottom=50)
    palette = drawing.palette
    drawing.write_above("size", _(words.SIZES[size]), palette.muted, row=1)
    drawing.write_above("shade", words.key_of(shade, headline), palette.muted)
    rows = table.to_dict("records")
    colors = [_fill(row, table, shade, palette) for row in rows]
    drawing.add(
        "scatter",
        name="districts",
        x=placed.x.round(1).tolist(),
        y=placed.y.round(1).tolist(),
        mode="markers+text",
        marker={
            "size": (2 * placed.radius).round(1).tolist(),
            "color": colors,
            "opacity": 1,
            "line": {
                "width": 1.5,
                "color": [
                    palette.compared if pd.isna(row[shade]) else palette.visited for row in rows
                ],
            },
        },
        text=[
            words.value(row, shade) if radius >= _LEAST - 0.5 else ""
            for row, radius in zip(rows, placed.radius, strict=True)
        ],
        textfont={"size": 12, "color": [_readable(color) for color in colors]},
        customdata=["<br>".join([f"<b>{row['series']}</b>", *words.hover(row)]) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    for x, y, radius, name in zip(placed.x, placed.y, placed.radius, placed.names, strict=True):
        if name:
            drawing.write(
                "name",
                "<br>".join(name),
                x=round(float(x), 1),
                y=round(float(y), 1),
                yanchor="top",
                yshift=-radius,
                font={"size": 12, "color": palette.text},
            )
    hidden: dict[str, Any] = {"visible": False, "fixedrange": True, "constrain": "domain"}
    drawing.layout.update(
        hovermode="closest",
        xaxis=hidden | {"range": [left, right]},
        yaxis=hidden
        | {"range": [low, high], "scaleanchor": "x", "scaleratio": 1, "constraintoward": "top"},
    )
    return drawing.finish()


def place(table: pd.DataFrame, size: str) -> Placed:
    """Circles at the districts' coordinates, their area by `size`, moved apart."""
    values = table[size].fillna(0).to_numpy(np.float64)
    shares = np.sqrt(values / max(float(values.max(initial=0.0)), 1.0))
    radius = np.maximum(_LEAST, _MOST * shares)
    named = set(np.argsort(-values, kind="stable")[:_NAMED].tolist())
    names = tuple(
        tuple(wrap(str(name), _NAME_WIDTH, max_lines=2, placeholder="…")) if i in named else ()
        for i, name in enumerate(table["series"])
    )
    taken = float((4 * radius**2).sum())
    radius = radius * min(1.0, sqrt(_FULL * _WIDTH * _HEIGHT / max(taken, 1.0)))
    latitude = table["latitude"].to_numpy(np.float64)
    east = table["longitude"].to_numpy(np.float64) * np.cos(np.radians(latitude.mean()))
    room = _WIDTH - 2 * _MOST, _HEIGHT - 2 * _MOST
    spans = np.ptp(east), np.ptp(latitude)
    scale = min((r / s for r, s in zip(room, spans, strict=True) if s > 0), default=1.0)
    at = scale * np.stack([east - east.min(), latitude - latitude.min()], axis=1)
    boxes = _boxes(radius, names)
    for turn, upward in enumerate(_UPWARD):
        placed = Placed(*_apart(0.9**turn * at, boxes, upward), radius, names)
        left, right, *_rest = extent(placed)
        if right - left <= _WIDTH + _APART:
            break
    return placed


def extent(placed: Placed) -> tuple[float, float, float, float]:
    """Left, right, low and high end of all circles with their names."""
    boxes = _boxes(placed.radius, placed.names)
    return (
        float((placed.x - boxes[:, 0]).min()),
        float((placed.x + boxes[:, 0]).max()),
        float((placed.y - boxes[:, 1]).min()),
        float((placed.y + boxes[:, 2]).max()),
    )


def _boxes(radius: Floats, names: Sequence[Sequence[str]]) -> Floats:
    """How far what belongs to a circle reaches from its centre: to each side, down, and up."""
    widths = [max((text_width(line) for line in name), default=0.0) / 2 for name in names]
    below = [_NAME_LINE * len(name) for name in names]
    sides = np.maximum(radius, widths)
    half = _APART / 2
    return np.stack([sides + half, radius + below + half, radius + half], axis=1)


def _apart(at: Floats, boxes: Floats, upward: float) -> tuple[Floats, Floats]:
    """The places as near to those given as step by step pushing finds, no two boxes on each other:
    every two that overlap are pushed apart the shorter way, a way sideways taken as so many times
    as long.
    """
    at = at.copy()
    for _step in range(_STEPS):
        moved = False
        for i in range(len(at) - 1):
            for j in range(i + 1, len(at)):
                across = boxes[i, 0] + boxes[j, 0] - abs(at[i, 0] - at[j, 0])
                i_above = at[i, 1] >= at[j, 1]
                upper, lower = (i, j) if i_above else (j, i)
                along = boxes[upper, 1] + boxes[lower, 2] - (at[upper, 1] - at[lower, 1])
                if min(across, along) <= 1e-6:
                    continue
                moved = True
                if upward * across <= along:
                    push = across / 2 if at[i, 0] >= at[j, 0] else -across / 2
                    at[i, 0] += push
                    at[j, 0] -= push
                else:
                    at[upper, 1] += along / 2
                    at[lower, 1] -= along / 2
        if not moved:
            break
    return at[:, 0], at[:, 1]


def _fill(row: Mapping[Any, Any], table: pd.DataFrame, shade: str, palette: Palette) -> str:
    """The colour of a circle, from the palest for the lowest to that of the visited for the
    highest; none where there is no number, or it can't be told from no effect.
    """
    number = row[shade]
    unsure = shade == "effect" and not pd.isna(number) and row["low"] <= 0 <= row["high"]
    if pd.isna(number) or unsure:
        return palette.ground
    lowest, highest = float(table[shade].min()), float(table[shade].max())
    part = (float(number) - lowest) / (highest - lowest) if highest > lowest else 1.0
    return _mixed(palette.ground, palette.visited, _PALEST + (1 - _PALEST) * part)


def _mixed(one: str, other: str, part: float) -> str:
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + part * (b - a)):02x}" for a, b in pairs)


def _readable(color: str) -> str:
    """Black or white, whichever stands out more on a fill: 4.6 to 1 or better on any."""
    return max(("#000000", "#ffffff"), key=lambda own: contrast(own, color))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [value / 255 for value in bytes.fromhex(color[1:])]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
