"""Figures of what an effect is judged by: were visited and compared alike, before and after?"""

from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract.thresholds import ALIKE, MONTHS_BEFORE
from leapdash.show.charts.axes import (
    MONTHS_SINCE,
    event_axis,
    mark_visit,
    name_axis,
    percent_axis,
    plain_axis,
    points_axis,
)
from leapdash.show.charts.base import Drawing, Look, text_width
from leapdash.show.charts.labels import EndLabel, label_ends, label_margin
from leapdash.show.language import _
from leapdash.show.views.checks import shares_in_words
from leapdash.show.words.numbers import points, signed_month

_ROW_HEIGHT = 34
_NAME_WIDTH = 22
_SMALL = 300


def differences_before(table: pd.DataFrame, look: Look) -> go.Figure:
    """Visited less compared in the months before the visit, in points, with 95% intervals.

    Takes the shown rows of a `RecentStudy`'s table. The month before the visit is 0 by
    construction.
    """
    palette, rows = look.palette, table
    drawing = Drawing(look, _SMALL, right=16, top=34, bottom=70)
    axis = plain_axis(palette, _(MONTHS_SINCE))
    times = [*MONTHS_BEFORE]
    axis |= {"range": [-6.5, -0.5], "tickvals": times, "ticktext": [signed_month(e) for e in times]}
    drawing.layout["xaxis"] = axis
    drawing.layout["yaxis"] = points_axis([*rows["low"], *rows["high"]], palette)
    drawing.add(
        "scatter",
        name="visited less compared",
        x=rows["event_time"].tolist(),
        y=_points(rows["effect"]),
        customdata=[
            [points(low, signed=True), points(high, signed=True)]
            for low, high in zip(rows["low"], rows["high"], strict=True)
        ],
        error_y={
            "array": _points(rows["high"] - rows["effect"]),
            "arrayminus": _points(rows["effect"] - rows["low"]),
            "color": palette.visited,
            "thickness": 1.5,
            "width": 4,
        },
        mode="markers",
        marker={"size": 8, "color": palette.visited},
        hovertemplate=_("%{y:+.1f} points, between %{customdata[0]} and %{customdata[1]}")
        + "<extra></extra>",
    )
    drawing.write_above("y title", _("Visited less compared (points)"), palette.muted)
    return drawing.finish()


def balance_rows(table: pd.DataFrame, look: Look) -> go.Figure:
    """How far visited and compared were apart before (ring) and after weighting (dot), by measure.

    Takes the table of `balance`; in standard deviations of the visited, with rules at a tenth.
    """
    palette = look.palette
    rows = table[table["difference_after"].notna()].iloc[::-1]
    wrapped = [wrap(str(name), _NAME_WIDTH, break_long_words=False) for name in rows["series"]]
    names = ["<br>".join(parts) for parts in wrapped]
    left = int(max((text_width(part) for parts in wrapped for part in parts), default=0)) + 12
    height = 100 + _ROW_HEIGHT * max(len(names), 3)
    drawing = Drawing(look, height, right=16, left=left)
    for name, hover, column, marker in (
        (
            _("as they come"),
            _("as they come: %{x:+.2f}"),
            "difference_before",
            {"color": palette.ground},
        ),
        (_("weighted"), _("weighted: %{x:+.2f}"), "difference_after", {"color": palette.compared}),
    ):
        drawing.add(
            "scatter",
            name=name,
            x=[round(value, 3) for value in rows[column]],
            y=names,
            mode="markers",
            marker={"size": 9, "line": {"color": palette.compared, "width": 2}, **marker},
            hovertemplate=f"{hover}<extra>%{{y}}</extra>",
        )
    axis = plain_axis(palette, _("Apart (standard deviations)"))
    axis |= {"showgrid": True, "gridcolor": palette.grid, "nticks": 5, "tickangle": 0}
    axis |= {"zeroline": True}
    drawing.layout.update(
        hovermode="closest",
        xaxis=axis | {"zerolinecolor": palette.muted, "zerolinewidth": 1},
        yaxis=name_axis(names, palette),
    )
    for at in (-ALIKE, ALIKE):
        drawing.upright(at, "dot", palette.muted, width=1)
    drawing.write_above("key", _("○ as they come   ● weighted   ┊ a tenth"), palette.muted)
    return drawing.finish()


def observed_lines(table: pd.DataFrame, look: Look) -> go.Figure:
    """The share of visited and of compared students still observed, by month.

    Takes the table of `still_observed`.
    """
    palette = look.palette
    names = [_("visited"), _("compared")]
    drawing = Drawing(look, _SMALL, right=label_margin(names), top=34, bottom=70)
    drawing.layout["xaxis"] = event_axis(palette)
    columns = ("visited_observed", "comparison_observed")
    values = [value for column in columns for value in table[column].dropna()]
    drawing.layout["yaxis"] = percent_axis(values, palette, ticks=5)
    mark_visit(drawing, "bottom")
    ends = []
    for name, column, color, dash in zip(
        names, columns, (palette.visited, palette.compared), ("solid", "dash"), strict=True
    ):
        drawing.add(
            "scatter",
            name=name,
            x=table["event_time"].tolist(),
            y=[round(value, 5) for value in table[column]],
            mode="lines",
            line={"color": color, "width": 2.5, "dash": dash},
            hovertemplate="%{y:.1%}",
        )
        if len(table):
            last = table.iloc[-1]
            ends.append(EndLabel(int(last["event_time"]), float(last[column]), name, color))
    drawing.write_above("y title", _("Still observed (% of students)"), palette.muted)
    label_ends(drawing, ends)
    return drawing.finish()


def schoolmates_lines(table: pd.DataFrame, look: Look) -> go.Figure:
    """How unvisited students' attendance changed, by their school's share visited, a line a year.

    Takes the table of `schoolmates`.
    """
    palette = look.palette
    years = table["school_year"].unique().tolist()
    drawing = Drawing(look, _SMALL, right=label_margin(years), top=34, bottom=62)
    axis = plain_axis(palette, _("Share of the school’s students visited"))
    order = list(shares_in_words().values())
    axis |= {"type": "category", "categoryorder": "array", "categoryarray": order}
    drawing.layout["xaxis"] = axis | {"range": [-0.3, len(order) - 0.7]}
    drawing.layout["yaxis"] = points_axis([*table["change"]], palette)
    ends = []
    for year, color in zip(years, palette.series, strict=False):
        part = table[table["school_year"] == year]
        drawing.add(
            "scatter",
            name=year,
            x=part["share_visited"].tolist(),
            y=_points(part["change"]),
            customdata=[int(n) for n in part["students"]],
            mode="lines+markers",
            line={"color": color, "width": 2},
            marker={"size": 8, "color": color},
            hovertemplate=_("%{y:+.1f} points · %{customdata:,} students"),
        )
        last = part.iloc[-1]
        at = order.index(last["share_visited"])
        ends.append(EndLabel(order[at], 100 * float(last["change"]), year, color))
    drawing.write_above("y title", _("Change from the year before (points)"), palette.muted)
    label_ends(drawing, ends)
    return drawing.finish()


def _points(values: pd.Series) -> list[float]:
    return [round(100 * value, 3) for value in values]
