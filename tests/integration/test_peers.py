"""The estimator with weights and slopes off against other implementations, digit by digit.

They are extras of their own (`pip install -e .[peers]`); without them these tests are skipped.
"""

import warnings

import numpy as np
import pandas as pd
import pytest

from leapdash import event_study
from leapdash.inference import breakdown, interval

PLAIN = {
    "unit": "id",
    "time": "t",
    "cohort": "g",
    "outcome": "y",
    "history": 0,
    "weights": False,
    "slopes": False,
    "small_samples": False,
    "cohorts": True,
}


def balanced(seed, students=300, months=8):
    """Random walks of random cohorts: id, t (from 1), y, g (0 for never)."""
    rng = np.random.default_rng(seed)
    g = rng.choice([0, 4, 5, 6, 7], students, p=[0.5, 0.15, 0.15, 0.1, 0.1])
    y = rng.normal(size=(students, months)).cumsum(axis=1)
    return pd.DataFrame(
        {
            "id": np.repeat(np.arange(students), months),
            "t": np.tile(np.arange(1, months + 1), students),
            "y": y.ravel(),
            "g": np.repeat(g, months),
        }
    )


def ours(frame, **options):
    visited = frame.assign(g=frame["g"].astype(float).where(frame["g"] > 0))
    return event_study(visited, **PLAIN | {"event_times": range(-6, 5)} | options)


def diff_diff(frame, **options):
    peer = pytest.importorskip("diff_diff", reason="diff-diff isn't installed (extra `peers`)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return peer.CallawaySantAnna(estimation_method="reg", cband=False, **options).fit(
            frame,
            outcome="y",
            unit="id",
            time="t",
            first_treat="g",
            aggregate="event_study",
        )


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("base", ["universal", "varying"])
@pytest.mark.parametrize(
    ("comparison", "control_group"), [("not_yet", "not_yet_treated"), ("never", "never_treated")]
)
def test_every_cohort_and_month_is_diff_diff_s(seed, base, comparison, control_group):
    frame = balanced(seed)
    theirs = diff_diff(frame, control_group=control_group, base_period=base)
    found = ours(frame, base=base, comparison=comparison).cohorts
    found = found.set_index(["cohort", "event_time"])
    compared = 0
    for (g, t), cell in theirs.group_time_effects.items():
        if np.isnan(cell["se"]) or t - g < -6:
            continue
        if base == "varying" and comparison == "not_yet" and t < g:
            # There diff-diff compares with all not treated by t, we with those not treated by g.
            continue
        mine = found.loc[(g, t - g)]
        assert mine.effect == pytest.approx(cell["effect"], abs=1e-10)
        assert mine.std_error == pytest.approx(cell["se"], abs=1e-10)
        assert mine.visited == cell["n_treated"]
        compared += 1
    assert compared >= 14


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_event_study_is_diff_diff_s_with_random_shares(seed):
    frame = balanced(seed)
    theirs = diff_diff(frame, control_group="not_yet_treated", base_period="universal")
    found = ours(frame, shares="random").effects.set_index("event_time")
    for e, cell in theirs.event_study_effects.items():
        assert found.loc[e, "effect"] == pytest.approx(cell["effect"], abs=1e-10)
        if e != -1:
            assert found.loc[e, "std_error"] == pytest.approx(cell["se"], abs=1e-10)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_cohort_and_month_is_csdid_s(seed):
    peer = pytest.importorskip("csdid.att_gt", reason="csdid isn't installed (extra `peers`)")
    frame = balanced(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = (
            peer.ATTgt(
                yname="y",
                gname="g",
                idname="id",
                tname="t",
                data=frame,
                control_group="notyettreated",
            )
            .fit(est_method="reg", base_period="universal", bstrap=False)
            .results
        )
    found = ours(frame).cohorts.set_index(["cohort", "event_time"])
    cells = zip(theirs["group"], theirs["year"], theirs["att"], theirs["se"], strict=True)
    compared = 0
    for g, t, effect, error in cells:
        if np.isnan(error) or t - g < -6:
            continue
        assert found.loc[(g, t - g), "effect"] == pytest.approx(effect, abs=1e-8)
        assert found.loc[(g, t - g), "std_error"] == pytest.approx(error, abs=1e-8)
        compared += 1
    assert compared >= 20


def counties(real_data):
    """500 US counties' teen employment (R package did; Callaway and Sant'Anna 2021)."""
    frame = pd.read_csv(real_data / "mpdta.csv")
    return frame.rename(columns={"countyreal": "id", "year": "t", "lemp": "y", "first.treat": "g"})


def test_county_employment_is_as_published(real_data):
    found = ours(counties(real_data), comparison="never", base="varying", shares="random")
    effects = found.effects.set_index("event_time")["effect"]
    # The event study in the README of the R package did.
    published = {0: -0.0199, 1: -0.0510, 2: -0.1373, 3: -0.1008}
    assert {e: round(float(effects[e]), 4) for e in published} == published
    before = {-3: 0.0305, -2: -0.0006, -1: -0.0245}
    assert {e: round(float(effects[e]), 4) for e in before} == before


def test_county_employment_with_counties_not_treated_yet_is_as_computed_elsewhere(real_data):
    effects = ours(counties(real_data), base="varying").effects.set_index("event_time")["effect"]
    known = {0: -0.0189, 1: -0.0536, 2: -0.1363, 3: -0.1008}
    assert {e: round(float(effects[e]), 4) for e in known} == known


def test_county_employment_has_diff_diff_s_errors(real_data):
    frame = counties(real_data)
    theirs = diff_diff(frame, control_group="never_treated", base_period="varying")
    found = ours(frame, comparison="never", base="varying", shares="random")
    effects = found.effects.set_index("event_time")
    for e, cell in theirs.event_study_effects.items():
        assert effects.loc[e, "effect"] == pytest.approx(cell["effect"], abs=1e-10)
        assert effects.loc[e, "std_error"] == pytest.approx(cell["se"], abs=1e-10)


def honest(before, after, covariance):
    """What diff-diff's HonestDiD takes for these effects, month by month but the base; and itself,
    for the mean of the months from the sixth after the visit on.
    """
    results = pytest.importorskip("diff_diff.results")
    honest_did = pytest.importorskip("diff_diff.honest_did")
    months = [*range(-1 - len(before), -1), *range(len(after))]
    effects = {}
    for k, (month, effect) in enumerate(zip(months, [*before, *after], strict=True)):
        error = float(np.sqrt(covariance[k, k]))
        effects[month] = results.PeriodEffect(month, effect, error, 0.0, 1.0, (0.0, 0.0))
    study = results.MultiPeriodDiDResults(
        period_effects=effects,
        avg_att=0.0,
        avg_se=0.0,
        avg_t_stat=0.0,
        avg_p_value=1.0,
        avg_conf_int=(0.0, 0.0),
        n_obs=0,
        n_treated=0,
        n_control=0,
        pre_periods=months[: len(before)],
        post_periods=months[len(before) :],
        vcov=covariance,
        interaction_indices={month: k for k, month in enumerate(months)},
    )
    weights = np.array([e >= 6 for e in range(len(after))]) / (len(after) - 6)
    return study, honest_did.HonestDiD(method="relative_magnitude", l_vec=weights)


@pytest.mark.parametrize("seed", range(6))
def test_the_breakdown_value_is_that_of_diff_diff_with_steps_at_their_upper_ends(seed):
    """diff-diff takes the steps before the visit as known: so do we where they have no variance.
    Where they have, ours is diff-diff's once the largest step before the visit is what it may be.
    """
    rng = np.random.default_rng(seed)
    root = 0.004 * rng.normal(size=(15, 15))
    covariance = root @ root.T
    before = 0.004 * rng.normal(size=5)
    after = (-1) ** seed * (0.08 + 0.004 * rng.normal(size=10))
    at = np.ix_(range(11, 15), range(11, 15))
    finding = interval(float(after[6:].mean()), float(covariance[at].sum()) / 16)
    months = (6, 7, 8, 9)
    base = np.append(before, 0.0)

    study, peer = honest(before, after, covariance)
    known = breakdown(finding, months, base, np.zeros((6, 6)))
    # diff-diff halves the interval until it is this small.
    assert known.times == pytest.approx(peer.breakdown_value(study, tol=1e-7), abs=1e-6)

    widened = np.zeros((6, 6))
    widened[:5, :5] = covariance[:5, :5]
    ours = breakdown(finding, months, base, widened)
    assert ours.times < known.times
    study, peer = honest(np.array([0.0, 0.0, 0.0, ours.step_up_to, 0.0]), after, covariance)
    assert ours.times == pytest.approx(peer.breakdown_value(study, tol=1e-7), abs=1e-6)
    assert ours.drift / ours.times == pytest.approx(ours.step_up_to)
    # In points: months after the visit may drift by so much each, and the interval reaches zero.
    bounds = peer.fit(study, M=ours.drift / ours.step_up_to)
    assert min(abs(bounds.ci_lb), abs(bounds.ci_ub)) == pytest.approx(0.0, abs=1e-9)
