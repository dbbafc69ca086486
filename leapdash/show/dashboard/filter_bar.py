"""The one filter bar: the same on every page, kept in the address, without what means nothing."""

import streamlit as st

from leapdash.contract.thresholds import CHRONIC_SHARE_ABSENT, percent
from leapdash.show.choice import Choice
from leapdash.show.dashboard import address
from leapdash.show.dashboard.layout import escape
from leapdash.show.filters import FILTER_LABELS, Filters, Known, labels, reason_off
from leapdash.show.language import N_, _
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.programme import districts_visited
from leapdash.show.views.public_effects import visited_in_districts
from leapdash.show.words.filters import chosen as chosen_in_words

_HELP = {
    "districts": N_("LEAP districts take part in home visits. Nothing chosen means all districts."),
    "district": N_("This page is about one district. The one chosen here is chosen on every page."),
    "levels": N_("By the student’s grade. Nothing chosen means all levels."),
    "participation": N_(
        "As of each month: visited – a home visit has met the family; eligible – absent for "
        "{share} or more of three school months in a row, not visited yet; neither."
    ),
    "years": N_(
        "July to June. On pages about visits: the year of the first visit, with the summer before."
    ),
    "group": N_(
        "As the state publishes them. High needs: English learner, disability, or free or reduced "
        "price meals."
    ),
}

# So many districts chosen are in sight on a telephone too; of more the label tells the number.
_IN_SIGHT = 5


def show(page: str, choice: Choice) -> None:
    """Draw the bar for a page: what counts there, and in a line what doesn't."""
    public = choice.release.public
    drawn = [name for name in FILTER_LABELS if reason_off(page, name, public) is None]
    drawn = [name for name in drawn if name not in _settled(choice)]
    if drawn:
        heading, shown = _("Filters"), in_words(choice) or _("everything")
        label = f"**{heading}** · {escape(shown)}"
        st.toggle(label, key="filters_open", on_change="ignore", width="stretch")
        row = st.container(key="filter_bar").container(
            horizontal=True, gap="small", key="filter_row"
        )
        with row:
            for name in drawn:
                _draw(name, choice)
    _foot(page, choice)


def in_words(choice: Choice) -> str:
    """What is chosen and counts on the page, in words."""
    one = (choice.district,)
    return chosen_in_words(choice.filtered(districts=one) if choice.district else choice)


def _settled(choice: Choice) -> tuple[str, ...]:
    """The filters of which nothing else can be chosen: in a release of one district, that one."""
    return ("districts",) if choice.known.own else ()


def _foot(page: str, choice: Choice) -> None:
    """What a reader must know of the choice, and the way back to everything."""
    lines = [*_which_district(choice), *_off(page, choice.release)]
    active = [name for name in choice.filters.active() if name not in _settled(choice)]
    if lines or active:
        with st.container(horizontal=True, vertical_alignment="center", key="filter_foot"):
            if active:
                st.button(
                    _("Clear filters"),
                    icon=":material/close:",
                    type="tertiary",
                    key="clear",
                    on_click=address.clear,
                )
            for line in lines:
                st.caption(escape(line), width="content")


def _draw(name: str, choice: Choice) -> None:
    known = choice.known
    match name:
        case "districts" if choice.district:
            _one_district(choice.district, known)
        case "districts":
            _districts(known)
        case "group":
            _group(known)
        case _:
            _pills(name, known)


def _districts(known: Known) -> None:
    options = labels("districts", known)
    chosen = list(address.filters().districts)
    address.begin_with("districts", chosen)
    label = _(FILTER_LABELS["districts"])
    if len(chosen) > _IN_SIGHT:
        label = _("Districts · {n} chosen", n=len(chosen))
    st.multiselect(
        label,
        list(options),
        format_func=lambda code: options[code],
        key="districts",
        placeholder=_("All districts"),
        help=_help("districts"),
        select_all=False,
        wrap=True,
        on_change=address.take_filter,
        args=("districts",),
    )


def _one_district(district: str, known: Known) -> None:
    """The same filter on a page about one district."""
    address.begin_with("district", district)
    st.selectbox(
        _("District"),
        list(known.districts),
        format_func=known.label,
        key="district",
        placeholder=_("Type a name"),
        help=_help("district"),
        on_change=address.take_district,
        args=("district", district),
    )


def _pills(name: str, known: Known) -> None:
    options = labels(name, known)
    address.begin_with(name, list(address.filters().values(name)))
    st.pills(
        _(FILTER_LABELS[name]),
        list(options),
        selection_mode="multi",
        format_func=lambda value: options[value],
        key=name,
        help=_help(name),
        wrap=True,
        on_change=address.take_filter,
        args=(name,),
    )


def _group(known: Known) -> None:
    options = labels("group", known)
    address.begin_with("group", address.filters().group)
    st.selectbox(
        _(FILTER_LABELS["group"]),
        list(options),
        format_func=lambda code: options[code],
        key="group",
        help=_help("group"),
        on_change=address.take_filter,
        args=("group",),
    )


def _help(name: str) -> str:
    return _(_HELP[name], share=percent(CHRONIC_SHARE_ABSENT))


def _which_district(choice: Choice) -> list[str]:
    """Why the page is about its district, where that isn't the only one chosen."""
    chosen = choice.filters.districts
    if not choice.district or chosen == (choice.district,):
        return []
    among = chosen_in_words(Choice(choice.release, Filters(districts=chosen))) or _("the state")
    here = choice.known.label(choice.district)
    if choice.release.public:
        told = (
            N_("This page is about one district. Of {among}, most were visited in {here}.")
            if choice.district in visited_in_districts(choice)
            else N_("This page is about one district: {here}, the first of {among}.")
        )
        return [_(told, here=here, among=among)]
    waiting = districts_visited(choice.filtered(districts=(choice.district,), years=()))["waiting"]
    if waiting.sum() == 0:
        told = N_("This page is about one district: {here}, the first of {among}.")
    else:
        told = N_("This page is about one district. Of {among}, most students wait in {here}.")
    return [_(told, here=here, among=among)]


def _off(page: str, release: OpenedRelease) -> list[str]:
    """What is chosen and doesn't count on this page, and why: a line for each reason."""
    chosen = address.filters()
    without: dict[str, list[str]] = {}
    for name in chosen.active():
        if reason := reason_off(page, name, release.public):
            without.setdefault(reason, []).append(name)
    told = {
        reason: chosen_in_words(Choice(release, chosen).only(tuple(names)))
        for reason, names in without.items()
    }
    return [
        _("Doesn’t count here: {what} – {why} It stays for other pages.", what=what, why=why)
        for why, what in told.items()
    ]
