"""The data dictionary, `docs/data-dictionary.md`, from the contract."""

from collections.abc import Iterator, Sequence

from leapdash.contract import (
    CONTRACT_VERSION,
    INPUT_TABLES,
    PUBLIC_TABLES,
    RULES,
    SUMMARY_TABLES,
    Column,
    Reference,
    Table,
)

_INTRODUCTION = f"""\
# Data dictionary

Made from `leapdash/contract/` by `python -m leapdash dictionary`; contract version \
{CONTRACT_VERSION}. Rates are fractions from 0 to 1, dates are written 2021-09-01, a month is its \
first day, and half-days are allowed wherever days are counted.
"""
_RULES = """\
## Rules

What figures and checks rest on. A release's manifest holds them as they were when it was built; \
the numbers stand in `leapdash/contract/thresholds.py`.
"""
_INPUT = """\
## Input tables

What `python -m leapdash build --input DIR` reads: each table as `NAME.parquet`, `NAME.csv`, \
`NAME.csv.gz`, or a folder `NAME/` with several such files.
"""
_SUMMARIES = """\
## Summary tables

What a release holds, one Parquet file each. A column marked *restricted* is in restricted \
releases only.
"""


_PUBLIC = """\
## Public tables

What a public release holds (`python -m leapdash publish`): for everyone, small cells withheld and \
whatever would tell them. Other tables of it are as in a restricted one.
"""


def data_dictionary() -> str:
    """The dictionary as Markdown: the rules, every table, its grain and key, and every column."""
    inputs = [_described(table) for table in INPUT_TABLES]
    summaries = [
        _as_in_input(table) if table in INPUT_TABLES else _described(table)
        for table in SUMMARY_TABLES
    ]
    rules = [
        "| rule | what it says |",
        "|---|---|",
        *(f"| `{name}` | {_escaped(text)} |" for name, text in RULES.items()),
        "",
    ]
    public = [_described(table) for table in PUBLIC_TABLES if table not in SUMMARY_TABLES]
    return "\n".join(
        [_INTRODUCTION, _RULES, *rules, _INPUT, *inputs, _SUMMARIES, *summaries, _PUBLIC, *public]
    )


def _described(table: Table) -> str:
    optional = " This table is optional." if table.optional else ""
    optional += " It may have no rows." if table.may_be_empty else ""
    grain = table.grain.removeprefix("one row per ")
    lines = [
        f"### `{table.name}`\n",
        f"One row per {grain}. {table.meaning}{optional}\n",
        *([f"Key: {_names(table.key)}.\n"] if table.key else []),
        *(
            f"{_referring(reference)} is found in `{reference.table}`{_as_named(reference)}.\n"
            for reference in table.references
        ),
        "| column | type | meaning | values |",
        "|---|---|---|---|",
        *(f"| {' | '.join(_cells(column))} |" for column in table.columns),
    ]
    return "\n".join(lines) + "\n"


def _referring(reference: Reference) -> str:
    told = f"Every {_names(reference.columns)}"
    if reference.besides:
        told += f" but {_names(reference.besides)}"
    if reference.where is not None:
        column, value = reference.where
        told += f" where `{column}` is `{value}`"
    return told


def _as_named(reference: Reference) -> str:
    return f" as {_names(reference.named)}" if reference.named else ""


def _as_in_input(table: Table) -> str:
    return f"### `{table.name}`\n\nAs the input table of that name.\n"


def _cells(column: Column) -> tuple[str, str, str, str]:
    meaning = column.meaning + (" *(restricted)*" if column.tier == "restricted" else "")
    kind = f"{column.type}, {column.unit}" if column.unit else column.type
    return f"`{column.name}`", kind, _escaped(meaning), _escaped("; ".join(_values(column)))


def _values(column: Column) -> Iterator[str]:
    """What a value may be, and whether the column or a value may be missing."""
    if column.codes is not None:
        yield ", ".join(f"`{code}` {meaning}" for code, meaning in column.codes.items())
    if column.codes_by is not None:
        by = column.codes_by
        for code, values in by.codes.items():
            yield f"`{by.column}` {code}: {', '.join(f'`{value}`' for value in values)}"
        for code, pattern in by.patterns.items():
            yield f"`{by.column}` {code}: pattern `{pattern}`"
    if column.pattern is not None:
        yield f"pattern `{column.pattern}`"
    if column.minimum is not None and column.maximum is not None:
        yield f"{column.minimum:g} to {column.maximum:g}"
    elif column.minimum is not None:
        yield f"at least {column.minimum:g}"
    if column.multiple_of is not None:
        yield f"steps of {column.multiple_of:g}"
    if not column.required:
        yield "the column may be missing"
    if column.nullable:
        yield "may be empty"


def _names(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
