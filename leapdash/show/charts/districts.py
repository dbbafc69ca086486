"""Districts side by side: need, reach and effect, a panel each, a row for every district."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.axes import name_axis, percent_axis, points_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.rows import left_margin, rows_height, short_names
from leapdash.show.language import _
from leapdash.show.words.districts import PANELS, Panel, hover

_GAP = 0.05
_TICKS = 3


def districts_rows(table: pd.DataFrame, panels: Sequence[str], look: Look) -> go.Figure:
    """A row for every district, in the table's order: dots with their intervals, in a panel for
    each of `panels` (names of PANELS).

    Takes the table of `districts_beside`. An effect whose checks failed, or that can't be told from
    none, is a ring; one that is withheld has no mark.
    """
    names = short_names(table["series"], look.roomy)
    height, left = rows_height(names, look.roomy), left_margin(names, look.roomy)
    drawing = Drawing(look, height + 20, right=16, left=left, top=62, bottom=58)
    width = (1 - _GAP * (len(panels) - 1)) / len(panels)
    for number, name in enumerate(panels):
        _draw(drawing, name, table, names, number, width)
    drawing.layout.update(
        hovermode="closest",
        yaxis=name_axis(names, look.palette)
        | {"categoryorder": "array", "categoryarray": names[::-1], "showgrid": True},
    )
    return drawing.finish()


def _draw(
    drawing: Drawing,
    name: str,
    table: pd.DataFrame,
    names: Sequence[str],
    number: int,
    width: float,
) -> None:
    """Draw one panel, so wide a part of the plot, at its place from the left."""
    palette, panel, rows = drawing.palette, PANELS[name], table.to_dict("records")
    start, which = number * (width + _GAP), "" if number == 0 else str(number + 1)
    low, middle, high = ([_measure(panel, v) for v in table[end]] for end in panel.columns)
    line = {"color": palette.visited, "width": 2}
    drawing.add(
        "scatter",
        name=f"{name} ranges",
        x=[x for ends in zip(low, high, strict=True) for x in (*ends, None)],
        y=[y for own in names for y in (own, own, None)],
        xaxis=f"x{which}",
        mode="lines",
        line=line,
        hoverinfo="skip",
    )
    drawing.add(
        "scatter",
        name=name,
        x=middle,
        y=names,
        xaxis=f"x{which}",
        mode="markers",
        marker={
            "size": 9,
            "color": [
                palette.ground if panel.effect and _unsure(row) else palette.visited for row in rows
            ],
            "line": line,
        },
        customdata=[hover(panel, row) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    drawing.write(
        "panel",
        f"<b>{_(panel.title)}</b>",
        x=start,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=6,
        align="left",
        font={"size": 13, "color": palette.text},
    )
    scale = points_axis if panel.effect else percent_axis
    values = [v for end in panel.columns for v in table[end] if v == v]
    drawing.layout[f"xaxis{which}"] = {
        **_ticked(scale(values, palette)),
        "domain": [start, start + width],
        "anchor": "y",
    }


def _measure(panel: Panel, value: float) -> float | None:
    """A value in the units of its panel's axis; None for none."""
    if value != value:
        return None
    return round(100 * value, 3) if panel.effect else round(value, 5)


def _unsure(row: dict[Any, Any]) -> bool:
    return bool(row["checks_failed"]) or not (row["low"] > 0 or row["high"] < 0)


def _ticked(axis: dict[str, Any]) -> dict[str, Any]:
    """The axis with so few ticks that they fit a third of a telephone's width."""
    few = {name: value for name, value in axis.items() if name not in ("dtick", "tick0")}
    return few | {"nticks": _TICKS, "showgrid": True}
