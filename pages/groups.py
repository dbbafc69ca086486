"""Are attendance, chronic absence, visits and effects alike for all groups of students?"""

import streamlit as st

from leapdash.show.answers import groups
from leapdash.show.dashboard import controls, frame, layout

choice = frame.begin()
controls.GROUP.draw()
answer = groups.answer(choice)
if answer.empty:
    layout.nothing(answer)
    st.stop()

layout.sentence(answer)
with st.container(key="lead"):
    layout.cards(answer)
    left, right = st.columns(2, gap="medium")
with left:
    controls.GAP.draw()
    layout.show(answer, *answer.figures)
with right:
    layout.tabs(answer, controls.GROUP_TABS)
