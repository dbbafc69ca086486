"""See it as: the control by which the demonstration is seen as one or another reader."""

import streamlit as st

from leapdash.show.dashboard import address
from leapdash.show.language import N_, _
from leapdash.show.parameters import Parameter
from leapdash.show.seen_as import SEEN_AS, Ways


def offer(ways: Ways) -> Parameter | None:
    """What an address says of it, in this run; None where nothing may be chosen."""
    if not ways.words:
        address.carry()
        return None
    one = Parameter(SEEN_AS, N_("See it as"), ways.words)
    address.carry(one)
    return one


def draw(one: Parameter) -> None:
    """Put the control on the page."""
    options = list(one.words)
    address.begin_with(one.key, address.says(one))
    st.selectbox(
        _(one.label),
        options,
        format_func=lambda name: _said(name, one.words[name]),
        key=one.key,
        width=240,
        label_visibility="collapsed",
        on_change=address.take,
        args=(one.key, options),
    )


def _said(name: str, word: str) -> str:
    if name.startswith("district:"):
        return _("See it as: leader of {name}", name=word)
    return _("See it as: commissioner") if name == "commissioner" else _("See it as: public")
