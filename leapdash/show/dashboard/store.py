"""The release on show, with a word to the reader while it is being opened."""

import streamlit as st

from leapdash.release import current_id
from leapdash.show.on_show import store_path
from leapdash.show.opened import RELEASES_HELD, OpenedRelease, held


def release() -> OpenedRelease:
    """The release on show for who reads; a newly published one is picked up. Raises ReleaseError.

    Everything worked out from a release is kept in it, so a run that has taken one stays with it
    whatever is published meanwhile.
    """
    store = store_path()
    shown = current_id(store)
    _opened(store, shown)
    # What another reader had opened is there already, so who reads is asked anew each time.
    return held(store, shown)


@st.cache_resource(max_entries=RELEASES_HELD, show_spinner="Checking the release …")
def _opened(store: str, release_id: str | None) -> OpenedRelease:
    return held(store, release_id)
