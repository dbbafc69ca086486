"""Intervals, bands and tests from effects and their covariance."""

import numpy as np
import pytest

from leapdash.inference import (
    Interval,
    Serving,
    at_once,
    breakdown,
    chi_square_tail,
    degrees_of_freedom,
    effective_number,
    interval,
    joint_test,
    mean_effect,
    noncentral_tail,
    serving_matrix,
    simultaneous_factor,
    smallest_found,
    t_factor,
)


@pytest.mark.parametrize(
    ("statistic", "degrees", "tail"),
    # Quantiles of the chi-square distribution as any table has them.
    [
        (3.841459, 1, 0.05),
        (5.991465, 2, 0.05),
        (7.814728, 3, 0.05),
        (18.307038, 10, 0.05),
        (11.344867, 3, 0.01),
        (0.351846, 3, 0.95),
        (0.0, 4, 1.0),
    ],
)
def test_chi_square_tails_are_those_of_the_tables(statistic, degrees, tail):
    assert chi_square_tail(statistic, degrees) == pytest.approx(tail, abs=1e-6)


def test_an_interval_is_1_96_standard_errors_to_each_side():
    found = interval(0.1, 0.04)
    assert found.std_error == 0.2
    assert found.low == pytest.approx(0.1 - 1.959964 * 0.2, abs=1e-6)
    assert found.high == pytest.approx(0.1 + 1.959964 * 0.2, abs=1e-6)


def test_the_variance_of_a_mean_takes_covariances_in():
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    found = mean_effect(np.array([0.1, 0.3]), covariance)
    assert found.effect == pytest.approx(0.2)
    assert found.std_error == pytest.approx(np.sqrt((0.04 + 0.09 + 0.02) / 4))
    # Several months together: wider by a twentieth than their standard error alone would have it.
    assert found.high - 0.2 == pytest.approx(1.05 * 1.959964 * found.std_error, abs=1e-6)


def test_a_band_over_one_effect_is_its_interval():
    assert simultaneous_factor(np.array([[0.3]])) == pytest.approx(1.96, abs=0.03)


def test_a_band_over_independent_effects_is_as_wide_as_their_number_asks():
    # The largest of ten independent |z| stays below 2.8 in 95% of cases: 0.95^(1/10).
    assert simultaneous_factor(np.eye(10)) == pytest.approx(2.80, abs=0.04)


def test_a_band_over_effects_that_move_together_is_their_common_interval():
    assert simultaneous_factor(np.ones((6, 6))) == pytest.approx(1.96, abs=0.03)


@pytest.mark.parametrize(
    ("degrees", "factor"),
    # Quantiles of Student's distribution as any table has them.
    [(5, 2.5706), (10, 2.2281), (25, 2.0595), (100, 1.9840), (float("inf"), 1.9600)],
)
def test_factors_are_those_of_the_tables_of_student_s_t(degrees, factor):
    assert t_factor(degrees) == pytest.approx(factor, abs=1e-4)
    found = interval(0.1, 0.04, degrees)
    assert found.high - 0.1 == pytest.approx(0.2 * factor, abs=1e-4)
    assert mean_effect(np.array([0.1]), np.array([[0.04]]), degrees) == found
    # A band over one effect is its interval.
    assert simultaneous_factor(np.array([[0.3]]), degrees) == pytest.approx(factor, abs=0.06)


@pytest.mark.parametrize(
    ("degrees", "confidence", "factor"),
    # Quantiles of Student's t as any table has them.
    [(10, 0.99, 3.1693), (30, 0.99, 2.7500), (float("inf"), 0.999, 3.2905), (10, 0.999, 4.5869)],
)
def test_a_factor_of_another_confidence_is_that_of_the_tables(degrees, confidence, factor):
    assert t_factor(degrees, confidence) == pytest.approx(factor, abs=3e-4)


def test_intervals_that_hold_at_once_are_each_as_sure_as_that_asks():
    assert at_once(1) == at_once(0) == 0.95
    assert at_once(10) == pytest.approx(0.995)
    alone, one_of_ten = interval(0.1, 0.04), interval(0.1, 0.04, confidence=at_once(10))
    assert alone.high - 0.1 == pytest.approx(1.959964 * 0.2, abs=1e-6)
    assert one_of_ten.high - 0.1 == pytest.approx(2.807034 * 0.2, abs=1e-4)


def test_a_band_allows_for_errors_that_are_estimated():
    # The largest of ten |t| with 10 degrees of freedom, their error in common: 3.469 (from 10^6
    # draws); of ten |z|: 2.80.
    assert simultaneous_factor(np.eye(10), 10) == pytest.approx(3.469, abs=0.06)
    assert simultaneous_factor(np.eye(10)) < simultaneous_factor(np.eye(10), 30)


def test_degrees_of_freedom_follow_the_effective_comparison_and_the_schools():
    assert degrees_of_freedom(3_000) == 100
    assert degrees_of_freedom(20) == 5
    assert degrees_of_freedom(3_000, schools=41.0) == 40


def test_effects_without_variance_do_not_widen_a_band():
    covariance = np.zeros((4, 4))
    covariance[2, 2] = 0.5
    assert simultaneous_factor(covariance) == pytest.approx(1.96, abs=0.03)
    assert simultaneous_factor(np.zeros((3, 3))) == pytest.approx(1.959964, abs=1e-6)


def test_the_same_covariance_gives_the_same_band():
    covariance = np.array([[1.0, 0.3], [0.3, 2.0]])
    assert simultaneous_factor(covariance) == simultaneous_factor(covariance.copy())


def test_the_joint_test_is_the_quadratic_form_of_the_inverse():
    effects, covariance = np.array([0.2, -0.1, 0.3]), np.diag([0.01, 0.04, 0.09])
    found = joint_test(effects, covariance)
    assert found.statistic == pytest.approx(4 + 0.25 + 1)
    assert found.degrees == 3
    assert found.p_value == pytest.approx(chi_square_tail(5.25, 3))


def test_the_joint_test_leaves_out_what_has_no_variance():
    found = joint_test(np.array([0.2, 5.0]), np.diag([0.01, 0.0]))
    assert (found.statistic, found.degrees) == (pytest.approx(4.0), 1)
    assert joint_test(np.array([1.0, 2.0]), np.zeros((2, 2))) is None


@pytest.mark.parametrize(
    ("statistic", "degrees", "noncentrality", "tail"),
    # The noncentralities of tables of power at the 5% level.
    [
        (3.841459, 1, 7.849, 0.80),
        (3.841459, 1, 10.507, 0.90),
        (7.814728, 3, 10.903, 0.80),
        (7.814728, 3, 14.171, 0.90),
        (7.814728, 3, 0.0, 0.05),
    ],
)
def test_noncentral_tails_are_those_of_the_tables(statistic, degrees, noncentrality, tail):
    assert noncentral_tail(statistic, degrees, noncentrality) == pytest.approx(tail, abs=5e-5)


@pytest.mark.parametrize("degrees", [1, 2, 3, 6])
@pytest.mark.parametrize("noncentrality", [0.1, 4.0, 60.0, 400.0])
def test_noncentral_tails_are_those_of_scipy(degrees, noncentrality):
    stats = pytest.importorskip("scipy.stats")
    for statistic in (0.3, 3.0, 8.0, 70.0):
        expected = stats.ncx2.sf(statistic, degrees, noncentrality)
        assert noncentral_tail(statistic, degrees, noncentrality) == pytest.approx(
            expected, abs=1e-9
        )


def test_the_smallest_departure_found_is_found_in_four_of_five_studies():
    root = np.array([[0.01, 0.0, 0.0], [0.006, 0.008, 0.0], [0.004, 0.003, 0.009]])
    covariance = root @ root.T
    smallest = smallest_found(covariance)
    draws = np.random.default_rng(3).standard_normal((4_000, 3)) @ root.T
    found = [joint_test(draw + smallest, covariance).p_value < 0.05 for draw in draws]
    assert np.mean(found) == pytest.approx(0.8, abs=0.025)
    # Twice the errors: twice the departure.
    assert smallest_found(4 * covariance) == pytest.approx(2 * smallest)


def test_without_variance_no_departure_can_be_called_found():
    assert smallest_found(np.zeros((3, 3))) is None
    # Only the difference of both months varies: what moves both alike leaves no trace.
    assert smallest_found(np.array([[1.0, -1.0], [-1.0, 1.0]])) is None


def finding(low, high):
    return Interval((low + high) / 2, (high - low) / 3.92, low, high)


def test_the_breakdown_is_the_multiple_that_just_undoes_the_finding():
    # Largest step before the visit 0.02; months 6 to 9 lie 7 to 10 steps, 8.5 on average, after it.
    known = np.zeros((4, 4))
    months = (6, 7, 8, 9)
    found = breakdown(finding(0.085, 0.2), months, np.array([0.0, 0.01, -0.01, 0.0]), known)
    assert found.drift == pytest.approx(0.01)
    assert found.times == pytest.approx(0.5)
    assert found.step == found.step_up_to == pytest.approx(0.02)
    below = breakdown(finding(-0.2, -0.085), months, np.array([0.0, 0.02, 0.0, 0.0]), known)
    assert below.times == pytest.approx(0.5)
    assert breakdown(finding(-0.01, 0.2), (1,), np.array([0.0, 0.01]), known[:2, :2]) is None
    assert breakdown(finding(0.1, 0.2), (1,), np.array([0.0]), known[:1, :1]) is None
    flat = breakdown(finding(0.1, 0.2), (1,), np.zeros(2), known[:2, :2])
    assert flat.times == float("inf")


def test_a_step_counts_with_the_upper_end_of_its_interval():
    covariance = np.array([[0.0004, 0.0001, 0.0], [0.0001, 0.0002, 0.0], [0.0, 0.0, 0.0]])
    before = np.array([0.01, -0.005, 0.0])
    found = breakdown(finding(0.04, 0.06), (1,), before, covariance)
    # 0.0004 + 0.0002 - 2 x 0.0001 is the variance of the larger step.
    assert found.step == pytest.approx(0.015)
    assert found.step_up_to == pytest.approx(0.015 + 1.959964 * 0.02)
    assert found.times == pytest.approx(0.04 / 2 / found.step_up_to)


@pytest.mark.parametrize("correlation", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("step", [0.0, 0.004, 0.03])
def test_a_finding_that_is_none_is_seldom_called_safe_at_the_multiple_that_made_it(
    correlation, step
):
    """Nothing in truth, and a drift of one step a month after the visit as before it: the finding
    may survive a multiple of 1 in one study of 40, whatever finding and steps have in common.
    """
    rng = np.random.default_rng(5)
    errors = rng.standard_normal((3_000, 2))
    errors[:, 1] = correlation * errors[:, 0] + np.sqrt(1 - correlation**2) * errors[:, 1]
    steps = step + 0.01 * errors[:, 1]
    covariance = np.array([[0.01**2, 0.0], [0.0, 0.0]])
    wrong = 0
    for bias, first in zip(2 * step + 0.02 * errors[:, 0], steps, strict=True):
        found = breakdown(interval(bias, 0.02**2), (1,), np.array([-first, 0.0]), covariance)
        wrong += found is not None and found.times > 1 and bias > 0
    assert wrong / 3_000 < 0.025 + 3 * np.sqrt(0.025 * 0.975 / 3_000)


TIMES = (0, 1, 6, 7)


@pytest.mark.parametrize(
    ("school", "schools", "serves"),
    [(2.0, 30, "school"), (2.0, 29, "student"), (0.5, 300, "student")],
)
def test_the_school_matrix_serves_with_enough_schools_and_the_larger_variance(
    school, schools, serves
):
    worth = np.array([40.0, 40.0, 40.0, schools])
    found = serving_matrix(np.eye(4), school * np.eye(4), worth, TIMES)
    assert (found.matrix, found.schools) == (serves, min(schools, 40))


def test_the_effective_number_is_that_of_equal_parts():
    assert effective_number([5, 5, 5]) == pytest.approx(3)
    # 100 at one school and 1 at each of 20: the errors are those of little more than one school.
    assert effective_number([100, *[1] * 20]) == pytest.approx(120**2 / 10_020)
    assert effective_number([]) == 0


def test_the_month_after_decides_where_nothing_later_is_there():
    student, school = np.diag([1.0, 1.0, 0.0, 0.0]), np.diag([1.0, 3.0, 0.0, 0.0])
    assert serving_matrix(student, school, np.full(4, 40.0), TIMES) == Serving("school", 40)
    assert serving_matrix(np.zeros((4, 4)), school, np.full(4, 40.0), TIMES).matrix == "student"
