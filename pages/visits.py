"""Who is visited, where, by whom and how soon; and how far does the programme reach?"""

import streamlit as st

from leapdash.show.answers import visits
from leapdash.show.dashboard import controls, frame, layout

answer = visits.answer(frame.begin())
if answer.empty:
    layout.nothing(answer)
    st.stop()

layout.sentence(answer)
with st.container(key="lead"):
    layout.cards(answer)
    left, right = st.columns(2, gap="medium")
with left:
    layout.show(answer, *answer.figures)
with right:
    layout.tabs(answer, controls.VISITS_TABS)
