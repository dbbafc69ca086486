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

from benchmarks.chosen import CHOSEN, YEAR, Record

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

HISTORY = 3
LAST_YEAR = ("last_year", "no_last_year")
MINIMUM_DAYS = 5
HIGHEST_CHANCE = 0.25

SHARES = {"english_learner": 0.18, "disability": 0.16, "low_income": 0.45, "homeless": 0.02}
"""Student groups, and what share of students is in each."""
_SCHOOL_MONTHS = {"school_last": 1, "school_mean": HISTORY}
"""How many months back each measure of a school looks."""
_LESS_LEAVING = 0.3


@dataclass(frozen=True)
class Design:
    """What a simulated state is like.

    `visits`: added to the log-odds of a visit. `by_level`, `by_cohort`: factors of the effect for
    the two levels, and for visits in the first and in the second half. `gaps`: unequal enrolment,
    months missing or too short, late entries and early exits. `unseen`: weight in the log-odds of
    a visit of how the month would go, which no record shows. `chosen`: by what students are chosen
    for a visit, `recent` or one of CHOSEN. `steepness`: how much more strongly visits follow recent
    attendance; `highest`: the highest chance of a visit in a month. `schools`: in each district and
    level. `trend`: by how much English learners' log-odds of attending fall every month. `shocks`:
    how far a whole school's log-odds fall in its bad months, one to three at a time. `leavers`:
    students leave, likelier after poor months, the visited less often. `near_perfect`: many
    students are never absent, a few nearly always. `late`: visits are recorded a month late.
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
    schools: int = 10
    trend: float = 0.0
    shocks: float = 0.0
    leavers: bool = False
    near_perfect: bool = False
    late: bool = False


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
    "group": replace(_LONGER, chosen="group", trend=0.03),
    "school": replace(_LONGER, chosen="school", shocks=0.65),
    "all mildly": replace(_LONGER, chosen="all mildly", trend=0.02, shocks=0.5),
    "strong": replace(_PLAIN, steepness=1.3, highest=0.35),
    "leavers": replace(_PLAIN, leavers=True),
    "near perfect": replace(_PLAIN, near_perfect=True, steepness=1.5, highest=0.4),
    "late record": replace(_PLAIN, late=True),
    "small districts": replace(_PLAIN, students=4_800, districts=12, schools=2, visits=-1.1),
}
"""Selection on last month and the three-month mean; the same with effects that differ by cohort and
level; with gaps; with few visited; the one that must fail: a cause that no record shows; selection
by what lies further back, or by what a student shares with others, see CHOSEN; stronger selection;
and what the record or the state has against the estimator, see Design. In this order, for a
state's number is part of its seed: what is new goes to the end."""


@dataclass(frozen=True)
class State:
    """One draw. Arrays of students x months: `days`, `attended`, `without` and `with_visit` (the
    chance to attend a day), `chance` (of a first visit; 0 where it can't be). By student:
    `district`, `level`, `first` (month of the first visit as recorded; `months` for never),
    `school` (numbered over the state; one of a district and level), and 0 or 1 for being in a
    group: `english_learner`, `disability`, `low_income`, `homeless`.
    """

    days: Ints
    attended: Ints
    without: Floats
    with_visit: Floats
    chance: Floats
    district: Ints
    level: Ints
    first: Ints
    school: Ints
    english_learner: Ints
    disability: Ints
    low_income: Ints
    homeless: Ints

    @property
    def rate(self) -> Floats:
        """Attendance rates; NaN in months with fewer than MINIMUM_DAYS days enrolled."""
        rate = self.attended / np.maximum(self.days, 1)
        return np.where(self.days >= MINIMUM_DAYS, rate, np.nan)

    def table(self, covariates: Sequence[str] = ()) -> pa.Table:
        """A row per student and month enrolled: student_id, month, attended, enrolled, district,
        level, school, 0 or 1 for each of SHARES, first_visit (null for never); and of `covariates`
        what isn't there yet.
        """
        students, months = self.days.shape
        here = self.days.ravel() > 0

        def by_student(values: Ints) -> Ints:
            return np.repeat(values, months)[here]

        first = by_student(self.first)
        more = [name for name in covariates if name not in SHARES]
        values = self.covariates(more)[self.days > 0].T
        return pa.table(
            {
                "student_id": by_student(np.arange(students)),
                "month": np.tile(np.arange(months), students)[here],
                "attended": self.attended.ravel()[here],
                "enrolled": self.days.ravel()[here],
                "district": by_student(self.district),
                "level": by_student(self.level),
                "school": by_student(self.school),
                "english_learner": by_student(self.english_learner),
                "disability": by_student(self.disability),
                "low_income": by_student(self.low_income),
                "homeless": by_student(self.homeless),
                "first_visit": pa.array(first, pa.int64(), mask=first == months),
                **dict(zip(more, values, strict=True)),
            }
        )

    def covariates(self, names: Sequence[str]) -> Floats:
        """By student, month and name, as known when a visit of that month is decided: a group of
        SHARES as 0 or 1; `school_last`, the school's attendance rate last month, all its students'
        days pooled; `school_mean`, the plain mean of its last three monthly rates. Where nobody was
        enrolled in the school, its district's and level's rate stands in; 0 before month 1 and
        month 3. `last_year`, the student's own rate of the school year before, and `no_last_year`,
        1 for who was enrolled for fewer than MINIMUM_DAYS then: for them the mean of all others and
        years stands in.
        """
        students, months = self.days.shape
        rate = monthly_rates(self.days, self.attended, self.school)
        stratum = monthly_rates(self.days, self.attended, 2 * self.district + self.level)
        rate = np.where(np.isnan(rate), stratum, rate)
        found = np.zeros((students, months, len(names)))
        for k, name in enumerate(names):
            if name in SHARES:
                found[:, :, k] = getattr(self, name)[:, None]
                continue
            if name in LAST_YEAR:
                found[:, :, k] = self._last_year()[LAST_YEAR.index(name)]
                continue
            back = range(1, 1 + _SCHOOL_MONTHS[name])
            for m in range(back[-1], months):
                found[:, m, k] = np.mean([rate[:, m - b] for b in back], axis=0)
        return found

    def _last_year(self) -> tuple[Floats, Floats]:
        """The rate of the school year before and who has none, by student and month."""
        rate = np.full(self.days.shape, np.nan)
        by_year = []
        for first in range(YEAR, self.days.shape[1], YEAR):
            days = self.days[:, first - YEAR : first].sum(axis=1)
            attended = self.attended[:, first - YEAR : first].sum(axis=1)
            own = np.where(days >= MINIMUM_DAYS, attended / np.maximum(days, 1), np.nan)
            rate[:, first : first + YEAR] = own[:, None]
            by_year.append(own)
        none = np.isnan(rate)
        typical = float(np.nanmean(by_year)) if by_year else 0.0
        return np.where(none, typical, rate), none.astype(np.float64)

    def true_effect(self, e: int, who: Flags | None = None) -> tuple[int, float]:
        """How many visited students can be followed at event time e, and their mean true effect:
        enrolled in the month of the visit, observed in the three months before and at e; months
        counted as the visit is recorded. `who`: of these students alone.
        """
        months = self.days.shape[1]
        visited = (self.first < months) & (self.first >= HISTORY)
        i = np.flatnonzero(visited if who is None else visited & who)
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


def monthly_rates(days: Ints, attended: Ints, group: Ints) -> Floats:
    """By student and month: days attended over days enrolled, pooled over all students of the same
    group; NaN where none of them was enrolled.
    """
    enrolled, present = (
        np.stack([np.bincount(group, month) for month in counts.T], axis=1)
        for counts in (days, attended)
    )
    rate = np.full(enrolled.shape, np.nan)
    return np.divide(present, enrolled, out=rate, where=enrolled > 0)[group]


def draw(design: Design, seed: int | Sequence[int]) -> State:
    """One state of the design; the same seed, the same state."""
    # Groups, schools and what some designs do with them are drawn apart: the others stay as they
    # were before there were any.
    rng, apart = np.random.default_rng(seed), _apart(seed)
    n, months = design.students, design.months
    district, level = rng.integers(0, design.districts, n), rng.integers(0, 2, n)
    school = (2 * district + level) * design.schools + apart.integers(0, design.schools, n)
    groups = {name: (apart.random(n) < share).astype(int) for name, share in SHARES.items()}
    spell = np.empty((n, months))
    spell[:, 0] = rng.normal(size=n)
    for t in range(1, months):
        spell[:, t] = 0.7 * spell[:, t - 1] + np.sqrt(1 - 0.7**2) * rng.normal(size=n)
    lasting = rng.normal(size=n)
    season = 0.25 * np.sin(2 * np.pi * np.arange(months) / 10)
    index = 2.0 - 0.3 * level - 0.2 * (district % 3) + 0.9 * lasting
    log_odds = index[:, None] + 0.8 * spell + season
    log_odds -= design.trend * groups["english_learner"][:, None] * np.arange(months)
    log_odds -= (
        design.shocks * _bad_months(2 * design.districts * design.schools, months, apart)[school]
    )
    without = np.clip(_logistic(log_odds), 0.05, 0.985)
    if design.near_perfect:
        without = np.clip(_logistic(2.2 * log_odds), 0.001, 0.999)
    days = _days(design, rng)

    size = np.interp(np.arange(months), [0, 1, 3, 6], [0.02, 0.04, 0.07, 0.12])
    first = np.full(n, months)
    attended = np.zeros((n, months), dtype=np.int64)
    chance, with_visit = np.zeros((n, months)), without.copy()
    for t in range(months):
        if t >= HISTORY:
            record = _record(days, attended, t, groups["english_learner"], school)
            if design.leavers:
                leaving = _logistic(-5.5 + 4.0 * record.poor_long)
                leaving *= np.where(first < t, _LESS_LEAVING, 1.0)
                days[apart.random(n) < leaving, t:] = 0
            can_be = (first == months) & (days[:, t] > 0)
            chance[:, t] = np.where(can_be, _chance(design, record, spell, district, level), 0.0)
            first[rng.random(n) < chance[:, t]] = t
        since = np.clip(t - first, 0, months - 1)
        effect = size[since] * np.asarray(design.by_level)[level]
        effect *= np.asarray(design.by_cohort)[(first >= months // 2).astype(int)]
        raised = np.clip(without[:, t] + effect, 0.02, np.maximum(without[:, t], 0.99))
        with_visit[:, t] = np.where(first <= t, raised, without[:, t])
        attended[:, t] = rng.binomial(days[:, t], with_visit[:, t])
    recorded = np.minimum(first + 1, months) if design.late else first
    return State(
        days, attended, without, with_visit, chance, district, level, recorded, school, **groups
    )


def _apart(seed: int | Sequence[int]) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])


def _bad_months(schools: int, months: int, rng: np.random.Generator) -> Floats:
    """How bad each school's months are, 0 for most: bad ones come one to three at a time."""
    begins = rng.random((schools, months)) < 0.08
    length = rng.integers(1, 4, (schools, months))
    depth = rng.uniform(0.5, 1.5, (schools, months))
    bad = np.zeros((schools, months))
    for later in range(3):
        still = np.where(begins & (length > later), depth, 0.0)[:, : months - later]
        bad[:, later:] = np.maximum(bad[:, later:], still)
    return bad


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


def _record(days: Ints, attended: Ints, t: int, english_learner: Ints, school: Ints) -> Record:
    past = slice(t - HISTORY, t)
    rates = attended[:, past] / np.maximum(days[:, past], 1)
    of_school = monthly_rates(days[:, t - 1 : t], attended[:, t - 1 : t], school)[:, 0]
    return Record(
        days=days,
        attended=attended,
        t=t,
        before=t - HISTORY,
        poor=1 - rates[:, -1],
        poor_long=1 - rates.mean(axis=1),
        english_learner=english_learner,
        poor_school=np.nan_to_num(1 - of_school),
    )


def _chance(design: Design, record: Record, spell: Floats, district: Ints, level: Ints) -> Floats:
    """The chance of a first visit in the record's month; 1% where what it follows is unknown."""
    t = record.t
    known = (record.days[:, t - HISTORY : t] >= MINIMUM_DAYS).all(axis=1)
    if design.chosen == "recent":
        index = -6.8 + design.steepness * 3.2 * record.poor
        index += design.steepness * 4.5 * record.poor_long
    else:
        index, also_known = CHOSEN[design.chosen](record)
        known &= also_known
    index += 0.2 * (district % 3) - 0.1 * level + design.visits - design.unseen * spell[:, t]
    return np.where(known, np.minimum(_logistic(index), design.highest), 0.01)


def _logistic(index: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-index)))
