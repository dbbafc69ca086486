"""Rows of sheets turned into rows of one table of the contract, written to a Parquet file."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from leapdash.build.sources.exports.cells import TOTALS
from leapdash.build.sources.exports.columns import ColumnConverter, Converted
from leapdash.build.sources.exports.coverage import DaysCovered
from leapdash.build.sources.exports.headings import Header
from leapdash.build.sources.exports.mapping import TableSource
from leapdash.build.sources.exports.places import Places
from leapdash.build.sources.exports.problems import Problems
from leapdash.build.sources.exports.sheet import Block, Sheet
from leapdash.build.sources.exports.values import UNTOLD
from leapdash.contract import Table
from leapdash.errors import InputError, StoreError, shortened

FILE, ROW = "file", "row"
_NAMED = ("student_id", "school_code", "school_name", "district_code", "district_name")
_MOST_LISTED = 3


@dataclass(frozen=True)
class Part:
    """A sheet that holds rows of a table: its number among all, its header, what the mapping says
    of it, and what names in it are matched with.
    """

    number: int
    sheet: Sheet
    header: Header
    source: TableSource
    named: Mapping[str, Places]


class TableFile:
    """The file that a table of the contract is gathered in.

    Raises StoreError where there is no room for it.
    """

    def __init__(self, table: Table, path: Path, problems: Problems) -> None:
        self.table = table
        self.path = path
        self.rows = 0
        self.left_out = 0
        self.present = 0
        self.covered = DaysCovered()
        self.notes: list[str] = []
        self._problems = problems
        self._seen: dict[tuple[str | None, ...], int] = {}
        self._again: list[tuple[str, int]] = []
        self._elsewhere: list[tuple[str, int]] = []
        fields = [(name, pa.string()) for name in table.column_names]
        self._schema = pa.schema([*fields, (FILE, pa.int64()), (ROW, pa.int64())])
        self._writer = pq.ParquetWriter(path, self._schema)

    def close(self) -> None:
        """End the file; what was noticed about all of it becomes notes."""
        try:
            self._writer.close()
        except OSError as error:
            raise _no_room(self.path, error) from error
        if self._again:
            self.notes.append(
                f"{self.table.name}: {_rows_say(self._again)} the same as one above, and counts "
                f"too ({_listed(self._again)})"
            )
        if self._elsewhere:
            self._problems.say(
                f"{self.table.name}: {_rows_say(self._elsewhere)} the same as one of another file "
                f"or sheet ({_listed(self._elsewhere)}).\nExpected each once, as it would count "
                "twice. Write distinct = true in its [[table]], so that rows that say the same "
                "count once, or leave one of the files out."
            )

    def add(self, part: Part) -> None:
        """Add a sheet's rows; what is wrong with them is remembered, not raised."""
        try:
            _PartReader(self, part, self._problems).read()
        except InputError as error:
            self._problems.say(str(error))
            self.left_out += 1

    def write(self, part: Part, columns: Mapping[str, pa.Array], rows: pa.Array) -> None:
        """Write rows whose values could all be read."""
        nothing = pa.nulls(len(rows), pa.string())
        arrays = [columns.get(name, nothing) for name in self.table.column_names]
        file = pa.array(np.full(len(rows), part.number), pa.int64())
        batch = pa.record_batch([*arrays, file, rows], schema=self._schema)
        if part.source.distinct or not self.table.key:
            batch = self._told_once(part, batch)
        if self.table.name == "attendance_daily":
            self.covered.add(batch)
            self.present += len(batch) - (pc.sum(pc.equal(batch["attended"], "0")).as_py() or 0)
        self.rows += len(batch)
        try:
            self._writer.write_batch(batch)
        except OSError as error:
            raise _no_room(self.path, error) from error

    def _told_once(self, part: Part, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Without rows that were there already, where they count once; else these are noted."""
        values = zip(*(batch[name].to_pylist() for name in self.table.column_names), strict=True)
        new = []
        for row, line in zip(values, batch[ROW].to_pylist(), strict=True):
            new.append(row not in self._seen)
            first = self._seen.setdefault(row, part.number)
            if not new[-1] and not part.source.distinct:
                again = self._again if first == part.number else self._elsewhere
                again.append((part.sheet.label, line))
        return batch.filter(pa.array(new, pa.bool_())) if part.source.distinct else batch


class _PartReader:
    """Reads one sheet into a table's file."""

    def __init__(self, file: TableFile, part: Part, problems: Problems) -> None:
        self._file, self._part, self._problems = file, part, problems
        source, places = part.source, part.header.places()
        contract = source.contract
        self._columns = {
            name: ColumnConverter(contract.column(name), c, source, places, self._named(name, part))
            for name, c in source.columns.items()
        }
        self._months = [
            {
                name: ColumnConverter(contract.column(name), c, source, places, None)
                for name, c in month.items()
            }
            for month in source.months
        ]
        self._numbers = {n for c in self._columns.values() for n in c.numbers}
        self._naming = {
            n for name in _NAMED if name in self._columns for n in self._columns[name].numbers
        }
        student = source.columns.get("student_id")
        self._of_students = set(student.headings) if student else set()
        self._repaired: Counter[tuple[str, str]] = Counter()
        self._totals: list[int] = []
        self._passed_over = 0
        self._blank_months = 0

    @staticmethod
    def _named(name: str, part: Part) -> Places | None:
        return part.named.get(part.source.columns[name].match)

    def read(self) -> None:
        """Every row of the sheet."""
        part = self._part
        width = len(part.header.names)
        for block in part.sheet.blocks(part.header.below, width, self._wrong):
            kept = self._kept(block)
            if not kept.all():
                mask = pa.array(kept)
                block = Block(block.rows.filter(mask), [c.filter(mask) for c in block.columns])
            if len(block.rows):
                self._read_block(block)
        self._check_dates()
        self._note()

    def _kept(self, block: Block) -> np.ndarray:
        """Which rows belong to the table: not those that add up others, nor those without a word in
        the columns it needs.
        """
        kept = np.ones(len(block.rows), bool)
        for number in self._naming:
            lowered = pc.utf8_lower(pc.utf8_trim_whitespace(block.columns[number]))
            kept &= ~pc.is_in(lowered, pa.array(sorted(TOTALS))).to_numpy(zero_copy_only=False)
        self._totals += block.rows.filter(pa.array(~kept)).to_pylist()
        used = self._numbers | {n for m in self._months for c in m.values() for n in c.numbers}
        says = _says(block, used)
        self._passed_over += int((kept & ~says).sum()) if used else 0
        return kept & says if used else kept

    def _read_block(self, block: Block) -> None:
        base = {name: self._told(c, block, c.convert(block)) for name, c in self._columns.items()}
        bad = _any_bad(base.values(), len(block.rows))
        if not self._months:
            self._write(block, base, bad)
        for month in self._months:
            numbers = {n for name, c in month.items() if name != "month" for n in c.numbers}
            says = _says(block, numbers)
            if month["days_enrolled"].source.blank_is_said:
                says[:] = True
            self._blank_months += int((~says).sum())
            positions = np.flatnonzero(says)
            own = block
            if not says.all():
                mask = pa.array(says)
                own = Block(block.rows.filter(mask), [c.filter(mask) for c in block.columns])
            found = {name: self._told(c, own, c.convert(own)) for name, c in month.items()}
            shared = {
                name: Converted(c.values.take(pa.array(positions)), c.bad[positions])
                for name, c in base.items()
            }
            of_month = _any_bad(found.values(), len(own.rows)) | bad[positions]
            self._write(own, shared | found, of_month)

    def _write(self, block: Block, columns: Mapping[str, Converted], bad: np.ndarray) -> None:
        self._file.left_out += int(bad.sum())
        good = pa.array(~bad)
        values = {name: c.values.filter(good) for name, c in columns.items()}
        self._file.write(self._part, values, block.rows.filter(good))

    def _told(self, converter: ColumnConverter, block: Block, found: Converted) -> Converted:
        """The column; its troubles and repairs are remembered."""
        for trouble in found.troubles:
            if trouble.refused is UNTOLD:
                continue
            rows = block.rows.take(pa.array(list(trouble.positions), pa.int64())).to_pylist()
            refused = trouble.refused
            self._problems.cell(
                self._part.number,
                rows,
                converter.heading,
                trouble.text.strip(),
                refused.expected,
                refused.remedy,
                secret=bool(self._of_students & set(converter.source.headings)),
            )
        for repair, count in found.repaired.items():
            self._repaired[converter.heading, repair] += count
        return found

    def _wrong(self, row: int, found: str, expected: str) -> None:
        self._file.left_out += 1
        self._problems.row(self._part.number, row, found, expected)

    def _check_dates(self) -> None:
        for name, column in self._columns.items():
            if column.is_mixed:
                self._problems.say(
                    f"{self._part.sheet.label}, column {shortened(column.heading)}: real dates, or "
                    "dates that begin with the year, beside dates in figures that end with it.\n"
                    "Expected one shape: a spreadsheet may have exchanged day and month where it "
                    "made real dates of what was typed. Export the file again, or correct it; if "
                    f'the real dates are right, write {name} = {{ from = "{column.heading}", …, '
                    'mixed = "right" }.'
                )

    def _note(self) -> None:
        label, say = self._part.sheet.label, self._file.notes.append
        for (heading, repair), count in self._repaired.items():
            cells = f"{count:,} cell{'s' if count > 1 else ''}"
            say(f"{label}, column {shortened(heading)}: {cells}, {repair}")
        if self._totals:
            rows = ", ".join(map(str, self._totals[:_MOST_LISTED]))
            say(f"{label}: left out as it adds up other rows: row {rows}")
        if self._blank_months:
            plural = "s" if self._blank_months > 1 else ""
            say(f"{label}: {self._blank_months:,} month{plural} of students passed over as blank")
        if self._passed_over:
            say(f"{label}: {self._passed_over:,} rows without a word in the columns needed")


def _says(block: Block, numbers: set[int]) -> np.ndarray:
    """Which rows have something in any of the columns."""
    says = np.zeros(len(block.rows), bool)
    for number in numbers:
        trimmed = pc.utf8_trim_whitespace(block.columns[number])
        says |= pc.not_equal(trimmed, "").to_numpy(zero_copy_only=False)
    return says


def _rows_say(places: Sequence[tuple[str, int]]) -> str:
    return f"{len(places):,} row{'s say' if len(places) > 1 else ' says'}"


def _listed(places: Sequence[tuple[str, int]]) -> str:
    return "; ".join(f"{label}, row {row}" for label, row in places[:_MOST_LISTED])


def _any_bad(columns: Iterable[Converted], length: int) -> np.ndarray:
    bad = np.zeros(length, bool)
    for column in columns:
        bad |= column.bad
    return bad


def _no_room(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path.parent}: what is read can't be written there ({error.strerror or error}).\n"
        "Expected room for temporary files. Make room, or name another place with TMPDIR."
    )
