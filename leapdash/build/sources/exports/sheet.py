"""What every file gives, whichever its format: sheets of text cells, row by row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from leapdash.build.sources.exports.cells import TOTALS, key_of

Record = tuple[int, list[str]]
"""A row as a file holds it: where it stands, as the file's reader counts, and its cells."""
BLOCK_ROWS = 20_000


@dataclass(frozen=True)
class Block:
    """Some rows: where each stands (`rows`), and by column its cells as text, "" for none."""

    rows: pa.Array
    columns: Sequence[pa.Array]


Wrong = Callable[[int, str, str], None]
"""Is told what is wrong with a row: where it stands, what was found, what was expected."""


class Sheet(Protocol):
    """One table of cells in a file.

    `label`: how messages call it; `sheet`: its name within the file, "" where that has one only;
    `notes`: what was repaired to read it, to be told.
    """

    label: str
    sheet: str
    notes: list[str]

    @property
    def names(self) -> tuple[str, ...] | None:
        """The columns' names, where the format has them; None where a line of cells holds them."""

    def records(self) -> Iterator[Record]:
        """The rows from the top that aren't blank, for a look at how the sheet begins."""

    def blocks(self, below: int, width: int, wrong: Wrong) -> Iterator[Block]:
        """All rows below the row `below`, `width` cells each; rows of another width are told."""


class GridSheet:
    """A sheet whose columns' names stand in a line of cells: of a text file, or of a workbook.

    `ragged`: whether rows may have fewer or more cells than the header has.
    """

    def __init__(
        self,
        label: str,
        read: Callable[[], Iterator[Record]],
        sheet: str = "",
        ragged: bool = False,
        notes: Sequence[str] = (),
    ) -> None:
        self.label = label
        self.sheet = sheet
        self.notes = list(notes)
        self._read = read
        self._ragged = ragged

    @property
    def names(self) -> tuple[str, ...] | None:
        """None: a line of cells holds them."""
        return None

    def records(self) -> Iterator[Record]:
        """The rows from the top that aren't blank."""
        return self._read()

    def blocks(self, below: int, width: int, wrong: Wrong) -> Iterator[Block]:
        """All rows below the row `below` that aren't blank, in blocks of BLOCK_ROWS."""
        rows: list[int] = []
        cells: list[list[str]] = []
        for row, values in self._read():
            if row <= below:
                continue
            if len(values) != width:
                if not self._ragged and any(values[width:]):
                    wrong(row, f"{len(values)} values", _expected(width))
                    continue
                if not self._ragged and len(values) < width and not is_total(values):
                    wrong(row, f"{len(values)} value{'s' * (len(values) > 1)}", _expected(width))
                    continue
                values = (values + [""] * width)[:width]
            rows.append(row)
            cells.append(values)
            if len(rows) == BLOCK_ROWS:
                yield _block(rows, cells)
                rows, cells = [], []
        if rows:
            yield _block(rows, cells)


def is_total(values: Sequence[str]) -> bool:
    """Whether a row adds up those above it, by the first thing it says."""
    return next((key_of(value) in TOTALS for value in values if value.strip()), False)


def _block(rows: list[int], cells: list[list[str]]) -> Block:
    columns = zip(*cells, strict=True)
    return Block(pa.array(rows, pa.int64()), [pa.array(c, pa.string()) for c in columns])


def _expected(width: int) -> str:
    return f"{width} values, as in the header; a separator inside a value needs quotes around it"
