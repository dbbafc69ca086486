"""The release on show, opened and verified once, and the views of it, computed once per choice."""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from leapdash.release import Release, current_id, open_release
from leapdash.show.effects.arrays import CohortData, cohort_data
from leapdash.show.filters import Known
from leapdash.show.views import known_in

STORE_VARIABLE = "LEAPDASH_STORE"
_DEFAULT = Path(__file__).resolve().parents[3] / "data" / "demo"

P = ParamSpec("P")
T = TypeVar("T")


def store_path() -> Path:
    """The folder the releases are in: LEAPDASH_STORE, or the demonstration release."""
    return Path(os.environ.get(STORE_VARIABLE) or _DEFAULT)


def release() -> Release:
    """The release on show; a newly published one is picked up. Raises ReleaseError."""
    store = store_path()
    return _opened(str(store), current_id(store))


def known() -> Known:
    """What can be chosen in the release on show."""
    opened = release()
    return _known(str(opened.folder), opened)


def cohorts() -> CohortData | None:
    """The effect tables of the release on show as arrays; None where it holds no effects."""
    opened = release()
    return _cohorts(str(opened.folder), opened)


def view(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The function's result, kept for whoever asks the same of the same release.

    Arguments must be hashable by Streamlit; the release and what is known of it are told apart by
    the release's folder.
    """
    keyed = tuple(arg for arg in args if not isinstance(arg, Release | Known | CohortData))
    on_show = next((arg for arg in args if isinstance(arg, Release)), None) or release()
    result: T = _computed(str(on_show.folder), function.__qualname__, keyed, kwargs, function, args)
    return result


@dataclass(frozen=True)
class KeptRelease(Release):
    """A release whose tables stay in memory once read, those with student groups group by group.

    Every view asks for one group of one table, a few thousand rows of a hundred thousand: kept,
    they are found in a tenth of the time. A whole release takes some 30 MB.
    """

    kept: dict[tuple[str, str | None], pa.Table] = field(default_factory=dict, compare=False)

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
        if (name, group) not in self.kept:
            within = None if group is None else {"group": (group,)}
            self.kept[name, group] = super().table(name, where=within)
        table = self.kept[name, group]
        for column, values in wanted.items():
            held = pa.array(list(values), type=table.schema.field(column).type)
            table = table.filter(pc.is_in(table[column], held))
        return table if columns is None else table.select(list(columns))


@st.cache_resource(max_entries=2, show_spinner="Checking the release …")
def _opened(store: str, release_id: str | None) -> KeptRelease:
    release = open_release(Path(store), release_id)
    return KeptRelease(release.folder, release.manifest)


@st.cache_resource(max_entries=4, show_spinner=False)
def _known(path: str, _release: Release) -> Known:  # noqa: ARG001 - the path is the cache's key
    return known_in(_release)


@st.cache_resource(max_entries=2, show_spinner=False)
def _cohorts(path: str, _release: Release) -> CohortData | None:  # noqa: ARG001 - the path is the key
    return cohort_data(_release) if _release.has("effects") else None


@st.cache_data(max_entries=2000, show_spinner=False)
def _computed(
    path: str,  # noqa: ARG001 - with name and keyed, the cache's key
    name: str,  # noqa: ARG001
    keyed: tuple[Any, ...],  # noqa: ARG001
    kwargs: dict[str, Any],
    _function: Callable[..., Any],
    _args: tuple[Any, ...],
) -> Any:
    return _function(*_args, **kwargs)
