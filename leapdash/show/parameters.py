"""What an address says beside the filters: the controls that belong to single pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from leapdash.show.filters import Known, understood
from leapdash.show.measures import MEASURES


@dataclass(frozen=True)
class Parameter:
    """What an address says by one name.

    `words`: its values in words, the first the one that goes without saying. `field`: of a Choice,
    which the value is for; empty where it only says how a page is laid out.
    """

    key: str
    label: str
    words: Mapping[str, str]
    field: str = ""

    def read(self, query: Mapping[str, Sequence[str]]) -> tuple[str, bool]:
        """The value an address asks for, empty for none; and whether it asks for nothing else."""
        found, all_known = understood(query.get(self.key, []), self.words)
        return (found[0] if found and found[0] != self.first else ""), all_known

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


HEADLINE = Parameter(
    "when",
    "School months after the first visit",
    {"six_to_nine": "6 to 9 months after", "month_after": "Month after"},
    "headline",
)
ORDER = Parameter(
    "order",
    "Rows by",
    {"effect": "Effect", "waiting": "Waiting", "reached": "Reached", "name": "Name"},
    "order",
)
MEASURE = Parameter(
    "measure",
    "Schools by",
    {name: measure.label for name, measure in MEASURES.items()},
    "measure",
)
COMPARE = Parameter(
    "compare",
    "Draw its lines by",
    {
        "all": "One line",
        "district": "Districts",
        "level": "Levels",
        "period": "Time of first visit",
        "language": "Language of visit",
    },
    "by",
)
LINES = Parameter(
    "lines",
    "Lines",
    {
        "district": "Districts",
        "level": "Levels",
        "participation": "Participation",
        "group": "Student groups",
        "all": "One line",
    },
    "by",
)
POINTS = Parameter("points", "Points", {"month": "Months", "year": "School years"}, "grain")
SCHOOL = OneOf("school", "Find a school", {}, "school")

_OF_PAGE: Mapping[str, tuple[Parameter, ...]] = {
    "impact": (HEADLINE, ORDER),
    "district": (MEASURE, HEADLINE),
    "school": (SCHOOL,),
    "trends": (LINES, POINTS),
    "before_after": (COMPARE,),
    "about": (),
}


def controls_on(page: str, known: Known) -> tuple[Parameter, ...]:
    """What decides a page's answer beside the filters, with the words of the release."""
    schools = {code: known.school_label(code) for code in known.schools}
    return tuple(replace(one, words=schools) if one is SCHOOL else one for one in _OF_PAGE[page])
