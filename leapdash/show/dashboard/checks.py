"""The checks of an effect: four plain lines, the evidence of each drawn when its line is opened."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from leapdash.release import Release
from leapdash.show import charts, views, words
from leapdash.show.dashboard import figure, store
from leapdash.show.dashboard.frame import escape
from leapdash.show.effects.arrays import CohortData
from leapdash.show.effects.studies import EffectStudy
from leapdash.show.filters import Filters, Known

_ICONS: Mapping[views.Verdict, str] = {
    "holds": ":material/check_circle:",
    "mind": ":material/error:",
    "unknown": ":material/help:",
}
_TITLE = "Can this comparison be trusted?"
_PLACES = "Follows districts and levels; first visits of all years."


def show_checks(
    release: Release,
    cohorts: CohortData,
    known: Known,
    filters: Filters,
    study: EffectStudy,
    left_out: pd.DataFrame,
) -> None:
    """The four lines, for a study with an effect to show. `left_out`: the view of that name."""
    palette, stamp = figure.palette(), figure.stamp()
    # What doesn't follow the years is kept for all of them at once.
    places = Filters(districts=filters.districts, levels=filters.levels)
    balance = store.view(views.balance, release, known, places)
    spillover = store.view(views.spillover, release, known, places)
    beside = store.view(views.beside_few_visited, release, cohorts, views.place_of(known, filters))

    def ran_alike() -> None:
        left, right = st.columns(2, gap="medium")
        before = study.table[study.table["shown"] & (study.table["event_time"] < 0)]
        title = "Visited less compared, before the visit"
        with left:
            figure.show_figure(
                "effect-before",
                title,
                charts.differences_before(study.table, palette, stamp),
                before,
                words.alt_effects(title, before),
                filters,
                within=True,
            )
        right.markdown(escape(words.alike_before_evidence(study)))

    def were_alike() -> None:
        left, right = st.columns(2, gap="medium")
        title = "How far apart, before and after weighting"
        with left:
            figure.show_figure(
                "effect-balance",
                title,
                charts.balance_rows(balance, palette, stamp),
                balance,
                words.alt_balance(title, balance),
                filters,
                _PLACES,
                within=True,
            )
        observed = views.still_observed(study)
        title = "Who is still observed"
        with right:
            figure.show_figure(
                "effect-observed",
                title,
                charts.observed_lines(observed, palette, stamp),
                observed,
                words.alt_observed(title, observed),
                filters,
                within=True,
            )
            st.markdown(escape(words.alike_evidence(study)))

    def schoolmates() -> None:
        left, right = st.columns(2, gap="medium")
        table = store.view(views.schoolmates, release, known, places)
        title = "Unvisited students, by how many of their school were visited"
        with left:
            figure.show_figure(
                "effect-schoolmates",
                title,
                charts.schoolmates_lines(table, palette, stamp),
                table,
                words.alt_schoolmates(title, table),
                filters,
                _PLACES,
                within=True,
            )
        with right:
            figure.show_table(
                "effect-beside",
                "The effect beside all unvisited, and beside few visited schoolmates",
                views.beside_table(beside),
                filters,
                within=True,
            )
            st.markdown(escape(words.schoolmates_evidence(spillover, beside, known)))

    st.header(_TITLE, anchor=False)
    _line("alike-before", words.alike_before_line(study), ran_alike)
    _line("alike", words.alike_line(balance, study), were_alike)
    _line("schoolmates", words.schoolmates_line(spillover, beside), schoolmates)
    _show_left_out(left_out, filters)


def show_left_out(left_out: pd.DataFrame, filters: Filters) -> None:
    """The one check that can be made where no effect can be shown."""
    st.header(_TITLE, anchor=False)
    _show_left_out(left_out, filters)


def _show_left_out(left_out: pd.DataFrame, filters: Filters) -> None:
    def evidence() -> None:
        left, right = st.columns(2, gap="medium")
        with left:
            figure.show_table(
                "effect-left-out",
                "Visited students, by whether they could be compared",
                left_out,
                filters,
                within=True,
            )
        right.markdown(escape(words.left_out_note()))

    _line("left-out", words.left_out_line(left_out), evidence)


def _line(key: str, line: words.Line, evidence: Callable[[], None]) -> None:
    """A check as one line; its evidence below it, drawn only while it is open."""
    opened = st.expander(
        f"**{escape(line.question)}** {escape(line.finding)}",
        icon=_ICONS[line.verdict],
        on_change="rerun",
        key=f"check-{key}",
    )
    if opened.open:
        with opened:
            evidence()
