"""Exports as a source: a mapping's files, read into tables of the contract."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import ibis.expr.types as ir
import pyarrow.parquet as pq

from leapdash.build.sources.about import About, read_about
from leapdash.build.sources.exports.cells import key_of
from leapdash.build.sources.exports.convert import FILE, ROW, Part, TableFile
from leapdash.build.sources.exports.given import files_given, files_of, same_content, sheet_of
from leapdash.build.sources.exports.headings import Header, header_for
from leapdash.build.sources.exports.mapping import ExportMapping, TableSource
from leapdash.build.sources.exports.places import Places
from leapdash.build.sources.exports.problems import Problems
from leapdash.build.sources.exports.sheet import Sheet
from leapdash.build.sources.source import Source
from leapdash.build.sources.typed import as_contract
from leapdash.contract import INPUT_TABLES, Table
from leapdash.engines import Engine
from leapdash.engines.scratch import scratch_folder
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath

_FEW_PRESENT = 0.5
_FEW_DAYS = 1 / 3
_MOST_NAMES = 40


@dataclass(frozen=True)
class ExportedTable:
    """One table of the contract, read from exports. See `source.InputTable`.

    `path`: the Parquet file it was gathered in; `labels`: how the sheets are called, by number.
    """

    contract: Table
    label: str
    path: Path
    labels: tuple[str, ...]

    def read(self, engine: Engine) -> ir.Table:
        """Every row, typed (see `sources.typed`)."""
        return as_contract(engine.read_parquet([str(self.path)]), self.contract)

    def numbered(self, engine: Engine) -> ir.Table:
        """The same with `file`, the sheet's number, and `row`, where the row stands in it."""
        raw = engine.read_parquet([str(self.path)])
        return as_contract(raw, self.contract, **{FILE: raw[FILE], ROW: raw[ROW]})

    def locate(self, number: int, rows: Sequence[int]) -> tuple[str, list[int]]:
        """The sheet's name; rows are numbered as they stand in it."""
        return self.labels[number], list(rows)

    def why_unreadable(self) -> str | None:
        """None: it was written here."""
        return None


@contextmanager
def open_exports(given: Sequence[InputPath], mapping: ExportMapping) -> Iterator[Source]:
    """The tables a mapping makes of the files given, while the block runs.

    They are gathered in a folder that only this user can read, removed at the end. Raises
    InputError where a file given isn't there; what is wrong with the files is in the source's
    `problems`, all of it.
    """
    files = files_given(given)
    with scratch_folder() as folder:
        yield _Reading(files, mapping, folder).source(given)


class _Reading:
    """Reads the files of a mapping, table by table, and gathers what is wrong and what is noted."""

    def __init__(self, files: Sequence[InputPath], mapping: ExportMapping, folder: Path) -> None:
        self._files, self._mapping, self._folder = files, mapping, folder
        self._labels: list[str] = []
        self._notes: list[str] = []
        self._problems = Problems(lambda number: self._labels[number])
        self._incomplete: set[str] = set()
        self._used: set[str] = set()

    def source(self, given: Sequence[InputPath]) -> Source:
        """The source, with every table read."""
        tables: dict[str, ExportedTable] = {}
        named: dict[str, Places] = {}
        for contract in INPUT_TABLES:
            sources = [t for t in self._mapping.tables if t.contract.name == contract.name]
            if sources:
                tables[contract.name] = self._table(contract, sources, named)
            if contract.name == "schools" and contract.name in tables:
                whole = contract.name not in self._incomplete
                named = _places(tables[contract.name].path, whole)
        self._check_tables(tables)
        aside = [file.name for file in self._files if file.name not in self._used]
        if aside:
            listed = shortened(", ".join(aside), 300)
            self._notes.append(f"left aside, as {self._mapping.label} doesn't name them: {listed}")
        where = ", ".join(str(path) for path in given)
        return Source(
            shortened(where, 300),
            tables,
            self._about(given),
            "attendance_daily" in tables,
            tuple(dict.fromkeys(self._notes)),
            self._problems.told(),
            frozenset(self._incomplete),
        )

    def _table(
        self, contract: Table, sources: Sequence[TableSource], named: Mapping[str, Places]
    ) -> ExportedTable:
        file = TableFile(contract, self._folder / f"{contract.name}.parquet", self._problems)
        first = len(self._labels)
        whole = True
        read: list[InputPath] = []
        for source in sources:
            try:
                files = files_of(source, self._files)
            except InputError as error:
                self._problems.say(str(error))
                whole = False
                continue
            read += [f for f in files if f not in read]
            for path in files:
                self._used.add(path.name)
                whole = self._part(file, source, path, named) and whole
        self._check_copies(contract, read)
        file.close()
        self._check_rows(contract, file, whole)
        if contract.name == "attendance_daily" and file.rows and not file.left_out:
            self._check_present(file, any(source.mostly_absent for source in sources))
        self._notes += file.notes
        if file.left_out or not whole:
            self._incomplete.add(contract.name)
        own = self._labels[first:]
        label = own[0] if len(own) == 1 else contract.name
        return ExportedTable(contract, label, file.path, tuple(self._labels))

    def _part(
        self, file: TableFile, source: TableSource, path: InputPath, named: Mapping[str, Places]
    ) -> bool:
        """Reads one sheet into the table's file; whether it could be."""
        try:
            sheet = sheet_of(source, path)
            header = header_for(sheet, source.headings, source.header)
        except InputError as error:
            self._problems.say(str(error))
            return False
        self._notes += sheet.notes
        if source.header and sheet.names is None and not header.names:
            self._problems.say(
                f"{sheet.label}: no columns' names in line {source.header[0]}, as header of "
                f"{source.place} says.\nExpected a line with something in it, at the top of the "
                "file. Correct header, or leave it out to have the names looked for."
            )
            return False
        missing = _missing(sheet, header, source)
        if missing:
            self._problems.say(missing)
            return False
        if header.above:
            lines = f"{header.above} line{'s' if header.above > 1 else ''}"
            self._notes.append(f"{sheet.label}: {lines} above the columns' names passed over")
        self._labels.append(sheet.label)
        file.add(Part(len(self._labels) - 1, sheet, header, source, named))
        return True

    def _check_copies(self, contract: Table, files: Sequence[InputPath]) -> None:
        for first, second in same_content(files):
            self._problems.say(
                f"{second.name}: the same as {first.name}, byte for byte; both are given for "
                f"{contract.name}.\nExpected each file once. Leave one out."
            )

    def _check_rows(self, contract: Table, file: TableFile, whole: bool) -> None:
        if not file.rows and not file.left_out and whole and not contract.may_be_empty:
            self._problems.say(
                f"{contract.name}: its files have no rows.\nExpected at least one below the names "
                "of the columns."
            )

    def _check_present(self, file: TableFile, mostly_absent: bool) -> None:
        if file.covered.median < _FEW_DAYS:
            self._problems.say(
                "attendance_daily: half of the students have rows for no more than "
                f"{file.covered.median:.0%} of their school's days in the months they have any.\n"
                "Expected a row for every day a student was enrolled, attended or not; these may "
                "be absences and tardies alone. Export the days of membership too, or attendance "
                "by month, with days enrolled and days absent."
            )
        if not file.present:
            self._problems.say(
                "attendance_daily: no row is of a day attended.\nExpected a row for every day a "
                "student was enrolled, attended or not. A list of absences alone isn't enough: "
                "export the days of membership too."
            )
        elif file.present < _FEW_PRESENT * file.rows and not mostly_absent:
            self._problems.say(
                f"attendance_daily: only {file.present:,} of {file.rows:,} rows are of days "
                "attended.\nExpected a row for every day a student was enrolled, and half of them "
                'attended at the least. If 1 stands for a day absent, write "1" = "0" and "0" = '
                '"1" under [table.values.attended]; if only absences and tardies have rows, export '
                "the days of membership too; if it is meant, write mostly_absent = true in the "
                "[[table]]."
            )

    def _check_tables(self, tables: Mapping[str, ExportedTable]) -> None:
        for table in INPUT_TABLES:
            daily = table.name == "attendance" and "attendance_daily" in tables
            if not (table.optional or table.name in tables or daily):
                self._incomplete.add(table.name)
                self._problems.say(
                    f"{self._mapping.label}: nothing makes the table {table.name}.\nExpected a "
                    f'[[table]] with name = "{table.name}": {table.grain}.'
                )
        if "attendance" in tables and "attendance_daily" in tables:
            self._problems.say(
                f"{self._mapping.label}: both attendance and attendance_daily.\nExpected one of "
                "them. Remove the one that is not to be used."
            )

    def _about(self, given: Sequence[InputPath]) -> About:
        if self._mapping.about is not None:
            return self._mapping.about
        folders = [path for path in given if path.is_dir()]
        return read_about(folders[0]) if folders else About()


def _places(path: Path, whole: bool) -> dict[str, Places]:
    """Schools and districts by name, from the table of schools; `whole`: if it has all rows."""
    names = ("school_code", "school_name", "district_code", "district_name")
    rows = pq.read_table(path, columns=list(names)).to_pylist()

    def named(kind: str, code: str, name: str) -> Places:
        return Places(
            kind,
            {(row[code].zfill(7), row[name]) for row in rows if row[code] and row[name]},
            whole,
        )

    return {
        "schools": named("schools", *names[:2]),
        "districts": named("districts", *names[2:]),
    }


def _missing(sheet: Sheet, header: Header, source: TableSource) -> str:
    """What to say of headings the mapping names and the sheet hasn't; "" where it has them all."""
    there = header.places()
    missing = [heading for heading in source.headings if key_of(heading) not in there]
    if not missing:
        return ""
    told = []
    for heading in missing:
        again = [name for name in header.names if key_of(name).startswith(f"{key_of(heading)} (")]
        near = get_close_matches(heading, header.names, n=1, cutoff=0.7)
        hint = ""
        if len(again) > 1:
            hint = f" (it stands there {len(again)} times: {', '.join(again[:4])})"
        elif near:
            hint = f" ({shortened(near[0])!r} looks like it)"
        told.append(f"{shortened(heading)!r}{hint}")
    names = ", ".join(header.names[:_MOST_NAMES])
    row = f", row {header.below}" if header.lines else ""
    columns = "the column" if len(told) == 1 else "the columns"
    verb = "is" if len(told) == 1 else "are"
    return (
        f"{sheet.label}{row}: {columns} {', '.join(told)} of {source.place} {verb} missing.\n"
        f"Found: {shortened(names, 400)}. Correct the mapping, or the file's header."
    )
