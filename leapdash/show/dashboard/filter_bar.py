"""The one filter bar: the same on every page, kept in the address, greyed where meaningless."""

from collections.abc import Sequence

import streamlit as st

from leapdash.contract.thresholds import CHRONIC_SHARE_ABSENT, percent
from leapdash.show.choice import Choice
from leapdash.show.filters import (
    ALL_STUDENTS,
    FILTER_LABELS,
    Filters,
    Known,
    labels,
    reason_off,
)
from leapdash.show.opened import OpenedRelease
from leapdash.show.words.filters import chosen as chosen_in_words

_NOTES = "filter_notes"
_HELP = {
    "districts": "LEAP districts take part in home visits. Nothing chosen means all districts.",
    "levels": "By the student's grade. Nothing chosen means all levels.",
    "participation": (
        "As of each month: visited – a home visit has met the family; eligible – absent for "
        f"{percent(CHRONIC_SHARE_ABSENT)} or more of three school months in a row, not visited "
        "yet; neither."
    ),
    "years": (
        "July to June. On pages about visits: the year of the first visit, with the summer before."
    ),
    "group": "As the state publishes them. High needs: English learner, disability, or free or "
    "reduced price meals.",
}


def show(page: str, release: OpenedRelease) -> None:
    """Draw the bar for a page."""
    known = release.known
    _read_address(known)
    chosen = _from_widgets()
    shown = chosen_in_words(Choice(release, chosen)) or "everything"
    st.toggle(f"**Filters** · {shown}", key="filters_open", on_change="ignore", width="stretch")
    with st.container(key="filter_bar"):
        with st.container(horizontal=True, gap="small", key="filter_row"):
            _multiselect(page, known)
            _pills("levels", page, known)
            _pills("participation", page, known)
            _pills("years", page, known)
            _group(page, known)
        with st.container(horizontal=True, vertical_alignment="center", key="filter_foot"):
            _say_what_is_off(page, chosen)
    for note in _notes_for(chosen):
        st.warning(note, icon=":material/link_off:")


def chosen_on(page: str) -> Filters:
    """What is chosen in the bar already drawn, as the page takes it."""
    return _from_widgets().meant_on(page)


def clear(names: Sequence[str] = tuple(FILTER_LABELS)) -> None:
    """Set filters back to everything; a callback for buttons."""
    for name in names:
        st.session_state[name] = ALL_STUDENTS if name == "group" else []


def _read_address(known: Known) -> None:
    """On a session's first run: understand codes in the address, and note what it got wrong.

    The widgets read their own labels from the address; codes, which other tools may link with,
    are put in their place here.
    """
    if _NOTES in st.session_state:
        return
    query = {name: st.query_params.get_all(name) for name in FILTER_LABELS}
    asked, notes = Filters.from_query(query, known)
    st.session_state[_NOTES] = (asked, notes)
    for name in asked.active():
        value = getattr(asked, name)
        st.session_state[name] = value if name == "group" else list(value)


def _from_widgets() -> Filters:
    state = st.session_state
    return Filters(
        districts=tuple(state.get("districts", ())),
        levels=tuple(state.get("levels", ())),
        participation=tuple(state.get("participation", ())),
        years=tuple(state.get("years", ())),
        group=state.get("group", ALL_STUDENTS),
    )


def _notes_for(chosen: Filters) -> Sequence[str]:
    """The address's notes, as long as the reader hasn't chosen anything else."""
    asked, notes = st.session_state[_NOTES]
    return notes if asked == chosen else ()


def _multiselect(page: str, known: Known) -> None:
    options = labels("districts", known)
    reason = reason_off(page, "districts")
    st.multiselect(
        FILTER_LABELS["districts"],
        list(options),
        format_func=lambda code: options[code],
        key="districts",
        placeholder="All districts",
        help=reason or _HELP["districts"],
        disabled=reason is not None,
        bind="query-params",
    )


def _pills(name: str, page: str, known: Known) -> None:
    options = labels(name, known)
    reason = reason_off(page, name)
    st.pills(
        FILTER_LABELS[name],
        list(options),
        selection_mode="multi",
        format_func=lambda value: options[value],
        key=name,
        help=reason or _HELP[name],
        disabled=reason is not None,
        wrap=True,
        bind="query-params",
    )


def _group(page: str, known: Known) -> None:
    options = labels("group", known)
    reason = reason_off(page, "group")
    st.selectbox(
        FILTER_LABELS["group"],
        list(options),
        format_func=lambda code: options[code],
        key="group",
        help=reason or _HELP["group"],
        disabled=reason is not None,
        bind="query-params",
    )


def _say_what_is_off(page: str, chosen: Filters) -> None:
    """Each reason once, with the filters it greys; and the way back to everything."""
    reasons: dict[str, list[str]] = {}
    for name, label in FILTER_LABELS.items():
        if reason := reason_off(page, name):
            reasons.setdefault(reason, []).append(label)
    for reason, names in reasons.items():
        which = "The filters" if len(names) == len(FILTER_LABELS) else " and ".join(names)
        verb = "don’t" if len(names) > 1 else "doesn’t"
        st.caption(f"{which} {verb} apply here: {reason}", width="content")
    if chosen.active():
        st.button(
            "Clear filters", icon=":material/close:", type="tertiary", key="clear", on_click=clear
        )
