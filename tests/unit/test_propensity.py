"""The propensity of a visit: what it solves, and what holds it."""

import numpy as np
import pytest

from leapdash.estimator.propensity import HIGHEST_PROPENSITY, Counts, fit_propensity, terms

TERMS = {2: 9, 4: 17}
both = pytest.mark.parametrize("measures", [2, 4])


def counts(measures=2, seed=0, slots=12, groups=1, cells=40, steep=3.0):
    """Visits likelier after poor attendance; with four measures a fifth has no earlier month."""
    rng = np.random.default_rng(seed)
    slot = np.repeat(np.arange(slots), cells)
    last, mean = rng.uniform(0.3, 1, len(slot)), rng.uniform(0.4, 1, len(slot))
    students = rng.integers(1, 30, len(slot)).astype(float)
    index = -2.5 + steep * (1.5 - last - mean)
    past = [last, mean]
    if measures == 4:
        none = (rng.random(len(slot)) < 0.2).astype(float)
        earlier = rng.uniform(0.4, 1, len(slot)) * (1 - none)
        index += np.where(none == 1, -0.5, steep * (0.7 - earlier))
        past += [earlier, none]
    visited = rng.binomial(students.astype(int), 1 / (1 + np.exp(-index))).astype(float)
    visited[slot == 0] = 0
    return Counts(slot, np.stack(past, axis=1), students, visited, np.arange(slots) % groups)


def log_odds(chance):
    return np.log(chance / (1 - chance))


def test_the_terms_are_the_powers_and_products_of_standardised_measures():
    centre, scale = np.array([0.8, 0.7, 0.6, 0]), np.array([0.1, 0.2, 0.3, 1])
    u, v, w = 2.0, -3.0, 5.0
    past = centre + scale * np.array([[u, v, w, 0]])
    recent = [u, v, u**2 / 2, u * v, v**2 / 2]
    recent += [u**3 / 6, u**2 * v / 2, u * v**2 / 2, v**3 / 6]
    earlier = [w, w**2 / 2, w**3 / 6, u * w, v * w]
    four = terms(past, centre, scale)
    np.testing.assert_allclose(four, [[*recent, *earlier, 0, 0, 0]], rtol=1e-12)
    two = terms(past[:, :2], centre[:2], scale[:2])
    np.testing.assert_allclose(two, [recent], rtol=1e-12)
    without = terms(np.array([[*past[0, :2], 0, 1]]), centre, scale)
    np.testing.assert_allclose(without, [[*recent, 0, 0, 0, 0, 0, 1, u, v]], rtol=1e-12)


@both
def test_a_covariate_is_one_standardised_term_more(measures):
    given = counts(measures)
    rng = np.random.default_rng(7)
    member = (rng.random(len(given.slot)) < 0.3).astype(float)
    chance = np.where(member == 1, 0.2, 0.02)
    visited = rng.binomial(given.students.astype(int), chance).astype(float)
    past = np.column_stack([given.past, member, np.full(len(member), 0.5)])
    fitted = fit_propensity(Counts(given.slot, past, given.students, visited, given.group, 2))
    assert fitted.slopes.shape[1] == TERMS[measures] + 2
    everyone = np.repeat(member, given.students.astype(int))
    assert fitted.centre[measures:] == pytest.approx([everyone.mean(), 0.5])
    assert fitted.scale[measures:] == pytest.approx([everyone.std(), 1.0])
    inside, outside = (
        fitted.at(np.array([1]), np.array([[*given.past[0], group, 0.5]])) for group in (1.0, 0.0)
    )
    np.testing.assert_allclose(log_odds(inside) - log_odds(outside), np.log(0.25 * 49), atol=0.3)
    np.testing.assert_allclose(fitted.slopes[:, -1], 0, atol=1e-12)


@both
def test_measures_are_standardised_over_the_students_that_have_them(measures):
    given = counts(measures)
    fitted = fit_propensity(given)
    for k in range(min(measures, 3)):
        has = given.past[:, 3] == 0 if k == 2 else np.full(len(given.slot), True)
        everyone = np.repeat(given.past[has, k], given.students[has].astype(int))
        assert fitted.centre[k] == pytest.approx(everyone.mean(), rel=1e-12)
        assert fitted.scale[k] == pytest.approx(everyone.std(), rel=1e-12)
    # Whether there is an earlier month is 0 or 1, and stays so.
    assert fitted.centre[3:].tolist() == [0.0] * (measures == 4)
    assert fitted.scale[3:].tolist() == [1.0] * (measures == 4)


def test_who_has_no_earlier_month_counts_as_at_its_centre_but_for_terms_of_their_own():
    given = counts(4)
    fitted = fit_propensity(given)
    slot, recent = np.arange(1, 12), given.past[:11, :2]
    at_centre = np.tile([fitted.centre[2], 0.0], (11, 1))
    has_none = np.tile([0.0, 1.0], (11, 1))
    middle, without = (fitted.at(slot, np.hstack([recent, x])) for x in (at_centre, has_none))
    own = fitted.slopes[1, -3:]
    assert np.unique(fitted.slopes[1:, -3:], axis=0).shape == (1, 3)
    assert np.abs(own).max() > 0.2
    apart = own[0] + (recent - fitted.centre[:2]) / fitted.scale[:2] @ own[1:]
    np.testing.assert_allclose(log_odds(without) - log_odds(middle), apart)


def test_without_anybody_s_earlier_month_only_their_term_is_left_of_it():
    given = counts(4)
    past = given.past.copy()
    past[:, 2:] = 0.0, 1.0
    fitted = fit_propensity(Counts(given.slot, past, given.students, given.visited, given.group))
    assert (fitted.centre[2:].tolist(), fitted.scale[2:].tolist()) == ([0, 0], [1, 1])
    np.testing.assert_allclose(fitted.slopes[:, 9:14], 0, atol=1e-12)
    assert np.isfinite(fitted.slopes).all()


@both
def test_the_penalised_likelihood_cannot_be_made_larger(measures):
    given = counts(measures)
    fitted = fit_propensity(given)
    live = np.isfinite(fitted.intercept)
    used = live[given.slot]
    x, slot = terms(given.past[used], fitted.centre, fitted.scale), given.slot[used]
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
    assert len(slopes) == TERMS[measures]
    best = penalised(fitted.intercept, slopes)
    rng = np.random.default_rng(1)
    for size in (1e-1, 1e-2, 1e-3):
        for _ in range(50):
            moved = np.where(live, fitted.intercept + size * rng.normal(size=len(live)), -np.inf)
            assert penalised(moved, slopes) < best
            aside = slopes + size * rng.normal(size=len(slopes))
            assert penalised(fitted.intercept, aside) < best


@both
@pytest.mark.parametrize("groups", [1, 3])
def test_the_ridges_are_those_of_the_docstring(groups, measures):
    given = counts(measures, groups=groups)
    fitted = fit_propensity(given)
    live = np.isfinite(fitted.intercept)
    used = live[given.slot]
    x, slot = terms(given.past[used], fitted.centre, fitted.scale), given.slot[used]
    students, visited = given.students[used], given.visited[used]
    chance = fitted.at(slot, given.past[used])
    assert (chance < HIGHEST_PROPENSITY).all()
    missing = visited - students * chance
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


@both
def test_a_month_without_a_visit_has_no_chance_of_one(measures):
    given = counts(measures)
    fitted = fit_propensity(given)
    assert fitted.intercept[0] == -np.inf
    past = np.array([[0.3, 0.4, 0.0, 1.0], [0.6, 0.6, 0.5, 0.0], [1.0, 1.0, 1.0, 0.0]])
    chance = fitted.at(np.zeros(3, dtype=int), past[:, :measures])
    np.testing.assert_array_equal(chance, 0)


@both
def test_expected_visits_are_nearly_those_made_in_each_month(measures):
    given = counts(measures, cells=200)
    fitted = fit_propensity(given)
    expected = given.students * fitted.at(given.slot, given.past)
    made = np.bincount(given.slot, given.visited)
    np.testing.assert_allclose(np.bincount(given.slot, expected)[1:], made[1:], rtol=0.02)


def test_expected_visits_of_those_without_an_earlier_month_are_nearly_those_made():
    given = counts(4, cells=200)
    expected = given.students * fit_propensity(given).at(given.slot, given.past)
    none = given.past[:, 3].astype(int)
    np.testing.assert_allclose(
        np.bincount(none, expected), np.bincount(none, given.visited), rtol=0.005
    )


@both
def test_no_chance_is_above_the_highest(measures):
    given = counts(measures)
    certain = Counts(given.slot, given.past, given.students, given.students, given.group)
    fitted = fit_propensity(certain)
    assert np.isfinite(fitted.intercept).all()
    assert HIGHEST_PROPENSITY == 0.9
    assert (fitted.at(given.slot, given.past) == 0.9).all()


@both
def test_without_visits_every_chance_is_zero(measures):
    given = counts(measures)
    none = Counts(given.slot, given.past, given.students, 0 * given.visited, given.group)
    assert (fit_propensity(none).at(given.slot, given.past) == 0).all()


@pytest.mark.parametrize("past", [(0.9, 0.9), (0.9, 0.9, 0.9, 0.0)], ids=["two", "four"])
def test_equal_attendance_leaves_only_the_intercepts(past):
    given = counts()
    same = np.tile(past, (len(given.slot), 1))
    fitted = fit_propensity(Counts(given.slot, same, given.students, given.visited, given.group))
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
    past = np.stack([last, last], axis=1)
    fitted = fit_propensity(Counts(group, past, np.ones(3 * size), visited, np.array([0, 1, 2])))
    low, high = (fitted.at(np.array([2]), np.full((1, 2), rate))[0] for rate in (0.5, 0.9))
    steep = log_odds(low) - log_odds(high)
    if visits == 1:
        assert steep > 1.5
    else:
        assert abs(steep) < 0.5


@both
def test_the_start_does_not_matter_with_separated_data(measures):
    # Everyone below a line is visited and no one above: without ridges the slopes have no bound.
    last = np.linspace(0.2, 1, 200)
    visited = (last < 0.5).astype(float)
    zeros = np.zeros(200, dtype=int)
    past = np.stack([last, last, last, 0 * last], axis=1)[:, :measures]
    fitted = fit_propensity(Counts(zeros, past, np.ones(200), visited, np.zeros(1, dtype=int)))
    assert np.isfinite(fitted.slopes).all()
    chance = fitted.at(zeros, past)
    assert chance[0] > 0.8
    assert chance[-1] < 0.05
