"""Entry point: `streamlit run app.py` opens the release in LEAPDASH_STORE, or the demonstration.

Streamlit serves what `app` is, and runs this file for every reader.
"""

import streamlit as st

from leapdash.show.dashboard import frame, server

if __name__ == "__main__":
    frame.run()
else:
    app = st.App(
        __file__,
        routes=server.ROUTES,
        middleware=server.MIDDLEWARE,
        on_script_error=frame.say_sorry,
    )
