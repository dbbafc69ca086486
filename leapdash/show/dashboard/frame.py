"""The frame of every page: navigation, what the data are, the question, the filter bar."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from leapdash.errors import ReleaseError
from leapdash.release import Manifest, Release
from leapdash.show import words
from leapdash.show.dashboard import filter_bar, store
from leapdash.show.filters import FILTER_LABELS, Filters, Known

# A file of our own: Streamlit fetches the named icons of a browser tab from another host.
ICON = Path(__file__).with_name("favicon.png")
_CSS = Path(__file__).with_name("style.css")


_framed: ContextVar[bool] = ContextVar("framed", default=False)


@dataclass(frozen=True)
class PageInfo:
    """A page: its key (file and filters go by it), its name, its icon, and the question it asks."""

    key: str
    title: str
    icon: str
    question: str


PAGES = (
    PageInfo(
        "impact",
        "Impact",
        ":material/flag:",
        "What did visits change, where and for whom, and who was reached?",
    ),
    PageInfo(
        "district",
        "District",
        ":material/school:",
        "How does one district stand, what did visits change in it, and who is waiting?",
    ),
    PageInfo(
        "trends",
        "Trends",
        ":material/show_chart:",
        "How have attendance and chronic absence moved?",
    ),
    PageInfo(
        "before_after",
        "Before and after",
        ":material/compare_arrows:",
        "Did attendance rise more than it would have without the visit?",
    ),
    PageInfo("about", "About", ":material/info:", "What are these data?"),
)


def run() -> None:
    """Navigation, frame and page; a release that can't be opened gets a page of its own."""
    page = _navigation()
    info = next(info for info in PAGES if info.title == page.title)
    st.html(_CSS)
    try:
        manifest, known = store.release().manifest, store.known()
    except ReleaseError as error:
        _broken(error)
        return
    _say_what_data(manifest)
    st.title(info.question, anchor=False)
    filter_bar.show(info.key, known)
    token = _framed.set(True)
    try:
        page.run()
    finally:
        _framed.reset(token)


def begin(page: str) -> tuple[Release, Known, Filters]:
    """What every page starts with: the release, what can be chosen in it, and what is chosen.

    Streamlit takes a folder named pages for its older way of building apps, until an app calls
    st.navigation: a fresh server whose first visitor asks for a page's address runs the page's
    file alone. Then this calls it, and starts again with the frame.
    """
    if not _framed.get():
        _navigation()
        st.rerun()
    return store.release(), store.known(), filter_bar.chosen_on(page)


def _navigation() -> st.Page:
    st.set_page_config(page_title="leapdash", page_icon=ICON, layout="wide")
    pages = [
        st.Page(
            f"pages/{info.key}.py",
            title=info.title,
            icon=info.icon,
            default=number == 0,
        )
        for number, info in enumerate(PAGES)
    ]
    return st.navigation(pages, position="top")


def answer(sentence: str) -> None:
    """The page's answer, in one sentence or two."""
    with st.container(key="answer"):
        st.markdown(escape(sentence))


def nothing_here(filters: Filters, known: Known) -> None:
    """Say that nothing stands behind the choice, and offer to widen it, one filter at a time."""
    with st.container(border=True, key="empty"):
        st.markdown(f"**{escape(words.nothing_behind(filters, known))}**")
        _widen(filters)


def withheld(reason: str, filters: Filters) -> None:
    """Say why a figure isn't shown, hatched where it would stand, and offer to widen the choice."""
    with st.container(border=True, key="withheld"):
        st.markdown(f"**{escape(reason)}**")
        if filters.active():
            _widen(filters)


def _widen(filters: Filters) -> None:
    st.markdown("Widen the choice:")
    with st.container(horizontal=True, gap="small"):
        for name in filters.active():
            label = "All students" if name == "group" else f"All {FILTER_LABELS[name].lower()}"
            st.button(label, key=f"widen-{name}", on_click=filter_bar.clear, args=((name,),))
        st.button("Clear all filters", key="widen-all", on_click=filter_bar.clear)


def _say_what_data(manifest: Manifest) -> None:
    badge = (
        ":orange-badge[:material/science: Simulated state]"
        if manifest.synthetic
        else ":blue-badge[:material/database: Recorded data]"
    )
    st.markdown(
        f"{badge} :small[:gray[release {manifest.release_id} · data through "
        f"{words.month(manifest.through)}]]"
    )


def _broken(error: ReleaseError) -> None:
    """A release that can't be opened: what is wrong and the command that mends it."""
    st.title("There is no release to show", anchor=False)
    st.markdown("The pages read a release, and this one can't be opened:")
    st.code(str(error), language=None, wrap_lines=True)
    st.caption("Nothing was changed. Reload this page when the command has run.")


def escape(text: str) -> str:
    """The text for Markdown, so that names from data can't turn into formatting or formulas."""
    for character in "\\`*_{}[]<>#$~:|":
        text = text.replace(character, "\\" + character)
    return text
