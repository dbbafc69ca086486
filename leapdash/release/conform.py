"""Summary tables held to the contract before they are published: whatever it says of a value.

A table that breaks it is a fault of leapdash, for the input was checked before; nothing of it may
reach a reader, who would miss rows without a word.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leapdash.contract import Column, Reference, ReleaseTier, Table, tables_of
from leapdash.errors import ContractError
from leapdash.release.arrow_types import arrow_schema

_MOST_SHOWN = 3


def conform(tables: Mapping[str, pa.Table], tier: ReleaseTier) -> dict[str, pa.Table]:
    """The tables in the contract's columns, types and order, rows by district and key.

    Raises ContractError where one is unknown or missing, has other columns, or holds a value, a
    key or a reference that the contract doesn't allow.
    """
    known = tables_of(tier)
    strangers = sorted(set(tables) - set(known))
    missing = sorted(t.name for t in known.values() if not t.optional and t.name not in tables)
    if strangers or missing:
        raise ContractError(
            f"A release can't be written: unknown tables {strangers}, missing tables {missing}."
        )
    names = [name for name in known if name in tables]
    with ThreadPoolExecutor() as pool:
        conformed = pool.map(lambda name: _conform(known[name], tables[name]), names)
        made = dict(zip(names, conformed, strict=True))
    for name, data in made.items():
        for reference in known[name].references:
            _check_reference(known[name], reference, data, made[reference.table])
    return made


def _conform(table: Table, data: pa.Table) -> pa.Table:
    required = {column.name for column in table.columns if column.required}
    names = set(data.column_names)
    if not required <= names <= set(table.column_names):
        raise ContractError(
            f"Table `{table.name}` can't be published: columns {sorted(names)}, "
            f"expected {list(table.column_names)}."
        )
    schema = arrow_schema(table, names)
    data = data.select(schema.names)
    for field in schema:
        if not field.nullable and data[field.name].null_count:
            raise ContractError(f"Table `{table.name}`, column {field.name}: empty values.")
    try:
        data = data.cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ContractError(f"Table `{table.name}` can't be published: {error}.") from error
    for name in schema.names:
        for found, expected in _wrong(table.column(name), data):
            raise ContractError(
                f"Table `{table.name}`, column {name}: {found}, expected {expected}."
            )
    if table.key and _distinct(data, table.key).num_rows != data.num_rows:
        raise ContractError(f"Table `{table.name}`: two rows share {', '.join(table.key)}.")
    order = list(dict.fromkeys(["district_code", *table.key]))
    return data.sort_by([(name, "ascending") for name in order if name in names])


def _wrong(column: Column, data: pa.Table) -> Iterator[tuple[str, str]]:
    """What a column holds that it may not, and what was expected; nothing where all is well."""
    values = data[column.name]
    if column.codes is not None:
        codes = column.codes
        yield from _strange(_different(values), codes)
    if column.pattern is not None:
        yield from _unlike(_different(values), column.pattern)
    if column.codes_by is not None:
        by = column.codes_by
        together: dict[str, list[str]] = {}
        for row in _distinct(data, (by.column, column.name)).to_pylist():
            together.setdefault(row[by.column], []).append(row[column.name])
        for other, found in together.items():
            wrong = (
                _unlike(found, by.patterns[other])
                if other in by.patterns
                else _strange(found, by.codes.get(other, ()))
            )
            for what, expected in wrong:
                yield what, f"{expected} where {by.column} is {other}"
    if column.type == "month" and (odd := [m for m in _different(values) if m.day != 1]):
        yield f"{odd[:_MOST_SHOWN]}", "first days of months"
    if column.type in ("integer", "number") and len(values) > values.null_count:
        yield from _out_of_bounds(column, values)


def _strange(found: Collection[str], codes: Collection[str]) -> Iterator[tuple[str, str]]:
    strange = [value for value in found if value not in codes]
    if strange:
        yield f"{strange[:_MOST_SHOWN]}", f"one of {list(codes)}"


def _unlike(found: Collection[str], pattern: str) -> Iterator[tuple[str, str]]:
    unlike = [value for value in found if not re.fullmatch(pattern, value)]
    if unlike:
        yield f"{unlike[:_MOST_SHOWN]}", f"the pattern {pattern}"


def _out_of_bounds(column: Column, values: pa.ChunkedArray) -> Iterator[tuple[str, str]]:
    if pa.types.is_floating(values.type) and not pc.all(pc.is_finite(values)).as_py():
        yield "numbers that are none, or infinite", "numbers"
        return
    low, high = (pc.min_max(values)[side].as_py() for side in ("min", "max"))
    if column.minimum is not None and low < column.minimum:
        yield f"{low}", f"at least {column.minimum:g}"
    if column.maximum is not None and high > column.maximum:
        yield f"{high}", f"at most {column.maximum:g}"
    if column.multiple_of is not None:
        steps = pc.divide(values, column.multiple_of)
        whole = pc.equal(steps, pc.round(steps))
        if not pc.all(whole).as_py():
            odd = pc.unique(values.filter(pc.invert(whole))).to_pylist()
            yield f"{odd[:_MOST_SHOWN]}", f"steps of {column.multiple_of:g}"


def _check_reference(table: Table, reference: Reference, data: pa.Table, other: pa.Table) -> None:
    if not set(reference.columns) <= set(data.column_names):
        return
    if reference.where is not None:
        column, value = reference.where
        data = data.filter(pc.equal(data[column], value))
    known = _rows(other, reference.found_as)
    unknown = [
        row
        for row in sorted(_rows(data, reference.columns) - known)
        if not set(row) & set(reference.besides)
    ]
    if unknown:
        raise ContractError(
            f"Table `{table.name}`, {', '.join(reference.columns)}: "
            f"{'; '.join(', '.join(row) for row in unknown[:_MOST_SHOWN])}, expected "
            f"{', '.join(reference.found_as)} of a row of `{reference.table}`."
        )


def _different(values: pa.ChunkedArray) -> list[Any]:
    """The different values there are, without the missing one."""
    return [value for value in pc.unique(values).to_pylist() if value is not None]


def _distinct(data: pa.Table, names: Collection[str]) -> pa.Table:
    return data.group_by(list(names)).aggregate([])


def _rows(data: pa.Table, names: Collection[str]) -> set[tuple[str, ...]]:
    """The different rows of some columns, without those in which one is missing."""
    rows = _distinct(data, names).to_pylist()
    return {tuple(row.values()) for row in rows if None not in row.values()}
