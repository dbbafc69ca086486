"""CSV as people hand it over: its header, what is wrong with it, and where a row stands in it.

The engine reads the rows; Python looks at the header before, and at the rows only where the
engine refused them or an error message needs a line number.
"""

import csv
import gzip
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from itertools import islice
from typing import IO

from leapdash.remote import InputPath

# A field or a line longer than this is an unclosed quote, not a value or a row.
_LONGEST_FIELD = 1_000_000
_UTF_8 = "text in UTF-8; in a spreadsheet, save as 'CSV UTF-8'"
_BINARY = {
    b"PAR1": "Parquet",
    b"PK\x03\x04": "a spreadsheet or ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\x1f\x8b": "gzip",
}
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_LINE_ENDS = {"\n": "LF", "\r": "CR", "\r\n": "CR LF"}


class CsvError(Exception):
    """A CSV file that can't be read; `line` counts from 1, the header included."""

    def __init__(self, line: int | None, found: str, expected: str) -> None:
        self.line = line
        self.found = found
        self.expected = expected
        super().__init__(found)


def header(path: InputPath) -> tuple[list[str], bool]:
    """The names in a CSV's first line, and whether a row follows.

    A column without a name is called by its number, `column 7`. Raises CsvError where there is no
    header to be read.
    """
    with reading(path) as rows:
        line, names = next(rows, (1, None))
        if names is None:
            raise CsvError(1, "the file is empty", "a header line with the columns' names")
        for separator, called in _SEPARATORS.items():
            if len(names) == 1 and separator in names[0]:
                raise CsvError(line, f"values separated by {called}", "commas between values")
        has_rows = next(rows, None) is not None
    return [name or f"column {number}" for number, name in enumerate(names, start=1)], has_rows


def first_records(path: InputPath, most: int) -> list[tuple[int, list[str]]]:
    """Line and values of the first records, as far as they can be read."""
    found: list[tuple[int, list[str]]] = []
    try:
        with reading(path) as rows:
            found.extend(islice(rows, most))
    except CsvError:
        pass
    return found


def first_problem(path: InputPath, any_line_end: bool = False) -> CsvError | None:
    """The first line a CSV can't be read beyond, or None where every line can be read.

    Engines want one kind of line end throughout; Python takes `any_line_end`.
    """
    try:
        with reading(path) as rows:
            _, names = next(rows)
            for line, values in rows:
                if rows.odd_line is not None and not any_line_end:
                    break
                if len(values) != len(names):
                    return CsvError(
                        line,
                        f"{len(values)} values",
                        f"{len(names)} values, as in the header; commas inside a value need quotes "
                        "around it",
                    )
                if sum(map(len, values)) > _LONGEST_FIELD:
                    return CsvError(line, "a row of over a million letters", "quotes closed")
            if rows.odd_line is not None and not any_line_end:
                first, other = (_LINE_ENDS[end] for end in rows.line_ends)
                return CsvError(
                    rows.odd_line,
                    f"the line ends in {other}, the lines above end in {first}",
                    "one kind of line end; open the file and save it anew as CSV",
                )
    except CsvError as problem:
        return problem
    return None


def line_numbers(path: InputPath, records: Collection[int]) -> dict[int, int]:
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


class Records:
    """The line and values of each record that isn't blank.

    `line_ends`: the kinds of line end met so far; `odd_line`: the first line that ends in another
    kind than those above it.
    """

    def __init__(self, text: Iterable[str]) -> None:
        self._rows = csv.reader(self._watched(text), strict=True)
        self._end = ""
        self.line_ends: list[str] = []
        self.odd_line: int | None = None

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            line = self._rows.line_num + 1
            values = next(self._rows)
            # Inside quotes, any line end is part of the value.
            if self._end and self._end not in self.line_ends:
                self.line_ends.append(self._end)
                if len(self.line_ends) == 2:
                    self.odd_line = self.line
            if values:
                return line, values

    @property
    def line(self) -> int:
        """The line read last."""
        return self._rows.line_num

    def _watched(self, text: Iterable[str]) -> Iterator[str]:
        for line in text:
            self._end = line[len(line.rstrip("\r\n")) :][-2:]
            yield line


@contextmanager
def reading(path: InputPath) -> Iterator[Records]:
    """The records of a CSV; CsvError says what stops it."""
    records = None
    try:
        with _open_text(path) as text:
            records = Records(text)
            yield records
    except UnicodeDecodeError as error:
        byte = error.object[error.start : error.start + 1]
        raise CsvError(
            _line_of_bad_bytes(path), f"bytes that are not UTF-8 ({byte!r})", _UTF_8
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CsvError(None, f"no whole gzip file ({error})", "what the name says: gzip") from error
    except csv.Error as error:
        line = records.line if records is not None else None
        raise CsvError(line, str(error), "CSV, quotes closed, no stray ones") from error
    except OSError as error:
        raise CsvError(
            None, f"can't be read ({error.strerror or error})", "a file this user may read"
        ) from error


@contextmanager
def _open_text(path: InputPath) -> Iterator[IO[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open("rb") as file:
        start = file.read(4)
    zipped = _is_gzipped(path)
    for mark, kind in _BINARY.items():
        if start.startswith(mark) and not (zipped and kind == "gzip"):
            raise CsvError(None, kind, "what the name says: CSV")
    with _as_text(path, "latin-1") as text:
        # A letter takes two bytes in UTF-16, and one of them is 0 in every column's name.
        if "\0" in text.read(4):
            raise CsvError(1, "text in UTF-16", _UTF_8)
    with _as_text(path, "utf-8-sig") as text:
        yield text


@contextmanager
def _as_text(path: InputPath, encoding: str) -> Iterator[IO[str]]:
    """The file as text, its line ends as they are."""
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        if _is_gzipped(path):
            file = stack.enter_context(gzip.open(file))
        yield stack.enter_context(TextIOWrapper(file, encoding=encoding, newline=""))


def _is_gzipped(path: InputPath) -> bool:
    return path.name.lower().endswith(".gz")


def _line_of_bad_bytes(path: InputPath) -> int | None:
    """The first line that isn't UTF-8. Read as Latin-1, any byte is a letter."""
    with _as_text(path, "latin-1") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.encode("latin-1").decode("utf-8")
            except UnicodeDecodeError:
                return number
    return None
