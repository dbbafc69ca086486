"""How sure rates of students and their differences are: against a recount student by student."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest

from leapdash.show.views.spread import (
    SUMS,
    attendance_of,
    correlation_of_shares,
    difference_of_rates,
    difference_of_shares,
    rate_error,
    residual_error,
    share_interval,
)


def students(rng, number, months):
    """Days enrolled and absent of every student in every month; a student's months hang together.

    Not all are enrolled in every month."""
    usual = rng.beta(1.5, 12, (number, 1))
    enrolled = rng.choice([0, 8, 18, 20], (number, months), p=[0.1, 0.1, 0.4, 0.4])
    return enrolled, rng.binomial(2 * enrolled, usual) / 2


def sums_of(enrolled, absent):
    """The release's sums, month by month."""
    there = enrolled > 0
    values = (
        there.sum(axis=0),
        enrolled.sum(axis=0),
        (enrolled - absent).sum(axis=0),
        (absent**2).sum(axis=0),
        (absent * enrolled).sum(axis=0),
        (enrolled**2).sum(axis=0),
    )
    return pd.DataFrame(dict(zip(SUMS, values, strict=True)))


def error_by_hand(enrolled, absent):
    """The error of one month's rate, from each student's own residual."""
    there = [(e, a) for e, a in zip(enrolled, absent, strict=True) if e > 0]
    days = sum(e for e, _ in there)
    rate = sum(a for _, a in there) / days
    squares = sum((a - rate * e) ** 2 for e, a in there)
    return sqrt(squares * len(there) / (len(there) - 1)) / days


def test_the_error_of_a_month_is_that_of_its_students_residuals():
    enrolled, absent = students(np.random.default_rng(1), 200, 1)
    by_hand = error_by_hand(enrolled[:, 0], absent[:, 0])
    assert rate_error(sums_of(enrolled, absent)) == pytest.approx(by_hand)


def test_the_error_of_a_month_is_what_drawing_students_anew_gives():
    rng = np.random.default_rng(2)
    enrolled, absent = (days[:, 0] for days in students(rng, 400, 1))
    rates = []
    for _ in range(2000):
        drawn = rng.integers(0, 400, 400)
        rates.append(1 - absent[drawn].sum() / enrolled[drawn].sum())
    found = rate_error(sums_of(enrolled[:, None], absent[:, None]))
    assert found == pytest.approx(np.std(rates), rel=0.05)


def test_the_error_over_months_is_at_least_that_of_students_drawn_with_all_their_months():
    rng = np.random.default_rng(3)
    enrolled, absent = students(rng, 400, 10)
    rates = []
    for _ in range(2000):
        drawn = rng.integers(0, 400, 400)
        rates.append(1 - absent[drawn].sum() / enrolled[drawn].sum())
    months = sums_of(enrolled, absent)
    found = rate_error(months)
    assert found > np.std(rates)
    # As if months were independent, it would be far too small.
    alone = [rate_error(months.iloc[[k]]) for k in range(10)]
    assert sqrt(sum(one**2 for one in alone)) / 10 < 0.6 * np.std(rates)
    assert attendance_of(months).rate == pytest.approx(1 - absent.sum() / enrolled.sum())


def test_students_whose_months_are_all_alike_have_the_error_of_one_month():
    enrolled, absent = students(np.random.default_rng(4), 100, 1)
    one = rate_error(sums_of(enrolled, absent))
    ten = rate_error(sums_of(np.tile(enrolled, 10), np.tile(absent, 10)))
    assert ten == pytest.approx(one)


def test_weights_of_absent_and_enrolled_days_give_the_error_of_that_sum():
    enrolled, absent = (days[:, 0] for days in students(np.random.default_rng(5), 50, 1))
    there = enrolled > 0
    squares = sum((0.3 * a - 0.1 * e) ** 2 for e, a in zip(enrolled, absent, strict=True))
    by_hand = sqrt(squares * there.sum() / (there.sum() - 1))
    months = sums_of(enrolled[:, None], absent[:, None])
    assert residual_error(months, 0.3, 0.1) == pytest.approx(by_hand)


def test_where_nobody_is_enrolled_there_is_no_rate_and_no_error():
    nobody = pd.DataFrame(0, index=range(2), columns=list(SUMS))
    assert attendance_of(nobody) is None
    assert rate_error(nobody) == 0


def test_few_students_have_a_wider_interval():
    rng = np.random.default_rng(6)
    many, few = (attendance_of(sums_of(*students(rng, n, 1))) for n in (500, 12))
    wide = difference_of_rates(many, few, 0.01**2)
    narrow = difference_of_rates(many, many, 0.01**2)
    assert narrow.high - narrow.low == pytest.approx(2 * 1.965 * 0.01, rel=1e-3)
    assert wide.high - wide.low > 1.1 * (narrow.high - narrow.low)
    assert wide.effect == pytest.approx(many.rate - few.rate)


def test_the_interval_of_a_share_is_wilson_s():
    # From the worked example of the score interval: 5 of 50.
    low, high = share_interval(pd.Series([0.1, 0.0]), pd.Series([50, 20]))
    assert low.tolist() == pytest.approx([0.04348, 0.0], abs=1e-5)
    assert high.tolist() == pytest.approx([0.21360, 0.16113], abs=1e-5)


def test_the_interval_of_a_difference_is_newcombe_s():
    # 56 of 70 less 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10).
    found = difference_of_shares((56 / 70, 70), (48 / 80, 80))
    assert found.effect == pytest.approx(0.2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def test_shares_that_move_against_each_other_as_far_as_they_can_have_the_widest_interval():
    one, other = (0.4, 100), (0.3, 80)
    wide, plain = difference_of_shares(one, other, -1.0), difference_of_shares(one, other)
    (low, low_2), (high, high_2) = share_interval(pd.Series([0.4, 0.3]), pd.Series([100, 80]))
    assert wide.low == pytest.approx(0.1 - (0.4 - low) - (high_2 - 0.3))
    assert wide.high == pytest.approx(0.1 + (high - 0.4) + (0.3 - low_2))
    assert wide.low < plain.low < plain.high < wide.high


def test_the_correlation_of_shares_is_that_of_the_students_counted_in_both():
    rng = np.random.default_rng(7)
    one = set(range(60))
    other = set(range(40, 150))
    y = rng.random(150) < 0.4
    p, q, s = (np.mean([y[i] for i in part]) for part in (one, other, one & other))
    found = correlation_of_shares((p, 60), (q, 110), (s, 20))
    covariance = sum((y[i] - p) * (y[i] - q) for i in one & other) / (60 * 110)
    assert found == pytest.approx(covariance / sqrt(p * (1 - p) / 60 * q * (1 - q) / 110))
    assert correlation_of_shares((p, 60), (p, 60), (p, 60)) == pytest.approx(1)
    assert correlation_of_shares((0.0, 60), (q, 110), (0.0, 20)) == 0
