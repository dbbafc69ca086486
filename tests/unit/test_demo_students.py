"""Who the demonstration state's students are."""

import numpy as np
import pytest

from leapdash.build.demo.calendar import MONTHS, YEAR_OF_MONTH
from leapdash.build.demo.draws import Draws
from leapdash.build.demo.places import make_places
from leapdash.build.demo.students import ENGLISH, level_of, make_students


@pytest.fixture(scope="module")
def places():
    return make_places(20_000, Draws(1))


@pytest.fixture(scope="module")
def students(places):
    return make_students(places, Draws(1))


def test_school_months_run_from_september_to_june_of_three_years():
    assert (MONTHS[0].isoformat(), MONTHS[-1].isoformat()) == ("2020-09-01", "2023-06-01")
    assert len(MONTHS) == 30
    assert all(month.month not in (7, 8) for month in MONTHS)
    assert list(MONTHS) == sorted(MONTHS)


def test_about_as_many_are_enrolled_at_any_time_as_were_asked_for(students):
    enrolled = (students.school >= 0).sum(axis=0)
    assert np.abs(enrolled / 20_000 - 1).max() < 0.03


def test_lasting_differences_have_a_spread_near_1400_and_siblings_share_some(students):
    assert 1_250 < students.lasting.std() < 1_500
    order = np.argsort(students.family, kind="stable")
    family, lasting = students.family[order], students.lasting[order]
    siblings = family[1:] == family[:-1]
    correlation = np.corrcoef(lasting[1:][siblings], lasting[:-1][siblings])[0, 1]
    assert 0.35 < correlation < 0.55


def test_grades_go_up_by_one_each_year_and_nobody_is_enrolled_beyond_twelve(students):
    assert (np.diff(students.grade, axis=1) == 1).all()
    grade = students.grade[:, YEAR_OF_MONTH][students.school >= 0]
    assert (int(grade.min()), int(grade.max())) == (-1, 12)


def test_students_attend_a_school_of_their_level(places, students):
    student, month = np.nonzero(students.school >= 0)
    level = level_of(students.grade[student, month // 10])
    assert (places.school_level[students.school[student, month]] == level).all()


def test_some_move_in_mid_year_within_and_between_districts_and_stand_in_both_schools(
    places, students
):
    left = places.school_district[students.left_school]
    now = students.school[students.left_student, students.left_month]
    assert (now != students.left_school).all()
    assert (students.left_half_days > 0).all()
    assert (students.half_days[students.left_student, students.left_month] > 0).all()
    between = left != places.school_district[now]
    assert 0.2 < float(between.mean()) < 0.9
    before = students.school[students.left_student, students.left_month - 1]
    assert (before == students.left_school).all()


def test_some_come_late_some_leave_some_months_are_missing_and_some_have_few_days(students):
    enrolled = students.school >= 0
    comes_late = ~enrolled[:, 10] & enrolled[:, 12] & (students.grade[:, 1] >= 1)
    leaves = enrolled[:, 12] & ~enrolled[:, 18]
    missing = enrolled & (students.half_days == 0)
    few = (students.half_days > 0) & (students.half_days < 10)
    assert comes_late.sum() > 20
    assert leaves.sum() > 20
    assert 0.003 < missing.sum() / enrolled.sum() < 0.01
    assert 0.003 < few.sum() / enrolled.sum() < 0.02


def test_groups_go_together_as_they_do(students):
    free = students.meals == 0
    hispanic = students.race == 1
    learner = students.english_learner[:, 0]
    assert free[hispanic].mean() > free[~hispanic].mean() + 0.1
    assert (students.language[learner] != ENGLISH).all()
    assert free[students.homeless[:, 0]].all()
    assert students.lasting[free].mean() < students.lasting[~free].mean() - 200
