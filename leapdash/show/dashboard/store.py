"""The release on show, opened and verified once."""

from functools import partial

import streamlit as st

from leapdash.errors import ReleaseError
from leapdash.release import Release, current_id, id_before, open_release
from leapdash.show.on_show import store_path
from leapdash.show.opened import OpenedRelease


def release() -> OpenedRelease:
    """The release on show; a newly published one is picked up. Raises ReleaseError.

    Everything worked out from a release is kept in it, so a run that has taken one stays with it
    whatever is published meanwhile.
    """
    store = store_path()
    return _opened(store, current_id(store))


@st.cache_resource(max_entries=2, show_spinner="Checking the release …")
def _opened(store: str, release_id: str | None) -> OpenedRelease:
    release = open_release(store, release_id)
    return OpenedRelease(release, partial(_before, store, release.manifest.release_id))


def _before(store: str, release_id: str) -> Release | None:
    """The release before, if it can still be read: one of an older contract can't."""
    earlier = id_before(store, release_id)
    try:
        return None if earlier is None else open_release(store, earlier)
    except ReleaseError:
        return None
