"""Figures of the programme: who was reached."""

import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.axes import name_axis, plain_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.rows import left_margin, rows_height, short_names
from leapdash.show.language import _
from leapdash.show.words.numbers import count, per_cent

_ROOM_FOR_VALUES = 1.9
"""How much longer the axis is than the longest bar: what is written beside it needs room."""


def reach_rows(table: pd.DataFrame, look: Look) -> go.Figure:
    """The share visited of those ever eligible, a bar for every district, in the table's order.

    Takes the table of `districts_visited`. Beside a bar stand its share, and how many of how many.
    """
    palette, rows = look.palette, table[table["reached"].notna()].iloc[::-1]
    names = short_names(rows["series"])
    shares = [round(share, 5) for share in rows["reached"]]
    eligible = [count(n) for n in rows["ever_eligible"]]
    visited = [count(n) for n in rows["ever_eligible_visited"]]
    drawing = Drawing(look, rows_height(names), right=16, left=left_margin(names))
    drawing.add(
        "bar",
        name="reached",
        x=shares,
        y=names,
        orientation="h",
        marker={"color": palette.visited},
        text=[
            _("<b>{share}</b>  {n} of {all}", share=per_cent(share), n=met, all=all_)
            for share, met, all_ in zip(rows["reached"], visited, eligible, strict=True)
        ],
        textposition="outside",
        textfont={"color": palette.text},
        cliponaxis=False,
        customdata=[count(n) for n in rows["waiting"]],
        hovertemplate=_("%{x:.1%} visited, %{customdata} wait for a first visit")
        + "<extra></extra>",
    )
    axis = plain_axis(palette, _("Visited (% of students ever eligible)"))
    axis |= {"range": [0, _ROOM_FOR_VALUES * max(shares, default=1.0)]}
    drawing.layout.update(
        bargap=0.35,
        hovermode="closest",
        # Every bar has its value beside it.
        xaxis=axis | {"showticklabels": False, "ticks": "", "showline": False},
        yaxis=name_axis(names, palette) | {"showgrid": False},
    )
    return drawing.finish()
