"""What the demonstration state's visitors read from the record, and how they go by it."""

import numpy as np
import pytest

from leapdash.build.demo.draws import ONE
from leapdash.build.demo.places import HARTFORD
from leapdash.build.demo.records import UNKNOWN, History, need, place_on_list, recorded_history

ELSEWHERE = HARTFORD + 1
SHARES = np.arange(0, 1_001, 50)


def _history(last=0, mean=0, last_year=0, to_date=0, to_date_before=0):
    """One student per number of the longest argument."""
    parts = np.broadcast_arrays(last, mean, last_year, to_date, to_date_before)
    return History(*(np.atleast_1d(part).astype(np.int64) for part in parts))


def _chances(by_record, history, district=ELSEWHERE):
    return by_record(history, np.full(len(history.last), district))


def test_recent_history_is_the_last_month_and_the_mean_of_those_of_three_that_count():
    enrolled = np.array([[40, 40, 40], [40, 8, 40], [40, 40, 8], [0, 0, 30]], dtype=np.int16)
    attended = np.array([[40, 30, 20], [40, 0, 30], [40, 40, 8], [0, 0, 10]], dtype=np.int16)
    history = recorded_history(enrolled, attended, 3)
    assert history.last.tolist() == [500, 250, UNKNOWN, 666]
    assert history.mean.tolist() == [250, 125, UNKNOWN, 666]


def _before(month, days, absent):
    """History before a month of a student with so many half-days enrolled and absent by month."""
    enrolled = np.array([days], dtype=np.int16)
    return recorded_history(enrolled, enrolled - np.array([absent], dtype=np.int16), month)


def test_last_year_is_a_ratio_of_sums_over_the_school_year_before_and_no_month_of_this_one():
    days, absent = [40] * 9 + [20] + [40, 40], [0] * 8 + [28, 10] + [40, 40]
    # 38 of 380 half-days: exactly a tenth
    assert _before(10, days, absent).last_year.tolist() == [100]
    assert _before(12, days, absent).last_year.tolist() == [100]


def test_last_year_is_unknown_with_fewer_than_ten_days_enrolled_or_before_the_first_year():
    few, enough = ([0] * 9 + [days, 40, 40] for days in (19, 20))
    assert _before(12, few, [0] * 12).last_year.tolist() == [UNKNOWN]
    assert _before(12, enough, [0] * 12).last_year.tolist() == [0]
    assert _before(5, enough, [0] * 12).last_year.tolist() == [UNKNOWN]


def test_the_year_to_date_begins_anew_with_the_school_year():
    absent = [40] * 10 + [2, 8]
    first, second, third = (_before(month, [40] * 12, absent) for month in (10, 11, 12))
    assert (first.to_date.tolist(), first.to_date_before.tolist()) == ([0], [0])
    assert (second.to_date.tolist(), second.to_date_before.tolist()) == ([50], [0])
    assert (third.to_date.tolist(), third.to_date_before.tolist()) == ([125], [50])


@pytest.mark.parametrize(
    ("before", "now", "crosses"),
    [(0, 100, True), (99, 100, True), (100, 100, False), (99, 99, False), (120, 200, True),
     (120, 190, False), (90, 300, True), (210, 190, False), (0, 0, False)],
)  # fmt: skip
def test_a_mark_is_crossed_in_the_month_in_which_a_tenth_or_a_fifth_is_reached(
    before, now, crosses
):
    history = _history(to_date=now, to_date_before=before)
    assert history.crosses.tolist() == [crosses]


def test_need_grows_with_absence_and_is_none_without_a_record():
    chances = _chances(need, _history(last=SHARES, mean=SHARES))
    assert (np.diff(chances) >= 0).all()
    assert 0 < chances[0] < 0.05 * ONE
    assert chances[-1] > 0.95 * ONE
    assert _chances(need, _history(last=UNKNOWN, mean=UNKNOWN)).tolist() == [0]


def test_crossing_a_mark_raises_need_and_makes_nobody_certain():
    plain, crossing = _history(last=150, mean=150), _history(150, 150, 0, 100, 50)
    assert 3 * _chances(need, plain)[0] < _chances(need, crossing)[0] < 0.9 * ONE


def test_the_list_begins_at_a_tenth_absent_and_is_followed_with_chance():
    last_year = np.array([0, 99, 100, 200, 300, 900])
    chances = _chances(place_on_list, _history(last_year=last_year)) / ONE
    assert chances[0] == chances[1] > 0
    assert chances[2] > 5 * chances[1]
    assert (np.diff(chances[2:5]) > 0.2).all()
    assert chances[4] == chances[5] == 1


def test_hartford_takes_the_most_absent_first():
    chances = _chances(place_on_list, _history(last_year=SHARES), HARTFORD)
    assert (np.diff(chances) >= 0).all()
    assert 0 < chances[2] < 0.01 * ONE
    assert chances[12] > 0.9 * ONE


def test_nobody_is_on_a_list_without_a_record_of_last_year_or_of_its_last_month():
    histories = _history(last=np.array([0, UNKNOWN]), last_year=np.array([UNKNOWN, 500]))
    assert _chances(place_on_list, histories).tolist() == [0, 0]
    assert _chances(place_on_list, histories, HARTFORD).tolist() == [0, 0]
