"""How did visited students' attendance run in the months around the first visit?"""

import streamlit as st

from leapdash import charts, views, words
from leapdash.dashboard import figure, filter_bar, frame, store
from leapdash.dashboard.cards import Card, show_cards

BY = {
    "all": "One line",
    "district": "Districts",
    "level": "Levels",
    "period": "Time of first visit",
    "language": "Language of visit",
}

release, known = store.release(), store.known()
filters = filter_bar.chosen_on("before_after")
by = st.segmented_control(
    "Lines",
    list(BY),
    default="all",
    required=True,
    format_func=lambda value: BY[value],
    key="compare",
    bind="query-params",
)
paths = store.view(views.paths, release, known, filters, by)
if not len(paths):
    frame.nothing_here(filters, known)
    st.stop()

averages = store.view(views.before_after, paths)
frame.answer(words.before_after_answer(averages))
pooled = store.view(views.paths, release, known, filters, "all")
whole = store.view(views.before_after, pooled).iloc[0]
show_cards(
    [
        Card("Before", words.per_cent(whole["before"]), "six months before the first visit"),
        Card("After", words.per_cent(whole["after"]), "twelve months after"),
        Card("Change", words.points(whole["change"], signed=True), "points, not the effect"),
        Card("Students", words.count(whole["students"]), "visited, in the fullest month"),
    ]
)

left, right = st.columns([5, 3], gap="medium")
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
with right:
    st.subheader("What this chart can’t show", anchor=False)
    for heading, text in words.WHAT_BEFORE_AFTER_CANT_SHOW:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{heading}**  \n{text}")
    if by != "all":
        figure.show_table("before-after-averages", "Averages before and after", averages, filters)
