"""The pages: what each asks, its answer, and what is chosen there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from leapdash.contract import LEAP, OTHER
from leapdash.show.answers import (
    about,
    before_after,
    compare,
    district,
    glossary,
    groups,
    home_visit,
    impact,
    school,
    start,
    trends,
    visits,
)
from leapdash.show.answers.model import Answer
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters, Known
from leapdash.show.language import N_
from leapdash.show.opened import OpenedRelease
from leapdash.show.parameters import SEVERAL, SIDES, controls_on
from leapdash.show.views.programme import districts_visited
from leapdash.show.views.public_effects import most_visited_of
from leapdash.show.views.public_schools import first_school
from leapdash.show.views.school import school_at_first


@dataclass(frozen=True)
class Page:
    """A page: its name and the question it asks, in English, to be said with `_`; and what makes
    its answer.
    """

    title: str
    question: str
    answer: Callable[[Choice], Answer]


PAGES: Mapping[str, Page] = {
    "start": Page(N_("Start"), start.QUESTION, start.answer),
    "impact": Page(N_("Impact"), impact.QUESTION, impact.answer),
    "district": Page(N_("District"), district.QUESTION, district.answer),
    "school": Page(N_("School"), school.QUESTION, school.answer),
    "groups": Page(N_("Groups"), groups.QUESTION, groups.answer),
    "visits": Page(N_("Visits"), visits.QUESTION, visits.answer),
    "compare": Page(N_("Compare"), compare.QUESTION, compare.answer),
    "trends": Page(N_("Trends"), trends.QUESTION, trends.answer),
    "before_after": Page(N_("Before and after"), before_after.QUESTION, before_after.answer),
    "home_visit": Page(N_("Home visits"), home_visit.QUESTION, home_visit.answer),
    "glossary": Page(N_("Glossary"), glossary.QUESTION, glossary.answer),
    "about": Page(N_("About"), about.QUESTION, about.answer),
}
"""Every page by its key, which files, filters and addresses go by."""


_OF_SMALL_GROUPS = frozenset({"visits", "compare", "before_after"})
"""Pages whose figures a public release doesn't hold."""


def offered(public: bool) -> tuple[str, ...]:
    """The keys of the pages that a release has figures for, in order. `public`: a public one."""
    return tuple(key for key in PAGES if not (public and key in _OF_SMALL_GROUPS))


def choice_on(
    page: str, release: OpenedRelease, filters: Filters, said: Mapping[str, str]
) -> Choice:
    """What is chosen, as the page takes it. `said`: values of the page's own controls, by key."""
    own: dict[str, Any] = {
        one.field: said.get(one.key) or one.first
        for one in controls_on(page, release.known)
        if one.field
    }
    choice = Choice(release, filters.meant_on(page, release.public), **own)
    match page:
        case "district":
            return replace(choice, district=_district(choice))
        case "school":
            return replace(choice, school=_school(choice))
        case "compare":
            a, b = _sides(choice, filters, said)
            return replace(choice, a=a, b=b)
    return choice


def _sides(choice: Choice, bar: Filters, said: Mapping[str, str]) -> tuple[Filters, Filters]:
    """Both sides of a comparison: what is said of each. Else A is what the filter bar of other
    pages holds, in the district where most wait if it holds none; B the districts that take part,
    or all others where A is just those, at A's levels and in its years.
    """
    known, waiting = choice.known, (_district(choice),)
    unsaid = Filters(bar.districts or waiting, bar.levels, years=bar.years)
    a = _side("a", unsaid, said, known)
    others = (OTHER,) if a.districts == (LEAP,) else (LEAP,)
    b = _side("b", replace(a, districts=others if known.leap else ()), said, known)
    return a, b


def _side(side: str, unsaid: Filters, said: Mapping[str, str], known: Known) -> Filters:
    districts, levels, years = (
        tuple(said[one.key].split(SEVERAL)) if said.get(one.key) else unsaid.values(one.of)
        for one in SIDES[side]
    )
    return Filters(districts, levels, years=years).still_in(known)


def _school(choice: Choice) -> str:
    """The one school a page is about: the one asked for, where it is in the districts chosen."""
    said, schools = choice.school, choice.known.schools
    if said in schools and (choice.codes is None or schools[said].district in choice.codes):
        return said
    return first_school(choice) if choice.release.public else school_at_first(choice)


def _district(choice: Choice) -> str:
    """The one district a page is about: the only one chosen, else of those chosen the one where
    most students wait; in a public release, where most were visited.
    """
    options = list(choice.codes or choice.known.districts)
    if len(options) == 1:
        return options[0]
    if choice.release.public:
        return most_visited_of(choice, options)
    table = districts_visited(choice.filtered(years=()))
    most = table.sort_values("waiting", ascending=False)["district_code"].tolist()
    return next((code for code in most if code in options), options[0])
