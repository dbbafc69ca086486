"""Ways in which an export is spoilt on its way, and what may come of it."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.lib.input_files import Row, rows

SAME, REFUSED, NOTED, ANY = "same", "refused", "noted", "any"
"""What may come of a mutation: the same tables; a refusal; other tables, and a note that says why;
other tables, as the file now says something else.
"""
_SEPARATORS = {"schools.txt": "\t", "visits 1.csv": ";"}
_CODED = ("Grade", "Sex", "Race", "SpEd", "FRL", "Location", "Status", "Visited By")
_MAY_BE_EMPTY = ("EL", "Home Lang", "Start", "End", "Lat", "Lon", "Cost", "Capacity")
_UNLIKE = (
    ("Grade", "Sex"),
    ("SY", "Grade"),
    ("School #", "SY"),
    ("Sex", "Race"),
    ("Date", "Status"),
)


def accented() -> dict[str, list[Row]]:
    """The small state, with names that have letters beyond ASCII."""
    tables = rows()
    for school, name in zip(tables["schools"], ("Peña School", "École Sud", "Hill"), strict=True):
        school["school_name"] = name
    return tables


@dataclass
class Export:
    """A text file taken apart: lines above the header, the header, the rows."""

    path: Path
    above: list[list[str]]
    head: list[str]
    rows: list[list[str]]
    separator: str
    encoding: str = "utf-8"
    line_end: str = "\r\n"

    @classmethod
    def read(cls, path: Path) -> "Export":
        """A file of `exports.write_exports`."""
        separator = _SEPARATORS.get(path.name, ",")
        text = path.read_bytes().decode("cp1252" if path.name == "schools.txt" else "utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        start = 2 if path.name == "schools.txt" else 0
        return cls(path, lines[:start], lines[start], lines[start + 1 :], separator)

    def write(self) -> None:
        """The file, as it is now."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.separator, lineterminator=self.line_end)
        writer.writerows([*self.above, self.head, *self.rows])
        self.path.write_bytes(text.getvalue().encode(self.encoding))

    def row(self, random: Random) -> list[str]:
        """Any row but the total."""
        return random.choice([row for row in self.rows if row[0] != "Total"])

    def column(self, random: Random, names: tuple[str, ...] = ()) -> int | None:
        """Any column, or any of these."""
        fitting = [n for n, name in enumerate(self.head) if not names or name in names]
        return random.choice(fitting) if fitting else None


Mutation = Callable[[Export, Random], str]
"""Changes a file; says what may come of it."""


def drop_column(e: Export, random: Random) -> str:
    column = random.randrange(len(e.head))
    for row in [e.head, *e.rows]:
        del row[column]
    e.write()
    return REFUSED


def double_column(e: Export, random: Random) -> str:
    column = random.randrange(len(e.head))
    for row in [e.head, *e.rows]:
        row.append(row[column])
    e.write()
    return REFUSED


def turn_columns(e: Export, random: Random) -> str:
    order = list(range(len(e.head)))
    random.shuffle(order)
    e.head = [e.head[n] for n in order]
    e.rows = [[row[n] for n in order] for row in e.rows]
    e.write()
    return SAME


def turn_rows(e: Export, random: Random) -> str:
    random.shuffle(e.rows)
    e.write()
    return SAME


def another_column(e: Export, random: Random) -> str:
    e.head.insert(0, "Zip")
    for row in e.rows:
        row.insert(0, random.choice(("06103", "", "=1+1", "ä")))
    e.write()
    return SAME


def double_row(e: Export, random: Random) -> str:
    e.rows.append(e.row(random))
    e.write()
    return NOTED if e.path.name.startswith("visits") else REFUSED


def empty_cell(e: Export, random: Random) -> str:
    row = e.row(random)
    column = random.randrange(len(e.head))
    if not row[column]:
        return SAME
    row[column] = random.choice(("", "  "))
    e.write()
    return ANY if e.head[column] in _MAY_BE_EMPTY else REFUSED


def strange_value(e: Export, random: Random) -> str:
    column = e.column(random)
    assert column is not None
    is_text = e.head[column] in ("School", "District", "Source", "Student Number")
    e.row(random)[column] = random.choice(("??", "#REF!", "12:60", "1e999", "\u200bx"))
    e.write()
    return ANY if is_text else REFUSED


def spaces_around(e: Export, random: Random) -> str:
    row = e.row(random)
    column = random.randrange(len(e.head))
    row[column] = random.choice(
        (" {} ", "{}\t" if e.separator != "\t" else "{} ", "\u00a0{}")
    ).format(row[column])
    e.write()
    return SAME


def other_case(e: Export, random: Random) -> str:
    column = e.column(random, _CODED)
    if column is None:
        return SAME
    row = e.row(random)
    row[column] = random.choice((row[column].upper(), row[column].lower(), f'="{row[column]}"'))
    e.write()
    return SAME


def swap_cells(e: Export, random: Random) -> str:
    pairs = [p for p in _UNLIKE if set(p) <= set(e.head)]
    if not pairs:
        return SAME
    one, other = map(e.head.index, random.choice(pairs))
    row = e.row(random)
    row[one], row[other] = row[other], row[one]
    e.write()
    return REFUSED


def lines_above(e: Export, random: Random) -> str:
    e.above = [
        [random.choice(("Report", "Printed 9/1/2022", "A, B"))] for _ in range(random.randint(1, 6))
    ]
    e.write()
    return SAME


def total_below(e: Export, random: Random) -> str:
    if e.head[0] == "District #":
        return SAME
    e.rows.append([random.choice(("Total", "TOTALS", "Grand Total")), *[""] * (len(e.head) - 1)])
    e.write()
    return SAME


def other_letters(e: Export, random: Random) -> str:
    e.encoding = random.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252"))
    e.write()
    return SAME


def other_line_ends(e: Export, random: Random) -> str:
    e.line_end = random.choice(("\n", "\r\n", "\r"))
    e.write()
    if random.random() < 0.5:
        e.path.write_bytes(e.path.read_bytes().replace(b"\r\n", b"\n", 2))
    return SAME


def other_separator(e: Export, random: Random) -> str:
    e.separator = random.choice((",", ";", "\t", "|"))
    e.write()
    return SAME


def cut(e: Export, random: Random) -> str:
    data = e.path.read_bytes()
    end = random.randrange(len(data))
    if data[end - 1 : end] in (b"\n", b"\r") or data[end : end + 1] == b"\r":
        return SAME  # whole rows less are nothing that a file shows
    e.path.write_bytes(data[:end])
    return NOTED


def other_byte(e: Export, random: Random) -> str:
    data = bytearray(e.path.read_bytes())
    data[random.randrange(len(data))] = random.randrange(256)
    e.path.write_bytes(bytes(data))
    return ANY


def no_text(e: Export, random: Random) -> str:
    data = e.path.read_bytes()
    at = random.randrange(len(data))
    e.path.write_bytes(data[:at] + b"\0" + data[at:])
    return REFUSED


def quote(e: Export, random: Random) -> str:
    data = e.path.read_bytes()
    starts = [n + 1 for n, byte in enumerate(data) if data[n : n + 1] == e.separator.encode()]
    at = random.choice(starts)
    if data[at : at + 1] == b'"':
        return SAME
    e.path.write_bytes(data[:at] + b'"' + data[at:])
    return REFUSED


def emptied(e: Export, random: Random) -> str:
    e.path.write_bytes(random.choice((b"", b"\r\n", b"\xef\xbb\xbf")))
    return REFUSED


MUTATIONS: tuple[Mutation, ...] = (
    *(drop_column, double_column, turn_columns, turn_rows, another_column, double_row),
    *(empty_cell, strange_value, spaces_around, other_case, swap_cells, lines_above),
    *(total_below, other_letters, other_line_ends, other_separator, cut, other_byte),
    *(no_text, quote, emptied),
)
FILES = (
    "students.csv",
    "attendance.csv",
    "schools.txt",
    "visits 1.csv",
    "visits 2.csv",
    "costs.csv",
)
