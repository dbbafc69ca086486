"""Where the releases are: one store for each kind of reader, named by the environment."""

import os
import re
from pathlib import Path

from leapdash.contract import CODE_PATTERN
from leapdash.errors import ReleaseError, UsageError
from leapdash.release import current_id
from leapdash.release.files import Folder
from leapdash.show.doors.reader import Reader
from leapdash.show.doors.rule import ClosedError

STORE_VARIABLE = "LEAPDASH_STORE"
PUBLIC_VARIABLE = "LEAPDASH_PUBLIC_STORE"
DISTRICTS_VARIABLE = "LEAPDASH_DISTRICT_STORES"
_DATA = Path(__file__).resolve().parents[3] / "data"


def whole_store() -> str:
    """The folder or address of the release with everything: LEAPDASH_STORE, where only the public
    one is named that, where none is the demonstration's.
    """
    given = os.environ.get(STORE_VARIABLE) or os.environ.get(PUBLIC_VARIABLE)
    return given or str(_DATA / "demo")


def store_of(one: Reader) -> str:
    """The store with the release that this reader gets. Raises ClosedError where there is none."""
    if one.tier == "commissioner":
        return whole_store()
    if one.tier == "public":
        return public_store()
    store = district_store(one.district)
    if store is None:
        raise ClosedError(
            f"{DISTRICTS_VARIABLE} isn't set: there is no release for single districts here.\n"
            "Expected a folder or address with a store for each, named by the district's code.\n"
            "Make one: python -m leapdash publish STORE --district CODE --out DIR/CODE"
        )
    return store


def public_store() -> str:
    """The store with the release for everyone: LEAPDASH_PUBLIC_STORE, that of the demonstration
    where the demonstration is on show, else the one there is.
    """
    given = os.environ.get(PUBLIC_VARIABLE)
    if given or os.environ.get(STORE_VARIABLE):
        return given or whole_store()
    return str(_DATA / "demo-tiers" / "public")


def district_store(code: str) -> str | None:
    """The store with a district's own release; None where none are named.

    A code may come from an address or a sign-in. Raises ClosedError where it is none: as part of a
    path it could lead anywhere.
    """
    if not re.fullmatch(CODE_PATTERN, code):
        raise ClosedError("Not the code of a district.\nExpected seven digits or letters.")
    folder = _district_stores()
    if folder is None:
        return None
    base, mark, options = folder.partition("?") if "://" in folder else (folder, "", "")
    return f"{base.rstrip('/')}/{code}{mark}{options}"


def districts_cut() -> tuple[str, ...]:
    """The codes of the districts that have a release of their own; none where none can be read."""
    folder = _district_stores()
    if folder is None:
        return ()
    try:
        names = [entry.base_name for entry in Folder.at(folder).entries()]
    except (OSError, UsageError):
        return ()
    codes = sorted(name for name in names if re.fullmatch(CODE_PATTERN, name))
    return tuple(code for code in codes if holds_release(district_store(code)))


def holds_release(store: str | None) -> bool:
    """Whether a release is on show in the store, as far as can be told without opening it."""
    try:
        return store is not None and current_id(store) is not None
    except (ReleaseError, UsageError):
        return False


def _district_stores() -> str | None:
    given = os.environ.get(DISTRICTS_VARIABLE)
    if given or os.environ.get(STORE_VARIABLE):
        return given or None
    return str(_DATA / "demo-tiers" / "districts")
