"""Text files with a table in them: CSV, tabs, semicolons; in the letters of any usual system."""

import codecs
import csv
import gzip
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from io import TextIOWrapper
from itertools import islice
from typing import IO, cast

from leapdash.build.sources.exports.mapping import ENCODINGS
from leapdash.build.sources.exports.sheet import GridSheet, Record
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath

_LONGEST = 1_000_000
_BLOCK = 1 << 20
_SEPARATORS = ",\t;|"
_LINES_LOOKED_AT = 30
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")
# Beside letters, what people type in Windows.
_SENSIBLE = frozenset("‘’“”–—… °ºª€·")


def text_sheet(path: InputPath, label: str, encoding: str = "", separator: str = "") -> GridSheet:
    """The table in a text file.

    `encoding`: one of mapping.ENCODINGS; without it UTF-8, or what else the file plainly is.
    `separator`: between values; without it the one that makes most columns. Raises InputError where
    it can't be read as text.
    """
    notes: list[str] = []
    codec = ENCODINGS[encoding] if encoding else _codec(path, label, notes)
    separator = separator or _separator(path, label, codec)

    def read() -> Iterator[Record]:
        return _records(path, label, codec, separator)

    return GridSheet(label, read, notes=notes)


def _records(path: InputPath, label: str, codec: str, separator: str) -> Iterator[Record]:
    """Every row with something in it and the line it begins on; InputError where one can't be
    read.
    """
    csv.field_size_limit(_LONGEST)
    records = None
    try:
        with ExitStack() as stack:
            text = TextIOWrapper(_opened(path, stack), encoding=codec, newline="")
            records = csv.reader(stack.enter_context(text), strict=True, delimiter=separator)
            line = 1
            for values in records:
                if values and (values[0].strip() or any(value.strip() for value in values)):
                    yield line, values
                line = records.line_num + 1
    except UnicodeDecodeError as error:
        byte = error.object[error.start : error.start + 1]
        raise InputError(
            f"{label}, row {_line_of(path, error)}: bytes that are not {error.encoding} ({byte!r})."
            f"\nExpected text in one encoding. Say which in the mapping (encoding = …, one of "
            f"{', '.join(ENCODINGS)}), or save the file as 'CSV UTF-8'."
        ) from error
    except csv.Error as error:
        line = records.line_num if records is not None else 1
        raise InputError(
            f"{label}, row {line}: {shortened(str(error))}.\nExpected values with their quotes "
            "closed, and no stray ones. Correct the line, or export the file again."
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(label, error) from error


def _codec(path: InputPath, label: str, notes: list[str]) -> str:
    """What the file's letters are. Raises InputError where that can't be told."""
    utf_8 = codecs.getincrementaldecoder("utf-8")()
    high: Counter[int] = Counter()
    plain, multibyte, last, nul = True, False, b"", False
    try:
        with ExitStack() as stack:
            file = _opened(path, stack)
            start = file.read(4)
            for mark, codec in _UTF_16.items():
                if start.startswith(mark):
                    notes.append(f"{label}: read as UTF-16")
                    return codec
            part = start
            while part:
                nul = nul or b"\0" in part
                if plain:
                    try:
                        utf_8.decode(part)
                    except UnicodeDecodeError:
                        plain = False
                high.update(_HIGH.findall(part))
                multibyte = multibyte or _MULTIBYTE.search(part) is not None
                last = part[-1:]
                part = file.read(_BLOCK)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(label, error) from error
    if nul:
        raise InputError(
            f"{label}: bytes that are no text (NUL).\nExpected a text file, or what the name says. "
            "Export the file again."
        )
    if last not in (b"\n", b"\r", b""):
        notes.append(f"{label}: its last line has no line end; if it was cut off, rows are missing")
    try:
        if plain:
            utf_8.decode(b"", final=True)
            return "utf-8-sig"
    except UnicodeDecodeError:
        pass
    if not multibyte and all(_is_sensible(cast(bytes, byte)) for byte in high):
        notes.append(f"{label}: read as Windows-1252, as it isn't UTF-8")
        return "cp1252"
    return "utf-8-sig"  # reading it tells the line


def _is_sensible(byte: bytes) -> bool:
    try:
        letter = byte.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return letter in _SENSIBLE or unicodedata.category(letter).startswith("L")


def _separator(path: InputPath, label: str, codec: str) -> str:
    """What stands between the values of a text file's first lines."""
    with ExitStack() as stack:
        text = TextIOWrapper(_opened(path, stack), encoding=codec, errors="replace", newline="")
        try:
            lines = list(islice(stack.enter_context(text), _LINES_LOOKED_AT))
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(label, error) from error
    best, most = ",", 0
    for separator in _SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        except csv.Error:
            continue
        # Columns made, in all the lines that have as many.
        made = max(((width - 1) * times for width, times in widths.items()), default=0)
        if made > most:
            best, most = separator, made
    return best


def _opened(path: InputPath, stack: ExitStack) -> IO[bytes]:
    file = stack.enter_context(path.open("rb"))
    if path.name.lower().endswith(".gz"):
        return cast("IO[bytes]", stack.enter_context(gzip.open(file)))
    return cast("IO[bytes]", file)


def _line_of(path: InputPath, error: UnicodeDecodeError) -> int:
    """The line of the first bytes that can't be read."""
    with ExitStack() as stack:
        for number, line in enumerate(_opened(path, stack), start=1):
            try:
                line.decode(error.encoding)
            except UnicodeDecodeError:
                return number
    return 1


def _unreadable(label: str, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return InputError(
        f"{label}: can't be read ({shortened(reason)}).\nExpected a whole file that this user may "
        "read. Copy or export it again."
    )
