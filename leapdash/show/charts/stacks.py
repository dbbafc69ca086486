"""Stacked bars, upright by month or lying by row: told apart by colour and by pattern."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from leapdash.show.charts.base import Drawing


@dataclass(frozen=True)
class Part:
    """One part of every bar: the column it is of, its name in the key, its colour and pattern."""

    column: str
    name: str
    color: str
    pattern: str = ""


def stack(drawing: Drawing, table: pd.DataFrame, parts: Sequence[Part], **where: Any) -> None:
    """A stacked bar for every row, and the key above them. `where`: x, the places of upright bars;
    or y and orientation, of lying ones.
    """
    palette = drawing.palette
    value, place = ("x", "y") if where.get("orientation") == "h" else ("y", "x")
    for part in parts:
        numbers: Sequence[int] = [int(n) for n in table[part.column]]
        drawing.add(
            "bar",
            name=part.name,
            **{value: numbers, place: where[place]},
            **({"orientation": "h"} if place == "y" else {}),
            marker={
                "color": part.color,
                "line": {"width": 0.5, "color": palette.ground},
                "pattern": {
                    "shape": part.pattern,
                    "fgcolor": palette.ground,
                    "size": 5,
                    "solidity": 0.25,
                    "fillmode": "overlay",
                },
            },
            hovertemplate=f"%{{{value}:,}}<extra>{part.name}</extra>",
        )
    drawing.layout.update(
        barmode="stack",
        showlegend=True,
        legend={
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 13, "color": palette.muted},
        },
    )


def mixed(color: str, ground: str, share: float) -> str:
    """A colour, with so much of it on its ground."""
    parts = zip(bytes.fromhex(color[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in parts)
