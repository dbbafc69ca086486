"""Did attendance rise more than it would have without the visit?"""

import streamlit as st

from leapdash.show.answers import before_after
from leapdash.show.dashboard import frame, layout
from leapdash.show.dashboard.controls import draw_compare

answer = before_after.answer(frame.begin())
if answer.empty:
    layout.nothing(answer)
    st.stop()

first, *plain = (answer.withheld, *answer.figures) if answer.withheld else answer.figures
with st.container(key="lead"):
    if not answer.withheld:
        layout.sentence(answer)
        layout.small_print(answer.scope)
        layout.cards(answer)
    left, right = st.columns([5, 3], gap="medium")
with left:
    layout.show(answer, first)
if plain:
    with right:
        layout.show(answer, *plain)
        draw_compare(answer.choice)
layout.checks(answer)
with st.columns([5, 3], gap="medium")[0]:
    for section in answer.sections:
        layout.passage(answer, section)
