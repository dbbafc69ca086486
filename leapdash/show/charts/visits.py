"""Figures of the visits themselves: by month, by kind, how soon, and from eligible to met."""

import pandas as pd
import plotly.graph_objects as go

from leapdash.contract import FIRST_VISITS
from leapdash.show.charts.axes import name_axis, plain_axis
from leapdash.show.charts.base import Drawing, Look
from leapdash.show.charts.palette import Palette
from leapdash.show.charts.rows import left_margin, rows_height, short_names
from leapdash.show.charts.stacks import Part, mixed, stack, write_key
from leapdash.show.charts.waiting import by_month, waiting_parts
from leapdash.show.language import _
from leapdash.show.words.numbers import count, per_cent, short_month

_HEIGHT, _TOP = 380, 60
_MOST_SCHOOLS = 25
_ROOM_FOR_VALUES = 1.35


def visit_months(table: pd.DataFrame, look: Look) -> go.Figure:
    """Visits by month, those that met the family and those that met nobody, and how many could be
    made where that is known; takes `visits_by_month`.
    """
    palette = look.palette
    drawing = Drawing(look, _HEIGHT, right=12, top=_TOP)
    parts = [
        Part("met", _("met the family"), palette.visited),
        Part("missed", _("met nobody"), palette.compared, "/"),
    ]
    periods = [short_month(period) for period in table["period"]]
    stack(drawing, table, parts, x=periods)
    known = bool(table["capacity"].notna().any())
    dotted = f'<span style="color:{palette.naive}">┄</span> {_("could be made")}'
    write_key(drawing, parts, *([dotted] if known else []))
    if known:
        drawing.add(
            "scatter",
            name=_("could be made"),
            x=periods,
            y=[None if n != n else n for n in table["capacity"].tolist()],
            mode="lines",
            line={"color": palette.naive, "width": 2, "dash": "dot", "shape": "hvh"},
            hovertemplate="%{y:,}<extra>" + _("could be made") + "</extra>",
        )
    by_month(drawing, table, _("Visits"))
    return drawing.finish()


def soon_months(table: pd.DataFrame, look: Look) -> go.Figure:
    """First visits by month, stacked by how long students had waited; takes
    `first_visits_by_month`.
    """
    drawing = Drawing(look, _HEIGHT, right=12, top=_TOP)
    parts = waiting_parts(FIRST_VISITS, look.palette)
    stack(drawing, table, parts, x=[short_month(period) for period in table["period"]])
    write_key(drawing, parts)
    by_month(drawing, table, _("First visits to eligible students"))
    return drawing.finish()


def funnel_months(table: pd.DataFrame, look: Look) -> go.Figure:
    """Students ever eligible by month: met, tried without meeting anyone, neither; takes
    `funnel_by_month`.
    """
    drawing = Drawing(look, _HEIGHT, right=12, top=_TOP)
    parts = _funnel(look.palette)
    stack(drawing, table, parts, x=[short_month(period) for period in table["period"]])
    write_key(drawing, parts)
    by_month(drawing, table, _("Students ever eligible"))
    return drawing.finish()


def funnel_schools(table: pd.DataFrame, look: Look) -> go.Figure:
    """The same for every school, of many the first; takes `funnel_by_school`."""
    rows = table.head(_MOST_SCHOOLS).iloc[::-1]
    names = short_names(rows["school_name"])
    drawing = Drawing(look, rows_height(names) + 16, 12, left_margin(names), top=40)
    parts = _funnel(look.palette)
    stack(drawing, rows, parts, y=names, orientation="h")
    write_key(drawing, parts)
    _write_values(drawing, rows["ever_eligible"], names, [per_cent(v) for v in rows["reached"]])
    _lying(drawing, names, float(rows["ever_eligible"].max()))
    drawing.layout["xaxis"]["title"]["text"] = _("Ever eligible (per cent: met)")
    return drawing.finish()


def visit_kinds(table: pd.DataFrame, look: Look) -> go.Figure:
    """Visits by kind, section by section, with their share of the section; takes `kinds_made`."""
    names: list[str] = []
    places: list[str] = []
    heads: list[tuple[str, int]] = []
    short = iter(short_names(table["series"], look.roomy))
    for number, (section, own) in enumerate(table.groupby("section", sort=False), start=1):
        heads.append((str(section), len(places)))
        # A row for the heading; invisible, and different for each section.
        places.append("\u200b" * number)
        own_names = [next(short) for _row in range(len(own))]
        names += own_names
        places += own_names
    left = max(left_margin(names), 90)
    drawing = Drawing(look, rows_height(places), 12, left, top=12, bottom=40)
    drawing.add(
        "bar",
        name="visits",
        orientation="h",
        x=[round(v, 5) for v in table["visits_share"]],
        y=names,
        marker={"color": look.palette.visited},
        text=[
            f"<b>{per_cent(part)}</b>  {count(n)}"
            for part, n in zip(table["visits_share"], table["visits"], strict=True)
        ],
        textposition="outside",
        textfont={"color": look.palette.text},
        cliponaxis=False,
        hoverinfo="skip",
    )
    for section, place in heads:
        drawing.write(
            "section",
            f"<b>{section}</b>",
            x=0,
            y=len(places) - 1 - place,
            xref="paper",
            xanchor="left",
            xshift=2 - left,
            font={"size": 13, "color": look.palette.text},
        )
    axis = plain_axis(look.palette) | {"range": [0, 1.6]}
    drawing.layout.update(
        bargap=0.35,
        hovermode="closest",
        xaxis=axis | {"showticklabels": False, "ticks": "", "showline": False},
        yaxis=name_axis(places, look.palette)
        | {"categoryorder": "array", "categoryarray": places[::-1], "showgrid": False},
    )
    return drawing.finish()


def _funnel(palette: Palette) -> list[Part]:
    return [
        Part("ever_eligible_visited", _("met"), palette.visited),
        Part("tried", _("tried, nobody met"), palette.compared, "/"),
        Part("neither", _("no visit yet"), mixed(palette.waiting, palette.ground, 0.45)),
    ]


def _write_values(drawing: Drawing, ends: pd.Series, names: list[str], texts: list[str]) -> None:
    """Write texts beside the ends of lying bars."""
    drawing.add(
        "scatter",
        name="values",
        x=[int(n) for n in ends],
        y=names,
        mode="text",
        text=[f" {count(n)} ({text})" for n, text in zip(ends, texts, strict=True)],
        textposition="middle right",
        textfont={"color": drawing.palette.text},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _lying(drawing: Drawing, names: list[str], most: float) -> None:
    drawing.layout.update(
        bargap=0.3,
        hovermode="y unified",
        xaxis=plain_axis(drawing.palette) | {"range": [0, _ROOM_FOR_VALUES * most], "nticks": 5},
        yaxis=name_axis(names, drawing.palette) | {"showgrid": False},
    )
