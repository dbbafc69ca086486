"""Figures of who waits and how long: bars stacked by waiting time, the longest darkest."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract import WAITING
from leapdash.show.charts.axes import name_axis, plain_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.palette import Palette
from leapdash.show.charts.rows import left_margin, rows_height, short_names
from leapdash.show.language import _
from leapdash.show.words.numbers import count, short_month
from leapdash.show.words.waiting import class_name

_PATTERNS = (".", "/", "x", "")
_SHADES = (0.25, 0.5, 0.75, 1.0)
_HEIGHT = 380
_MOST_SCHOOLS = 25
_ROOM_FOR_VALUES = 1.18


def waiting_months(table: pd.DataFrame, look: Look) -> go.Figure:
    """Students waiting by month, stacked by waiting time; takes `waiting_by_month`."""
    drawing = Drawing(look, _HEIGHT, right=12, top=64)
    periods = [short_month(period) for period in table["period"]]
    _bars(drawing, table, x=periods)
    years = [period.month in (9, 1) for period in table["period"]]
    axis = plain_axis(look.palette)
    axis |= {
        "type": "category",
        "tickvals": [at for at, told in zip(periods, years, strict=True) if told],
        "tickangle": 0,
    }
    drawing.layout.update(
        barmode="stack",
        bargap=0.15,
        xaxis=axis,
        yaxis={"gridcolor": look.palette.grid, "rangemode": "tozero", "fixedrange": True},
    )
    drawing.write_above("y title", _("Students waiting"), look.palette.muted, row=1)
    return drawing.finish()


def waiting_schools(table: pd.DataFrame, look: Look) -> go.Figure:
    """Students waiting at every school, stacked by waiting time, in the table's order; of many
    schools the first. Takes `waiting_at_schools`.
    """
    rows = table.head(_MOST_SCHOOLS).iloc[::-1]
    names = short_names(rows["school_name"])
    drawing = Drawing(look, rows_height(names) + 76, 12, left_margin(names), top=100)
    _bars(drawing, rows, y=names, orientation="h")
    most = float(rows["waiting"].max())
    drawing.add(
        "scatter",
        name="values",
        x=[int(n) for n in rows["waiting"]],
        y=names,
        mode="text",
        text=[f" {count(n)}" for n in rows["waiting"]],
        textposition="middle right",
        textfont={"color": look.palette.text},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    drawing.layout.update(
        barmode="stack",
        bargap=0.3,
        hovermode="y unified",
        xaxis=plain_axis(look.palette, _("Students waiting"))
        | {"range": [0, _ROOM_FOR_VALUES * most], "nticks": 5},
        yaxis=name_axis(names, look.palette) | {"showgrid": False},
    )
    return drawing.finish()


def _bars(drawing: Drawing, table: pd.DataFrame, **where: Any) -> None:
    """A bar for every class of waiting time and row, and the key above them."""
    palette = drawing.palette
    value, place = ("x", "y") if where.get("orientation") == "h" else ("y", "x")
    for name, pattern, color in zip(WAITING, _PATTERNS, _colors(palette), strict=True):
        numbers: Sequence[int] = [int(n) for n in table[name]]
        drawing.add(
            "bar",
            name=class_name(name),
            **{value: numbers, place: where[place]},
            **({"orientation": "h"} if place == "y" else {}),
            marker={
                "color": color,
                "line": {"width": 0.5, "color": palette.ground},
                "pattern": {
                    "shape": pattern,
                    "fgcolor": palette.ground,
                    "size": 5,
                    "solidity": 0.25,
                    "fillmode": "overlay",
                },
            },
            hovertemplate=f"%{{{value}:,}}<extra>{class_name(name)}</extra>",
        )
    drawing.layout.update(
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 13, "color": palette.muted},
        },
    )


def _colors(palette: Palette) -> list[str]:
    """The colour of who waits, from pale to full."""
    return [_mixed(palette.waiting, palette.ground, shade) for shade in _SHADES]


def _mixed(color: str, ground: str, share: float) -> str:
    parts = zip(bytes.fromhex(color[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in parts)
