"""A release as the show side holds it: read once, with everything that was worked out from it."""

from collections.abc import Callable, Collection, Hashable, Mapping
from functools import cached_property, lru_cache, partial
from threading import Lock
from typing import Any, TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from leapdash.contract import CHRONIC, TO_JUNE
from leapdash.errors import ReleaseError
from leapdash.release import Manifest, Release, current_id, id_before, open_release
from leapdash.show.doors import rule
from leapdash.show.doors.reader import reader
from leapdash.show.effects.arrays import CohortData, RecentData, cohort_data, recent_data
from leapdash.show.filters import Known, School
from leapdash.show.language import language
from leapdash.show.on_show import store_path

RELEASES_HELD = 8
"""So many releases are held at most: each district's readers have one of their own."""
RESULTS_KEPT = 1000
"""So many results a release keeps at most; the one not asked for longest goes first."""

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class OpenedRelease:
    """A release with its tables in memory once read, what can be chosen in it, and its effects.

    Tables with student groups stay group by group: every view asks for one group of one table, a
    few thousand rows of a hundred thousand, and finds them in a tenth of the time. A whole release
    takes some 30 MB. What is worked out from a release is kept with it and goes with it, so no
    result can be taken for another release's.

    Threads may share it: two that ask the same at once may both work it out, and get the same.
    """

    def __init__(
        self, release: Release, before: Callable[[], Release | None] = lambda: None
    ) -> None:
        """`before`: opens the release that was on show before this one, where there is one."""
        self._release = release
        self._before = before
        self._tables: dict[tuple[str, str | None], pa.Table] = {}
        self._result = lru_cache(maxsize=RESULTS_KEPT)(_made)

    @cached_property
    def before(self) -> "OpenedRelease | None":
        """The release that was on show before this one; None where there is none to be read."""
        earlier = self._before()
        return None if earlier is None else OpenedRelease(earlier)

    @property
    def manifest(self) -> Manifest:
        """What the release says of itself."""
        return self._release.manifest

    @property
    def public(self) -> bool:
        """Whether it is a public release: fixed cells, some of them withheld."""
        return self.manifest.tier == "public"

    @cached_property
    def known(self) -> Known:
        """What can be chosen in the release."""
        return known_in(self)

    @property
    def has_effects(self) -> bool:
        """Whether the release was built with the effects of visits."""
        return self.has("effects")

    @cached_property
    def cohorts(self) -> CohortData:
        """The effect tables as arrays. Raises ReleaseError where the release holds no effects."""
        return cohort_data(self)

    @cached_property
    def chronic(self) -> CohortData:
        """The effects on chronic absence as arrays. Raises ReleaseError where the release holds
        none.
        """
        return cohort_data(self, CHRONIC)

    @cached_property
    def to_june(self) -> CohortData:
        """The effects on chronic absence from the visit to June as arrays. Raises ReleaseError
        where the release holds none.
        """
        return cohort_data(self, TO_JUNE)

    @cached_property
    def recent(self) -> RecentData:
        """The effects with three months of history alone, as arrays. Raises ReleaseError where the
        release holds none.
        """
        return recent_data(self)

    def has(self, name: str) -> bool:
        """Whether the release holds that table."""
        return self._release.has(name)

    def table(
        self,
        name: str,
        columns: Collection[str] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        """The same rows as `Release.table`."""
        wanted = dict(where or {})
        group = None
        if len(wanted.get("group", ())) == 1:
            (group,) = wanted.pop("group")
        if (name, group) not in self._tables:
            within = None if group is None else {"group": (group,)}
            self._tables[name, group] = self._release.table(name, where=within)
        table = self._tables[name, group]
        for column, values in wanted.items():
            held = pa.array(list(values), type=table.schema.field(column).type)
            table = table.filter(pc.is_in(table[column], held))
        return table if columns is None else table.select(list(columns))

    def result(self, make: Callable[[K], T], asked: K) -> T:
        """What `make` gives for `asked`, kept for whoever asks the same again in the same language:
        rows have names.
        """
        return cast(T, self._result(make, asked, language()))


def _made(make: Callable[[Any], Any], asked: Hashable, _language: str) -> Any:
    return make(asked)


_opening = Lock()


def held(store: str, release_id: str | None) -> OpenedRelease:
    """A store's release with that id, opened and verified once for all who ask: pages and endpoint
    share it, with everything worked out from it. The last RELEASES_HELD are held.

    Raises ReleaseError; ClosedError where who reads may not open it.
    """
    with _opening:
        release = _held(store, release_id)
    rule.check(reader(), release.manifest)
    return release


@lru_cache(maxsize=RELEASES_HELD)
def _held(store: str, release_id: str | None) -> OpenedRelease:
    release = open_release(store, release_id)
    return OpenedRelease(release, partial(_before, store, release.manifest))


def _before(store: str, now: Manifest) -> Release | None:
    """The release before, if it can still be read: one of an older contract can't. One for other
    readers than this one's isn't: who may open this one may open just those that are as it is.
    """
    earlier = id_before(store, now.release_id)
    try:
        release = None if earlier is None else open_release(store, earlier)
    except ReleaseError:
        return None
    return release if release and _for_whom(release.manifest) == _for_whom(now) else None


def _for_whom(manifest: Manifest) -> tuple[str, str, bool]:
    return manifest.tier, manifest.district, manifest.synthetic


def release_on_show() -> OpenedRelease:
    """The release on show for who reads; one newly published is picked up. Raises ReleaseError."""
    store = store_path()
    return held(store, current_id(store))


def known_in(release: OpenedRelease | Release) -> Known:
    """The districts and school years that can be chosen in a release."""
    columns = ["school_code", "school_name", "district_code", "district_name", "leap_from"]
    schools = release.table("schools", columns=columns)
    names = dict(
        zip(schools["district_code"].to_pylist(), schools["district_name"].to_pylist(), strict=True)
    )
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    labelled = {code: f"{n} ({code})" if n in shared else n for code, n in names.items()}
    takes_part = schools.filter(pc.is_valid(schools["leap_from"]))
    own = ("school_code", "school_name", "district_code")
    named = zip(*(schools[column].to_pylist() for column in own), strict=True)
    return Known(
        schools={code: School(name, of) for code, name, of in sorted(named, key=lambda s: s[1])},
        districts=dict(sorted(labelled.items(), key=lambda pair: pair[1])),
        leap=frozenset(takes_part["district_code"].to_pylist()),
        years=release.manifest.school_years,
        public=release.manifest.tier == "public",
        own=release.manifest.district,
    )
