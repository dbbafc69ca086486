"""The rates that pages show over time and school by school: what each is called, and rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

from leapdash.show.language import N_, _


@dataclass(frozen=True)
class Measure:
    """A rate. `name`: its column, a fraction; `students`: the column that says how many stand
    behind it; `word`: its name within a sentence; `title`: over its column; `axis`: beside a chart,
    with what it is a share of. All but the first two are English, to be said with `_`.
    """

    name: str
    students: str
    word: str
    title: str
    axis: str
    more_is_better: bool = True

    @property
    def label(self) -> str:
        """The word at the beginning of a line."""
        return _(self.word).capitalize()


ATTENDANCE = Measure(
    "attendance_rate",
    "students",
    N_("attendance"),
    N_("Attendance rate"),
    N_("Attendance rate (% of days enrolled)"),
)
CHRONIC_ABSENCE = Measure(
    "chronic_share",
    "chronic_base",
    N_("chronic absence"),
    N_("Chronic absence"),
    N_("Chronically absent (% of students)"),
    more_is_better=False,
)
REACHED = Measure(
    "reached",
    "ever_eligible",
    N_("reached"),
    N_("Reached"),
    N_("Visited (% of students ever eligible)"),
)
MEASURES: Mapping[str, Measure] = {m.name: m for m in (ATTENDANCE, CHRONIC_ABSENCE)}
"""The measures schools are compared by, by the name of their column."""
