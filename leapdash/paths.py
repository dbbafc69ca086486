"""Paths as they were given: what keeps one from being used, before any long work begins."""

import os
import re
import stat
from pathlib import Path

from leapdash.errors import UsageError


def not_a_file(path: Path) -> str | None:
    """What stands there in the place of a file this user may read; None where it is one."""
    mode = _mode(path)
    if isinstance(mode, str):
        return mode
    if stat.S_ISDIR(mode):
        return "a folder"
    if not stat.S_ISREG(mode):
        return "a pipe or a device"
    try:
        path.open("rb").close()
    except OSError as error:
        return f"can't be opened ({error.strerror})"
    return None


def not_a_folder(path: Path) -> str | None:
    """What stands there in the place of a folder this user may read; None where it is one."""
    mode = _mode(path)
    if isinstance(mode, str):
        return mode.replace("file", "folder")
    if not stat.S_ISDIR(mode):
        return "a file"
    try:
        os.scandir(path).close()
    except OSError as error:
        return f"can't be opened ({error.strerror})"
    return None


def is_address(path: str | Path) -> bool:
    """Whether it is a file on another file system, as `s3://bucket/store`."""
    return isinstance(path, str) and re.match(r"[a-zA-Z][\w+.-]*://", path) is not None


def check_out(out: str | Path) -> None:
    """Raises UsageError where no folder of that path can be made or written to.

    What stands at an address shows when it is written to.
    """
    if is_address(out):
        return
    path = Path(out)
    there = path.absolute()
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    found = not_a_folder(there)
    as_effective = os.access in os.supports_effective_ids
    if found is None and not os.access(there, os.W_OK | os.X_OK, effective_ids=as_effective):
        found = "this user may not write there"
    if found is not None:
        what = found if there == path.absolute() else f"{there}: {found}"
        raise UsageError(
            f"--out {path} can't be written: {what}.\n"
            "Expected a folder, or the name of one to be made. Nothing was written."
        )


def _mode(path: Path) -> int | str:
    """The file's kind; or, where it can't be told, what stands in the way."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return "a name that is not in UTF-8"
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return "no such file"
    except OSError as error:
        return f"can't be opened ({error.strerror})"
    try:
        return path.stat().st_mode
    except OSError as error:
        return f"a link that leads nowhere ({error.strerror})"
