"""Figures of an effect: the path with and without the visit, and the plain before-and-after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import fmean
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract import BASE_EVENT_TIME, EVENT_TIMES
from leapdash.show.charts.axes import MONTHS_SINCE, event_axis, mark_visit, percent_axis
from leapdash.show.charts.base import Drawing, Look, room_between
from leapdash.show.charts.labels import EndLabel, label_ends, label_margin
from leapdash.show.charts.palette import Palette
from leapdash.show.charts.series import MANY, lines_height, marks, series_colors
from leapdash.show.charts.tiles import Head, tiles
from leapdash.show.effects.studies import Headline
from leapdash.show.language import _
from leapdash.show.measures import ATTENDANCE
from leapdash.show.words.numbers import per_cent, points, students, visited_students

_PATHS_HEIGHT, _PLAIN_HEIGHT = 430, 300
_PATH_COLUMNS = ("event_time", "visited_rate", "without_visit", "band_low", "band_high", "visited")


@dataclass(frozen=True)
class _Month:
    """One month of both paths. The band is the effect's; before the visit it is not a number."""

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

    def hover(self, which: Literal["visited", "without"]) -> str:
        """What the pointer says of one of the paths, as Plotly's template."""
        if which == "visited":
            return _("%{{y:.1%}} · {students}", students=students(self.students))
        if isnan(self.band_low):
            return "%{y:.1%}"
        return _(
            "%{{y:.1%}}, between {low} and {high}",
            low=per_cent(self.lowest),
            high=per_cent(self.highest),
        )


def effect_paths(
    table: pd.DataFrame, headline: Headline, look: Look, axis: str = ATTENDANCE.axis
) -> go.Figure:
    """Two lines: visited students' attendance and, dashed, what it would have been without a visit.

    Takes an `EffectStudy`'s table, and what to write beside the `axis`, in English. Between the two
    after the visit the gap is tinted, and measured for the months of `headline` where there is
    room; the grey band is where the path without the visit may lie, all months at once. Months with
    too few students are left out.
    """
    palette = look.palette
    shown = table[table["shown"]]
    # Lists from here on: column by column, pandas would take longer than the drawing.
    months = [
        _Month(int(e), float(visited), float(without), float(low), float(high), int(n))
        for e, visited, without, low, high, n in zip(
            *(shown[name].tolist() for name in _PATH_COLUMNS), strict=True
        )
    ]
    names = [_("visited"), _("without the visit")]
    drawing = Drawing(look, _PATHS_HEIGHT, right=label_margin(names), top=34, bottom=70)
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
    drawing.write_above("y title", _(axis), palette.muted)
    if months:
        last = months[-1]
        ends = [
            EndLabel(last.event_time, last.without, names[1], palette.compared),
            EndLabel(last.event_time, last.visited, names[0], palette.visited),
        ]
        label_ends(drawing, ends)
    return drawing.finish()


def plain_lines(table: pd.DataFrame, headline: Headline | None, look: Look) -> go.Figure:
    """Attendance rate by school months since the first visit, a line for every series.

    Takes the table of `paths`. More than six series have a tile each. One series carries the
    plain change of `headline`, measured from the level of the month before the visit. Points with
    fewer than ten students are hollow.
    """
    palette = look.palette
    names = [str(name) for name in table["series"].unique()]
    if len(names) > MANY:
        return _plain_tiles(table, look)
    alone = len(names) == 1
    right = 16 if alone else label_margin(names)
    drawing = Drawing(look, lines_height(names, _PLAIN_HEIGHT), right=right, top=34, bottom=70)
    drawing.layout["xaxis"] = event_axis(palette)
    drawing.layout["yaxis"] = percent_axis([*table["attendance_rate"].dropna()], palette)
    mark_visit(drawing)
    colors = series_colors(table, palette) if not alone else {}
    ends = []
    for code, part in table.groupby("code", sort=False):
        color = colors.get(str(code), palette.visited)
        part = part[part["attendance_rate"].notna()]
        if len(part):
            ends.append(_add_plain_path(drawing, part, color))
    if headline is not None and alone:
        _add_plain_change(drawing, table, headline)
    if not alone:
        label_ends(drawing, ends)
    drawing.write_above("y title", _(ATTENDANCE.axis), palette.muted)
    return drawing.finish()


def _plain_tiles(table: pd.DataFrame, look: Look) -> go.Figure:
    """A tile for every series, with a dotted rule at the first visit."""
    palette = look.palette
    told = table[table["attendance_rate"].notna()]
    parts = [part for _code, part in told.groupby("code", sort=False)]
    heads = [
        Head(str(part["series"].iloc[0]), visited_students(int(part["students"].max())))
        for part in parts
    ]
    time = event_axis(palette) | {"title": None, "tickfont": {"size": 12}}
    rates = percent_axis([*told["attendance_rate"]], palette, ticks=4)
    drawing, places = tiles(look, heads, time, rates, keys=2)
    for part, place in zip(parts, places, strict=True):
        _add_plain_path(drawing, part, palette.visited, 4, place.axes)
        mark = {"dash": "dot", "color": palette.muted, "width": 1}
        x, y = place.axes["xaxis"], f"{place.axes['yaxis']} domain"
        drawing.shapes.append(
            {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "xref": x, "yref": y, "line": mark}
        )
    drawing.write_above("y title", _(ATTENDANCE.axis), palette.muted, row=1)
    drawing.write_above("x title", _(MONTHS_SINCE), palette.muted)
    return drawing.finish()


def tint(color: str, opacity: float) -> str:
    """A hex colour one can see through, for surfaces."""
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
    """Draw a path over the months, broken where some are left out."""
    x: list[int] = []
    y: list[float | None] = []
    hover: list[str] = []
    for run in runs:
        if x:
            x.append(x[-1] + 1)
            y.append(None)
            hover.append("")
        for month in run:
            x.append(month.event_time)
            y.append(round(getattr(month, which), 5))
            hover.append(month.hover(which))
    drawing.add(
        "scatter",
        name=name,
        x=x,
        y=y,
        mode="lines+markers",
        line={"color": color, "width": 2.5, "dash": dash},
        marker={"size": 6, "color": color},
        hovertemplate=hover,
    )


def _add_band(drawing: Drawing, run: Sequence[_Month], palette: Palette) -> None:
    """Draw the tinted gap and the grey band. At the base month they have no width."""
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
    """Write the headline's size into the gap at its middle month, where there is room for it."""
    own = [month for month in months if month.event_time in headline.event_times]
    if headline.effect is None or len(own) < len(headline.event_times):
        return
    if not room_between(drawing, headline.effect.effect):
        return
    drawing.write(
        name="gap",
        text=_("<b>{points}</b><br>points", points=points(headline.effect.effect, signed=True)),
        x=sum(headline.event_times) / len(headline.event_times),
        y=fmean((month.visited + month.without) / 2 for month in own),
        font={"size": 14, "color": palette.visited},
    )


def _add_plain_path(
    drawing: Drawing,
    part: pd.DataFrame,
    color: str,
    size: int = 7,
    axes: Mapping[str, str] | None = None,
) -> EndLabel:
    drawing.add(
        "scatter",
        name=part["series"].iloc[0],
        x=part["event_time"].tolist(),
        y=[round(value, 5) for value in part["attendance_rate"]],
        customdata=part["students"].tolist(),
        mode="lines+markers",
        line={"color": color, "width": 2.5},
        marker=marks(part["students"].tolist(), color, drawing.palette.ground) | {"size": size},
        hovertemplate=_("%{y:.1%} · %{customdata:,} students"),
        **(axes or {}),
    )
    last = part.iloc[-1]
    return EndLabel(
        int(last["event_time"]), float(last["attendance_rate"]), part["series"].iloc[0], color
    )


def _add_plain_change(drawing: Drawing, table: pd.DataFrame, headline: Headline) -> None:
    """Draw the level of the month before the visit, dotted, and write the plain change since."""
    rates = table.set_index("event_time")["attendance_rate"].dropna()
    months = [e for e in headline.event_times if e in rates.index]
    if headline.naive is None or BASE_EVENT_TIME not in rates.index or not months:
        return
    level = round(float(rates[BASE_EVENT_TIME]), 5)
    drawing.add(
        "scatter",
        name="month before",
        x=[BASE_EVENT_TIME, EVENT_TIMES[-1]],
        y=[level, level],
        mode="lines",
        line={"color": drawing.palette.naive, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    since = float(rates[months].mean())
    if room_between(drawing, since - level):
        drawing.write(
            name="plain change",
            text=_("<b>{points}</b><br>points", points=points(headline.naive, signed=True)),
            x=sum(months) / len(months),
            y=(level + since) / 2,
            font={"size": 14, "color": drawing.palette.naive},
        )
