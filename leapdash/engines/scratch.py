"""A folder for what doesn't fit in memory; one that a killed process left is removed."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = "leapdash-"
_LOCK = "in-use"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of this process's own in the system's place for temporary files, removed afterwards.

    Removes first what killed processes left there (but on Windows, which has no such locks).
    """
    _remove_left_behind(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        folder = Path(name)
        lock = _lock(folder)
        try:
            yield folder
        finally:
            if lock is not None:
                os.close(lock)


def _lock(folder: Path) -> int | None:
    """Mark the folder as in use: a lock ends with the process that holds it, however it ends."""
    if sys.platform == "win32":
        return None
    waiting = folder / f".{_LOCK}"
    lock = os.open(waiting, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    # Under its own name only once it is locked: nobody ever finds it free while we are at work.
    waiting.rename(folder / _LOCK)
    return lock


def _remove_left_behind(place: Path) -> None:
    if sys.platform == "win32":
        return
    for lock in place.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            if lock.parent.is_symlink() or lock.parent.stat().st_uid != os.getuid():
                continue
            found = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(lock.parent, ignore_errors=True)
        finally:
            os.close(found)
