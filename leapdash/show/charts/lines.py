"""Figures of rates over time and around the first visit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract.thresholds import (
    BASE_EVENT_TIME,
    FEW_STUDENTS,
    MONTHS_AFTER,
    MONTHS_BEFORE,
)
from leapdash.show.charts.base import (
    Drawing,
    EndLabel,
    Stamp,
    axis_title,
    event_axis,
    label_ends,
    label_height,
    label_margin,
    mark_visit,
    percent_axis,
    plain_axis,
    room_between,
)
from leapdash.show.charts.palette import Palette
from leapdash.show.effects.studies import Headline
from leapdash.show.words.numbers import per_cent, points

Rate = Literal["attendance_rate", "chronic_share"]

_Y_TITLES: Mapping[Rate, str] = {
    "attendance_rate": "Attendance rate (% of days enrolled)",
    "chronic_share": "Chronically absent (% of students)",
}
_BASE: Mapping[Rate, str] = {"attendance_rate": "students", "chronic_share": "chronic_base"}
_LEAST_HEIGHT = 380
_MANY = 6
# Beyond so many monthly lines their points would only crowd the plot.
_MARKED = 3


def trend_lines(
    table: pd.DataFrame,
    rate: Rate,
    palette: Palette,
    stamp: Stamp,
    published: pd.DataFrame | None = None,
    highlight: str = "",
) -> go.Figure:
    """A rate over months or school years, a line for every series, its name at its end.

    Takes the table of `attendance_trend` or `chronic_trend`. `published` (the table of
    `published_beside`) adds square marks with their values; only for school years. More than six
    series are grey but the one with the code `highlight`, which alone has its published rates.
    Lines break between school years; points with fewer than ten students are hollow.
    """
    monthly = bool(len(table)) and isinstance(table["period"].iloc[0], date)
    names = [str(name) for name in table["series"].unique()]
    if published is not None and len(names) > _MANY:
        published = published[published["code"] == highlight]
    published = published if published is not None and len(published) else None
    top = 34 if published is None else 54
    drawing = Drawing(palette, _height(names), right=label_margin(names), top=top, bottom=64)
    values = [*table[rate].dropna()]
    if published is not None:
        values += [*published["attendance_rate"]]
        # Room for the values written above the marks.
        values.append(min(1.0, max(values) + 0.1 * (max(values) - min(values))))
    drawing.layout["xaxis"] = _time_axis(table, published, monthly, palette)
    drawing.layout["yaxis"] = percent_axis(values, palette)
    colors = series_colors(table, palette, highlight)
    if len(colors) > _MANY:
        drawing.layout["hovermode"] = "closest"
    lines = {
        str(code): _line(part, rate, monthly)
        for code, part in table[table[rate].notna()].groupby("code", sort=False)
    }
    if len(colors) > _MANY:
        _add_faint(drawing, [lines[c] for c in lines if c != highlight], palette)
    marked = not monthly or len(colors) <= _MARKED
    for code, line in lines.items():
        if len(colors) <= _MANY or code == highlight:
            _add_line(drawing, line, colors[code], palette.ground, 7 - 2 * monthly, marked)
    ends = [EndLabel(line.x[-1], line.last, line.name, colors[c]) for c, line in lines.items()]
    if not values:
        drawing.write("nothing", "Nobody is counted here", x=0.5, y=0.5, xref="paper", yref="paper")
    drawing.write_above("y title", _Y_TITLES[rate], palette.muted)
    if published is not None:
        _add_published(drawing, published, palette)
    label_ends(drawing, ends)
    return drawing.finish(stamp)


def event_lines(
    table: pd.DataFrame,
    averages: pd.DataFrame | None,
    palette: Palette,
    stamp: Stamp,
    least: int = _LEAST_HEIGHT,
    headline: Headline | None = None,
) -> go.Figure:
    """Attendance rate by school months since the first visit, a line for every series.

    Takes the table of `paths`. One series carries its averages before and after as dotted levels,
    where the table of `before_after` is given; or the plain change of `headline`, measured from the
    level of the month before the visit. Points with fewer than ten students are hollow.
    """
    names = [str(name) for name in table["series"].unique()]
    alone = len(names) == 1
    levels = alone and averages is not None
    right = 16 if alone else label_margin(names)
    top = 52 if levels else 34
    drawing = Drawing(palette, _height(names, least), right=right, top=top, bottom=70)
    drawing.layout["xaxis"] = event_axis(palette)
    drawing.layout["yaxis"] = percent_axis([*table["attendance_rate"].dropna()], palette)
    mark_visit(drawing)
    colors = series_colors(table, palette) if not alone else {}
    ends = []
    for code, part in table.groupby("code", sort=False):
        color = colors.get(str(code), palette.visited)
        part = part[part["attendance_rate"].notna()]
        if len(part):
            ends.append(_add_path(drawing, part, color, palette))
    if averages is not None and alone:
        _add_levels(drawing, averages.iloc[0], palette)
    if headline is not None and alone:
        _add_plain_change(drawing, table, headline, palette)
    if not alone:
        label_ends(drawing, ends)
    drawing.write_above("y title", _Y_TITLES["attendance_rate"], palette.muted, row=int(levels))
    return drawing.finish(stamp)


def series_colors(table: pd.DataFrame, palette: Palette, highlight: str = "") -> dict[str, str]:
    """A colour for every series code: its meaning's, else one of six, else grey beyond six."""
    codes = [str(code) for code in table["code"].unique()]
    if {"visited", "eligible"} & set(codes):
        meanings = {"visited": palette.visited, "eligible": palette.waiting}
        return {code: meanings.get(code, palette.compared) for code in codes}
    if "all" in codes and len(codes) == 2:
        return {c: palette.compared if c == "all" else palette.series[0] for c in codes}
    if len(codes) > _MANY:
        return {c: palette.series[0] if c == highlight else palette.compared for c in codes}
    return dict(zip(codes, palette.series, strict=False))


@dataclass(frozen=True)
class _Line:
    """A line's points; nothing in `y` and `counts` where the line breaks."""

    name: str
    x: list[str]
    y: list[float | None]
    counts: list[int | None]

    @property
    def last(self) -> float:
        """The value at the line's end."""
        return next(value for value in reversed(self.y) if value is not None)


def _line(part: pd.DataFrame, rate: Rate, monthly: bool) -> _Line:
    """A series' points, broken where more than a month is missing.

    A line over the summer would show attendance where there was none.
    """
    line = _Line(str(part["series"].iloc[0]), [], [], [])
    before: date | None = None
    for period, value, count in zip(part["period"], part[rate], part[_BASE[rate]], strict=True):
        if monthly:
            if before and (period.year - before.year) * 12 + period.month - before.month > 1:
                _append(line, str(before), None, None)
            before = period
        _append(line, str(period), round(value, 5), int(count))
    return line


def _append(line: _Line, x: str, y: float | None, count: int | None) -> None:
    line.x.append(x)
    line.y.append(y)
    line.counts.append(count)


def _add_line(
    drawing: Drawing, line: _Line, color: str, ground: str, size: int, marked: bool
) -> None:
    drawing.add(
        "scatter",
        name=line.name,
        x=line.x,
        y=line.y,
        customdata=line.counts,
        mode="lines+markers" if marked else "lines",
        line={"color": color, "width": 2.5},
        marker=_points(line.counts, color, ground) | {"size": size},
        hovertemplate="%{y:.1%} · %{customdata:,} students",
    )


def _add_faint(drawing: Drawing, lines: Sequence[_Line], palette: Palette) -> None:
    """Many lines in one grey, as one trace with gaps: each named where the pointer is."""
    drawing.add(
        "scatter",
        name="the others",
        x=[x for line in lines for x in (*line.x, line.x[-1])],
        y=[y for line in lines for y in (*line.y, None)],
        customdata=[count for line in lines for count in (*line.counts, None)],
        text=[line.name for line in lines for _ in (*line.x, None)],
        mode="lines",
        line={"color": palette.compared, "width": 1},
        opacity=0.7,
        hovertemplate="%{text}, %{x}: %{y:.1%} · %{customdata:,} students<extra></extra>",
    )


def _add_published(drawing: Drawing, published: pd.DataFrame, palette: Palette) -> None:
    """Square marks with their values; where there are several series, open ones for the state."""
    several = published["code"].nunique() > 1
    key = []
    for code, part in published.groupby("code", sort=False):
        name = part["series"].iloc[0]
        hollow = several and code == "all"
        key.append(f"{'□' if hollow else '■'} {name}")
        drawing.add(
            "scatter",
            name=f"{name}, published",
            x=part["school_year"].tolist(),
            y=[round(value, 5) for value in part["attendance_rate"]],
            customdata=part["source"].tolist(),
            mode="markers+text",
            text=[per_cent(value) for value in part["attendance_rate"]],
            textposition="top center",
            textfont={"color": palette.published, "size": 12},
            marker={
                "symbol": "square-open" if hollow else "square",
                "size": 9,
                "color": palette.published,
            },
            hovertemplate="%{y:.1%} · %{customdata}",
        )
    drawing.write_above(
        "published key", f"{'  '.join(key[:2])}, published by the state", palette.published, row=1
    )


def _add_path(drawing: Drawing, part: pd.DataFrame, color: str, palette: Palette) -> EndLabel:
    drawing.add(
        "scatter",
        name=part["series"].iloc[0],
        x=part["event_time"].tolist(),
        y=[round(value, 5) for value in part["attendance_rate"]],
        customdata=part["students"].tolist(),
        mode="lines+markers",
        line={"color": color, "width": 2.5},
        marker=_points(part["students"].tolist(), color, palette.ground) | {"size": 7},
        hovertemplate="%{y:.1%} · %{customdata:,} students",
    )
    last = part.iloc[-1]
    return EndLabel(
        int(last["event_time"]), float(last["attendance_rate"]), part["series"].iloc[0], color
    )


def _points(counts: Sequence[int | None], color: str, ground: str) -> dict[str, Any]:
    """Marks in the line's colour, hollow where few students stand behind them."""
    few = [count is not None and count < FEW_STUDENTS for count in counts]
    fill = [ground if hollow else color for hollow in few] if any(few) else color
    return {"color": fill, "line": {"color": color, "width": 1.5}}


def _add_levels(drawing: Drawing, averages: pd.Series, palette: Palette) -> None:
    """The averages before and after as dotted levels, their values told above the plot."""
    told = []
    for side, months in (("before", MONTHS_BEFORE), ("after", MONTHS_AFTER)):
        level = averages[side]
        if pd.isna(level):
            continue
        told.append(f"{per_cent(level)} {side}")
        drawing.add(
            "scatter",
            name=f"average {side}",
            x=[months[0], months[-1]],
            y=[round(level, 5)] * 2,
            mode="lines",
            line={"color": palette.naive, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    if told:
        drawing.write_above("averages", f"┄ average {', '.join(told)}", palette.naive)


def _add_plain_change(
    drawing: Drawing, table: pd.DataFrame, headline: Headline, palette: Palette
) -> None:
    """The level of the month before the visit, dotted, and the plain change since in words."""
    rates = table.set_index("event_time")["attendance_rate"].dropna()
    months = [e for e in headline.event_times if e in rates.index]
    if headline.naive is None or BASE_EVENT_TIME not in rates.index or not months:
        return
    level = round(float(rates[BASE_EVENT_TIME]), 5)
    drawing.add(
        "scatter",
        name="month before",
        x=[BASE_EVENT_TIME, MONTHS_AFTER[-1]],
        y=[level, level],
        mode="lines",
        line={"color": palette.naive, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    since = float(rates[months].mean())
    if room_between(drawing, since - level):
        drawing.write(
            name="plain change",
            text=f"<b>{points(headline.naive, signed=True)}</b><br>points",
            x=sum(months) / len(months),
            y=(level + since) / 2,
            font={"size": 14, "color": palette.naive},
        )


def _time_axis(
    table: pd.DataFrame, published: pd.DataFrame | None, monthly: bool, palette: Palette
) -> dict[str, Any]:
    axis = plain_axis(palette)
    if monthly:
        # Set by hand: Plotly would widen the range for the labels at the lines' ends.
        margin = timedelta(days=20)
        ends = [str(table["period"].min() - margin), str(table["period"].max() + margin)]
        ticks = {"tickformat": "%b\n%Y", "hoverformat": "%B %Y", "nticks": 8}
        return axis | ticks | {"type": "date", "range": ends}
    years = set(table["period"])
    if published is not None:
        years |= set(published["school_year"])
    ordered = sorted(years)
    axis["title"] = axis_title("School year")
    return axis | {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": ordered,
        "range": [-0.4, len(ordered) - 0.6],
    }


def _height(names: Sequence[str], least: int = _LEAST_HEIGHT) -> int:
    """Tall enough for a label beside every line."""
    return max(least, 120 + int(sum(label_height(name) for name in names)))
