"""What are these data: real or simulated, from when, by which definitions, under which licence?

And how is the effect of a visit found: the one page everyone can read, from docs/.
"""

import streamlit as st

from leapdash.show.answers import about
from leapdash.show.dashboard import frame, layout

answer = about.answer(frame.begin())
layout.sentence(answer)
how, release, *others, manifest = answer.sections
left, right = st.columns([3, 2], gap="large")
with left:
    layout.passage(answer, how)
with right:
    layout.passage(answer, release)
for section in others:
    layout.passage(answer, section)
with st.expander(manifest.heading):
    layout.show(answer, *manifest.make())
