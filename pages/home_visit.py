"""What is a home visit: what happens, who comes, and what it was found to do, for everyone."""

import streamlit as st

from leapdash.show.answers import home_visit
from leapdash.show.dashboard import frame, layout

answer = home_visit.answer(frame.begin())
layout.sentence(answer)
visit, found = answer.sections
left, right = st.columns([3, 2], gap="large")
with left:
    layout.show(answer, *visit.make())
with right:
    layout.passage(answer, found)
