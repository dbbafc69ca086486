"""How is one school doing, beside schools like it and its own last year?"""

import streamlit as st

from leapdash.show.answers import school
from leapdash.show.dashboard import controls, frame, layout

choice = frame.begin()
controls.draw_school(choice)
answer = school.answer(choice)
if answer.empty:
    layout.nothing(answer)
    st.stop()

layout.sentence(answer)
with st.container(key="lead"):
    layout.small_print(answer.scope)
    layout.cards(answer)
    left, right = st.columns(2, gap="medium")
with left:
    layout.show(answer, *answer.figures)
with right:
    layout.tabs(answer, controls.SCHOOL_TABS)
