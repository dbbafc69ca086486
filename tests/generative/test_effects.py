"""The estimator against the formulas written out student by student, on random panels."""

from dataclasses import asdict

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leapdash import event_study
from leapdash.engines import Workspace, open_engine
from leapdash.estimator.design import Design
from leapdash.estimator.estimate import VisitKinds, of_period, prepare
from leapdash.estimator.estimate import estimate as on_engine
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


PERIODS = (2, 2, 2, 6, 6, 6, 6, None, None)
"""By month, the last of its period; the last period isn't there to its end."""


def with_periods(panel, seed):
    """The panel with an outcome that looks from a month to the end of its period."""
    rng = np.random.default_rng(seed)
    panel.until = {t: end for t, end in enumerate(PERIODS) if end is not None}
    for i, months in panel.y.items():
        panel.to_the_end[i] = {t: float(rng.random() < 0.4) for t in months if rng.random() < 0.9}
    return panel


@examples.slow(6, 100)
@given(seed=SEEDS, hole=st.sampled_from([0.08, 0.3]), compared=st.sampled_from([2, 50]))
def test_effects_of_a_whole_period_are_those_of_the_formulas(seed, hole, compared):
    panel = with_periods(random_panel(seed, students=80, hole=hole), seed)
    options = Options(compared=compared, event_times=(0,))
    answer = estimate(panel, options)
    assume(answer.visited)
    design = Design(compared=compared)
    frame = as_frame(panel).rename(
        columns={"student_id": "unit", "month": "t", "rate": "y", "first_visit": "first"}
    )
    types = {"unit": "int64", "t": "int16", "stratum": "int32", "first": "Int16"}
    ends = [(i, t, value) for i, own in panel.to_the_end.items() for t, value in own.items()]
    outcome = pd.DataFrame(ends, columns=["unit", "t", "y"]).astype({"unit": "int64", "t": "int16"})
    with open_engine(threads=1) as engine, Workspace(engine) as space:
        rows = space.put(pa.Table.from_pandas(frame.astype(types), preserve_index=False))
        study = prepare(space, rows, (0,) * (frame["stratum"].max() + 1), panel.months, design)
        outcomes = space.put(pa.Table.from_pandas(outcome, preserve_index=False))
        study = of_period(space, study, outcomes, PERIODS)
        kinds = study.rows.filter(study.rows["first"] == study.rows.t)
        kinds = kinds.select("unit", value=ibis.literal(0, "int32"), part=ibis.literal(0, "int32"))
        found = on_engine(space, study, VisitKinds(space.keep(kinds)))
        influence = space.frame(found.influence)
    cells = {(row.stratum, row.g): row for row in found.cells.itertuples()}
    assert set(cells) == {(stratum, g) for _, stratum, g, _, _ in answer.cells}
    for (_, stratum, g, _, _), (effect, visited, _) in answer.cells.items():
        assert cells[stratum, g].visited == visited
        assert cells[stratum, g].effect == pytest.approx(effect, abs=1e-10)
    told = {(row.unit, row.atom): row.x for row in influence.itertuples()}
    expected = {(i, key[0]): x for i, own in answer.terms.items() for key, x in own.items()}
    assert told == pytest.approx(expected, abs=1e-10)
