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
from leapdash.show.effects.arrays import CohortData, RecentData, cohort_data, recent_data
from leapdash.show.filters import Known, School
from leapdash.show.language import language
from leapdash.show.on_show import store_path

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
    share it, with everything worked out from it. The last two are held. Raises ReleaseError.
    """
    with _opening:
        return _held(store, release_id)


@lru_cache(maxsize=2)
def _held(store: str, release_id: str | None) -> OpenedRelease:
    release = open_release(store, release_id)
    return OpenedRelease(release, partial(_before, store, release.manifest.release_id))


def _before(store: str, release_id: str) -> Release | None:
    """The release before, if it can still be read: one of an older contract can't."""
    earlier = id_before(store, release_id)
    try:
        return None if earlier is None else open_release(store, earlier)
    except ReleaseError:
        return None


def release_on_show() -> OpenedRelease:
    """The release on show; a newly published one is picked up. Raises ReleaseError."""
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
    )
