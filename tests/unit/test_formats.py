"""How numbers are written."""

import math

import pytest

from leapdash.show.words.columns import COLUMNS
from leapdash.show.words.numbers import count, per_cent, points, tenths


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0.8325, "83.3%"),
        (0.8564, "85.6%"),
        (0.9082, "90.8%"),
        (0.91649999, "91.6%"),
        (0.0, "0.0%"),
        (1.0, "100.0%"),
        (None, "–"),
        (math.nan, "–"),
    ],
)
def test_a_rate_is_a_per_cent_with_one_decimal_and_halves_go_up(rate, text):
    assert per_cent(rate) == text


@pytest.mark.parametrize(
    ("change", "text"),
    [(0.0685, "+6.9"), (-0.0685, "−6.9"), (0.0, "0.0"), (-0.0001, "0.0"), (math.nan, "–")],
)
def test_a_difference_carries_its_sign_unless_it_rounds_to_nothing(change, text):
    assert points(change, signed=True) == text


def test_a_difference_without_a_sign_is_its_size():
    assert points(-0.123) == "12.3"


def test_counts_have_commas_and_none_is_a_dash():
    assert (count(1234567), count(0), count(None)) == ("1,234,567", "0", "–")


def test_days_have_one_decimal_and_a_minus():
    assert [tenths(days) for days in (11.649, -0.71, -0.04)] == ["11.6", "−0.7", "0.0"]


def test_no_two_columns_of_a_table_could_be_taken_for_each_other():
    titles = [column.title for column in COLUMNS.values()]
    assert len(set(titles)) == len(titles)
