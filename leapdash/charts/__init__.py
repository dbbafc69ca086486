"""A small table in, a Plotly figure out: pure functions, one palette, nothing fetched."""

from leapdash.charts.base import Stamp
from leapdash.charts.forest import WholeLine, forest
from leapdash.charts.lines import Rate, event_lines, trend_lines
from leapdash.charts.palette import DARK, LIGHT, Palette, palette_of
from leapdash.charts.rows import reach_rows, school_rows

__all__ = [
    "DARK",
    "LIGHT",
    "Palette",
    "Rate",
    "Stamp",
    "WholeLine",
    "event_lines",
    "forest",
    "palette_of",
    "reach_rows",
    "school_rows",
    "trend_lines",
]
