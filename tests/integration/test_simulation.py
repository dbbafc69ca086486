"""The estimator where the truth is known: some of the simulated states in docs/methods.md.

Seeded, so the same states every time; `make simulation` draws thousands.
"""

import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks.simulation import (
    BEFORE_AND_AFTER,
    COLUMNS,
    DISTRICT,
    EVENTS,
    LATER,
    OURS,
    RECENT,
    WHEN,
    binomial_p,
    held,
    main,
    one_run,
    summary,
)
from benchmarks.states import DESIGNS as ALL_DESIGNS
from benchmarks.states import draw

DESIGNS = ("history", "cohorts", "gaps", "few", "last year", "summer list", "group", "school")
RUNS = (1, 2)
CHECKED = ("gaps", "school")
"""Whose run 0 is here too, in which `event_study` itself is run beside its numbers."""
RARE = 0.001
FURTHER_BACK = ("last year", "summer list")
"""Here students aren't visited at their worst, so a plain before-and-after is off by less."""


@pytest.fixture(scope="module")
def runs():
    wanted = [(design, run) for design in DESIGNS for run in RUNS]
    wanted += [(design, 0) for design in CHECKED]
    return pd.DataFrame([one_run(design, run, OURS) for design, run in wanted])


@pytest.mark.parametrize("e", WHEN)
def test_estimates_are_off_by_no_more_than_chance(runs, e):
    t_values = (runs[f"effect_{e}"] - runs[f"truth_{e}"]) / runs[f"error_{e}"]
    assert abs(t_values.mean()) < 3.3 / len(runs) ** 0.5


@pytest.mark.parametrize("when", WHEN)
def test_intervals_hold_the_truth_as_often_as_they_say(runs, when):
    assert binomial_p(held(runs, when), len(runs), 0.95) > RARE


def test_bands_hold_every_month_at_once_and_the_test_before_the_visit_seldom_errs(runs):
    together = int((runs["band_t"] <= runs["band_factor"]).sum())
    assert binomial_p(together, len(runs), 0.95) > RARE
    alarms = int((runs["before_p"] < 0.05).sum())
    assert binomial_p(alarms, len(runs), 0.05) > RARE


@pytest.mark.parametrize("design", DESIGNS)
def test_a_plain_before_and_after_misleads_where_the_estimate_does_not(runs, design):
    own = runs[(runs["design"] == design) & (runs["run"] == 1)].iloc[0]
    plain = one_run(design, 1, BEFORE_AND_AFTER)
    for e in WHEN:
        assert plain[f"truth_{e}"] == own[f"truth_{e}"]
    off = [plain[f"effect_{e}"] - plain[f"truth_{e}"] for e in EVENTS]
    assert max(off) > (0.05 if design not in FURTHER_BACK else 0.005)


def test_three_months_alone_mislead_where_last_year_decides():
    recent = one_run("last year", 0, RECENT)
    for e in (1, 3, 6):
        assert recent[f"effect_{e}"] < recent[f"truth_{e}"] - 3 * recent[f"error_{e}"]


def test_a_cause_no_record_shows_raises_the_alarm_where_three_months_alone_are_compared():
    assert all(one_run("unseen", run, RECENT)["before_p"] < 0.05 for run in range(2))


def test_the_headline_is_the_mean_of_six_to_nine_months(runs):
    run = runs[(runs["design"] == "history") & (runs["run"] == 1)].iloc[0]
    state = draw(ALL_DESIGNS["history"], (0, 1))
    truths = [state.true_effect(e)[1] for e in (6, 7, 8, 9)]
    assert run[f"truth_{LATER}"] == pytest.approx(np.mean(truths), abs=1e-6)
    plain = one_run("history", 1, BEFORE_AND_AFTER)
    changes = [state.naive_change(e) for e in (6, 7, 8, 9)]
    assert plain[f"effect_{LATER}"] == pytest.approx(np.mean(changes), abs=1e-6)
    # Of months that go together, but not wholly.
    assert 0.5 * run["error_6"] < run[f"error_{LATER}"] < 1.5 * run["error_6"]


def test_one_district_s_effect_is_set_beside_its_own_students_truth():
    run = 4
    row = one_run("small districts", run, DISTRICT)
    state = draw(ALL_DESIGNS["small districts"], (list(ALL_DESIGNS).index("small districts"), run))
    visited, truth = state.true_effect(0, state.district == 4)
    assert (row["visited"], row["truth_0"]) == (visited, pytest.approx(truth, abs=1e-6))
    for e in EVENTS:
        assert abs(row[f"effect_{e}"] - row[f"truth_{e}"]) < 4 * row[f"error_{e}"]
        assert visited / 10 < row[f"effective_{e}"] < 10_000
    whole = one_run("small districts", run, OURS)
    assert row["error_0"] > 2 * whole["error_0"]


def made_up(off, errors, estimator=OURS):
    """Runs that are off by so much, in points, with these standard errors."""
    rows = []
    for run, (miss, error) in enumerate(zip(off, errors, strict=True)):
        row: dict[str, object] = dict.fromkeys(COLUMNS, np.nan)
        row |= {"design": "history", "run": run, "estimator": estimator}
        for when in WHEN:
            row |= {f"truth_{when}": 0.05, f"effect_{when}": 0.05 + miss / 100}
            row[f"error_{when}"] = error / 100
        rows.append(row | {"band_t": 2.0, "band_factor": 2.5, "before_p": 0.5})
    return pd.DataFrame(rows)


def test_results_say_bias_coverage_and_spread_over_the_mean_standard_error():
    results = made_up([-1, 0, 1, 4], [1, 1, 1, 1])
    results["smallest"], results["smallest_p"] = 0.03, [0.01, 0.2, 0.04, 0.01]
    results["cut"], results["apart"] = [0.0, 0.1, 0.1, 0.1], [0.0, 0.0, 0.06, 0.04]
    off, held, ratios, checks = summary(results).split("\n\n")
    assert "| history | leapdash | 4 |" + " +1.00 ± 1.08 |" * 5 in off
    assert f"| history | *true effect* | |{' 5.00 |' * 5}" in off
    assert held.splitlines()[-1].count("75.0%") == 5
    # Misses of -1, 0, 1 and 4 spread by the root of 14/3.
    assert f"| history | leapdash |{' 2.16 |' * 5}  |" in ratios
    assert " | 3.0 points | 75.0% (p = 1.000) | 75% | 25% |" in checks


def test_what_has_no_standard_error_has_no_coverage():
    results = made_up([0, 1], [1, 1])
    results[f"error_{LATER}"] = np.nan
    _, held, ratios, _ = summary(results).split("\n\n")
    assert "100.0%" in held.splitlines()[-1]
    assert held.splitlines()[-1].split("|")[7].strip() == ""
    assert ratios.splitlines()[-1].split("|")[7].strip() == ""


def test_results_of_another_version_are_refused(tmp_path, monkeypatch, capsys):
    path = tmp_path / "simulation.csv"
    path.write_text("design,run,estimator,effect_0\nhistory,0,leapdash,0.02\n")
    monkeypatch.setattr(sys, "argv", ["simulation", "--runs", "1", "--results", str(path)])
    with pytest.raises(SystemExit):
        main()
    assert "has other columns" in capsys.readouterr().err
    assert path.read_text().count("\n") == 2


def test_a_simulation_goes_on_where_it_stopped(tmp_path, monkeypatch, capsys):
    path = tmp_path / "results" / "simulation.csv"
    given = ["simulation", "--workers", "1", "--results", str(path), "--designs", "late record"]
    for peers in (["--runs", "0"], ["--runs", "1"], ["--runs", "1"]):
        monkeypatch.setattr(sys, "argv", [*given, *peers])
        main()
    found = pd.read_csv(path)
    assert sorted(found["estimator"]) == [BEFORE_AND_AFTER, OURS]
    assert found[f"error_{LATER}"].notna().tolist() == (found["estimator"] == OURS).tolist()
    assert f"| late record | {OURS} | 1 |" in capsys.readouterr().out
