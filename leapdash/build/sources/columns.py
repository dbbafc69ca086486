"""What one file of a table holds: its columns, checked against the contract, before any row."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.parquet as pq

from leapdash.build.sources import csv_files
from leapdash.build.sources.typed import EXPECTED, can_hold
from leapdash.contract import INPUT_TABLES, Table
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath, not_a_file

_LINES_LOOKED_AT = 20
_VALUE = re.compile(r"[-+]?[0-9][-0-9.,:/ ]*")
# Engines read more than one file where a name holds one of these.
_PLACEHOLDERS = "*?["


@dataclass(frozen=True)
class InputFile:
    """One file of a table: how messages name it, and its columns and their types, in order.

    `has_rows`: whether there is any row.
    """

    path: InputPath
    label: str
    columns: tuple[tuple[str, str], ...]
    has_rows: bool = True

    @property
    def is_csv(self) -> bool:
        """Whether it is text, each value a string."""
        return not is_parquet(self.path)

    def why_unreadable(self) -> str | None:
        """What keeps an engine from reading the file to its end, where that can be said."""
        if self.is_csv:
            problem = csv_files.first_problem(self.path)
            return None if problem is None else csv_message(self.label, problem)
        return _damage(self.path, self.label)


def is_parquet(path: InputPath) -> bool:
    """Whether a file is Parquet by its name."""
    return path.name.lower().endswith(".parquet")


def inspect(path: InputPath, label: str, table: Table) -> InputFile:
    """The file, where it has the table's columns. Raises InputError where it hasn't."""
    if found := not_a_file(path):
        raise InputError(
            f"{shortened(label, 1000)}: {found}.\n"
            f"Expected a file that this user may read; a table in several files is a folder "
            f"{table.name}/ with the files in it."
        )
    if not _holds_anything(path):
        raise InputError(f"{label}: the file is empty.\nExpected the table {table.name}.")
    _check_name(path, label)
    if is_parquet(path):
        columns, has_rows = _parquet_columns(path, label, table)
    else:
        try:
            names, has_rows = csv_files.header(path)
        except csv_files.CsvError as problem:
            raise InputError(csv_message(label, problem)) from problem
        columns = tuple((name, "text") for name in names)
    file = InputFile(path, label, columns, has_rows)
    problems = list(_wrong_columns(file, [name for name, _ in columns], table))
    if problems:
        raise InputError("\n".join(problems))
    return file


def csv_message(label: str, problem: csv_files.CsvError) -> str:
    """The message for what is wrong with a CSV file."""
    where = label if problem.line is None else f"{label}, row {problem.line}"
    return f"{where}: {shortened(problem.found)}.\nExpected {problem.expected}."


def _holds_anything(path: InputPath) -> bool:
    with path.open("rb") as file:
        return bool(file.read(1))


@contextmanager
def _parquet(path: InputPath) -> Iterator[pq.ParquetFile]:
    with path.open("rb") as file, pq.ParquetFile(file) as parquet:
        yield parquet


def _check_name(path: InputPath, label: str) -> None:
    """Raises InputError where an engine would take the path for something else."""
    strange = [mark for mark in _PLACEHOLDERS if mark in str(path)]
    if strange:
        raise InputError(
            f"{label}: {path} holds {strange[0]}, which stands for any letter where files are "
            f"looked for.\nExpected a path without {' '.join(_PLACEHOLDERS)}. Rename it."
        )


def _parquet_columns(
    path: InputPath, label: str, table: Table
) -> tuple[tuple[tuple[str, str], ...], bool]:
    try:
        with _parquet(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{label}: not a Parquet file that can be read ({_first_line(error)}).\n"
            "Expected what the name says. Write it again, or name it for what it is."
        ) from error
    for column in table.columns:
        if schema.names.count(column.name) == 1:
            found = schema.field(column.name).type
            if not can_hold(column, found):
                raise InputError(
                    f"{label}, column {column.name}: values of type {found}.\n"
                    f"Expected {EXPECTED[column.type]}. Convert the column and write it again."
                )
    return tuple((field.name, str(field.type)) for field in schema), rows > 0


def _damage(path: InputPath, label: str) -> str | None:
    """Where a Parquet file can't be read, though it can be opened."""
    try:
        with _parquet(path) as file:
            done = 0
            for group in range(file.metadata.num_row_groups):
                for name in file.schema_arrow.names:
                    try:
                        file.read_row_group(group, columns=[name])
                    except (pa.ArrowException, OSError) as error:
                        rows = file.metadata.row_group(group).num_rows
                        return (
                            f"{label}, rows {done + 1:,} to {done + rows:,}, column {name}: damaged"
                            f" ({_first_line(error)}).\nExpected a whole file. Write it again."
                        )
                done += file.metadata.row_group(group).num_rows
    except (pa.ArrowException, OSError) as error:
        return f"{label}: can't be read ({_first_line(error)}).\nExpected a whole file."
    return None


def _first_line(error: Exception) -> str:
    return shortened((str(error) or type(error).__name__).splitlines()[0].rstrip("."), 200)


# --- columns that aren't as in the contract --------------------------------------------------


def _wrong_columns(file: InputFile, names: Sequence[str], table: Table) -> Iterator[str]:
    """What is wrong with a file's columns: one message where there is no header, else columns that
    are there twice, misspelt or missing.
    """
    plain = [_plain(name) for name in names]
    if not any(get_close_matches(column, plain, n=1, cutoff=0.8) for column in table.column_names):
        yield _no_header(file, names, table)
        return
    # Engines don't tell upper from lower case.
    for name, times in Counter(name.lower() for name in names).items():
        if times > 1:
            yield (
                f"{file.label}: the column {shortened(name)!r} stands there {times} times.\n"
                "Expected every name once, whatever its case. Remove or rename the others."
            )
    unknown = {
        p: name for p, name in zip(plain, names, strict=True) if name not in table.column_names
    }
    missing = []
    for column in table.columns:
        if column.name in names:
            continue
        near = get_close_matches(column.name, list(unknown), n=1, cutoff=0.8)
        if near:
            yield (
                f"{file.label}: the column {column.name} is missing; "
                f"{shortened(unknown[near[0]])!r} looks like it.\n"
                f"Expected {column.name}: {column.meaning}. Rename the column."
            )
        elif column.required:
            missing.append(column)
    if len(missing) == 1:
        yield (
            f"{file.label}: the column {missing[0].name} is missing.\n"
            f"Expected {missing[0].name}: {missing[0].meaning}. Found: {_listed(names)}."
        )
    elif missing:
        expected = ", ".join(column.name for column in missing)
        yield (
            f"{file.label}: {len(missing)} columns are missing: {expected}.\n"
            f"Found: {_listed(names)}.{_of_another_table(names, table)}"
        )


def _no_header(file: InputFile, names: Sequence[str], table: Table) -> str:
    """What the first line of a file is that holds no column of the table."""
    expected = (
        f"Expected the columns' names in the first line: "
        f"{', '.join(column.name for column in table.columns if column.required)}."
    )
    if not file.is_csv:
        another = _of_another_table(names, table)
        return f"{file.label}: no column of {table.name}: {_listed(names)}.\n{expected}{another}"
    for line, values in csv_files.first_records(file.path, _LINES_LOOKED_AT)[1:]:
        if len(set(map(_plain, values)) & set(table.column_names)) > 1:
            return (
                f"{file.label}, row 1: {shortened(names[0])!r}, which is no column; row {line} has "
                f"the columns' names.\nExpected them in the first line. Remove the lines above row "
                f"{line}."
            )
    if any(_VALUE.fullmatch(name) for name in names):
        return f"{file.label}, row 1: values, not names: {_listed(names)}.\n{expected} Add them."
    another = _of_another_table(names, table)
    return f"{file.label}, row 1: no column of {table.name}: {_listed(names)}.\n{expected}{another}"


def _of_another_table(names: Sequence[str], table: Table) -> str:
    for other in INPUT_TABLES:
        required = {column.name for column in other.columns if column.required}
        if other != table and required <= set(names):
            return f" These are the columns of the table {other.name}."
    return ""


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _listed(names: Sequence[str]) -> str:
    return shortened(", ".join(names), 300)
