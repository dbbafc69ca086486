"""How the demonstration state draws attendance."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leapdash.build.demo.attendance import (
    DAY_DRAWS,
    attend,
    draw_untreated,
    make_logits,
    set_levels,
)
from leapdash.build.demo.draws import ONE, Draws
from leapdash.build.demo.places import DISTRICTS, make_places
from leapdash.build.demo.students import make_students

chances = st.integers(3, ONE)
half_days = st.integers(0, 2 * (DAY_DRAWS - 1))


def _one(chance, days, seed):
    draws = Draws(seed).bits16((1, DAY_DRAWS), "days")
    return int(attend(np.array([chance], np.int32), np.array([days], np.uint8), draws)[0])


@given(chances, half_days, st.integers(0, 2**32))
def test_nobody_attends_more_than_enrolled(chance, days, seed):
    assert 0 <= _one(chance, days, seed) <= days


@given(chances, chances, half_days, st.integers(0, 2**32))
def test_a_higher_chance_with_the_same_draws_never_gives_less(one, other, days, seed):
    assert _one(min(one, other), days, seed) <= _one(max(one, other), days, seed)


@given(half_days, st.integers(0, 2**32))
def test_a_chance_of_one_attends_every_half_day(days, seed):
    assert _one(ONE, days, seed) == days


def test_the_mean_attended_is_the_chance_for_whole_and_odd_half_days():
    n = 40_000
    draws = Draws(1).bits16((n, DAY_DRAWS), "days")
    for chance in (0.1, 0.5, 0.9, 0.99):
        for days in (1, 21, 40):
            attended = attend(np.full(n, int(chance * ONE)), np.full(n, days, np.uint8), draws)
            share = float(attended.sum()) / (n * days)
            assert abs(share - chance) < 4 * (chance * (1 - chance) / (n * max(1, days / 2))) ** 0.5


def test_some_days_are_attended_in_half():
    draws = Draws(1).bits16((5_000, DAY_DRAWS), "days")
    attended = attend(np.full(5_000, ONE // 2), np.full(5_000, 40, np.uint8), draws)
    assert 0.1 < float((attended % 2).mean()) < 0.6


def test_levels_bring_every_district_to_the_rates_asked_for():
    draws = Draws(1)
    places = make_places(20_000, draws)
    students = make_students(places, draws)
    logits = make_logits(places, students, draws)
    rates = np.linspace(0.7, 0.97, 3 * len(DISTRICTS)).reshape(-1, 3)
    levels = set_levels(places, students, logits, rates)
    untreated = draw_untreated(places, students, logits, levels, draws)
    student, month = np.nonzero(students.half_days)
    district = places.school_district[students.school[student, month]]
    cell = district * 3 + month // 10
    days = np.bincount(cell, students.half_days[student, month])
    present = np.bincount(cell, untreated.attended[student, month])
    # what is left is the luck of the draws: some 5,000 days in the smallest districts and years
    assert np.abs(present / days - rates.reshape(-1)).max() < 0.01
