"""A release's `datapackage.json`, so that any tool that reads Frictionless data can read it.

Source: Data Package standard, version 2.
"""

from typing import Any

from leapdash.contract import Column, Table, tables_of
from leapdash.release.manifest import Manifest

_FIELD_TYPES = {"text": "string", "month": "date"}
"""The standard's names of the contract's types, where they differ."""


def datapackage(manifest: Manifest) -> dict[str, Any]:
    """The package descriptor of a release: one resource per table, fields from the contract."""
    kind = "synthetic demonstration data" if manifest.synthetic else "attendance data"
    names, known = set(manifest.tables), tables_of(manifest.tier)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"leapdash-{manifest.release_id.lower()}",
        "title": f"leapdash release {manifest.release_id} ({kind})",
        "description": "Home visits and school attendance, as summary tables. "
        + ("Students are simulated. " if manifest.synthetic else "")
        + f"Data through {manifest.through:%B %Y}; tier: {manifest.tier}.",
        "created": manifest.created,
        "version": manifest.contract_version,
        "sources": [{"title": f"{s.name}: {s.origin}"} for s in manifest.sources],
        "resources": [
            {
                "name": name,
                "title": known[name].meaning,
                "path": facts.file,
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": facts.bytes,
                "hash": f"sha256:{facts.sha256}",
                "schema": _schema(known[name], names),
            }
            for name, facts in manifest.tables.items()
        ],
    }


def _schema(table: Table, names: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns]}
    # The standard allows no empty value in a primary key.
    if not any(table.column(name).nullable for name in table.key):
        schema["primaryKey"] = list(table.key)
    # Nor does it know references that only some rows make.
    foreign = [
        {
            "fields": list(reference.columns),
            "reference": {"resource": reference.table, "fields": list(reference.found_as)},
        }
        for reference in table.references
        if reference.table in names and not reference.besides and reference.where is None
    ]
    if foreign:
        schema["foreignKeys"] = foreign
    return schema


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": not column.nullable}
    if column.codes is not None:
        constraints["enum"] = list(column.codes)
    if column.pattern is not None:
        constraints["pattern"] = column.pattern
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    meaning = f"{column.meaning} ({column.unit})" if column.unit else column.meaning
    return {
        "name": column.name,
        "type": _FIELD_TYPES.get(column.type, column.type),
        "description": meaning,
        "constraints": constraints,
    }
