"""The floor: an app with a page's widgets, charts and tables, all constant (see outline.py)."""

import json
import os
import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.outline import draw  # noqa: E402 - the project's root has to be found first

st.set_page_config(page_title="floor", layout="wide")


@st.cache_resource
def outline() -> list[dict[str, object]]:
    """The elements, read once."""
    elements: list[dict[str, object]] = json.loads(Path(os.environ["FLOOR_OUTLINE"]).read_text())
    return elements


def page() -> None:
    """The one page."""
    draw(outline())


st.navigation([st.Page(page, title="Floor", default=True)], position="top").run()
