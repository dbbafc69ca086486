"""Effects row by row: a forest plot, with a line for the whole and a mark where too few stand."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract.thresholds import percent
from leapdash.inference import Interval
from leapdash.show.charts.axes import axis_title, plain_axis
from leapdash.show.charts.base import Drawing, Look, text_width
from leapdash.show.charts.rows import draw_withheld
from leapdash.show.language import N_, _, _n
from leapdash.show.views.effect_rows import THE_WHOLE
from leapdash.show.words.effects import between, what_failed
from leapdash.show.words.numbers import count, points

BEYOND = N_("► beyond the axis")
_LINE, _GAP, _ROOMY_GAP, _SECTION = 17, 6, 3, 28
_NAME_WIDTH, _ROOMY_NAME_WIDTH = 20, 48
_SEVERAL = " · "
_STEPS = (1, 2, 5, 10, 20, 50, 100)
_NARROWEST = 4.0
_SMALL_WIDTH = 0.82
"""Small print under a name, beside the name's size."""
_FEWEST_FENCED, _FENCE, _LEAST_QUARTILES, _WORTH_CUTTING = 5, 3.0, 1.0, 1.3


@dataclass(frozen=True)
class WholeLine:
    """The upright line the rows are read against: what it stands for, and its effect."""

    name: str
    effect: Interval


@dataclass(frozen=True)
class _Row:
    """One row of the table, the lines of its name, where it stands in pixels below the top, and
    whether what stands under the name has room beside it.
    """

    values: Mapping[Hashable, Any]
    name: list[str]
    at: float
    roomy: bool

    @property
    def told(self) -> bool:
        return not math.isnan(self.values["effect"])

    @property
    def effect(self) -> float:
        return _points(self.values["effect"])

    @property
    def small(self) -> list[str]:
        """What stands under the name in small print, first how many were followed."""
        return _small(self.values)


def forest(table: pd.DataFrame, whole: WholeLine | None, axis: str, look: Look) -> go.Figure:
    """A row for every effect with its interval, in the order of the table, section by section.

    Takes a table of `views.effect_rows`. Under each name stands how many visited students were
    followed, of all visited, and, where the table has it, whom visits reached and who waits; on the
    right the effect in points. A row whose effect is withheld is a hatched bar with its reason on
    hover; a mark is hollow where a check of the comparison fails. A row far from all others is an
    arrow at the edge, lest it squeeze them. `axis`: the axis' title.
    """
    palette = look.palette
    rows, heads, height = _placed(table.to_dict("records"), look.roomy)
    told, hidden = [row for row in rows if row.told], [row for row in rows if not row.told]
    low, high, marks = _span(told, whole)
    beyond = any(not low <= row.effect <= high for row in told)
    left = int(max([_width(row) for row in rows], default=60)) + 12
    top, bottom = 34 if whole is None else 40, 98 if beyond else 80
    drawing = Drawing(look, int(height) + top + bottom, 54, left, top, bottom)
    if hidden:
        withheld = [
            (row.at, *(row.values[name] for name in ("series", "reason", "visited_all")))
            for row in hidden
        ]
        draw_withheld(drawing, withheld, low, high)
    _draw_told(drawing, told, low, high)
    zero = {"color": palette.muted, "width": 1}
    drawing.shapes.append(
        {"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper", "line": zero}
    )
    if whole is not None:
        drawing.upright(_points(whole.effect.effect), "solid", palette.visited, 1)
        drawing.write_above("whole", _whole_words(whole), palette.visited)
    for name, at in heads:
        drawing.write(
            "section",
            f"<b>{name}</b>",
            x=0,
            y=at,
            xref="paper",
            xanchor="left",
            xshift=2 - left,
            font={"size": 13, "color": palette.text},
        )
    small = f'<span style="font-size:12px;color:{palette.muted}">{{}}</span>'
    drawing.layout.update(
        hovermode="closest",
        xaxis=plain_axis(palette)
        | {
            "title": axis_title(f"{axis}<br>{_(BEYOND)}" if beyond else axis),
            "range": [low, high],
            "tickvals": marks,
            "ticktext": [f"{mark:+d}".replace("-", "−") if mark else "0" for mark in marks],
            "showgrid": True,
            "gridcolor": palette.grid,
        },
        yaxis={
            "range": [-height, 0],
            "tickvals": [row.at for row in rows],
            "ticktext": ["<br>".join(_label(row, small)) for row in rows],
            "tickfont": {"color": palette.text},
            "ticks": "",
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return drawing.finish()


def _draw_told(drawing: Drawing, rows: Sequence[_Row], left: float, right: float) -> None:
    """Draw the intervals and the marks on them, and write the effects at the right edge; beside an
    arrow its interval, which is beyond the axis too.
    """

    def within(value: float) -> float:
        return min(max(value, left), right)

    palette = drawing.palette
    x: list[float | None] = []
    y: list[float | None] = []
    for row in rows:
        x += [within(_points(row.values["low"])), within(_points(row.values["high"])), None]
        y += [row.at, row.at, None]
    drawing.add(
        "scatter",
        name="intervals",
        x=x,
        y=y,
        mode="lines",
        line={"color": palette.visited, "width": 2},
        hoverinfo="skip",
    )
    symbols = [_symbol(row, left, right) for row in rows]
    drawing.add(
        "scatter",
        name="effects",
        x=[within(row.effect) for row in rows],
        y=[row.at for row in rows],
        mode="markers",
        marker={
            "size": [9 if symbol == "square" else 12 for symbol in symbols],
            "symbol": symbols,
            "color": [
                palette.ground if row.values["checks_failed"] else palette.visited for row in rows
            ],
            "line": {"color": palette.visited, "width": 2},
            # Plotly makes marks of several sizes see-through.
            "opacity": 1,
        },
        customdata=[_hover(row) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
        # An arrow at the edge is whole.
        cliponaxis=False,
    )
    drawing.add(
        "scatter",
        name="numbers",
        x=[right] * len(rows),
        y=[row.at for row in rows],
        # Unseen marks, to hold the numbers off the arrows.
        mode="markers+text",
        marker={"size": 16, "opacity": 0},
        text=[points(row.values["effect"], signed=True) for row in rows],
        textposition="middle right",
        textfont={"color": palette.text},
        cliponaxis=False,
        hoverinfo="skip",
    )
    for row in rows:
        if not left <= row.effect <= right:
            _write_beyond(drawing, row, left, right)


def _write_beyond(drawing: Drawing, row: _Row, left: float, right: float) -> None:
    """Write the interval of a row beyond the axis, beside its arrow."""
    upper = row.effect > right
    low, high = row.values["low"], row.values["high"]
    drawing.write(
        "beyond",
        between(Interval(row.values["effect"], 0.0, low, high)),
        x=right if upper else left,
        y=row.at,
        xanchor="right" if upper else "left",
        xshift=-12 if upper else 12,
        font={"size": 12, "color": drawing.palette.muted},
    )


def _placed(
    records: Sequence[Mapping[Hashable, Any]], roomy: bool
) -> tuple[list[_Row], list[tuple[str, float]], float]:
    """The rows and the sections' headings where they stand, and the height of all, in pixels.

    A section's name isn't written where it is the only one, nor above the whole.
    """
    several = len({values["section"] for values in records}) > 1
    down, before, together = 0.0, None, _(THE_WHOLE)
    rows: list[_Row] = []
    heads: list[tuple[str, float]] = []
    for values in records:
        section = values["section"]
        if section != before and several and section != together:
            heads.append((section, -(down + _SECTION / 2 + 3)))
            down += _SECTION
        before = section
        width = _ROOMY_NAME_WIDTH if roomy else _NAME_WIDTH
        name = wrap(values["series"], width, max_lines=3, placeholder="…")
        row = _Row(values, name, -down, roomy)
        height = _LINE * len(_label(row, "")) + (_ROOMY_GAP if roomy else _GAP)
        rows.append(replace(row, at=-(down + height / 2)))
        down += height
    return rows, heads, max(down, 60.0)


def _span(rows: Sequence[_Row], whole: WholeLine | None) -> tuple[float, float, list[int]]:
    """The axis' ends in points, zero within, and its marks.

    Rows far from all others are left out where the axis would be longer for them by a third.
    """
    low, high = _ends(rows, whole)
    inner = _ends(_unfenced(rows), whole)
    if high - low > _WORTH_CUTTING * (inner[1] - inner[0]):
        low, high = inner
    if high - low < _NARROWEST:
        low, high = min(low, -_NARROWEST / 2), max(high, _NARROWEST / 2)
    step = next((s for s in _STEPS if (high - low) / s <= 5), _STEPS[-1])
    air = 0.05 * (high - low)
    low, high = low - air, high + air
    return low, high, [m for m in range(-100, 101, step) if low <= m <= high]


def _ends(rows: Sequence[_Row], whole: WholeLine | None) -> tuple[float, float]:
    """From where to where zero, all intervals and the whole's lie, in points."""
    values = [0.0, *(100 * row.values[end] for row in rows for end in ("low", "high"))]
    if whole is not None:
        values += [100 * whole.effect.low, 100 * whole.effect.high]
    return min(values), max(values)


def _unfenced(rows: Sequence[_Row]) -> Sequence[_Row]:
    """The rows whose effect is no further from the middle half than three times its width."""
    if len(rows) < _FEWEST_FENCED:
        return rows
    first, _middle, third = quantiles([row.effect for row in rows], n=4)
    room = _FENCE * max(third - first, _LEAST_QUARTILES)
    return [row for row in rows if first - room <= row.effect <= third + room]


def _symbol(row: _Row, left: float, right: float) -> str:
    """How a row is marked: an arrow where its effect is beyond the axis."""
    if row.effect > right:
        return "triangle-right"
    if row.effect < left:
        return "triangle-left"
    return "diamond" if row.values["section"] == _(THE_WHOLE) else "square"


def _small(values: Mapping[Hashable, Any]) -> list[str]:
    if math.isnan(values["visited_all"]):
        return []
    lines = [_("{n} of {all}", n=count(values["visited"]), all=count(values["visited_all"]))]
    reached = values.get("reached", math.nan)
    if not math.isnan(reached):
        waiting = int(values["waiting"])
        lines.append(
            _n(
                "{share} reached, {n} wait",
                "{share} reached, {n} wait",
                waiting,
                share=percent(reached),
                n=count(waiting),
            )
        )
    return lines


def _width(row: _Row) -> float:
    """About how many pixels the lines at a row's left take."""
    names = [text_width(line) for line in row.name]
    if row.roomy:
        return max(*names[:-1], names[-1] + text_width(_SEVERAL.join(["", *row.small])), 0.0)
    return max(0.0, *names, *(_SMALL_WIDTH * text_width(line) for line in row.small))


def _label(row: _Row, small: str) -> list[str]:
    """The lines at a row's left; `small`: how small print is written."""
    if not row.roomy:
        return [*row.name, *map(small.format, row.small)]
    *above, last = row.name
    return [*above, last + small.format(_SEVERAL.join(["", *row.small]))]


def _hover(row: _Row) -> str:
    effect, low, high, naive = (
        points(row.values[name], signed=True) for name in ("effect", "low", "high", "naive_change")
    )
    lines = [
        f"<b>{row.values['series']}</b>",
        _("{effect} points, between {low} and {high}", effect=effect, low=low, high=high),
        _("A plain before-and-after: {change} points", change=naive),
        _n(
            "{n} of {all} visited students",
            "{n} of {all} visited students",
            int(row.values["visited_all"]),
            n=count(row.values["visited"]),
            all=count(row.values["visited_all"]),
        ),
    ]
    if codes := row.values["checks_failed"]:
        lines.append(_("Mind: {what}", what=what_failed(codes.split(", "))))
    return "<br>".join(lines)


def _whole_words(whole: WholeLine) -> str:
    effect = points(whole.effect.effect, signed=True)
    return _(
        "{whom}: {effect} points ({between})",
        whom=whole.name,
        effect=effect,
        between=between(whole.effect),
    )


def _points(fraction: float) -> float:
    return round(100 * float(fraction), 3)
