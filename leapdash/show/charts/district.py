"""Figures of one district: its schools beside each other."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.show.charts.axes import axis_title, name_axis, percent_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.rows import left_margin, rows_height, short_names
from leapdash.show.measures import Measure
from leapdash.show.words.numbers import per_cent


def school_rows(
    table: pd.DataFrame, measure: Measure, levels: Mapping[str, float], look: Look
) -> go.Figure:
    """A rate for every school of a district, with upright lines for the district and the state.

    Takes the table of `schools_beside`; `levels` names each upright line and gives its rate. A
    school with fewer than ten students behind the rate is a ring.
    """
    palette, rate = look.palette, measure.name
    rows = table[table[rate].notna()].sort_values(
        [rate, "school_name"], ascending=measure.more_is_better
    )
    rows = rows.iloc[::-1]
    names = short_names(rows["school_name"])
    drawing = Drawing(look, rows_height(names) + 18, right=20, left=left_margin(names), top=52)
    few = rows[measure.students].fillna(0) < FEW_STUDENTS
    drawing.add(
        "scatter",
        name="schools",
        x=[round(v, 5) for v in rows[rate]],
        y=names,
        customdata=[int(n) for n in rows[measure.students].fillna(0)],
        mode="markers",
        marker={
            "size": 10,
            "color": [palette.ground if hollow else palette.visited for hollow in few],
            "line": {"color": palette.visited, "width": 1.5},
        },
        hovertemplate="%{x:.1%} · %{customdata:,} students<extra>%{y}</extra>",
    )
    rates = percent_axis([*rows[rate], *levels.values()], palette, ticks=5)
    drawing.layout.update(
        hovermode="closest",
        xaxis=rates | {"title": axis_title(measure.axis)},
        yaxis=name_axis(names, palette),
    )
    for row, ((name, level), dash) in enumerate(
        zip(levels.items(), ("solid", "dash"), strict=False)
    ):
        drawing.upright(level, dash, palette.compared)
        mark = "│" if dash == "solid" else "┆"
        drawing.write_above(
            "level", f"{mark} {name} {per_cent(level)}", palette.muted, row=len(levels) - 1 - row
        )
    return drawing.finish()
