"""The audit log: who saw what, when, of which release. Never a student, never a token.

One line of JSON for every view, where LEAPDASH_AUDIT_LOG names a file. It is put aside every day at
midnight, UTC, and kept for LEAPDASH_AUDIT_DAYS.
"""

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from io import TextIOWrapper
from logging.handlers import TimedRotatingFileHandler
from typing import TypeVar

from leapdash.errors import UsageError
from leapdash.show.doors.reader import reader
from leapdash.show.doors.rule import for_this_reader

LOG_VARIABLE, DAYS_VARIABLE = "LEAPDASH_AUDIT_LOG", "LEAPDASH_AUDIT_DAYS"
_DAYS = 365
_LOG = logging.getLogger("leapdash.audit")

Chosen = Mapping[str, Sequence[str]]
T = TypeVar("T")


def seen(view: str, release_id: str, chosen: Chosen) -> None:
    """Note that who reads saw a view of a release.

    `view`: a page, or what of the endpoint, in words of ours; `chosen`: the filters, each with what
    it narrows to, as the address has them. Raises UsageError where there should be a log and none
    can be written.
    """
    if not _is_kept():
        return
    one = reader()
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "subject": one.subject or "public",
        "reader": one.name,
        "view": view,
        "release": release_id,
        "chosen": {name: list(values) for name, values in chosen.items()},
    }
    _LOG.info(json.dumps(line, ensure_ascii=True))


def handed_out(
    make: Callable[[], T], view: str, release_id: str, chosen: Chosen
) -> Callable[[], T]:
    """The same function, for a later time, by who reads now: what it makes is noted as seen."""

    def made() -> T:
        seen(view, release_id, chosen)
        return make()

    return for_this_reader(made)


def _is_kept() -> bool:
    """Whether there is a log; it is opened where it wasn't yet."""
    path, days = os.environ.get(LOG_VARIABLE), os.environ.get(DAYS_VARIABLE, str(_DAYS))
    if not path:
        return False
    if not days.isdecimal() or int(days) < 1:
        raise UsageError(f"{DAYS_VARIABLE}: not a number of days.\nExpected 1 or more.")
    _open(path, int(days))
    return True


@cache
def _open(path: str, days: int) -> None:
    """Raises UsageError where it can't be opened."""
    try:
        handler = _PrivateFile(path, when="midnight", utc=True, backupCount=days, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{LOG_VARIABLE}={path} can't be written: {error.strerror}.\n"
            "Expected the name of a file, in a folder this user may write to."
        ) from error
    handler.setFormatter(logging.Formatter("%(message)s"))
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    # Who reads what is for nobody else's log.
    _LOG.propagate = False


class _PrivateFile(TimedRotatingFileHandler):
    """A file that its owner alone may read."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        file = os.fdopen(os.open(self.baseFilename, flags, 0o600), "ab")
        return TextIOWrapper(file, encoding="utf-8", write_through=True)
