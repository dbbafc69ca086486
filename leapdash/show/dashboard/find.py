"""Find my school, find my district: who chooses one is led to its page."""

from collections.abc import Callable, Iterable

import streamlit as st

from leapdash.show.dashboard import address
from leapdash.show.filters import Known
from leapdash.show.language import _


def draw(known: Known) -> None:
    """Put both boxes on the page, side by side."""
    with st.container(key="find"):
        left, right = st.columns(2, gap="medium")
    with left:
        name = _box("find_school", _("Find my school"), known.schools, known.school_label)
        if name:
            _lead_to("school", {"school": [name]})
    with right:
        name = _box("find_district", _("Find my district"), known.districts, known.label)
        if name:
            _lead_to("district", {"districts": [name]})


def _box(key: str, label: str, codes: Iterable[str], name_of: Callable[[str], str]) -> str:
    """What is chosen, by name; empty for nothing."""
    code = st.selectbox(
        label,
        list(codes),
        index=None,
        format_func=name_of,
        key=key,
        placeholder=_("Type a name; choosing it opens its page"),
    )
    return name_of(code) if code else ""


def _lead_to(page: str, query: address.Query) -> None:
    st.switch_page(f"pages/{page}.py", query_params=address.led_to(query))
