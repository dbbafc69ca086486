"""The colours, one meaning each, on a light and on a dark ground.

Every colour stands at least 3:1 against its ground, and the six for series that have no meaning of
their own differ from each other by at least 15 (light) and 20 (dark) in CIELAB for readers with
and without a colour vision deficiency.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as hex: ground and text first, then the meanings, then `series` for all else."""

    ground: str
    text: str
    muted: str
    grid: str
    visited: str
    compared: str
    naive: str
    waiting: str
    series: tuple[str, ...]


LIGHT = Palette(
    ground="#ffffff",
    text="#0e1116",
    muted="#5c626b",
    grid="#e3e5e8",
    visited="#0b3f7f",
    compared="#767b83",
    naive="#b4521a",
    waiting="#2a9d78",
    series=("#0b3f7f", "#8b8c35", "#a3586d", "#2b8f9c", "#7a6fd0", "#5d3c22"),
)
DARK = Palette(
    ground="#0f1419",
    text="#e8eaed",
    muted="#a2a8b0",
    grid="#2a3038",
    visited="#9cc6f7",
    compared="#7d838c",
    naive="#c9682f",
    waiting="#35c78f",
    series=("#9cc6f7", "#c3c75a", "#f0a19a", "#5b6fe0", "#c2609a", "#93713a"),
)


def palette_of(theme: str | None) -> Palette:
    """The palette for a theme; light where the theme isn't known."""
    return DARK if theme == "dark" else LIGHT
