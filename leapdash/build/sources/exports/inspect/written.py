"""A mapping file written from guesses, with its reasons and questions as comments."""

from collections.abc import Iterator, Mapping, Sequence

from leapdash.build.sources.exports.inspect.guesses import ColumnGuess, TableGuess
from leapdash.contract import Column, Table

ASK = "ASK"
"""What stands in a comment that asks something."""

_INTRODUCTION = f"""\
# What the columns and values of these files mean to leapdash, as `leapdash inspect` guesses it.
# Look it through, and answer each {ASK}: take the # away where a line is right, or change it. Then:
#
#   leapdash build --input DIR --mapping THIS-FILE --out store
#
# name = "heading"                        a column of the file
# name = {{ value = "2021-22" }}            the same in every row
# name = {{ from = "heading", date = "m/d/y", empty = "false", match = "schools" }}
# [table.values.NAME] "found" = "code"    what a value of the file stands for

# [about]
# origin = "…"          # whom the data are from; shown on the About page
# licence = "…"
# synthetic = false     # true where students are invented
"""
_WIDTH = 96
_HINTS = {
    "p": "present: 1",
    "a": "absent: 0",
    "t": "tardy? 1 where most of the day was attended",
    "e": "excused? absent: 0",
    "u": "unexcused? absent: 0",
    "l": "late? 1",
    "d": "dismissed early? 1",
    "s": "suspended? absent: 0",
    "v": "virtual? 1",
    "r": "remote? 1",
    "h": "half a day? 0.5",
}


def mapping_text(tables: Sequence[TableGuess], missing: Sequence[Table]) -> str:
    """The mapping file, TOML; `missing`: tables that must be there and nothing makes."""
    parts = [_INTRODUCTION]
    parts += ["\n".join(_table(table)) + "\n" for table in tables]
    parts += ["\n".join(_missing(table)) + "\n" for table in missing]
    return "\n".join(parts)


def questions(tables: Sequence[TableGuess], missing: Sequence[Table]) -> int:
    """How many times the file asks something."""
    return mapping_text(tables, missing).count(f"# {ASK}")


def _table(guess: TableGuess) -> Iterator[str]:
    yield "[[table]]"
    yield f"name = {quoted(guess.contract.name)}"
    yield f"files = [{', '.join(map(quoted, guess.files))}]"
    if guess.sheet:
        yield f"sheet = {quoted(guess.sheet)}"
    if guess.header:
        lines = list(guess.header)
        said = lines[0] if len(lines) == 1 else lines
        yield f"header = {said}    # the line of the columns' names"
    if guess.distinct:
        yield "distinct = true    # rows that say the same count once"
    yield ""
    yield "[table.columns]"
    for column in guess.columns:
        yield from _column(column, guess.contract.column(column.column))
    for column in guess.columns:
        if column.values:
            yield ""
            yield f"[table.values.{column.column}]"
            yield from _values(column, guess.contract.column(column.column))
    if guess.months:
        yield ""
        yield "[table.months]"
        for question in guess.months_asks:
            yield f"# {ASK} {question}"
        if guess.months_year:
            yield f"school_year = {quoted(guess.months_year)}"
        for month, measures in guess.months.items():
            yield from _month(month, measures)


def _month(month: str, measures: Mapping[str, str]) -> Iterator[str]:
    named = {measure or "days_absent": heading for measure, heading in measures.items()}
    named = {"days_enrolled": named.pop("days_enrolled", ""), **named}
    listed = ", ".join(f"{m} = {quoted(h or '…')}" for m, h in named.items())
    settled = "" not in measures and len(measures) == 2 and "days_enrolled" in measures
    yield f"{'' if settled else '# '}{quoted(month)} = {{ {listed} }}"


def _column(guess: ColumnGuess, column: Column) -> Iterator[str]:
    if guess.heading or "value" in guess.options:
        for question in guess.asks:
            yield from _comment(f"{ASK} {question}")
        line = f"{guess.column} = {_source(guess)}"
        yield (
            f"{line}    # {guess.why}"
            if guess.why and len(line) + len(guess.why) < _WIDTH
            else line
        )
        return
    for question in guess.asks:
        yield from _comment(f"{ASK} {question}")
    for choice in guess.choices:
        yield f"# {guess.column} = {quoted(choice)}"
    if not guess.choices:
        nothing = ' or { value = "" } for none' if column.nullable else ""
        yield f'# {guess.column} = "…"{nothing}'


def _source(guess: ColumnGuess) -> str:
    if not guess.options:
        return quoted(guess.heading)
    said = ({"from": guess.heading} if guess.heading else {}) | guess.options
    return f"{{ {', '.join(f'{name} = {quoted(text)}' for name, text in said.items())} }}"


def _values(guess: ColumnGuess, column: Column) -> Iterator[str]:
    codes = list(column.codes or ())
    if None in guess.values.values():
        choices = ", ".join(codes) if codes else _choices(column)
        yield from _comment(f"What each stands for: {choices}.")
    for found, code in guess.values.items():
        if code is None:
            hint = _HINTS.get(found.casefold(), "") if column.name == "attended" else ""
            yield f'# {quoted(found)} = ""    # {ASK} {hint}'.rstrip()
        else:
            yield f"{quoted(found)} = {quoted(code)}"


def _choices(column: Column) -> str:
    if column.name == "attended":
        return "1 attended, 0 absent, 0.5 half the day"
    if column.type == "boolean":
        return "true, false"
    return column.meaning


def _missing(table: Table) -> Iterator[str]:
    yield f"# {ASK} No file seems to be of {table.name}: {table.grain}."
    if table.name == "attendance":
        yield "# By month, or by day as attendance_daily; a total of the year isn't enough."
    yield "# [[table]]"
    yield f"# name = {quoted(table.name)}"
    yield '# files = ["…"]'
    yield "# [table.columns]"
    for column in table.columns:
        if column.required:
            yield f'# {column.name} = "…"    # {column.meaning}'


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) > _WIDTH:
            yield line
            line = "#  "
        line += f" {word}"
    yield line


def quoted(text: str) -> str:
    """The text as a string of TOML."""
    marks = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    plain = "".join(marks.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
    return f'"{plain}"'
