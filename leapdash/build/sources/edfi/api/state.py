"""How far a download has come, in a file of the folder, so that a broken one goes on."""

import gzip
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from leapdash.errors import InputError, StoreError, UsageError, shortened

FILE = ".fetched.json"
_PART = ".part"

Row = Mapping[str, Any]


@dataclass
class State:
    """`url`: of the API. `version`: the change version that the folder holds all changes up to;
    None before the first download is through, and where the API counts no changes. `since` and
    `to`: the window of changes under way; `done`: resources that are through with it. `resource`,
    `position`, `pages`: the resource under way, where its next page is, and how many there are.
    """

    url: str
    version: int | None = None
    complete: bool = False
    under_way: bool = False
    since: int | None = None
    to: int | None = None
    done: list[str] = field(default_factory=list)
    resource: str = ""
    position: str = ""
    pages: int = 0


class Folder:
    """The folder that resources are downloaded into. Its files are for this user alone."""

    def __init__(self, path: Path, url: str) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"--out {path}: can't be made ({error.strerror}).") from error
        self.state = self._read(url)
        # From now on it is known whose folder it is.
        self.save()

    def _read(self, url: str) -> State:
        file = self.path / FILE
        if not file.exists():
            others = [one.name for one in self.path.iterdir() if one.name != "edfi.toml"]
            if any(name.endswith((".json", ".jsonl", ".gz")) for name in others):
                raise UsageError(
                    f"--out {self.path}: holds {shortened(others[0])}, which no download wrote.\n"
                    "Expected a new or empty folder, or one of an earlier download. Nothing was "
                    "written."
                )
            return State(url)
        try:
            state = State(**json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise InputError(
                f"{file}: can't be read.\nExpected what an earlier download wrote. Download into a "
                "new folder."
            ) from error
        if state.url != url:
            raise UsageError(
                f"--out {self.path}: an earlier download from {shortened(state.url)} is there.\n"
                "Expected one API for one folder. Give a new folder."
            )
        return state

    def save(self) -> None:
        """Write down how far it has come."""
        self._write(self.path / FILE, [json.dumps(asdict(self.state)).encode()])

    def save_discovery(self, found: Mapping[str, Any]) -> None:
        """Keep what the API says of itself beside the resources."""
        self._write(self.path / "api.json", [json.dumps(found, indent=1).encode()])

    def save_page(self, rows: Iterable[Row]) -> None:
        """Keep one page of the resource under way. `save` says that it is there."""
        pages = self._parts()
        pages.mkdir(mode=0o700, exist_ok=True)
        self._write_rows(pages / f"{self.state.pages:06d}.jsonl.gz", rows)

    def pages(self) -> Iterator[Row]:
        """The rows of all pages of the resource under way, in the order they were read."""
        for number in range(self.state.pages):
            yield from _rows(self._parts() / f"{number:06d}.jsonl.gz")

    def rows(self, resource: str) -> Iterator[Row]:
        """The rows of a resource that is there, nothing where it isn't."""
        file = self._file(resource)
        if file.exists():
            yield from _rows(file)

    def replace(self, resource: str, rows: Iterable[Row]) -> int:
        """Put these rows in the place of a resource's; how many there are."""
        return self._write_rows(self._file(resource), rows)

    def drop_pages(self) -> None:
        """Remove the pages of the resource under way."""
        folder = self._parts()
        if folder.exists():
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()

    def _parts(self) -> Path:
        return self.path / f".{self.state.resource}{_PART}"

    def _file(self, resource: str) -> Path:
        return self.path / f"{resource}.jsonl.gz"

    def _write_rows(self, file: Path, rows: Iterable[Row]) -> int:
        count = 0

        def lines() -> Iterator[bytes]:
            nonlocal count
            for row in rows:
                count += 1
                yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

        self._write(file, lines(), zipped=True)
        return count

    def _write(self, file: Path, pieces: Iterable[bytes], zipped: bool = False) -> None:
        """A file whole or not at all."""
        new = file.with_name(f".{file.name}.new")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                if zipped:
                    with gzip.GzipFile("", "wb", 4, opened, mtime=0) as zipper:
                        zipper.writelines(pieces)
                else:
                    opened.writelines(pieces)
            new.replace(file)
        except OSError as error:
            raise StoreError(
                f"{file}: can't be written ({error.strerror}).\nExpected a place this user may "
                "write to, with room left. The same command goes on where it stopped."
            ) from error


def _rows(file: Path) -> Iterator[Row]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise InputError(
            f"{file}: can't be read.\nExpected what an earlier download wrote. Download into a new "
            "folder."
        ) from error
