"""Buttons that need no server: a chart as a picture, and the link to it."""

from html import escape
from pathlib import Path

import streamlit as st

from leapdash.show.language import _

SCRIPT = Path(__file__).with_name("buttons.js").read_text("utf-8")
"""What lets them do so."""


def prepare() -> None:
    """Let the buttons of the page do what they say; called once in a run."""
    with st.container(key="buttons"):
        st.html(f"<script>{SCRIPT}</script>", unsafe_allow_javascript=True)


def beside(figure: str) -> None:
    """A figure's chart as PNG and SVG, and the link to it; `figure`: its name."""
    of = f'data-figure="{escape(figure)}"'
    copy, copied = escape(_("Copy link")), escape(_("Link copied"))
    st.html(
        f'<span class="leapdash-buttons"><button {of} data-picture="png">PNG</button>'
        f'<button {of} data-picture="svg">SVG</button>'
        f'<button {of} data-copied="{copied}">{copy}</button></span>'
    )
