"""The controls that belong to single pages, kept in the address like the filters."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import streamlit as st

from leapdash.show.answers import pages
from leapdash.show.choice import Choice
from leapdash.show.dashboard import address
from leapdash.show.filters import Known, labels
from leapdash.show.language import N_, _
from leapdash.show.opened import OpenedRelease
from leapdash.show.parameters import (
    COMPARE,
    SCHOOL,
    SIDES,
    OneOf,
    Parameter,
    Side,
    controls_on,
)
from leapdash.show.views.effects import ways_to_part
from leapdash.show.words.school import AT_FIRST, FIRST_BY_NAME


def draw(
    control: Parameter, kind: Literal["row", "list"] = "row", wrap: bool | None = None
) -> None:
    """Put a control on the page: all values side by side, or in a list that opens; `wrap`: whether
    they may take several lines.
    """
    options, said = list(control.words), address.says(control)
    address.begin_with(control.key, said if said in options else control.first)
    if kind == "list":
        st.selectbox(
            _(control.label),
            options,
            format_func=lambda value: _(control.words[value]),
            key=control.key,
            on_change=address.take,
            args=(control.key, options),
        )
    else:
        st.segmented_control(
            _(control.label),
            options,
            required=True,
            format_func=lambda value: _(control.words[value]),
            key=control.key,
            wrap=wrap,
            on_change=address.take,
            args=(control.key, options),
        )


def draw_compare(choice: Choice) -> None:
    """Put `COMPARE` on the page with the ways that part the choice's lines; not where none does."""
    offered = ("all", *ways_to_part(choice))
    if len(offered) > 1:
        words: dict[str, str] = {way: COMPARE.words[way] for way in offered}
        draw(replace(COMPARE, words=words), "list")


def draw_school(choice: Choice) -> None:
    """Put `SCHOOL` on the page, with the schools of the districts chosen."""
    known, codes = choice.known, choice.codes
    offered = [
        code for code, one in known.schools.items() if codes is None or one.district in codes
    ]
    address.begin_with(SCHOOL.key, choice.school)
    st.selectbox(
        _(SCHOOL.label),
        offered,
        format_func=known.school_label,
        key=SCHOOL.key,
        placeholder=_("Type a name"),
        on_change=address.take,
        args=(SCHOOL.key, ["", *offered]),
    )
    if choice.school and choice.school != address.says(SCHOOL):
        st.caption(_(FIRST_BY_NAME if choice.release.public else AT_FIRST))


def draw_sides(choice: Choice) -> None:
    """Put the controls of both sides of a comparison beside each other."""
    for column, (side, boxes), own in zip(
        st.columns(2, gap="medium"), SIDES.items(), choice.sides, strict=True
    ):
        with column.container(border=True, gap="small", key=f"side-{side}"):
            districts, *others = boxes
            _draw_side(districts, choice, own.filters.values(districts.of))
            with st.container(horizontal=True, gap="small"):
                for box in others:
                    _draw_side(box, choice, own.filters.values(box.of))


def _draw_side(box: Side, choice: Choice, shown: tuple[str, ...]) -> None:
    """Put what a side chooses by one filter on the page; `shown`: what counts now, said or not."""
    options = labels(box.of, choice.known)
    address.begin_with(box.key, list(shown))
    if box.of == "districts":
        st.multiselect(
            _(box.label),
            list(options),
            format_func=lambda value: options[value],
            key=box.key,
            placeholder=_("All districts"),
            select_all=False,
            wrap=True,
            on_change=address.take_several,
            args=(box.key,),
        )
    else:
        st.pills(
            _(box.label),
            list(options),
            selection_mode="multi",
            format_func=lambda value: options[value],
            key=box.key,
            wrap=True,
            on_change=address.take_several,
            args=(box.key,),
        )


def _tabs(key: str, label: str, *titles: str) -> OneOf:
    return OneOf(key, label, dict(zip(titles, titles, strict=True)))


BESIDE_TABS = _tabs(
    "beside",
    N_("Beside the effect"),
    "Chronic absence",
    "When visited",
    "What differs",
    "Student groups",
    "Reached",
    "Side by side",
    "Map",
    "Where next",
    "All students",
    "Evaluation",
    "Since the last release",
)
GROUP_TABS = _tabs(
    "beside_groups",
    N_("The group and all others"),
    "Attendance by month",
    "Chronic absence",
    "Reached",
    "Effect of visits",
)
VISITS_TABS = _tabs(
    "beside_visits",
    N_("The visits"),
    "Kinds of visits",
    "How soon",
    "From eligible to met",
    "School by school",
    "What differs",
)
SCHOOL_TABS = _tabs(
    "beside_school", N_("The school"), "Schools like it", "Chronic absence", "Visits", "Chance"
)
TIME_TABS = _tabs(
    "time",
    N_("The district over time"),
    "Who waits",
    "Visits",
    "School years",
    "Months",
    "Schools and chance",
    "Effect of visits",
)

_TABS: Mapping[str, tuple[Parameter, ...]] = {
    "impact": (BESIDE_TABS,),
    "district": (TIME_TABS,),
    "school": (SCHOOL_TABS,),
    "groups": (GROUP_TABS,),
    "visits": (VISITS_TABS,),
}
"""Which section of a page is open."""


def own_of(page: str, known: Known) -> tuple[Parameter, ...]:
    """What a page has to say beside the filters, with the words of the release."""
    return (*controls_on(page, known), *_TABS.get(page, ()), *address.everywhere())


def every(known: Known) -> tuple[Parameter, ...]:
    """The same for all pages, each once."""
    return tuple({one.key: one for page in pages.PAGES for one in own_of(page, known)}.values())


def choice_on(page: str, release: OpenedRelease) -> Choice:
    """What is chosen, as the page takes it."""
    said = {own.key: address.says(own) for own in controls_on(page, release.known)}
    return pages.choice_on(page, release, address.filters(), said)
