"""The floor: a page's widgets, charts and tables as they stand for each choice (see outline.py).

Nothing is read or computed: which choice it is, the app tells from its one filter.
"""

import json
import os
import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.outline import draw  # noqa: E402 - the project's root has to be found first

FILTERS = ("district", "a_districts", "districts")
"""The keys of what is chosen by, of which a page has one."""

st.set_page_config(page_title="floor", layout="wide")


@st.cache_resource
def outlines() -> dict[str, list[dict[str, object]]]:
    """For each choice the elements, read once."""
    found: dict[str, list[dict[str, object]]] = json.loads(
        Path(os.environ["FLOOR_OUTLINES"]).read_text()
    )
    return found


def page() -> None:
    """The one page; it begins with the first of the choices."""
    known = outlines()
    said = next((st.session_state[key] for key in FILTERS if key in st.session_state), "")
    words = said if isinstance(said, str) else " ".join(said)
    draw(known.get(words, next(iter(known.values()))))


st.navigation([st.Page(page, title="Floor", default=True)], position="top").run()
