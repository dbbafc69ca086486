"""Stacked bars, upright by month or lying by row: told apart by colour and by pattern."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from leapdash.show.charts.base import Drawing

_MARKS = {"": "■", "/": "▨", "x": "▩", ".": "▒"}


@dataclass(frozen=True)
class Part:
    """One part of every bar: the column it is of, its name in the key, its colour and pattern."""

    column: str
    name: str
    color: str
    pattern: str = ""


def stack(drawing: Drawing, table: pd.DataFrame, parts: Sequence[Part], **where: Any) -> None:
    """A stacked bar for every row. `where`: x, the places of upright bars;
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
    drawing.layout["barmode"] = "stack"


def write_key(drawing: Drawing, parts: Sequence[Part], *also: str) -> None:
    """Write the marks and names of the parts above the plot; `also`: of what else is drawn."""
    named = [
        f'<span style="color:{part.color}">{_MARKS[part.pattern]}</span> {part.name}'
        for part in parts
    ]
    drawing.write_above("key", "  ".join([*named, *also]), drawing.palette.muted)


def mixed(color: str, ground: str, share: float) -> str:
    """A colour, with so much of it on its ground."""
    parts = zip(bytes.fromhex(color[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in parts)
