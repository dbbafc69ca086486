"""Folders on this machine, or on any other file system pyarrow reads (S3, GCS, Azure, HDFS)."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from pyarrow import fs

from leapdash.paths import is_address
from leapdash.remote import file_system, without_secrets

try:
    import fcntl
except ImportError:  # Windows has none; age tells there, as on file systems without locks
    fcntl = None  # type: ignore[assignment]

LONG_AGO = timedelta(days=1)
"""Where nothing tells whether a build still runs, what is older than this belongs to none."""


@dataclass(frozen=True)
class Folder:
    """A folder at `path` of the file system `files`; printed as it was given."""

    files: fs.FileSystem
    path: str
    given: str = field(compare=False)

    @classmethod
    def at(cls, address: "Address") -> "Folder":
        """The folder at a path of this machine or a URI (`s3://bucket/store`); UsageError where
        there is no file system of that kind.
        """
        if isinstance(address, Folder):
            return address
        if is_address(address):
            return cls(*file_system(str(address)), without_secrets(str(address)))
        return cls(fs.LocalFileSystem(), str(Path(address).absolute()), str(address))

    def __truediv__(self, name: str) -> "Folder":
        return Folder(self.files, f"{self.path}/{name}", f"{self.given.rstrip('/')}/{name}")

    def __str__(self) -> str:
        return self.given

    @property
    def local(self) -> Path | None:
        """Where the folder is on this machine; None where it is elsewhere."""
        return Path(self.path) if isinstance(self.files, fs.LocalFileSystem) else None

    def read(self, name: str) -> bytes:
        """What a file of the folder holds. Raises OSError; FileNotFoundError where there is none,
        IsADirectoryError where it is a folder.
        """
        path = f"{self.path}/{name}"
        try:
            with self.files.open_input_stream(path) as file:
                return bytes(file.readall())
        except OSError as error:
            if self.files.get_file_info(path).type == fs.FileType.Directory:
                raise IsADirectoryError(None, "a folder stands in its place") from error
            raise

    def write(self, name: str, data: bytes | pa.Buffer) -> None:
        """Write a file of the folder, whole and to the disk."""
        with self.files.open_output_stream(f"{self.path}/{name}") as file:
            file.write(data)
        self._sync(name)

    def replace(self, name: str, data: bytes) -> None:
        """Write a file that others may be reading: they see the old one or the new one.

        A rename on this machine; elsewhere one write, which object stores show whole or not at all.
        """
        if self.local is None:
            self.write(name, data)
            return
        beside = f".{name}-{uuid4().hex[:12]}"
        try:
            self.write(beside, data)
            (self.local / beside).replace(self.local / name)
        finally:
            (self.local / beside).unlink(missing_ok=True)
        self._sync("")

    def make(self) -> None:
        """Make the folder, and those it is in, where they aren't there."""
        self.files.create_dir(self.path)

    def claim(self) -> bool:
        """Make the folder; False where it was there already (on this machine only)."""
        if self.local is None:
            self.make()
            return True
        try:
            self.local.mkdir()
        except FileExistsError:
            return False
        return True

    def has(self, name: str) -> bool:
        """Whether the folder holds a file of that name."""
        info = self.files.get_file_info(f"{self.path}/{name}")
        return bool(info.type == fs.FileType.File)

    def sha256(self, name: str) -> str:
        """The SHA-256 of a file of the folder."""
        with self.files.open_input_stream(f"{self.path}/{name}") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def entries(self) -> list[fs.FileInfo]:
        """Files and folders in the folder; none where there is no such folder."""
        found: list[fs.FileInfo] = self.files.get_file_info(
            fs.FileSelector(self.path, allow_not_found=True)
        )
        return found

    def last_written(self) -> datetime | None:
        """When any of its files was last written; None where it holds none."""
        infos = self.files.get_file_info(
            fs.FileSelector(self.path, allow_not_found=True, recursive=True)
        )
        return max((i.mtime for i in infos if i.mtime is not None), default=None)

    def remove(self) -> None:
        """Remove the folder with all it holds, if it can be removed."""
        try:
            self.files.delete_dir(self.path)
        except OSError:
            return

    def remove_file(self, name: str) -> None:
        """Remove a file of the folder, if it can be removed."""
        try:
            self.files.delete_file(f"{self.path}/{name}")
        except OSError:
            return

    def sync(self) -> None:
        """Have the folder's entries on the disk before anything that comes after."""
        self._sync("")

    def _sync(self, name: str) -> None:
        if self.local is not None:
            descriptor = os.open(self.local / name, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


Address = str | Path | Folder
"""A path of this machine, a URI, or a folder already found."""


@contextmanager
def writing_in(folder: Folder) -> Iterator[None]:
    """While the block runs, `alone_in` says elsewhere that somebody writes in the folder."""
    with _locked(folder, exclusively=False):
        yield


@contextmanager
def alone_in(folder: Folder) -> Iterator[bool | None]:
    """Whether nobody writes in the folder, nor will before the block ends; None where nothing tells
    (the file system knows no locks).
    """
    with _locked(folder, exclusively=True) as alone:
        yield alone


@contextmanager
def _locked(folder: Folder, exclusively: bool) -> Iterator[bool | None]:
    """A lock on the folder itself, which ends with the process, however that ends; True where it
    was had, False where others stand in the way, None where there are no locks.
    """
    if fcntl is None or folder.local is None:
        yield None
        return
    descriptor = os.open(folder.local, os.O_RDONLY)
    try:
        try:
            kind = fcntl.LOCK_EX | fcntl.LOCK_NB if exclusively else fcntl.LOCK_SH
            fcntl.flock(descriptor, kind)
            had: bool | None = True
        except BlockingIOError:
            had = False
        except OSError:
            had = None
        yield had
    finally:
        os.close(descriptor)
