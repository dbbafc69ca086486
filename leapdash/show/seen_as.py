"""The demonstration seen as one or another reader would see it; where nobody signs in, who reads.

Each opens just the release that such a reader would get, by the same rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leapdash.errors import ReleaseError
from leapdash.show.doors.nameless import nameless, seen_as
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
        return (found[0] if found else ""), all_known and len(asked) < 2


def ways() -> Ways:
    """As whom the release on show may be seen: as those for whom a release stands beside it, where
    nobody signs in, it is simulated, and no setting says as whom.
    """
    whole = _whole()
    if seen_as() or whole is None or not whole.manifest.synthetic:
        return Ways({})
    if whole.manifest.tier != "restricted":
        return Ways({})
    known = whole.known.districts
    others = {f"district:{code}": known[code] for code in districts_cut() if code in known}
    if public_store() != whole_store() and holds_release(public_store()):
        others["public"] = "public"
    return Ways({"commissioner": "commissioner", **others} if others else {})


def visitor(at_home: bool = False, wished: str = "") -> Reader:
    """Who reads where nobody signs in: as wished, or as the setting says; else whoever may open the
    whole release, and where nobody may, the public's. `wished`: one of `ways`.
    """
    one = nameless(at_home, wished)
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
    """The release with everything; None where nobody may open it unasked, or there is none."""
    with reading(Reader("commissioner", asked=False)):
        try:
            return release_on_show()
        except ReleaseError:
            return None
