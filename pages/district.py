"""How does one district stand beside the state, what did visits change in it, and who waits?"""

from dataclasses import replace

import pandas as pd
import streamlit as st

from leapdash.show import charts, views, words
from leapdash.show.dashboard import figure, filter_bar, forests, frame, store
from leapdash.show.dashboard.cards import Card, show_cards
from leapdash.show.filters import Filters
from leapdash.show.words.numbers import count, per_cent

release, known, chosen = frame.begin("district")
district = filter_bar.one_district(release, known, chosen)
filters = replace(chosen, districts=(district,))
name, year = known.label(district), (chosen.years or known.years)[-1]

schools = store.view(views.schools_beside, release, filters, district)
if not len(schools):
    frame.nothing_here(filters, known)
    st.stop()
place = (release, known, filters, district)
years = store.view(views.attendance_beside, *place, "year")
chronic = store.view(views.chronic_beside, *place, "year")
published = store.view(views.published_of_both, *place)
reach = store.view(views.reach_now, release, known, filters)
cohorts = store.cohorts()
own = state = beside = None
if cohorts is not None:
    own = store.view(views.headlines_on, cohorts, known, filters)
    state = store.view(views.headlines_on, cohorts, known, replace(filters, districts=()))

rates = years[years["period"] == year].set_index("code")["attendance_rate"]
shares = chronic[chronic["period"] == year].set_index("code")["chronic_share"]
answer = words.district_answer(name, year, rates[district], rates["all"], reach)
cards = [
    Card("Attendance", per_cent(rates[district]), f"of days, {year}"),
    Card("Chronic absence", per_cent(shares.get(district)), f"of students, {year}"),
]
if own is not None and state is not None and own.visited:
    beside = store.view(views.beside_others, cohorts, known, filters, district, "six_to_nine")
    answer = f"{answer} {words.district_effect(name, own, beside)}"
    cards += [
        Card("Effect of visits", *words.effect_card(own.six_to_nine)),
        Card("In all districts", *words.effect_card(state.six_to_nine)),
    ]
if reach.taking_part:
    cards += [
        Card("Waiting", count(reach.waiting), "for a first visit"),
        Card("Reached", per_cent(reach.share_visited), "of those eligible"),
    ]
frame.answer(answer)
palette, stamp = figure.palette(), figure.stamp()
with st.container(key="lead"):
    if own is not None and own.visited:
        st.caption(frame.escape(words.district_based_on(own)))
    show_cards(cards)
    left, right = st.columns(2, gap="medium")
with left:
    measures: dict[charts.Rate, str] = {
        "attendance_rate": "attendance",
        "chronic_share": "chronic absence",
    }
    measure = st.segmented_control(
        "Schools by",
        list(measures),
        default="attendance_rate",
        required=True,
        format_func=lambda rate: measures[rate].capitalize(),
        key="measure",
        bind="query-params",
    )
    rows = rates if measure == "attendance_rate" else shares
    levels = {name: rows[district], "all districts": rows["all"]} if district in rows else {}
    title = f"{name}’s schools by {measures[measure]}, {year}"
    figure.show_figure(
        "district-schools",
        title,
        charts.school_rows(schools, measure, levels, palette, stamp),
        schools,
        words.alt_rows(title, schools, "school_name", measure),
        filters,
    )
with right:
    by_year, by_month, effects = st.tabs(
        ["School years", "Months", "Effect of visits"], key="time", bind="query-params"
    )
if by_year.open:
    with by_year:
        title = f"{name} beside all districts, by school year"
        figure.show_figure(
            "district-years",
            title,
            charts.trend_lines(years, "attendance_rate", palette, stamp, published),
            views.with_published(years, published, figure.own_source()),
            words.alt_lines(title, years, "attendance_rate", "school years"),
            filters,
            words.published_note(published),
        )
if by_month.open:
    with by_month:
        months = store.view(views.attendance_beside, *place, "month")
        title = f"{name} beside all districts, by month"
        figure.show_figure(
            "district-months",
            title,
            charts.trend_lines(months, "attendance_rate", palette, stamp),
            months,
            words.alt_lines(title, months, "attendance_rate", "months"),
            filters,
        )
if effects.open:
    with effects:
        if cohorts is None or own is None or not own.visited:
            compared = release.has("visited_compared")
            left_out = store.view(views.left_out, release, known, filters) if compared else None
            met = store.view(views.visits_made, release, known, filters).first_visits > 0
            frame.withheld(words.why_nothing(None, left_out, met), Filters())
        else:
            when = forests.choose_headline()
            parts = [
                store.view(views.effect_rows, cohorts, known, filters, when),
                store.view(views.school_effects, release, filters, district, when),
            ]
            forests.show_forest(
                "district-effects",
                f"What visits changed in {name}",
                pd.concat([part for part in parts if len(part)], ignore_index=True),
                when,
                (views.whole_name(known, filters), getattr(own, when)),
                filters,
                words.READ_THE_ROWS,
                words.schools_note(filters),
            )
