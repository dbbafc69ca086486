"""Who is visited in the demonstration state, and that nothing but the record decides it."""

from dataclasses import replace

import numpy as np
import pytest

from leapdash.build.demo.attendance import month_totals
from leapdash.build.demo.calendar import MONTHS, is_year_start
from leapdash.build.demo.draws import ONE, Draws
from leapdash.build.demo.places import DISTRICTS, HARTFORD
from leapdash.build.demo.records import need, place_on_list, recorded_history
from leapdash.build.demo.simulate import simulate
from leapdash.build.demo.students import level_of
from leapdash.build.demo.visits import (
    HIGHEST_CHANCE,
    NEVER,
    OCCASIONS,
    chance_of_call,
    choose_first_visits,
    make_visits,
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


def _with_others(simulated, names):
    """The students with some of their properties handed round among them."""
    students = simulated.students
    shuffled = np.argsort(Draws(9).bits16((students.count,), "shuffle"), kind="stable")
    return replace(students, **{name: getattr(students, name)[shuffled] for name in names})


def test_first_visits_change_with_nothing_but_record_school_and_learning_english(simulated, record):
    hidden = (
        "family", "race", "meals", "gender", "language", "disability", "homeless", "lasting",
    )  # fmt: skip
    others = _with_others(simulated, hidden)
    enrolled, attended = record
    first, _ = choose_first_visits(simulated.places, others, enrolled, attended, Draws(1))
    assert first.month.tolist() == simulated.first.month.tolist()
    assert first.occasion.tolist() == simulated.first.occasion.tolist()


def test_learning_english_matters_in_one_district_only(simulated, record):
    others = _with_others(simulated, ("english_learner",))
    enrolled, attended = record
    first, _ = choose_first_visits(simulated.places, others, enrolled, attended, Draws(1))
    changed = np.flatnonzero(first.month != simulated.first.month)
    assert len(changed) > 10
    learners_first = [number for number, d in enumerate(DISTRICTS) if d.learners_first]
    school = simulated.students.school[changed, 10:]
    district = np.where(school >= 0, simulated.places.school_district[school], NEVER)
    # whoever moved there or away is visited at another time elsewhere
    assert np.isin(district, learners_first).any(axis=1).all()


def test_english_learners_that_come_first_are_four_times_as_likely_as_others_with_like_records(
    simulated, record
):
    students, places, first = simulated.students, simulated.places, simulated.first
    learners_first = next(number for number, d in enumerate(DISTRICTS) if d.learners_first)
    visited, likely = np.zeros(2), np.zeros(2)
    for month in range(11, 20):
        here = np.flatnonzero(students.school[:, month] >= 0)
        here = here[places.school_district[students.school[here, month]] == learners_first]
        here = here[(first.month[here] == NEVER) | (first.month[here] >= month)]
        learner = students.english_learner[here, 1].astype(int)
        history = recorded_history(record[0][here], record[1][here], month)
        by_record = need(history, np.full(len(here), learners_first))
        likely += np.bincount(learner, by_record, 2)
        visited += np.bincount(learner, first.month[here] == month, 2)
    others, learners = visited / likely
    assert abs(np.log(learners / others / 4)) < 3.3 * (1 / visited).sum() ** 0.5


def test_first_visits_change_with_the_record(simulated, record):
    enrolled, attended = record
    first, _ = choose_first_visits(
        simulated.places, simulated.students, enrolled, attended // 2, Draws(1)
    )
    assert (first.month != simulated.first.month).sum() > 100


def test_summer_visits_follow_last_school_years_absence_and_in_hartford_the_most_absent_first(
    simulated, record
):
    first = simulated.first
    summer = first.students[first.occasion[first.students] == 0]
    enrolled, attended = record
    last_year = recorded_history(enrolled, attended, 10).last_year[summer]
    district = simulated.places.school_district[first.school[summer]]
    canvasses = np.array([d.canvasses for d in DISTRICTS])[district]
    hartford, elsewhere = district == HARTFORD, ~canvasses & (district != HARTFORD)
    assert last_year[~canvasses].min() >= 0
    assert (last_year[elsewhere] >= 100).mean() > 0.75
    assert (last_year[canvasses] >= 100).mean() < 0.6
    assert last_year[hartford].mean() > 1.3 * last_year[elsewhere].mean()


def _excess_of_the_tried(simulated, record, by_history):
    """How far those called on stand below others of their cell in lasting attendance, in z.

    By history: cells of like chances in the month and in the summer before it.
    """
    students, places = simulated.students, simulated.places
    tried_at = np.zeros(students.school.shape, dtype=bool)
    for student, month in zip(simulated.attempts.student, simulated.attempts.month, strict=True):
        tried_at[student, month] = True
    leap = np.array([d.leap and not d.canvasses for d in DISTRICTS])
    learners_first = np.array([d.learners_first for d in DISTRICTS])
    total, variance = 0.0, 0.0
    for month in range(10, 30):
        at_risk = (simulated.first.month == NEVER) | (simulated.first.month >= month)
        who = np.flatnonzero(at_risk & (students.school[:, month] >= 0))
        district = places.school_district[students.school[who, month]]
        history = recorded_history(record[0][who], record[1][who], month)
        chance = need(history, district)
        listed = place_on_list(history, district) * is_year_start(month)
        keep = leap[district] & (chance > 0)
        who, district, chance, listed = (x[keep] for x in (who, district, chance, listed))
        year = month // 10
        learner = students.english_learner[who, year] & learners_first[district]
        level = level_of(students.grade[who, year]) + 3 * learner
        likely = (chance >> 10) * 64 + (listed >> 10)
        cell = (district * 6 + level) * 64**2 + (likely if by_history else 0)
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


def test_whoever_may_be_called_on_may_be_left_alone_and_the_other_way_round():
    likely = np.array([0, 1, 60, ONE // 3, ONE])
    for pace in (1, 700, ONE, 4 * ONE):
        chances = chance_of_call(likely, np.full(len(likely), pace))
        assert chances[0] == 0
        assert (chances[1:] >= 1).all()
        assert chances.max() <= ONE // 4
    assert chance_of_call(np.array([3, ONE]), np.full(2, ONE // 10)).tolist() == [1, ONE // 10]
    assert chance_of_call(likely, np.zeros(len(likely), dtype=np.int64)).max() == 0


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
        at_risk &= recorded_history(enrolled, attended, number).last >= 0
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
