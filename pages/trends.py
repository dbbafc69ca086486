"""How have attendance and chronic absence moved, by district, level, participation or group?"""

import streamlit as st

from leapdash.show.answers import trends
from leapdash.show.dashboard import frame, layout
from leapdash.show.dashboard.controls import draw
from leapdash.show.parameters import LINES, POINTS

answer = trends.answer(frame.begin())
if not answer.empty:
    layout.sentence(answer)
    layout.small_print(*answer.warnings)
with st.container(horizontal=True, gap="medium", key="controls"):
    draw(LINES, wrap=True)
    draw(POINTS)
if answer.empty:
    layout.nothing(answer)
    st.stop()

for figure, column in zip(answer.figures, st.columns(2, gap="medium"), strict=True):
    with column:
        layout.show(answer, figure)
