"""The frame of every page: navigation, what the data are, the question, the filter bar."""

from collections.abc import Callable, Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeVar
from urllib.parse import urlencode

import streamlit as st

from leapdash.errors import LeapdashError, ReleaseError, UsageError
from leapdash.show import faults, metrics, seen_as
from leapdash.show.answers.pages import PAGES as ANSWERED
from leapdash.show.answers.pages import offered
from leapdash.show.briefing.chromium import chromium, printed
from leapdash.show.briefing.contents import PAGES as BRIEFED
from leapdash.show.briefing.contents import briefing_name, briefing_of
from leapdash.show.briefing.document import document
from leapdash.show.choice import Choice
from leapdash.show.dashboard import (
    address,
    buttons,
    controls,
    filter_bar,
    link,
    paper,
    seen,
    sign_in,
    store,
    visitor,
)
from leapdash.show.doors import audit
from leapdash.show.doors.pages import OF_ONE_DISTRICT, on_page
from leapdash.show.doors.reader import Reader, read_as, reader
from leapdash.show.language import LANGUAGES, _, in_this_language, language
from leapdash.show.parameters import LANGUAGE, Parameter
from leapdash.show.words.about import INVENTED, RECORDED
from leapdash.show.words.briefing import edition

# A file of our own: Streamlit fetches the named icons of a browser tab from another host.
ICON = Path(__file__).with_name("favicon.png")
_CSS = Path(__file__).with_name("style.css")
_SCRIPT = Path(__file__).with_name("pages.js").read_text("utf-8")

T = TypeVar("T")

_NOTED = "noted"
_framed: ContextVar[Choice | None] = ContextVar("framed", default=None)


@dataclass(frozen=True)
class PageInfo:
    """A page in the row of pages: its key (file, filters and answer go by it) and its icon.

    `aside`: it explains, and its link stands apart from those of pages with figures.
    """

    key: str
    icon: str
    aside: bool = False

    @property
    def title(self) -> str:
        """Its name, in English, to be said with `_`."""
        return ANSWERED[self.key].title


SCRIPTS = (_SCRIPT, buttons.SCRIPT, *(paper.script(code) for code in LANGUAGES))
"""What runs in a reader's browser beside Streamlit's own files, and nothing else may."""
PAGES = (
    PageInfo("start", ":material/home:"),
    PageInfo("impact", ":material/flag:"),
    PageInfo("district", ":material/school:"),
    PageInfo("school", ":material/apartment:"),
    PageInfo("groups", ":material/groups:"),
    PageInfo("visits", ":material/doorbell:"),
    PageInfo("compare", ":material/balance:"),
    PageInfo("trends", ":material/show_chart:"),
    PageInfo("before_after", ":material/compare_arrows:"),
    PageInfo("home_visit", ":material/waving_hand:", True),
    PageInfo("glossary", ":material/menu_book:", True),
    PageInfo("about", ":material/info:", True),
)


def run() -> None:
    """Navigation, frame and page; a release that can't be opened gets a page of its own.

    One that holds what a page can't read says so in the page's stead, and what nobody expected is
    told by a reference to the log.
    """
    pages, page = _navigation()
    info = next(info for info in PAGES if info.title == page.title)
    began, outcome = perf_counter(), "done"
    try:
        _run(pages, page, info)
    except Exception as error:
        outcome = "error"
        say_sorry(error, f"page {info.key}")
    finally:
        metrics.RUNS.labels(info.key, outcome).inc()
        metrics.RUN_SECONDS.labels(info.key).observe(perf_counter() - began)


def say_sorry(error: Exception, where: str = "what a control does") -> bool:
    """Tell of an error nobody expected, by a reference to the log; that it was told."""
    st.error(faults.sorry(faults.noted(error, where)), icon=":material/error:")
    return True


def _run(pages: Sequence[st.Page], page: st.Page, info: PageInfo) -> None:
    st.html(_CSS)
    try:
        one = visitor.of_page()
        ways = seen_as.ways(one)
        seen_by = seen.offer(ways)
        one = ways.seen_by(one, address.wished(seen_by) if seen_by else "")
        read_as(on_page(info.key, one))
        release = store.release()
    except (ReleaseError, UsageError) as error:
        _broken(error)
        _lead_to_own(pages)
        return
    known = release.known
    notes = address.follow(controls.own_of(info.key, known), controls.every(known), known)
    choice = controls.choice_on(info.key, release)
    try:
        _note_view(info.key, choice)
    except UsageError as error:
        _broken(error)
        return
    st.set_page_config(page_title=link.title_of(info.key, choice))
    if not st.context.is_embedded:
        _links(pages, info, choice, _there(one, choice))
    paper.prepare(release.manifest)
    buttons.prepare()
    _say_what_data(info.key, choice, seen_by)
    st.title(_(ANSWERED[info.key].question), anchor=False)
    filter_bar.show(info.key, choice)
    for note in notes:
        st.warning(note, icon=":material/link_off:")
    token = _framed.set(choice)
    try:
        page.run()
    except ReleaseError as error:
        st.markdown(_("This page can’t be made from the release:"))
        _say_error(error)
    finally:
        _framed.reset(token)


def begin() -> Choice:
    """What every page starts with: what its reader chose, in the release its frame was drawn for.

    Streamlit takes a folder named pages for its older way of building apps, until an app calls
    st.navigation: a fresh server whose first visitor asks for a page's address runs the page's
    file alone. Then this calls it, and starts again with the frame.
    """
    choice = _framed.get()
    if choice is None:
        _navigation()
        st.rerun()
    return choice


def _navigation() -> tuple[Sequence[st.Page], st.Page]:
    """All pages, and the one its reader is on."""
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
    return pages, st.navigation(pages, position="hidden")


def _there(one: Reader, choice: Choice) -> Collection[str]:
    """The pages that a reader's releases have figures for: a district's own has those that a public
    one doesn't.
    """
    return offered(choice.release.public and one.tier != "district")


def _links(
    pages: Sequence[st.Page], here: PageInfo, choice: Choice, there: Collection[str]
) -> None:
    """The product's name, and a link to every page that is `there`, with what is chosen: those of
    st.navigation would lose it. Pages that explain stand apart.
    """
    named = [(page, info) for page, info in zip(pages, PAGES, strict=True) if info.key in there]
    with st.container(horizontal=True, key="pages", vertical_alignment="center"):
        st.markdown("leapdash", width="content")
        with st.container(horizontal=True, key="pages-figures", width="content"):
            for page, info in named:
                if not info.aside:
                    _link_to(page, info, here, choice)
        with st.container(
            horizontal=True, key="pages-aside", width="content", vertical_alignment="center"
        ):
            for page, info in named:
                if info.aside:
                    _link_to(page, info, here, choice)
            _languages()
            sign_in.draw()
    with st.container(key="pages-script"):
        st.html(f"<script>{_SCRIPT}</script>", unsafe_allow_javascript=True)


def _link_to(page: st.Page, info: PageInfo, here: PageInfo, choice: Choice) -> None:
    """The link to a page; that of the one its reader is on stands in a place of its own."""
    query = _chosen(info.key, choice)
    place = st.container(key="page-here", width="content") if info == here else st
    place.page_link(page, label=_(info.title), query_params=query)


def _languages() -> None:
    """The other languages there are, each by its own name."""
    for code, name in LANGUAGES.items():
        if code != language():
            st.button(
                name,
                key=f"language-{code}",
                type="tertiary",
                icon=":material/translate:",
                on_click=address.take_language,
                args=(code,),
            )


def _say_what_data(page: str, choice: Choice, seen_by: Parameter | None) -> None:
    """What the data are; beside it, as whom they are seen, and the page to hand on."""
    manifest = choice.release.manifest
    badge = (
        f":orange-badge[:material/science: {_(INVENTED)}]"
        if manifest.synthetic
        else f":blue-badge[:material/database: {_(RECORDED)}]"
    )
    words = f"{badge} :small[:gray[{edition(manifest)}]]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="data"):
        st.markdown(words)
        if seen_by:
            seen.draw(seen_by)
        if page in BRIEFED and page in offered(choice.release.public):
            _offer_briefing(page, choice)


def _offer_briefing(page: str, choice: Choice) -> None:
    """The page as a document of two sheets, made when it is asked for."""
    at = _address(page, choice)
    st.download_button(
        _("Briefing"),
        _noted(page, choice, "html", lambda: document(briefing_of(page, choice, at))),
        file_name=f"{briefing_name(page, choice)}.html",
        mime="text/html",
        icon=":material/description:",
        type="tertiary",
        on_click="ignore",
        key="briefing",
        help=_("This page as a document of two sheets, to hand on or print"),
    )
    st.download_button(
        "PDF",
        _noted(page, choice, "pdf", lambda: printed(document(briefing_of(page, choice, at)))),
        file_name=f"{briefing_name(page, choice)}.pdf",
        mime="application/pdf",
        type="tertiary",
        on_click="ignore",
        key="briefing-pdf",
        disabled=chromium() is None,
        help=_("The same as a PDF; it takes some seconds")
        if chromium()
        else _("A PDF needs a Chromium where the dashboard runs. Print the briefing instead."),
    )


def _noted(page: str, choice: Choice, ending: str, make: Callable[[], T]) -> Callable[[], T]:
    """What makes a briefing, in the language and for the reader of now, noted as it is made."""
    view, release_id = f"briefing {page}.{ending}", choice.release.manifest.release_id
    return audit.handed_out(in_this_language(make), view, release_id, _chosen(page, choice))


def _note_view(page: str, choice: Choice) -> None:
    """Note the page in the audit log; once for a view, however often it is drawn."""
    release_id, chosen = choice.release.manifest.release_id, _chosen(page, choice)
    view = (page, release_id, repr(chosen))
    if st.session_state.get(_NOTED) != view:
        audit.seen(f"page {page}", release_id, chosen)
        st.session_state[_NOTED] = view


def _chosen(page: str, choice: Choice) -> address.Query:
    return address.written(controls.own_of(page, choice.known), choice.known)


def _address(page: str, choice: Choice) -> str:
    """The address of the page with what is chosen; empty where the browser doesn't say its own."""
    at = st.context.url
    query = _chosen(page, choice)
    return f"{at}?{urlencode(query, doseq=True)}" if at and query else at or ""


def _broken(error: LeapdashError) -> None:
    """A release that can't be opened: what is wrong and the command that mends it."""
    address.speak_as_wished(st.query_params.get(LANGUAGE.key, ""))
    st.title(_("There is no release to show"), anchor=False)
    st.markdown(_("The pages read a release, and this one can’t be opened:"))
    _say_error(error)
    if isinstance(error, ReleaseError):
        sign_in.draw()


def _lead_to_own(pages: Sequence[st.Page]) -> None:
    """For a district's reader, whom a page about the state fails: the ways to the others."""
    one = reader()
    if not one.district:
        return
    query = {
        own.key: own.written(f"district:{one.district}")
        for own in address.everywhere()
        if own.key == seen_as.SEEN_AS
    }
    with st.container(horizontal=True, key="pages-of-district"):
        st.markdown(_("Pages about your district:"), width="content")
        for page, info in zip(pages, PAGES, strict=True):
            if info.key in OF_ONE_DISTRICT:
                st.page_link(page, label=_(info.title), query_params=query)


def _say_error(error: LeapdashError) -> None:
    """What is wrong and what mends it."""
    st.code(str(error), language=None, wrap_lines=True)
    st.caption(_("Nothing was changed. Reload this page when the command has run."))
