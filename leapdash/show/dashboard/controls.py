"""The controls that belong to single pages, kept in the address like the filters.

An answer is made for a choice that holds what the controls say, and a control stands among the
figures that the answer makes. So what it says is read before it is drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st

from leapdash.show.choice import By, Choice
from leapdash.show.views.district import BESIDE
from leapdash.show.views.effects import parted_by
from leapdash.show.views.programme import districts_visited


@dataclass(frozen=True)
class Control:
    """A control for one field of a Choice.

    `words`: its values in words, the first the one to begin with. `key`: what it goes by in the
    address. `kind`: whether all values stand side by side, or in a list that opens; `wrap`: whether
    they may take several lines.
    """

    field: str
    key: str
    label: str
    words: Mapping[str, str]
    kind: Literal["row", "list"] = "row"
    wrap: bool | None = None

    def says(self) -> str:
        """Its value in this run, drawn already or not."""
        value = st.session_state.get(self.key)
        if value in self.words:
            return str(value)
        asked = st.query_params.get(self.key)
        first = next(iter(self.words))
        return next((value for value, told in self.words.items() if told == asked), first)

    def draw(self, choice: Choice) -> None:
        """Put it on the page; where it says something else than the choice, run again for that.

        That happens when the reader goes back in the browser's history, where the address counts.
        """
        if self.kind == "list":
            drawn = st.selectbox(
                self.label,
                list(self.words),
                format_func=lambda value: self.words[value],
                key=self.key,
                bind="query-params",
            )
        else:
            drawn = st.segmented_control(
                self.label,
                list(self.words),
                default=next(iter(self.words)),
                required=True,
                format_func=lambda value: self.words[value],
                key=self.key,
                wrap=self.wrap,
                bind="query-params",
            )
        if drawn != getattr(choice, self.field):
            st.rerun()


HEADLINE = Control(
    "headline",
    "when",
    "School months after the first visit",
    {"six_to_nine": "6 to 9 months after", "month_after": "Month after"},
)
ORDER = Control(
    "order",
    "order",
    "Rows by",
    {"effect": "Effect", "waiting": "Waiting", "reached": "Reached", "name": "Name"},
)
MEASURE = Control(
    "measure",
    "measure",
    "Schools by",
    {measure.name: measure.label for measure in BESIDE},
)
COMPARE = Control(
    "by",
    "compare",
    "Draw its lines by",
    {
        "all": "One line",
        "district": "Districts",
        "level": "Levels",
        "period": "Time of first visit",
        "language": "Language of visit",
    },
    kind="list",
)
LINES = Control(
    "by",
    "lines",
    "Lines",
    {
        "district": "Districts",
        "level": "Levels",
        "participation": "Participation",
        "group": "Student groups",
        "all": "One line",
    },
    wrap=True,
)
POINTS = Control("grain", "points", "Points", {"month": "Months", "year": "School years"})


def draw_compare(choice: Choice) -> None:
    """Put `COMPARE` on the page with the ways that part the choice's lines; not where none does."""
    ways: tuple[By, ...] = ("district", "level", "period", "language")
    offered = ("all", *parted_by(choice, ways))
    if len(offered) > 1:
        words: dict[str, str] = {way: COMPARE.words[way] for way in offered}
        replace(COMPARE, words=words).draw(choice)


def one_district(choice: Choice) -> Choice:
    """The choice with the one district a page is about: the only one chosen, else one picked from
    those chosen.

    The box to pick begins with the district where most students wait.
    """
    known = choice.known
    options = list(choice.codes or known.districts)
    if len(options) == 1:
        return replace(choice, district=options[0])
    table = districts_visited(choice.filtered(years=()))
    most = table.sort_values("waiting", ascending=False)["district_code"].tolist()
    first = next((code for code in most if code in options), options[0])
    district = st.selectbox(
        "District on this page",
        options,
        index=options.index(first),
        format_func=known.label,
        key="district",
        width=320,
        bind="query-params",
    )
    return replace(choice, district=district)
