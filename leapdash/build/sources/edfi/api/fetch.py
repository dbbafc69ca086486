"""Everything a build needs from an Ed-Fi API into a folder; a second time, only what has changed.

The first time a window of all changes up to now is read; then, until nothing is newer, the changes
since, with what was deleted. So the folder holds what the API held at one moment, whatever changed
while it was read. An API that counts no changes is read as it is, from first page to last.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from urllib3.util import Retry

from leapdash.build.sources.edfi.api.client import Client
from leapdash.build.sources.edfi.api.pages import Pages
from leapdash.build.sources.edfi.api.state import Folder, State
from leapdash.build.sources.edfi.resources import Resource, resources
from leapdash.build.sources.web import TRIES, NotThereError
from leapdash.errors import InputError, LeapdashError, UsageError, shortened
from leapdash.progress import SILENT, Progress

PAGE_SIZE = 500
"""Rows asked for at once: the most that an ODS/API gives by default."""

_MOST_ROUNDS = 20
_ID = re.compile(r"([0-9a-fA-F]-?){31}[0-9a-fA-F]")
_CURSORS_FROM = (7, 3)
_NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST)
_UNSEEN = (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN)

Row = Mapping[str, Any]


def fetch_edfi(
    url: str,
    out: Path,
    *,
    page_size: int = PAGE_SIZE,
    progress: Progress = SILENT,
    tries: Retry = TRIES,
) -> dict[str, int]:
    """The resources of an API as gzipped JSON lines in the folder `out`; how many rows each has.

    `url`: the API's base address; key and secret come from the environment (see `client`). A
    download that broke off goes on; one into a folder of an earlier one brings what has changed.
    Only the fields that a build reads are kept.

    Raises UsageError where what is given makes no sense, InputError for an answer that is none of
    an Ed-Fi API, StoreError where the folder can't be written, LeapdashError where no answer comes.
    """
    client = Client(url, tries)
    found = client.discover()
    folder = Folder(out, client.url)
    folder.save_discovery(found)
    download = _Download(client, found, folder, page_size, progress)
    download.all()
    return {
        resource.name: sum(1 for _ in folder.rows(resource.name)) for resource in download.wanted
    }


class _Download:
    def __init__(
        self,
        client: Client,
        found: Mapping[str, Any],
        folder: Folder,
        page_size: int,
        progress: Progress,
    ) -> None:
        self._client = client
        self._folder = folder
        self._size = page_size
        self._progress = progress
        self._data = found["urls"]["dataManagementApi"].rstrip("/")
        changes = found["urls"].get("changeQueries") or f"{client.url}/changeQueries/v1/"
        self._newest_at = f"{changes.rstrip('/')}/availableChangeVersions"
        self._cursors = _version(found) >= _CURSORS_FROM
        self._snapshot = False
        self.wanted = resources(_standard(found))

    @property
    def _state(self) -> State:
        return self._folder.state

    def all(self) -> None:
        """Round after round, until no change is newer than what the folder holds."""
        self._snapshot = self._offers_snapshot()
        newest = self._newest()
        if newest is None:
            self._progress.note(
                "the API counts no changes: rows that change while they are read may be missing"
            )
        for _ in range(_MOST_ROUNDS):
            state = self._state
            if not state.under_way:
                if state.complete and newest is not None and newest == state.version:
                    return
                since = state.version if state.complete else None
                if newest is None:
                    since = None
                state.under_way, state.done = True, []
                state.since, state.to = since, newest
                self._folder.save()
            self._round()
            if newest is None:
                return
            newest = self._newest()
        self._progress.note("the API changes faster than it can be read; run it again later")

    def _round(self) -> None:
        state = self._state
        for resource in self.wanted:
            if resource.name in state.done:
                continue
            name = resource.name if state.since is None else f"changes of {resource.name}"
            with self._progress.step(f"fetch {name}") as step:
                step.rows = self._one(resource)
            state.done.append(resource.name)
            state.resource, state.position, state.pages = "", "", 0
            self._folder.save()
        state.version, state.complete, state.under_way = state.to, True, False
        state.done = []
        self._folder.save()

    def _one(self, resource: Resource) -> int | None:
        """Read one resource's window to its end, and put it into the folder."""
        state = self._state
        if state.resource != resource.name:
            state.resource, state.position, state.pages = resource.name, "", 0
        url = f"{self._data}/ed-fi/{resource.name}"
        pages = Pages(self._client, url, self._window(), self._size, self._cursors, self._snapshot)
        try:
            for page in pages.after(state.position):
                self._folder.save_page(_kept(resource, row) for row in page.rows)
                state.pages += 1
                state.position = page.following
                self._folder.save()
        except NotThereError as error:
            self._check_unseen(resource, error)
            return None
        if state.since is None:
            count = self._folder.replace(resource.name, _once(self._folder.pages()))
        else:
            count = self._change(resource, url)
        self._folder.drop_pages()
        return count

    def _check_unseen(self, resource: Resource, error: NotThereError) -> None:
        if error.status not in _UNSEEN:
            raise error
        if resource.needed:
            raise UsageError(
                f"{resource.name}: the API doesn't show it to this client ({error.status}).\n"
                "Expected a client whose claim set may read it. Ask the host."
            ) from error
        self._progress.note(
            f"{resource.name}: the API doesn't show it ({error.status}); without it"
        )

    def _change(self, resource: Resource, url: str) -> int:
        """The resource's rows in the folder with those that changed, and without the deleted."""
        changed = {_id(row): row for row in self._folder.pages()}
        plain = Pages(self._client, url, self._window(), self._size, False, self._snapshot)
        gone = set(self._ids(plain, "deletes"))
        # Where a key changed, the row as it was is another; what it is now is among the changed.
        for one in set(self._ids(plain, "keyChanges")) - gone - set(changed):
            try:
                row = self._client.get(f"{url}/{one}", snapshot=self._snapshot).content
                changed[one] = _kept(resource, row)
            except NotThereError as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise
                gone.add(one)

        def rows() -> Iterator[Row]:
            for row in self._folder.rows(resource.name):
                if _id(row) not in gone and _id(row) not in changed:
                    yield row
            # What was deleted and is there again has another id.
            yield from (row for one, row in changed.items() if one not in gone)

        return self._folder.replace(resource.name, rows())

    def _ids(self, pages: Pages, kind: str) -> Iterator[str]:
        of = Pages(
            pages.client, f"{pages.url}/{kind}", pages.query, pages.size, False, self._snapshot
        )
        try:
            yield from (_id(row) for row in of.forwards())
        except NotThereError as error:
            if error.status not in _UNSEEN:
                raise
            if kind == "deletes":
                raise UsageError(
                    f"{shortened(pages.url)}/deletes: the API doesn't show what was deleted "
                    f"({error.status}).\nExpected a client that may read changes. Ask the host, or "
                    "download into a new folder."
                ) from error

    def _window(self) -> dict[str, int]:
        state = self._state
        window = {} if state.since is None else {"minChangeVersion": state.since + 1}
        return window if state.to is None else {**window, "maxChangeVersion": state.to}

    def _offers_snapshot(self) -> bool:
        try:
            self._client.get(self._newest_at, snapshot=True)
        except NotThereError as error:
            if error.status not in _NOT_THERE:
                raise _refused(error) from error
            return False
        return True

    def _newest(self) -> int | None:
        """The newest change version; None where the API counts no changes."""
        try:
            found = self._client.get(self._newest_at, snapshot=self._snapshot).content
        except NotThereError as error:
            if error.status not in _NOT_THERE:
                raise _refused(error) from error
            return None
        newest = found.get("newestChangeVersion") if isinstance(found, dict) else None
        if not isinstance(newest, int):
            raise InputError(
                f"{self._newest_at}: no newestChangeVersion in the answer.\n"
                "Expected it. Ask the host whether this is an Ed-Fi API."
            )
        return newest


def _refused(error: NotThereError) -> LeapdashError:
    return UsageError(
        f"{error} The API doesn't take this client's token.\n"
        "Expected a client that may read. Ask the host."
    )


def _once(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, each id once."""
    seen = set()
    for row in rows:
        # As bytes: a million and a half of texts would take twice the room.
        one = bytes.fromhex(_id(row))
        if one not in seen:
            seen.add(one)
            yield row


def _id(row: Row) -> str:
    """The id of a resource's row, without dashes: not every version writes them."""
    found = row.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise InputError(
            "A row without an id as Ed-Fi's APIs give it.\nExpected 32 letters and digits. Ask the "
            "host whether this is an Ed-Fi API."
        )
    return found.replace("-", "").lower()


def _kept(resource: Resource, row: Row) -> dict[str, Any]:
    """Of a row what a build reads, and its id."""
    kept: dict[str, Any] = {"id": _id(row)}
    for field in resource.fields:
        _copy(row, kept, field.path.split("."))
    for items in resource.items:
        found = row.get(items.path)
        if isinstance(found, list):
            names = [field.path for field in items.fields]
            kept[items.path] = [
                {name: one[name] for name in names if name in one} if isinstance(one, dict) else one
                for one in found
            ]
        elif found is not None:
            kept[items.path] = found
    return kept


def _copy(row: Any, kept: dict[str, Any], path: list[str]) -> None:
    name, *rest = path
    if not isinstance(row, dict) or name not in row:
        return
    if rest and isinstance(row[name], dict):
        _copy(row[name], kept.setdefault(name, {}), rest)
    else:
        kept[name] = row[name]


def _standard(found: Mapping[str, Any]) -> int:
    try:
        models = {model["name"]: str(model["version"]) for model in found["dataModels"]}
        number = int(models["Ed-Fi"].split(".")[0])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "The API's discovery document names no Ed-Fi data model.\nExpected its version under "
            "dataModels. Ask the host whether this is an Ed-Fi API."
        ) from error
    if number not in (5, 6):
        raise InputError(
            f"The API has Ed-Fi Data Standard {number}.\nExpected 5 or 6. Ask the host for an "
            "address with one of them."
        )
    return number


def _version(found: Mapping[str, Any]) -> tuple[int, int]:
    numbers = re.match(r"(\d+)(?:\.(\d+))?", str(found.get("version", "")))
    return (int(numbers[1]), int(numbers[2] or 0)) if numbers else (0, 0)
