"""Empty files of the contract's tables, for who starts from nothing: CSV, and one workbook."""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from leapdash.contract import INPUT_TABLES, Column, Table
from leapdash.errors import StoreError, UsageError

WORKBOOK = "leapdash.xlsx"
COLUMNS = "COLUMNS.txt"
OPTIONAL = "optional"
"""The folder of the tables that need not be there: a file without rows is refused elsewhere."""

_LAST_ROW = 1_048_575
_LONGEST_LIST = 255  # what Excel takes of a list that stands in the rule itself
_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "month": "@", "boolean": "@"}
_READ_ME = (
    "A sheet is a table, a line a row; the notes on the columns' names say what belongs there.",
    "attendance is by month; attendance_daily, by day, stands in its place. Fill in one of them.",
    "Sheets without rows are passed over, but visits may have none. programme may stay empty.",
    "Build it: leapdash build --input leapdash.xlsx --out store",
    "Students' records are in it: keep it where they may be kept.",
)


def write_template(out: Path) -> list[Path]:
    """The files written into the folder `out`, which is made where there is none.

    Raises UsageError where one of them is there already, StoreError where one can't be written.
    """
    content = {
        out / (OPTIONAL if table.optional else "") / f"{table.name}.csv": _csv(table)
        for table in INPUT_TABLES
    }
    content[out / WORKBOOK] = workbook()
    content[out / COLUMNS] = _described().encode()
    for path in content:
        if path.exists():
            raise UsageError(
                f"{path}: there already.\nExpected a folder without it. Nothing was written."
            )
    try:
        for path, data in content.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise StoreError(
            f"--out {out} can't be written: {error.strerror}.\nExpected a folder, or the name of "
            "one to be made."
        ) from error
    return list(content)


def workbook() -> bytes:
    """The workbook: a sheet for every table, with a note on every column and lists of codes."""
    content = BytesIO()
    book = Workbook(content, {"in_memory": True})
    bold = book.add_format({"bold": True, "bg_color": "#e8eef4", "border": 1})
    first = book.add_worksheet("read me")
    first.set_column(0, 0, 100)
    for number, line in enumerate(_READ_ME):
        first.write_string(number, 0, line)
    for table in INPUT_TABLES:
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 0)
        for number, column in enumerate(table.columns):
            kind = book.add_format({"num_format": _FORMATS.get(column.type, "General")})
            sheet.set_column(number, number, max(14, len(column.name) + 3), kind)
            sheet.write_string(0, number, column.name, bold)
            note = "\n".join(_told(column))
            sheet.write_comment(0, number, note, {"x_scale": 2.2, "y_scale": 2.0})
            rule = _rule(column)
            if rule:
                sheet.data_validation(1, number, _LAST_ROW, number, rule)
    book.close()
    return content.getvalue()


def _rule(column: Column) -> dict[str, Any] | None:
    """What Excel holds a column's cells to as they are typed; None where that can be anything."""
    codes = ["true", "false"] if column.type == "boolean" else list(column.codes or ())
    if codes and len(",".join(codes)) <= _LONGEST_LIST:
        return {
            "validate": "list",
            "source": codes,
            "error_title": column.name,
            "error_message": f"One of {', '.join(codes)}."[:_LONGEST_LIST],
        }
    if column.type in ("number", "integer") and column.minimum is not None:
        most = {} if column.maximum is None else {"maximum": column.maximum}
        return {
            "validate": "decimal",
            "criteria": "between" if most else ">=",
            **({"minimum": column.minimum} if most else {"value": column.minimum}),
            **most,
        }
    return None


def _csv(table: Table) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(table.column_names)
    return text.getvalue().encode()


def _described() -> str:
    """What belongs in each column, as text."""
    parts = [
        "What belongs in the columns of the CSV files beside this one, and of the sheets of "
        f"{WORKBOOK}.\nOne of the two is enough. Those in {OPTIONAL}/ need not be there; move them "
        "up when they are filled.\n"
    ]
    for table in INPUT_TABLES:
        optional = " (optional)" if table.optional else ""
        parts.append(f"{table.name}{optional}: {table.grain}. {table.meaning}\n")
        for column in table.columns:
            first, *more = _told(column)
            parts.append(f"  {column.name}: {first}")
            parts += [f"    {line}" for line in more]
        parts.append("")
    return "\n".join(parts) + "\n"


def _told(column: Column) -> Iterator[str]:
    """What a column holds, its kind, its codes, and whether it may be empty."""
    yield column.meaning
    kinds = {
        "date": "a date: 2021-09-05",
        "month": "a month: 2021-09",
        "boolean": "true or false",
        "integer": "a whole number",
    }
    unit = f", {column.unit}" if column.unit else ""
    yield kinds.get(column.type, f"a {column.type}" if column.type == "number" else "text") + unit
    for code, meaning in (column.codes or {}).items():
        yield f"{code}: {meaning}"
    if not column.required:
        yield "the column may be missing"
    if column.nullable or not column.required:
        yield "may be empty"
