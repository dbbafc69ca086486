"""The controls that belong to single pages, kept in the address like the filters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

from leapdash.show.choice import Choice
from leapdash.show.dashboard import address
from leapdash.show.dashboard.address import LANGUAGE, Parameter, Tabs
from leapdash.show.filters import Known
from leapdash.show.language import N_, _
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.district import BESIDE
from leapdash.show.views.effects import ways_to_part
from leapdash.show.views.programme import districts_visited
from leapdash.show.views.school import school_at_first
from leapdash.show.words.school import AT_FIRST


@dataclass(frozen=True)
class Control(Parameter):
    """A control for one field of a Choice.

    `kind`: whether all values stand side by side, or in a list that opens; `wrap`: whether they may
    take several lines.
    """

    field: str
    kind: Literal["row", "list"] = "row"
    wrap: bool | None = None

    def draw(self) -> None:
        """Put it on the page."""
        options = list(self.words)
        address.begin_with(self.key, self.says() if self.says() in options else self.first)
        if self.kind == "list":
            st.selectbox(
                _(self.label),
                options,
                format_func=lambda value: _(self.words[value]),
                key=self.key,
                on_change=address.take,
                args=(self.key, options),
            )
        else:
            st.segmented_control(
                _(self.label),
                options,
                required=True,
                format_func=lambda value: _(self.words[value]),
                key=self.key,
                wrap=self.wrap,
                on_change=address.take,
                args=(self.key, options),
            )


HEADLINE = Control(
    "when",
    N_("School months after the first visit"),
    {"six_to_nine": N_("6 to 9 months after"), "month_after": N_("Month after")},
    field="headline",
)
ORDER = Control(
    "order",
    N_("Rows by"),
    {
        "effect": N_("Effect"),
        "waiting": N_("Waiting"),
        "reached": N_("Reached"),
        "name": N_("Name"),
    },
    field="order",
)
SIZE = Control(
    "size",
    N_("Size by"),
    {"visited_all": N_("Visited"), "waiting": N_("Waiting")},
    field="size",
)
SHADE = Control(
    "shade",
    N_("Shade by"),
    {"effect": N_("Effect"), "reached": N_("Reached")},
    field="shade",
)
MEASURE = Control(
    "measure",
    N_("Schools by"),
    {measure.name: measure.title for measure in BESIDE},
    field="measure",
)
COMPARE = Control(
    "compare",
    N_("Draw its lines by"),
    {
        "all": N_("One line"),
        "district": N_("Districts"),
        "level": N_("Levels"),
        "period": N_("Time of first visit"),
        "language": N_("Language of visit"),
    },
    field="by",
    kind="list",
)
LINES = Control(
    "lines",
    N_("Lines"),
    {
        "district": N_("Districts"),
        "level": N_("Levels"),
        "participation": N_("Participation"),
        "group": N_("Student groups"),
        "all": N_("One line"),
    },
    field="by",
    wrap=True,
)
POINTS = Control(
    "points", N_("Points"), {"month": N_("Months"), "year": N_("School years")}, field="grain"
)


def draw_compare(choice: Choice) -> None:
    """Put `COMPARE` on the page with the ways that part the choice's lines; not where none does."""
    offered = ("all", *ways_to_part(choice))
    if len(offered) > 1:
        words: dict[str, str] = {way: COMPARE.words[way] for way in offered}
        replace(COMPARE, words=words).draw()


@dataclass(frozen=True)
class SchoolBox(Tabs):
    """The one school a page is about. What goes without saying is the one the page begins with."""

    def draw(self, choice: Choice) -> None:
        """Put it on the page, with the schools of the districts chosen."""
        known, codes = choice.known, choice.codes
        offered = [
            code for code, one in known.schools.items() if codes is None or one.district in codes
        ]
        address.begin_with(self.key, choice.school)
        st.selectbox(
            _(self.label),
            offered,
            format_func=known.school_label,
            key=self.key,
            on_change=address.take,
            args=(self.key, ["", *offered]),
        )
        if choice.school and choice.school != self.says():
            st.caption(_(AT_FIRST))


def _tabs(key: str, label: str, *titles: str) -> Tabs:
    return Tabs(key, label, dict(zip(titles, titles, strict=True)))


BESIDE_TABS = _tabs(
    "beside",
    N_("Beside the effect"),
    "Chronic absence",
    "When visited",
    "What differs",
    "Student groups",
    "Reached",
    "Map",
    "Where next",
    "All students",
    "Evaluation",
    "Since the last release",
)
SCHOOL = SchoolBox("school", N_("Find a school"), {})
SCHOOL_TABS = _tabs(
    "beside_school", N_("The school"), "Schools like it", "Chronic absence", "Visits", "Chance"
)
TIME_TABS = _tabs(
    "time",
    N_("The district over time"),
    "Who waits",
    "School years",
    "Months",
    "Schools and chance",
    "Effect of visits",
)

OF_PAGE: Mapping[str, tuple[Parameter, ...]] = {
    "start": (),
    "impact": (HEADLINE, ORDER, SIZE, SHADE, BESIDE_TABS),
    "district": (MEASURE, HEADLINE, TIME_TABS),
    "school": (SCHOOL, SCHOOL_TABS),
    "trends": (LINES, POINTS),
    "before_after": (COMPARE,),
    "home_visit": (),
    "glossary": (),
    "about": (),
}
"""What each page has to say beside the filters."""


def own_of(page: str, known: Known) -> tuple[Parameter, ...]:
    """What a page has to say beside the filters, with the words of the release."""
    schools = {code: known.school_label(code) for code in known.schools}
    own = (replace(one, words=schools) if one is SCHOOL else one for one in OF_PAGE[page])
    return (*own, LANGUAGE)


def every(known: Known) -> tuple[Parameter, ...]:
    """The same for all pages, each once."""
    return tuple({one.key: one for page in OF_PAGE for one in own_of(page, known)}.values())


def choice_on(page: str, release: OpenedRelease) -> Choice:
    """What is chosen, as the page takes it."""
    said: dict[str, Any] = {
        own.field: own.says() for own in OF_PAGE[page] if isinstance(own, Control)
    }
    choice = Choice(release, address.filters().meant_on(page), **said)
    match page:
        case "district":
            return replace(choice, district=_district(choice))
        case "school":
            return replace(choice, school=_school(choice))
    return choice


def _school(choice: Choice) -> str:
    """The one school a page is about: the one asked for, where it is in the districts chosen."""
    said, schools = SCHOOL.says(), choice.known.schools
    if said in schools and (choice.codes is None or schools[said].district in choice.codes):
        return said
    return school_at_first(choice)


def _district(choice: Choice) -> str:
    """The one district a page is about: the only one chosen, else of those chosen the one where
    most students wait.
    """
    options = list(choice.codes or choice.known.districts)
    if len(options) == 1:
        return options[0]
    table = districts_visited(choice.filtered(years=()))
    most = table.sort_values("waiting", ascending=False)["district_code"].tolist()
    return next((code for code in most if code in options), options[0])
