"""Axes: rates in per cents, differences in points, months since the visit, names of rows."""

import math
from collections.abc import Sequence
from typing import Any, Literal

from leapdash.contract import EVENT_TIMES
from leapdash.show.charts.base import Drawing
from leapdash.show.charts.palette import Palette
from leapdash.show.language import N_, _
from leapdash.show.words.numbers import signed_month

MONTHS_SINCE = N_("School months since the month of the first visit")
_LEAST_SPAN = 0.04
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)


def percent_axis(values: Sequence[float], palette: Palette, ticks: int = 8) -> dict[str, Any]:
    """An axis of whole per cents with some air around the values, never beyond 0 and 100%."""
    low, high = (min(values), max(values)) if len(values) else (0.0, 1.0)
    if high - low < _LEAST_SPAN:
        low = min(max(0.0, (low + high - _LEAST_SPAN) / 2), 1 - _LEAST_SPAN)
        high = low + _LEAST_SPAN
    step = next((s for s in _STEPS if (high - low) / s <= ticks), _STEPS[-1])
    low = max(0.0, math.floor((low - 0.15 * step) / step) * step)
    high = min(1.0, math.ceil((high + 0.15 * step) / step) * step)
    return {
        "range": [low - 0.02 * (high - low), high + 0.02 * (high - low)],
        "dtick": step,
        "tick0": 0,
        "tickformat": ".0%",
        "gridcolor": palette.grid,
        "zeroline": False,
        "ticks": "",
        "fixedrange": True,
    }


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


def plain_axis(palette: Palette, title: str = "") -> dict[str, Any]:
    """A horizontal axis with a hairline and no grid."""
    return {
        "title": axis_title(title),
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": palette.grid,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": palette.grid,
        "fixedrange": True,
    }


def event_axis(palette: Palette) -> dict[str, Any]:
    """The axis of school months since the first visit, every third one marked."""
    times = EVENT_TIMES[::3]
    axis = plain_axis(palette, _(MONTHS_SINCE))
    return axis | {
        "range": [EVENT_TIMES[0] - 0.5, EVENT_TIMES[-1] + 0.5],
        "tickvals": list(times),
        "ticktext": [signed_month(e) for e in times],
    }


def mark_visit(drawing: Drawing, at: Literal["top", "bottom"] = "top") -> None:
    """Draw the first visit as a dotted rule, with its word at that end of the rule."""
    muted = drawing.palette.muted
    drawing.upright(0, "dot", muted, width=1)
    drawing.write(
        name="first visit",
        text=_("first visit"),
        x=0,
        y=float(at == "top"),
        yref="paper",
        xanchor="left",
        yanchor=at,
        xshift=4,
        font={"color": muted},
    )


def axis_title(text: str) -> dict[str, Any]:
    """An axis title in the size of the ticks."""
    return {"text": text, "standoff": 8, "font": {"size": 13}}


def name_axis(names: Sequence[str], palette: Palette) -> dict[str, Any]:
    """An axis with a row for every name."""
    return {
        "range": [-0.6, len(names) - 0.4],
        "type": "category",
        "tickfont": {"color": palette.text},
        "ticks": "",
        "ticklabelstandoff": 6,
        "gridcolor": palette.grid,
        "fixedrange": True,
    }
