"""A release: summary tables as Parquet with a manifest, published atomically, opened read-only.

A store is a folder:

    STORE/current                 the id of the release on show
    STORE/releases/ID/*.parquet   one file per summary table, ordered by district
    STORE/releases/ID/manifest.json, datapackage.json

Publishing writes a new release beside the others, opens it as a reader would, and only then
switches `current`. Whatever goes wrong before that, the old release is still on show.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from leapdash import __version__
from leapdash.contract import (
    CONTRACT_VERSION,
    RULES,
    SUMMARY_TABLES,
    Table,
    school_year_of,
)
from leapdash.errors import ReleaseError, StoreError
from leapdash.release.arrow_types import arrow_schema
from leapdash.release.datapackage import datapackage
from leapdash.release.manifest import BuildFacts, Manifest, TableFacts, read_manifest

# Small enough that one district's rows stand in one or two row groups, large enough to compress.
_ROWS_PER_GROUP = 16_384
_REBUILD = "python -m leapdash build --input DIR --out {store}"


@dataclass(frozen=True)
class Release:
    """A verified release, read-only. Made by `open_release`."""

    path: Path
    manifest: Manifest

    def has(self, name: str) -> bool:
        """Whether the release holds that table (optional tables may be absent)."""
        return name in self.manifest.tables

    def table(
        self,
        name: str,
        columns: Collection[str] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        """The rows of one summary table whose `where` columns hold one of the values given.

        Columns as in the contract, or only those named. Files are ordered by district, so a
        choice of districts reads only their part. Raises ReleaseError where the release has no
        such table.
        """
        if not self.has(name):
            raise ReleaseError(f"Release {self.manifest.release_id} holds no table `{name}`.")
        condition = None
        for column, values in (where or {}).items():
            one = ds.field(column).isin(list(values))
            condition = one if condition is None else condition & one
        data = ds.dataset(self.path / self.manifest.tables[name].file, format="parquet")
        return data.to_table(columns=None if columns is None else list(columns), filter=condition)


def current_id(store: Path) -> str | None:
    """The id of the release on show in a store; None where nothing was published yet."""
    try:
        return (store / "current").read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None


def on_show(store: Path) -> str:
    """A sentence for error messages: what a reader of the store sees after a failed build."""
    release_id = current_id(store)
    if release_id is None:
        return "Nothing was published; the store holds no release yet."
    return f"Nothing was published; release {release_id} stays on show."


def open_release(store: Path, release_id: str | None = None) -> Release:
    """The release on show in a store, or the one with that id, after verifying every file.

    Raises ReleaseError where the store holds none, where the release is of another contract
    version, or where a file is missing, added, or differs from its checksum.
    """
    release_id = release_id or current_id(store)
    if release_id is None:
        raise ReleaseError(
            f"{store} holds no release.\nExpected a store with a file `current`.\n"
            f"Build one: {_REBUILD.format(store=store)}"
        )
    if Path(release_id).name != release_id or release_id.startswith("."):
        raise ReleaseError(
            f"{store / 'current'}: {release_id!r} is no release id.\n"
            "Expected the name of a folder under releases/.\n"
            f"Build again: {_REBUILD.format(store=store)}"
        )
    return _open(store / "releases" / release_id, store)


def publish(
    store: Path, tables: Mapping[str, pa.Table], facts: BuildFacts, keep: int = 5
) -> Release:
    """Publish the summary tables as a new release of the store, and switch to it.

    Tables are named and shaped as in the contract; anything else is refused, so that no column
    the contract doesn't know (a student's id, say) can pass. The newest `keep` releases stay.
    Raises StoreError where the store can't be written or a table breaks the contract.
    """
    created = datetime.now(UTC)
    release_id = _free_id(store, created)
    staging = store / "releases" / f".writing-{uuid4().hex[:12]}"
    try:
        staging.mkdir(parents=True)
        manifest = _write(staging, release_id, created, tables, facts)
        _open(staging, store)
        staging.rename(store / "releases" / release_id)
        _switch(store, release_id)
    except OSError as error:
        raise StoreError(
            f"{store} can't be written: {error.strerror or error}.\n"
            f"Expected a folder this user may write to, with room left.\n{on_show(store)}"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    _prune(store, keep)
    return Release(store / "releases" / release_id, manifest)


# --- writing -------------------------------------------------------------------------------------


def _write(
    folder: Path,
    release_id: str,
    created: datetime,
    tables: Mapping[str, pa.Table],
    facts: BuildFacts,
) -> Manifest:
    known = {table.name: table for table in SUMMARY_TABLES}
    strangers = sorted(set(tables) - set(known))
    missing = sorted(t.name for t in SUMMARY_TABLES if not t.optional and t.name not in tables)
    if strangers or missing:
        raise StoreError(
            f"A release can't be written: unknown tables {strangers}, missing tables {missing}."
        )
    written = {}
    for name, table in known.items():
        if name in tables:
            written[name] = _write_table(folder, table, tables[name])
    months = pc.unique(tables["attendance"]["month"]).to_pylist()
    if not months:
        raise StoreError("A release can't be written: the table `attendance` holds no month.")
    manifest = Manifest(
        release_id=release_id,
        created=created.isoformat(timespec="seconds"),
        contract_version=CONTRACT_VERSION,
        leapdash_version=__version__,
        tier="restricted",
        synthetic=facts.synthetic,
        through=max(months),
        school_years=tuple(sorted({school_year_of(month) for month in months})),
        rules={
            "half_day": facts.half_day,
            **RULES,
            "suppression": "none: this release is for people who may see small numbers",
        },
        sources=facts.sources,
        tables=written,
    )
    _write_text(folder / "manifest.json", manifest.to_json())
    package = datapackage(manifest)
    _write_text(folder / "datapackage.json", json.dumps(package, indent=2, ensure_ascii=False))
    return manifest


def _write_table(folder: Path, table: Table, data: pa.Table) -> TableFacts:
    data = _conform(table, data)
    path = folder / f"{table.name}.parquet"
    pq.write_table(
        data,
        path,
        compression="zstd",
        compression_level=9,
        row_group_size=_ROWS_PER_GROUP,
        write_page_index=True,
    )
    _sync(path)
    return TableFacts(path.name, data.num_rows, path.stat().st_size, _sha256(path))


def _conform(table: Table, data: pa.Table) -> pa.Table:
    """The table in the contract's columns, types and order; StoreError where it can't be."""
    required = {column.name for column in table.columns if column.required}
    names = set(data.column_names)
    if not required <= names <= set(table.column_names):
        raise StoreError(
            f"Table `{table.name}` can't be published: columns {sorted(names)}, "
            f"expected {list(table.column_names)}."
        )
    schema = arrow_schema(table, names)
    data = data.select(schema.names)
    for column in table.columns:
        if column.name not in names:
            continue
        values = data[column.name]
        if not column.nullable and values.null_count:
            raise StoreError(f"Table `{table.name}`, column {column.name}: empty values.")
        if column.codes is not None:
            strange = pc.unique(values.filter(pc.invert(pc.is_in(values, pa.array(column.codes)))))
            if len(strange):
                raise StoreError(
                    f"Table `{table.name}`, column {column.name}: {strange.to_pylist()[:3]}, "
                    f"expected one of {list(column.codes)}."
                )
    data = data.cast(schema)
    if table.key and data.group_by(list(table.key)).aggregate([]).num_rows != data.num_rows:
        raise StoreError(f"Table `{table.name}`: two rows share {', '.join(table.key)}.")
    order = list(dict.fromkeys(["district_code", *table.key]))
    return data.sort_by([(name, "ascending") for name in order if name in names])


def _free_id(store: Path, created: datetime) -> str:
    release_id = created.strftime("%Y-%m-%dT%H%M%S")
    taken, number = release_id, 2
    while (store / "releases" / taken).exists():
        taken, number = f"{release_id}-{number}", number + 1
    return taken


def _switch(store: Path, release_id: str) -> None:
    beside = store / f".current-{uuid4().hex[:12]}"
    _write_text(beside, release_id + "\n")
    beside.replace(store / "current")


def _prune(store: Path, keep: int) -> None:
    """Remove all but the newest `keep` releases; the one on show stays in any case."""
    shown = current_id(store)
    releases = sorted(p for p in (store / "releases").iterdir() if not p.name.startswith("."))
    for old in releases[: -max(keep, 1)]:
        if old.name != shown:
            shutil.rmtree(old, ignore_errors=True)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


# --- opening -------------------------------------------------------------------------------------


def _open(folder: Path, store: Path) -> Release:
    mend = f"Build again: {_REBUILD.format(store=store)}"
    manifest = read_manifest(folder / "manifest.json", mend)
    expected = {facts.file for facts in manifest.tables.values()}
    found = {path.name for path in folder.glob("*.parquet")}
    if expected != found:
        raise ReleaseError(
            f"{folder}: the manifest doesn't match its files.\n"
            f"Missing: {sorted(expected - found)}; not in the manifest: "
            f"{sorted(found - expected)}.\n{mend}"
        )
    for facts in manifest.tables.values():
        path = folder / facts.file
        checksum = _sha256(path)
        if checksum != facts.sha256:
            raise ReleaseError(
                f"{path}: SHA-256 {checksum[:12]}…, expected {facts.sha256[:12]}… as in the "
                f"manifest. The file was changed after it was published.\n{mend}"
            )
    return Release(folder, manifest)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
