"""How do two selections of districts, levels and years stand beside each other?"""

import streamlit as st

from leapdash.show.answers import compare
from leapdash.show.dashboard import controls, frame, layout

choice = frame.begin()
answer = compare.answer(choice)
if answer.empty:
    controls.draw_sides(choice)
    layout.nothing(answer)
    st.stop()

layout.sentence(answer)
controls.draw_sides(choice)
with st.container(key="lead"):
    layout.cards(answer)
    left, right = st.columns(2, gap="medium")
first, *others = answer.figures
with left:
    layout.show(answer, first)
with right:
    layout.show(answer, *others)
