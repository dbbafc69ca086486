"""Columns of a file turned into columns of the contract, each distinct text read once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from leapdash.build.sources.exports.cells import key_of, tidy
from leapdash.build.sources.exports.dates import shape_of
from leapdash.build.sources.exports.mapping import ColumnSource, TableSource
from leapdash.build.sources.exports.places import Places
from leapdash.build.sources.exports.sheet import Block
from leapdash.build.sources.exports.values import CellReader, Reading, Refused
from leapdash.contract import Column

_MOST_KEPT = 200_000


@dataclass(frozen=True)
class Trouble:
    """Cells with the same text that can't be read: their positions in the block."""

    text: str
    positions: Sequence[int]
    refused: Refused


@dataclass(frozen=True)
class Converted:
    """A column of the contract for a block: its values as text, which cells couldn't be read, and
    what was repaired, with how many cells.
    """

    values: pa.Array
    bad: np.ndarray
    troubles: Sequence[Trouble] = ()
    repaired: Mapping[str, int] = field(default_factory=dict)


class ColumnConverter:
    """Reads one column of the contract from blocks of a sheet.

    `places`: by heading as cells.key_of has it, the number of a column of the sheet.
    """

    def __init__(
        self,
        column: Column,
        source: ColumnSource,
        table: TableSource,
        places: Mapping[str, int],
        named: Places | None,
    ) -> None:
        self.column = column
        self.source = source
        self._reader = CellReader(column, source, table.values.get(column.name, {}), named)
        year = "" if source.fixed_year else source.school_year
        self._parts = [
            places[key_of(heading)] if heading else None
            for heading in (source.heading, source.less, year)
        ]
        self._shapes: set[str] = set()
        self._known: dict[tuple[str, ...], Reading] = {}

    @property
    def numbers(self) -> list[int]:
        """The numbers of the sheet's columns it reads."""
        return [number for number in self._parts if number is not None]

    @property
    def heading(self) -> str:
        """What messages call the column: its headings, else its name in the contract."""
        return ", ".join(self.source.headings) or self.column.name

    @property
    def is_mixed(self) -> bool:
        """Whether it had both real dates and dates in figures, and the mapping doesn't say that
        this is right: a spreadsheet may have taken the day of some for the month.
        """
        both = {"year first", "year last"} <= self._shapes
        return both and self.source.date != "y/m/d" and not self.source.mixed

    def convert(self, block: Block) -> Converted:
        """The column's values in a block."""
        if not self.numbers:
            return self._whole(self._reading(()), len(block.rows))
        texts, indices = _distinct([block.columns[number] for number in self.numbers])
        readings = [self._reading(cells) for cells in texts]
        refused = np.array([isinstance(reading, Refused) for reading in readings], bool)
        values = pa.array(
            [None if isinstance(r, Refused) else r.value or None for r in readings], pa.string()
        )
        bad = refused[indices] if len(texts) else np.zeros(0, bool)
        repaired: dict[str, int] = {}
        for number, reading in enumerate(readings):
            if not isinstance(reading, Refused) and reading.repaired:
                count = int((indices == number).sum())
                repaired[reading.repaired] = repaired.get(reading.repaired, 0) + count
        troubles = tuple(self._troubles(texts, readings, indices, bad)) if bad.any() else ()
        return Converted(values.take(pa.array(indices)), bad, troubles, repaired)

    def _reading(self, cells: tuple[str, ...]) -> Reading:
        reading = self._known.get(cells)
        if reading is None:
            if len(self._known) > _MOST_KEPT:
                self._known.clear()
            if self.column.type == "date":
                self._shapes |= {shape_of(tidy(cell)[0]) for cell in cells}
            reading = self._known[cells] = self._reader.read(*self._parts_of(cells))
        return reading

    def _parts_of(self, cells: tuple[str, ...]) -> tuple[str, str | None, str | None]:
        """What stands in the column, what is taken off, and the school year."""
        given = iter(cells)
        first, less, year = (None if number is None else next(given) for number in self._parts)
        if first is None:
            first = self.source.value or ""
        if less is None and self.source.less_value is not None:
            less = self.source.less_value
        return first, less, year

    def _whole(self, reading: Reading, length: int) -> Converted:
        if isinstance(reading, Refused):
            nothing = pa.nulls(length, pa.string())
            trouble = Trouble(self.source.value or "", range(length), reading)
            return Converted(nothing, np.ones(length, bool), (trouble,))
        value = pa.scalar(reading.value or None, pa.string())
        return Converted(pa.repeat(value, length), np.zeros(length, bool))

    @staticmethod
    def _troubles(
        texts: Sequence[tuple[str, ...]],
        readings: Sequence[Reading],
        indices: np.ndarray,
        bad: np.ndarray,
    ) -> Iterator[Trouble]:
        positions: dict[int, list[int]] = {}
        for position in np.flatnonzero(bad):
            positions.setdefault(int(indices[position]), []).append(int(position))
        for number, where in positions.items():
            reading = readings[number]
            assert isinstance(reading, Refused)
            text = " and ".join(texts[number]) if reading.cell is None else reading.cell
            yield Trouble(text, where, reading)


def _distinct(columns: Sequence[pa.Array]) -> tuple[list[tuple[str, ...]], np.ndarray]:
    """What stands side by side in the columns, each once, and by row which of these it is."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        encoded = column.dictionary_encode()
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy(zero_copy_only=False)
    _, first, indices = np.unique(codes, return_index=True, return_inverse=True)
    cells = (column.take(pa.array(first)).to_pylist() for column in columns)
    return list(zip(*cells, strict=True)), indices
