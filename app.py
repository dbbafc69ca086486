"""Entry point: `streamlit run app.py` opens the release in LEAPDASH_STORE, or the demonstration."""

import streamlit as st

from leapdash.dashboard import frame

st.set_page_config(page_title="leapdash", page_icon=frame.ICON, layout="wide")
frame.run()
