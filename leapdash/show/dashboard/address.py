"""The address is the view: what is chosen stands in it, and it says what is chosen.

What is chosen is kept while a reader's tab is open, whatever a page draws. An address the app
didn't write there counts: one that was opened, or come back to in the browser's history. Else the
choice counts and is written, which makes an entry of the history. So the way back leads to the
choice before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from leapdash.show.filters import ALL_STUDENTS, FILTER_LABELS, Filters, Known, left_out, understood

Query = dict[str, list[str]]

_FILTERS, _SAID = "chosen_filters", "chosen_on_controls"
_ADDRESS, _USED = "address", "used"
# Addresses used to name the District page's district apart.
_FORMER = "district"


@dataclass(frozen=True)
class Parameter:
    """What an address says by one name, beside the filters.

    `words`: its values in words, the first the one that goes without saying.
    """

    key: str
    label: str
    words: Mapping[str, str]

    def read(self, query: Query) -> tuple[str, bool]:
        """The value an address asks for, empty for none; and whether it asks for nothing else."""
        found, all_known = understood(query.get(self.key, []), self.words)
        return (found[0] if found and found[0] != self.first else ""), all_known

    @property
    def first(self) -> str:
        """The value that goes without saying."""
        return next(iter(self.words))

    def says(self) -> str:
        """What is chosen."""
        return st.session_state[_SAID].get(self.key) or self.first


class Tabs(Parameter):
    """Which of several sections is open. What goes without saying is the first an answer has."""

    @property
    def first(self) -> str:
        """Nothing: the answer knows."""
        return ""


def follow(own: Sequence[Parameter], every: Sequence[Parameter], known: Known) -> list[str]:
    """Bring choice and address together, as a run begins; a note for all the address has wrong.

    `own`: what the page has to say beside the filters; `every`: the same for all pages.
    """
    state = st.session_state
    query = _asked()
    used = state.pop(_USED, False)
    if query != state.get(_ADDRESS) and not used:
        state[_FILTERS], _ = Filters.from_query(query, known)
        absent = {own_one.key: "" for own_one in own}
        asked = {one.key: one.read(query)[0] for one in every if one.key in query}
        state[_SAID] = {**state.get(_SAID, {}), **absent, **asked}
    state[_FILTERS] = state[_FILTERS].still_in(known)
    wanted = written(own, known)
    if _meaning(query, own, known) != wanted:
        st.query_params.from_dict(wanted)
        query = wanted
    state[_ADDRESS] = query
    _, notes = Filters.from_query(query, known)
    return notes + [left_out(one.label) for one in every if not one.read(query)[1]]


def written(own: Sequence[Parameter], known: Known) -> Query:
    """What is chosen, as the address of a page carries it."""
    said = {one.key: st.session_state[_SAID].get(one.key, "") for one in own}
    return _query(filters(), said, own, known)


def filters() -> Filters:
    """The filters chosen."""
    chosen: Filters = st.session_state[_FILTERS]
    return chosen


def begin_with(key: str, value: str | list[str]) -> None:
    """Let the control with this key, not drawn yet in this run, show a value."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def take_filter(name: str) -> None:
    """Choose what the filter's control now shows; a callback."""
    value = st.session_state[name]
    _choose_filter(name, value if name == "group" else tuple(value))


def take_district(key: str, before: str) -> None:
    """Choose the one district that a control now shows instead of the one before; a callback."""
    if st.session_state[key] != before:
        _choose_filter("districts", (st.session_state[key],))


def take(key: str, offered: Sequence[str]) -> None:
    """Choose what a page's own control now shows; a callback. `offered`: its values, the first of
    which goes without saying.

    A browser goes on to send what it showed when more was offered: that is no choice.
    """
    value = "" if st.session_state[key] == offered[0] else st.session_state[key]
    said = st.session_state[_SAID]
    if value != said.get(key, "") and (not value or value in offered):
        st.session_state[_SAID] = {**said, key: value}
        st.session_state[_USED] = True


def clear(names: Sequence[str] = tuple(FILTER_LABELS)) -> None:
    """Set filters back to everything; a callback."""
    for name in names:
        _choose_filter(name, ALL_STUDENTS if name == "group" else ())


def _choose_filter(name: str, value: Any) -> None:
    """Choose; what is chosen already is no choice.

    A choice counts whatever the address says: a quick one may come with the address before it. And
    Streamlit may call back for what was chosen long ago, after a run that was cut short.
    """
    chosen = replace(filters(), **{name: value})
    if chosen != filters():
        st.session_state[_FILTERS] = chosen
        st.session_state[_USED] = True


def _asked() -> Query:
    given = {name: st.query_params.get_all(name) for name in st.query_params}
    query = {name: [word for word in words if word] for name, words in given.items() if any(words)}
    if _FORMER in query:
        query["districts"] = query.pop(_FORMER)
    return query


def _meaning(query: Query, own: Sequence[Parameter], known: Known) -> Query:
    """The address that asks for the same as this one, and for nothing else."""
    chosen, _ = Filters.from_query(query, known)
    return _query(chosen, {one.key: one.read(query)[0] for one in own}, own, known)


def _query(
    chosen: Filters, said: Mapping[str, str], own: Sequence[Parameter], known: Known
) -> Query:
    beside = {
        one.key: [one.words.get(said[one.key], said[one.key])]
        for one in own
        if said[one.key] not in ("", one.first)
    }
    return chosen.in_address(known) | beside
