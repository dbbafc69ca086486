"""Find my school, find my district: who chooses one gets the link to its page.

A link and not a jump: Streamlit writes two entries of the history where a script leads to a page
with something chosen, and the way back would stop at neither page.
"""

from collections.abc import Callable, Iterable

import streamlit as st

from leapdash.show.dashboard import address
from leapdash.show.dashboard.layout import escape
from leapdash.show.filters import Known
from leapdash.show.language import _


def draw(known: Known) -> None:
    """Put both boxes on the page, side by side."""
    left, right = st.columns(2, gap="medium")
    with left:
        name = _box("find_school", _("Find my school"), known.schools, known.school_label)
        _link(name, "school", {"school": [name]})
    with right:
        name = _box("find_district", _("Find my district"), known.districts, known.label)
        _link(name, "district", {"districts": [name]})


def _box(key: str, label: str, codes: Iterable[str], name_of: Callable[[str], str]) -> str:
    """What is chosen, by name; empty for nothing."""
    code = st.selectbox(
        label,
        list(codes),
        index=None,
        format_func=name_of,
        key=key,
        placeholder=_("Type a name"),
    )
    return name_of(code) if code else ""


def _link(name: str, page: str, query: address.Query) -> None:
    """The link to the page of what was found; nothing where nothing was."""
    if name:
        label = _("Open the page of {name}", name=name)
        with st.container(key=f"way-found-{page}"):
            st.page_link(
                f"pages/{page}.py",
                label=f"**{escape(label)}**",
                icon=":material/arrow_forward:",
                icon_position="right",
                query_params=address.led_to(query),
            )
