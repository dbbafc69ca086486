"""The tables of an answer: by which names they go, where they stand, and why one is missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from leapdash.show.answers.model import Answer, Figure, Part, Table, Text, Withheld

TABLES: Mapping[str, tuple[str, ...]] = {
    "start": (),
    "impact": (
        "impact-effects",
        "impact-chronic-absence",
        "impact-to-june",
        "impact-periods",
        "impact-kinds",
        "impact-groups",
        "impact-reach",
        "impact-districts",
        "impact-map",
        "impact-next",
        "impact-years",
        "impact-evaluation",
    ),
    "district": (
        "district-schools",
        "district-waiting",
        "district-visits",
        "district-years",
        "district-months",
        "district-chance",
        "district-effects",
    ),
    "school": (
        "school-months",
        "school-like",
        "school-chronic",
        "school-bands",
        "school-waiting",
        "school-visits",
    ),
    "groups": (
        "groups-attendance",
        "groups-chronic",
        "groups-reach",
        "groups-effect",
        "groups-months",
        "groups-chronic-months",
        "groups-reach-months",
        "groups-effects",
    ),
    "visits": (
        "visits-months",
        "visits-kinds",
        "visits-soon",
        "visits-funnel",
        "visits-schools",
        "visits-effects",
    ),
    "compare": ("compare-months", "compare-measures"),
    "trends": ("trends-attendance", "trends-chronic"),
    "before_after": (
        "effect",
        "before-after",
        "effect-chronic-absence",
        "effect-to-june",
        "effect-before",
        "effect-balance",
        "effect-observed",
        "effect-followed",
        "effect-schoolmates",
        "effect-beside",
        "effect-left-out",
    ),
    "home_visit": (),
    "glossary": (),
    "about": (),
}
"""The names of each page's tables, in the order of the page; a choice may leave it without some."""

_IN_PUBLIC: Mapping[str, tuple[str, ...]] = {
    "impact": ("impact-effects", "impact-months", "impact-years"),
    "district": (
        "district-schools",
        "district-years",
        "district-months",
        "district-chronic",
        "district-effects",
    ),
    "school": ("school-months", "school-chronic"),
    "groups": ("groups-chronic", "groups-months", "groups-chronic-months"),
    "trends": ("trends-attendance", "trends-chronic"),
    "about": ("about-hidden",),
}


def tables_on(page: str, public: bool) -> tuple[str, ...]:
    """The names of a page's tables. `public`: in a public release, which has others, and fewer."""
    return _IN_PUBLIC.get(page, ()) if public else TABLES[page]


@dataclass(frozen=True)
class Place:
    """Where parts of an answer stand: at its head, in a section or in a check, by its `key`."""

    key: str
    parts: tuple[Part, ...]

    def tables(self) -> Iterator[Figure | Table]:
        """Its figures and tables."""
        return (part for part in self.parts if isinstance(part, Figure | Table))


def places(answer: Answer) -> Iterator[Place]:
    """Where an answer's parts stand, in the order of the page, each made when it is reached."""
    yield Place("", answer.figures)
    for section in answer.sections:
        yield Place(section.title, section.make())
    for check in answer.checks:
        yield Place(check.key, check.make())


def found(answer: Answer, name: str) -> Figure | Table | None:
    """The table of that name; None where the answer has none."""
    parts = (part for place in places(answer) for part in place.tables())
    return next((part for part in parts if part.name == name), None)


def none_of(usual: Answer, name: str) -> Table:
    """A table without rows in the place of one that a choice leaves out. `usual`: the answer where
    nothing is chosen, which knows its title and columns, unless it has none either.
    """
    there = found(usual, name)
    if there is None:
        return Table(name, usual.question, pd.DataFrame())
    return Table(name, there.title, there.table.iloc[:0])


def why_none(answer: Answer, usual: Answer, name: str) -> str:
    """Why an answer doesn't have a table that its page may have; `usual` as in `none_of`."""
    if answer.empty:
        return answer.sentence
    keys = {place.key for place in places(usual) if name in [part.name for part in place.tables()]}
    stands = [place for place in places(answer) if place.key in keys]
    parts = [part for place in stands for part in place.parts]
    for part in (*parts, answer.withheld):
        if isinstance(part, Withheld):
            return part.reason
    told = [part.words for part in parts if isinstance(part, Text) and not part.small]
    if told and not any(isinstance(part, Figure | Table) for part in parts):
        return " ".join(told)
    return "The page has no such table for this choice."
