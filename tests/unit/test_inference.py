"""Intervals, bands and tests from effects and their covariance."""

import numpy as np
import pytest

from leapdash.inference import (
    Serving,
    breakdown,
    chi_square_tail,
    degrees_of_freedom,
    effective_number,
    interval,
    joint_test,
    mean_effect,
    serving_matrix,
    simultaneous_factor,
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


def test_the_breakdown_is_the_multiple_that_just_undoes_the_finding():
    # Largest step before the visit 0.02; months 6 to 9 lie 7 to 10 steps, 8.5 on average, after it.
    found = breakdown(0.085, 0.2, (6, 7, 8, 9), [0.0, 0.01, -0.01, 0.0])
    assert found == pytest.approx(0.085 / (8.5 * 0.02))
    assert breakdown(-0.2, -0.085, (6, 7, 8, 9), [0.0, 0.02]) == pytest.approx(0.5)
    assert breakdown(-0.01, 0.2, (1,), [0.0, 0.01]) is None
    assert breakdown(0.1, 0.2, (1,), [0.0, 0.0]) == float("inf")


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
