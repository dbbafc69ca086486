"""How students would attend without any visit: chances by month, set to published rates, and draws.

A student's chance to be present on a day of a month is the logistic of a sum: lasting differences,
grade, season, a bad spell if there is one, the month's chance, the school, and a level for each
district and school year that is set so that the district's rate comes out as wanted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leapdash.build.demo.calendar import MONTH_COUNT, MONTHS_PER_YEAR, SCHOOL_YEARS
from leapdash.build.demo.draws import I64, ONE, U16, Draws, logistic
from leapdash.build.demo.places import DISTRICTS, Places
from leapdash.build.demo.students import PRE_KINDERGARTEN, Students, homeless_logit

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]

# logits in 1/1,000; the sizes are invented, the order is Connecticut's: attendance is worst in
# pre-kindergarten, kindergarten and the last grades, and in winter
_GRADE_LOGIT = np.array([-350, -350, -100, 50, 100, 150, 150, 50, 0, -50, -350, -350, -400, -550])
_SEASON_LOGIT = np.array([250, 150, 0, -200, -250, -100, 0, -50, -50, -200])
_OMICRON_MONTH, _OMICRON_LOGIT = MONTHS_PER_YEAR + 4, -300

SPELL_LOGIT = -1_600
"""What a bad spell takes from the logit of attendance."""
_SPELL_BEGINS, _SPELL_ENDS, _SPELL_FORGOTTEN = 0.05, 0.28, 0.5
_SPELL_SHARE = _SPELL_BEGINS / (_SPELL_BEGINS + _SPELL_ENDS)
_MONTH_SD = 350

# how much of what might be a whole day is a half-day: attended in half where the draw falls within
# this share of p (1 - p) around p
_HALF_DAY_SHARE = 0.1

DAY_DRAWS = 24
"""Draws for each student and month: one a day, the last for an odd half-day."""

_LOWEST, _HIGHEST = -4_000, 12_000


def make_logits(places: Places, students: Students, draws: Draws) -> npt.NDArray[np.int16]:
    """Logits of attendance (N x M, in 1/1,000) without the level of district and year."""
    n = students.count
    logits = np.empty((n, MONTH_COUNT), dtype=np.int16)
    spell = draws.chance(_SPELL_SHARE, (n,), "spell at first")
    for month in range(MONTH_COUNT):
        year, of_year = divmod(month, MONTHS_PER_YEAR)
        begins = draws.chance(_SPELL_BEGINS, (n,), "spell begins", month)
        ends = draws.chance(_SPELL_ENDS, (n,), "spell ends", month)
        spell = np.where(spell, ~ends, begins)
        if of_year == 0 and year:
            forgotten = draws.chance(_SPELL_FORGOTTEN, (n,), "summer", year)
            spell = np.where(forgotten, draws.chance(_SPELL_SHARE, (n,), "autumn", year), spell)
        # whoever is beyond school age is never looked up
        grade = np.clip(students.grade[:, year], PRE_KINDERGARTEN, 12).astype(np.int64)
        logit = students.lasting + _GRADE_LOGIT[grade - PRE_KINDERGARTEN] + _SEASON_LOGIT[of_year]
        logit += SPELL_LOGIT * spell + homeless_logit(students.homeless[:, year])
        logit += draws.normal(_MONTH_SD, (n,), "month", month)
        logit += places.school_logit[np.maximum(students.school[:, month], 0)]
        if month == _OMICRON_MONTH:
            logit += _OMICRON_LOGIT
        logits[:, month] = np.clip(logit, -30_000, 30_000)
    return logits


@dataclass(frozen=True)
class Untreated:
    """Attendance without visits, for N students and M months (and L records of schools left).

    `chance` (N x M) and `left_chance` (L): of being present on a day, in 1/65,536. `attended`
    (N x M), `left_attended` (L): half-days.
    """

    chance: U16
    left_chance: U16
    attended: U8
    left_attended: U8


def set_levels(
    places: Places,
    students: Students,
    logits: npt.NDArray[np.int16],
    rates: npt.NDArray[np.float64],
) -> I64:
    """The level of each district and school year (D x Y, logit) that gives the `rates` (D x Y).

    Found by halving an interval, on whole-number sums, so that it is the same everywhere.
    """
    levels = np.zeros((len(DISTRICTS), len(SCHOOL_YEARS)), dtype=np.int64)
    for year in range(len(SCHOOL_YEARS)):
        months = slice(year * MONTHS_PER_YEAR, (year + 1) * MONTHS_PER_YEAR)
        at = np.nonzero(students.half_days[:, months])
        days = students.half_days[:, months][at].astype(np.int64)
        x = logits[:, months][at].astype(np.int32)
        district = places.school_district[students.school[:, months][at]]
        # sums of whole numbers below 2^53 are exact in floating point, in any order
        enrolled = np.bincount(district, weights=days, minlength=len(DISTRICTS))
        wanted = np.floor(rates[:, year] * ONE) * enrolled
        low = np.full(len(DISTRICTS), _LOWEST)
        high = np.full(len(DISTRICTS), _HIGHEST)
        while (high - low).max() > 1:
            middle = (low + high) // 2
            chance = logistic(x + middle[district].astype(np.int32)).astype(np.int64)
            expected = np.bincount(district, weights=days * chance, minlength=len(DISTRICTS))
            low = np.where(expected < wanted, middle, low)
            high = np.where(expected < wanted, high, middle)
        levels[:, year] = high
    return levels


def draw_untreated(
    places: Places, students: Students, logits: npt.NDArray[np.int16], levels: I64, draws: Draws
) -> Untreated:
    """Attendance of every student and month without visits."""
    chance = np.zeros(students.school.shape, dtype=np.uint16)
    attended = np.zeros(students.school.shape, dtype=np.uint8)
    for month in range(MONTH_COUNT):
        school = np.maximum(students.school[:, month], 0)
        level = levels[places.school_district[school], month // MONTHS_PER_YEAR]
        chance[:, month] = logistic(logits[:, month].astype(np.int64) + level)
        attended[:, month] = attend(
            chance[:, month].astype(np.int32),
            students.half_days[:, month],
            day_draws(students.count, month, draws),
        )
    student, at, school = students.left_student, students.left_month, students.left_school
    level = levels[places.school_district[school], at // MONTHS_PER_YEAR]
    left_chance = logistic(logits[student, at].astype(np.int64) + level)
    left_attended = attend(
        left_chance.astype(np.int32),
        students.left_half_days.astype(np.uint8),
        left_day_draws(len(student), draws),
    )
    return Untreated(chance, left_chance, attended, left_attended)


def day_draws(students: int, month: int, draws: Draws) -> U16:
    """The uniform draws behind a month's attendance (N x 24); with and without a visit the same."""
    return draws.bits16((students, DAY_DRAWS), "days", month)


def left_day_draws(records: int, draws: Draws) -> U16:
    """The same for the records of schools left (L x 24)."""
    return draws.bits16((records, DAY_DRAWS), "days at the school left")


def attend(chance: I32, half_days: U8, draws: U16) -> U8:
    """Half-days attended, given the chance of being present (in 1/65,536) and half-days enrolled.

    A draw well below the chance is a day attended, one close to it half a day, so that the mean is
    the chance. A higher chance with the same draws never gives fewer half-days.
    """
    width = (chance * (ONE - chance) // ONE * int(_HALF_DAY_SHARE * ONE)) // ONE
    whole_below, half_below = chance - width // 2, chance + width // 2
    days = half_days[:, None] // 2 > np.arange(DAY_DRAWS - 1, dtype=np.uint8)
    u = draws[:, :-1]
    attended: U8 = (_below(u, whole_below) & days).sum(axis=1, dtype=np.uint8)
    attended += (_below(u, half_below) & days).sum(axis=1, dtype=np.uint8)
    attended += (half_days % 2 == 1) & _below(draws[:, -1:], chance)[:, 0]
    return attended


def _below(draws: U16, bound: I32) -> npt.NDArray[np.bool_]:
    """Which draws fall below the bound of their row, which is from 1 to 65,536."""
    return draws <= (np.maximum(bound, 1) - 1).astype(np.uint16)[:, None]


def month_totals(students: Students, main: U8, left: U8) -> npt.NDArray[np.int16]:
    """Half-days of each student and month over all schools (N x M)."""
    total = main.astype(np.int16)
    np.add.at(total, (students.left_student, students.left_month), left.astype(np.int16))
    return total
