"""How did visited students' attendance run in the months around the first visit?"""

import streamlit as st

from leapdash import charts, views, words
from leapdash.dashboard import figure, frame, store
from leapdash.dashboard.cards import Card, show_cards
from leapdash.formats import count, per_cent, points

BY = {
    "all": "One line",
    "district": "Districts",
    "level": "Levels",
    "period": "Time of first visit",
    "language": "Language of visit",
}

release, known, filters = frame.begin("before_after")
top = st.container()
with st.container(key="lead"):
    cards = st.container()
    left, right = st.columns([5, 3], gap="medium")
with left:
    by = st.segmented_control(
        "Lines",
        list(BY),
        default="all",
        required=True,
        format_func=lambda value: BY[value],
        key="compare",
        wrap=True,
        bind="query-params",
    )
paths = store.view(views.paths, release, known, filters, by)
if not len(paths):
    with top:
        frame.nothing_here(filters, known)
    st.stop()

averages = store.view(views.before_after, paths)
pooled = store.view(views.paths, release, known, filters, "all")
whole = store.view(views.before_after, pooled).iloc[0]
visits = store.view(views.visits_made, release, known, filters)
with top:
    frame.answer(words.before_after_answer(averages))
with cards:
    show_cards(
        [
            Card("Before", per_cent(whole["before"]), "6 school months"),
            Card("After", per_cent(whole["after"]), "12 school months"),
            Card("Change", points(whole["change"], signed=True), "points, not the effect"),
            Card("Students visited", count(visits.first_visits), "families met"),
        ]
    )

with left:
    title = "Attendance of visited students by months since the first visit"
    figure.show_figure(
        "before-after",
        title,
        charts.event_lines(paths, averages, figure.palette(), figure.stamp()),
        paths,
        words.alt_lines(title, paths, "attendance_rate", "months since the first visit"),
        filters,
        words.students_behind(pooled),
    )
    if by != "all":
        figure.show_table("before-after-averages", "Averages before and after", averages, filters)
with right:
    st.header("What this chart can’t show", anchor=False)
    for heading, text in words.WHAT_BEFORE_AFTER_CANT_SHOW:
        st.markdown(f"**{heading}**  \n{text}")
