"""The contract's input tables from a folder: Parquet, CSV or gzipped CSV, one file or many.

A table is `attendance.parquet`, `attendance.csv` or `attendance.csv.gz`, or a folder
`attendance/` with any number of files of one of these kinds. Rows stream through the engine;
here only names, headers and schemas are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby

import ibis
import ibis.expr.types as ir

from leapdash.build.sources import csv_files
from leapdash.build.sources.about import FILE, TRUTH, read_about
from leapdash.build.sources.columns import InputFile, inspect, is_parquet
from leapdash.build.sources.given import no_folder
from leapdash.build.sources.source import MOST_PROBLEMS, Source
from leapdash.build.sources.typed import as_contract
from leapdash.contract import INPUT_TABLES, Table
from leapdash.engines import Engine
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath, address_of, not_a_folder

_LONGEST_NOTE = 300
_SUFFIXES = (".parquet", ".csv", ".csv.gz")


@dataclass(frozen=True)
class FileTable:
    """One table of the contract and the files that hold it. See `source.InputTable`."""

    contract: Table
    files: tuple[InputFile, ...]

    @property
    def label(self) -> str:
        """The table's file, or its folder where there are several, as messages name it."""
        return self.files[0].label if len(self.files) == 1 else f"{self.contract.name}/"

    def read(self, engine: Engine) -> ir.Table:
        """Every row of every file, typed (see `sources.typed`)."""
        by_columns = sorted(self.files, key=lambda file: file.columns)
        alike = [list(same) for _, same in groupby(by_columns, lambda file: file.columns)]
        return _union([as_contract(_rows(engine, files), self.contract) for files in alike])

    def numbered(self, engine: Engine) -> ir.Table:
        """The same with `file` (its number in `files`) and `row` (from 1), for error messages."""
        parts = []
        for number, file in enumerate(self.files):
            rows = _rows(engine, [file])
            where = {"file": ibis.literal(number), "row": ibis.row_number() + 1}
            parts.append(as_contract(rows, self.contract, **where))
        return _union(parts)

    def locate(self, number: int, rows: Sequence[int]) -> tuple[str, list[int]]:
        """A file's name, and where rows stand in it: their lines in a CSV, else their numbers."""
        file = self.files[number]
        if file.is_csv:
            lines = csv_files.line_numbers(file.path, rows)
            return file.label, [lines[row] for row in rows]
        return file.label, list(rows)

    def why_unreadable(self) -> str | None:
        """What keeps the engine from reading a file to its end, where that can be said."""
        return next(filter(None, (file.why_unreadable() for file in self.files)), None)


def open_folder(path: InputPath) -> Source:
    """The contract's tables in a folder. Raises InputError that lists everything wrong with
    their names, formats and columns; the rows come later (`build.validation.explain`).
    """
    if found := not_a_folder(path):
        raise no_folder(path, found)
    tables: dict[str, FileTable] = {}
    problems: list[str] = []
    taken: set[str] = {FILE, TRUTH}
    notes: list[str] = []
    for table in INPUT_TABLES:
        try:
            files, form, others = _files(path, table.name)
            taken |= form
            notes += _left_aside(others)
            if files:
                tables[table.name] = _table(path, files, table)
        except InputError as error:
            problems.append(str(error))
    problems += [] if problems else list(_wrong_tables(path, tables))
    if problems:
        if not tables:
            problems.append("Files of another layout need a mapping: `leapdash inspect` writes it.")
        raise InputError("\n".join(problems[:MOST_PROBLEMS]))
    notes += _left_aside([n for n in _names(path) if n not in taken])
    for given in tables.values():
        notes += _ignored(given)
    by_day = "attendance_daily" in tables
    return Source(str(path), tables, read_about(path), by_day, tuple(notes))


def given_table(path: InputPath, table: Table) -> FileTable | None:
    """One table of the contract in a folder that holds something else too; None without it.

    Raises InputError where it isn't as it must be.
    """
    files, _, _ = _files(path, table.name)
    return _table(path, files, table) if files else None


# --- which files -----------------------------------------------------------------------------


def _files(folder: InputPath, name: str) -> tuple[list[str], set[str], list[str]]:
    """The names of a table's files, in order; what of the folder is its; and what was left aside.

    Names count whatever their case. Raises InputError where two forms stand side by side.
    """
    names = [f"{name}{suffix}" for suffix in _SUFFIXES]
    forms = [n for n in _names(folder) if n.lower() in names]
    parts = [n for n in _names(folder) if n.lower() == name and (folder / n).is_dir()]
    if len(forms + parts) > 1:
        raise InputError(
            f"{' and '.join(forms + parts)}: the table {name} is given twice.\n"
            "Expected one file or one folder. Keep the one that is current."
        )
    if not parts:
        return forms, set(forms), []
    inside = folder / parts[0]
    if found := not_a_folder(inside):
        raise InputError(f"{parts[0]}/: {found}.\nExpected a folder that this user may read.")
    files = [n for n in _names(inside) if n.lower().endswith(_SUFFIXES) and not n.startswith("_")]
    others = [f"{parts[0]}/{n}" for n in _names(inside) if n not in files]
    if not files:
        raise InputError(
            f"{parts[0]}/: no file ending in {', '.join(_SUFFIXES)}.\n"
            f"Put the table's files there, or remove the folder."
        )
    if len({is_parquet(inside / file) for file in files}) > 1:
        raise InputError(
            f"{parts[0]}/: both Parquet and CSV files ({files[0]}, {files[-1]}).\n"
            "Expected files of one kind. Keep those that are current."
        )
    return [f"{parts[0]}/{file}" for file in files], set(parts), others


def _names(folder: InputPath) -> list[str]:
    """What a folder holds, but for hidden files, in order of name."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _table(folder: InputPath, names: Sequence[str], table: Table) -> FileTable:
    """The table in these files; InputError where they aren't as they must be, or hold no row."""
    found = FileTable(table, tuple(inspect(folder / name, name, table) for name in names))
    if not table.may_be_empty and not any(file.has_rows for file in found.files):
        where = f"{found.label}, row 2" if found.files[0].is_csv else found.label
        if len(found.files) > 1:
            where = f"{found.label}, all {len(found.files)} files"
        raise InputError(
            f"{where}: a header and no rows.\nExpected at least one row below the header."
        )
    return found


def _wrong_tables(folder: InputPath, tables: Mapping[str, FileTable]) -> Iterator[str]:
    """Tables that are missing, or given in two ways at once."""
    names = _names(folder)
    stems = [name.split(".")[0].lower() for name in names]
    for table in INPUT_TABLES:
        daily = table.name == "attendance" and "attendance_daily" in tables
        if table.optional or table.name in tables or daily:
            continue
        near = get_close_matches(table.name, stems, n=1, cutoff=0.7)
        looks = names[stems.index(near[0])] if near else None
        hint = f" {looks} looks like it: rename or convert it." if looks else ""
        yield (
            f"{folder}: the table {table.name} is missing.\n"
            f"Expected {table.name}.parquet, {table.name}.csv, {table.name}.csv.gz or a folder "
            f"{table.name}/ with such files.{hint}"
        )
    if "attendance" in tables and "attendance_daily" in tables:
        yield (
            f"{folder}: both attendance and attendance_daily are given.\n"
            "Expected one of them. Remove the one that is not to be used."
        )


def _ignored(table: FileTable) -> Iterator[str]:
    for file in table.files:
        names = [n for n, _ in file.columns if n not in table.contract.column_names]
        if names:
            listed = shortened(", ".join(names), _LONGEST_NOTE)
            yield f"{file.label}: columns left out, unknown to the contract: {listed}"
            return


def _left_aside(names: Sequence[str]) -> Iterator[str]:
    if names:
        listed = shortened(", ".join(names), _LONGEST_NOTE)
        yield f"left aside, as they are no tables by their names: {listed}"


# --- rows ------------------------------------------------------------------------------------


def _rows(engine: Engine, files: Sequence[InputFile]) -> ir.Table:
    """The rows of files that have the same columns, as they stand there."""
    paths = [address_of(file.path) for file in files]
    if not files[0].is_csv:
        return engine.read_parquet(paths)
    return engine.read_csv(paths, [name for name, _ in files[0].columns])


def _union(parts: Sequence[ir.Table]) -> ir.Table:
    return parts[0] if len(parts) == 1 else ibis.union(*parts)
