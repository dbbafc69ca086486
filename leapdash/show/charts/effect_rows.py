"""Effects row by row: a forest plot, with a line for the whole and a mark where too few stand."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.inference import Interval
from leapdash.show.charts.axes import axis_title, plain_axis
from leapdash.show.charts.base import Drawing, Look, text_width
from leapdash.show.views.effect_rows import THE_WHOLE
from leapdash.show.words.effects import failed_words
from leapdash.show.words.numbers import count, points

TOO_FEW, NOBODY_VISITED = "too few to tell", "nobody visited"
_LINE, _SMALL_LINE, _GAP, _SECTION = 16, 14, 7, 28
_NAME_WIDTH, _HOVER_WIDTH = 20, 44
_STEPS = (1, 2, 5, 10, 20, 50, 100)
_NARROWEST = 4.0


@dataclass(frozen=True)
class WholeLine:
    """The upright line the rows are read against: what it stands for, and its effect."""

    name: str
    effect: Interval


@dataclass(frozen=True)
class _Row:
    """One row of the table, the lines of its name, and where it stands in pixels below the top."""

    values: Mapping[Hashable, Any]
    name: list[str]
    at: float

    @property
    def told(self) -> bool:
        return not math.isnan(self.values["effect"])

    @property
    def followed(self) -> str:
        return f"{count(self.values['visited'])} of {count(self.values['visited_all'])}"


def forest(table: pd.DataFrame, whole: WholeLine | None, axis: str, look: Look) -> go.Figure:
    """A row for every effect with its interval, in the order of the table, section by section.

    Takes a table of `views.effect_rows`. Under each name stands how many visited students were
    followed, of all visited; on the right the effect in points. A row whose effect is withheld is
    a hatched bar with its reason on hover; a mark is hollow where a check of the comparison fails.
    `axis`: the axis' title.
    """
    palette = look.palette
    rows, heads, height = _placed(table.to_dict("records"))
    told, hidden = [row for row in rows if row.told], [row for row in rows if not row.told]
    left = int(max([text_width(line) for row in rows for line in row.name], default=60)) + 12
    top, bottom = 34 if whole is None else 40, 80
    drawing = Drawing(look, int(height) + top + bottom, 50, left, top, bottom)
    low, high, marks = _span(told, whole)
    if hidden:
        _draw_withheld(drawing, hidden, low, high)
    _draw_told(drawing, told, high)
    zero = {"color": palette.muted, "width": 1}
    drawing.shapes.append(
        {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": zero}
    )
    if whole is not None:
        drawing.upright(_points(whole.effect.effect), "solid", palette.visited, 1)
        drawing.write_above("whole", _whole_words(whole), palette.visited)
    for name, at in heads:
        drawing.write(
            "section",
            f"<b>{name}</b>",
            x=0,
            y=at,
            xref="paper",
            xanchor="left",
            xshift=2 - left,
            font={"size": 13, "color": palette.text},
        )
    small = '<span style="font-size:12px">{}</span>'
    drawing.layout.update(
        hovermode="closest",
        xaxis=plain_axis(palette)
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
            "tickvals": [row.at for row in rows],
            "ticktext": ["<br>".join([*row.name, small.format(row.followed)]) for row in rows],
            "tickfont": {"color": palette.text},
            "ticks": "",
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return drawing.finish()


def _draw_told(drawing: Drawing, rows: Sequence[_Row], right: float) -> None:
    """Draw the intervals and the marks on them, and write the effects at the right edge."""
    palette = drawing.palette
    x: list[float | None] = []
    y: list[float | None] = []
    for row in rows:
        x += [_points(row.values["low"]), _points(row.values["high"]), None]
        y += [row.at, row.at, None]
    drawing.add(
        "scatter",
        name="intervals",
        x=x,
        y=y,
        mode="lines",
        line={"color": palette.visited, "width": 2},
        hoverinfo="skip",
    )
    whole = [row.values["section"] == THE_WHOLE for row in rows]
    drawing.add(
        "scatter",
        name="effects",
        x=[_points(row.values["effect"]) for row in rows],
        y=[row.at for row in rows],
        mode="markers",
        marker={
            "size": [12 if summary else 9 for summary in whole],
            "symbol": ["diamond" if summary else "square" for summary in whole],
            "color": [
                palette.ground if row.values["checks_failed"] else palette.visited for row in rows
            ],
            "line": {"color": palette.visited, "width": 2},
            # Plotly makes marks of several sizes see-through.
            "opacity": 1,
        },
        customdata=[_hover(row) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    drawing.add(
        "scatter",
        name="numbers",
        x=[right] * len(rows),
        y=[row.at for row in rows],
        mode="text",
        text=[points(row.values["effect"], signed=True) for row in rows],
        textposition="middle right",
        textfont={"color": palette.text},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _draw_withheld(drawing: Drawing, rows: Sequence[_Row], low: float, high: float) -> None:
    """Draw a hatched bar across the plot for every row, with the reason in a word and on hover."""
    palette = drawing.palette
    drawing.add(
        "bar",
        name="withheld",
        orientation="h",
        base=low,
        x=[high - low] * len(rows),
        y=[row.at for row in rows],
        width=14,
        marker={
            "color": palette.ground,
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": palette.compared, "size": 7, "solidity": 0.15},
        },
        customdata=[
            "<br>".join([_bold(row), *wrap(row.values["reason"], _HOVER_WIDTH)]) for row in rows
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for row in rows:
        drawing.write(
            "too few",
            TOO_FEW if row.values["visited_all"] else NOBODY_VISITED,
            x=(low + high) / 2,
            y=row.at,
            bgcolor=palette.ground,
            borderpad=3,
            font={"size": 13, "color": palette.muted},
        )


def _placed(
    records: Sequence[Mapping[Hashable, Any]],
) -> tuple[list[_Row], list[tuple[str, float]], float]:
    """The rows and the sections' headings where they stand, and the height of all, in pixels.

    A section's name isn't written where it is the only one, nor above the whole.
    """
    several = len({values["section"] for values in records}) > 1
    down, before = 0.0, None
    rows: list[_Row] = []
    heads: list[tuple[str, float]] = []
    for values in records:
        section = values["section"]
        if section != before and several and section != THE_WHOLE:
            heads.append((section, -(down + _SECTION / 2 + 3)))
            down += _SECTION
        before = section
        name = wrap(values["series"], _NAME_WIDTH, max_lines=3, placeholder="…")
        height = _LINE * len(name) + _SMALL_LINE + _GAP
        rows.append(_Row(values, name, -(down + height / 2)))
        down += height
    return rows, heads, max(down, 60.0)


def _span(rows: Sequence[_Row], whole: WholeLine | None) -> tuple[float, float, list[int]]:
    """The axis' ends in points, zero within, and its marks."""
    values = [0.0, *(100 * row.values[end] for row in rows for end in ("low", "high"))]
    if whole is not None:
        values += [100 * whole.effect.low, 100 * whole.effect.high]
    low, high = min(values), max(values)
    if high - low < _NARROWEST:
        low, high = min(low, -_NARROWEST / 2), max(high, _NARROWEST / 2)
    step = next((s for s in _STEPS if (high - low) / s <= 5), _STEPS[-1])
    air = 0.05 * (high - low)
    low, high = low - air, high + air
    return low, high, [m for m in range(-100, 101, step) if low <= m <= high]


def _hover(row: _Row) -> str:
    effect, low, high, naive = (
        points(row.values[name], signed=True) for name in ("effect", "low", "high", "naive_change")
    )
    return (
        f"{_bold(row)}<br>{effect} points, between {low} and {high}<br>"
        f"A plain before-and-after: {naive} points<br>{row.followed} visited students"
        f"{_mind(row)}"
    )


def _mind(row: _Row) -> str:
    codes = row.values["checks_failed"]
    return f"<br>{failed_words(codes.split(', ')).capitalize()}" if codes else ""


def _bold(row: _Row) -> str:
    return f"<b>{row.values['series']}</b>"


def _whole_words(whole: WholeLine) -> str:
    effect, low, high = (
        points(value, signed=True)
        for value in (whole.effect.effect, whole.effect.low, whole.effect.high)
    )
    return f"{whole.name}: {effect} points ({low} to {high})"


def _points(fraction: float) -> float:
    return round(100 * float(fraction), 3)
