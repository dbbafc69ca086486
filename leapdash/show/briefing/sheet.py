"""What stands on every sheet of paper, of a page or a briefing: margins, a foot, its number."""


def sheet(words: str, size: str = "") -> str:
    """The rule for every sheet: its margins, the words at its foot, and which sheet of how many.

    `size`: of the paper; empty for the reader's own.
    """
    return (
        "@page { margin: 14mm 12mm 18mm; font: 9pt sans-serif; color: #5c626b;"
        f"{f' size: {size};' if size else ''}"
        f" @bottom-left {{ content: {_quoted(words)}; }}"
        ' @bottom-right { content: counter(page) " / " counter(pages); } }'
    )


def _quoted(words: str) -> str:
    """The words as a string of CSS that can't end the string, nor the style it stands in."""
    return '"' + "".join(c if c.isalnum() or c in " -." else f"\\{ord(c):x} " for c in words) + '"'
