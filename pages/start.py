"""What did home visits do for school attendance? The whole state in a sentence, and the ways on."""

import streamlit as st

from leapdash.show.answers import start
from leapdash.show.dashboard import find, frame, layout

answer = start.answer(frame.begin())
with st.container(key="lead"):
    layout.sentence(answer)
    layout.small_print(answer.scope, *answer.warnings)
    layout.show(answer, answer.withheld)
    layout.cards(answer)
doors, views = answer.sections
layout.ways(answer, doors)
find.draw(answer.choice.known)
layout.ways(answer, views)
