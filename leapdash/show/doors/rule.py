"""Which release a reader may open, by what the release says of itself and nothing else."""

from collections.abc import Callable
from time import time
from typing import TypeVar

from leapdash.errors import ReleaseError
from leapdash.release import Manifest
from leapdash.show.doors.reader import Reader, reader, reading

T = TypeVar("T")


class ClosedError(ReleaseError):
    """A release that this reader may not open."""


def check(one: Reader, manifest: Manifest) -> None:
    """Raises ClosedError where the reader may not open the release that says this of itself."""
    still_signed_in(one)
    if not (one.asked or _for_anybody(one, manifest)):
        raise ClosedError(
            "The release on show holds recorded data with small numbers, for people who may see "
            "them. Nobody can say here who asks, so only simulated and public releases are "
            "served.\n"
            "Expected one of: a public release (python -m leapdash publish); readers who sign in "
            "(docs/doors.md); or, for the people at this machine alone, python -m leapdash serve "
            "--unguarded."
        )
    if not _of_their_tier(one, manifest):
        raise ClosedError(
            f"The release on show is a {manifest.tier} one, and this reader may open "
            f"{_MAY_OPEN[one.tier]}.\n"
            "Expected a store with one of these where docs/doors.md says."
        )


def still_signed_in(one: Reader) -> None:
    """Raises ClosedError where the reader's sign-in has ended."""
    if one.until and one.until <= time():
        raise ClosedError("The sign-in has run out.\nExpected a new one: reload the page.")


def for_this_reader(make: Callable[[], T]) -> Callable[[], T]:
    """The same function, for a later time: who reads now reads then, while their sign-in lasts."""
    one = reader()

    def made() -> T:
        still_signed_in(one)
        with reading(one):
            return make()

    return made


_MAY_OPEN = {
    "public": "public ones",
    "district": "public ones and that of their own district",
    "commissioner": "any",
}


def _for_anybody(one: Reader, manifest: Manifest) -> bool:
    return manifest.tier == "public" or manifest.synthetic or one.at_home


def _of_their_tier(one: Reader, manifest: Manifest) -> bool:
    match one.tier:
        case "commissioner":
            return True
        case "district" if manifest.tier == "district":
            return manifest.district == one.district != ""
    return manifest.tier == "public"
