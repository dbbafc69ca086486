"""The contract's input tables from a folder: Parquet, CSV or gzipped CSV, one file or many.

A table is `attendance.parquet`, `attendance.csv` or `attendance.csv.gz`, or a folder
`attendance/` with any number of files of one of these kinds. Rows stream through the engine;
here only names, headers and schemas are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from leapdash.build.sources import csv_files
from leapdash.build.sources.typed import EXPECTED, as_contract, can_hold
from leapdash.contract import INPUT_TABLES, Table
from leapdash.engines import Engine
from leapdash.errors import InputError

MOST_PROBLEMS = 10
"""More than this many problems are not listed: the first ones tell what is wrong."""

_SUFFIXES = (".parquet", ".csv", ".csv.gz")


@dataclass(frozen=True)
class InputFile:
    """One file of a table: how messages name it, and its columns and their types, in order."""

    path: Path
    label: str
    columns: tuple[tuple[str, str], ...]

    @property
    def is_csv(self) -> bool:
        """Whether it is text, each value a string."""
        return self.path.suffix != ".parquet"


@dataclass(frozen=True)
class InputTable:
    """One table of the contract and the files that hold it."""

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
        """The same with `file` (its place in `files`) and `row` (from 1), for error messages."""
        parts = []
        for number, file in enumerate(self.files):
            rows = _rows(engine, [file])
            place = {"file": ibis.literal(number), "row": ibis.row_number() + 1}
            parts.append(as_contract(rows, self.contract, **place))
        return _union(parts)

    def place(self, file: int, rows: Sequence[int]) -> tuple[str, list[int]]:
        """A file's name, and where rows stand in it: their lines in a CSV, else their numbers."""
        source = self.files[file]
        if source.is_csv:
            lines = csv_files.line_numbers(source.path, rows)
            return source.label, [lines[row] for row in rows]
        return source.label, list(rows)

    def why_unreadable(self) -> str | None:
        """What keeps the engine from reading a file to its end, where that can be said."""
        for file in self.files:
            if file.is_csv and (problem := csv_files.first_problem(file.path)):
                return _csv_message(file.label, problem)
        return None


@dataclass(frozen=True)
class Folder:
    """A folder of input tables, their files found and their columns known. See `open_folder`."""

    path: Path
    tables: Mapping[str, InputTable]
    notes: tuple[str, ...]


def open_folder(path: Path) -> Folder:
    """The contract's tables in a folder. Raises InputError that lists everything wrong with
    their names, formats and columns; the rows come later (`build.validation.explain`).
    """
    if not path.is_dir():
        raise InputError(
            f"{path}: no such folder.\n"
            f"Expected a folder with {', '.join(t.name for t in INPUT_TABLES if not t.optional)} "
            "as .parquet, .csv or .csv.gz."
        )
    tables: dict[str, InputTable] = {}
    problems: list[str] = []
    notes: list[str] = []
    for table in INPUT_TABLES:
        try:
            files = _files(path, table.name)
            if files:
                tables[table.name] = InputTable(
                    table, tuple(_inspect(path, f, table) for f in files)
                )
        except InputError as error:
            problems.append(str(error))
    problems += [] if problems else list(_wrong_tables(path, tables))
    if problems:
        raise InputError("\n".join(problems[:MOST_PROBLEMS]))
    for found in tables.values():
        notes += _ignored(found)
    return Folder(path, tables, tuple(notes))


# --- which files -----------------------------------------------------------------------------


def _files(folder: Path, name: str) -> list[Path]:
    """A table's files in order of name; InputError where two of its forms stand side by side."""
    single = [folder / f"{name}{suffix}" for suffix in _SUFFIXES]
    forms = [file for file in single if file.exists()]
    inside: list[Path] = []
    if (folder / name).is_dir():
        inside = sorted(f for f in (folder / name).iterdir() if f.name.endswith(_SUFFIXES))
        if not inside:
            raise InputError(
                f"{name}/: no file ending in {', '.join(_SUFFIXES)}.\n"
                f"Put the table's files there, or remove the folder."
            )
        if len({file.suffix == ".parquet" for file in inside}) > 1:
            raise InputError(
                f"{name}/: both Parquet and CSV files ({inside[0].name}, {inside[-1].name}).\n"
                "Expected files of one kind. Keep those that are current."
            )
        forms.append(folder / name)
    if len(forms) > 1:
        raise InputError(
            f"{' and '.join(form.name for form in forms)}: the table {name} is given twice.\n"
            "Expected one file or one folder. Keep the one that is current."
        )
    return inside or forms


def _wrong_tables(folder: Path, tables: Mapping[str, InputTable]) -> Iterator[str]:
    """Tables that are missing, or given in two ways at once."""
    names = sorted(file.name for file in folder.iterdir())
    for table in INPUT_TABLES:
        daily = table.name == "attendance" and "attendance_daily" in tables
        if table.optional or table.name in tables or daily:
            continue
        near = get_close_matches(table.name, [n.split(".")[0] for n in names], n=1, cutoff=0.7)
        looks = [n for n in names if near and n.split(".")[0] == near[0]]
        hint = f" {looks[0]} looks like it: rename or convert it." if looks else ""
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


# --- what is in them -------------------------------------------------------------------------


def _inspect(folder: Path, path: Path, table: Table) -> InputFile:
    """The file's columns, checked against the contract. Raises InputError."""
    label = str(path.relative_to(folder))
    if path.stat().st_size == 0:
        raise InputError(f"{label}: the file is empty.\nExpected the table {table.name}.")
    columns = _parquet_columns(path, label, table) if path.suffix == ".parquet" else None
    if columns is None:
        try:
            columns = tuple((name, "text") for name in csv_files.header(path, table.may_be_empty))
        except csv_files.CsvError as problem:
            raise InputError(_csv_message(label, problem)) from problem
    problems = list(_wrong_columns(label, [name for name, _ in columns], table))
    if problems:
        raise InputError("\n".join(problems))
    return InputFile(path, label, columns)


def _parquet_columns(path: Path, label: str, table: Table) -> tuple[tuple[str, str], ...]:
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InputError(
            f"{label}: not a Parquet file that can be read ({str(error).splitlines()[0]}).\n"
            "Expected what the name says. Write it again, or name it for what it is."
        ) from error
    if rows == 0 and not table.may_be_empty:
        raise InputError(f"{label}: a header and no rows.\nExpected at least one row.")
    for column in table.columns:
        if schema.names.count(column.name) == 1:
            found = schema.field(column.name).type
            if not can_hold(column, found):
                raise InputError(
                    f"{label}, column {column.name}: values of type {found}.\n"
                    f"Expected {EXPECTED[column.type]}. Convert the column and write it again."
                )
    return tuple((field.name, str(field.type)) for field in schema)


def _wrong_columns(label: str, names: Sequence[str], table: Table) -> Iterator[str]:
    """Columns that are there twice, missing, or misspelt."""
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield (
            f"{label}: the column {name!r} stands there {names.count(name)} times.\n"
            "Expected every name once. Remove or rename the others."
        )
    unknown = [name for name in names if name not in table.column_names]
    plain = {name.strip().lower().replace(" ", "_"): name for name in unknown}
    for column in table.columns:
        if column.name in names:
            continue
        near = get_close_matches(column.name, list(plain), n=1, cutoff=0.8)
        if near:
            yield (
                f"{label}: the column {column.name} is missing; {plain[near[0]]!r} looks like it.\n"
                f"Expected {column.name}: {column.meaning}. Rename the column."
            )
        elif column.required:
            yield (
                f"{label}: the column {column.name} is missing.\n"
                f"Expected {column.name}: {column.meaning}. Found: {', '.join(names)}."
            )


def _ignored(table: InputTable) -> Iterator[str]:
    for file in table.files:
        names = [n for n, _ in file.columns if n not in table.contract.column_names]
        if names:
            yield f"{file.label}: columns left out, unknown to the contract: {', '.join(names)}"
            return


def _csv_message(label: str, problem: csv_files.CsvError) -> str:
    place = label if problem.line is None else f"{label}, row {problem.line}"
    return f"{place}: {problem.found}.\nExpected {problem.expected}."


# --- rows ------------------------------------------------------------------------------------


def _rows(engine: Engine, files: Sequence[InputFile]) -> ir.Table:
    """The rows of files that have the same columns, as they stand there."""
    paths = [str(file.path) for file in files]
    if not files[0].is_csv:
        return engine.read_parquet(paths)
    return engine.read_csv(paths, [name for name, _ in files[0].columns])


def _union(parts: Sequence[ir.Table]) -> ir.Table:
    return parts[0] if len(parts) == 1 else ibis.union(*parts)
