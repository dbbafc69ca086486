"""How does one district stand beside the state, its schools beside each other, and who waits?"""

from dataclasses import replace

import streamlit as st

from leapdash import charts, views, words
from leapdash.dashboard import figure, filter_bar, frame, store
from leapdash.dashboard.cards import Card, show_cards
from leapdash.formats import count, per_cent

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

rates = years[years["period"] == year].set_index("code")["attendance_rate"]
shares = chronic[chronic["period"] == year].set_index("code")["chronic_share"]
frame.answer(words.district_answer(name, year, rates[district], rates["all"], reach))
palette, stamp = figure.palette(), figure.stamp()
lead = st.container(key="lead")
cards = [
    Card("Attendance", per_cent(rates[district]), f"of days, {year}"),
    Card("Chronic absence", per_cent(shares.get(district)), f"of students, {year}"),
]
if reach.taking_part:
    cards += [
        Card("Waiting", count(reach.waiting), "for a first visit"),
        Card("Reached", per_cent(reach.share_visited), "of those eligible"),
    ]
with lead:
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
    by_year, by_month = st.tabs(["School years", "Months"], key="time", bind="query-params")
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
