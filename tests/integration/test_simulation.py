"""The estimator where the truth is known: some of the simulated states in docs/methods.md.

Seeded, so the same states every time; `make simulation` draws thousands.
"""

import pandas as pd
import pytest

from benchmarks.simulation import (
    BEFORE_AND_AFTER,
    EVENTS,
    OURS,
    RECENT,
    binomial_p,
    held,
    one_run,
)

DESIGNS = ("history", "cohorts", "gaps", "few", "list", "summer list", "strong")
RUNS = 2
RARE = 0.001
FURTHER_BACK = ("list", "summer list")
"""Here students aren't visited at their worst, so a plain before-and-after is off by less."""


@pytest.fixture(scope="module")
def runs():
    rows = [one_run(design, run, OURS) for design in DESIGNS for run in range(RUNS)]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("e", EVENTS)
def test_estimates_are_off_by_no_more_than_chance(runs, e):
    t_values = (runs[f"effect_{e}"] - runs[f"truth_{e}"]) / runs[f"error_{e}"]
    assert abs(t_values.mean()) < 3.3 / len(runs) ** 0.5


@pytest.mark.parametrize("name", [*map(str, EVENTS), "later"])
def test_intervals_hold_the_truth_as_often_as_they_say(runs, name):
    assert binomial_p(held(runs, name), len(runs), 0.95) > RARE


def test_bands_hold_every_month_at_once_and_the_test_before_the_visit_seldom_errs(runs):
    together = int((runs["band_t"] <= runs["band_factor"]).sum())
    assert binomial_p(together, len(runs), 0.95) > RARE
    alarms = int((runs["before_p"] < 0.05).sum())
    assert binomial_p(alarms, len(runs), 0.05) > RARE


@pytest.mark.parametrize("design", DESIGNS)
def test_a_plain_before_and_after_misleads_where_the_estimate_does_not(runs, design):
    own = runs[(runs["design"] == design) & (runs["run"] == 0)].iloc[0]
    plain = one_run(design, 0, BEFORE_AND_AFTER)
    for e in EVENTS:
        assert plain[f"truth_{e}"] == own[f"truth_{e}"]
    off = [plain[f"effect_{e}"] - plain[f"truth_{e}"] for e in EVENTS]
    assert max(off) > (0.05 if design not in FURTHER_BACK else 0.005)


def test_three_months_alone_mislead_where_last_year_decides():
    recent = one_run("last year", 0, RECENT)
    for e in (1, 3, 6):
        assert recent[f"effect_{e}"] < recent[f"truth_{e}"] - 3 * recent[f"error_{e}"]


def test_a_cause_no_record_shows_raises_the_alarm_where_three_months_alone_are_compared():
    assert all(one_run("unseen", run, RECENT)["before_p"] < 0.05 for run in range(3))
