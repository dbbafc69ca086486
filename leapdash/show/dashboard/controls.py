"""The controls that belong to single pages, kept in the address like the filters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

from leapdash.contract import GROUPS
from leapdash.show.choice import Choice
from leapdash.show.dashboard import address
from leapdash.show.dashboard.address import LANGUAGE, Parameter, Several, Tabs
from leapdash.show.filters import LEAP, OTHER, Filters, Known, in_english, labels
from leapdash.show.language import N_, _
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.district import BESIDE
from leapdash.show.views.effects import ways_to_part
from leapdash.show.views.groups import COMPARED
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

GROUP = Control(
    "of_group",
    N_("Group"),
    {"english_learner": GROUPS["english_learner"]} | {code: GROUPS[code] for code in COMPARED},
    field="of_group",
    kind="list",
)
GAP = Control(
    "gap",
    N_("Gaps in"),
    {
        "attendance": N_("Attendance"),
        "chronic": N_("Chronic absence"),
        "reach": N_("Reached"),
        "effect": N_("Effect"),
    },
    field="gap",
    wrap=True,
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


@dataclass(frozen=True)
class SideBox(Several):
    """What one side of a comparison chooses by one filter, in place of the filter bar. `of`: the
    filter.
    """

    of: str

    def draw(self, choice: Choice, shown: tuple[str, ...]) -> None:
        """Put it on the page; `shown`: what counts now, said or not."""
        options = labels(self.of, choice.known)
        address.begin_with(self.key, list(shown))
        if self.of == "districts":
            st.multiselect(
                _(self.label),
                list(options),
                format_func=lambda value: options[value],
                key=self.key,
                placeholder=_("All districts"),
                select_all=False,
                wrap=True,
                on_change=address.take_several,
                args=(self.key,),
            )
        else:
            st.pills(
                _(self.label),
                list(options),
                selection_mode="multi",
                format_func=lambda value: options[value],
                key=self.key,
                wrap=True,
                on_change=address.take_several,
                args=(self.key,),
            )


SIDES: Mapping[str, tuple[SideBox, ...]] = {
    "a": (
        SideBox("a_districts", N_("A: districts"), {}, of="districts"),
        SideBox("a_levels", N_("A: levels"), {}, of="levels"),
        SideBox("a_years", N_("A: school years"), {}, of="years"),
    ),
    "b": (
        SideBox("b_districts", N_("B: districts"), {}, of="districts"),
        SideBox("b_levels", N_("B: levels"), {}, of="levels"),
        SideBox("b_years", N_("B: school years"), {}, of="years"),
    ),
}
"""What each side of a comparison chooses."""


def draw_sides(choice: Choice) -> None:
    """Put the controls of both sides beside each other."""
    for column, (side, boxes), own in zip(
        st.columns(2, gap="medium"), SIDES.items(), choice.sides, strict=True
    ):
        with column.container(border=True, gap="small", key=f"side-{side}"):
            districts, *others = boxes
            districts.draw(choice, own.filters.values(districts.of))
            with st.container(horizontal=True, gap="small"):
                for box in others:
                    box.draw(choice, own.filters.values(box.of))


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
    "impact": (HEADLINE, ORDER, BESIDE_TABS),
    "district": (MEASURE, HEADLINE, TIME_TABS),
    "school": (SCHOOL, SCHOOL_TABS),
    "groups": (GROUP, GAP, GROUP_TABS),
    "visits": (VISITS_TABS,),
    "compare": (*SIDES["a"], *SIDES["b"]),
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

    def worded(one: Parameter) -> Parameter:
        if isinstance(one, SideBox):
            return replace(one, words=in_english(one.of, known))
        return replace(one, words=schools) if one is SCHOOL else one

    return (*map(worded, OF_PAGE[page]), LANGUAGE)


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
        case "compare":
            a, b = _sides(choice)
            return replace(choice, a=a, b=b)
    return choice


def _sides(choice: Choice) -> tuple[Filters, Filters]:
    """Both sides of a comparison: what is said of each. Else A is what the filter bar of other
    pages holds, in the district where most wait if it holds none; B the districts that take part,
    or all others where A is just those, at A's levels and in its years.
    """
    bar, known = address.filters(), choice.known
    waiting = (_district(choice),)
    a = _side("a", Filters(bar.districts or waiting, bar.levels, years=bar.years), known)
    others = (OTHER,) if a.districts == (LEAP,) else (LEAP,)
    b = _side("b", replace(a, districts=others if known.leap else ()), known)
    return a, b


def _side(side: str, unsaid: Filters, known: Known) -> Filters:
    districts, levels, years = (box.chosen() or unsaid.values(box.of) for box in SIDES[side])
    return Filters(districts, levels, years=years).still_in(known)


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
