"""Random numbers of the demonstration state: repeatable, even, and exact."""

import math

import numpy as np
import pytest

from leapdash.build.demo.draws import LOGIT, ONE, Draws, logistic


def test_the_same_seed_name_and_index_give_the_same_draws_in_any_order():
    one, other = Draws(3), Draws(3)
    other.bits16((10,), "something else")
    assert one.bits16((50,), "days", 4).tolist() == other.bits16((50,), "days", 4).tolist()


@pytest.mark.parametrize(
    ("seed", "name", "index"), [(4, "days", 4), (3, "nights", 4), (3, "days", 5)]
)
def test_another_seed_name_or_index_gives_other_draws(seed, name, index):
    reference = Draws(3).bits16((50,), "days", 4)
    assert (Draws(seed).bits16((50,), name, index) != reference).sum() > 45


def test_draws_are_what_they_were_when_the_state_was_first_made():
    # a change here changes every state ever made with a seed
    assert Draws(1).bits16((4,), "days", 0).tolist() == [17369, 49964, 43958, 39256]


def test_bits_are_even_over_their_range():
    counts = np.bincount(Draws(1).bits16((160_000,), "evenness") >> 12, minlength=16)
    chi_square = float(((counts - 10_000) ** 2 / 10_000).sum())
    assert chi_square < 37.7  # 0.1% of 15 degrees of freedom


def test_numbers_below_a_bound_reach_every_value_below_it_and_none_beyond():
    values = Draws(1).below(5, (1_000,), "five")
    assert set(values.tolist()) == {0, 1, 2, 3, 4}


def test_normal_draws_have_the_mean_and_spread_they_should():
    values = Draws(1).normal(1_000, (200_000,), "normal")
    assert abs(float(values.mean())) < 10
    assert abs(float(values.std()) - 1_000) < 10
    within_one = float((np.abs(values) < 1_000).mean())
    assert abs(within_one - 0.683) < 0.01


def test_chances_and_picks_come_as_often_as_their_shares_say():
    draws = Draws(1)
    assert abs(float(draws.chance(0.2, (100_000,), "chance").mean()) - 0.2) < 0.005
    picked = np.bincount(draws.pick((0.5, 0.3, 0.2), (100_000,), "pick")) / 100_000
    assert np.abs(picked - (0.5, 0.3, 0.2)).max() < 0.005


def test_the_logistic_table_is_the_logistic_to_half_a_step():
    logits = np.arange(-10 * LOGIT, 10 * LOGIT + 1)
    exact = np.array([ONE / (1 + math.exp(-x / LOGIT)) for x in logits.tolist()])
    assert np.abs(logistic(logits).astype(float) - exact).max() <= 0.500001


def test_beyond_ten_logits_the_ends_hold():
    ends = logistic(np.array([-10 * LOGIT, -99_999, 10 * LOGIT, 99_999])).tolist()
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed -1"):
        Draws(-1)
