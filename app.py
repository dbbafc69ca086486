"""Entry point: `streamlit run app.py` opens the release in LEAPDASH_STORE, or the demonstration."""

from leapdash.show.dashboard import frame

frame.run()
