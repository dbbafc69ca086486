"""The planted effects: bounded, only after the visit, none where neighbourhoods are canvassed."""

from dataclasses import replace

import numpy as np
import pytest

from leapdash.build.demo.effects import EVENT_MONTHS, Gains, attend_with, findings, gain, set_gains
from leapdash.build.demo.places import DISTRICTS, HARTFORD


@pytest.fixture(scope="module")
def visited(simulated):
    return simulated.visited


def test_the_gain_grows_month_by_month_to_the_ninth_and_then_stays(visited):
    rows = visited.gains_anything
    steps = np.diff(gain(visited, Gains(month_one=0.3, month_nine=1.05))[rows], axis=1)
    assert (steps[:, :9] > 0).all()
    assert (steps[:, 9:] == 0).all()


def test_the_canvassing_district_gains_nothing_and_every_other_visited_student_something(visited):
    canvasses = np.array([d.canvasses for d in DISTRICTS])[visited.district]
    added = gain(visited, Gains())
    assert canvasses.sum() > 5
    assert (added[canvasses] == 0).all()
    assert (added[~canvasses] > 0).all()


def test_the_gain_is_larger_for_older_students_hartford_and_who_speaks_english(visited):
    added = gain(visited, Gains(older=2.0, hartford=3.0))[:, 7]
    same = (visited.occasion == 1) & visited.gains_anything
    elsewhere = same & (visited.district != HARTFORD)
    younger, older = elsewhere & (visited.level == 0), elsewhere & (visited.level > 0)
    english, other = ~visited.language_other, visited.language_other
    base = int(added[younger & english].max())
    assert added[younger & english].min() == base
    assert abs(int(added[older & english].max()) - 2 * base) <= 2
    assert abs(int(added[younger & other].max()) - 0.6 * base) <= 2
    hartford = same & (visited.district == HARTFORD) & (visited.level == 0) & english
    assert abs(int(added[hartford].max()) - 3 * base) <= 3


def test_without_gains_attendance_is_what_it_would_have_been(simulated):
    visited = simulated.visited
    main, left = attend_with(visited, Gains(summer=0.0, school_year=0.0))
    for event in range(EVENT_MONTHS):
        rows = np.flatnonzero(visited.first_month + event < 30)
        months = visited.first_month[rows] + event
        untreated = simulated.untreated.attended[visited.student[rows], months]
        assert (main[rows, event] == untreated).all()
    assert (left == simulated.untreated.left_attended[visited.left]).all()


def test_the_visit_never_takes_attendance_away_and_never_adds_beyond_enrolment(simulated):
    visited = simulated.visited
    without, _ = attend_with(visited, Gains(summer=0.0, school_year=0.0))
    for gains in (simulated.gains, Gains(summer=0.9, school_year=0.9)):
        main, left = attend_with(visited, gains)
        assert (main >= without).all()
        assert (main <= visited.half_days).all()
        assert (left <= visited.left_half_days).all()


def test_the_targets_are_met_from_gains_far_off(visited):
    start = Gains(month_one=0.8, summer=0.2, school_year=0.02, hartford=1.0, older=0.5)
    found = findings(visited, set_gains(visited, start))
    for row in found[:6]:
        assert row.target is not None
        assert abs(row.realised - row.target) < 0.01, row


def test_where_nobody_stands_behind_an_effect_its_gain_stays_as_it_is(visited):
    # one student, visited last: only the visit's own month and few others are seen
    last = int(np.argmax(visited.first_month))
    one = replace(
        visited,
        **{
            name: getattr(visited, name)[last : last + 1]
            for name in (
                "student", "first_month", "district", "level", "occasion", "language_other",
                "chance", "half_days", "draws", "enrolled", "without",
            )
        },
        **{
            name: getattr(visited, name)[:0]
            for name in (
                "left", "left_row", "left_event", "left_chance", "left_half_days", "left_draws",
            )
        },
    )  # fmt: skip
    gains = set_gains(one, Gains())
    assert gains.summer == Gains().summer
    assert gains.school_year == Gains().school_year
