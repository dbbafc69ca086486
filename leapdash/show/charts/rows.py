"""What figures with a row for every district or school share: short names and room for them."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from leapdash.show.charts.base import text_width

_ROW_HEIGHT = 26
_NAME_WIDTH = 22


def short_names(names: Iterable[str]) -> list[str]:
    """Names in lines short enough for a telephone; equal names stay apart by invisible spaces."""
    short_ones: list[str] = []
    for name in names:
        short = "<br>".join(wrap(str(name), _NAME_WIDTH, max_lines=2, placeholder="…"))
        while short in short_ones:
            short += "\u200b"
        short_ones.append(short)
    return short_ones


def left_margin(names: Sequence[str]) -> int:
    """Pixels the names need on the left."""
    lines = [line for name in names for line in name.split("<br>")]
    return int(max((text_width(line) for line in lines), default=0)) + 12


def rows_height(names: Sequence[str]) -> int:
    """The height of a figure with so many rows, names of two lines counted."""
    lines = sum(1 + name.count("<br>") for name in names)
    return 100 + _ROW_HEIGHT * max(len(names), 3) + 12 * (lines - len(names))
