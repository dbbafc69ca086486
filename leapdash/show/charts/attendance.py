"""Figures of attendance and chronic absence over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.charts.axes import axis_title, percent_axis, plain_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.labels import EndLabel, label_ends, label_margin
from leapdash.show.charts.palette import Palette
from leapdash.show.charts.series import (
    LEAST_HEIGHT,
    MANY,
    ROOMY_HEIGHT,
    lines_height,
    marks,
    series_colors,
)
from leapdash.show.charts.tiles import Head, Tile, tiles
from leapdash.show.choice import Grain
from leapdash.show.language import N_, _
from leapdash.show.measures import Measure
from leapdash.show.words.attendance import period_in_words, year_before
from leapdash.show.words.numbers import per_cent, points

# Beyond so many monthly lines their points would only crowd the plot.
_MARKED = 3
_SQUARES = N_("■ published by the state")
_WITH_VALUES = 2


def trend_lines(
    table: pd.DataFrame,
    measure: Measure,
    look: Look,
    published: pd.DataFrame | None = None,
    highlight: str = "",
) -> go.Figure:
    """A rate over months or school years, a line for every series, its name at its end.

    Takes the table of `attendance_trend` or `chronic_trend`. `published` (the table of
    `published_beside`) adds square marks in their line's colour, with their values; only for school
    years. More than six series have a tile each, first the one with the code `highlight`. Lines
    break between school years; points with fewer than ten students are hollow.
    """
    palette = look.palette
    monthly = bool(len(table)) and isinstance(table["period"].iloc[0], date)
    published = published if published is not None and len(published) else None
    lines = _lines(table, measure)
    values = [*table[measure.name].dropna()]
    if published is not None:
        values += [*published["attendance_rate"]]
    if len(lines) > MANY:
        rates = percent_axis(values, palette, ticks=4)
        time = _time_axis(table, published, monthly, palette)
        return _trend_tiles(table, lines, measure, time, rates, look, published, highlight)
    names = [str(name) for name in table["series"].unique()]
    top = 34 if published is None else 54
    height = lines_height(names, ROOMY_HEIGHT if look.roomy else LEAST_HEIGHT)
    drawing = Drawing(look, height, right=label_margin(names), top=top, bottom=64)
    if published is not None:
        # Room for the values written above and below the marks.
        room = 0.1 * (max(values) - min(values))
        values += [min(1.0, max(values) + room), max(0.0, min(values) - room)]
    drawing.layout["xaxis"] = _time_axis(table, published, monthly, palette)
    drawing.layout["yaxis"] = percent_axis(values, palette)
    colors = series_colors(table, palette)
    marked = not monthly or len(lines) <= _MARKED
    for code, line in lines.items():
        _add_line(drawing, line, colors[code], palette.ground, 7 - 2 * monthly, marked)
    ends = [EndLabel(line.x[-1], line.last, line.name, colors[c]) for c, line in lines.items()]
    if not values:
        drawing.write(
            "nothing", _("Nobody is counted here"), x=0.5, y=0.5, xref="paper", yref="paper"
        )
    drawing.write_above("y title", _(measure.axis), palette.muted)
    if published is not None:
        _add_published(drawing, published, colors)
    label_ends(drawing, ends)
    return drawing.finish()


@dataclass(frozen=True)
class _Line:
    """A line's points; nothing in `y` and `counts` where the line breaks."""

    name: str
    x: list[str]
    y: list[float | None]
    counts: list[int | None]

    @property
    def points(self) -> Mapping[str, Any]:
        """The line's name and points as a trace has them."""
        return {"name": self.name, "x": self.x, "y": self.y, "customdata": self.counts}

    @property
    def last(self) -> float:
        """The value at the line's end."""
        return next(value for value in reversed(self.y) if value is not None)


def _lines(table: pd.DataFrame, measure: Measure) -> dict[str, _Line]:
    """Every series' line by its code."""
    told = table[table[measure.name].notna()]
    return {str(code): _line(part, measure) for code, part in told.groupby("code", sort=False)}


def _line(part: pd.DataFrame, measure: Measure) -> _Line:
    """A series' points, broken where more than a month, or a school year, is missing.

    A line over the summer would show attendance where there was none.
    """
    line = _Line(str(part["series"].iloc[0]), [], [], [])
    before: date | str | None = None
    for period, value, count in zip(
        part["period"], part[measure.name], part[measure.students], strict=True
    ):
        if before and _apart(before, period) > 1:
            _append(line, str(before), None, None)
        before = period
        _append(line, str(period), round(value, 5), int(count))
    return line


def _apart(before: date | str, period: date | str) -> int:
    """How many months, or school years, lie between two points."""
    if isinstance(before, date) and isinstance(period, date):
        return (period.year - before.year) * 12 + period.month - before.month
    return int(str(period)[:4]) - int(str(before)[:4])


def _append(line: _Line, x: str, y: float | None, count: int | None) -> None:
    line.x.append(x)
    line.y.append(y)
    line.counts.append(count)


def _add_line(
    drawing: Drawing, line: _Line, color: str, ground: str, size: int, marked: bool
) -> None:
    drawing.add(
        "scatter",
        **line.points,
        mode="lines+markers" if marked else "lines",
        line={"color": color, "width": 2.5},
        marker=marks(line.counts, color, ground) | {"size": size},
        hovertemplate=_("%{y:.1%} · %{customdata:,} students"),
    )


def _trend_tiles(
    table: pd.DataFrame,
    lines: Mapping[str, _Line],
    measure: Measure,
    time: Mapping[str, Any],
    rates: Mapping[str, Any],
    look: Look,
    published: pd.DataFrame | None,
    highlight: str,
) -> go.Figure:
    """A tile for every line, with its last value and how it moved in a year above.

    The highlighted comes first, then the others, worst off first. Where one of them is all
    students, that line stands in grey behind every other.
    """
    palette = look.palette
    worst = sorted(lines, key=lambda c: lines[c].last * (1 if measure.more_is_better else -1))
    order = sorted(worst, key=lambda code: code != highlight)
    heads = [Head(lines[code].name, _moved(table, code, measure)) for code in order]
    small = {"tickfont": {"size": 12}, "title": None, "nticks": 4}
    short = {"tickvals": time["categoryarray"][::2]} if "categoryarray" in time else {}
    years = {"dtick": "M12", "tickformat": "%Y"} if time["type"] == "date" else short
    drawing, places = tiles(
        look, heads, {**time, **small, **years}, rates, keys=1 + (published is not None)
    )
    for code, place in zip(order, places, strict=True):
        if "all" in lines and code != "all":
            _add_thin(drawing, lines["all"], palette, place)
        _add_tile_line(drawing, lines[code], palette, place)
        own = None if published is None else published[published["code"] == code]
        if own is not None and len(own):
            _add_squares(drawing, own, palette.series[0], "square", 6, place)
    drawing.write_above("y title", _(measure.axis), palette.muted)
    if published is not None:
        drawing.write_above("published key", _(_SQUARES), palette.muted, row=1)
    return drawing.finish()


def _moved(table: pd.DataFrame, code: str, measure: Measure) -> str:
    """A line's last value, and the points it moved since a year before, or the year before."""
    part = table[(table["code"] == code) & table[measure.name].notna()]
    last = part.iloc[-1]
    earlier = year_before(part, last["period"], _grain(last["period"]))
    told = per_cent(last[measure.name])
    if last[measure.students] < FEW_STUDENTS:
        return _("fewer than ten students")
    if earlier is None or earlier[measure.students] < FEW_STUDENTS:
        return told
    change = points(last[measure.name] - earlier[measure.name], signed=True)
    return _(
        "{rate}, {change} since {period}",
        rate=told,
        change=change,
        period=period_in_words(earlier["period"]),
    )


def _grain(period: date | str) -> Grain:
    return "month" if isinstance(period, date) else "year"


def _add_thin(drawing: Drawing, line: _Line, palette: Palette, place: Tile) -> None:
    drawing.add(
        "scatter",
        name=line.name,
        x=line.x,
        y=line.y,
        mode="lines",
        line={"color": palette.compared, "width": 1},
        hoverinfo="skip",
        **place.axes,
    )


def _add_tile_line(drawing: Drawing, line: _Line, palette: Palette, place: Tile) -> None:
    """Draw a tile's line; of its points only those with few students are marked, as rings."""
    color = palette.series[0]
    few = [count is not None and count < FEW_STUDENTS for count in line.counts]
    drawing.add(
        "scatter",
        **line.points,
        mode="lines+markers",
        line={"color": color, "width": 2},
        marker={
            "size": [6 if ring else 1 for ring in few],
            "color": [palette.ground if ring else color for ring in few],
            "line": {"color": color, "width": [1.5 if ring else 0 for ring in few]},
            "opacity": 1,
        },
        hovertemplate=_("%{x}: %{y:.1%} · %{customdata:,} students<extra></extra>"),
        **place.axes,
    )


def _add_published(drawing: Drawing, published: pd.DataFrame, colors: Mapping[str, str]) -> None:
    """Draw published rates as squares in their line's colour; the state's are open beside others.

    One or two series have their values written, the higher above and the lower below its square,
    where they can't lie on each other.
    """
    names = published.drop_duplicates("code")[["code", "series"]].itertuples(index=False)
    marks = {}
    highest = published.groupby("school_year")["attendance_rate"].max()
    several = published["code"].nunique() > 1
    for code, name in names:
        part = published[published["code"] == code]
        symbol = "square-open" if several and code == "all" else "square"
        marks[f"{'□' if symbol == 'square-open' else '■'} {name}"] = code
        above = part["attendance_rate"] >= part["school_year"].map(highest)
        _add_squares(drawing, part, colors[str(code)], symbol, 9)
        if published["code"].nunique() <= _WITH_VALUES:
            drawing.traces[-1] |= {
                "mode": "markers+text",
                "text": [per_cent(value) for value in part["attendance_rate"]],
                "textposition": [f"{'top' if upper else 'bottom'} center" for upper in above],
                "textfont": {"color": colors[str(code)], "size": 12},
            }
    key = (
        _("{marks}, published by the state", marks="  ".join(marks))
        if len(marks) <= _WITH_VALUES
        else _(_SQUARES)
    )
    drawing.write_above("published key", key, drawing.palette.muted, row=1)


def _add_squares(
    drawing: Drawing,
    published: pd.DataFrame,
    color: str,
    symbol: str,
    size: int,
    place: Tile | None = None,
) -> None:
    """Draw a series' published rates as squares in its line's colour."""
    drawing.add(
        "scatter",
        name=_("{series}, published", series=published["series"].iloc[0]),
        x=published["school_year"].tolist(),
        y=[round(value, 5) for value in published["attendance_rate"]],
        customdata=published["source"].tolist(),
        mode="markers",
        marker={"symbol": symbol, "size": size, "color": color},
        hovertemplate="%{y:.1%} · %{customdata}",
        **(place.axes if place else {}),
    )


def _time_axis(
    table: pd.DataFrame, published: pd.DataFrame | None, monthly: bool, palette: Palette
) -> dict[str, Any]:
    axis = plain_axis(palette)
    if monthly:
        # Set by hand: Plotly would widen the range for the labels at the lines' ends.
        margin = timedelta(days=20)
        ends = [str(table["period"].min() - margin), str(table["period"].max() + margin)]
        ticks = {"tickformat": "%b\n%Y", "hoverformat": _("%B %Y"), "nticks": 8}
        return axis | ticks | {"type": "date", "range": ends}
    years = set(table["period"])
    if published is not None:
        years |= set(published["school_year"])
    ordered = sorted(years)
    axis["title"] = axis_title(_("School year"))
    return axis | {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": ordered,
        "range": [-0.4, len(ordered) - 0.6],
    }
