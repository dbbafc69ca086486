"""What figures with a line for every series share: their colours, their height, their marks."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.charts.labels import label_height
from leapdash.show.charts.palette import Palette

MANY = 6
LEAST_HEIGHT, ROOMY_HEIGHT = 380, 300


def series_colors(table: pd.DataFrame, palette: Palette) -> dict[str, str]:
    """A colour for every series code, at most `MANY`: its meaning's, else one of six."""
    codes = [str(code) for code in table["code"].unique()]
    if {"visited", "eligible"} & set(codes):
        meanings = {"visited": palette.visited, "eligible": palette.waiting}
        return {code: meanings.get(code, palette.compared) for code in codes}
    if "all" in codes and len(codes) == 2:
        return {c: palette.compared if c == "all" else palette.series[0] for c in codes}
    return dict(zip(codes, palette.series, strict=False))


def lines_height(names: Sequence[str], least: int = LEAST_HEIGHT) -> int:
    """A height that leaves room for a label beside every line."""
    return max(least, 120 + int(sum(label_height(name) for name in names)))


def marks(counts: Sequence[int | None], color: str, ground: str) -> dict[str, Any]:
    """How a line's points are marked: in its colour, hollow where few students stand behind."""
    few = [count is not None and count < FEW_STUDENTS for count in counts]
    fill = [ground if hollow else color for hollow in few] if any(few) else color
    return {"color": fill, "line": {"color": color, "width": 1.5}}
