"""What figures with a row for every district or school share: short names, room for them, and bars
for what is withheld.
"""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from leapdash.show.charts.base import Drawing, text_width
from leapdash.show.language import N_, _

TOO_FEW, NOBODY_VISITED = N_("too few to tell"), N_("nobody visited")
_HIDDEN = N_("hidden to protect students")
_HOVER_WIDTH = 44
_ROW_HEIGHT, _ROOMY_ROW_HEIGHT = 26, 20
_NAME_WIDTH, _ROOMY_NAME_WIDTH = 22, 60
_WIDER_FONT = 1.08


def short_names(names: Iterable[str], roomy: bool = False, most_lines: int = 2) -> list[str]:
    """Names in lines short enough for a telephone, or on roomy paper in one; equal names stay apart
    by invisible spaces.
    """
    width = _ROOMY_NAME_WIDTH if roomy else _NAME_WIDTH
    short_ones: list[str] = []
    for name in names:
        short = "<br>".join(wrap(str(name), width, max_lines=most_lines, placeholder="…"))
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


def draw_withheld(
    drawing: Drawing, rows: Sequence[tuple[float, str, str, float]], low: float, high: float
) -> None:
    """Draw a hatched bar across the plot for every row, with the reason in a word and on hover.

    `rows`: where a row stands, its name, the reason, how many were visited in all (NaN where that
    is hidden). `low`, `high`: the axis' ends.
    """
    palette = drawing.palette
    drawing.add(
        "bar",
        name="withheld",
        orientation="h",
        base=low,
        x=[high - low] * len(rows),
        y=[at for at, *_ in rows],
        width=14,
        marker={
            "color": palette.ground,
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": palette.compared, "size": 7, "solidity": 0.15},
        },
        customdata=[
            "<br>".join([f"<b>{name}</b>", *wrap(reason, _HOVER_WIDTH)])
            for _, name, reason, _ in rows
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for at, _name, _reason, visited in rows:
        drawing.write(
            "too few",
            _(_HIDDEN if visited != visited else TOO_FEW if visited else NOBODY_VISITED),
            x=(low + high) / 2,
            y=at,
            bgcolor=palette.ground,
            borderpad=3,
            font={"size": 13, "color": palette.muted},
        )
