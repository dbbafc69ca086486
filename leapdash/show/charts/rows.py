"""Figures with a row for every district or school."""

from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.charts.base import (
    Drawing,
    Stamp,
    axis_title,
    percent_axis,
    plain_axis,
    text_width,
)
from leapdash.show.charts.lines import Rate
from leapdash.show.charts.palette import Palette
from leapdash.show.words.numbers import per_cent

_ROW_HEIGHT = 26
_NAME_WIDTH = 22


def reach_rows(table: pd.DataFrame, palette: Palette, stamp: Stamp) -> go.Figure:
    """Students ever eligible, visited and still waiting, a bar for every district.

    Takes the table of `districts_visited`; districts without reach figures are left out.
    """
    rows = table[table["ever_eligible"].notna()].iloc[::-1]
    names = _names(rows["series"])
    drawing = Drawing(palette, _height(names), right=16, left=_left(names))
    parts = (
        ("visited", "ever_eligible_visited", palette.visited),
        ("waiting", "waiting", palette.waiting),
    )
    for name, column, color in parts:
        drawing.add(
            "bar",
            name=name,
            x=[int(n) for n in rows[column]],
            y=names,
            orientation="h",
            marker={"color": color},
            hovertemplate=f"%{{x:,}} {name}<extra></extra>",
        )
    axis = plain_axis(palette, "Students ever eligible")
    drawing.layout.update(
        barmode="stack",
        bargap=0.35,
        hovermode="closest",
        xaxis=axis | {"tickformat": ",", "nticks": 6, "gridcolor": palette.grid, "showgrid": True},
        yaxis=_name_axis(names, palette),
    )
    key = f'<span style="color:{palette.visited}">■</span> visited   '
    key += f'<span style="color:{palette.waiting}">■</span> waiting for a first visit'
    drawing.write_above("key", key, palette.muted)
    return drawing.finish(stamp)


def school_rows(
    table: pd.DataFrame,
    rate: Rate,
    levels: dict[str, float],
    palette: Palette,
    stamp: Stamp,
) -> go.Figure:
    """A rate for every school of a district, with upright lines for the district and the state.

    Takes the table of `schools_beside`; `levels` names each upright line and gives its rate. A
    school with fewer than ten students behind the rate is a ring.
    """
    base = {"attendance_rate": "students", "chronic_share": "chronic_base"}[rate]
    rows = table[table[rate].notna()].sort_values(
        [rate, "school_name"], ascending=rate == "attendance_rate"
    )
    rows = rows.iloc[::-1]
    names = _names(rows["school_name"])
    drawing = Drawing(palette, _height(names) + 18, right=20, left=_left(names), top=52)
    few = rows[base].fillna(0) < FEW_STUDENTS
    drawing.add(
        "scatter",
        name="schools",
        x=[round(v, 5) for v in rows[rate]],
        y=names,
        customdata=[int(n) for n in rows[base].fillna(0)],
        mode="markers",
        marker={
            "size": 10,
            "color": [palette.ground if hollow else palette.visited for hollow in few],
            "line": {"color": palette.visited, "width": 1.5},
        },
        hovertemplate="%{x:.1%} · %{customdata:,} students<extra>%{y}</extra>",
    )
    titles = {
        "attendance_rate": "Attendance rate (% of days enrolled)",
        "chronic_share": "Chronically absent (% of students)",
    }
    drawing.layout.update(
        hovermode="closest",
        xaxis=_rate_axis([*rows[rate], *levels.values()], palette, titles[rate]),
        yaxis=_name_axis(names, palette),
    )
    for row, ((name, level), dash) in enumerate(
        zip(levels.items(), ("solid", "dash"), strict=False)
    ):
        drawing.upright(level, dash, palette.compared)
        mark = "│" if dash == "solid" else "┆"
        drawing.write_above(
            "level", f"{mark} {name} {per_cent(level)}", palette.muted, row=len(levels) - 1 - row
        )
    return drawing.finish(stamp)


def _rate_axis(values: list[float], palette: Palette, title: str) -> dict[str, object]:
    axis = percent_axis(values, palette, ticks=5)
    return axis | {"title": axis_title(title)}


def _name_axis(names: list[str], palette: Palette) -> dict[str, object]:
    return {
        "range": [-0.6, len(names) - 0.4],
        "type": "category",
        "tickfont": {"color": palette.text},
        "ticks": "",
        "ticklabelstandoff": 6,
        "gridcolor": palette.grid,
        "fixedrange": True,
    }


def _names(series: pd.Series) -> list[str]:
    """Names in lines short enough for a telephone; equal names stay apart by invisible spaces."""
    names: list[str] = []
    for name in series:
        short = "<br>".join(wrap(str(name), _NAME_WIDTH, max_lines=2, placeholder="…"))
        while short in names:
            short += "\u200b"
        names.append(short)
    return names


def _left(names: list[str]) -> int:
    """The left margin the names need."""
    lines = [line for name in names for line in name.split("<br>")]
    return int(max((text_width(line) for line in lines), default=0)) + 12


def _height(names: list[str]) -> int:
    lines = sum(1 + name.count("<br>") for name in names)
    return 100 + _ROW_HEIGHT * max(len(names), 3) + 12 * (lines - len(names))
