"""A workbook or DuckDB file that needs no mapping: its sheets and columns are named as the
contract's tables and theirs, as those of `leapdash template`.
"""

from leapdash.build.sources.exports.cells import key_of
from leapdash.build.sources.exports.given import DATABASES, WORKBOOKS, sheets_of
from leapdash.build.sources.exports.headings import header_for
from leapdash.build.sources.exports.mapping import ColumnSource, ExportMapping, TableSource
from leapdash.build.sources.exports.sheet import Sheet
from leapdash.contract import INPUT_TABLES, Table
from leapdash.errors import InputError, shortened
from leapdash.remote import InputPath


def is_named_by_itself(path: InputPath) -> bool:
    """Whether the input is one file that may hold all tables."""
    return path.name.lower().endswith((*WORKBOOKS, *DATABASES)) and not path.is_dir()


def mapping_by_names(path: InputPath) -> ExportMapping:
    """The mapping of a file whose sheets bear the tables' names.

    Sheets with no row below the names are none, but where a table may be empty. Raises InputError
    where no sheet is a table.
    """
    sheets = {key_of(sheet.sheet): sheet for sheet in sheets_of(path)}
    sources = [
        _source(path, sheets[table.name], table)
        for table in INPUT_TABLES
        if table.name in sheets and (table.may_be_empty or _has_rows(sheets[table.name]))
    ]
    if not sources:
        named = ", ".join(table.name for table in INPUT_TABLES)
        found = shortened(", ".join(s.sheet for s in sheets.values()), 300) or "nothing"
        raise InputError(
            f"{path.name}: no sheet or table with rows bears the name of one of the contract's: "
            f"{found}.\nExpected {named}; or a mapping that says what is in which (--mapping, as "
            "`leapdash inspect` writes it)."
        )
    return ExportMapping(tuple(sources), label=path.name)


def _source(path: InputPath, sheet: Sheet, table: Table) -> TableSource:
    names = header_for(sheet, table.column_names).places()
    # A column that must be there is asked for: that it is missing is said with the file's headings.
    columns = {
        column.name: ColumnSource(column.name)
        for column in table.columns
        if column.name in names or column.required
    }
    place = f"the table {table.name}"
    return TableSource(table, (path.name,), sheet.sheet, columns=columns, place=place)


def _has_rows(sheet: Sheet) -> bool:
    records = sheet.records()
    first = None if sheet.names else next(records, None)
    return next(records, None) is not None or (first is None and not sheet.names)
