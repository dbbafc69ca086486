"""Sheets of Excel workbooks (.xlsx), read row by row with openpyxl: pure Python, dates told by the
cells' formats, and what the tests read workbooks with.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial
from typing import IO, Any
from zipfile import BadZipFile

from leapdash.build.sources.exports.cells import NO_RESULT
from leapdash.build.sources.exports.sheet import GridSheet, Record
from leapdash.errors import InputError, UsageError, shortened
from leapdash.remote import InputPath

_SURE_DIGITS = 10**15
_MIDNIGHT = time()
_FORMULA = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[\s/>]")
_PART = 1 << 20
_LETTERS = 26


def workbook_sheets(path: InputPath, label: str) -> list[GridSheet]:
    """The visible sheets of a workbook that hold a table.

    Raises InputError where it can't be read, UsageError where there is no reader installed.
    """
    with _Opened(path, label) as book:
        try:
            names = {
                s.title: _has_formulas(s) for s in book.worksheets if s.sheet_state == "visible"
            }
        except Exception as error:
            raise _unreadable(label, error) from error
    sheets = []
    for name, formulas in names.items():
        whose = f"{label}, sheet {shortened(name)}"
        sheet = GridSheet(whose, partial(_records, path, whose, name, formulas), name, ragged=True)
        if next(sheet.records(), None) is not None:
            sheets.append(sheet)
    return sheets


class _Opened:
    """A workbook opened for reading; InputError says what stands in the way."""

    def __init__(self, path: InputPath, label: str) -> None:
        self._path, self._label = path, label

    def __enter__(self) -> Any:
        try:
            from openpyxl import load_workbook
        except ImportError as error:
            raise UsageError(
                f"{self._label}: leapdash reads workbooks with openpyxl, which isn't installed.\n"
                "Install it (pip install 'leapdash[excel]'), or save each sheet as CSV."
            ) from error
        self._file = self._path.open("rb")
        try:
            self._book = load_workbook(self._file, read_only=True, data_only=True)
        except BaseException as error:
            self._file.close()
            if isinstance(error, Exception):
                raise _unreadable(self._label, error) from error
            raise
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self._file.close()


def _records(path: InputPath, label: str, name: str, formulas: bool) -> Iterator[Record]:
    """The rows of a sheet with something in them, and their numbers as Excel shows them.

    `formulas`: whether it has any, of which some may have no stored result.
    """
    with _Opened(path, label) as book:
        sheet = book[name]
        sheet.reset_dimensions()  # what programs say of a sheet's size is often wrong
        try:
            unstored = _unstored(sheet) if formulas else iter(())
            waiting = next(unstored, None)
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                values = [_text(value, label, number) for value in row]
                while waiting is not None and waiting[0] <= number:
                    if waiting[0] == number and waiting[1] <= len(values):
                        values[waiting[1] - 1] = NO_RESULT
                    waiting = next(unstored, None)
                while values and not values[-1].strip():
                    values.pop()
                if any(value.strip() for value in values):
                    yield number, values
        except InputError:
            raise
        except Exception as error:
            raise _unreadable(label, error) from error


def _has_formulas(sheet: Any) -> bool:
    end = b""
    with _source(sheet) as source:
        while part := source.read(_PART):
            if _FORMULA.search(end + part):
                return True
            end = part[-64:]
    return False


def _unstored(sheet: Any) -> Iterator[tuple[int, int]]:
    """Row and column, from 1, of each cell with a formula and no stored result, in order.

    openpyxl gives None for these as for a result that is an empty text.
    """
    from openpyxl.xml.functions import iterparse

    row = column = 0
    with _source(sheet) as source:
        for event, element in iterparse(source, ("start", "end")):
            kind = element.tag.rpartition("}")[2]
            if event == "start" and kind == "row":
                row, column = int(element.get("r", row + 1)), 0
            elif event == "end" and kind == "c":
                column = _column(element.get("r", "")) or column + 1
                inside = {child.tag.rpartition("}")[2]: child.text for child in element}
                if "f" in inside and not inside.get("v") and element.get("t") != "str":
                    yield row, column
            elif event == "end" and kind == "row":
                element.clear()


def _source(sheet: Any) -> IO[bytes]:
    """The sheet's XML."""
    found: IO[bytes] = sheet._get_source()
    return found


def _column(place: str) -> int:
    """The number of the column in a cell's place: 28 for AB7; 0 where it isn't said."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number


def _text(value: Any, label: str, row: int) -> str:
    """A cell as text: days as 2021-09-05, numbers with the 15 digits that Excel keeps."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            if abs(value) >= _SURE_DIGITS:
                raise InputError(
                    f"{label}, row {row}: a number of more than 15 digits.\nExpected text: Excel "
                    "keeps 15 digits of a number. Export the file again with this column as text."
                )
            return f"{value:.15g}"
        case datetime():
            return str(value.date() if value.time() == _MIDNIGHT else value.replace(microsecond=0))
        case date():
            return value.isoformat()
    return str(value)


def _unreadable(label: str, error: Exception) -> InputError:
    found = "not a workbook" if isinstance(error, BadZipFile | KeyError) else "damaged"
    reason = shortened((str(error) or type(error).__name__).splitlines()[0], 100)
    return InputError(
        f"{label}: {found} that can be read ({reason}).\nExpected a whole .xlsx file without a "
        "password. Save it again from Excel."
    )
