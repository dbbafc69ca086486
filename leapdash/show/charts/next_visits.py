"""The figure of where the next visits would win most: days a visit won, in groups that the
intervals allow.
"""

import math

import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.axes import axis_title, plain_axis
from leapdash.show.charts.base import Drawing, Look, text_width
from leapdash.show.charts.rows import draw_withheld, left_margin, short_names
from leapdash.show.language import _
from leapdash.show.views.next_visits import LESS, MORE, NOT_APART, UNTOLD, NextVisits, of_group
from leapdash.show.words.next_visits import axis, hover, whole_name
from leapdash.show.words.numbers import NO_FIGURE, count, tenths

_LINE, _GAP, _SECTION = 17, 6, 30
_TO_DAYS, _TO_WAITING = 10, 46
"""Pixels from the plot's right edge to either column of numbers."""
_AIR = 0.04


def days_rows(found: NextVisits, look: Look) -> go.Figure:
    """A row for every district and level with its days and interval, group by group; on the right
    the days, and how many wait.

    An upright line stands for all visited students. Rows that can't be told from elsewhere are
    grey; a row whose days are withheld is hatched; a mark is hollow where a check of the comparison
    fails.
    """
    palette, table = look.palette, found.rows
    names = short_names(table["series"], most_lines=3)
    at, heads, height = _placed(table, names)
    rows = table.assign(at=at)
    low, high = _span(table, found)
    days = [NO_FIGURE if math.isnan(d) else tenths(d) for d in table["days_per_visit"]]
    waiting = _("waiting")
    waits = [count(number) for number in table["waiting"]]
    right = int(_TO_WAITING + max([text_width(text) for text in (*waits, waiting)])) + 2
    drawing = Drawing(look, int(height) + 136, right, left_margin(names), top=58, bottom=78)
    zero = {"color": palette.muted, "width": 1}
    drawing.shapes.append(
        {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": zero}
    )
    if found.whole.days is not None:
        drawing.upright(round(found.whole.days.effect, 3), "solid", palette.visited, 1)
        drawing.write_above("whole", whole_name(found.whole), palette.visited, row=1)
    hidden = of_group(rows, UNTOLD)
    if len(hidden):
        columns = [hidden[name] for name in ("at", "series", "reason", "visited_all")]
        draw_withheld(drawing, list(zip(*columns, strict=True)), low, high)
    for name, own, color in (
        ("told", of_group(rows, MORE, LESS), palette.visited),
        ("alike", of_group(rows, NOT_APART), palette.compared),
    ):
        _draw_told(drawing, name, own, color)
    _write_numbers(drawing, "days", _("days"), high, rows, days)
    _write_numbers(drawing, "waiting", waiting, high, rows, waits)
    for name, down in heads:
        drawing.write(
            "section",
            f"<b>{name}</b>",
            x=0,
            y=down,
            xref="paper",
            xanchor="left",
            xshift=-drawing.margin["l"],
            bgcolor=palette.ground,
            font={"size": 13, "color": palette.text},
        )
    drawing.layout.update(
        hovermode="closest",
        xaxis=plain_axis(palette)
        | {
            "title": axis_title(axis()),
            "range": [low, high],
            "nticks": 5,
            "showgrid": True,
            "gridcolor": palette.grid,
        },
        yaxis={
            "range": [-height, 0],
            "tickvals": at,
            "ticktext": names,
            "tickfont": {"color": palette.text},
            "ticks": "",
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return drawing.finish()


def _placed(
    table: pd.DataFrame, names: list[str]
) -> tuple[list[float], list[tuple[str, float]], float]:
    """Where the rows and the groups' headings stand in pixels below the top, and the height."""
    down, before = 0.0, None
    at: list[float] = []
    heads: list[tuple[str, float]] = []
    for section, name in zip(table["section"], names, strict=True):
        if section != before:
            heads.append((section, -(down + _SECTION / 2 + 3)))
            down, before = down + _SECTION, section
        height = _LINE * (1 + name.count("<br>")) + _GAP
        at.append(-(down + height / 2))
        down += height
    return at, heads, max(down, 60.0)


def _span(table: pd.DataFrame, found: NextVisits) -> tuple[float, float]:
    """The axis' ends in days: all intervals, and zero, within."""
    values = [0.0, *table["days_low"].dropna(), *table["days_high"].dropna()]
    if found.whole.days is not None:
        values += [found.whole.days.low, found.whole.days.high]
    low, high = min(values), max(values)
    air = _AIR * max(high - low, 1.0)
    return round(low - air, 2), round(high + air, 2)


def _draw_told(drawing: Drawing, name: str, rows: pd.DataFrame, color: str) -> None:
    """Draw intervals and the marks on them."""
    x: list[float | None] = []
    y: list[float | None] = []
    for low, high, at in zip(rows["days_low"], rows["days_high"], rows["at"], strict=True):
        x += [round(low, 3), round(high, 3), None]
        y += [at, at, None]
    line = {"color": color, "width": 2}
    drawing.add(
        "scatter", name=f"{name} intervals", x=x, y=y, mode="lines", line=line, hoverinfo="skip"
    )
    drawing.add(
        "scatter",
        name=name,
        x=[round(days, 3) for days in rows["days_per_visit"]],
        y=rows["at"].tolist(),
        mode="markers",
        marker={
            "size": 9,
            "symbol": "square",
            "color": [
                drawing.palette.ground if codes else color for codes in rows["checks_failed"]
            ],
            "line": line,
        },
        customdata=[hover(row) for _at, row in rows.iterrows()],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _write_numbers(
    drawing: Drawing, name: str, head: str, right: float, rows: pd.DataFrame, texts: list[str]
) -> None:
    """Write a column of numbers beside the plot, under its head."""
    shift = _TO_DAYS if name == "days" else _TO_WAITING
    palette = drawing.palette
    drawing.add(
        "scatter",
        name=name,
        x=[right] * len(rows),
        y=rows["at"].tolist(),
        # Unseen marks, as wide as the numbers are to stand off.
        mode="markers+text",
        marker={"size": 2 * shift, "opacity": 0},
        text=texts,
        textposition="middle right",
        textfont={"color": palette.text if name == "days" else palette.muted},
        cliponaxis=False,
        hoverinfo="skip",
    )
    drawing.write(
        f"{name} head",
        head,
        x=1,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        xshift=shift,
        yshift=-2,
        font={"size": 12, "color": palette.muted},
    )
