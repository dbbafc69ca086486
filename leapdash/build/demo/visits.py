"""Home visits: who is visited when, and what a visit's record says.

A first visit is tried by chance. Within district, level and school year the chance depends on
recorded attendance (`records`): in summer on last school year's, the rest of the year on that of
the last months and of the year to date; times a factor for the school that has nothing to do with
attendance. Nobody without a record of the last school month is visited. At most a quarter of
any kind of student is called on in a month. One district visits English learners first. The one
that canvasses calls on whole neighbourhoods: there the chance depends on the school alone.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from leapdash.build.demo.calendar import (
    FIRST_VISIT_MONTH,
    MONTH_COUNT,
    MONTHS,
    MONTHS_PER_YEAR,
    is_year_start,
    summer_before,
)
from leapdash.build.demo.draws import I64, ONE, U16, Draws
from leapdash.build.demo.places import DISTRICTS, LEVEL_NAMES, Places
from leapdash.build.demo.records import need, place_on_list, recorded_history
from leapdash.build.demo.students import Bools, Students, level_of

REPORTED_VISITED = 8_690
"""Students visited by June 2022, as reported. Source: FutureEd 2023."""

PLACES = ("home", "other", "virtual")
VISITORS = ("school staff", "community partner")

NEVER = -1
HIGHEST_CHANCE = 0.25
MEETS_FAMILY = 0.78

# first visits by occasion, as shares of those reported; the split is invented
OCCASIONS = ("summer 2021", "2021-22", "summer 2022", "2022-23")
_OCCASION_SHARE = np.array([0.30, 0.70, 0.08, 0.35])
_LEVEL_SHARE = np.array([0.40, 0.24, 0.36])
_CANVASSED_SHARE = 0.10

# where English learners come first, how likely the others are called on beside them
_AFTER_LEARNERS = ONE // 4

_ROUNDS = 5
_SEES_AGAIN, _MEETS_AGAIN, _LAST_FOLLOW_UP = 0.22, 0.85, 12


@dataclass(frozen=True)
class FirstVisits:
    """The first visit of each of N students that met the family.

    `month` (N): the school month it belongs to, -1 where there is none. `occasion` (N): position in
    OCCASIONS. `school` (N): the student's school in that month.
    """

    month: I64
    occasion: I64
    school: I64

    @property
    def students(self) -> I64:
        """The visited students."""
        return np.flatnonzero(self.month != NEVER)


@dataclass
class Attempts:
    """Visits made or tried, one entry each, in parallel lists of arrays."""

    student: list[I64] = field(default_factory=list)
    month: list[I64] = field(default_factory=list)
    summer: list[Bools] = field(default_factory=list)
    met: list[Bools] = field(default_factory=list)

    def add(self, student: I64, month: int, summer: Bools, met: Bools) -> None:
        """Adds visits of one school month."""
        self.student.append(student)
        self.month.append(np.full(len(student), month))
        self.summer.append(summer)
        self.met.append(met)


@dataclass(frozen=True)
class Visits:
    """V visits, by student and day.

    `day`: days since 1970-01-01. `place`, `visitor`, `language`: positions in PLACES, VISITORS and
    the students' LANGUAGES. `met`: whether the family was met.
    """

    student: I64
    day: I64
    place: I64
    met: Bools
    visitor: I64
    language: I64


def wanted_first_visits(places: Places) -> npt.NDArray[np.float64]:
    """First visits to be made, by district, level and occasion (D x 3 x 4).

    Those reported by June 2022, shrunk like the enrolment of the fifteen districts; one occasion to
    the other and among levels as said above, among districts by students.
    """
    takes_part = np.array([d.leap for d in DISTRICTS])
    canvasses = np.array([d.canvasses for d in DISTRICTS])
    real = sum(d.students for d in DISTRICTS if d.leap and not d.canvasses)
    chosen = takes_part & ~canvasses
    total = REPORTED_VISITED * int(places.students[chosen].sum()) / real
    by_district = np.where(canvasses, _CANVASSED_SHARE * places.students, 0.0)
    rest = total - float(by_district[canvasses][0])
    by_district = np.where(
        chosen, rest * places.students / int(places.students[chosen].sum()), by_district
    )
    wanted: npt.NDArray[np.float64] = (
        by_district[:, None, None] * _LEVEL_SHARE[:, None] * _OCCASION_SHARE
    )
    return wanted


def school_factor(places: Places, draws: Draws) -> I64:
    """Each school's factor on the chance of a visit, in 1/65,536: from 0.5 to 1.5."""
    bits = draws.bits16((len(places.school_district),), "visits of school")
    return ONE // 2 + bits.astype(np.int64)


def choose_first_visits(
    places: Places,
    students: Students,
    enrolled: npt.NDArray[np.int16],
    attended: npt.NDArray[np.int16],
    draws: Draws,
) -> tuple[FirstVisits, Attempts]:
    """First visits, and all attempts up to them, from recorded attendance.

    How busy each district is, by level and occasion, is set in a few rounds so that about as many
    first visits are made as wanted; within these the chance is `need` (in summer the place on the
    list) times the school's factor.
    """
    months = _candidates(places, students, enrolled, attended, draws)
    wanted = wanted_first_visits(places).reshape(-1, len(OCCASIONS))
    pace = np.where(wanted > 0, 0.1, 0.0)
    for _ in range(_ROUNDS - 1):
        *_, expected = _visit_all(months, students.count, pace)
        pace = np.minimum(pace * np.minimum(wanted / np.maximum(expected, 1e-3), 20.0), 4.0)
    first, attempts, _ = _visit_all(months, students.count, pace)
    return first, attempts


def chance_of_call(likely: I64, pace: I64) -> I64:
    """From how likely record and school make a call, and the pace: the chance, all in 1/65,536.

    Rounded up, so that low as it may be it never vanishes; at most a quarter.
    """
    chance: I64 = np.minimum(-(-likely * pace // ONE), int(HIGHEST_CHANCE * ONE))
    return chance


@dataclass(frozen=True)
class _Candidates:
    """Who may be called on in a school month: all enrolled where the district takes part.

    `stratum`: 3 x district + level. `likely`, `listed`: how likely record and school make a call
    in the month and in the summer before it, in 1/65,536. `draw` and `at_home` decide whether the
    call comes, and whether it meets the family.
    """

    month: int
    student: I64
    school: I64
    stratum: I64
    likely: I64
    listed: I64
    draw: U16
    at_home: Bools


def _candidates(
    places: Places,
    students: Students,
    enrolled: npt.NDArray[np.int16],
    attended: npt.NDArray[np.int16],
    draws: Draws,
) -> list[_Candidates]:
    takes_part = np.array([d.leap for d in DISTRICTS])
    canvasses = np.array([d.canvasses for d in DISTRICTS])
    learners_first = np.array([d.learners_first for d in DISTRICTS])
    factor = school_factor(places, draws)
    everyone = (students.count,)
    months = []
    for month in range(FIRST_VISIT_MONTH, MONTH_COUNT):
        school = students.school[:, month].astype(np.int64)
        who = np.flatnonzero(school >= 0)
        who = who[takes_part[places.school_district[school[who]]]]
        school = school[who]
        district = places.school_district[school]
        year = month // MONTHS_PER_YEAR
        level = level_of(students.grade[who, year])
        # what has nothing to do with attendance
        others = factor[school]
        waits = learners_first[district] & ~students.english_learner[who, year]
        others = np.where(waits, others * _AFTER_LEARNERS // ONE, others)
        history = recorded_history(enrolled[who], attended[who], month)
        likely, listed = (
            np.where(canvasses[district], ONE // 4, by_record(history, district)) * others // ONE
            for by_record in (need, place_on_list)
        )
        months.append(
            _Candidates(
                month=month,
                student=who,
                school=school,
                stratum=district * len(LEVEL_NAMES) + level,
                likely=likely,
                listed=listed,
                draw=draws.bits16(everyone, "first visit", month)[who],
                at_home=draws.chance(MEETS_FAMILY, everyone, "meets family", month)[who],
            )
        )
    return months


def _visit_all(
    months: list[_Candidates], students: int, pace: npt.NDArray[np.float64]
) -> tuple[FirstVisits, Attempts, npt.NDArray[np.float64]]:
    """One run through the months at a pace (by stratum and occasion); also the visits expected."""
    ceiling = int(HIGHEST_CHANCE * ONE)
    steps = np.floor(pace * ONE).astype(np.int64)
    never = np.full(students, NEVER, dtype=np.int64)
    first = FirstVisits(never.copy(), never.copy(), never.copy())
    attempts = Attempts()
    expected = np.zeros(pace.shape)
    for all_ in months:
        open_ = np.flatnonzero(first.month[all_.student] == NEVER)
        who, stratum = all_.student[open_], all_.stratum[open_]
        occasion = 2 * (all_.month // MONTHS_PER_YEAR) - 1
        chance = chance_of_call(all_.likely[open_], steps[stratum, occasion])
        in_summer = np.zeros(len(who), dtype=np.int64)
        if is_year_start(all_.month):
            in_summer = chance_of_call(all_.listed[open_], steps[stratum, occasion - 1])
        # a summer and the September after it share one draw, and one ceiling
        chance = np.minimum(in_summer + chance, ceiling)
        tried = all_.draw[open_] < chance
        summer = all_.draw[open_] < in_summer
        met = tried & all_.at_home[open_]
        attempts.add(who[tried], all_.month, summer[tried], met[tried])

        first.month[who[met]] = all_.month
        first.occasion[who[met]] = occasion - summer[met]
        first.school[who[met]] = all_.school[open_][met]
        for at, part in ((occasion, chance - in_summer), (occasion - 1, in_summer)):
            calls = np.bincount(stratum, weights=part, minlength=len(expected))
            expected[:, at] += calls * MEETS_FAMILY / ONE
    return first, attempts, expected


def make_visits(
    places: Places, students: Students, first: FirstVisits, attempts: Attempts, draws: Draws
) -> Visits:
    """Every visit with its record: attempts, first visits, follow-ups for up to twelve months."""
    takes_part = np.array([d.leap for d in DISTRICTS])
    visited = first.students
    for month in range(FIRST_VISIT_MONTH + 1, MONTH_COUNT):
        since = month - first.month[visited]
        school = students.school[visited, month].astype(np.int64)
        open_ = (since > 0) & (since <= _LAST_FOLLOW_UP) & (school >= 0)
        open_ &= takes_part[places.school_district[np.maximum(school, 0)]]
        everyone = (students.count,)
        again = open_ & draws.chance(_SEES_AGAIN, everyone, "visits again", month)[visited]
        met = draws.chance(_MEETS_AGAIN, everyone, "meets again", month)[visited][again]
        summer = draws.chance(0.5, everyone, "visits again in summer", month)[visited][again]
        attempts.add(visited[again], month, summer & is_year_start(month), met)
    student = np.concatenate(attempts.student)
    month_of = np.concatenate(attempts.month)
    summer = np.concatenate(attempts.summer)
    met = np.concatenate(attempts.met)

    n = len(student)
    school = students.school[student, month_of].astype(np.int64)
    district = places.school_district[school]
    # some districts work through partners more than others, and some call by video more
    by_partner = draws.below(ONE // 2, (len(DISTRICTS),), "partners") + ONE // 8
    virtual = draws.below(ONE // 4, (len(DISTRICTS),), "virtual") + ONE // 16
    u = draws.bits16((n,), "place").astype(np.int64)
    place = np.where(u < virtual[district], 2, (u >= ONE - ONE // 6).astype(np.int64))
    visitor = (draws.bits16((n,), "visitor") < by_partner[district]).astype(np.int64)
    in_own_tongue = draws.chance(0.8, (n,), "language of visit")
    language = np.where(in_own_tongue, students.language[student], 0)
    day = _days(month_of, summer, draws)
    order = np.lexsort((day, student))
    return Visits(
        student[order], day[order], place[order], met[order], visitor[order], language[order]
    )


def _days(month: I64, summer: Bools, draws: Draws) -> I64:
    """A weekday for each visit (days since 1970-01-01), in its month or in the summer before it."""
    u = draws.bits16(month.shape, "day of visit").astype(np.int64)
    day = np.zeros(len(month), dtype=np.int64)
    for number in range(FIRST_VISIT_MONTH, MONTH_COUNT):
        choices = [(False, _weekdays(MONTHS[number]))]
        if is_year_start(number):
            july, august = summer_before(number)
            choices.append((True, _weekdays(july) + _weekdays(august)))
        for in_summer, days in choices:
            here = (month == number) & (summer == in_summer)
            day[here] = np.array(days)[u[here] * len(days) >> 16]
    return day


def _weekdays(first: date) -> list[int]:
    days = (first + timedelta(days=i) for i in range(31))
    epoch = date(1970, 1, 1)
    return [(d - epoch).days for d in days if d.month == first.month and d.weekday() < 5]
