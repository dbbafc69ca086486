"""Moves from one table to another that agrees with what is published: what they show, and that a
wrong one shows nothing.
"""

import numpy as np
import pytest

from leapdash.build.disclosure.moves import Moves
from leapdash.build.disclosure.published import KINDS, Equation

NOTHING = np.zeros(KINDS)
LEAST = 6
# Two districts of two parts: what a part has in all is shown, and what a district has.
SUMS = ([0, 1], [2, 3], [0, 2], [1, 3])
EQUATIONS = [Equation(number, rows, NOTHING, 0.0) for number, rows in enumerate(SUMS)]
NONE = np.zeros(4, bool)


def moves(present=(9, 9, 9, 9), absent=(9, 9, 9, 9)):
    table = {
        row: np.array([0.0, *both]) for row, both in enumerate(zip(present, absent, strict=True))
    }
    return Moves(EQUATIONS, table, [[0]])


def test_a_sum_is_wide_where_its_rows_can_be_exchanged_for_others():
    assert moves().wide(0, True, LEAST, NONE) == {0, 1, 2, 3}


def test_it_isn_t_where_the_rows_to_exchange_stay_still():
    assert moves().wide(0, True, LEAST, np.array([False, False, True, True])) is None


@pytest.mark.parametrize(
    ("absent", "wide"), [((2, 9, 9, 4), True), ((2, 3, 3, 9), False), ((0, 5, 5, 0), False)]
)
def test_up_and_down_count_together_and_nobody_goes_below_nobody(absent, wide):
    """Up by as many as the others have to give, down by as many as it and the one across have."""
    found = moves(absent=absent).wide(0, True, LEAST, NONE)
    assert (found is not None) == wide


def test_where_nobody_counts_all_kinds_together_are_asked():
    table = {row: np.array([3.0, 0.0, 0.0]) for row in range(4)}
    few = Moves(EQUATIONS, table, [[0]])
    assert few.wide(0, False, LEAST, NONE) == {0, 1, 2, 3}
    assert few.wide(0, False, LEAST + 1, NONE) is None
    assert few.wide(0, True, LEAST, NONE) is None


@pytest.mark.parametrize(
    ("wrong", "still"),
    [
        ([6, -6, 0, 0], NONE),
        ([6, -6, -6, 5], NONE),
        ([10, -10, -10, 10], NONE),
        ([6, -6, -6, 6], np.array([False, False, True, False])),
    ],
    ids=["a sum changes", "by one student", "fewer than none", "a row that is known"],
)
def test_a_wrong_move_shows_nothing(monkeypatch, wrong, still):
    own = moves()
    assert own.possible(1, np.array([6.0, -6, -6, 6]), NONE)
    assert not own.possible(1, np.array(wrong, float), still)
    monkeypatch.setattr(own, "_move", lambda *_asked: np.array(wrong, float))
    assert own.wide(0, True, LEAST, still) is None
