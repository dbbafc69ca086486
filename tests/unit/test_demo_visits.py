"""Who is visited in the demonstration state, and that nothing but the record decides it."""

from dataclasses import replace

import numpy as np
import pytest

from leapdash.build.demo.attendance import month_totals
from leapdash.build.demo.calendar import MONTHS, is_year_start
from leapdash.build.demo.draws import ONE, Draws
from leapdash.build.demo.places import DISTRICTS, HARTFORD
from leapdash.build.demo.simulate import simulate
from leapdash.build.demo.students import level_of
from leapdash.build.demo.visits import (
    HIGHEST_CHANCE,
    NEVER,
    OCCASIONS,
    choose_first_visits,
    make_visits,
    need,
    recorded_history,
    school_factor,
    wanted_first_visits,
)


@pytest.fixture(scope="module")
def record(simulated):
    """Half-days enrolled and attended by student and month, as known before any first visit."""
    students = simulated.students
    enrolled = month_totals(students, students.half_days, students.left_half_days.astype(np.uint8))
    attended = month_totals(
        students, simulated.untreated.attended, simulated.untreated.left_attended
    )
    return enrolled, attended


@pytest.fixture(scope="module")
def visits(simulated):
    return make_visits(
        simulated.places, simulated.students, simulated.first, simulated.attempts, Draws(1)
    )


def test_history_is_the_last_month_and_the_mean_of_those_of_three_that_count():
    enrolled = np.array([[40, 40, 40], [40, 8, 40], [40, 40, 8], [0, 0, 30]], dtype=np.int16)
    attended = np.array([[40, 30, 20], [40, 0, 30], [40, 40, 8], [0, 0, 10]], dtype=np.int16)
    last, mean = recorded_history(enrolled, attended, 3)
    assert last.tolist() == [500, 750, -1, 333]
    assert mean.tolist() == [750, 875, -1, 333]


def test_need_grows_with_absence_and_is_none_without_a_record():
    rates = np.arange(0, 1_001, 50)
    elsewhere = np.full(len(rates), HARTFORD + 1)
    chances = need(rates, rates, elsewhere)
    assert (np.diff(chances) <= 0).all()
    assert chances[0] > 0.95 * ONE
    assert chances[-1] < 0.05 * ONE
    assert need(np.array([-1]), np.array([-1]), np.array([HARTFORD])).tolist() == [0]


def test_first_visits_change_with_nothing_but_the_record_and_the_school(simulated, record):
    students = simulated.students
    shuffled = np.argsort(Draws(9).bits16((students.count,), "shuffle"), kind="stable")
    hidden = (
        "family", "race", "meals", "gender", "language", "english_learner", "disability",
        "homeless", "lasting",
    )  # fmt: skip
    others = replace(students, **{name: getattr(students, name)[shuffled] for name in hidden})
    enrolled, attended = record
    first, _ = choose_first_visits(simulated.places, others, enrolled, attended, Draws(1))
    assert first.month.tolist() == simulated.first.month.tolist()
    assert first.occasion.tolist() == simulated.first.occasion.tolist()


def test_first_visits_change_with_the_record(simulated, record):
    enrolled, attended = record
    first, _ = choose_first_visits(
        simulated.places, simulated.students, enrolled, attended // 2, Draws(1)
    )
    assert (first.month != simulated.first.month).sum() > 100


def _excess_of_the_tried(simulated, record, by_history):
    """How far those called on stand below others of their cell in lasting attendance, in z."""
    students, places = simulated.students, simulated.places
    tried_at = np.zeros(students.school.shape, dtype=bool)
    for student, month in zip(simulated.attempts.student, simulated.attempts.month, strict=True):
        tried_at[student, month] = True
    leap = np.array([d.leap and not d.canvasses for d in DISTRICTS])
    total, variance = 0.0, 0.0
    for month in range(10, 30):
        at_risk = (simulated.first.month == NEVER) | (simulated.first.month >= month)
        who = np.flatnonzero(at_risk & (students.school[:, month] >= 0))
        district = places.school_district[students.school[who, month]]
        last, mean = recorded_history(record[0][who], record[1][who], month)
        chance = need(last, mean, district)
        keep = leap[district] & (chance > 0)
        who, district, chance = who[keep], district[keep], chance[keep]
        level = level_of(students.grade[who, month // 10])
        cell = (district * 3 + level) * 64 + (chance >> 10 if by_history else 0)
        lasting = students.lasting[who].astype(float)
        tried = tried_at[who, month]
        for value in np.unique(cell[tried]):
            here = cell == value
            n, m = int(here.sum()), int((here & tried).sum())
            total += float((lasting[here & tried] - lasting[here].mean()).sum())
            variance += m * (1 - m / n) * float(lasting[here].var()) * n / max(1, n - 1)
    return total / variance**0.5


def test_among_students_with_like_records_those_called_on_are_like_the_others(simulated, record):
    assert abs(_excess_of_the_tried(simulated, record, by_history=True)) < 3.3
    # without regard to the record they are not at all alike
    assert _excess_of_the_tried(simulated, record, by_history=False) < -15


def test_a_schools_factor_has_nothing_to_do_with_its_attendance():
    places = simulate(150, 1, lambda step: None).places
    factor = school_factor(places, Draws(1)).astype(float)
    assert 0.5 <= factor.min() / ONE < 0.6
    assert 1.4 < factor.max() / ONE <= 1.5
    correlation = np.corrcoef(factor, places.school_logit)[0, 1]
    assert abs(correlation) < 3.3 / len(factor) ** 0.5


def test_at_most_a_quarter_of_any_kind_of_student_is_called_on_in_a_month(
    simulated, record, monkeypatch
):
    # were ten times as many visits wanted, and everybody hardly ever at school
    wanted = 10 * wanted_first_visits(simulated.places)
    monkeypatch.setattr("leapdash.build.demo.visits.wanted_first_visits", lambda places: wanted)
    enrolled, attended = record
    first, attempts = choose_first_visits(
        simulated.places, simulated.students, enrolled, attended // 4, Draws(1)
    )
    leap = np.array([d.leap and not d.canvasses for d in DISTRICTS])
    shares = []
    for month, student in zip(attempts.month, attempts.student, strict=True):
        if len(month) == 0:
            continue
        number = int(month[0])
        school = simulated.students.school[:, number]
        at_risk = (school >= 0) & ((first.month == NEVER) | (first.month >= number))
        at_risk &= leap[simulated.places.school_district[np.maximum(school, 0)]]
        at_risk &= recorded_history(enrolled, attended, number)[0] >= 0
        tried = int(at_risk[student].sum())
        n = int(at_risk.sum())
        shares.append(tried / n)
        assert tried / n < HIGHEST_CHANCE + 3.3 * (0.25 * 0.75 / n) ** 0.5
    assert max(shares) > 0.15


def test_about_as_many_are_visited_as_reported_shrunk_in_proportion(simulated):
    wanted = wanted_first_visits(simulated.places)
    made = np.bincount(simulated.first.occasion[simulated.first.students], minlength=len(OCCASIONS))
    shrink = simulated.places.students[:15].sum() / sum(d.students for d in DISTRICTS[:15])
    assert abs(wanted[:, :, :2].sum() - 8_690 * shrink) < 1e-6
    for occasion in range(len(OCCASIONS)):
        expected = wanted[:, :, occasion].sum()
        assert abs(made[occasion] - expected) < 4 * expected**0.5 + 0.05 * expected


def test_the_canvassing_district_visits_whoever_lives_there(simulated, record):
    students, places = simulated.students, simulated.places
    canvasser = next(i for i, d in enumerate(DISTRICTS) if d.canvasses)
    of_district = places.school_district[np.maximum(students.school[:, 12], 0)] == canvasser
    there = of_district & (students.school[:, 12] >= 0)
    visited = simulated.first.month != NEVER
    lasting = students.lasting.astype(float)
    spread = lasting[there].std() / (there & visited).sum() ** 0.5
    assert abs(lasting[there & visited].mean() - lasting[there].mean()) < 3.3 * spread


def test_only_districts_that_take_part_visit_and_only_students_enrolled_there(simulated, visits):
    leap = np.array([d.leap for d in DISTRICTS])
    who = simulated.first.students
    school = simulated.students.school[who, simulated.first.month[who]]
    assert (school == simulated.first.school[who]).all()
    assert leap[simulated.places.school_district[school]].all()
    assert set(np.unique(visits.student)) >= set(who.tolist())


def test_the_earliest_visit_that_met_the_family_is_the_first_visit(simulated, visits):
    epoch = np.datetime64("1970-01-01")
    earliest: dict[int, int] = {}
    for student, day, met in zip(visits.student, visits.day, visits.met, strict=True):
        if met:
            earliest[int(student)] = min(earliest.get(int(student), 10**9), int(day))
    assert set(earliest) == set(simulated.first.students.tolist())
    for student, day in earliest.items():
        month = int(simulated.first.month[student])
        on = (epoch + day).astype("datetime64[M]").astype(object)
        if OCCASIONS[simulated.first.occasion[student]].startswith("summer"):
            assert is_year_start(month)
            assert (on.year, on.month) in {(MONTHS[month].year, 7), (MONTHS[month].year, 8)}
        else:
            assert on == MONTHS[month]


def test_some_visits_meet_no_one_some_are_repeated_and_they_vary_in_kind(visits):
    assert 0.1 < float((~visits.met).mean()) < 0.3
    assert np.bincount(visits.student).max() >= 3
    assert set(np.unique(visits.place)) == {0, 1, 2}
    assert set(np.unique(visits.visitor)) == {0, 1}
    assert len(np.unique(visits.language)) > 2
