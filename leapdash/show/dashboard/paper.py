"""What a printed page needs beyond its style: a footer on every sheet, and charts that fit."""

import json
from dataclasses import astuple
from pathlib import Path

import streamlit as st

from leapdash.release import Manifest
from leapdash.show.briefing.sheet import sheet
from leapdash.show.charts.base import Stamp
from leapdash.show.charts.palette import DARK, LIGHT, Palette
from leapdash.show.language import _, language
from leapdash.show.words.numbers import month

_SCRIPT = Path(__file__).with_name("paper.js").read_text("utf-8")


def prepare(manifest: Manifest) -> None:
    """Put on the page what is only seen on paper: nothing of it takes room on the screen; and, for
    who has it read aloud, which language it is in.
    """
    with st.container(key="paper"):
        st.html(
            f"<style>{sheet(footer(manifest))} @media print {{ {light_charts()} }}</style>"
            f"<script>{script(language())}</script>",
            unsafe_allow_javascript=True,
        )


def script(spoken: str) -> str:
    """What the page does for paper and for who hears it, in a language."""
    return f"document.documentElement.lang = {json.dumps(spoken)}; {_SCRIPT}"


def footer(manifest: Manifest) -> str:
    """Where the figures come from: leapdash · Simulated data · release … · data through June."""
    return _(
        "leapdash · {data} · data through {month}",
        data=Stamp.of(manifest).words,
        month=month(manifest.through),
    )


def light_charts() -> str:
    """The rules by which a chart drawn for a dark ground is printed for a light one."""
    return " ".join(
        f'.main-svg [style*="{part}: rgb{_rgb(dark)}"] {{ {part}: {light} !important; }}'
        for dark, light in zip(_colors(DARK), _colors(LIGHT), strict=True)
        for part in ("fill", "stroke")
    )


def _colors(palette: Palette) -> tuple[str, ...]:
    *named, series = astuple(palette)
    return (*named, *series)


def _rgb(color: str) -> tuple[int, ...]:
    """The colour as browsers write it: (15, 20, 25)."""
    return tuple(bytes.fromhex(color[1:]))
