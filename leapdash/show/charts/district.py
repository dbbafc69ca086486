"""Figures of one district: its schools beside each other."""

import math
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.charts.axes import axis_title, name_axis, percent_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.rows import left_margin, rows_height, short_names
from leapdash.show.language import _
from leapdash.show.measures import CHRONIC_ABSENCE, Measure
from leapdash.show.words.numbers import per_cent

_VALUES = 50
_TITLE_WIDTH, _LINE = 36, 18
_MOST_TICKS = 4
_DASHES = ("solid", "dash")


def school_rows(
    table: pd.DataFrame,
    measure: Measure,
    references: Mapping[str, Mapping[str, float]],
    look: Look,
) -> go.Figure:
    """A rate for every school of a district, level by level, each beside the same level's rates.

    Takes the table of `schools_beside`; `references` has, by level, the names of its upright lines
    and their rates: the district and the state. Schools run from the one worst off; their rates
    stand at the right edge. A school with fewer than ten students behind the rate is a ring. Shares
    have their interval. Where the axis doesn't begin at zero, it says so.
    """
    palette, rate = look.palette, measure.name
    rows = table[table[rate].notna()].sort_values(
        [rate, "school_name"], ascending=measure.more_is_better
    )
    sections = [(level, rows[rows["level"] == level]) for level in table["level"].unique()]
    rows = pd.concat([part for _, part in sections])
    short = short_names(rows["school_name"], look.roomy)
    order: list[str] = []
    heads: list[tuple[str, int, int]] = []
    for level, part in sections:
        heads.append((level, len(order), len(part)))
        # A row for the heading; invisible, and different for each level.
        order += ["\u200b" * (1 + len(heads)), *short[: len(part)]]
        short = short[len(part) :]
    names = [name for name in order if name.strip("\u200b")]
    lows, highs = _ends(rows, measure)
    values = [*rows[rate], *lows, *highs, *(v for own in references.values() for v in own.values())]
    rates = _few_ticks(percent_axis(values, palette, ticks=5))
    title = [*wrap(_(measure.axis), _TITLE_WIDTH), *_beginning(rates)]
    bottom = 44 + _LINE * len(title)
    height, left = rows_height(order, look.roomy) + bottom - 44, left_margin(order, look.roomy)
    drawing = Drawing(look, height, _VALUES, left, 34, bottom)
    _draw_references(drawing, references, heads, len(order))
    _draw_schools(drawing, rows, measure, names, lows, highs, rates["range"][1])
    drawing.layout.update(
        hovermode="closest",
        xaxis=rates | {"title": axis_title("<br>".join(title))},
        yaxis=name_axis(order, palette)
        | {"categoryorder": "array", "categoryarray": order[::-1], "showgrid": False},
    )
    marks = zip("│┆", next(iter(references.values()), ()), strict=False)
    if key := "   ".join(f"{mark} {name}" for mark, name in marks):
        drawing.write_above("key", _("{marks}, same level", marks=key), palette.muted)
    return drawing.finish()


def _draw_schools(
    drawing: Drawing,
    rows: pd.DataFrame,
    measure: Measure,
    names: Sequence[str],
    lows: Sequence[float],
    highs: Sequence[float],
    right: float,
) -> None:
    """Draw intervals and marks, and write the rates at the right edge."""
    palette = drawing.palette
    counts = [int(n) for n in rows[measure.students].fillna(0)]
    drawing.add(
        "scatter",
        name="intervals",
        x=[x for low, high in zip(lows, highs, strict=True) for x in (low, high, None)],
        y=[y for name in names[: len(lows)] for y in (name, name, None)],
        mode="lines",
        line={"color": palette.visited, "width": 1.5},
        hoverinfo="skip",
    )
    drawing.add(
        "scatter",
        name="schools",
        x=[round(v, 5) for v in rows[measure.name]],
        y=names,
        customdata=counts,
        mode="markers",
        marker={
            "size": 10,
            "color": [palette.ground if n < FEW_STUDENTS else palette.visited for n in counts],
            "line": {"color": palette.visited, "width": 1.5},
        },
        hovertemplate=_("%{x:.1%} · %{customdata:,} students<extra>%{y}</extra>"),
    )
    drawing.add(
        "scatter",
        name="values",
        x=[right] * len(rows),
        y=names,
        mode="text",
        text=[per_cent(v) for v in rows[measure.name]],
        textposition="middle right",
        textfont={"color": palette.text},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _draw_references(
    drawing: Drawing,
    references: Mapping[str, Mapping[str, float]],
    heads: Sequence[tuple[str, int, int]],
    places: int,
) -> None:
    """Head every level, with the rates of the same level, and draw those through its schools."""
    palette = drawing.palette
    for level, place, size in heads:
        own = references.get(level, {})
        top = places - 1 - place
        told = ", ".join(f"{name} {per_cent(rate)}" for name, rate in own.items())
        drawing.write(
            "level",
            f"<b>{level}</b>{': ' if told else ''}{told}",
            x=0,
            y=top,
            xref="paper",
            xanchor="left",
            xshift=2 - drawing.margin["l"],
            font={"color": palette.text},
        )
        for rate, dash in zip(own.values(), _DASHES, strict=False):
            line = {"dash": dash, "color": palette.compared, "width": 1.5}
            ends: dict[str, Any] = {"x0": rate, "x1": rate, "y0": top - size - 0.5, "y1": top - 0.5}
            drawing.shapes.append({"type": "line", "layer": "below", "line": line, **ends})


def _ends(rows: pd.DataFrame, measure: Measure) -> tuple[list[float], list[float]]:
    """The ends of the intervals; none where the table has no intervals of the measure."""
    if measure != CHRONIC_ABSENCE:
        return [], []
    return rows["chronic_low"].tolist(), rows["chronic_high"].tolist()


def _few_ticks(rates: dict[str, Any]) -> dict[str, Any]:
    """An axis of rates with no more ticks than stand beside each other on a telephone."""
    low, high = rates["range"]
    step = rates["dtick"]
    first = math.ceil(low / step) * step
    while (high - first) / step >= _MOST_TICKS:
        step *= 2
    return rates | {"tick0": first, "dtick": step, "tickangle": 0}


def _beginning(rates: Mapping[str, Any]) -> list[str]:
    """Where an axis of rates begins, if that is not at zero."""
    share = f"{rates['tick0']:.0%}"
    if rates["tick0"] <= 0:
        return []
    return wrap(_("The axis begins at {share}, not at 0%", share=share), _TITLE_WIDTH)
