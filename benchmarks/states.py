"""Simulated states for the estimator's trials: attendance with and without visits, drawn by design.

Students differ for good, have spells that come and go, and a season; visits are likelier after
poor months, with a chance of at most a quarter; the true effect is 2, 4, 7 and 12 points at 0, 1, 3
and 6 months after the visit. Every student's chance to attend is known with and without the visit,
so the true effect on any set of students is too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

HISTORY = 3
MINIMUM_DAYS = 5
HIGHEST_CHANCE = 0.25
_YEAR = 10


@dataclass(frozen=True)
class Design:
    """What a simulated state is like.

    `visits`: added to the log-odds of a visit. `by_level`, `by_cohort`: factors of the effect for
    the two levels, and for visits in the first and in the second half. `gaps`: unequal enrolment,
    months missing or too short, late entries and early exits. `unseen`: weight in the log-odds of
    a visit of how the month would go, which no record shows. `chosen`: by what students are chosen
    for a visit, one of CHOSEN. `steepness`: how much more strongly visits follow recent attendance;
    `highest`: the highest chance of a visit in a month.
    """

    students: int = 10_000
    months: int = 20
    districts: int = 3
    visits: float = 0.0
    by_level: tuple[float, float] = (1.0, 1.0)
    by_cohort: tuple[float, float] = (1.0, 1.0)
    gaps: bool = False
    unseen: float = 0.0
    chosen: str = "recent"
    steepness: float = 1.0
    highest: float = HIGHEST_CHANCE


_PLAIN = Design()
_LONGER = replace(_PLAIN, months=24)
DESIGNS: Mapping[str, Design] = {
    "history": _PLAIN,
    "cohorts": replace(_PLAIN, by_level=(0.5, 1.25), by_cohort=(0.7, 1.2)),
    "gaps": replace(_PLAIN, gaps=True),
    "few": replace(_PLAIN, visits=-2.5),
    "unseen": replace(_PLAIN, unseen=0.8),
    "last year": replace(_LONGER, chosen="last year"),
    "list": replace(_LONGER, chosen="list"),
    "summer list": replace(_LONGER, chosen="summer list", gaps=True),
    "both": replace(_LONGER, chosen="both"),
    "to date": replace(_LONGER, chosen="to date"),
    "own usual": replace(_LONGER, chosen="own usual"),
    "strong": replace(_PLAIN, steepness=2.5, visits=-4.5),
    "strong, small": replace(_PLAIN, students=1_500, districts=1, steepness=2.5, visits=-5.0),
}
"""Selection on last month and the three-month mean; the same with effects that differ by cohort and
level; with gaps; with few visited; the one that must fail: a cause that no record shows;
selection by what lies further back, see CHOSEN; and selection that follows attendance so strongly
that few like the visited are left after half a year, in the state and in one small district."""


@dataclass(frozen=True)
class State:
    """One draw. Arrays of students x months: `days`, `attended`, `without` and `with_visit` (the
    chance to attend a day), `chance` (of a first visit; 0 where it can't be). By student:
    `district`, `level`, `first` (month of the first visit; `months` for never).
    """

    days: Ints
    attended: Ints
    without: Floats
    with_visit: Floats
    chance: Floats
    district: Ints
    level: Ints
    first: Ints

    @property
    def rate(self) -> Floats:
        """Attendance rates; NaN in months with fewer than MINIMUM_DAYS days enrolled."""
        rate = self.attended / np.maximum(self.days, 1)
        return np.where(self.days >= MINIMUM_DAYS, rate, np.nan)

    def table(self) -> pa.Table:
        """A row per student and month enrolled: student_id, month, attended, enrolled, district,
        level, first_visit (null for never).
        """
        students, months = self.days.shape
        here = self.days.ravel() > 0

        def by_student(values: Ints) -> Ints:
            return np.repeat(values, months)[here]

        first = by_student(self.first)
        return pa.table(
            {
                "student_id": by_student(np.arange(students)),
                "month": np.tile(np.arange(months), students)[here],
                "attended": self.attended.ravel()[here],
                "enrolled": self.days.ravel()[here],
                "district": by_student(self.district),
                "level": by_student(self.level),
                "first_visit": pa.array(first, pa.int64(), mask=first == months),
            }
        )

    def true_effect(self, e: int) -> tuple[int, float]:
        """How many visited students can be followed at event time e, and their mean true effect:
        enrolled in the month of the visit, observed in the three months before and at e.
        """
        months = self.days.shape[1]
        i = np.flatnonzero((self.first < months) & (self.first >= HISTORY))
        g = self.first[i]
        keep = (g + e >= 0) & (g + e < months) & (self.days[i, g] > 0)
        i, g = i[keep], g[keep]
        rate = self.rate
        seen = ~np.isnan(rate[i, g + e])
        for back in range(1, HISTORY + 1):
            seen &= ~np.isnan(rate[i, g - back])
        i, t = i[seen], (g + e)[seen]
        return len(i), float(np.mean(self.with_visit[i, t] - self.without[i, t]))

    def naive_change(self, e: int) -> float:
        """The same students' mean change since the month before the visit."""
        months = self.days.shape[1]
        i = np.flatnonzero((self.first < months) & (self.first >= HISTORY))
        i = i[(self.first[i] + e < months) & (self.days[i, self.first[i]] > 0)]
        rate, g = self.rate, self.first[i]
        seen = ~np.isnan(rate[i, g + e])
        for back in range(1, HISTORY + 1):
            seen &= ~np.isnan(rate[i, g - back])
        change = rate[i, g + e] - rate[i, g - 1]
        return float(change[seen].mean())


def draw(design: Design, seed: int | Sequence[int]) -> State:
    """One state of the design; the same seed, the same state."""
    rng = np.random.default_rng(seed)
    n, months = design.students, design.months
    district, level = rng.integers(0, design.districts, n), rng.integers(0, 2, n)
    spell = np.empty((n, months))
    spell[:, 0] = rng.normal(size=n)
    for t in range(1, months):
        spell[:, t] = 0.7 * spell[:, t - 1] + np.sqrt(1 - 0.7**2) * rng.normal(size=n)
    lasting = rng.normal(size=n)
    season = 0.25 * np.sin(2 * np.pi * np.arange(months) / 10)
    index = 2.0 - 0.3 * level - 0.2 * district + 0.9 * lasting
    without = np.clip(_logistic(index[:, None] + 0.8 * spell + season), 0.05, 0.985)
    days = _days(design, rng)

    size = np.interp(np.arange(months), [0, 1, 3, 6], [0.02, 0.04, 0.07, 0.12])
    first = np.full(n, months)
    attended = np.zeros((n, months), dtype=np.int64)
    chance, with_visit = np.zeros((n, months)), without.copy()
    for t in range(months):
        if t >= HISTORY:
            can_be = (first == months) & (days[:, t] > 0)
            chance[:, t] = np.where(
                can_be, _chance(design, days, attended, spell, district, level, t), 0.0
            )
            first[rng.random(n) < chance[:, t]] = t
        since = np.clip(t - first, 0, months - 1)
        effect = size[since] * np.asarray(design.by_level)[level]
        effect *= np.asarray(design.by_cohort)[(first >= months // 2).astype(int)]
        raised = np.clip(without[:, t] + effect, 0.02, 0.99)
        with_visit[:, t] = np.where(first <= t, raised, without[:, t])
        attended[:, t] = rng.binomial(days[:, t], with_visit[:, t])
    return State(days, attended, without, with_visit, chance, district, level, first)


def _days(design: Design, rng: np.random.Generator) -> Ints:
    n, months = design.students, design.months
    if not design.gaps:
        return np.full((n, months), 20)
    days = rng.integers(8, 22, (n, months))
    days[rng.random((n, months)) < 0.05] = 0
    days[rng.random((n, months)) < 0.03] = 3
    enters = np.where(rng.random(n) < 0.15, rng.integers(0, 12, n), 0)
    leaves = np.where(rng.random(n) < 0.15, rng.integers(8, months + 1, n), months)
    t = np.arange(months)
    days[(t < enters[:, None]) | (t >= leaves[:, None])] = 0
    return days


def _chance(
    design: Design,
    days: Ints,
    attended: Ints,
    spell: Floats,
    district: Ints,
    level: Ints,
    t: int,
) -> Floats:
    """The chance of a first visit in month t; 1% where what it follows is not observed."""
    past = slice(t - HISTORY, t)
    rates = attended[:, past] / np.maximum(days[:, past], 1)
    poor, poor_long = 1 - rates[:, -1], 1 - rates.mean(axis=1)
    known = (days[:, past] >= MINIMUM_DAYS).all(axis=1)
    if design.chosen == "recent":
        index = -6.8 + design.steepness * (3.2 * poor + 4.5 * poor_long)
    else:
        index, also_known = CHOSEN[design.chosen](_Record(days, attended, t, poor, poor_long))
        known &= also_known
    index += 0.2 * district - 0.1 * level + design.visits - design.unseen * spell[:, t]
    return np.where(known, np.minimum(_logistic(index), design.highest), 0.01)


@dataclass(frozen=True)
class _Record:
    """What is on record in month t, when a school year has ten months. `poor`, `poor_long`: the
    share absent last month and in the last three.
    """

    days: Ints
    attended: Ints
    t: int
    poor: Floats
    poor_long: Floats

    def absent(self, first: int, end: int) -> tuple[Floats, Flags]:
        """The share of days absent in months first to end - 1, and who was enrolled for any."""
        first = max(first, 0)
        days = self.days[:, first:end].sum(axis=1)
        return 1 - self.attended[:, first:end].sum(axis=1) / np.maximum(days, 1), days > 0

    @property
    def year(self) -> int:
        """The first month of the school year."""
        return self.t - self.t % _YEAR

    def last_year(self) -> tuple[Floats, Flags]:
        """The share absent last school year."""
        return self.absent(self.year - _YEAR, self.year)


def _by_last_year(record: _Record) -> tuple[Floats, Flags]:
    absent, known = record.last_year()
    return -6.9 + 9.0 * absent, known


def _by_list(record: _Record) -> tuple[Floats, Flags]:
    absent, known = record.last_year()
    return np.where(absent >= 0.1, -3.7, -6.5), known


def _by_summer_list(record: _Record) -> tuple[Floats, Flags]:
    if record.t > record.year:
        return -6.3 + 3.0 * record.poor_long, np.ones(len(record.poor), dtype=bool)
    absent, known = record.last_year()
    return np.where(absent >= 0.1, -1.2, -6.0), known


def _by_both(record: _Record) -> tuple[Floats, Flags]:
    absent, known = record.last_year()
    return -6.6 + 2.0 * record.poor + 2.5 * record.poor_long + 4.5 * absent, known


def _by_year_to_date(record: _Record) -> tuple[Floats, Flags]:
    now, known = record.absent(record.year, record.t)
    before, known_before = record.absent(record.year, record.t - 1)
    crossed = ((now >= 0.1) & (before < 0.1)) | ((now >= 0.2) & (before < 0.2))
    return np.where(crossed, -1.8, -5.8 + 2.0 * record.poor), known & known_before


def _by_own_usual(record: _Record) -> tuple[Floats, Flags]:
    usual, known = record.absent(0, record.t - HISTORY)
    return -5.0 + 9.0 * (record.poor_long - usual), known


CHOSEN = {
    "last year": _by_last_year,
    "list": _by_list,
    "summer list": _by_summer_list,
    "both": _by_both,
    "to date": _by_year_to_date,
    "own usual": _by_own_usual,
}
"""By what students are chosen, beside `recent`: last school year's absence; whether it was a tenth
or more; the same from a list worked through in summer (visits of a school year's first month), the
rest of the year by recent months; last year's and recent absence; the absence of the year to date
reaching a tenth or a fifth; absence above one's own usual. Each gives the log-odds, and for whom
they can be told."""


def _logistic(index: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-index)))
