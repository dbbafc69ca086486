"""Resources as flat tables on an engine, checked field by field; the rows that break a rule are
looked for only then (`elements`).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.edfi.configuration import EXAMPLES, EXPECTED, Configuration, code_of
from leapdash.build.sources.edfi.elements import (
    FIRST_YEAR,
    LAST_YEAR,
    Element,
    places,
    problems_of,
    text,
    told,
    value,
)
from leapdash.build.sources.edfi.files import Files
from leapdash.build.sources.edfi.resources import Field, Items, Kind, Resource
from leapdash.build.sources.source import MOST_PROBLEMS
from leapdash.engines import EngineError, JsonEngine, Workspace
from leapdash.errors import InputError, shortened

_TYPES: Mapping[Kind, str] = {
    "text": "string",
    "date": "date",
    "number": "float64",
    "boolean": "boolean",
    "year": "int16",
}

_FIRST_DAY, _LAST_DAY = date(FIRST_YEAR - 1, 1, 1), date(LAST_YEAR, 12, 31)


class Reading:
    """The resources of a folder on an engine, what their codes stand for, and what is wrong.

    `problems`: messages so far; `notes`: what is to be told of a reading that went well.
    """

    def __init__(
        self, space: Workspace, engine: JsonEngine, files: Files, configuration: Configuration
    ) -> None:
        self.space = space
        self.configuration = configuration
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._engine = engine
        self._files = files

    def has(self, resource: Resource) -> bool:
        """Whether the folder holds the resource."""
        return resource.name in self._files

    def stop_if_broken(self) -> None:
        """Raises InputError with the problems so far, where there are any."""
        if self.problems:
            raise InputError("\n".join(self.problems[:MOST_PROBLEMS]))

    def table(self, resource: Resource) -> ir.Table:
        """The resource's fields as columns, typed, worked out and kept; lists as lists of objects
        with texts. An empty table where the folder doesn't hold it, or where it is broken: then
        there are problems.
        """
        files = [file for file in self._files.get(resource.name, ()) if not file.empty]
        if not files:
            return self._empty(resource)
        shape = _shape(resource)
        parts = []
        for lines in (True, False):
            paths = [str(file.path) for file in files if file.lines is lines]
            if paths:
                parts.append(_texts(self._engine.read_json(paths, shape, lines), resource))
        texts = parts[0] if len(parts) == 1 else ibis.union(*parts)
        columns = {field.name: _typed(texts[field.name], field.kind) for field in resource.fields}
        bad = ibis.or_(
            *(_is_bad(texts[f.name], columns[f.name], f) for f in resource.fields),
            *(_has_bad(texts[items.name], items) for items in resource.items),
        )
        texts_only = [texts[f.name] for f in resource.fields if f.kind == "text"]
        odd = ibis.or_(*(_may_be_json(said) for said in texts_only))
        lists = {items.name: texts[items.name] for items in resource.items}
        try:
            kept = self.space.keep(texts.select(**columns, **lists, bad=bad, odd=odd))
            counted = self.space.row(kept.agg(bad=kept.bad.any(), odd=kept.odd.any()))
        except EngineError:
            # What the engine says may hold what stands in the file.
            counted = {"bad": True, "odd": True}
        wrong = counted["bad"] or counted["odd"]
        found = problems_of(self._files[resource.name], resource) if wrong else []
        if not found and not counted["bad"]:
            return kept.drop("bad", "odd")
        self.problems += found or [
            f"{resource.name}: the engine can't read it, for a reason that isn't known.\n"
            "Expected JSON objects of at most 16 MB. Please report it, without the file: it holds "
            "students' records."
        ]
        return self._empty(resource)

    def items(self, t: ir.Table, items: Items, *more: str) -> ir.Table:
        """One row for each object of a list: its fields, typed, and these columns of its row."""
        rows = t.filter(t[items.name].notnull()).select(*more, item=t[items.name].unnest())
        rows = rows.filter(rows.item.notnull())
        return rows.select(
            *more, **{f.name: _typed(rows.item[f.path].nullif(""), f.kind) for f in items.fields}
        )

    def mapped(
        self, t: ir.Table, column: str, table: str, resource: Resource, path: str
    ) -> dict[str, Any]:
        """What the descriptors of a column stand for, by descriptor; missing ones by an empty text.

        A column `count` says how often each row's is there; without it, once.

        One that nothing maps is a problem, told with its place, its count and what maps it; it is
        left out here.
        """
        count = t["count"].sum() if "count" in t.columns else t.count()
        counted = t.group_by(code=t[column].fill_null("")).agg(count=count).order_by("code")
        meanings = {}
        for row in self.space.arrow(counted).to_pylist():
            meant = self.configuration.meaning(table, row["code"])
            if meant is None:
                self._unmapped(row["code"], row["count"], table, resource, path)
            else:
                meanings[row["code"]] = meant
        return meanings

    def with_meaning(
        self, t: ir.Table, column: str, meanings: Mapping[str, Any], name: str, type_: str
    ) -> ir.Table:
        """The table with what a column's descriptors stand for; null where nothing maps one."""
        said = t[column].fill_null("")
        cases = [(said == code, meant) for code, meant in meanings.items()]
        found = ibis.cases(*cases, else_=None) if cases else ibis.null(type_)
        return t.mutate(**{name: found.cast(type_)})

    def places(self, resource: Resource, **wanted: Iterable[Any]) -> str:
        """Where the first object stands whose columns have one of the wanted values each, as a
        message begins: `sessions.json, element 3`; the resource's name where none is found.
        """
        texts = {name: {str(one) for one in values} for name, values in wanted.items()}
        fields = {name: resource.column(name) for name in texts}

        def is_wanted(element: Element) -> bool:
            return all(text(element, fields[n])[: _most(fields[n])] in texts[n] for n in texts)

        return told(places(self._files.get(resource.name, ()), is_wanted, 1)) or resource.name

    def _unmapped(
        self, descriptor: str, count: int, table: str, resource: Resource, path: str
    ) -> None:
        outer, _, inner = path.partition("[].")

        def is_wanted(element: Element) -> bool:
            found = value(element, outer)
            if inner and isinstance(found, list):
                return any(str(value(item, inner) or "") == descriptor for item in found)
            return str(found or "") == descriptor

        place = told(places(self._files[resource.name], is_wanted, 1)) or resource.name
        code = code_of(descriptor)
        shown = repr(shortened(code)) if descriptor else "nothing stands there"
        key = code.replace("\\", "\\\\").replace('"', '\\"')
        self.problems.append(
            f"{place}, field {path}: {shown}, which isn't mapped; {count:,} of them.\n"
            f"Expected a code that {self.configuration.name} maps to {EXPECTED[table]}. Add, with "
            f'what it stands for:\n[{table}]\n"{shortened(key)}" = {EXAMPLES[table]}'
        )

    def _empty(self, resource: Resource) -> ir.Table:
        columns: dict[str, Any] = {f.name: _TYPES[f.kind] for f in resource.fields}
        for items in resource.items:
            inner = ", ".join(f"{f.path}: string" for f in items.fields)
            columns[items.name] = f"array<struct<{inner}>>"
        schema = ibis.schema(columns)
        return self.space.put(schema.to_pyarrow().empty_table())


def _most(field: Field) -> int | None:
    return 10 if field.kind == "date" else None


def _shape(resource: Resource) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    for field in resource.fields:
        at = shape
        *outer, last = field.path.split(".")
        for name in outer:
            at = at.setdefault(name, {})
        at[last] = "text"
    for items in resource.items:
        shape[items.path] = [{field.path: "text" for field in items.fields}]
    return shape


def _texts(raw: ir.Table, resource: Resource) -> ir.Table:
    columns: dict[str, ir.Value] = {}
    for field in resource.fields:
        first, *rest = field.path.split(".")
        found = raw[first]
        for name in rest:
            found = found[name]
        columns[field.name] = found.nullif("")
    return raw.select(**columns, **{items.name: raw[items.path] for items in resource.items})


def _typed(said: ir.StringValue, kind: Kind) -> ir.Value:
    match kind:
        case "date":
            return said.substr(0, 10).try_cast("date")
        case "number":
            return said.try_cast("float64")
        case "boolean":
            lower = said.lower()
            return ibis.cases(
                (lower == "true", True), (lower == "false", False), else_=ibis.null("boolean")
            )
        case "year":
            return said.try_cast("int16")
        case _:
            return said


def _may_be_json(said: ir.StringValue) -> ir.BooleanValue:
    """Whether a text looks like an object or a list, which the engine hands over as text."""
    return (said.startswith("{") | said.startswith("[")).fill_null(False)


def _is_bad(said: ir.StringValue, typed: ir.Value, field: Field) -> ir.BooleanValue:
    """Whether a field isn't as it must be: as `elements.is_good`, or less strict than that."""
    lost = typed.isnull() if field.required else said.notnull() & typed.isnull()
    match field.kind:
        case "text":
            return typed.isnull() if field.required else ibis.literal(False)
        case "date":
            outside = ~typed.between(_FIRST_DAY, _LAST_DAY)
        case "year":
            outside = ~typed.between(FIRST_YEAR, LAST_YEAR)
        case "number":
            outside = typed.isnan() | typed.isinf()
        case _:
            return lost
    return lost | outside.fill_null(False)


def _has_bad(found: ir.ArrayValue, items: Items) -> ir.BooleanValue:
    """Whether an object of a list has a field that isn't as it must be; null objects are none."""

    def is_bad(item: ir.StructValue) -> ir.BooleanValue:
        texts = {f.name: item[f.path].nullif("") for f in items.fields}
        bad = (_is_bad(texts[f.name], _typed(texts[f.name], f.kind), f) for f in items.fields)
        return item.notnull() & ibis.or_(*bad)

    return (found.filter(is_bad).length() > 0).fill_null(False)
