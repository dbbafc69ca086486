"""Effects row by row: a forest plot, with a line for the whole and a mark where too few stand."""

from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.charts.base import Drawing, Stamp, axis_title, plain_axis, text_width
from leapdash.charts.palette import Palette
from leapdash.formats import count, points
from leapdash.inference import Interval
from leapdash.views import THE_WHOLE

TOO_FEW, NOBODY_VISITED = "too few to tell", "nobody visited"
_LINE, _SMALL_LINE, _GAP, _SECTION = 16, 14, 7, 28
_NAME_WIDTH = 20
_STEPS = (1, 2, 5, 10, 20, 50, 100)
_NARROWEST = 4.0


@dataclass(frozen=True)
class WholeLine:
    """The upright line the rows are read against: what it stands for, and its effect."""

    name: str
    effect: Interval


@dataclass(frozen=True)
class _Place:
    """Where a row stands, in pixels from the top of the plot, and what is written beside it."""

    at: float
    name: str


def forest(
    table: pd.DataFrame, whole: WholeLine | None, axis: str, palette: Palette, stamp: Stamp
) -> go.Figure:
    """A row for every effect with its interval, in the order of the table, section by section.

    Takes a table of rows of `views.impact`. Under each name stands how many visited students were
    followed, of all visited; on the right the effect in points. A row whose effect is withheld is
    a hatched bar with its reason on hover. `axis`: the axis' title.
    """
    places, heads, height = _places(table)
    left = int(max([text_width(line) for p in places for line in _texts(p.name)], default=60)) + 12
    top = 34 if whole is None else 40
    drawing = Drawing(palette, 0, right=50, left=left, top=top, bottom=80)
    drawing.height = int(height) + top + drawing.margin["b"]
    low, high, marks = _span(table, whole)
    told = table["effect"].notna().to_numpy()
    at = [-place.at for place in places]
    if not told.all():
        _draw_withheld(drawing, table[~told], [y for y, t in zip(at, told, strict=True) if not t],
                       low, high)  # fmt: skip
    _draw_told(drawing, table[told], [y for y, t in zip(at, told, strict=True) if t], high)
    zero = {"color": palette.muted, "width": 1}
    drawing.shapes.append(
        {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": zero}
    )
    if whole is not None:
        drawing.upright(_points(whole.effect.effect), "solid", palette.visited, 1)
        drawing.write_above("whole", _whole_words(whole), palette.visited)
    for name, y in heads:
        drawing.write(
            "section",
            f"<b>{name}</b>",
            x=0,
            y=-y,
            xref="paper",
            xanchor="left",
            xshift=2 - left,
            font={"size": 13, "color": palette.text},
        )
    drawing.layout.update(
        hovermode="closest",
        xaxis=plain_axis(palette, axis)
        | {
            "title": axis_title(axis),
            "range": [low, high],
            "tickvals": marks,
            "ticktext": [f"{mark:+d}".replace("-", "−") if mark else "0" for mark in marks],
            "showgrid": True,
            "gridcolor": palette.grid,
        },
        yaxis={
            "range": [-height, 0],
            "tickvals": at,
            "ticktext": [place.name for place in places],
            "tickfont": {"color": palette.text},
            "ticks": "",
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return drawing.finish(stamp)


def _draw_told(drawing: Drawing, rows: pd.DataFrame, at: list[float], right: float) -> None:
    """The intervals, the marks on them, and the effects as numbers at the right edge."""
    palette = drawing.palette
    x: list[float | None] = []
    y: list[float | None] = []
    for low, high, where in zip(rows["low"], rows["high"], at, strict=True):
        x += [_points(low), _points(high), None]
        y += [where, where, None]
    drawing.add(
        "scatter",
        name="intervals",
        x=x,
        y=y,
        mode="lines",
        line={"color": palette.visited, "width": 2},
        hoverinfo="skip",
    )
    drawing.add(
        "scatter",
        name="effects",
        x=[_points(effect) for effect in rows["effect"]],
        y=at,
        mode="markers",
        marker={
            "size": [12 if section == THE_WHOLE else 9 for section in rows["section"]],
            "symbol": [
                "diamond" if section == THE_WHOLE else "square" for section in rows["section"]
            ],
            "color": palette.visited,
            # Plotly makes marks of several sizes see-through.
            "opacity": 1,
        },
        customdata=[_hover(row) for row in rows.itertuples()],
        hovertemplate="%{customdata}<extra></extra>",
    )
    drawing.add(
        "scatter",
        name="numbers",
        x=[right] * len(rows),
        y=at,
        mode="text",
        text=[points(effect, signed=True) for effect in rows["effect"]],
        textposition="middle right",
        textfont={"color": palette.text},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _draw_withheld(
    drawing: Drawing, rows: pd.DataFrame, at: list[float], low: float, high: float
) -> None:
    palette = drawing.palette
    drawing.add(
        "bar",
        name="withheld",
        orientation="h",
        base=low,
        x=[high - low] * len(rows),
        y=at,
        width=14,
        marker={
            "color": palette.ground,
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": palette.compared, "size": 7, "solidity": 0.15},
        },
        customdata=[_why_hidden(row) for row in rows.itertuples()],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for where, everyone in zip(at, rows["visited_all"], strict=True):
        drawing.write(
            "too few",
            TOO_FEW if everyone else NOBODY_VISITED,
            x=(low + high) / 2,
            y=where,
            bgcolor=palette.ground,
            borderpad=3,
            font={"size": 13, "color": palette.muted},
        )


def _places(table: pd.DataFrame) -> tuple[list[_Place], list[tuple[str, float]], float]:
    """Where each row and each section's heading stands, and the height of all, in pixels.

    A section's name isn't written where it is the only one, nor above the whole.
    """
    sections = table["section"].nunique()
    at, before = 0.0, None
    places: list[_Place] = []
    heads: list[tuple[str, float]] = []
    row: Any
    for row in table.itertuples():
        if row.section != before:
            before = row.section
            if sections > 1 and row.section != THE_WHOLE:
                heads.append((str(row.section), at + _SECTION / 2 + 3))
                at += _SECTION
        lines = wrap(str(row.series), _NAME_WIDTH, max_lines=3, placeholder="…")
        followed = f"{count(row.visited)} of {count(row.visited_all)}"
        height = _LINE * len(lines) + _SMALL_LINE + _GAP
        small = f'<span style="font-size:11px">{followed}</span>'
        places.append(_Place(at + height / 2, "<br>".join([*lines, small])))
        at += height
    return places, heads, max(at, 60.0)


def _texts(name: str) -> list[str]:
    return [line for line in name.split("<br>") if not line.startswith("<span")]


def _span(table: pd.DataFrame, whole: WholeLine | None) -> tuple[float, float, list[int]]:
    """The axis' ends in points, zero within, and its marks."""
    values = [0.0, *(100 * table[["low", "high"]].to_numpy(dtype=float).ravel()).tolist()]
    values = [value for value in values if value == value]
    if whole is not None:
        values += [100 * whole.effect.low, 100 * whole.effect.high]
    low, high = min(values), max(values)
    if high - low < _NARROWEST:
        low, high = min(low, -_NARROWEST / 2), max(high, _NARROWEST / 2)
    step = next((s for s in _STEPS if (high - low) / s <= 5), _STEPS[-1])
    air = 0.05 * (high - low)
    low, high = low - air, high + air
    return low, high, [m for m in range(-100, 101, step) if low <= m <= high]


def _hover(row: Any) -> str:
    naive = points(row.naive_change, signed=True)
    return (
        f"<b>{row.series}</b><br>{points(row.effect, signed=True)} points, between "
        f"{points(row.low, signed=True)} and {points(row.high, signed=True)}<br>"
        f"A plain before-and-after: {naive} points<br>"
        f"{count(row.visited)} of {count(row.visited_all)} visited students"
    )


def _why_hidden(row: Any) -> str:
    return f"<b>{row.series}</b><br>" + "<br>".join(wrap(row.reason, 44))


def _whole_words(whole: WholeLine) -> str:
    effect = whole.effect
    return (
        f"{whole.name}: {points(effect.effect, signed=True)} points "
        f"({points(effect.low, signed=True)} to {points(effect.high, signed=True)})"
    )


def _points(fraction: float) -> float:
    return round(100 * float(fraction), 3)
