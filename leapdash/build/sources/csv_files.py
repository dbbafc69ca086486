"""CSV as people hand it over: its header, what is wrong with it, and where a row stands in it.

The engine reads the rows; Python looks at the header before, and at the rows only where the
engine refused them or an error message needs a line number.
"""

import csv
import gzip
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import _csv

# A field longer than this is an unclosed quote, not a value.
_LONGEST_FIELD = 1_000_000
_BINARY = {b"PAR1": "Parquet", b"PK\x03\x04": "a spreadsheet or ZIP archive", b"\x1f\x8b": "gzip"}


class CsvError(Exception):
    """A CSV file that can't be read; `line` counts from 1, the header included."""

    def __init__(self, line: int | None, found: str, expected: str) -> None:
        self.line = line
        self.found = found
        self.expected = expected
        super().__init__(found)


def header(path: Path, may_be_empty: bool = False) -> list[str]:
    """The names in a CSV's first line.

    Raises CsvError where there is none to be read, and, unless it `may_be_empty`, where no row
    follows.
    """
    with reading(path) as rows:
        names = next((names for _, names in rows), None)
        if names is None:
            raise CsvError(1, "the file is empty", "a header line with the columns' names")
        if len(names) == 1 and ";" in names[0]:
            raise CsvError(1, "values separated by semicolons", "commas between values")
        if next(rows, None) is None and not may_be_empty:
            raise CsvError(2, "a header and no rows", "at least one row below the header")
    return names


def first_problem(path: Path) -> CsvError | None:
    """The first line a CSV can't be read beyond, or None where every line can be read."""
    try:
        with reading(path) as rows:
            _, names = next(rows)
            for line, values in rows:
                if len(values) != len(names):
                    return CsvError(
                        line,
                        f"{len(values)} values",
                        f"{len(names)} values, as in the header; commas inside a value need quotes "
                        "around it",
                    )
    except CsvError as problem:
        return problem
    return None


def line_numbers(path: Path, records: Collection[int]) -> dict[int, int]:
    """The line each record starts on; both count from 1, the header is line 1 of the file."""
    wanted, lines = set(records), {}
    with reading(path) as rows:
        next(rows)
        for record, (line, _) in enumerate(rows, start=1):
            if record in wanted:
                lines[record] = line
                if len(lines) == len(wanted):
                    break
    return lines


@contextmanager
def reading(path: Path) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """The line and values of each record that isn't blank; CsvError says what stops it."""
    rows = None
    try:
        with _open_text(path) as text:
            rows = csv.reader(text, strict=True)
            yield _numbered(rows)
    except UnicodeDecodeError as error:
        raise CsvError(
            _line_of_bad_bytes(path),
            f"bytes that are not UTF-8 ({error.object[error.start : error.start + 1]!r})",
            "text in UTF-8; in a spreadsheet, save as 'CSV UTF-8'",
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CsvError(None, f"no whole gzip file ({error})", "what the name says: gzip") from error
    except csv.Error as error:
        line = rows.line_num if rows is not None else None
        raise CsvError(line, str(error), "CSV, quotes closed, no stray ones") from error


def _numbered(rows: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    before = 0
    for values in rows:
        if values:
            yield before + 1, values
        before = rows.line_num


@contextmanager
def _open_text(path: Path) -> Iterator[IO[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    start = path.open("rb").read(4)
    zipped = path.suffix == ".gz"
    for mark, kind in _BINARY.items():
        if start.startswith(mark) and not (zipped and kind == "gzip"):
            raise CsvError(None, kind, "what the name says: CSV")
    if zipped:
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
            yield text
    else:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text


def _line_of_bad_bytes(path: Path) -> int | None:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return None
