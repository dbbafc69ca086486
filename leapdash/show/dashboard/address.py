"""The address is the view: what is chosen stands in it, and it says what is chosen.

What is chosen is kept while a reader's tab is open, whatever a page draws. An address the app
didn't write there counts: one that was opened, or come back to in the browser's history. Else the
choice counts and is written, which makes an entry of the history. So the way back leads to the
choice before.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import streamlit as st

from leapdash.show.filters import ALL_STUDENTS, FILTER_LABELS, Filters, Known, left_out
from leapdash.show.language import DEFAULT, LANGUAGES, speak
from leapdash.show.parameters import LANGUAGE, SEVERAL, Parameter

Query = dict[str, list[str]]

_FILTERS, _SAID = "chosen_filters", "chosen_on_controls"
_ADDRESS, _USED = "address", "used"
_everywhere: ContextVar[tuple[Parameter, ...]] = ContextVar("everywhere", default=(LANGUAGE,))
# Addresses used to name the District page's district apart.
_FORMER = "district"


def carry(*others: Parameter) -> None:
    """In this run, let every page's address carry these beside the language."""
    _everywhere.set((LANGUAGE, *others))


def everywhere() -> tuple[Parameter, ...]:
    """What every page's address carries."""
    return _everywhere.get()


def follow(own: Sequence[Parameter], every: Sequence[Parameter], known: Known) -> list[str]:
    """Bring choice and address together, as a run begins, and speak the language they ask for; a
    note for all the address has wrong.

    `own`: what the page has to say beside the filters; `every`: the same for all pages.
    """
    state = st.session_state
    query = _asked()
    counts = _counts(query)
    state.pop(_USED, None)
    if counts:
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
    speak_as_wished(says(LANGUAGE))
    _, notes = Filters.from_query(query, known)
    return notes + [left_out(one.label) for one in every if not one.read(query)[1]]


def wished(parameter: Parameter) -> str:
    """What is chosen by it, before choice and address are brought together; empty for what goes
    without saying.
    """
    query = _asked()
    if _counts(query):
        return parameter.read(query)[0]
    said: str = st.session_state.get(_SAID, {}).get(parameter.key, "")
    return said if said in parameter.words else ""


def _counts(query: Query) -> bool:
    """Whether the address was opened, or come back to, and no choice was made since."""
    return query != st.session_state.get(_ADDRESS) and not st.session_state.get(_USED, False)


def speak_as_wished(asked: str) -> None:
    """Speak the language asked for, else the browser's, else the one there always is."""
    wished = asked or (st.context.locale or "")[:2]
    speak(wished if wished in LANGUAGES else DEFAULT)


def written(own: Sequence[Parameter], known: Known) -> Query:
    """What is chosen, as the address of a page carries it."""
    said = {one.key: st.session_state[_SAID].get(one.key, "") for one in own}
    return _query(filters(), said, own, known)


def led_to(query: Mapping[str, Sequence[str]]) -> Query:
    """What an address asks for, with what was chosen here and counts everywhere."""
    said = [(one, st.session_state[_SAID].get(one.key, "")) for one in everywhere()]
    own = {key: list(values) for key, values in query.items()}
    return own | {one.key: one.written(value) for one, value in said if value}


def filters() -> Filters:
    """The filters chosen."""
    chosen: Filters = st.session_state[_FILTERS]
    return chosen


def says(parameter: Parameter) -> str:
    """What is chosen by it."""
    return st.session_state[_SAID].get(parameter.key) or parameter.first


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


def take_tab(key: str, names: Mapping[str, str]) -> None:
    """Choose the tab that is now open; a callback. `names`: what each goes by, by its heading."""
    if st.session_state[key] in names:
        _say(key, names[st.session_state[key]], tuple(names.values()))


def take(key: str, offered: Sequence[str]) -> None:
    """Choose what a page's own control now shows; a callback. `offered`: its values, the first of
    which goes without saying.

    A browser goes on to send what it showed when more was offered: that is no choice.
    """
    _say(key, st.session_state[key], offered)


def take_several(key: str) -> None:
    """Choose what a control of several values now shows; a callback."""
    value = SEVERAL.join(st.session_state[key])
    _say(key, value, ("", value))


def _say(key: str, value: str, offered: Sequence[str]) -> None:
    value = "" if value == offered[0] else value
    said = st.session_state[_SAID]
    if value != said.get(key, "") and (not value or value in offered):
        st.session_state[_SAID] = {**said, key: value}
        st.session_state[_USED] = True


def take_language(code: str) -> None:
    """Choose the language; a callback."""
    state = st.session_state
    state[_SAID] = {**state[_SAID], LANGUAGE.key: code}
    state[_USED] = True


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
        one.key: one.written(said[one.key]) for one in own if said[one.key] not in ("", one.first)
    }
    return chosen.in_address(known) | beside
