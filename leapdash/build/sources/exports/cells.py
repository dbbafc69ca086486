"""A cell's text as it was meant: what spreadsheets and databases put around it is taken off."""

import re

_SPACES = re.compile(r"\s+")
_FORMULA_TEXT = re.compile(r'="(.*)"')
_WHOLE = re.compile(r"([0-9]+)\.0+")
TOTALS = frozenset(
    f"{kind}{word}"
    for kind in ("", "grand ", "sub", "school ", "district ", "state ")
    for word in ("total", "totals", "total:", "totals:")
)
"""What stands in the first cell of a row that adds up those above, in lower case."""

MISSING = frozenset(("*", "**", "***", "-", "--", "n/a", "na", "#n/a", "null", "nan", "."))
"""Marks for a value that isn't there or is withheld, in lower case."""

NO_RESULT = "#FORMULA WITHOUT A RESULT"
"""What a cell of a workbook says whose formula has no stored result."""


def tidy(text: str, is_id: bool = False) -> tuple[str, str]:
    """The text without what was put around it, and what that was: "" where a reader needn't know.

    Spaces around a value go; several within count as one, but in an identifier (`is_id`), which
    on the other hand loses the `.0` that a table of numbers hung on it.
    """
    told = ""
    plain = text.strip()
    if found := _FORMULA_TEXT.fullmatch(plain):
        plain, told = found[1].replace('""', '"').strip(), 'written ="…"'
    if is_id:
        if found := _WHOLE.fullmatch(plain):
            plain, told = found[1], "written as numbers with .0"
        return plain, told
    return _SPACES.sub(" ", plain), told


def key_of(text: str) -> str:
    """What two texts share that differ in case or spaces alone."""
    return _SPACES.sub(" ", text.strip()).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, in lower case: `DaysEnrolled_09` has days, enrolled, 09."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    text = re.sub(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])", " ", text)
    return tuple(re.findall(r"[a-z0-9]+|[%#]", text.lower().replace("'", "")))
