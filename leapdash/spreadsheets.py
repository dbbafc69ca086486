"""Texts for files that people open in a spreadsheet: what comes from data is never a formula."""

import re

# What a spreadsheet may take for the beginning of a cell, in any country, and of a formula there;
# also as the wide letters of East Asia.
_FORMULA = re.compile(r"(^|[\t\r\n,;\"])(\s*)(?=[=+\-@＝＋－＠])")


def safe(text: str) -> str:
    """The text with an apostrophe before each = + - @ that a spreadsheet could take for the
    beginning of a formula, and before a tab or line end in front.

    CSV has no other way to say that a cell is text (OWASP, CSV injection).
    """
    marked = _FORMULA.sub(r"\1\2'", text)
    return f"'{marked}" if marked[:1] in ("\t", "\r", "\n") else marked
