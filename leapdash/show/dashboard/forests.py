"""Forest plots of effects as the pages show them: which headline, the plot, what differs."""

import pandas as pd
import streamlit as st

from leapdash.contract import HEADLINES
from leapdash.show import charts, words
from leapdash.show.dashboard import figure
from leapdash.show.dashboard.frame import escape
from leapdash.show.effects.studies import Headline, HeadlineName
from leapdash.show.filters import Filters
from leapdash.show.views import SliceRows

_WHEN: dict[HeadlineName, str] = {
    "six_to_nine": "6 to 9 months after",
    "month_after": "Month after",
}


def choose_headline() -> HeadlineName:
    """The control that says when after the visit the page's forest plots look."""
    return st.segmented_control(
        "School months after the first visit",
        list(_WHEN),
        default="six_to_nine",
        required=True,
        format_func=lambda name: _WHEN[name],
        key="when",
        bind="query-params",
    )


def show_forest(
    name: str,
    title: str,
    rows: pd.DataFrame,
    when: HeadlineName,
    whole: tuple[str, Headline] | None,
    filters: Filters,
    *notes: str,
) -> None:
    """The rows as a forest plot, or that there are none; `whole`: what the upright line stands for,
    where it has one.
    """
    if not len(rows):
        st.markdown("None of these visited students could be compared with others.")
        return
    line = None
    if whole is not None and whole[1].effect is not None:
        line = charts.WholeLine(whole[0], whole[1].effect)
    figure.show_figure(
        name,
        title,
        charts.forest(
            rows, line, words.effect_axis(HEADLINES[when]), figure.palette(), figure.stamp()
        ),
        rows,
        words.alt_forest(title, rows),
        filters,
        *notes,
    )


def show_slices(
    name: str,
    title: str,
    found: SliceRows,
    when: HeadlineName,
    whole: tuple[str, Headline],
    filters: Filters,
    *notes: str,
) -> None:
    """A slice's rows as a forest plot, and the differences between its values in words."""
    show_forest(name, title, found.rows, when, whole, filters)
    if not len(found.rows):
        return
    st.markdown(escape(words.differences_answer(found)))
    for note in notes:
        st.caption(escape(note))
