"""A release: summary tables as Parquet with a manifest, published atomically, opened read-only.

A store is a folder, on this machine or on any file system pyarrow reads:

    STORE/current                 the id of the release on show
    STORE/releases/ID/*.parquet   one file per summary table, ordered by district
    STORE/releases/ID/manifest.json, datapackage.json

Publishing writes a new release beside the others, its manifest last, opens it as a reader would,
and only then switches `current`. Whatever goes wrong before that, the old release is still on show.
Builds may publish into one store at once: the last to finish is on show.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from os import strerror
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from leapdash import __version__
from leapdash.contract import CONTRACT_VERSION, RULES, ReleaseTier, school_year_of
from leapdash.errors import ContractError, ReleaseError, StoreError, UsageError, shortened
from leapdash.release.conform import conform
from leapdash.release.datapackage import datapackage
from leapdash.release.files import LONG_AGO, Address, Folder, alone_in, writing_in
from leapdash.release.held_to import misplaced
from leapdash.release.manifest import (
    MANIFEST,
    BuildFacts,
    Manifest,
    TableFacts,
    read_manifest,
)

_RELEASES, _CURRENT = "releases", "current"
_ID = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}(-\w+)?")
# Small enough that one district's rows stand in one or two row groups, large enough to compress.
_ROWS_PER_GROUP = 16_384
_REBUILD = "python -m leapdash build --input DIR --out {store}"


@dataclass(frozen=True)
class Release:
    """A verified release, read-only. Made by `open_release`."""

    folder: Folder
    manifest: Manifest

    @property
    def path(self) -> Path:
        """Where the release is on this machine; ReleaseError where it is elsewhere."""
        if self.folder.local is None:
            raise ReleaseError(f"{self.folder} is not on this machine.")
        return self.folder.local

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
            one = pc.field(column).isin(list(values))
            condition = one if condition is None else condition & one
        file = self.folder / self.manifest.tables[name].file
        return pq.read_table(
            file.path,
            columns=None if columns is None else list(columns),
            filters=condition,
            filesystem=file.files,
            partitioning=None,
        )


def current_id(store: Address) -> str | None:
    """The id of the release on show in a store; None where nothing was published yet.

    Raises ReleaseError where the store's address is none, `current` can't be read, or names nothing
    a release could be called.
    """
    try:
        folder = Folder.at(store)
    except UsageError as error:
        raise ReleaseError(str(error)) from error
    try:
        release_id = folder.read(_CURRENT).decode("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        found = "no text in UTF-8" if isinstance(error, UnicodeDecodeError) else _why(error)
        raise ReleaseError(f"{folder / _CURRENT}: {found}.\n{_expected_current(folder)}") from error
    if not release_id:
        return None
    if not _is_id(release_id):
        found = f"{release_id[:60]!r} is no release id"
        raise ReleaseError(f"{folder / _CURRENT}: {found}.\n{_expected_current(folder)}")
    return release_id


def id_before(store: Address, release_id: str) -> str | None:
    """The id of the newest release of a store that is older than this one; None without any."""
    releases = Folder.at(store) / _RELEASES
    try:
        found = [entry.base_name for entry in releases.entries()]
    except OSError:
        return None
    older = [name for name in found if _ID.fullmatch(name) and name < release_id]
    return max((name for name in older if (releases / name).has(MANIFEST)), default=None)


def on_show(store: Address) -> str:
    """A sentence for error messages: what a reader of the store sees after a failed build."""
    try:
        release_id = current_id(store)
    except ReleaseError:
        return "Nothing was published; what the store shows can't be read."
    if release_id is None:
        return "Nothing was published; the store holds no release yet."
    return f"Nothing was published; release {release_id} stays on show."


def open_release(store: Address, release_id: str | None = None) -> Release:
    """The release on show in a store, or the one with that id, after verifying every file.

    `store`: a path of this machine, or a URI. Raises ReleaseError where the store holds none, where
    the release is of another contract version, or where a file is missing, added, unreadable, or
    differs from its checksum.
    """
    folder = Folder.at(store)
    if release_id is not None and not _is_id(release_id):
        raise ReleaseError(f"{release_id[:60]!r} is no release id.\nExpected a folder's name.")
    if release_id is not None:
        return _open(folder / _RELEASES / release_id, folder)
    while True:
        shown = current_id(folder)
        if shown is None:
            raise ReleaseError(
                f"{folder} holds no release.\nExpected a store with a file `{_CURRENT}`.\n"
                f"Build one: {_REBUILD.format(store=folder)}"
            )
        try:
            return _open(folder / _RELEASES / shown, folder)
        except ReleaseError:
            # It may have been replaced, and removed, while it was being looked at.
            if current_id(folder) == shown:
                raise


def check_kept_apart(store: Address, tier: ReleaseTier, district: str = "") -> None:
    """Raises UsageError where what is on show in a store is for other readers than a release of
    this tier and district: who may read the one would come upon the other.
    """
    folder = Folder.at(store)
    try:
        shown = current_id(folder)
        # Of an older contract it says as much.
        said = json.loads((folder / _RELEASES / str(shown)).read(MANIFEST)) if shown else {}
        there = (said["tier"], said.get("district", "")) if said else (tier, district)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ReleaseError):
        return
    if there != (tier, district):
        raise UsageError(
            f"{folder} holds a release for other readers: {_for_whom(*there)}.\n"
            f"Expected another store, for this one alone: {_for_whom(tier, district)}."
        )


def publish(
    store: Address, tables: Mapping[str, pa.Table], facts: BuildFacts, keep: int = 5
) -> Release:
    """Publish the summary tables as a new release of the store, and switch to it.

    Tables are named and shaped as in the contract, and hold to it; anything else is refused, so
    that no column the contract doesn't know (a student's id, say) can pass. The newest `keep`
    releases stay, the one on show in any case; what builds that were killed left behind goes.
    Raises ContractError where a table breaks the contract, UsageError where the store is for other
    readers, StoreError where it can't be written.
    """
    folder = Folder.at(store)
    releases = folder / _RELEASES
    check_kept_apart(folder, facts.tier, facts.district)
    try:
        made = conform(tables, facts.tier)
        releases.make()
        _clean(folder)
        with writing_in(releases):
            release = _written(folder, made, facts)
    except ContractError as error:
        raise ContractError(f"{error}\n{on_show(folder)}") from error
    except OSError as error:
        raise StoreError(
            f"{folder} can't be written: {_why(error)}.\n"
            f"Expected a folder this user may write to, with room left.\n{on_show(folder)}"
        ) from error
    with suppress(OSError):
        _prune(folder, keep)
    return release


# --- writing -------------------------------------------------------------------------------------


def _written(folder: Folder, tables: Mapping[str, pa.Table], facts: BuildFacts) -> Release:
    """A new release with these tables, on show; nothing of it stays where that fails."""
    created = datetime.now(UTC)
    release_id = _claimed(folder / _RELEASES, created)
    target = folder / _RELEASES / release_id
    try:
        _write(target, release_id, created, tables, facts)
        release = _open(target, folder)
        target.sync()
        folder.replace(_CURRENT, f"{release_id}\n".encode())
    except BaseException:
        target.remove()
        raise
    return release


def _claimed(releases: Folder, created: datetime) -> str:
    """An id that no other release has, by the time, after all others; its folder is made."""
    second = created.strftime("%Y-%m-%dT%H%M%S")
    if releases.local is None:
        # Nothing tells at once there whether somebody else has the same.
        release_id = f"{second}-{created:%f}{uuid4().hex[:6]}"
        (releases / release_id).claim()
        return release_id
    while True:
        found = [
            re.fullmatch(rf"{second}(?:-(\d{{2,}}))?", e.base_name) for e in releases.entries()
        ]
        number = 1 + max((int(match[1] or 1) for match in found if match), default=0)
        release_id = second if number == 1 else f"{second}-{number:02d}"
        if (releases / release_id).claim():
            return release_id


def _write(
    folder: Folder,
    release_id: str,
    created: datetime,
    tables: Mapping[str, pa.Table],
    facts: BuildFacts,
) -> None:
    """Write the files of a release, the manifest last: a folder without one is no release."""
    months = pc.unique(tables["attendance"]["month"]).to_pylist()
    if not months:
        raise ContractError("A release can't be written: the table `attendance` holds no month.")
    manifest = Manifest(
        release_id=release_id,
        created=created.isoformat(timespec="seconds"),
        contract_version=CONTRACT_VERSION,
        leapdash_version=__version__,
        tier=facts.tier,
        synthetic=facts.synthetic,
        through=max(months),
        school_years=tuple(sorted({school_year_of(month) for month in months})),
        rules={
            "half_day": facts.half_day,
            **RULES,
            "suppression": facts.suppression,
        },
        sources=facts.sources,
        tables=_write_tables(folder, tables),
        district=facts.district,
    )
    package = json.dumps(datapackage(manifest), indent=2, ensure_ascii=False)
    folder.write("datapackage.json", package.encode())
    folder.write(MANIFEST, manifest.to_json().encode())


def _write_tables(folder: Folder, tables: Mapping[str, pa.Table]) -> dict[str, TableFacts]:
    with ThreadPoolExecutor() as pool:
        facts = pool.map(lambda name: _write_table(folder, name, tables[name]), tables)
        return dict(zip(tables, facts, strict=True))


def _write_table(folder: Folder, name: str, data: pa.Table) -> TableFacts:
    sink = pa.BufferOutputStream()
    pq.write_table(
        data,
        sink,
        compression="zstd",
        compression_level=9,
        row_group_size=_ROWS_PER_GROUP,
        write_page_index=True,
    )
    content = sink.getvalue()
    file = f"{name}.parquet"
    folder.write(file, content)
    return TableFacts(file, data.num_rows, content.size, hashlib.sha256(content).hexdigest())


# --- clearing up ---------------------------------------------------------------------------------


def _clean(folder: Folder) -> None:
    """Remove what builds that were killed left behind: releases without a manifest, and the files
    and folders whose names begin with a dot. Nothing of a build that may still run.
    """
    releases = folder / _RELEASES
    with alone_in(releases) as alone:
        shown = current_id(folder)
        for entry in releases.entries():
            left = releases / entry.base_name
            unfinished = _ID.fullmatch(entry.base_name) and not left.has(MANIFEST)
            if (
                (unfinished or entry.base_name.startswith(".writing-"))
                and entry.base_name != shown
                and _is_over(left.last_written(), alone)
            ):
                left.remove()
        for entry in folder.entries():
            if entry.base_name.startswith(f".{_CURRENT}-") and _is_over(entry.mtime, alone):
                folder.remove_file(entry.base_name)


def _prune(folder: Folder, keep: int) -> None:
    """Remove all but the newest `keep` releases; the one on show stays in any case, and so does
    every release while another build may be about to show it.
    """
    releases = folder / _RELEASES
    with alone_in(releases) as alone:
        shown = current_id(folder)
        found = [entry.base_name for entry in releases.entries()]
        ids = sorted(name for name in found if _ID.fullmatch(name))
        for old in ids[: -max(keep, 1)]:
            release = releases / old
            if old != shown and _is_over(release.last_written(), alone):
                release.remove()


def _is_over(last_written: datetime | None, alone: bool | None) -> bool:
    """Whether what was last written then belongs to no build that may still run."""
    if alone is None and last_written is not None:
        return datetime.now(UTC) - last_written > LONG_AGO
    return bool(alone)


# --- opening -------------------------------------------------------------------------------------


def _open(folder: Folder, store: Folder) -> Release:
    mend = f"Build again: {_REBUILD.format(store=store)}"
    try:
        manifest = read_manifest(folder, mend)
        expected = {facts.file for facts in manifest.tables.values()}
        found = {e.base_name for e in folder.entries() if e.base_name.endswith(".parquet")}
        if expected != found:
            raise ReleaseError(
                f"{folder}: the manifest doesn't match its files.\n"
                f"Missing: {sorted(expected - found)}; not in the manifest: "
                f"{sorted(found - expected)}.\n{mend}"
            )
        for facts in manifest.tables.values():
            checksum = folder.sha256(facts.file)
            if checksum != facts.sha256:
                raise ReleaseError(
                    f"{folder / facts.file}: SHA-256 {checksum[:12]}…, expected "
                    f"{facts.sha256[:12]}… as in the manifest. The file was changed after it was "
                    f"published.\n{mend}"
                )
        for name, wrong, columns in misplaced(folder, manifest):
            whom = _for_whom(manifest.tier, manifest.district)
            raise ReleaseError(
                f"{folder / name}: {wrong}.\nExpected {columns}: the manifest calls the release "
                f"{whom}, and may be another's.\n{mend}"
            )
    except pa.ArrowInvalid as error:
        raise ReleaseError(f"{folder}: a file that is no Parquet ({error}).\n{mend}") from error
    except OSError as error:
        raise ReleaseError(
            f"{folder}: can't be read ({_why(error)}).\nExpected files this user may read.\n{mend}"
        ) from error
    return Release(folder, manifest)


def _for_whom(tier: object, district: object) -> str:
    return shortened(f"a {tier} one" + (f" of {district}" if district else ""))


def _is_id(text: str) -> bool:
    """Whether a release can be called that: the name of one folder, and of none that is hidden."""
    return re.fullmatch(r"\w[\w.:-]*", text) is not None


def _expected_current(store: Folder) -> str:
    """What a store's `current` should be, and how to mend it."""
    return (
        "Expected a text file that holds the id of the release on show, the name of a folder under "
        f"{_RELEASES}/. Write it, or remove what stands there and build again: "
        f"{_REBUILD.format(store=store)}"
    )


def _why(error: OSError) -> str:
    """Why a file can't be read or written, as the system puts it."""
    return strerror(error.errno) if error.errno else str(error.strerror or error).rstrip(".")
