"""The frame of every page: navigation, what the data are, the question, the filter bar."""

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from leapdash.errors import ReleaseError
from leapdash.release import Manifest
from leapdash.show.answers import about, before_after, district, impact, trends
from leapdash.show.choice import Choice
from leapdash.show.dashboard import filter_bar, paper, store
from leapdash.show.dashboard.controls import Control
from leapdash.show.opened import OpenedRelease
from leapdash.show.words.numbers import month

# A file of our own: Streamlit fetches the named icons of a browser tab from another host.
ICON = Path(__file__).with_name("favicon.png")
_CSS = Path(__file__).with_name("style.css")


_framed: ContextVar[OpenedRelease | None] = ContextVar("framed", default=None)


@dataclass(frozen=True)
class PageInfo:
    """A page: its key (file and filters go by it), its name, its icon, and the question it asks."""

    key: str
    title: str
    icon: str
    question: str


PAGES = (
    PageInfo("impact", "Impact", ":material/flag:", impact.QUESTION),
    PageInfo("district", "District", ":material/school:", district.QUESTION),
    PageInfo("trends", "Trends", ":material/show_chart:", trends.QUESTION),
    PageInfo(
        "before_after", "Before and after", ":material/compare_arrows:", before_after.QUESTION
    ),
    PageInfo("about", "About", ":material/info:", about.QUESTION),
)


def run() -> None:
    """Navigation, frame and page; a release that can't be opened gets a page of its own.

    One that holds what a page can't read says so in the page's stead.
    """
    page = _navigation()
    info = next(info for info in PAGES if info.title == page.title)
    st.html(_CSS)
    try:
        release = store.release()
    except ReleaseError as error:
        _broken(error)
        return
    paper.prepare(release.manifest)
    _say_what_data(release.manifest)
    st.title(info.question, anchor=False)
    filter_bar.show(info.key, release)
    token = _framed.set(release)
    try:
        page.run()
    except ReleaseError as error:
        st.markdown("This page can’t be made from the release:")
        _say_error(error)
    finally:
        _framed.reset(token)


def begin(page: str, *controls: Control) -> Choice:
    """What every page starts with: what its reader chose, in the release its frame was drawn for.

    `controls`: the page's own, drawn or not yet.

    Streamlit takes a folder named pages for its older way of building apps, until an app calls
    st.navigation: a fresh server whose first visitor asks for a page's address runs the page's
    file alone. Then this calls it, and starts again with the frame.
    """
    release = _framed.get()
    if release is None:
        _navigation()
        st.rerun()
    said: dict[str, Any] = {control.field: control.says() for control in controls}
    return Choice(release, filter_bar.chosen_on(page), **said)


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


def _say_what_data(manifest: Manifest) -> None:
    badge = (
        ":orange-badge[:material/science: Simulated state]"
        if manifest.synthetic
        else ":blue-badge[:material/database: Recorded data]"
    )
    st.markdown(
        f"{badge} :small[:gray[release {manifest.release_id} · data through "
        f"{month(manifest.through)}]]"
    )


def _broken(error: ReleaseError) -> None:
    """A release that can't be opened: what is wrong and the command that mends it."""
    st.title("There is no release to show", anchor=False)
    st.markdown("The pages read a release, and this one can't be opened:")
    _say_error(error)


def _say_error(error: ReleaseError) -> None:
    """What is wrong and what mends it."""
    st.code(str(error), language=None, wrap_lines=True)
    st.caption("Nothing was changed. Reload this page when the command has run.")
