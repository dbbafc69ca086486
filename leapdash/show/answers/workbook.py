"""A figure's numbers as an Excel workbook: as they are read, as the file has them, and notes."""

from io import BytesIO
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from leapdash.show.answers.files import marked
from leapdash.show.charts.base import Stamp
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.words.columns import COLUMNS, seen
from leapdash.show.words.filters import subject
from leapdash.show.words.numbers import month

_NUMBER_FORMATS = {
    "per cent": "0.0%",
    "points": "+0.0;-0.0;0.0",
    "deviations": "+0.00;-0.00;0.00",
    "decimals": "0.00",
    "whole": "#,##0",
    "days": "0.0",
    "more days": "+0.0;-0.0;0.0",
    "month": "+0;-0;0",
}
_PLAIN = "#,##0"
# Whatever a name holds is text: no formula, no link.
_TEXT_IS_TEXT = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def workbook_of(title: str, table: pd.DataFrame, notes: tuple[str, ...], choice: Choice) -> bytes:
    """The table as an .xlsx of three sheets: what a reader sees, under its titles and in its
    formats (per cents as fractions, differences in points); every column as in the CSV; notes.
    """
    written = BytesIO()
    with Workbook(written, _TEXT_IS_TEXT) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        _write_seen(book, book.add_worksheet(_("Table")), table, head)
        _write(book.add_worksheet(_("All columns")), marked(title, table, choice), head)
        _write_notes(book, book.add_worksheet(_("Notes")), title, notes, choice)
    return written.getvalue()


def _write_seen(book: Workbook, sheet: Worksheet, table: pd.DataFrame, head: Format) -> None:
    shown = seen(table)
    for number, name in enumerate(shown.columns):
        column, values = COLUMNS[name], shown[name]
        numeric = pd.api.types.is_numeric_dtype(values)
        if numeric and column.format == "points":
            values = 100 * values
        style = _NUMBER_FORMATS.get(column.format, _PLAIN) if numeric else ""
        sheet.set_column(number, number, 16 if numeric else 30)
        sheet.write_string(0, number, _(column.title), head)
        cells = book.add_format({"num_format": style} if style else {})
        for row, value in enumerate(values, start=1):
            _write_cell(sheet, row, number, value, cells)
    sheet.freeze_panes(1, 0)


def _write(sheet: Worksheet, table: pd.DataFrame, head: Format) -> None:
    for number, name in enumerate(table.columns):
        sheet.write_string(0, number, name, head)
        for row, value in enumerate(table[name], start=1):
            _write_cell(sheet, row, number, value)
    sheet.set_column(0, max(len(table.columns) - 1, 0), 18)
    sheet.freeze_panes(1, 0)


def _write_notes(
    book: Workbook, sheet: Worksheet, title: str, notes: tuple[str, ...], choice: Choice
) -> None:
    manifest = choice.release.manifest
    through = _("Data through {month}.", month=month(manifest.through))
    lines = [title, subject(choice), Stamp.of(manifest).words, through, *notes]
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    for row, line in enumerate(line for line in lines if line):
        sheet.write_string(row, 0, line, wrapped)


def _write_cell(
    sheet: Worksheet, row: int, column: int, value: Any, style: Format | None = None
) -> None:
    """A number as a number, a missing value as nothing, all else as text."""
    if pd.isna(value):
        return
    if isinstance(value, (int, float)) or hasattr(value, "item"):
        number = value.item() if hasattr(value, "item") else value
        if isinstance(number, bool):
            sheet.write_boolean(row, column, number, style)
        else:
            sheet.write_number(row, column, number, style)
    else:
        sheet.write_string(row, column, str(value), style)
