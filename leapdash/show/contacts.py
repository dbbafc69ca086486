"""Whom to ask, how to report an error, when the next figures come: as who runs the dashboard says.

Each is a text of one line in a variable of the environment; what isn't set isn't shown.
"""

import os
import re
from collections.abc import Mapping

from leapdash.show.language import N_, _

VARIABLES: Mapping[str, str] = {
    "LEAPDASH_CONTACT": N_("Whom to ask"),
    "LEAPDASH_REPORT": N_("To report an error"),
    "LEAPDASH_NEXT": N_("The next figures"),
}
"""Each variable, and what its text is about."""
_WEB = re.compile(r"https?://[^\s<>\"'()\\]+")
_MAIL = re.compile(r"[^\s<>\"'()\\@:/?]+@[^\s<>\"'()\\@:/?]+\.[A-Za-z]{2,}")


def contacts() -> tuple[tuple[str, str], ...]:
    """What is said, as pairs of what it is about and its text on one line."""
    said = {about: " ".join(os.environ.get(name, "").split()) for name, about in VARIABLES.items()}
    return tuple((_(about), text) for about, text in said.items() if text)


def link_of(text: str) -> str:
    """The address a text is, where it is nothing else: of a page, or to write to; else empty."""
    if _WEB.fullmatch(text):
        return text
    return f"mailto:{text}" if _MAIL.fullmatch(text) else ""
