"""The propensity of a visit: what it solves, and what holds it."""

import numpy as np
import pytest

from leapdash.estimator.propensity import HIGHEST_PROPENSITY, Counts, fit_propensity, terms


def counts(seed=0, slots=12, groups=1, cells=40, steep=3.0):
    rng = np.random.default_rng(seed)
    slot = np.repeat(np.arange(slots), cells)
    last, mean = rng.uniform(0.3, 1, len(slot)), rng.uniform(0.4, 1, len(slot))
    students = rng.integers(1, 30, len(slot)).astype(float)
    chance = 1 / (1 + np.exp(2.5 - steep * (1.5 - last - mean)))
    visited = rng.binomial(students.astype(int), chance).astype(float)
    visited[slot == 0] = 0
    return Counts(slot, last, mean, students, visited, np.arange(slots) % groups)


def standardised(counts, fitted):
    u = (counts.last - fitted.centre[0]) / fitted.scale[0]
    v = (counts.mean - fitted.centre[1]) / fitted.scale[1]
    return terms(u, v)


def test_the_penalised_likelihood_cannot_be_made_larger():
    given = counts()
    fitted = fit_propensity(given)
    live = np.isfinite(fitted.intercept)
    used = live[given.slot]
    x, slot = standardised(given, fitted)[used], given.slot[used]
    students, visited = given.students[used], given.visited[used]
    overall = np.log(visited.sum() / (students - visited).sum())

    def penalised(intercept, slopes):
        index = intercept[slot] + x @ slopes
        # The best centre of the intercepts, given them: that of two ridges.
        own = intercept[live]
        centre = (0.5 * own.sum() + 0.1 * overall) / (0.5 * len(own) + 0.1)
        return (
            visited @ index
            - students @ np.logaddexp(0, index)
            - 0.25 * ((own - centre) ** 2).sum()
            - 0.05 * (centre - overall) ** 2
            - 0.05 * (slopes**2).sum()
        )

    slopes = fitted.slopes[live][0]
    best = penalised(fitted.intercept, slopes)
    rng = np.random.default_rng(1)
    for size in (1e-1, 1e-2, 1e-3):
        for _ in range(50):
            moved = np.where(live, fitted.intercept + size * rng.normal(size=len(live)), -np.inf)
            assert penalised(moved, slopes) < best
            assert penalised(fitted.intercept, slopes + size * rng.normal(size=9)) < best


@pytest.mark.parametrize("groups", [1, 3])
def test_the_ridges_are_those_of_the_docstring(groups):
    given = counts(groups=groups)
    fitted = fit_propensity(given)
    live = np.isfinite(fitted.intercept)
    used = live[given.slot]
    x, slot = standardised(given, fitted)[used], given.slot[used]
    students, visited = given.students[used], given.visited[used]
    expected = students * fitted.at(slot, given.last[used], given.mean[used])
    assert (fitted.at(slot, given.last[used], given.mean[used]) < HIGHEST_PROPENSITY).all()
    missing = visited - expected
    overall = np.log(visited.sum() / (students - visited).sum())

    # At the maximum every derivative of the penalised likelihood is 0; so the ridges are found.
    own = fitted.intercept[live]
    of_slot = np.bincount(slot, missing)[live]
    centre = (0.5 * own.sum() + 0.1 * overall) / (0.5 * len(own) + 0.1)
    np.testing.assert_allclose(of_slot, 0.5 * (own - centre), atol=1e-7)
    group = given.group[slot]
    by_group = np.stack([missing[group == k] @ x[group == k] for k in range(groups)])
    slopes = np.stack([fitted.slopes[live & (given.group == k)][0] for k in range(groups)])
    if groups == 1:
        np.testing.assert_allclose(by_group[0], 0.1 * slopes[0], atol=1e-7)
    else:
        common = by_group.sum(axis=0) / 0.1
        np.testing.assert_allclose(by_group, 5 * (slopes - common), atol=1e-6)


def test_a_month_without_a_visit_has_no_chance_of_one():
    given = counts()
    fitted = fit_propensity(given)
    assert fitted.intercept[0] == -np.inf
    chance = fitted.at(np.zeros(3, dtype=int), np.array([0.3, 0.6, 1]), np.array([0.4, 0.6, 1]))
    np.testing.assert_array_equal(chance, 0)


def test_expected_visits_are_nearly_those_made_in_each_month():
    given = counts(cells=200)
    fitted = fit_propensity(given)
    expected = given.students * fitted.at(given.slot, given.last, given.mean)
    made = np.bincount(given.slot, given.visited)
    np.testing.assert_allclose(np.bincount(given.slot, expected)[1:], made[1:], rtol=0.02)


def test_no_chance_is_above_the_highest():
    given = counts()
    certain = Counts(
        given.slot, given.last, given.mean, given.students, given.students, given.group
    )
    fitted = fit_propensity(certain)
    assert np.isfinite(fitted.intercept).all()
    assert HIGHEST_PROPENSITY == 0.9
    assert (fitted.at(given.slot, given.last, given.mean) == 0.9).all()


def test_without_visits_every_chance_is_zero():
    given = counts()
    none = Counts(
        given.slot, given.last, given.mean, given.students, 0 * given.visited, given.group
    )
    assert (fit_propensity(none).at(given.slot, given.last, given.mean) == 0).all()


def test_equal_attendance_leaves_only_the_intercepts():
    given = counts()
    same = np.full(len(given.slot), 0.9)
    fitted = fit_propensity(
        Counts(given.slot, same, same, given.students, given.visited, given.group)
    )
    np.testing.assert_allclose(fitted.slopes, 0, atol=1e-12)
    assert np.isfinite(fitted.intercept[1:]).all()


@pytest.mark.parametrize("visits", [1, 300])
def test_a_district_s_own_slopes_are_shrunk_to_the_common_ones_where_visits_are_few(visits):
    # Two districts visit by attendance; the third, with few or many visits, regardless of it.
    rng = np.random.default_rng(2)
    size = 3000
    group = np.repeat([0, 1, 2], size)
    last = rng.uniform(0.3, 1, 3 * size)
    chance = 1 / (1 + np.exp(-(1 - 6 * last)))
    visited = (rng.random(3 * size) < chance).astype(float)
    visited[group == 2] = 0
    visited[rng.choice(np.flatnonzero(group == 2), visits, replace=False)] = 1
    fitted = fit_propensity(
        Counts(group, last, last, np.ones(3 * size), visited, np.array([0, 1, 2]))
    )
    low, high = (
        fitted.at(np.array([2]), np.array([rate]), np.array([rate]))[0] for rate in (0.5, 0.9)
    )
    steep = np.log(low / (1 - low)) - np.log(high / (1 - high))
    if visits == 1:
        assert steep > 1.5
    else:
        assert abs(steep) < 0.5


def test_the_start_does_not_matter_with_separated_data():
    # Everyone below a line is visited and no one above: without ridges the slopes have no bound.
    last = np.linspace(0.2, 1, 200)
    visited = (last < 0.5).astype(float)
    zeros = np.zeros(200, dtype=int)
    fitted = fit_propensity(
        Counts(zeros, last, last, np.ones(200), visited, np.zeros(1, dtype=int))
    )
    assert np.isfinite(fitted.slopes).all()
    chance = fitted.at(zeros, last, last)
    assert chance[0] > 0.8
    assert chance[-1] < 0.05
