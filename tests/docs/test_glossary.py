"""The glossary explains words the code uses, each once."""

import re
from itertools import pairwise

import pytest

from tests.lib.paths import ROOT

_ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in (ROOT / "docs" / "GLOSSARY.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and "`" in line
]
_CODE = {
    word
    for path in (ROOT / "leapdash").rglob("*.py")
    for word in re.findall(r"\w+", path.read_text("utf-8"))
}


def test_every_word_is_explained_once_and_each_part_runs_in_the_order_of_the_alphabet() -> None:
    words = [word for word, *_ in _ROWS]
    assert len(words) > 60
    assert len(set(words)) == len(words)
    falls = [(a, b) for a, b in pairwise(words) if a > b]
    assert len(falls) == 2, falls


@pytest.mark.parametrize(("word", "meaning", "name"), _ROWS, ids=[row[0] for row in _ROWS])
def test_a_word_of_the_glossary_is_used_in_the_code(word: str, meaning: str, name: str) -> None:
    assert re.fullmatch(r"`\w+`", name)
    assert name.strip("`") in _CODE, f"{word}: nothing in leapdash/ is called {name}"
    assert meaning
