"""Figures of attendance and chronic absence over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.axes import axis_title, percent_axis, plain_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.labels import EndLabel, label_ends, label_margin
from leapdash.show.charts.palette import Palette
from leapdash.show.charts.series import MANY, lines_height, marks, series_colors
from leapdash.show.measures import Measure
from leapdash.show.words.numbers import per_cent

# Beyond so many monthly lines their points would only crowd the plot.
_MARKED = 3


def trend_lines(
    table: pd.DataFrame,
    measure: Measure,
    look: Look,
    published: pd.DataFrame | None = None,
    highlight: str = "",
) -> go.Figure:
    """A rate over months or school years, a line for every series, its name at its end.

    Takes the table of `attendance_trend` or `chronic_trend`. `published` (the table of
    `published_beside`) adds square marks with their values; only for school years. More than six
    series are grey but the one with the code `highlight`, which alone has its published rates.
    Lines break between school years; points with fewer than ten students are hollow.
    """
    palette = look.palette
    monthly = bool(len(table)) and isinstance(table["period"].iloc[0], date)
    names = [str(name) for name in table["series"].unique()]
    if published is not None and len(names) > MANY:
        published = published[published["code"] == highlight]
    published = published if published is not None and len(published) else None
    top = 34 if published is None else 54
    drawing = Drawing(look, lines_height(names), right=label_margin(names), top=top, bottom=64)
    values = [*table[measure.name].dropna()]
    if published is not None:
        values += [*published["attendance_rate"]]
        # Room for the values written above the marks.
        values.append(min(1.0, max(values) + 0.1 * (max(values) - min(values))))
    drawing.layout["xaxis"] = _time_axis(table, published, monthly, palette)
    drawing.layout["yaxis"] = percent_axis(values, palette)
    colors = series_colors(table, palette, highlight)
    if len(colors) > MANY:
        drawing.layout["hovermode"] = "closest"
    lines = {
        str(code): _line(part, measure, monthly)
        for code, part in table[table[measure.name].notna()].groupby("code", sort=False)
    }
    if len(colors) > MANY:
        _add_faint(drawing, [lines[c] for c in lines if c != highlight], palette)
    marked = not monthly or len(colors) <= _MARKED
    for code, line in lines.items():
        if len(colors) <= MANY or code == highlight:
            _add_line(drawing, line, colors[code], palette.ground, 7 - 2 * monthly, marked)
    ends = [EndLabel(line.x[-1], line.last, line.name, colors[c]) for c, line in lines.items()]
    if not values:
        drawing.write("nothing", "Nobody is counted here", x=0.5, y=0.5, xref="paper", yref="paper")
    drawing.write_above("y title", measure.axis, palette.muted)
    if published is not None:
        _add_published(drawing, published, palette)
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
    def last(self) -> float:
        """The value at the line's end."""
        return next(value for value in reversed(self.y) if value is not None)


def _line(part: pd.DataFrame, measure: Measure, monthly: bool) -> _Line:
    """A series' points, broken where more than a month is missing.

    A line over the summer would show attendance where there was none.
    """
    line = _Line(str(part["series"].iloc[0]), [], [], [])
    before: date | None = None
    for period, value, count in zip(
        part["period"], part[measure.name], part[measure.students], strict=True
    ):
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
        marker=marks(line.counts, color, ground) | {"size": size},
        hovertemplate="%{y:.1%} · %{customdata:,} students",
    )


def _add_faint(drawing: Drawing, lines: Sequence[_Line], palette: Palette) -> None:
    """Draw many lines in one grey, as one trace with gaps; the pointer tells each line's name."""
    drawing.add(
        "scatter",
        name="the others",
        x=[x for line in lines for x in (*line.x, line.x[-1])],
        y=[y for line in lines for y in (*line.y, None)],
        customdata=[count for line in lines for count in (*line.counts, None)],
        text=[line.name for line in lines for _ in (*line.x, None)],
        mode="lines",
        line={"color": palette.compared, "width": 1},
        hovertemplate="%{text}, %{x}: %{y:.1%} · %{customdata:,} students<extra></extra>",
    )


def _add_published(drawing: Drawing, published: pd.DataFrame, palette: Palette) -> None:
    """Draw published rates as squares with their values; the state's are open beside others."""
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
