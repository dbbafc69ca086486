"""How does one district stand beside the state, what did visits change in it, and who waits?"""

import streamlit as st

from leapdash.show.answers import district
from leapdash.show.dashboard import frame, layout
from leapdash.show.dashboard.controls import TIME_TABS, draw
from leapdash.show.parameters import HEADLINE, MEASURE

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
    draw(MEASURE)
    layout.show(answer, *answer.figures)
with right:
    layout.tabs(answer, TIME_TABS, HEADLINE)
