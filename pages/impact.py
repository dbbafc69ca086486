"""How did visited students attend, before and after the first visit, and who was reached, where?"""

import streamlit as st

from leapdash import charts, views, words
from leapdash.dashboard import figure, frame, store
from leapdash.dashboard.cards import Card, show_cards
from leapdash.formats import count, per_cent, points

release, known, filters = frame.begin("impact")
paths = store.view(views.paths, release, known, filters, "all")
visits = store.view(views.visits_made, release, known, filters)
reach = store.view(views.reach_now, release, known, filters)
if not len(paths):
    frame.nothing_here(filters, known)
    st.stop()

averages = store.view(views.before_after, paths)
average = averages.iloc[0]
districts = store.view(views.districts_visited, release, known, filters)
frame.answer(words.impact_answer(dict(average), visits, reach))
palette, stamp = figure.palette(), figure.stamp()
with st.container(key="lead"):
    show_cards(
        [
            Card("Students visited", count(visits.first_visits), "families met"),
            Card("After, less before", points(average["change"], signed=True), "points"),
            Card("Reached", per_cent(reach.share_visited), "of those eligible"),
            Card("Waiting", count(reach.waiting), words.month(reach.month)),
        ]
    )
    left, right = st.columns([3, 2], gap="medium")
with left:
    title = "Attendance of visited students around the first visit"
    figure.show_figure(
        "impact-path",
        title,
        charts.event_lines(paths, averages, palette, stamp),
        paths,
        words.alt_lines(title, paths, "attendance_rate", "months since the first visit"),
        filters,
        f"{words.NOT_THE_EFFECT} {words.students_behind(paths)}",
    )
with right:
    reached, changed, everyone = st.tabs(
        ["Reached", "Before and after", "All students"], key="beside", bind="query-params"
    )
if reached.open:
    with reached:
        title = "Who was reached, by district"
        figure.show_figure(
            "impact-reach",
            title,
            charts.reach_rows(districts, palette, stamp),
            districts,
            words.alt_rows(title, districts, "series", "waiting"),
            filters,
            f"Students enrolled in {words.month(reach.month)} who had become eligible by then.",
        )
if changed.open:
    with changed:
        title = "Before and after, by district"
        figure.show_figure(
            "impact-districts",
            title,
            charts.change_rows(districts, palette, stamp),
            districts,
            words.alt_rows(title, districts, "series", "after"),
            filters,
            "Six school months before the first visit, twelve after. Not the effect of the visits.",
        )
if everyone.open:
    with everyone:
        yearly = store.view(views.attendance_trend, release, known, filters, "all", "year")
        published = store.view(views.published_beside, release, known, filters, "all")
        title = "All students, by school year"
        figure.show_figure(
            "impact-years",
            title,
            charts.trend_lines(yearly, "attendance_rate", palette, stamp, published),
            views.with_published(yearly, published, figure.own_source()),
            words.alt_lines(title, yearly, "attendance_rate", "school years"),
            filters,
            words.published_note(published),
        )
