"""Figures of the programme: who was reached."""

import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.axes import name_axis, plain_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.rows import left_margin, rows_height, short_names


def reach_rows(table: pd.DataFrame, look: Look) -> go.Figure:
    """Students ever eligible, visited and still waiting, a bar for every district.

    Takes the table of `districts_visited`.
    """
    palette, rows = look.palette, table.iloc[::-1]
    names = short_names(rows["series"])
    drawing = Drawing(look, rows_height(names), right=16, left=left_margin(names))
    parts = (
        ("visited", "ever_eligible_visited", palette.visited),
        ("waiting", "waiting", palette.waiting),
    )
    for name, column, color in parts:
        drawing.add(
            "bar",
            name=name,
            x=[int(n) for n in rows[column]],
            y=names,
            orientation="h",
            marker={"color": color},
            hovertemplate=f"%{{x:,}} {name}<extra></extra>",
        )
    axis = plain_axis(palette, "Students ever eligible")
    drawing.layout.update(
        barmode="stack",
        bargap=0.35,
        hovermode="closest",
        xaxis=axis | {"tickformat": ",", "nticks": 6, "gridcolor": palette.grid, "showgrid": True},
        yaxis=name_axis(names, palette),
    )
    key = f'<span style="color:{palette.visited}">■</span> visited   '
    key += f'<span style="color:{palette.waiting}">■</span> waiting for a first visit'
    drawing.write_above("key", key, palette.muted)
    return drawing.finish()
