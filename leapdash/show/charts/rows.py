"""What figures with a row for every district or school share: short names and room for them."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from leapdash.show.charts.base import text_width

_ROW_HEIGHT, _ROOMY_ROW_HEIGHT = 26, 20
_NAME_WIDTH, _ROOMY_NAME_WIDTH = 22, 60
_WIDER_FONT = 1.08


def short_names(names: Iterable[str], roomy: bool = False) -> list[str]:
    """Names in lines short enough for a telephone, or on roomy paper in one; equal names stay apart
    by invisible spaces.
    """
    width = _ROOMY_NAME_WIDTH if roomy else _NAME_WIDTH
    short_ones: list[str] = []
    for name in names:
        short = "<br>".join(wrap(str(name), width, max_lines=2, placeholder="…"))
        while short in short_ones:
            short += "\u200b"
        short_ones.append(short)
    return short_ones


def left_margin(names: Sequence[str], roomy: bool = False) -> int:
    """Pixels the names need on the left; on roomy paper, in whatever font a reader has."""
    lines = [line for name in names for line in name.split("<br>")]
    width = max((text_width(line) for line in lines), default=0)
    return int(_WIDER_FONT * width + 16) if roomy else int(width) + 12


def rows_height(names: Sequence[str], roomy: bool = False) -> int:
    """The height of a figure with so many rows, names of two lines counted."""
    height = _ROOMY_ROW_HEIGHT if roomy else _ROW_HEIGHT
    lines = sum(1 + name.count("<br>") for name in names)
    return 100 + height * max(len(names), 3) + 12 * (lines - len(names))
