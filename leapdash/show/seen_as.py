"""The demonstration seen as one or another reader would see it; where nobody signs in, who reads.

Each opens just the release that such a reader would get, by the same rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leapdash.errors import ReleaseError
from leapdash.show.doors.nameless import named, nameless, seen_as
from leapdash.show.doors.pages import on_page
from leapdash.show.doors.reader import Reader, reading
from leapdash.show.doors.rule import ClosedError
from leapdash.show.doors.stores import districts_cut, holds_release, public_store, whole_store
from leapdash.show.filters import Known, understood
from leapdash.show.opened import OpenedRelease, release_on_show

SEEN_AS = "as"
"""The name it has in an address."""


@dataclass(frozen=True)
class Ways:
    """The readers the demonstration may be seen as, by name (`Reader.name`), with the words that
    stand for each in an address, in English; the first goes without saying. None where it may not.
    """

    words: Mapping[str, str]

    def wished(self, asked: Sequence[str]) -> tuple[str, bool]:
        """The name asked for, empty for none; and whether nothing else was asked for."""
        found, all_known = understood(asked, self.words)
        return (found[0] if found else ""), all_known and len(asked) == 1

    def seen_by(self, one: Reader, wished: str) -> Reader:
        """Who reads, seen as the reader wished for; as is where none of these is."""
        return named(wished, one) if wished in self.words else one


def ways(one: Reader) -> Ways:
    """As whom the release on show may be seen: as those for whom a release stands beside it, where
    nobody signs in, it is simulated, and no setting says as whom. `one`: who reads.
    """
    whole = None if one.asked or seen_as() else _whole()
    if whole is None or whole.manifest.tier != "restricted":
        return Ways({})
    known = whole.known.districts
    others = {f"district:{code}": known[code] for code in districts_cut() if code in known}
    if public_store() != whole_store() and holds_release(public_store()):
        others["public"] = "public"
    return Ways({"commissioner": "commissioner", **others} if others else {})


def visitor(at_home: bool = False) -> Reader:
    """Who reads where nobody signs in: as the setting says; else who gets the whole release, and
    where nobody may, the public.
    """
    one = nameless(at_home)
    if one.tier == "commissioner" and public_store() != whole_store():
        try:
            with reading(one):
                release_on_show()
        except ClosedError:
            return Reader("public", asked=False)
        except ReleaseError:
            pass
    return one


def known_on(page: str, one: Reader) -> Known:
    """What a reader can choose on a page. Raises ReleaseError."""
    with reading(on_page(page, one)):
        return release_on_show().known


def _whole() -> OpenedRelease | None:
    """The release with everything; None where nobody may open it unasked, as a restricted one of
    recorded data, or there is none.
    """
    with reading(Reader("commissioner", asked=False)):
        try:
            return release_on_show()
        except ReleaseError:
            return None
