"""Schools of one district within control limits: who stands apart by more than chance."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.axes import axis_title, percent_axis, plain_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.tiles import Tile
from leapdash.show.language import _
from leapdash.show.measures import CHRONIC_ABSENCE
from leapdash.show.views.funnel import INNER, OUTER, standard_error
from leapdash.show.words.numbers import per_cent

_PANEL, _HEAD, _BELOW = 190, 40, 30
_POINTS = 60


def school_funnel(table: pd.DataFrame, look: Look) -> go.Figure:
    """A panel for every level: a mark for each school, by students counted and chronic absence,
    within limits that widen as schools are smaller. Schools outside are filled and named.

    Takes the table of `schools_and_chance`.
    """
    levels = list(table["level"].unique())
    height = (_PANEL + _HEAD + _BELOW) * len(levels)
    drawing = Drawing(look, height + 92, right=16, top=42, bottom=50)
    drawing.layout["hovermode"] = "closest"
    bases = table["chronic_base"]
    ends = [0.0, 1.08 * float(bases.max())]
    for number, level in enumerate(levels):
        top = 1 - ((_PANEL + _HEAD + _BELOW) * number + _HEAD) / height
        tile = Tile(number + 1)
        _draw_panel(drawing, tile, table[table["level"] == level], ends)
        x, y = tile.axes["xaxis"], tile.axes["yaxis"]
        last = number == len(levels) - 1
        drawing.layout[x.replace("x", "xaxis")] = plain_axis(look.palette) | {
            "range": ends,
            "anchor": y,
            "tickformat": ",",
            "title": axis_title(_("Students counted in the school")) if last else None,
        }
        values = table.loc[table["level"] == level, ["chronic_share", "far_low", "far_high"]]
        drawing.layout[y.replace("y", "yaxis")] = percent_axis(
            [float(v) for v in values.to_numpy().ravel()], look.palette, ticks=5
        ) | {"domain": [top - _PANEL / height, top], "anchor": x}
        told = table.loc[table["level"] == level, "expected"].iloc[0]
        drawing.write(
            "level",
            _(
                "<b>{level}</b>: the district’s schools together {share}",
                level=level,
                share=per_cent(told),
            ),
            x=0,
            y=top,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
            xshift=2 - drawing.margin["l"],
            yshift=8,
            font={"color": look.palette.text},
        )
    drawing.write_above("y title", _(CHRONIC_ABSENCE.axis), look.palette.muted)
    return drawing.finish()


def _draw_panel(drawing: Drawing, tile: Tile, rows: pd.DataFrame, ends: list[float]) -> None:
    palette = drawing.palette
    expected, spread = rows["expected"].iloc[0], rows["spread"].iloc[0]
    sizes = pd.Series(np.linspace(max(20.0, ends[1] / 25), ends[1], _POINTS))
    error = standard_error(expected, sizes, spread)
    for name, reach, dash in (("99.8%", OUTER, "dot"), ("95%", INNER, "dash")):
        for sign in (-1, 1):
            drawing.add(
                "scatter",
                name=name,
                x=sizes.round(1).tolist(),
                y=(expected + sign * reach * error).clip(0, 1).round(5).tolist(),
                mode="lines",
                line={"color": palette.compared, "width": 1.5, "dash": dash},
                hoverinfo="skip",
                **tile.axes,
            )
    line: dict[str, Any] = {"color": palette.compared, "width": 1.5}
    drawing.add(
        "scatter",
        name="expected",
        x=ends,
        y=[round(float(expected), 5)] * 2,
        mode="lines",
        line=line,
        hoverinfo="skip",
        **tile.axes,
    )
    outside = rows["deviation"].abs() > 1
    drawing.add(
        "scatter",
        name="schools",
        x=rows["chronic_base"].astype(int).tolist(),
        y=rows["chronic_share"].round(5).tolist(),
        text=rows["school_name"].tolist(),
        mode="markers",
        marker={
            "size": 10,
            "color": [palette.visited if out else palette.ground for out in outside],
            "line": {"color": palette.visited, "width": 1.5},
        },
        hovertemplate=_("%{y:.1%} of %{x:,} students<extra>%{text}</extra>"),
        **tile.axes,
    )
    apart = rows[outside]
    for name, base, rate in zip(
        apart["school_name"],
        apart["chronic_base"].tolist(),
        apart["chronic_share"].tolist(),
        strict=True,
    ):
        right = base > ends[1] / 2
        drawing.write(
            "outside",
            str(name),
            x=base,
            y=rate,
            xref=tile.axes["xaxis"],
            yref=tile.axes["yaxis"],
            xanchor="right" if right else "left",
            xshift=-9 if right else 9,
            font={"size": 12, "color": palette.text},
        )
