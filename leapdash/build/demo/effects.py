"""The effect of the first visit: planted, set so that it comes out as reported, and measured.

The visit raises the chance of being present on a day by a gain that grows with the school months
since; chances never pass 1, so poor attenders gain in full and others less. A day's draw is the
same with and without the visit, so the difference between the two is the visit's alone. What is
set is the realised difference, after that bound. Nobody in the canvassing district gains.

The quantities, in points of the attendance rate: the mean, over visited students with at least 5
days enrolled in the school month so many months after that of the first visit, of (days attended
with the visit - days attended without) / days enrolled; over several months, the mean of the
months' means. They leave the canvassing district out. Levels are those of the visit's month.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import fsum

import numpy as np
import numpy.typing as npt

from leapdash.build.demo.attendance import (
    DAY_DRAWS,
    U8,
    Untreated,
    attend,
    day_draws,
    left_day_draws,
)
from leapdash.build.demo.calendar import FIRST_VISIT_MONTH, MONTH_COUNT, MONTHS_PER_YEAR
from leapdash.build.demo.draws import I64, ONE, U16, Draws
from leapdash.build.demo.places import DISTRICTS, HARTFORD, Places
from leapdash.build.demo.records import MINIMUM_HALF_DAYS
from leapdash.build.demo.students import ENGLISH, Bools, Students, level_of
from leapdash.build.demo.visits import OCCASIONS, FirstVisits

EVENT_MONTHS = MONTH_COUNT - FIRST_VISIT_MONTH
"""School months that can follow a first visit, the visit's own counted."""

LATER = (6, 7, 8, 9)
_ROUNDS = 40
_NOT_ENGLISH = 0.6
"""Gain where the family speaks another language, as a share of the others'; invented."""


@dataclass(frozen=True)
class Gains:
    """What sets the size of the gain.

    In school months 6 to 9 the gain is on average `summer` (first visits of a summer) or
    `school_year`, times `older` in grades 6 to 12, times `hartford` in Hartford, times 0.6 where
    the family speaks another language. Month 1 has the share `month_one` of that; the month of the
    visit, which falls somewhere in it, half of month 1; month 9 and later the share `month_nine`.
    """

    month_one: float = 0.3
    month_nine: float = 1.05
    summer: float = 0.06
    school_year: float = 0.10
    hartford: float = 3.0
    older: float = 1.5


@dataclass(frozen=True)
class Finding:
    """A quantity with what it should be and what it came out as (fractions; target may be open)."""

    quantity: str
    target: float | None
    realised: float
    students: int


@dataclass(frozen=True)
class Visited:
    """V visited students by E school months since the first visit, with what no visit changes.

    `student`, `district`, `level`, `occasion` (V), `language_other` (V). `chance`, `half_days` (V x
    E), `draws` (V x E x 24). The same for their records of schools left: `left_*` (K), with `left`
    (positions among all such records), `left_row`, `left_event`. `enrolled`, `without` (V x E):
    half-days enrolled, and attended had nobody visited, over all schools of the month.
    """

    student: I64
    first_month: I64
    district: I64
    level: I64
    occasion: I64
    language_other: Bools
    chance: npt.NDArray[np.int32]
    half_days: U8
    draws: U16
    left: I64
    left_row: I64
    left_event: I64
    left_chance: npt.NDArray[np.int32]
    left_half_days: U8
    left_draws: U16
    enrolled: I64
    without: I64

    @property
    def gains_anything(self) -> Bools:
        """Who is not of the canvassing district."""
        return ~np.array([d.canvasses for d in DISTRICTS])[self.district]


def gather(
    places: Places, students: Students, first: FirstVisits, untreated: Untreated, draws: Draws
) -> Visited:
    """The visited students' chances and draws, arranged by months since the first visit."""
    who = first.students
    month = first.month[who]
    shape = (len(who), EVENT_MONTHS)
    chance = np.zeros(shape, dtype=np.int32)
    half_days = np.zeros(shape, dtype=np.uint8)
    days = np.zeros((*shape, DAY_DRAWS), dtype=np.uint16)
    without = np.zeros(shape, dtype=np.int64)
    for number in range(FIRST_VISIT_MONTH, MONTH_COUNT):
        rows = np.flatnonzero(month <= number)
        event = number - month[rows]
        chance[rows, event] = untreated.chance[who[rows], number]
        half_days[rows, event] = students.half_days[who[rows], number]
        days[rows, event] = day_draws(students.count, number, draws)[who[rows]]
        without[rows, event] = untreated.attended[who[rows], number]

    row_of = np.full(students.count, -1)
    row_of[who] = np.arange(len(who))
    row = row_of[students.left_student]
    event = students.left_month - first.month[students.left_student]
    left = np.flatnonzero((row >= 0) & (event >= 0))
    enrolled = half_days.astype(np.int64)
    np.add.at(enrolled, (row[left], event[left]), students.left_half_days[left])
    np.add.at(without, (row[left], event[left]), untreated.left_attended[left])
    return Visited(
        student=who,
        first_month=month,
        district=places.school_district[first.school[who]],
        level=level_of(students.grade[who, month // MONTHS_PER_YEAR]),
        occasion=first.occasion[who],
        language_other=students.language[who] != ENGLISH,
        chance=chance,
        half_days=half_days,
        draws=days,
        left=left,
        left_row=row[left],
        left_event=event[left],
        left_chance=untreated.left_chance[left].astype(np.int32),
        left_half_days=students.left_half_days[left].astype(np.uint8),
        left_draws=left_day_draws(len(students.left_student), draws)[left],
        enrolled=enrolled,
        without=without,
    )


def gain(visited: Visited, gains: Gains) -> npt.NDArray[np.int32]:
    """What the visit adds to the chance of being present, before the bound (V x E, in 1/65,536)."""
    slope = (gains.month_nine - 1) / 1.5
    at_six = 1 - 1.5 * slope
    rise = (at_six - gains.month_one) / 5
    shape = [gains.month_one / 2]
    shape += [gains.month_one + rise * (event - 1) for event in range(1, 6)]
    shape += [1 + slope * (event - 7.5) for event in LATER]
    shape += [gains.month_nine] * (EVENT_MONTHS - len(shape))

    summer = np.array([name.startswith("summer") for name in OCCASIONS])[visited.occasion]
    size = np.where(summer, gains.summer, gains.school_year)
    size = size * np.where(visited.level > 0, gains.older, 1.0)
    size = size * np.where(visited.district == HARTFORD, gains.hartford, 1.0)
    size = size * np.where(visited.language_other, _NOT_ENGLISH, 1.0)
    size = size * visited.gains_anything
    added: npt.NDArray[np.int32] = np.floor(size[:, None] * np.array(shape) * ONE).astype(np.int32)
    return np.clip(added, 0, ONE)


def attend_with(visited: Visited, gains: Gains) -> tuple[U8, U8]:
    """Half-days attended with the visit: (V x E), and for the records of schools left (K)."""
    added = gain(visited, gains)
    flat = visited.draws.reshape(-1, visited.draws.shape[-1])
    main = attend(
        np.minimum(visited.chance + added, ONE).reshape(-1), visited.half_days.reshape(-1), flat
    ).reshape(visited.half_days.shape)
    left = attend(
        np.minimum(visited.left_chance + added[visited.left_row, visited.left_event], ONE),
        visited.left_half_days,
        visited.left_draws,
    )
    return main, left


@dataclass(frozen=True)
class _Panel:
    """Rates without the visit, and what it adds (V x E); NaN where the month can't count."""

    rate: npt.NDArray[np.float64]
    difference: npt.NDArray[np.float64]


def _panel(visited: Visited, gains: Gains) -> _Panel:
    main, left = attend_with(visited, gains)
    with_visit = main.astype(np.int64)
    np.add.at(with_visit, (visited.left_row, visited.left_event), left)
    counts = visited.enrolled >= MINIMUM_HALF_DAYS
    days = np.maximum(visited.enrolled, 1)
    return _Panel(
        rate=np.where(counts, visited.without / days, np.nan),
        difference=np.where(counts, (with_visit - visited.without) / days, np.nan),
    )


def _mean(values: npt.NDArray[np.float64], who: Bools, events: Sequence[int]) -> tuple[float, int]:
    """Mean over the months of the means over the students; and how many students stand behind it.

    Sums are exact (fsum), so that they are the same everywhere. NaN where nobody is left.
    """
    means = []
    for event in events:
        column = values[who, event]
        column = column[~np.isnan(column)]
        if len(column):
            means.append(fsum(column.tolist()) / len(column))
    students = int((~np.isnan(values[who][:, list(events)])).any(axis=1).sum())
    return (fsum(means) / len(means) if means else float("nan")), students


@dataclass(frozen=True)
class _Target:
    """A reported effect, whom it concerns, in which months since the visit, and what it sets."""

    quantity: str
    size: float
    who: Callable[[Visited], Bools]
    events: Sequence[int]


def _everyone(visited: Visited) -> Bools:
    return np.ones(len(visited.student), dtype=np.bool_)


# as reported by CCERC (Stemler, Brunner, Werblow et al., December 2022)
_TARGETS = {
    "month_one": _Target("month after the first visit", 0.04, _everyone, (1,)),
    "summer": _Target(
        "school months 6 to 9, first visits of summer 2021", 0.07, lambda v: v.occasion == 0, LATER
    ),
    "school_year": _Target(
        "school months 6 to 9, first visits of 2021-22", 0.15, lambda v: v.occasion == 1, LATER
    ),
    "younger": _Target("school month 9, grades PK-5", 0.08, lambda v: v.level == 0, (9,)),
    "older": _Target("school month 9, grades 6-12", 0.16, lambda v: v.level > 0, (9,)),
    "hartford": _Target(
        "school months 6 to 9, Hartford", 0.30, lambda v: v.district == HARTFORD, LATER
    ),
}


def set_gains(visited: Visited, gains: Gains) -> Gains:
    """The gains that realise the reported effects, found in forty small steps from `gains`.

    Each reported effect moves one of the gains by the ratio of what is wanted to what came out. An
    effect behind which nobody stands (small states) leaves its gain as it is.
    """
    for _ in range(_ROUNDS):
        panel = _panel(visited, gains)
        ratio = {name: _ratio(panel, visited, target) for name, target in _TARGETS.items()}
        ninth = _ninth_month(panel, visited)
        gains = replace(
            gains,
            month_one=_within(0.02, gains.month_one * ratio["month_one"], 1.5),
            month_nine=_within(0.7, gains.month_nine * ninth, 1.5),
            summer=_within(0.005, gains.summer * ratio["summer"], 0.5),
            school_year=_within(0.005, gains.school_year * ratio["school_year"], 0.5),
            hartford=_within(0.5, gains.hartford * ratio["hartford"], 8.0),
            older=_within(0.3, gains.older * ratio["older"] / ratio["younger"], 6.0),
        )
    return gains


def _ratio(panel: _Panel, visited: Visited, target: _Target) -> float:
    """What is wanted over what came out, damped."""
    realised, students = _mean(
        panel.difference, target.who(visited) & visited.gains_anything, target.events
    )
    return _damped(target.size, realised) if students else 1.0


def _ninth_month(panel: _Panel, visited: Visited) -> float:
    """The same for the ninth month of all grades together, given their mix."""
    wanted, came, students = 0.0, 0.0, 0
    for target in (_TARGETS["younger"], _TARGETS["older"]):
        who = target.who(visited) & visited.gains_anything
        realised, count = _mean(panel.difference, who, target.events)
        if count:
            wanted += target.size * count
            came += realised * count
            students += count
    return _damped(wanted, came) if students else 1.0


def _damped(wanted: float, came: float) -> float:
    return _within(0.5, 1 + 0.7 * (wanted / max(came, 1e-6) - 1), 2.0)


def _within(low: float, value: float, high: float) -> float:
    return min(max(value, low), high)


def findings(visited: Visited, gains: Gains) -> tuple[Finding, ...]:
    """The reported effects with what they came out as, and what else is known of the truth."""
    panel = _panel(visited, gains)
    chosen, other = visited.gains_anything, visited.language_other
    rows = [
        Finding(
            target.quantity,
            target.size,
            *_mean(panel.difference, target.who(visited) & chosen, target.events),
        )
        for target in _TARGETS.values()
    ]
    stands_at = _mean(panel.rate, visited.district == HARTFORD, LATER)
    rows.append(Finding("the same students' rate had nobody visited, Hartford", 0.60, *stands_at))
    for name, target, who in (
        ("family speaks English", None, chosen & ~other),
        ("another language", None, chosen & other),
        ("canvassing district", 0.0, ~chosen),
    ):
        realised = _mean(panel.difference, who, LATER)
        rows.append(Finding(f"school months 6 to 9, {name}", target, *realised))
    return tuple(rows)
