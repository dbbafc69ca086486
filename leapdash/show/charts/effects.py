"""Figures about effects: the path with and without the visit, and what the comparison rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from statistics import fmean
from textwrap import wrap
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract import BASE_EVENT_TIME, SHARES_VISITED
from leapdash.contract.thresholds import ALIKE
from leapdash.show.charts.base import (
    MONTHS_SINCE,
    Drawing,
    EndLabel,
    Stamp,
    event_axis,
    label_ends,
    label_margin,
    mark_visit,
    percent_axis,
    plain_axis,
    room_between,
    signed_month,
    text_width,
)
from leapdash.show.charts.palette import Palette
from leapdash.show.effects.studies import Headline
from leapdash.show.words.numbers import per_cent, points

_RATE = "Attendance rate (% of days enrolled)"
_ROW_HEIGHT = 34
_NAME_WIDTH = 22
_SMALL = 300
_PATH_COLUMNS = ("event_time", "visited_rate", "without_visit", "band_low", "band_high", "visited")


@dataclass(frozen=True)
class _Month:
    """A month of both paths; the band is of the effect, not a number before the visit."""

    event_time: int
    visited: float
    without: float
    band_low: float
    band_high: float
    students: int

    @property
    def lowest(self) -> float:
        """Where the path without the visit may lie at the lowest."""
        return self.without if isnan(self.band_high) else self.visited - self.band_high

    @property
    def highest(self) -> float:
        """Where the path without the visit may lie at the highest."""
        return self.without if isnan(self.band_low) else self.visited - self.band_low

    @property
    def said(self) -> str:
        """The band in words, for the pointer."""
        if isnan(self.band_low):
            return ""
        return f", between {per_cent(self.lowest)} and {per_cent(self.highest)}"


def effect_paths(
    table: pd.DataFrame, headline: Headline, palette: Palette, stamp: Stamp, height: int = 430
) -> go.Figure:
    """Visited students' attendance, and dashed the path they would have had without the visit.

    Takes an `EffectStudy`'s table. Between the two after the visit the gap is tinted, and measured
    for the months of `headline` where there is room; the grey band is where the path without the
    visit may lie, all months at once. Months with too few students are left out.
    """
    shown = table[table["shown"]]
    # Lists from here on: column by column, pandas would take longer than the drawing.
    months = [
        _Month(int(e), float(visited), float(without), float(low), float(high), int(n))
        for e, visited, without, low, high, n in zip(
            *(shown[name].tolist() for name in _PATH_COLUMNS), strict=True
        )
    ]
    names = ["visited", "without the visit"]
    drawing = Drawing(palette, height, right=label_margin(names), top=34, bottom=70)
    drawing.layout["xaxis"] = event_axis(palette)
    values = [rate for m in months for rate in (m.visited, m.without, m.lowest, m.highest)]
    drawing.layout["yaxis"] = percent_axis([min(max(v, 0.0), 1.0) for v in values], palette)
    mark_visit(drawing)
    runs = _runs(months)
    for run in runs:
        _add_band(drawing, [m for m in run if m.event_time >= BASE_EVENT_TIME], palette)
    _add_path(drawing, names[1], runs, "without", palette.compared, "dash")
    _add_path(drawing, names[0], runs, "visited", palette.visited, "solid")
    _measure_gap(drawing, months, headline, palette)
    drawing.write_above("y title", _RATE, palette.muted)
    if months:
        last = months[-1]
        ends = [
            EndLabel(last.event_time, last.without, names[1], palette.compared),
            EndLabel(last.event_time, last.visited, names[0], palette.visited),
        ]
        label_ends(drawing, ends)
    return drawing.finish(stamp)


def differences_before(table: pd.DataFrame, palette: Palette, stamp: Stamp) -> go.Figure:
    """Visited less compared in the months before the visit, in points, with 95% intervals.

    Takes an `EffectStudy`'s table. The month before the visit is 0 by construction.
    """
    rows = table[table["shown"] & (table["event_time"] <= BASE_EVENT_TIME)]
    drawing = Drawing(palette, _SMALL, right=16, top=34, bottom=70)
    axis = plain_axis(palette, MONTHS_SINCE)
    times = [*range(-6, 0)]
    axis |= {"range": [-6.5, -0.5], "tickvals": times, "ticktext": [signed_month(e) for e in times]}
    drawing.layout["xaxis"] = axis
    drawing.layout["yaxis"] = points_axis([*rows["low"], *rows["high"]], palette)
    drawing.add(
        "scatter",
        name="visited less compared",
        x=rows["event_time"].tolist(),
        y=_points(rows["effect"]),
        customdata=[
            f"{points(low, signed=True)} and {points(high, signed=True)}"
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
        hovertemplate="%{y:+.1f} points, between %{customdata}<extra></extra>",
    )
    drawing.write_above("y title", "Visited less compared (points)", palette.muted)
    return drawing.finish(stamp)


def balance_rows(table: pd.DataFrame, palette: Palette, stamp: Stamp) -> go.Figure:
    """How far visited and compared were apart before (ring) and after weighting (dot), by measure.

    Takes the table of `balance`; in standard deviations of the visited, with rules at a tenth.
    """
    rows = table[table["difference_after"].notna()].iloc[::-1]
    wrapped = [wrap(str(name), _NAME_WIDTH, break_long_words=False) for name in rows["series"]]
    names = ["<br>".join(parts) for parts in wrapped]
    left = int(max((text_width(part) for parts in wrapped for part in parts), default=0)) + 12
    height = 100 + _ROW_HEIGHT * max(len(names), 3)
    drawing = Drawing(palette, height, right=16, left=left)
    for name, column, marker in (
        ("as they come", "difference_before", {"color": palette.ground}),
        ("weighted", "difference_after", {"color": palette.compared}),
    ):
        drawing.add(
            "scatter",
            name=name,
            x=[round(value, 3) for value in rows[column]],
            y=names,
            mode="markers",
            marker={"size": 9, "line": {"color": palette.compared, "width": 2}, **marker},
            hovertemplate=f"{name}: %{{x:+.2f}}<extra>%{{y}}</extra>",
        )
    axis = plain_axis(palette, "Apart (standard deviations)")
    axis |= {"showgrid": True, "gridcolor": palette.grid, "nticks": 5, "tickangle": 0}
    axis |= {"zeroline": True}
    drawing.layout.update(
        hovermode="closest",
        xaxis=axis | {"zerolinecolor": palette.muted, "zerolinewidth": 1},
        yaxis={
            "range": [-0.6, len(names) - 0.4],
            "type": "category",
            "tickfont": {"color": palette.text},
            "ticks": "",
            "ticklabelstandoff": 6,
            "gridcolor": palette.grid,
            "fixedrange": True,
        },
    )
    for at in (-ALIKE, ALIKE):
        drawing.upright(at, "dot", palette.muted, width=1)
    drawing.write_above("key", "○ as they come   ● weighted   ┊ a tenth", palette.muted)
    return drawing.finish(stamp)


def observed_lines(table: pd.DataFrame, palette: Palette, stamp: Stamp) -> go.Figure:
    """The share of visited and of compared students still observed, by month.

    Takes the table of `still_observed`.
    """
    names = ["visited", "compared"]
    drawing = Drawing(palette, _SMALL, right=label_margin(names), top=34, bottom=70)
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
    drawing.write_above("y title", "Still observed (% of students)", palette.muted)
    label_ends(drawing, ends)
    return drawing.finish(stamp)


def schoolmates_lines(table: pd.DataFrame, palette: Palette, stamp: Stamp) -> go.Figure:
    """How unvisited students' attendance changed, by their school's share visited, a line a year.

    Takes the table of `schoolmates`.
    """
    years = table["school_year"].unique().tolist()
    drawing = Drawing(palette, _SMALL, right=label_margin(years), top=34, bottom=62)
    axis = plain_axis(palette, "Share of the school’s students visited")
    order = list(SHARES_VISITED)
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
            hovertemplate="%{y:+.1f} points · %{customdata:,} students",
        )
        last = part.iloc[-1]
        at = order.index(last["share_visited"])
        ends.append(EndLabel(order[at], 100 * float(last["change"]), year, color))
    drawing.write_above("y title", "Change from the year before (points)", palette.muted)
    label_ends(drawing, ends)
    return drawing.finish(stamp)


def points_axis(values: Sequence[float], palette: Palette) -> dict[str, Any]:
    """An axis of differences in points (the values are fractions), with zero always on it."""
    every = [100 * value for value in values if value == value] + [0.0]
    low, high = min(every), max(every)
    room = max(0.12 * (high - low), 0.4)
    return {
        "range": [low - room, high + room],
        "nticks": 6,
        "tickformat": "~g",
        "gridcolor": palette.grid,
        "zeroline": True,
        "zerolinecolor": palette.muted,
        "zerolinewidth": 1,
        "ticks": "",
        "fixedrange": True,
    }


def tint(color: str, opacity: float) -> str:
    """A hex colour seen through, for surfaces."""
    red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _runs(months: Sequence[_Month]) -> list[list[_Month]]:
    """The months in runs without a gap."""
    runs: list[list[_Month]] = []
    for month in months:
        if runs and month.event_time == runs[-1][-1].event_time + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return runs


def _add_path(
    drawing: Drawing,
    name: str,
    runs: Sequence[Sequence[_Month]],
    which: Literal["visited", "without"],
    color: str,
    dash: str,
) -> None:
    """A path over the months, broken where some are left out."""
    x: list[int] = []
    y: list[float | None] = []
    said: list[str] = []
    for run in runs:
        if x:
            x.append(x[-1] + 1)
            y.append(None)
            said.append("")
        for month in run:
            x.append(month.event_time)
            y.append(round(getattr(month, which), 5))
            said.append(month.said if which == "without" else f" · {month.students:,} students")
    drawing.add(
        "scatter",
        name=name,
        x=x,
        y=y,
        customdata=said,
        mode="lines+markers",
        line={"color": color, "width": 2.5, "dash": dash},
        marker={"size": 6, "color": color},
        hovertemplate="%{y:.1%}%{customdata}",
    )


def _add_band(drawing: Drawing, run: Sequence[_Month], palette: Palette) -> None:
    """The tinted gap and the grey band, from the base month on, where both have no width."""
    if len(run) < 2:
        return
    x = [month.event_time for month in run]
    for name, upper, lower, color in (
        ("gap", [m.visited for m in run], [m.without for m in run], tint(palette.visited, 0.07)),
        ("band", [m.highest for m in run], [m.lowest for m in run], tint(palette.compared, 0.28)),
    ):
        drawing.add(
            "scatter",
            name=name,
            x=[*x, *reversed(x)],
            y=[round(value, 5) for value in (*upper, *reversed(lower))],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=color,
            hoverinfo="skip",
        )


def _measure_gap(
    drawing: Drawing, months: Sequence[_Month], headline: Headline, palette: Palette
) -> None:
    """The headline's size, written in the gap at its middle month, where there is room for it."""
    own = [month for month in months if month.event_time in headline.event_times]
    if headline.effect is None or len(own) < len(headline.event_times):
        return
    if not room_between(drawing, headline.effect.effect):
        return
    drawing.write(
        name="gap",
        text=f"<b>{points(headline.effect.effect, signed=True)}</b><br>points",
        x=sum(headline.event_times) / len(headline.event_times),
        y=fmean((month.visited + month.without) / 2 for month in own),
        font={"size": 14, "color": palette.visited},
    )


def _points(values: pd.Series) -> list[float]:
    return [round(100 * value, 3) for value in values]
