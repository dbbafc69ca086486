"""The estimator where the truth is known: twenty of the simulated states in docs/methods.md.

Seeded, so the same twenty states every time; `make simulation` draws thousands.
"""

import pandas as pd
import pytest

from benchmarks.simulation import BEFORE_AND_AFTER, EVENTS, OURS, binomial_p, one_run
from leapdash.inference import BAND_WIDENING

DESIGNS = ("history", "cohorts", "gaps", "few")
RUNS = 5
RARE = 0.001


@pytest.fixture(scope="module")
def runs():
    rows = [one_run(design, run, OURS) for design in DESIGNS for run in range(RUNS)]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("e", EVENTS)
def test_estimates_are_off_by_no_more_than_chance(runs, e):
    t_values = (runs[f"effect_{e}"] - runs[f"truth_{e}"]) / runs[f"error_{e}"]
    assert abs(t_values.mean()) < 3.3 / len(runs) ** 0.5


@pytest.mark.parametrize("e", EVENTS)
def test_intervals_hold_the_truth_as_often_as_they_say(runs, e):
    off = (runs[f"effect_{e}"] - runs[f"truth_{e}"]).abs()
    held = int((off <= 1.96 * runs[f"error_{e}"]).sum())
    assert binomial_p(held, len(runs), 0.95) > RARE


def test_bands_hold_every_month_at_once_and_the_test_before_the_visit_seldom_errs(runs):
    held = int((runs["band_t"] <= BAND_WIDENING * runs["band_factor"]).sum())
    assert binomial_p(held, len(runs), 0.95) > RARE
    alarms = int((runs["before_p"] < 0.05).sum())
    assert binomial_p(alarms, len(runs), 0.05) > RARE


@pytest.mark.parametrize("design", DESIGNS)
def test_a_plain_before_and_after_overstates_where_the_estimate_does_not(runs, design):
    own = runs[(runs["design"] == design) & (runs["run"] == 0)].iloc[0]
    plain = one_run(design, 0, BEFORE_AND_AFTER)
    for e in EVENTS:
        assert plain[f"truth_{e}"] == own[f"truth_{e}"]
        assert plain[f"effect_{e}"] - plain[f"truth_{e}"] > 0.05


def test_a_cause_no_record_shows_raises_the_alarm_before_the_visit():
    assert all(one_run("unseen", run, OURS)["before_p"] < 0.05 for run in range(3))
