"""Families and their children: who they are, and at which school each is enrolled in each month.

A district is made of family slots. Most hold one family for all three years; in some the family
leaves the state and another takes its place, so that a district keeps its size. Brothers and
sisters share home, language, needs, moves and part of what makes for good or poor attendance.
"""

from dataclasses import dataclass
from math import fsum

import numpy as np
import numpy.typing as npt

from leapdash.build.demo.calendar import MONTH_COUNT, MONTHS_PER_YEAR, SCHOOL_YEARS, YEAR_OF_MONTH
from leapdash.build.demo.draws import I64, ONE, Draws
from leapdash.build.demo.places import DISTRICTS, Places

I16 = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]

RACES = ("black", "hispanic", "white", "asian", "two_or_more", "native", "pacific")
MEALS = ("free", "reduced", "none")
GENDERS = ("F", "M", "X")
LANGUAGES = ("en", "es", "pt", "pl", "ht", "zh", "ur")
ENGLISH = 0

KINDERGARTEN = 0
PRE_KINDERGARTEN = -1
LAST_GRADE = 12
_YOUNGEST = -3
"""Grade in 2020-21 (kindergarten 0, a year before it -1) of who enters pre-kindergarten in 2022."""
_COHORTS = LAST_GRADE - _YOUNGEST + 1

# what makes for lasting differences in attendance, as logits; together close to 1.4
FAMILY_SD = 900
STUDENT_SD = 1_000
_MEALS_LOGIT = np.array([-400, -100, 0])
_DISABILITY_LOGIT = -250
_HOMELESS_LOGIT = -700

# invented shares, chosen to look like a state
_FAMILY_SIZES = (0.45, 0.36, 0.14, 0.05)
_PRE_KINDERGARTEN_SHARE = 0.45
_OTHER_RACES = (0.55, 0.38, 0.04, 0.03)
_FREE_MEALS_BY_RACE = (1.3, 1.35, 0.7, 0.6, 1.0, 1.0, 1.0)
_NOT_ENGLISH_BY_RACE = np.array([0.08, 0.55, 0.08, 0.5, 0.1, 0.02, 0.2])
_HOMELESS_SHARE = 0.015  # of families with free meals
_EL_LEAVES_PER_YEAR = 0.12
_LEAVES_STATE = 0.15
_LEAVES_IN_SUMMER = 0.6
_LATE_START = 0.02
_MOVES = 0.10
_MOVES_IN_SUMMER = 0.35
_MOVES_WITHIN_DISTRICT = 0.5
_DROPS_OUT = 0.012
_RECORD_MISSING = 0.006
_SHORT_MONTH = 0.012


@dataclass(frozen=True)
class Students:
    """N students over M school months; Y school years. Everything a record could show, and more.

    Codes are positions in RACES, MEALS, GENDERS, LANGUAGES. `grade` (N x Y): kindergarten 0,
    pre-kindergarten -1. `english_learner`, `homeless` (N x Y). `lasting` (N): lasting logit of
    attendance, in 1/1,000. `school` (N x M): the school of the month, -1 where not enrolled.
    `half_days` (N x M): half-days enrolled there, 0 where not enrolled or where the record is
    missing. Who changes school within a month has a second record that month, of the school left:
    `left_student`, `left_month`, `left_school`, `left_half_days` (one entry per such record).
    """

    family: I64
    grade: npt.NDArray[np.int8]
    race: I64
    meals: I64
    gender: I64
    language: I64
    english_learner: Bools
    disability: Bools
    homeless: Bools
    lasting: I64
    school: I16
    half_days: npt.NDArray[np.uint8]
    left_student: I64
    left_month: I64
    left_school: I64
    left_half_days: I64

    @property
    def count(self) -> int:
        """Number of students."""
        return len(self.family)


@dataclass(frozen=True)
class _Families:
    """F families. Months are numbers of school months; `partial` says the edge falls within one."""

    district: I64
    home: I64
    first_month: I64
    first_partial: Bools
    last_month: I64
    last_partial: Bools
    move_month: I64
    moved_district: I64
    moved_home: I64


def make_students(places: Places, draws: Draws) -> Students:
    """All students who are enrolled at any time in the three years, in no telling order."""
    families = _make_families(places, draws)
    count = len(families.district)
    size = 1 + draws.pick(_FAMILY_SIZES, (count,), "family size")
    family = np.repeat(np.arange(count), size)
    n = len(family)
    cohort = _YOUNGEST + draws.below(_COHORTS, (n,), "grade")
    grade = (cohort[:, None] + np.arange(len(SCHOOL_YEARS))).astype(np.int8)
    attends_pk = draws.chance(_PRE_KINDERGARTEN_SHARE, (n,), "pre-kindergarten")
    present = _presence(families, family, grade, attends_pk, draws)

    # who is never enrolled is no student; the order says nothing about district or family
    keep = np.flatnonzero(present.any(axis=1))
    keep = keep[np.argsort(draws.bits16((n,), "order")[keep], kind="stable")]
    family, grade, present = family[keep], grade[keep], present[keep]

    school, half_days, left = _schooling(places, families, family, grade, present, draws)
    race, meals, language = (codes[family] for codes in _family_traits(families, draws))
    n = len(family)
    district = families.district[family]
    gender = draws.pick((0.487, 0.508, 0.005), (n,), "gender")
    disability = draws.bits16((n,), "disability") < _shares("disability")[district]
    learner = _english_learners(district, language, draws)
    homeless = _homeless(meals, family, count, draws)
    lasting = (
        draws.normal(FAMILY_SD, (count,), "family")[family]
        + draws.normal(STUDENT_SD, (n,), "student")
        + _MEALS_LOGIT[meals]
        + _DISABILITY_LOGIT * disability
    )
    left_student, left_month, left_school, left_half_days = left
    return Students(
        family=family,
        grade=grade,
        race=race,
        meals=meals,
        gender=gender,
        language=language,
        english_learner=learner,
        disability=disability,
        homeless=homeless,
        lasting=lasting,
        school=school,
        half_days=half_days,
        left_student=left_student,
        left_month=left_month,
        left_school=left_school,
        left_half_days=left_half_days,
    )


def homeless_logit(homeless: Bools) -> I64:
    """What homelessness takes from the logit of attendance in a school year."""
    return _HOMELESS_LOGIT * homeless.astype(np.int64)


def level_of(grade: npt.NDArray[np.int8]) -> I64:
    """0 to grade 5, 1 for grades 6 to 8, 2 for 9 to 12."""
    return (grade >= 6).astype(np.int64) + (grade >= 9)


def _shares(field: str) -> I64:
    """A published share of every district, as a probability in 1/65,536."""
    return np.array([int(ONE * float(getattr(district, field))) for district in DISTRICTS])


def _make_families(places: Places, draws: Draws) -> _Families:
    mean_size = fsum((i + 1) * share for i, share in enumerate(_FAMILY_SIZES))
    enrolled = (LAST_GRADE - KINDERGARTEN + 1 + _PRE_KINDERGARTEN_SHARE) / _COHORTS
    slots = np.maximum(1, np.rint(places.students / (mean_size * enrolled)).astype(np.int64))
    slot_district = np.repeat(np.arange(len(slots)), slots)
    n = len(slot_district)

    # a family that leaves, and the one that takes its place
    leaves = draws.chance(_LEAVES_STATE, (n,), "leaves state")
    summer = draws.chance(_LEAVES_IN_SUMMER, (n,), "leaves in summer")
    boundary = MONTHS_PER_YEAR * (1 + draws.below(2, (n,), "summer of leaving"))
    within = _month_within_year((n,), "month of leaving", draws)
    last = np.where(leaves, np.where(summer, boundary - 1, within), MONTH_COUNT - 1)
    gap = draws.below(2, (n,), "gap")
    first = np.where(summer, boundary, within + gap)
    follows = leaves & (first < MONTH_COUNT)
    mid_year = leaves & ~summer

    district = np.concatenate([slot_district, slot_district[follows]])
    count = len(district)
    first_month = np.concatenate([np.zeros(n, dtype=np.int64), first[follows]])
    last_month = np.concatenate([last, np.full(follows.sum(), MONTH_COUNT - 1)])
    weights = places.students / places.students.sum()
    moves = draws.chance(_MOVES, (count,), "moves")
    in_summer = draws.chance(_MOVES_IN_SUMMER, (count,), "moves in summer")
    move = np.where(
        in_summer,
        MONTHS_PER_YEAR * (1 + draws.below(2, (count,), "summer of move")),
        _month_within_year((count,), "month of move", draws),
    )
    moves &= (move > first_month) & (move < last_month)
    stays = draws.chance(_MOVES_WITHIN_DISTRICT, (count,), "moves within district")
    elsewhere = draws.pick(weights.tolist(), (count,), "district of move")
    return _Families(
        district=district,
        home=draws.bits16((count,), "home").astype(np.int64),
        first_month=first_month,
        first_partial=np.concatenate([np.zeros(n, dtype=np.bool_), mid_year[follows]]),
        last_month=last_month,
        last_partial=np.concatenate([mid_year, np.zeros(int(follows.sum()), dtype=np.bool_)]),
        move_month=np.where(moves, move, MONTH_COUNT),
        moved_district=np.where(stays, district, elsewhere),
        moved_home=draws.bits16((count,), "home after move").astype(np.int64),
    )


def _month_within_year(shape: tuple[int, ...], name: str, draws: Draws) -> I64:
    """School months that are no September, evenly."""
    number = draws.below(MONTH_COUNT - len(SCHOOL_YEARS), shape, name)
    return number + number // (MONTHS_PER_YEAR - 1) + 1


def _presence(
    families: _Families,
    family: I64,
    grade: npt.NDArray[np.int8],
    attends_pk: Bools,
    draws: Draws,
) -> Bools:
    """Whether each student is enrolled somewhere in each month (N x M)."""
    by_month = grade[:, YEAR_OF_MONTH]
    present = (by_month >= KINDERGARTEN) & (by_month <= LAST_GRADE)
    present |= (by_month == PRE_KINDERGARTEN) & attends_pk[:, None]
    months = np.arange(MONTH_COUNT)
    present &= months >= families.first_month[family][:, None]
    present &= months <= families.last_month[family][:, None]
    # who drops out in high school doesn't come back
    for year in range(len(SCHOOL_YEARS)):
        drops = draws.chance(_DROPS_OUT, family.shape, "drops out", year) & (grade[:, year] >= 9)
        last = year * MONTHS_PER_YEAR + draws.below(
            MONTHS_PER_YEAR, family.shape, "last month", year
        )
        present &= ~(drops[:, None] & (months > last[:, None]))
    return present


def _schooling(
    places: Places,
    families: _Families,
    family: I64,
    grade: npt.NDArray[np.int8],
    present: Bools,
    draws: Draws,
) -> tuple[I16, npt.NDArray[np.uint8], tuple[I64, I64, I64, I64]]:
    """School and half-days enrolled by month (N x M); the records of schools left in a month."""
    n = len(family)
    school = np.full((n, MONTH_COUNT), -1, dtype=np.int16)
    half_days = np.zeros((n, MONTH_COUNT), dtype=np.uint8)
    left: list[tuple[I64, I64, I64, I64]] = []
    edge = draws.bits16((len(families.district),), "day of arriving or leaving")[family]
    for month in range(MONTH_COUNT):
        level = level_of(grade[:, month // MONTHS_PER_YEAR])
        here = present[:, month]
        moved = families.move_month[family] <= month
        district = np.where(moved, families.moved_district[family], families.district[family])
        home = np.where(moved, families.moved_home[family], families.home[family])
        now = _school_of(places, district, level, home)
        whole = places.half_days[district, month]
        days = whole.copy()

        arrives = families.first_partial[family] & (families.first_month[family] == month)
        departs = families.last_partial[family] & (families.last_month[family] == month)
        part = arrives | departs
        if month % MONTHS_PER_YEAR == 0:
            part |= draws.chance(_LATE_START, (len(families.district),), "late start", month)[
                family
            ]
        days = np.where(part, 1 + ((whole - 1) * edge >> 16), days)
        short = draws.chance(_SHORT_MONTH, (n,), "short month", month)
        days = np.where(short, np.minimum(days, 2 + 2 * draws.below(8, (n,), "short", month)), days)
        recorded = ~draws.chance(_RECORD_MISSING, (n,), "record missing", month)

        before = _school_of(places, families.district[family], level, families.home[family])
        changes = here & (families.move_month[family] == month) & (before != now)
        if month % MONTHS_PER_YEAR:
            at_first = 1 + ((whole - 1) * edge >> 16)
            days = np.where(changes, whole - at_first, days)
            recorded |= changes
            who = np.flatnonzero(changes)
            left.append((who, np.full(len(who), month), before[who], at_first[who]))

        school[here, month] = now[here]
        half_days[:, month] = np.where(here & recorded, days, 0)
    student, at, where, enrolled = (np.concatenate(parts) for parts in zip(*left, strict=True))
    return school, half_days, (student, at, where, enrolled)


def _school_of(places: Places, district: I64, level: I64, home: I64) -> I64:
    """The school of the level for a home: neighbourhoods are stretches of 0 to 65,535."""
    number = (home * places.school_count[district, level]) >> 16
    return places.first_school[district, level] + number


def _family_traits(families: _Families, draws: Draws) -> tuple[I64, I64, I64]:
    """Race, meal eligibility and language of each family, so that they go together as they do."""
    n = len(families.district)
    district = families.district
    shares = np.array([(d.black, d.hispanic, d.white) for d in DISTRICTS])
    bounds = np.floor(np.cumsum(shares, axis=1) * ONE).astype(np.int64)
    race = (draws.bits16((n,), "race")[:, None] >= bounds[district]).sum(axis=1)
    race = np.where(race == 3, 3 + draws.pick(_OTHER_RACES, (n,), "other races"), race)

    free = _free_meals_by_race()[district, race]
    u = draws.bits16((n,), "meals").astype(np.int64)
    reduced = free + _shares("reduced_meals")[district]
    meals = (u >= free).astype(np.int64) + (u >= reduced)

    not_english = draws.bits16((n,), "language") < np.floor(_NOT_ENGLISH_BY_RACE * ONE)[race]
    other = 2 + draws.below(len(LANGUAGES) - 2, (n,), "other language")
    spanish = RACES.index("hispanic")
    language = np.where(not_english, np.where(race == spanish, 1, other), ENGLISH)
    return race, meals, language


def _free_meals_by_race() -> I64:
    """Chance of free meals by district and race (D x 7) whose mean is the district's share."""
    rows = []
    for d in DISTRICTS:
        rest = 1 - d.black - d.hispanic - d.white
        shares = (d.black, d.hispanic, d.white, *(rest * share for share in _OTHER_RACES))
        factors = _FREE_MEALS_BY_RACE
        mean = fsum(share * factor for share, factor in zip(shares, factors, strict=True))
        rows.append([int(ONE * min(0.95, d.free_meals * factor / mean)) for factor in factors])
    return np.array(rows, dtype=np.int64)


def _english_learners(district: I64, language: I64, draws: Draws) -> Bools:
    """Who learns English, by school year: some of those who speak another language at home."""
    n = len(district)
    speaks_other = language != ENGLISH
    total = np.bincount(district, minlength=len(DISTRICTS))
    other = np.maximum(1, np.bincount(district[speaks_other], minlength=len(DISTRICTS)))
    share = np.minimum(ONE, _shares("english_learners") * total // other)
    learner = speaks_other & (draws.bits16((n,), "english learner") < share[district])
    years = []
    for year in range(len(SCHOOL_YEARS)):
        if year:
            learner = learner & ~draws.chance(_EL_LEAVES_PER_YEAR, (n,), "masters English", year)
        years.append(learner)
    return np.stack(years, axis=1)


def _homeless(meals: I64, family: I64, families: int, draws: Draws) -> Bools:
    """Whose family experiences homelessness, by school year; all of these get free meals."""
    years = [
        draws.chance(_HOMELESS_SHARE, (families,), "homeless", year)[family] & (meals == 0)
        for year in range(len(SCHOOL_YEARS))
    ]
    return np.stack(years, axis=1)
