"""What a reader asks a page for, as one frozen value: release, filters, the page's controls.

Views, words and answers take a Choice and nothing beside it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import wraps
from typing import Any, Literal, TypeVar

import pandas as pd

from leapdash.show.effects.arrays import CohortData
from leapdash.show.effects.studies import HeadlineName
from leapdash.show.filters import FILTER_LABELS, Filters, Known, codes_of
from leapdash.show.measures import ATTENDANCE
from leapdash.show.opened import OpenedRelease

By = Literal["all", "district", "level", "participation", "group", "period", "language"]
Grain = Literal["month", "year"]
Order = Literal["effect", "waiting", "reached", "name"]
Size = Literal["visited_all", "waiting"]
Shade = Literal["effect", "reached"]
Gap = Literal["attendance", "chronic", "reach", "effect"]

AREA = ("districts", "levels")
VISITS = (*AREA, "years")
STUDENTS = (*VISITS, "participation", "group")

T = TypeVar("T")


@dataclass(frozen=True)
class Choice:
    """A release, the filters as the page takes them, and what the page's own controls say.

    `by`: what lines are drawn by. `grain`: what a point in time is. `measure`: the rate schools
    are compared by, one of MEASURES. `headline`: when after the visit effects are compared.
    `order`: what rows of effects are ordered by. `size`, `shade`: what districts on the map are
    sized and shaded by. `of_group`: the student group set beside all others; `gap`: what groups are
    set side by side in. `a`, `b`: the two sides of a comparison; None where nothing is compared.
    `district`, `school`: the code of the one district or school a page is about; empty where it is
    about no single one.
    """

    release: OpenedRelease
    filters: Filters = field(default_factory=Filters)
    by: By = "all"
    grain: Grain = "month"
    measure: str = ATTENDANCE.name
    headline: HeadlineName = "six_to_nine"
    order: Order = "effect"
    size: Size = "visited_all"
    shade: Shade = "effect"
    of_group: str = "english_learner"
    gap: Gap = "attendance"
    a: Filters | None = None
    b: Filters | None = None
    district: str = ""
    school: str = ""

    def __post_init__(self) -> None:
        """In a release cut for one district, that district is chosen."""
        if self.known.own:
            for name in ("filters", "a", "b"):
                if (chosen := getattr(self, name)) is not None:
                    object.__setattr__(self, name, chosen.of_own(self.known))

    @property
    def known(self) -> Known:
        """What can be chosen in the release."""
        return self.release.known

    @property
    def cohorts(self) -> CohortData:
        """The release's effects. Raises ReleaseError where it holds none."""
        return self.release.cohorts

    @property
    def codes(self) -> tuple[str, ...] | None:
        """The district codes chosen, each once; None where all districts are meant."""
        return codes_of(self.filters, self.known)

    @property
    def sides(self) -> tuple["Choice", ...]:
        """The two sides of a comparison, each as a choice of its own; none where nothing is
        compared.
        """
        return tuple(Choice(self.release, own) for own in (self.a, self.b) if own is not None)

    def filtered(self, **filters: Any) -> "Choice":
        """The same choice with those filters set anew."""
        return replace(self, filters=replace(self.filters, **filters))

    def only(self, names: tuple[str, ...]) -> "Choice":
        """The choice with all but the named filters and controls as if nothing were chosen."""
        filters = {name: getattr(self.filters, name) for name in names if name in FILTER_LABELS}
        controls = {name: getattr(self, name) for name in names if name not in FILTER_LABELS}
        return Choice(self.release, Filters(**filters), **controls)


_NAMES = {*FILTER_LABELS, *(own.name for own in fields(Choice))} - {"release", "filters"}


def kept(*follows: str) -> Callable[[Callable[[Choice], T]], Callable[[Choice], T]]:
    """Keep a view's results with the release, for all filters and controls that it follows.

    The view sees no others: what it doesn't follow is as if nothing were chosen. So a result can't
    depend on more than it is kept by. Results are shared and must not be changed; a table is handed
    out as a copy of its own, which costs nothing until it is written to.
    """
    if unknown := set(follows) - _NAMES:
        raise TypeError(f"A choice has no {', '.join(sorted(unknown))}.")

    def keeping(view: Callable[[Choice], T]) -> Callable[[Choice], T]:
        @wraps(view)
        def of(choice: Choice) -> T:
            result = choice.release.result(view, choice.only(follows))
            return result.copy(deep=False) if isinstance(result, pd.DataFrame) else result

        return of

    return keeping
