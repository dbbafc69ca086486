"""The estimator against the formulas written out student by student, on random panels."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leapdash import event_study
from leapdash.estimator.design import Design
from tests.lib import examples
from tests.lib.effects_oracle import Options, estimate
from tests.lib.random_panels import as_frame, random_panel

SEEDS = st.integers(0, 2**32 - 1)
OPTIONS = st.builds(
    Options,
    never=st.booleans(),
    varying=st.booleans(),
    history=st.sampled_from([1, 2, 3]),
    earlier=st.booleans(),
    weights=st.booleans(),
    slopes=st.booleans(),
    small_samples=st.booleans(),
    random_shares=st.booleans(),
    drawn=st.sampled_from([1, 10]),
    compared=st.sampled_from([2, 50]),
    event_times=st.sampled_from([tuple(range(-6, 10)), tuple(range(-3, 4)), (1, 2)]),
)


def as_parameters(options):
    given = asdict(options)
    return {
        "comparison": "never" if given.pop("never") else "not_yet",
        "base": "varying" if given.pop("varying") else "universal",
        "shares": "random" if given.pop("random_shares") else "fixed",
        "design": Design(drawn=given.pop("drawn"), compared=given.pop("compared")),
        **given,
    }


@examples.slow(12, 200)
@given(
    seed=SEEDS,
    hole=st.sampled_from([0.08, 0.3]),
    options=OPTIONS,
    covariates=st.sampled_from([(), ("group", "school")]),
)
def test_effects_and_errors_are_those_of_the_formulas(seed, hole, options, covariates):
    if not (options.weights or options.slopes):
        covariates = ()
    panel = random_panel(seed, hole=hole, covariates=covariates)
    answer = estimate(panel, options)
    assume(answer.visited)
    study = event_study(
        as_frame(panel, covariates),
        outcome="rate",
        stratum="stratum",
        cohorts=True,
        covariates=covariates,
        **as_parameters(options),
    )

    for table in (study.effects, study.strata, study.cohorts):
        numbers = table.drop(columns="std_error_cluster", errors="ignore")
        assert np.isfinite(numbers.to_numpy(dtype=float)).all()

    events = sorted({key[2] for key in answer.visited})
    assert list(study.effects["event_time"]) == events
    atoms = sorted({key[:2] for key in answer.visited})
    influence = []
    for row, e in zip(study.effects.itertuples(), events, strict=True):
        n, effect, by_student = answer.union(atoms, e)
        assert row.visited == n
        assert row.effect == pytest.approx(effect, abs=1e-10)
        squares = sum(answer.squares[(*a, e)] for a in atoms if (*a, e) in answer.squares)
        assert row.comparison_effective == pytest.approx(n**2 / squares, rel=1e-9)
        influence.append([by_student.get(i, 0.0) for i in panel.y])
    expected = np.array(influence) @ np.array(influence).T
    np.testing.assert_allclose(study.covariance, expected, atol=1e-10)

    for row in study.strata.itertuples():
        atom = (row.stratum, 0)
        n, effect, by_student = answer.union([atom], row.event_time)
        assert row.visited == n
        assert row.effect == pytest.approx(effect, abs=1e-10)
        error = np.sqrt(sum(x * x for x in by_student.values()))
        assert row.std_error == pytest.approx(error, abs=1e-10)
