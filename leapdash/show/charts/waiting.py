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
from leapdash.show.charts.stacks import Part, mixed, stack, write_key
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
    _bars(drawing, table, x=[short_month(period) for period in table["period"]])
    by_month(drawing, table, _("Students waiting"))
    return drawing.finish()


def by_month(drawing: Drawing, table: pd.DataFrame, title: str) -> None:
    """Axes of upright bars over months, with what they count above."""
    palette = drawing.palette
    marked = [short_month(period) for period in table["period"] if period.month in (9, 1)]
    axis = plain_axis(palette) | {
        "type": "category",
        "tickvals": marked,
        "ticktext": ["<br>".join(name.rsplit(" ", 1)) for name in marked],
        "tickangle": 0,
    }
    drawing.layout.update(
        bargap=0.15,
        xaxis=axis,
        yaxis={"gridcolor": palette.grid, "rangemode": "tozero", "fixedrange": True}
        | {"tickformat": ","},
    )
    drawing.write_above("y title", title, palette.muted, row=1)


def waiting_schools(table: pd.DataFrame, look: Look) -> go.Figure:
    """Students waiting at every school, stacked by waiting time, in the table's order; of many
    schools the first. Takes `waiting_at_schools`.
    """
    rows = table.head(_MOST_SCHOOLS).iloc[::-1]
    names = short_names(rows["school_name"])
    drawing = Drawing(look, rows_height(names) + 16, 12, left_margin(names), top=40)
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
    )
    drawing.layout.update(
        bargap=0.3,
        hovermode="y unified",
        xaxis=plain_axis(look.palette, _("Students waiting"))
        | {"range": [0, _ROOM_FOR_VALUES * most], "nticks": 5},
        yaxis=name_axis(names, look.palette) | {"showgrid": False},
    )
    return drawing.finish()


def _bars(drawing: Drawing, table: pd.DataFrame, **where: Any) -> None:
    """A bar for every class of waiting time and row, and the key above them."""
    parts = waiting_parts(WAITING, drawing.palette)
    stack(drawing, table, parts, **where)
    write_key(drawing, parts)


def waiting_parts(columns: Sequence[str], palette: Palette) -> list[Part]:
    """The classes of waiting time, in the colour of who waits, from pale to full; `columns`: those
    of a table that has one for each class, shortest first.
    """
    return [
        Part(column, class_name(name), mixed(palette.waiting, palette.ground, shade), pattern)
        for column, name, pattern, shade in zip(columns, WAITING, _PATTERNS, _SHADES, strict=True)
    ]
