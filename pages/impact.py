"""What did visits change, where and for whom, and who was reached?"""

import streamlit as st

from leapdash.show.answers import impact
from leapdash.show.dashboard import frame, layout
from leapdash.show.dashboard.controls import BESIDE_TABS, draw
from leapdash.show.parameters import HEADLINE, ORDER, SHADE, SIZE, worded

answer = impact.answer(frame.begin())
if answer.empty:
    layout.nothing(answer)
    st.stop()

with st.container(key="lead"):
    layout.sentence(answer)
    if not answer.figures:
        layout.show(answer, answer.withheld)
        layout.cards(answer)
        beside = st.container()
    else:
        layout.small_print(answer.scope)
        layout.cards(answer)
        left, beside = st.columns(2, gap="medium")
        with left:
            layout.show(answer, answer.withheld)
            with st.container(horizontal=True, gap="medium", key="controls"):
                draw(HEADLINE)
                draw(worded(ORDER, answer.choice.known))
            layout.show(answer, *answer.figures)
            layout.small_print(*answer.notes)
with beside:
    layout.tabs(answer, BESIDE_TABS, SIZE, SHADE)
