"""Gaps between student groups and all others: a dot and its range for every group."""

import math
from collections.abc import Hashable, Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.axes import axis_title, plain_axis, points_axis
from leapdash.show.charts.base import Drawing, Look, text_width
from leapdash.show.charts.rows import draw_withheld
from leapdash.show.language import _
from leapdash.show.words.numbers import count, per_cent, points

_NAME_WIDTH, _ROOMY_NAME_WIDTH = 20, 48
_LINE, _GAP = 17, 10
_SMALL_WIDTH = 0.92


def gap_rows(table: pd.DataFrame, chosen: str, axis: str, look: Look) -> go.Figure:
    """A row for every group, in the table's order: its difference from all others in points, with
    the range; the gap stands on the right, both rates under the name. A gap that can't be told from
    none is open, one that isn't given hatched with the reason on hover; the group with the code
    `chosen` is bold.

    Takes a table of `views.groups`, of rates or of effects. `axis`: the axis' title.
    """
    palette = look.palette
    rows = table.to_dict("records")
    names = [_lines(row, look.roomy, row["code"] == chosen) for row in rows]
    places, down = [], 0.0
    for row, name in zip(rows, names, strict=True):
        height = _LINE * (len(name) + len(_small(row))) + _GAP
        places.append(-(down + height / 2))
        down += height
    down = max(down, 60.0)
    width = max((text_width(line) for name in names for line in name), default=60.0)
    small = max(
        (_SMALL_WIDTH * text_width(line) for row in rows for line in _small(row)), default=0
    )
    drawing = Drawing(look, int(down) + 34 + 76, 48, int(max(width, small)) + 14, 16, 76)
    x = points_axis([row[end] for row in rows for end in ("low", "high")], palette)
    low, high = x["range"]
    told = [
        (row, at) for row, at in zip(rows, places, strict=True) if not math.isnan(row["difference"])
    ]
    hidden = [
        (at, row["series"], row["reason"], 1)
        for row, at in zip(rows, places, strict=True)
        if math.isnan(row["difference"])
    ]
    if hidden:
        draw_withheld(drawing, hidden, low, high)
        for note in drawing.annotations:
            note["text"] = _("no gap given")
    _draw(drawing, told, high)
    shown = f'<span style="font-size:12px;color:{palette.muted}">{{}}</span>'
    drawing.layout.update(
        hovermode="closest",
        xaxis=plain_axis(palette)
        | x
        | {"title": axis_title(axis), "showgrid": True, "showline": False},
        yaxis={
            "range": [-down, 0],
            "tickvals": places,
            "ticktext": [
                "<br>".join([*_bold(name, row, chosen), *map(shown.format, _small(row))])
                for name, row in zip(names, rows, strict=True)
            ],
            "tickfont": {"color": palette.text},
            "ticks": "",
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return drawing.finish()


def _draw(
    drawing: Drawing, rows: Sequence[tuple[Mapping[Hashable, Any], float]], right: float
) -> None:
    """Draw ranges and marks, and write the gaps at the right edge."""
    palette = drawing.palette
    x: list[float | None] = []
    y: list[float | None] = []
    for row, at in rows:
        x += [round(100 * row["low"], 3), round(100 * row["high"], 3), None]
        y += [at, at, None]
    line = {"color": palette.visited, "width": 2}
    drawing.add("scatter", name="ranges", x=x, y=y, mode="lines", line=line, hoverinfo="skip")
    drawing.add(
        "scatter",
        name="gaps",
        x=[round(100 * row["difference"], 3) for row, _at in rows],
        y=[at for _row, at in rows],
        mode="markers",
        marker={
            "size": 10,
            "color": [
                palette.ground if row["low"] <= 0 <= row["high"] else palette.visited
                for row, _at in rows
            ],
            "line": line,
        },
        customdata=[_hover(row) for row, _at in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    drawing.add(
        "scatter",
        name="numbers",
        x=[right] * len(rows),
        y=[at for _row, at in rows],
        mode="text",
        text=[points(row["difference"], signed=True) for row, _at in rows],
        textposition="middle right",
        textfont={"color": palette.text},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _lines(row: Mapping[Hashable, Any], roomy: bool, chosen: bool) -> list[str]:
    """A group's name, narrower where it will be bold."""
    width = _ROOMY_NAME_WIDTH if roomy else _NAME_WIDTH
    return wrap(str(row["series"]), width - chosen)


def _bold(name: list[str], row: Mapping[Hashable, Any], chosen: str) -> list[str]:
    return [f"<b>{line}</b>" for line in name] if row["code"] == chosen else name


def _values(row: Mapping[Hashable, Any]) -> tuple[str, str]:
    """Both rates, or both effects."""
    if "group_effect" in row:
        effects = row["group_effect"], row["others_effect"]
        return points(effects[0], signed=True), points(effects[1], signed=True)
    return per_cent(row["group_rate"]), per_cent(row["others_rate"])


def _small(row: Mapping[Hashable, Any]) -> list[str]:
    own, others = _values(row)
    return [_("{own}, others {others}", own=own, others=others)]


def _hover(row: Mapping[Hashable, Any]) -> str:
    gap, low, high = (points(row[name], signed=True) for name in ("difference", "low", "high"))
    told = _("{gap} points, between {low} and {high}", gap=gap, low=low, high=high)
    lines = [f"<b>{row['series']}</b>", told]
    if "group_counted" in row:
        counted = count(row["group_counted"]), count(row["others_counted"])
        lines.append(_("{own} students, {others} others", own=counted[0], others=counted[1]))
    return "<br>".join(lines)
