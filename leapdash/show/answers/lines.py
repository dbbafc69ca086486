"""A rate over time as a figure, with the rates the state published where they are asked for."""

from functools import partial

import pandas as pd

from leapdash.show.answers.model import Figure
from leapdash.show.answers.tables import led_by
from leapdash.show.charts.attendance import trend_lines
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.measures import ATTENDANCE, Measure
from leapdash.show.views.attendance import with_published
from leapdash.show.views.cells import HIDDEN, WITHHELD
from leapdash.show.words.alt import of_lines
from leapdash.show.words.attendance import published_note


def lines_of(
    choice: Choice,
    name: str,
    title: str,
    trend: pd.DataFrame,
    measure: Measure = ATTENDANCE,
    published: pd.DataFrame | None = None,
    notes: tuple[str, ...] = (),
) -> Figure:
    """A line for every series of a trend; `published`: the view of that name."""
    over = _("months") if choice.grain == "month" else _("school years")
    chart = partial(
        trend_lines, trend, measure, published=published, highlight=choice.filters.group
    )
    table = trend
    if published is not None:
        table = with_published(trend, published, choice.release)
        notes = (published_note(published), *notes)
    if "status" in table and (table["status"] == WITHHELD).any():
        table = table.assign(reason=table["status"].map({WITHHELD: _(HIDDEN)}).fillna(""))
    table = led_by(table, "series", "period", measure.name)
    return Figure(name, title, chart, table, of_lines(title, trend, measure.name, over), notes)
