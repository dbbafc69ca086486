"""What did visits change, where and for whom, and who was reached?"""

from dataclasses import replace

import streamlit as st

from leapdash.show import charts, views, words
from leapdash.show.dashboard import figure, forests, frame, store
from leapdash.show.dashboard.cards import Card, show_cards
from leapdash.show.words.numbers import count, per_cent

release, known, filters = frame.begin("impact")
cohorts = store.cohorts()
visits = store.view(views.visits_made, release, known, filters)
reach = store.view(views.reach_now, release, known, filters)
left_out = None
if release.has("visited_compared"):
    left_out = store.view(views.left_out, release, known, filters)
if visits.first_visits == 0 and filters.active():
    frame.nothing_here(filters, known)
    st.stop()

names = ["When visited", "What differs", "Student groups", "Reached", "All students"]
cards = [
    Card("Reached", per_cent(reach.share_visited), "of those eligible"),
    Card("Waiting", count(reach.waiting), words.month(reach.month)),
]
lead = st.container(key="lead")
if cohorts is None:
    names = names[3:]
    with lead:
        frame.answer(words.reach_answer(visits))
        met = visits.first_visits > 0
        frame.withheld(words.why_nothing(None, left_out, met), filters)
        show_cards([Card("Students visited", count(visits.first_visits), "families met"), *cards])
        beside = st.container()
else:
    found = store.view(views.headlines_on, cohorts, known, filters)
    days = store.view(views.visited_days, release, cohorts)
    regained = store.view(views.regained, release, cohorts, known, filters, days)
    with lead:
        frame.answer(words.impact_answer(found, regained.days, visits))
        everyone = None if left_out is None else int(left_out["students"].sum())
        st.caption(frame.escape(f"{words.based_on(found, everyone)} {words.followed(found)}"))
        with st.container():
            show_cards(
                [
                    Card("Six to nine months after", *words.effect_card(found.six_to_nine)),
                    Card("Month after", *words.effect_card(found.month_after)),
                    *(Card(*parts) for parts in words.days_cards(regained)),
                    *cards,
                ]
            )
            st.caption(frame.escape(words.days_note(regained, filters)))
        left, beside = st.columns(2, gap="medium")
    with left:
        if not found.visited:
            frame.withheld(words.why_nothing(None, left_out, visited=True), filters)
        when = forests.choose_headline()
        whole = (views.whole_name(known, filters), getattr(found, when))
        wherever = replace(filters, districts=())
        districts = store.view(views.district_rows, cohorts, known, wherever, when)
        forests.show_forest(
            "impact-effects",
            "What visits changed, by level and district",
            store.view(views.effect_rows, cohorts, known, filters, when, districts),
            when,
            whole,
            filters,
            words.READ_THE_ROWS,
        )

with beside:
    tabs = dict(zip(names, st.tabs(names, key="beside", bind="query-params"), strict=True))
if cohorts is not None and tabs["When visited"].open:
    with tabs["When visited"]:
        forests.show_forest(
            "impact-periods",
            "What visits changed, by when the first was",
            store.view(views.period_rows, cohorts, known, filters, when),
            when,
            whole,
            filters,
            "Summers are the visits between two school years; they count from the next September.",
        )
if cohorts is not None and (tabs["What differs"].open or tabs["Student groups"].open):
    kinds = tabs["What differs"].open
    with tabs["What differs"] if kinds else tabs["Student groups"]:
        sliced = store.view(views.slice_place, cohorts, known, filters)
        if sliced is None:
            st.markdown(words.no_slices(filters))
        elif kinds:
            forests.show_slices(
                "impact-kinds",
                "Does the effect go with the kind of visit?",
                store.view(views.kind_rows, release, *sliced, when),
                when,
                whole,
                filters,
                words.ASSOCIATION,
                words.VISITS_IN_ALL,
            )
        else:
            forests.show_slices(
                "impact-groups",
                "What visits changed, by student group",
                store.view(views.group_rows, release, *sliced, when),
                when,
                whole,
                filters,
                words.GROUPS_NOTE,
            )
if tabs["Reached"].open:
    with tabs["Reached"]:
        reached = store.view(views.districts_visited, release, known, filters)
        title = "Who was reached, by district"
        figure.show_figure(
            "impact-reach",
            title,
            charts.reach_rows(reached, figure.palette(), figure.stamp()),
            reached,
            words.alt_rows(title, reached, "series", "waiting"),
            filters,
            f"Students enrolled in {words.month(reach.month)} who had become eligible by then.",
        )
if tabs["All students"].open:
    with tabs["All students"]:
        yearly = store.view(views.attendance_trend, release, known, filters, "all", "year")
        published = store.view(views.published_beside, release, known, filters, "all")
        title = "All students, by school year"
        figure.show_figure(
            "impact-years",
            title,
            charts.trend_lines(
                yearly, "attendance_rate", figure.palette(), figure.stamp(), published
            ),
            views.with_published(yearly, published, figure.own_source()),
            words.alt_lines(title, yearly, "attendance_rate", "school years"),
            filters,
            words.published_note(published),
        )
