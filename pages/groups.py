"""Are attendance, chronic absence, visits and effects alike for all groups of students?"""

import streamlit as st

from leapdash.show.answers import groups
from leapdash.show.dashboard import frame, layout
from leapdash.show.dashboard.controls import GROUP_TABS, draw
from leapdash.show.parameters import GAP, GROUP, worded

choice = frame.begin()
draw(GROUP, "list")
answer = groups.answer(choice)
if answer.empty:
    layout.nothing(answer)
    st.stop()

layout.sentence(answer)
with st.container(key="lead"):
    layout.cards(answer)
    left, right = st.columns(2, gap="medium")
with left:
    if len((gaps := worded(GAP, choice.known)).words) > 1:
        draw(gaps, wrap=True)
    layout.show(answer, *answer.figures)
with right:
    layout.tabs(answer, GROUP_TABS)
