"""How have attendance and chronic absence moved, by district, level, participation or group?"""

import streamlit as st

from leapdash.show import charts, views, words
from leapdash.show.dashboard import figure, frame, store

BY = {
    "district": "Districts",
    "level": "Levels",
    "participation": "Participation",
    "group": "Student groups",
    "all": "One line",
}
GRAINS = {"month": "Months", "year": "School years"}

release, known, filters = frame.begin("trends")
top = st.container()
with st.container(horizontal=True, gap="medium", key="controls"):
    by = st.segmented_control(
        "Lines",
        list(BY),
        default="district",
        required=True,
        format_func=lambda value: BY[value],
        key="lines",
        wrap=True,
        bind="query-params",
    )
    grain = st.segmented_control(
        "Points",
        list(GRAINS),
        default="month",
        required=True,
        format_func=lambda value: GRAINS[value],
        key="points",
        bind="query-params",
    )

attendance = store.view(views.attendance_trend, release, known, filters, by, grain)
chronic = store.view(views.chronic_trend, release, known, filters, by, grain)
if not len(attendance):
    frame.nothing_here(filters, known)
    st.stop()
with top:
    frame.answer(words.trends_answer(attendance, chronic, grain, filters.group))
    if by == "participation":
        st.caption(words.MEMBERS_CHANGE)

palette, stamp = figure.palette(), figure.stamp()
published, table = None, attendance
if grain == "year":
    published = store.view(views.published_beside, release, known, filters, by)
    table = views.with_published(attendance, published, figure.own_source())
over = "months" if grain == "month" else "school years"
left, right = st.columns(2, gap="medium")
with left:
    title = f"Attendance by {'month' if grain == 'month' else 'school year'}"
    figure.show_figure(
        "trends-attendance",
        title,
        charts.trend_lines(attendance, "attendance_rate", palette, stamp, published, filters.group),
        table,
        words.alt_lines(title, attendance, "attendance_rate", over),
        filters,
        "" if published is None else words.published_note(published),
        words.hollow_note(attendance["students"]),
    )
with right:
    title = f"Chronic absence by {'month' if grain == 'month' else 'school year'}"
    figure.show_figure(
        "trends-chronic",
        title,
        charts.trend_lines(chronic, "chronic_share", palette, stamp, highlight=filters.group),
        chronic,
        words.alt_lines(title, chronic, "chronic_share", over),
        filters,
        words.chronic_note(grain),
        words.hollow_note(chronic["chronic_base"]),
    )
