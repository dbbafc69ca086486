"""A mapping read from its file, with everything that is wrong with it told at once.

It is TOML that `leapdash inspect` writes and people mend; `docs/your-data.md` says what may
stand in it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from leapdash.build.sources.about import About, wrong_about
from leapdash.build.sources.exports.cells import key_of
from leapdash.build.sources.exports.dates import ORDERS, Unsaid, month_of
from leapdash.build.sources.exports.mapping import (
    DELIMITERS,
    ENCODINGS,
    ColumnSource,
    ExportMapping,
    Month,
    TableSource,
)
from leapdash.build.sources.toml_files import read_toml
from leapdash.contract import CODE_PATTERN, INPUT_TABLES, Column, Table, input_table
from leapdash.errors import InputError, shortened

_ABOUT = "Expected some of origin and licence (text), synthetic (true or false)."
_MATCHED = ("schools", "districts")
_COLUMN_KEYS = ("from", "value", "less", "empty", "match", "date", "year", "school_year", "mixed")
_TABLE_KEYS = (
    "name",
    "files",
    "sheet",
    "header",
    "encoding",
    "delimiter",
    "distinct",
    "mostly_absent",
    "columns",
    "values",
    "months",
)
_ALLOWED = {
    "match": _MATCHED,
    "date": ORDERS,
    "year": ("start", "end"),
    "mixed": ("right",),
}
_NUMBERS = ("number", "integer")
_APPLIES: Mapping[str, tuple[str, Callable[[Column], bool]]] = {
    "less": ("numbers", lambda column: column.type in _NUMBERS),
    "date": ("days or months", lambda column: column.type in ("date", "month")),
    "mixed": ("days", lambda column: column.type == "date"),
    "year": (
        "school years or months",
        lambda column: column.name == "school_year" or column.type == "month",
    ),
    "school_year": ("months", lambda column: column.type == "month"),
    "match": ("codes of schools or districts", lambda column: column.pattern == CODE_PATTERN),
}
"""What columns a key is of, and whether a column is one."""
_DAYS = ("days_enrolled", "days_attended", "days_absent")


def read_mapping(path: Path) -> ExportMapping:
    """The mapping in a file. Raises InputError that says everything wrong with it."""
    label = path.name
    remedy = "text in UTF-8; names and values stand in quotes, and each name once."
    said = read_toml(path, "a mapping, as `leapdash inspect` writes it", remedy)
    problems: list[str] = []
    tables = []
    problems += _unknown(said, ("table", "about"), label)
    parts = said.get("table", [])
    if not isinstance(parts, list) or not parts or not all(isinstance(p, dict) for p in parts):
        problems.append(
            f"{label}: no [[table]].\nExpected one for each table of the contract: "
            f"{', '.join(table.name for table in INPUT_TABLES)}."
        )
        parts = []
    for number, part in enumerate(parts, start=1):
        reader = _TableReader(part, f"{label}, [[table]] {number}")
        tables.append(reader.read())
        problems += reader.problems
    about = said.get("about")
    if about is not None and (wrong := wrong_about(about, _ABOUT)):
        problems.append(f"{label}, [about]: {wrong}")
    if problems:
        raise InputError("\n".join(problems))
    return ExportMapping(
        tuple(table for table in tables if table is not None),
        None if about is None else About(**about),
        label,
    )


class _TableReader:
    """Reads one [[table]] and remembers what is wrong with it."""

    def __init__(self, said: Mapping[str, Any], place: str) -> None:
        self._said = said
        self._place = place
        self.problems: list[str] = []

    def read(self) -> TableSource | None:
        """The table, as far as it can be read; None where it isn't known which it is."""
        said = self._said
        names = [table.name for table in INPUT_TABLES]
        name = said.get("name")
        if name not in names:
            self._wrong("name", name, f"one of {', '.join(names)}")
            return None
        table = input_table(name)
        self._place = f"{self._place} ({name})"
        self.problems += _unknown(said, _TABLE_KEYS, self._place)
        months = tuple(self._months(table))
        columns = dict(self._columns(table, months))
        return TableSource(
            table,
            self._texts("files", needed=True),
            self._text("sheet"),
            self._header(),
            self._text("encoding", tuple(ENCODINGS)),
            DELIMITERS.get(self._text("delimiter", tuple(DELIMITERS)), ""),
            self._flag("distinct"),
            self._flag("mostly_absent"),
            columns,
            dict(self._values(table)),
            months,
            self._place,
        )

    def _columns(self, table: Table, months: Sequence[Month]) -> Iterator[tuple[str, ColumnSource]]:
        said = self._section("columns")
        self.problems += _unknown(
            said, table.column_names, f"{self._place}, columns", f"a column of {table.name}"
        )
        in_months = {name for month in months for name in month}
        missing = []
        for column in table.columns:
            if column.name in said:
                found = self._column(said[column.name], f"columns, {column.name}", column)
                if found is not None:
                    if column.name in in_months:
                        self.problems.append(
                            f"{self._place}: {column.name} stands in columns and in months.\n"
                            "Expected it in one of them."
                        )
                    yield column.name, found
            elif column.required and column.name not in in_months:
                missing.append(column)
        if missing:
            listed = "\n".join(f"  {c.name}: {c.meaning}" for c in missing)
            self.problems.append(
                f"{self._place}: nothing says where {', '.join(c.name for c in missing)} "
                f"come{'s' if len(missing) == 1 else ''} from.\n"
                f"Expected under [table.columns]:\n{listed}\n"
                'Write NAME = "heading of the file", or NAME = { value = "the same in all rows" }.'
            )

    def _column(
        self, said: Any, where: str, column: Column, number: bool = False
    ) -> ColumnSource | None:
        place = f"{self._place}, {where}"
        if isinstance(said, str) and said.strip():
            return ColumnSource(said)
        if number and isinstance(said, int | float) and not isinstance(said, bool):
            return ColumnSource(value=str(said))
        if not isinstance(said, dict):
            self._wrong(where, said, 'a heading in quotes, or { from = "heading", … }')
            return None
        self.problems += _unknown(said, _COLUMN_KEYS, place)
        texts = {}
        for name, value in said.items():
            if name in ("value", "empty") and isinstance(value, int | float | bool):
                value = str(value).lower()
            if not isinstance(value, str):
                self._wrong(f"{where}, {name}", value, "text in quotes")
                value = ""
            texts[name] = value
        if ("from" in said) == ("value" in said):
            self.problems.append(
                f"{place}: {'both' if 'from' in said else 'neither'} `from` and `value`.\n"
                "Expected one of them: a heading of the file, or the same value in every row."
            )
        for name, (kind, applies) in _APPLIES.items():
            if name in said and not applies(column):
                self.problems.append(
                    f"{place}: `{name}` is of columns of {kind}, and {column.name} is none: "
                    f"{column.meaning}.\nExpected it without. Remove `{name}`."
                )
        for name, allowed in _ALLOWED.items():
            if name in texts and texts[name] not in allowed:
                self._wrong(f"{where}, {name}", texts[name], f"one of {', '.join(allowed)}")
        return ColumnSource(
            texts.get("from", ""),
            texts.get("value"),
            texts.get("less", ""),
            texts.get("empty"),
            texts.get("match", ""),
            texts.get("date"),
            texts.get("year"),
            texts.get("school_year", ""),
            mixed=texts.get("mixed", ""),
        )

    def _months(self, table: Table) -> Iterator[Month]:
        said = self._section("months")
        if said and table.name != "attendance":
            self.problems.append(f"{self._place}: months are of the table attendance alone.")
            return
        school_year = said.pop("school_year", "")
        if not isinstance(school_year, str):
            self._wrong("months, school_year", school_year, "2021-22, or a heading, in quotes")
            school_year = ""
        for name, columns in said.items():
            of_year = "2000-01" if school_year else None
            month = month_of(name, school_year=of_year)
            if month is None or isinstance(month, Unsaid):
                self._wrong(
                    "months",
                    name,
                    'a month as "2021-09", or as "09" where school_year = "2021-22" or the heading '
                    "of the school years stands under [table.months]",
                )
                continue
            where = f'months, "{name}"'
            if (
                not isinstance(columns, dict)
                or not {"days_enrolled"} < set(columns) <= set(_DAYS)
                or len(columns) != 2
            ):
                self._wrong(where, columns, "days_enrolled, and one of days_attended, days_absent")
                continue
            of_days = table.column("days_enrolled")
            of_month = {
                n: self._column(c, f"{where}, {n}", of_days, True) for n, c in columns.items()
            }
            if None in of_month.values():
                continue
            found = {n: replace(c, month=name) for n, c in of_month.items() if c is not None}
            yield {"month": ColumnSource(value=name, school_year=school_year), **_days(found)}

    def _values(self, table: Table) -> Iterator[tuple[str, Mapping[str, str]]]:
        said = self._section("values")
        self.problems += _unknown(
            said, table.column_names, f"{self._place}, values", f"a column of {table.name}"
        )
        for name, values in said.items():
            if not isinstance(values, dict):
                self._wrong(
                    f"values, {name}", values, f'[table.values.{name}] and "found" = "code"'
                )
                continue
            read: dict[str, str] = {}
            for found, meant in values.items():
                text = str(meant).lower() if isinstance(meant, bool) else str(meant)
                if not isinstance(meant, str | int | float):
                    self._wrong(f'values, {name}, "{found}"', meant, "a value in quotes")
                elif read.setdefault(key_of(found), text) != text:
                    self._wrong(
                        f'values, {name}, "{found}"',
                        meant,
                        "one meaning, whatever the case of its letters",
                    )
            yield name, read

    def _section(self, name: str) -> dict[str, Any]:
        said = self._said.get(name, {})
        if isinstance(said, dict):
            return dict(said)
        self._wrong(name, said, f"a section [table.{name}]")
        return {}

    def _header(self) -> tuple[int, ...]:
        said = self._said.get("header", [])
        lines = said if isinstance(said, list) else [said]
        if (
            len(lines) > 2
            or not all(type(n) is int and n > 0 for n in lines)
            or (len(lines) == 2 and lines[1] != lines[0] + 1)
        ):
            self._wrong("header", said, "the number of a line, as 4, or of two, as [4, 5]")
            return ()
        return tuple(lines)

    def _texts(self, name: str, needed: bool) -> tuple[str, ...]:
        said = self._said.get(name)
        texts = said if isinstance(said, list) else [said]
        if not all(isinstance(text, str) and text for text in texts) or (needed and not texts):
            self._wrong(name, said, 'names of files, as ["students.csv"] or ["2021-*.csv"]')
            return ()
        return tuple(texts)

    def _text(self, name: str, allowed: Sequence[str] = ()) -> str:
        said = self._said.get(name, "")
        if not isinstance(said, str) or (said and allowed and said not in allowed):
            self._wrong(
                name,
                said,
                f"one of {', '.join(map(repr, allowed))}" if allowed else "text in quotes",
            )
            return ""
        return said

    def _flag(self, name: str) -> bool:
        said = self._said.get(name, False)
        if not isinstance(said, bool):
            self._wrong(name, said, "true or false")
        return said is True

    def _wrong(self, where: str, found: Any, expected: str) -> None:
        shown = "nothing" if found is None else shortened(repr(found))
        self.problems.append(f"{self._place}, {where}: {shown}.\nExpected {expected}.")


def _days(found: Mapping[str, ColumnSource]) -> dict[str, ColumnSource]:
    """The days enrolled and attended of a month, from what the mapping says of two of three."""
    enrolled = found["days_enrolled"]
    absent = found.get("days_absent")
    if absent is None:
        return dict(found)
    attended = replace(enrolled, less=absent.heading, less_value=absent.value, empty=absent.empty)
    return {"days_enrolled": enrolled, "days_attended": attended}


def _unknown(
    said: Mapping[str, Any], known: Sequence[str], place: str, what: str = "known"
) -> Iterator[str]:
    for name in said:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" {near[0]} looks like it." if near else ""
            yield (
                f"{place}: {shortened(repr(name))} is not {what}.\n"
                f"Expected some of {', '.join(known)}.{hint}"
            )
