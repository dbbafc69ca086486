"""Values as files hold them, read as the contract's types; what can't be read becomes null.

Each column of the contract comes out twice: under its own name with its type, and as
`found:NAME`, the text that stood in the file, so that a null can be told from a value that
couldn't be read, and an error message can show it.
"""

import math
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.contract import CODE_PATTERN, Column, Table

YES = ("true", "yes", "y", "t", "1")
NO = ("false", "no", "n", "f", "0")

EXPECTED: Mapping[str, str] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date written 2021-09-01",
    "month": "a month written 2021-09-01 (its first day) or 2021-09",
    "boolean": "true or false (yes, no, 1, 0 are understood)",
}

# `\z`, not `$`, which is also true before a line end on some engines.
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]00:00:00)?\z"
_MONTH = r"^[0-9]{4}-[0-9]{2}\z"
_NUMBER = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\z"
# Parquet has room for dates that Python has no name for.
_FIRST_DATE, _LAST_DATE = ibis.date("0001-01-01"), ibis.date("9999-12-31")
_SHORT_CODE = r"^[0-9]{5,6}\z"


def found_name(column: str) -> str:
    """The name of the column that holds what stood in the file."""
    return f"found:{column}"


def as_contract(raw: ir.Table, table: Table, **more: ir.Value) -> ir.Table:
    """The table's columns with the contract's types, each with the text that was found.

    A column the file lacks is null. Codes that lost their leading zeros are whole again. `more`:
    further columns to add, as they are.
    """
    columns: dict[str, ir.Value] = dict(more)
    for column in table.columns:
        if column.name in raw.columns:
            value = raw[column.name]
            if value.type().is_string():
                value = value.nullif("")
            columns[column.name] = _typed(value, column)
            columns[found_name(column.name)] = _as_text(value)
        else:
            columns[column.name] = ibis.null(column.type_name)
            columns[found_name(column.name)] = ibis.null("string")
    return raw.select(**columns)


def repaired(t: ir.Table, column: str) -> ir.BooleanValue:
    """Whether leading zeros were put back in a row's code."""
    found = t[found_name(column)]
    return (found.length() < t[column].length()).fill_null(False)


def can_hold(column: Column, found: pa.DataType) -> bool:
    """Whether a Parquet column of that type can be read as the contract's type."""
    if pa.types.is_dictionary(found):
        found = found.value_type
    if any(is_text(found) for is_text in _TEXT) or pa.types.is_null(found):
        return True
    whole = pa.types.is_integer(found)
    numeric = whole or pa.types.is_floating(found) or pa.types.is_decimal(found)
    day = pa.types.is_date(found) or pa.types.is_timestamp(found)
    fits = {
        "text": whole,
        "integer": whole,
        "number": numeric,
        "date": day,
        "month": day,
        "boolean": pa.types.is_boolean(found) or whole,
    }
    return bool(fits[column.type])


_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


def _as_text(value: ir.Value) -> ir.StringValue:
    return value if value.type().is_string() else value.cast("string")


def _typed(value: ir.Value, column: Column) -> ir.Value:
    match column.type:
        case "text":
            text = _as_text(value)
            return _with_zeros(text) if column.pattern == CODE_PATTERN else text
        case "number" | "integer":
            number = _number(value)
            return number if column.type == "number" else number.cast("int64")
        case "date":
            return _date(value)
        case "month":
            day = _date(value, months=True)
            return ibis.ifelse(day.day() == 1, day, ibis.null("date"))
        case "boolean":
            return _boolean(value)


def _with_zeros(code: ir.StringValue) -> ir.StringValue:
    """Seven characters again, where a spreadsheet dropped one or two zeros in front.

    No code of a district or school begins with more than two (Connecticut Open Data, Education
    Directory), so five or six digits have one reading, and fewer have none. `00000CT` is no
    number, and no spreadsheet shortens it.
    """
    short = (code.length() < 7) & code.re_search(_SHORT_CODE)
    return ibis.ifelse(short, code.lpad(7, "0"), code)


def _number(value: ir.Value) -> ir.FloatingValue:
    if value.type().is_string():
        plain = ibis.ifelse(value.re_search(_NUMBER), value, ibis.null("string"))
        return _finite(plain.try_cast("float64"))
    return _finite(value.cast("float64")) if value.type().is_floating() else value.cast("float64")


def _finite(number: ir.FloatingValue) -> ir.FloatingValue:
    """The number, null where it is infinite or not a number.

    Infinity less infinity is no number. Asked about the column itself, DuckDB goes by a Parquet
    file's statistics, which leave such values out; and Ibis has no `isinf` for Spark.
    """
    infinity = ibis.literal(math.inf)
    strange = (number - infinity).isnan() | (number + infinity).isnan()
    return ibis.ifelse(strange, ibis.null("float64"), number)


def _date(value: ir.Value, months: bool = False) -> ir.DateValue:
    if not value.type().is_string():
        if not value.type().is_temporal():  # a Parquet column without a type: no value anywhere
            return ibis.null("date")
        day = value.cast("date")
        day = ibis.ifelse(day.between(_FIRST_DATE, _LAST_DATE), day, ibis.null("date"))
        if value.type().is_timestamp():
            day = ibis.ifelse(day.cast("timestamp") == value, day, ibis.null("date"))
        return day
    whole = ibis.ifelse(value.re_search(_DATE), value.substr(0, 10), ibis.null("string"))
    if months:
        whole = ibis.ifelse(value.re_search(_MONTH), value + "-01", whole)
    return whole.try_cast("date")


def _boolean(value: ir.Value) -> ir.BooleanValue:
    if value.type().is_boolean():
        return value
    text = _as_text(value).lower()
    return ibis.cases((text.isin(YES), True), (text.isin(NO), False), else_=ibis.null("boolean"))
