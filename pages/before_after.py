"""Did attendance rise more than it would have without the visit?"""

import streamlit as st

from leapdash.show import charts, views, words
from leapdash.show.dashboard import figure, frame, store
from leapdash.show.dashboard.cards import show_cards
from leapdash.show.dashboard.checks import show_checks, show_left_out
from leapdash.show.dashboard.effect_cards import effect_cards

BY = {
    "all": "One line",
    "district": "Districts",
    "level": "Levels",
    "period": "Time of first visit",
    "language": "Language of visit",
}

release, known, filters = frame.begin("before_after")
cohorts = store.cohorts()
left_out = None
if release.has("visited_compared"):
    left_out = store.view(views.left_out, release, known, filters)
everyone = 0 if left_out is None else int(left_out["students"].sum())
paths = store.view(views.paths, release, known, filters, "all")
if not len(paths) and filters.active():
    frame.nothing_here(filters, known)
    st.stop()

study = None if cohorts is None else store.view(views.effect_on, cohorts, known, filters)
shown = study is not None and study.table["shown"].any()
palette, stamp = figure.palette(), figure.stamp()
with st.container(key="lead"):
    if shown:
        frame.answer(words.effect_answer(study))
        st.caption(words.based_on(study, everyone))
        show_cards(effect_cards(study, everyone))
    left, right = st.columns([5, 3], gap="medium")
with left:
    title = "Attendance of visited students, and what it would have been"
    if shown:
        figure.show_figure(
            "effect",
            title,
            charts.effect_paths(study.table, study.six_to_nine, palette, stamp),
            study.table,
            words.alt_paths(study),
            filters,
            words.path_notes(study),
        )
    else:
        st.header(title, anchor=False)
        frame.withheld(words.why_nothing(study, left_out, len(paths) > 0), filters)
if len(paths):
    with right:
        plain = st.container()
        by = st.selectbox(
            "Draw its lines by",
            list(BY),
            format_func=lambda value: BY[value],
            key="compare",
            bind="query-params",
        )
    with plain:
        headline = study.six_to_nine if shown else None
        paths = store.view(views.paths, release, known, filters, by)
        title = "The plain before-and-after"
        figure.show_figure(
            "before-after",
            title,
            charts.event_lines(paths, None, palette, stamp, 300, headline),
            paths,
            words.alt_lines(title, paths, "attendance_rate", "months since the first visit"),
            filters,
            words.plain_note(headline) if headline else words.NOT_THE_EFFECT,
        )
if shown:
    show_checks(release, cohorts, known, filters, study, left_out)
    st.header("What it rests on, and does not remove", anchor=False)
    st.markdown(f"{words.RESTS_ON}\n\n{words.NEVER_VISITED}")
    st.caption(words.independence_note(study))
elif everyone:
    show_left_out(left_out, filters)
