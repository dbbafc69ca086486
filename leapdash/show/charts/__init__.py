"""A small table in, a Plotly figure out: pure functions, one palette, nothing fetched."""

from leapdash.show.charts.base import Stamp
from leapdash.show.charts.effects import (
    balance_rows,
    differences_before,
    effect_paths,
    observed_lines,
    schoolmates_lines,
)
from leapdash.show.charts.forest import WholeLine, forest
from leapdash.show.charts.lines import Rate, event_lines, trend_lines
from leapdash.show.charts.palette import DARK, LIGHT, Palette, palette_of
from leapdash.show.charts.rows import reach_rows, school_rows

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "Rate",
    "Stamp",
    "WholeLine",
    "balance_rows",
    "differences_before",
    "effect_paths",
    "event_lines",
    "forest",
    "observed_lines",
    "palette_of",
    "reach_rows",
    "school_rows",
    "schoolmates_lines",
    "trend_lines",
]
