"""Schools and districts by their names, for files that have no codes."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_SHORT = {
    "sch": "school",
    "elem": "elementary",
    "el": "elementary",
    "es": "elementary school",
    "ms": "middle school",
    "hs": "high school",
    "jr": "junior",
    "sr": "senior",
    "st": "saint",
    "mt": "mount",
    "acad": "academy",
    "ctr": "center",
    "centre": "center",
    "dist": "district",
    "twp": "township",
    "mid": "middle",
    "inter": "intermediate",
    "int": "intermediate",
}


class Places:
    """The codes of schools, or of districts (`kind`), by name.

    `named`: codes and names. Case, marks and usual abbreviations don't matter; a name without
    `School` or `School District` at its end is understood. `whole`: whether all are there.
    """

    def __init__(self, kind: str, named: Iterable[tuple[str, str]], whole: bool = True) -> None:
        self.kind = kind
        self.whole = whole
        self._whole: dict[str, set[str]] = {}
        self._stem: dict[str, set[str]] = {}
        self._names: dict[str, str] = {}
        for code, name in named:
            plain = _plain(name)
            self._names[plain] = name
            self._whole.setdefault(plain, set()).add(code)
            self._stem.setdefault(_stem(plain), set()).add(code)

    def codes(self, name: str) -> list[str]:
        """The codes of all that have the name: none, one, or several, in order."""
        plain = _plain(name)
        return sorted(self._whole.get(plain) or self._stem.get(_stem(plain)) or ())

    def near(self, name: str) -> str:
        """A name that looks like it; "" where there is none."""
        found = get_close_matches(_plain(name), list(self._names), n=1, cutoff=0.75)
        return self._names[found[0]] if found else ""


def _plain(name: str) -> str:
    words = _NOT_LETTERS.sub(" ", name.casefold().replace("'", "")).split()
    return " ".join(_SHORT.get(word, word) for word in words)


def _stem(plain: str) -> str:
    for ending in (
        " public schools",
        " public school district",
        " school district",
        " schools",
        " district",
        " school",
    ):
        if plain.endswith(ending) and plain != ending.strip():
            return plain.removesuffix(ending)
    return plain
