"""Files at addresses, `s3://bucket/state` for instance, read as those of this machine are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import quote

import pyarrow as pa
from pyarrow import fs

from leapdash import paths
from leapdash.errors import UsageError
from leapdash.paths import is_address

_KINDS = {fs.FileType.File: "file", fs.FileType.Directory: "folder", fs.FileType.NotFound: ""}
# What Spark calls the same store, and pyarrow doesn't.
_OTHER_NAMES = {"s3a": "s3", "s3n": "s3"}


# Who and with which key; a key that nobody wrote as addresses want it has slashes in it.
_WHO = re.compile(r"(?<=://)([^/@]*:.*|[^/]*)@")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")


def without_secrets(address: str) -> str:
    """The address without what may stand in it for no message: who, with which key, options."""
    return _WHO.sub("", address).split("?")[0]


def no_secrets_in(text: str) -> str:
    """The text, with every address in it told without its secrets."""
    return _ADDRESS.sub(lambda found: without_secrets(found[0]), text)


def file_system(address: str) -> tuple[fs.FileSystem, str]:
    """The file system an address is on, and the path there.

    Raises UsageError where there is no file system of that kind.
    """
    kind, rest = address.split("://", 1)
    try:
        files, path = fs.FileSystem.from_uri(f"{_OTHER_NAMES.get(kind, kind)}://{rest}")
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UsageError(
            f"{without_secrets(address)}: not an address of files leapdash can read.\n"
            "Expected a path, or file://, s3://, gs://, abfs:// or hdfs://."
        ) from error
    return files, path


@dataclass(frozen=True)
class RemotePath:
    """A file or folder at an address, with as much of `pathlib.Path` as reading takes.

    Printed without what is secret in the address.
    """

    address: str = field(repr=False)
    files: fs.FileSystem = field(compare=False)
    path: str = field(compare=False)

    @classmethod
    def at(cls, address: str) -> "RemotePath":
        """What stands at an address. Raises UsageError where nothing can."""
        return cls(address, *file_system(address))

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name

    def __str__(self) -> str:
        return without_secrets(self.address)

    def __truediv__(self, name: str) -> "RemotePath":
        base, mark, options = self.address.partition("?")
        address = f"{base.rstrip('/')}/{quote(name)}{mark}{options}"
        return RemotePath(address, self.files, f"{self.path.rstrip('/')}/{name}")

    def iterdir(self) -> Iterator["RemotePath"]:
        """What the folder holds."""
        for info in self.files.get_file_info(fs.FileSelector(self.path)):
            yield self / info.base_name

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return bool(self.files.get_file_info(self.path).type == fs.FileType.Directory)

    def not_a(self, kind: Literal["file", "folder"]) -> str | None:
        """What stands there in the place of a file or folder; None where it is one."""
        try:
            found = _KINDS.get(self.files.get_file_info(self.path).type, "device")
        except OSError as error:
            return f"can't be reached ({str(error).splitlines()[0].rstrip('.')})"
        if found == kind:
            return None
        return f"a {found}" if found else f"no such {kind}"

    def open(self, mode: Literal["rb"]) -> pa.NativeFile:  # noqa: ARG002 - as Path.open
        """The file's bytes. Raises OSError."""
        return self.files.open_input_file(self.path)


InputPath = Path | RemotePath


def input_path(given: str | Path) -> InputPath:
    """A path of this machine, or what stands at an address. Raises UsageError as `file_system`."""
    if not is_address(given):
        return Path(given)
    found = RemotePath.at(str(given))
    return Path(found.path) if isinstance(found.files, fs.LocalFileSystem) else found


def input_paths(given: str | Path | Sequence[str | Path]) -> list[InputPath]:
    """One input or several, each as `input_path` has it."""
    several = [given] if isinstance(given, str | Path) else given
    return [input_path(one) for one in several]


def address_of(path: InputPath) -> str:
    """The path or address as an engine takes it."""
    return path.address if isinstance(path, RemotePath) else str(path)


def not_a_file(path: InputPath) -> str | None:
    """What stands there in the place of a file this user may read; None where it is one."""
    return path.not_a("file") if isinstance(path, RemotePath) else paths.not_a_file(path)


def not_a_folder(path: InputPath) -> str | None:
    """What stands there in the place of a folder this user may read; None where it is one."""
    return path.not_a("folder") if isinstance(path, RemotePath) else paths.not_a_folder(path)
