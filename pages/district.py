"""How does one district stand beside the state, what did visits change in it, and who waits?"""

import streamlit as st

from leapdash.show.answers import district
from leapdash.show.dashboard import controls, frame, layout

answer = district.answer(frame.begin())
if answer.empty:
    layout.nothing(answer)
    st.stop()

layout.sentence(answer)
with st.container(key="lead"):
    layout.small_print(answer.scope)
    layout.cards(answer)
    left, right = st.columns(2, gap="medium")
with left:
    controls.MEASURE.draw()
    layout.show(answer, *answer.figures)
with right:
    layout.tabs(answer, controls.TIME_TABS, controls.HEADLINE)
