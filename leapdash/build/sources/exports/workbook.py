"""Sheets of Excel workbooks (.xlsx), read row by row with openpyxl: pure Python, dates told by the
cells' formats, and what the tests read workbooks with.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zipfile import BadZipFile

from leapdash.build.sources.exports.sheet import GridSheet, Record
from leapdash.errors import InputError, UsageError, shortened
from leapdash.remote import InputPath

_SURE_DIGITS = 10**15
_MIDNIGHT = time()


def workbook_sheets(path: InputPath, label: str) -> list[GridSheet]:
    """The visible sheets of a workbook that hold a table.

    Raises InputError where it can't be read, UsageError where there is no reader installed.
    """
    with _Opened(path, label) as book:
        names = [s.title for s in book.worksheets if s.sheet_state == "visible"]
    sheets = []
    for name in names:
        whose = f"{label}, sheet {shortened(name)}"
        sheet = GridSheet(whose, partial(_records, path, whose, name), name, ragged=True)
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


def _records(path: InputPath, label: str, name: str) -> Iterator[Record]:
    """The rows of a sheet with something in them, and their numbers as Excel shows them."""
    with _Opened(path, label) as book:
        sheet = book[name]
        sheet.reset_dimensions()  # what programs say of a sheet's size is often wrong
        try:
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                values = [_text(value, label, number) for value in row]
                while values and not values[-1].strip():
                    values.pop()
                if any(value.strip() for value in values):
                    yield number, values
        except InputError:
            raise
        except Exception as error:
            raise _unreadable(label, error) from error


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
