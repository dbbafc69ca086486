"""What an address says beside the filters: the controls that belong to single pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from leapdash.contract import GROUPS
from leapdash.show.filters import Known, in_english, understood
from leapdash.show.language import LANGUAGES, N_
from leapdash.show.measures import MEASURES
from leapdash.show.views.groups import COMPARED

SEVERAL = ","
"""What stands between the values of one text."""


@dataclass(frozen=True)
class Parameter:
    """What an address says by one name.

    `label`, `words`: in English, to be said with `_`; the values in words, the first the one that
    goes without saying. `field`: of a Choice, which the value is for; empty where it is for none.
    """

    key: str
    label: str
    words: Mapping[str, str]
    field: str = ""

    def read(self, query: Mapping[str, Sequence[str]]) -> tuple[str, bool]:
        """The value an address asks for, empty for none; and whether it asks for nothing else."""
        found, all_known = understood(query.get(self.key, []), self.words)
        return (found[0] if found and found[0] != self.first else ""), all_known

    def written(self, said: str) -> list[str]:
        """What an address says for a value."""
        return [self.words.get(said, said)]

    @property
    def first(self) -> str:
        """The value that goes without saying."""
        return next(iter(self.words))


class OneOf(Parameter):
    """One of several schools, or sections. Which goes without saying, the page's answer knows."""

    @property
    def first(self) -> str:
        """Nothing: the answer knows."""
        return ""


@dataclass(frozen=True)
class Side(OneOf):
    """What one side of a comparison chooses by one filter, in place of the filter bar: several
    values, kept as one text. `of`: the filter.
    """

    of: str = ""

    def read(self, query: Mapping[str, Sequence[str]]) -> tuple[str, bool]:
        """The values an address asks for; and whether it asks for nothing else."""
        found, all_known = understood(query.get(self.key, []), self.words)
        return SEVERAL.join(found), all_known

    def written(self, said: str) -> list[str]:
        """What an address says for the values."""
        return [self.words[value] for value in said.split(SEVERAL) if value in self.words]


HEADLINE = Parameter(
    "when",
    N_("School months after the first visit"),
    {"six_to_nine": N_("6 to 9 months after"), "month_after": N_("Month after")},
    "headline",
)
ORDER = Parameter(
    "order",
    N_("Rows by"),
    {
        "effect": N_("Effect"),
        "waiting": N_("Waiting"),
        "reached": N_("Reached"),
        "name": N_("Name"),
    },
    "order",
)
SIZE = Parameter(
    "size", N_("Size by"), {"visited_all": N_("Visited"), "waiting": N_("Waiting")}, "size"
)
SHADE = Parameter(
    "shade", N_("Shade by"), {"effect": N_("Effect"), "reached": N_("Reached")}, "shade"
)
MEASURE = Parameter(
    "measure",
    N_("Schools by"),
    {name: measure.title for name, measure in MEASURES.items()},
    "measure",
)
COMPARE = Parameter(
    "compare",
    N_("Draw its lines by"),
    {
        "all": N_("One line"),
        "district": N_("Districts"),
        "level": N_("Levels"),
        "period": N_("Time of first visit"),
        "language": N_("Language of visit"),
    },
    "by",
)
LINES = Parameter(
    "lines",
    N_("Lines"),
    {
        "district": N_("Districts"),
        "level": N_("Levels"),
        "participation": N_("Participation"),
        "group": N_("Student groups"),
        "all": N_("One line"),
    },
    "by",
)
POINTS = Parameter(
    "points", N_("Points"), {"month": N_("Months"), "year": N_("School years")}, "grain"
)
GROUP = Parameter(
    "of_group",
    N_("Group"),
    {"english_learner": GROUPS["english_learner"]} | {code: GROUPS[code] for code in COMPARED},
    "of_group",
)
GAP = Parameter(
    "gap",
    N_("Gaps in"),
    {
        "attendance": N_("Attendance"),
        "chronic": N_("Chronic absence"),
        "reach": N_("Reached"),
        "effect": N_("Effect"),
    },
    "gap",
)
SIDES: Mapping[str, tuple[Side, ...]] = {
    "a": (
        Side("a_districts", N_("A: districts"), {}, of="districts"),
        Side("a_levels", N_("A: levels"), {}, of="levels"),
        Side("a_years", N_("A: school years"), {}, of="years"),
    ),
    "b": (
        Side("b_districts", N_("B: districts"), {}, of="districts"),
        Side("b_levels", N_("B: levels"), {}, of="levels"),
        Side("b_years", N_("B: school years"), {}, of="years"),
    ),
}
"""What each side of a comparison chooses."""
SCHOOL = OneOf("school", N_("Find a school"), {}, "school")
LANGUAGE = OneOf("lang", N_("Language"), {code: code for code in LANGUAGES})
"""The language asked for; without one a page speaks the browser's."""

_IN_PUBLIC: Mapping[str, tuple[str, ...]] = {"order": ("effect", "name"), "gap": ("chronic",)}
"""What of a control a public release has figures for."""

_OF_PAGE: Mapping[str, tuple[Parameter, ...]] = {
    "start": (),
    "impact": (HEADLINE, ORDER, SIZE, SHADE),
    "district": (MEASURE, HEADLINE),
    "school": (SCHOOL,),
    "groups": (GROUP, GAP),
    "visits": (),
    "compare": (*SIDES["a"], *SIDES["b"]),
    "trends": (LINES, POINTS),
    "before_after": (COMPARE,),
    "home_visit": (),
    "glossary": (),
    "about": (),
}


def controls_on(page: str, known: Known) -> tuple[Parameter, ...]:
    """What decides a page's answer beside the filters, with the words of the release."""
    return tuple(worded(one, known) for one in _OF_PAGE[page])


def worded(one: Parameter, known: Known) -> Parameter:
    """A control with what can be chosen by it in a release."""
    if isinstance(one, Side):
        return replace(one, words=in_english(one.of, known))
    if known.public and one.key in _IN_PUBLIC:
        return replace(one, words={value: one.words[value] for value in _IN_PUBLIC[one.key]})
    if one is SCHOOL:
        return replace(one, words={code: known.school_label(code) for code in known.schools})
    return one
