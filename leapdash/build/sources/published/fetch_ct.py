"""Connecticut's public files, downloaded from its open data portal, and kept with checksums.

The portal (Socrata) gives a dataset page by page; what the columns are called stands in its
description. A dataset that is as it was, by the portal's ETags, isn't read again. The files are
those that `leapdash build --published` reads, and stay where the portal can't be reached.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from urllib3.util import Retry

from leapdash.build.sources.published.read import read_published
from leapdash.build.sources.web import TRIES, Answer, UnreachableError, Web, plain
from leapdash.errors import InputError, StoreError, shortened
from leapdash.progress import SILENT, Progress

PORTAL = "https://data.ct.gov"
DATASETS: Mapping[str, str] = {
    "226r-dnit": "ct-attendance-2020-21.csv",
    "t4hx-jd4c": "ct-attendance-2021-22.csv",
    "he4h-bgqh": "ct-attendance-2022-23.csv",
    "9k2y-kqxn": "ct-education-directory.csv",
}
"""The portal's datasets, and the file each becomes: School Attendance by Student Group and
District, year by year, and the Education Directory."""

RECORD = "fetched.json"
_DIRECTORY = "9k2y-kqxn"
_PAGE_ROWS = 5_000
_READ_AGAIN = 3
_REMEDY = "Expected an answer. Ask again later; files that were fetched before stay as they are."


@dataclass(frozen=True)
class Fetched:
    """What is known of a file: when it was read, from where, its rows, SHA-256, and the ETag of
    each page it came in.
    """

    file: str
    url: str
    fetched: str
    rows: int
    sha256: str
    etags: tuple[str, ...]


def fetch_ct(
    out: Path,
    portal: str = PORTAL,
    page_rows: int = _PAGE_ROWS,
    tries: Retry = TRIES,
    progress: Progress = SILENT,
) -> list[Path]:
    """The files of DATASETS in the folder `out`, and `fetched.json` beside them (see Fetched).

    A file is written whole or not at all, and only where its rows are those the portal counts, and
    `leapdash build` reads it. Raises InputError where an answer isn't the dataset's,
    UnreachableError where a file isn't there and none comes, StoreError where `out` can't be
    written.
    """
    web = Web(portal, _REMEDY, tries)
    out = _folder(out)
    known = _record(out)
    for dataset, name in DATASETS.items():
        before = known.get(dataset)
        if before is not None and not _is_whole(out / name, before):
            progress.note(f"{name}: not as it was fetched; it is fetched anew")
            before = None
        try:
            with progress.step(f"fetch {name}") as step:
                found = _dataset(web, dataset, out / name, before, page_rows)
                step.rows = found.rows
        except UnreachableError as error:
            if before is None:
                raise
            progress.note(f"{str(error).splitlines()[0]} {name} stays as of {before.fetched[:10]}.")
            continue
        known[dataset] = found
        _keep(out / RECORD, json.dumps({k: asdict(v) for k, v in known.items()}, indent=2))
    return [out / name for name in DATASETS.values()]


def _dataset(web: Web, dataset: str, path: Path, before: Fetched | None, page_rows: int) -> Fetched:
    """One dataset, read anew where it isn't as it was before. It is read again where its rows
    changed meanwhile.
    """
    if before is not None and _as_before(web, dataset, before, page_rows):
        return before
    for _time in range(_READ_AGAIN):
        count = _count(web, dataset)
        names = _names(web, dataset)
        etags: list[str] = []
        rows: list[list[str]] = []
        header: list[str] = []
        for answer in _pages(web, dataset, page_rows):
            header, *page = _csv(web, dataset, answer)
            rows += page
            etags.append(answer.headers.get("etag", ""))
        if len(rows) == count == _count(web, dataset):
            break
    else:
        raise InputError(
            f"{web.url}, dataset {dataset}: {len(rows):,} rows came, and the portal counts "
            f"{count:,}, {_READ_AGAIN} times.\nExpected as many. Ask again later."
        )
    text = _written([[names.get(name, name) for name in header], *rows])
    _check_readable(path, dataset, text)
    _keep(path, text)
    return Fetched(
        file=path.name,
        url=f"{web.url}/resource/{dataset}.csv",
        fetched=datetime.now(UTC).isoformat(timespec="seconds"),
        rows=len(rows),
        sha256=sha256(text.encode()).hexdigest(),
        etags=tuple(etags),
    )


def _as_before(web: Web, dataset: str, before: Fetched, page_rows: int) -> bool:
    """Whether every page is as it was, and no more came."""
    if not all(before.etags):
        return False
    for place, etag in enumerate(before.etags):
        answer = _page(web, dataset, place * page_rows, page_rows, {"If-None-Match": etag})
        if answer.status != HTTPStatus.NOT_MODIFIED:
            return False
    return _count(web, dataset) == before.rows


def _pages(web: Web, dataset: str, page_rows: int) -> Iterator[Answer]:
    """The pages with rows, by the portal's own row ids."""
    offset = 0
    while True:
        answer = _page(web, dataset, offset, page_rows, {})
        came = len(_csv(web, dataset, answer)) - 1
        if came or not offset:
            yield answer
        if not came:
            return
        offset += came


def _page(
    web: Web, dataset: str, offset: int, page_rows: int, headers: Mapping[str, str]
) -> Answer:
    query = {"$limit": str(page_rows), "$offset": str(offset), "$order": ":id"}
    url = f"{web.url}/resource/{dataset}.csv"
    return web.ask("GET", url, {"Accept": "text/csv", **headers}, query)


def _csv(web: Web, dataset: str, answer: Answer) -> list[list[str]]:
    """A page's header and rows. Raises InputError where it is no CSV."""
    where = f"{plain(web.url)}, dataset {dataset}"
    try:
        text = answer.body.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{where}: an answer that is no CSV ({error}).\n{_REMEDY}") from error
    if not rows or text.lstrip()[:1] in "<{":
        found = shortened(text.strip() or "an empty answer", 100)
        raise InputError(
            f"{where}: {found}.\nExpected CSV. Look whether the network needs a sign-in."
        )
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise InputError(
                f"{where}, row {line} of a page: {len(row)} values.\n"
                f"Expected {len(rows[0])}, as in its header. {_REMEDY}"
            )
    return rows


def _count(web: Web, dataset: str) -> int:
    query = {"$select": "count(*) as rows"}
    found = _json(web, f"{web.url}/resource/{dataset}.json", query)
    try:
        return int(found[0]["rows"])
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"{plain(web.url)}, dataset {dataset}: no count of its rows.\n{_REMEDY}"
        ) from error


def _names(web: Web, dataset: str) -> dict[str, str]:
    """What the portal calls each column where people read it, by its name in a page."""
    found = _json(web, f"{web.url}/api/views/{dataset}.json", {})
    try:
        return {str(one["fieldName"]): str(one["name"]) for one in found["columns"]}
    except (LookupError, TypeError) as error:
        raise InputError(
            f"{plain(web.url)}, dataset {dataset}: no description of its columns.\n{_REMEDY}"
        ) from error


def _json(web: Web, url: str, query: Mapping[str, str]) -> Any:
    answer = web.ask("GET", url, {"Accept": "application/json"}, query)
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{plain(url)}: an answer that is no JSON.\n{_REMEDY}") from error


# --- files -----------------------------------------------------------------------------------


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _check_readable(path: Path, dataset: str, text: str) -> None:
    """Raises InputError where `leapdash build` couldn't read what came."""
    if dataset == _DIRECTORY:
        return
    part = path.with_name(f".{path.name}")
    _keep(part, text)
    try:
        read_published(part)
    except InputError as error:
        raise InputError(f"dataset {dataset}, as it came: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{out}: can't be made a folder ({error.strerror}). Give another --out."
        ) from error
    return out


def _record(out: Path) -> dict[str, Fetched]:
    """What the folder's files are; nothing where that can't be read, so that all is read anew."""
    try:
        said = json.loads((out / RECORD).read_text(encoding="utf-8"))
        return {
            name: Fetched(**{**facts, "etags": tuple(facts["etags"])})
            for name, facts in said.items()
            if name in DATASETS
        }
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}


def _is_whole(path: Path, before: Fetched) -> bool:
    try:
        return sha256(path.read_bytes()).hexdigest() == before.sha256
    except OSError:
        return False


def _keep(path: Path, text: str) -> None:
    """The text in a file, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"{path}: can't be written ({error.strerror}). Give another --out."
        ) from error
