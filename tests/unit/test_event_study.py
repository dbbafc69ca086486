"""`event_study`: each rule it states, what it takes, and what it says where it can't work."""

import doctest
from functools import cache

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import leapdash.estimator.event_study
from leapdash import event_study
from leapdash.engines import Workspace, open_engine
from leapdash.errors import InputError, UsageError
from leapdash.estimator.cell_effects import solve
from leapdash.estimator.design import Design
from leapdash.estimator.estimate import Study, of_outcome
from leapdash.estimator.numbering import Numbering
from leapdash.estimator.propensity import Propensity, coefficient_columns, powers
from leapdash.estimator.trials import (
    HIGHEST_LEAVING_WEIGHT,
    drawn,
    lot,
    propensity,
    roles,
    sums_by_side,
    weighted,
    with_history,
)


def panel(students=120, months=10, seed=0):
    """Months 0 to 9, a fifth visited from month 3 on, likelier after poor attendance."""
    rng = np.random.default_rng(seed)
    rate = np.clip(rng.normal(0.85, 0.1, (students, months)), 0, 1).round(2)
    first = np.full(students, np.nan)
    for month in range(3, months):
        likely = np.where(rate[:, month - 1] < 0.8, 0.15, 0.02)
        first[np.isnan(first) & (rng.random(students) < likely)] = month
    return pd.DataFrame(
        {
            "student_id": np.repeat(np.arange(students), months),
            "month": np.tile(np.arange(months), students),
            "rate": rate.ravel(),
            "first_visit": np.repeat(first, months),
            "district": np.repeat(np.where(np.arange(students) % 2, "A", "B"), months),
            "school": np.repeat(np.arange(students) % 7, months),
        }
    )


def study(frame, **options):
    return event_study(frame, **{"outcome": "rate", "event_times": range(-4, 5)} | options)


@cache
def unchanged(**options):
    """The study of the panel as it is, worked out once for all tests that set another beside it."""
    return study(panel(), **options)


def same(one, other):
    pd.testing.assert_frame_equal(one.effects, other.effects, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.covariance, other.covariance, atol=1e-12)


def test_the_worked_example_gives_what_it_says():
    found = doctest.testmod(leapdash.estimator.event_study)
    assert found.attempted > 10
    assert found.failed == 0


# --- rules ------------------------------------------------------------------------------------


def test_a_visit_between_two_months_belongs_to_the_next():
    frame = panel()
    same(unchanged(), study(frame.assign(first_visit=frame["first_visit"] - 0.5)))


def test_months_count_in_order_whatever_lies_between_them():
    frame = panel()
    dates = pd.Series(pd.date_range("2020-09-01", periods=40, freq="MS").to_numpy())
    # Two summers lie between the months.
    spread = np.array([0, 1, 2, 5, 6, 7, 8, 13, 14, 15])
    first = frame["first_visit"].map(lambda m: dates[spread[int(m)]] if m == m else pd.NaT)
    dated = frame.assign(month=dates[spread[frame["month"]]].to_numpy(), first_visit=first)
    same(unchanged(), study(dated))


def test_a_visit_after_the_last_month_counts_as_none_yet_and_is_told():
    frame = panel()
    late = frame.assign(first_visit=frame["first_visit"].fillna(99))
    found = study(late)
    same(unchanged(), found)
    assert "after the last month (9)" in found.notes[0]


@pytest.mark.parametrize("never", [np.nan, np.inf])
def test_null_and_infinite_both_mean_never(never):
    frame = panel()
    same(unchanged(), study(frame.assign(first_visit=frame["first_visit"].fillna(never))))


def days(frame, seed=1):
    enrolled = np.random.default_rng(seed).integers(5, 21, len(frame)).astype(float)
    attended = np.floor(enrolled * frame["rate"] * 2) / 2
    return frame.drop(columns="rate").assign(attended=attended, enrolled=enrolled)


def test_a_month_under_five_days_enrolled_is_no_observation():
    frame = days(panel())
    short = frame.index % 13 == 4
    one, other = frame.copy(), frame.copy()
    one.loc[short, ["enrolled", "attended"]] = 4.5, 0.0
    other.loc[short, ["enrolled", "attended"]] = 4.5, 4.5
    columns = {"outcome": None, "attended": "attended", "enrolled": "enrolled"}
    without = study(one, **columns)
    same(without, study(other, **columns))
    whole = study(frame, **columns)
    assert without.effects["visited"].sum() < whole.effects["visited"].sum()


def test_a_month_of_exactly_five_days_enrolled_is_an_observation():
    frame = days(panel()).assign(
        enrolled=10.0, attended=lambda t: np.floor(10 * t["attended"] / 21)
    )
    columns = {"outcome": None, "attended": "attended", "enrolled": "enrolled"}
    short = frame.index % 13 == 4
    five = frame.copy()
    five.loc[short, ["enrolled", "attended"]] /= 2
    same(study(five, **columns), study(frame, **columns))


def test_a_month_without_a_day_enrolled_is_no_month_of_the_student():
    frame = days(panel())
    columns = {"outcome": None, "attended": "attended", "enrolled": "enrolled"}
    gone = frame.index % 11 == 5
    zero = frame.copy()
    zero.loc[gone, ["enrolled", "attended"]] = 0.0
    same(study(zero, **columns), study(frame[~gone], **columns))


def test_who_has_no_history_begins_no_trial_and_counts_in_no_effect():
    frame = panel()
    # Newcomers, visited in their third month and thereafter, as good as one can be.
    late = frame[(frame["month"] >= 5) & (frame["student_id"] < 10)]
    late = late.assign(student_id=late["student_id"] + 1000, first_visit=7.0, rate=1.0)
    with_late = pd.concat([frame, late])
    same(unchanged(), study(with_late))


def test_a_gap_in_the_last_three_months_is_no_history():
    frame = panel()
    visited = frame.dropna(subset="first_visit").drop_duplicates("student_id").iloc[0]
    gap = (frame["student_id"] == visited.student_id) & (frame["month"] == visited.first_visit - 2)
    before, after = unchanged().effects, study(frame[~gap]).effects
    zero = before["event_time"] == 0
    assert after.loc[zero, "visited"].item() == before.loc[zero, "visited"].item() - 1


def test_a_gap_just_before_the_visit_leaves_no_base_also_without_history():
    frame = panel()
    visited = frame.dropna(subset="first_visit").drop_duplicates("student_id").iloc[0]
    gap = (frame["student_id"] == visited.student_id) & (frame["month"] == visited.first_visit - 1)
    plain = {"weights": False, "slopes": False, "history": 0}
    before, after = unchanged(**plain).effects, study(frame[~gap], **plain).effects
    zero = before["event_time"] == 0
    assert after.loc[zero, "visited"].item() == before.loc[zero, "visited"].item() - 1


def history_of(months, design):
    """What `with_history` makes of outcomes by month, by unit and month."""
    rows = [(unit, t, y) for unit, own in enumerate(months) for t, y in own.items()]
    unit, t, y = zip(*rows, strict=True)
    types = {"unit": pa.int64(), "t": pa.int16(), "y": pa.float64()}
    given = {
        name: pa.array(values, types[name]) for name, values in (("unit", unit), ("t", t), ("y", y))
    }
    found = with_history(ibis.memtable(pa.table(given)), design).to_pandas()
    return found.set_index(["unit", "t"]).sort_index()


def test_earlier_is_the_mean_of_all_observed_months_before_the_history():
    months = [
        # Month 1 was not observed, in month 3 the student was away.
        {0: 0.9, 1: None, 2: 0.6, 4: 0.8, 5: 0.7, 6: 0.5, 7: 1.0, 8: 0.4},
        {0: 0.5, 1: 0.6, 2: 0.7, 3: 0.8, 4: 0.9, 5: 1.0},
        # No month before the three was observed.
        {0: None, 1: None, 2: 0.6, 3: 0.7, 4: 0.8, 5: 0.9},
    ]
    found = history_of(months, Design())
    can_begin = found[found["can_begin"]]
    expected = {
        (0, 7): ((0.8 + 0.7 + 0.5) / 3, (0.9 + 0.6) / 2, 0.0),
        (0, 8): ((0.7 + 0.5 + 1.0) / 3, (0.9 + 0.6 + 0.8) / 3, 0.0),
        (1, 3): (0.6, 0.0, 1.0),
        (1, 4): (0.7, 0.5, 0.0),
        (1, 5): (0.8, 0.55, 0.0),
        (2, 5): (0.7, 0.0, 1.0),
    }
    assert list(can_begin.index) == list(expected)
    measured = can_begin[["mean", "earlier", "none"]]
    np.testing.assert_allclose(measured, list(expected.values()), rtol=1e-12)
    np.testing.assert_allclose(can_begin["last"], [0.5, 1.0, 0.7, 0.8, 0.9, 0.8])
    assert found[["earlier", "none"]].notna().all(axis=None)

    # With two months of history the month before those two is an earlier one.
    of_two = history_of(months, Design(history=2)).loc[[(0, 7), (1, 2), (1, 3)]]
    assert of_two["can_begin"].all()
    measured = of_two[["earlier", "none"]]
    np.testing.assert_allclose(measured, [[2.3 / 3, 0], [0, 1], [0.5, 0]], rtol=1e-12)


@pytest.mark.parametrize("options", [{"earlier": False}, {"weights": False, "slopes": False}])
def test_who_does_not_use_earlier_months_is_not_given_them(options):
    found = history_of([{0: 0.9, 1: 0.8, 2: 0.7, 3: 0.6, 4: 0.5}], Design(**options))
    assert list(found.columns) == ["y", "last", "mean", "can_begin"]
    assert found["can_begin"].tolist() == [False, False, False, True, True]


def test_earlier_months_that_are_alike_for_all_change_nothing():
    # All visits are in one month, and before its three only one was observed, the same for all.
    frame = panel()
    frame["first_visit"] = frame["first_visit"].where(frame["first_visit"].isna(), 7.0)
    frame.loc[frame["month"] < 4, "rate"] = np.nan
    frame.loc[frame["month"] == 1, "rate"] = 0.8
    options = {"event_times": range(-3, 3)}
    same(study(frame, **options), study(frame, earlier=False, **options))


def test_earlier_months_tell():
    of_two, of_four = (
        each.effects.set_index("event_time").loc[[-4, -2, 0, 3], ["effect", "std_error"]]
        for each in (unchanged(earlier=False), unchanged())
    )
    assert ((of_two - of_four).abs() > 1e-5).all(axis=None)


def test_covariates_that_tell_no_unit_from_another_are_left_out_and_named():
    frame = panel()
    frame["group"] = frame["student_id"] % 3 == 0
    frame["others"] = 1 - frame["group"]
    frame["one"] = 1
    found = study(frame, covariates=["one", "group", "others", "school"])
    assert found.notes == (
        "one is left out: it is 1 in every row.",
        "others is left out: it says the same as group.",
    )
    same(study(frame, covariates=["group", "school"]), found)


def test_a_covariate_that_visits_and_attendance_follow_is_adjusted_for():
    # Members are visited more, and their attendance falls for reasons of its own.
    rng = np.random.default_rng(3)
    students, months = 1_500, 10
    member = rng.random(students) < 0.3
    rate = 0.9 + 0.05 * rng.normal(size=(students, months))
    rate -= 0.02 * member[:, None] * np.arange(months)
    first = np.full(students, np.nan)
    for month in range(3, months):
        chance = np.where(member, 0.12, 0.03)
        first[np.isnan(first) & (rng.random(students) < chance)] = month
    frame = pd.DataFrame(
        {
            "student_id": np.repeat(np.arange(students), months),
            "month": np.tile(np.arange(months), students),
            "rate": rate.ravel(),
            "first_visit": np.repeat(first, months),
            "member": np.repeat(member, months),
        }
    )
    at = {"event_times": [3, 4]}
    without, adjusted = (study(frame, covariates=c, **at).effects for c in ((), "member"))
    assert (without["effect"] < -0.015).all()
    assert (adjusted["effect"].abs() < 2.5 * adjusted["std_error"]).all()
    assert (adjusted["std_error"] < 0.008).all()


def at_risk_in_classes():
    """3,000 students in two classes of past attendance; a visit for one in 300 of the better."""
    rng = np.random.default_rng(5)
    size = 3_000
    poor = np.arange(size) < 200
    chance = np.where(poor, 0.25, 1 / 300)
    rate = np.where(poor, 0.55, 0.95) + 0.01 * rng.random(size)
    return pd.DataFrame(
        {
            "unit": np.arange(size),
            "t": np.tile([4, 5], size // 2),
            "stratum": 0,
            "visited": rng.random(size) < chance,
            "last": rate,
            "mean": rate,
        }
    )


def test_those_drawn_are_all_visited_and_ten_others_for_each_in_every_class():
    risk = at_risk_in_classes()
    design = Design(earlier=False)
    found = drawn(ibis.memtable(risk), [], design).to_pandas()
    pd.testing.assert_frame_equal(found, drawn(ibis.memtable(risk), [], design).to_pandas())
    assert set(found.loc[found["is_visited"], "unit"]) == set(risk.loc[risk["visited"], "unit"])
    assert (found.loc[found["is_visited"], "weight"] == 1).all()
    others = found[~found["is_visited"]]
    waiting = risk[~risk["visited"]]
    # All of the poor class; of the other as many as ten for each visited and for one more.
    poor = others["last"] < 0.8
    assert poor.sum() == (waiting["last"] < 0.8).sum()
    assert (others.loc[poor, "weight"] == 1).all()
    better = waiting["last"] > 0.8
    wanted = 10 * (risk["visited"] & (risk["last"] > 0.8)).sum() + 10
    assert wanted < 0.1 * better.sum()
    assert abs((~poor).sum() - wanted) < 4 * wanted**0.5
    np.testing.assert_allclose(others.loc[~poor, "weight"], better.sum() / wanted)
    both = others[~poor].groupby("t").size()
    assert abs(both[4] - both[5]) < 4 * wanted**0.5


def test_months_without_a_visit_are_not_drawn_from():
    risk = at_risk_in_classes()
    risk.loc[risk["t"] == 5, "visited"] = False
    assert set(drawn(ibis.memtable(risk), [], Design(earlier=False)).to_pandas()["t"]) == {4}


def test_who_is_drawn_in_a_month_says_nothing_of_the_next():
    units, months = np.repeat(np.arange(20_000), 2), np.tile([7, 8], 20_000)
    lots = ibis.memtable(pd.DataFrame({"unit": units, "t": months}))
    lots = lots.mutate(lot=lot(lots.unit, lots.t)).order_by("unit", "t").to_pandas()
    assert lots["lot"].between(0, 2**31 - 2).all()
    drawn_by = (lots["lot"].to_numpy() < 0.1 * 2**31).reshape(-1, 2)
    assert np.abs(drawn_by.mean(axis=0) - 0.1).max() < 4 * (0.09 / 20_000) ** 0.5
    assert abs(drawn_by.all(axis=1).mean() - 0.01) < 4 * (0.01 / 20_000) ** 0.5
    neighbours = drawn_by[:-1, 0] & drawn_by[1:, 0]
    assert abs(neighbours.mean() - 0.01) < 4 * (0.01 / 20_000) ** 0.5


def test_another_outcome_is_counted_from_the_month_before_and_only_from_that():
    with open_engine(threads=1) as engine, Workspace(engine) as space:
        rows = space.put(
            pa.table({"unit": [1] * 4, "t": [0, 1, 3, 4], "y": [0.9] * 4, "h": [0.1] * 4})
        )
        other = pa.table({"unit": [1] * 4, "t": [0, 1, 3, 4], "y": [0.0, 1.0, 0.0, None]})
        study = of_outcome(space, Study(rows, (0,), 5, Design()), space.put(other))
        found = space.frame(study.rows.order_by("t"))
    assert study.base == "before"
    # Month 2 isn't there, so month 3 has no month before.
    np.testing.assert_array_equal(found["before"], [np.nan, 0.0, np.nan, 0.0])
    np.testing.assert_array_equal(found["y"], [0.0, 1.0, 0.0, np.nan])
    np.testing.assert_array_equal(found["h"], 0.1)


def one_unit(**columns):
    """Six months of one unit with these columns, as an expression."""
    size = len(next(iter(columns.values())))
    own = {"unit": pa.array([1] * size, pa.int64()), "t": pa.array(range(size), pa.int16())}
    return ibis.memtable(pa.table({**own, **columns}))


@pytest.mark.parametrize("earlier", [False, True])
def test_a_month_without_history_adds_nothing_to_the_worth_of_staying(earlier):
    design = Design(earlier=earlier)
    before = {"earlier": [0.9] * 6, "none": [0.0] * 6} if earlier else {}
    history = one_unit(
        y=[0.9] * 6,
        stratum=pa.array([0] * 6, pa.int32()),
        first=pa.array([None] * 6, pa.int16()),
        last=[0.9] * 6,
        mean=[0.9] * 6,
        **before,
        can_begin=[True, True, False, True, True, True],
    )
    # Nobody was visited in month 4: there are no coefficients for it.
    months = [0, 1, 2, 3, 5]
    chances = np.array([0.1, 0.2, 0.5, 0.3, 0.4])
    intercept = np.log(chances / (1 - chances))
    size = len(design.measures)
    fitted = Propensity(intercept, np.zeros((5, len(powers(size)))), np.zeros(size), np.ones(size))
    slots = {"stratum": pa.array([0] * 5, pa.int32()), "t": pa.array(months, pa.int16())}
    coefficients = coefficient_columns(fitted, design.measures)
    table = ibis.memtable(pa.table({**slots, **coefficients}))
    found = weighted(history, table, design).order_by("t").to_pandas()
    np.testing.assert_allclose(found["h"], [0.1, 0.2, np.nan, 0.3, 0.0, 0.4])
    stayed = [0.9, 0.9 * 0.8, 0.9 * 0.8, 0.9 * 0.8 * 0.7, 0.9 * 0.8 * 0.7, 0.9 * 0.8 * 0.7 * 0.6]
    np.testing.assert_allclose(np.exp(-found["leaving"]), stayed)


@pytest.mark.parametrize("covariates", [(), ("group", "school")])
@pytest.mark.parametrize("earlier", [False, True])
def test_the_propensity_on_the_engine_is_that_of_the_regression_and_at_most_nine_tenths(
    earlier, covariates
):
    rng = np.random.default_rng(4)
    size, design = 200, Design(earlier=earlier, covariates=covariates)
    of_past, others = len(design.past), len(covariates)
    past = rng.uniform(0, 1, (size, 4))
    past[:, 3] = rng.random(size) < 0.3
    past[:, 2] *= 1 - past[:, 3]
    past = np.hstack([past[:, :of_past], rng.uniform(0, 1, (size, others))])
    fitted = Propensity(
        rng.normal(1, 2, size),
        rng.normal(0, 1, (size, len(powers(of_past, others)))),
        np.array([*[0.8, 0.7, 0.6, 0.0][:of_past], *[0.4, 0.5][:others]]),
        np.array([*[0.1, 0.2, 0.3, 1.0][:of_past], *[0.5, 0.2][:others]]),
        others,
    )
    rows = dict(zip(design.measures, past.T, strict=True))
    t = one_unit(**rows, **coefficient_columns(fitted, design.measures))
    found = t.select("t", h=propensity(t, design)).order_by("t").to_pandas()["h"]
    np.testing.assert_allclose(found, fitted.at(np.arange(size), past), rtol=1e-12)
    assert (found == 0.9).sum() > 20
    assert (found < 0.9).sum() > 20


def test_who_is_visited_later_is_compared_until_then_and_weighs_no_more_before_the_trial():
    # Unit 1 is visited in month 3, unit 2 in month 5, unit 3 never.
    begun = pa.table(
        {
            "unit": pa.array([1, 2, 3], pa.int64()),
            "g": pa.array([3, 3, 3], pa.int16()),
            "trial": pa.array([3, 3, 3], pa.int32()),
            "part": pa.array([0, None, None], pa.int32()),
            "first": pa.array([3, 5, None], pa.int16()),
            "visited": [True, False, False],
            "last": [0.5, 0.9, 0.8],
            "mean": [0.5, 0.9, 0.8],
            "earlier": [0.6, 0.8, 0.0],
            "none": [0.0, 0.0, 1.0],
            "odds": [1.0, 0.1, 0.2],
            "leaving": [0.4, 0.3, 0.6],
        }
    )
    months = pa.table(
        {
            "unit": pa.array([1] * 8 + [2] * 8 + [3] * 8, pa.int64()),
            "t": pa.array([*range(8)] * 3, pa.int16()),
            "y": [0.7] * 24,
            "last": [0.7] * 24,
            "leaving": [0.1, 0.2, 0.3, *[0.4] * 5, *np.arange(8) / 10, *np.arange(8) / 5],
        }
    )
    design = Design(event_times=tuple(range(-3, 5)))
    numbering = Numbering.of(1, 10, 1, design.event_times)
    found = numbering.told_apart(
        roles(ibis.memtable(begun), ibis.memtable(months), numbering, design).to_pandas()
    )
    assert (found["g"] == 3).all()
    # The past is that of the month the trial begins, whatever month is looked at.
    past = found[["unit", *design.measures]].drop_duplicates().sort_values("unit")
    begun_with = begun.to_pandas()[["unit", *design.measures]]
    pd.testing.assert_frame_equal(past.reset_index(drop=True), begun_with)
    weights = {
        unit: dict(zip(t["e"], t["w"], strict=True))
        for unit, t in found.sort_values("e").groupby("unit")
    }
    assert weights[1] == dict.fromkeys(range(-3, 5), 1.0)
    assert list(weights[2]) == [-3, -2, -1, 0, 1]
    assert list(weights[3]) == [-3, -2, -1, 0, 1, 2, 3, 4]
    for unit, odds, each in ((2, 0.1, 0.1), (3, 0.2, 0.2)):
        for e, weight in weights[unit].items():
            assert weight == pytest.approx(odds * np.exp(each * max(e, 0)))


def test_who_moves_after_the_visit_stays_where_the_visit_was():
    frame = panel()
    moved = frame.copy()
    later = (moved["month"] > moved["first_visit"]).fillna(False)
    moved.loc[later, "district"] = moved.loc[later, "district"].map({"A": "B", "B": "A"})
    assert later.sum() > 20
    options = {"stratum": "district"}
    # Nothing but the stratum in the month of the visit tells where the visited count.
    before, after = unchanged(**options).strata, study(moved, **options).strata
    pd.testing.assert_frame_equal(before, after)


def test_students_are_only_compared_within_their_stratum():
    frame = panel()
    options = {"stratum": "district", "weights": False, "slopes": False}
    together = unchanged(**options).strata
    plain = {"weights": False, "slopes": False}
    apart = pd.concat(
        [
            study(frame[frame["district"] == name], **plain).effects.assign(district=name)
            for name in "AB"
        ],
        ignore_index=True,
    )
    pd.testing.assert_frame_equal(together[apart.columns], apart, check_dtype=False)


def test_the_weight_for_those_who_left_is_cut_off_and_the_share_is_told():
    # Two waiting in one trial; leaving is worth 2 for one and 80 for the other.
    begun = pa.table(
        {
            "unit": pa.array([1, 2], pa.int64()),
            "g": pa.array([3, 3], pa.int16()),
            "trial": pa.array([3, 3], pa.int32()),
            "part": pa.array([None, None], pa.int32()),
            "first": pa.array([None, None], pa.int16()),
            "visited": [False, False],
            "last": [0.9, 0.8],
            "mean": [0.9, 0.8],
            "earlier": [0.7, 0.0],
            "none": [0.0, 1.0],
            "odds": [0.1, 0.1],
            "leaving": [0.0, 0.0],
        }
    )
    months = pa.table(
        {
            "unit": pa.array([1, 2], pa.int64()),
            "t": pa.array([5, 5], pa.int16()),
            "y": [0.7, 0.6],
            "last": [0.7, 0.6],
            "leaving": [np.log(2), np.log(80)],
            "leaving_last": [np.log(2), np.log(80)],
        }
    )
    design, numbering = Design(event_times=(2,)), Numbering.of(1, 10, 1, (2,))
    found = roles(ibis.memtable(begun), ibis.memtable(months), numbering, design)
    weights = found.order_by("unit").to_pandas()
    assert HIGHEST_LEAVING_WEIGHT == 50
    np.testing.assert_allclose(weights["w"], [0.2, 5.0])
    np.testing.assert_allclose(weights["uncut"], [0.2, 8.0])
    sums = sums_by_side(found, design).to_pandas()
    np.testing.assert_allclose(sums[["w", "uncut"]], [[5.2, 8.2]])
    # The side of the visited is numbered after that of their comparison.
    cells = solve(pd.concat([sums, sums.assign(side=sums["side"] + 1)]), numbering, design)
    assert cells["cut"].item() == pytest.approx(3 / 8.2)


def solved(units, design):
    """The cells of units, a row each: side, change, w and the measures."""
    parts = units.assign(now=0.8, odds=units["w"], uncut=units["w"])
    sums = sums_by_side(ibis.memtable(parts), design).to_pandas()
    return solve(sums, Numbering.of(1, 10, 1, design.event_times), design)


@pytest.mark.parametrize(("spread", "adjusted"), [(0.004, False), (0.2, True)])
@pytest.mark.parametrize("earlier", [False, True])
def test_histories_that_hardly_differ_carry_no_slope(spread, adjusted, earlier):
    # Two waiting whose attendance differs by `spread`, and whose change goes with it.
    past = np.array([0.8, 0.8 + spread, 0.8])
    units = pd.DataFrame({"side": [122, 122, 123], "change": [0.1, 0.2, 0.3], "w": 1.0})
    units = units.assign(last=past, mean=past, earlier=past, none=0.0)
    design = Design(earlier=earlier)
    cell = solved(units, design).iloc[0]
    # All directions are one here: each slope takes its part of the change per point of attendance.
    directions = 3 if earlier else 2
    slope = 0.1 / spread / directions if adjusted else 0.0
    assert (cell.slope_last, cell.slope_mean) == pytest.approx((slope, slope))
    if earlier:
        assert (cell.slope_earlier, cell.slope_none) == pytest.approx((slope, 0.0))
    assert cell.effect == pytest.approx(0.3 - 0.15 + directions * slope * spread / 2)


@pytest.mark.parametrize(
    ("have_none", "differing"),
    [
        ("nobody", ["last", "mean", "earlier"]),
        ("everyone", ["last", "mean"]),
        ("all of one trial", ["last", "mean", "earlier"]),
        ("some", ["last", "mean", "earlier", "none"]),
    ],
)
def test_having_no_earlier_month_carries_a_slope_only_where_it_tells_units_apart(
    have_none, differing
):
    # Two trials at one event time, a visited unit and 40 waiting in each.
    rng = np.random.default_rng(5)
    size, design = 82, Design()
    trial, waiting = np.arange(size) % 2, np.arange(size) >= 2
    none = {
        "nobody": np.zeros(size),
        "everyone": np.ones(size),
        "all of one trial": trial,
        "some": rng.random(size) < 0.3,
    }[have_none].astype(float)
    units = pd.DataFrame(rng.uniform(0.4, 1, (size, 3)), columns=["last", "mean", "earlier"])
    units = units.assign(earlier=units["earlier"] * (1 - none), none=none)
    change = units @ [0.3, 0.0, -0.2, 0.1] + rng.normal(0, 0.01, size)
    units["change"], units["w"] = change, np.where(waiting, rng.uniform(0.1, 2, size), 1.0)
    units["side"] = 122 + 2 * len(design.event_times) * trial + ~waiting
    cells = solved(units, design)

    # Least squares with an intercept for each trial, on what differs within trials.
    x = np.column_stack([units[differing], trial == 0, trial == 1])
    root = np.sqrt(np.where(waiting, units["w"], 0))
    fitted, *_ = np.linalg.lstsq(root[:, None] * x, root * change, rcond=None)
    slopes = dict.fromkeys(design.measures, 0.0) | dict(zip(differing, fitted, strict=False))
    names = [f"slope_{name}" for name in design.measures]
    np.testing.assert_allclose(cells[names], [list(slopes.values())] * 2, atol=1e-12)
    residual = change - units[list(design.measures)] @ list(slopes.values())
    comparison = [np.average(residual, weights=root**2 * (trial == k)) for k in (0, 1)]
    np.testing.assert_allclose(cells["effect"], residual[:2] - comparison, atol=1e-12)


def test_a_single_visited_student_has_an_error_from_the_others_of_the_stratum():
    # One visit a month: no month has a mean of its own to take residuals from.
    rng = np.random.default_rng(3)
    first = np.array([3, 4, 5, 6, *[np.nan] * 60])
    rate = rng.normal(0.8, 0.05, (64, 9))
    frame = pd.DataFrame(
        {
            "student_id": np.repeat(np.arange(64), 9),
            "month": np.tile(np.arange(9), 64),
            "rate": rate.ravel(),
            "first_visit": np.repeat(first, 9),
        }
    )
    plain = {"weights": False, "slopes": False, "history": 0, "event_times": (1,)}
    corrected = study(frame, **plain).effects["std_error"].item()
    uncorrected = study(frame, **plain, small_samples=False).effects["std_error"].item()
    changes = [
        rate[i, int(g) + 1]
        - rate[i, int(g) - 1]
        - (rate[4:, int(g) + 1] - rate[4:, int(g) - 1]).mean()
        for i, g in enumerate(first[:4])
    ]
    assert corrected == pytest.approx(np.std(changes, ddof=1) / 2, rel=0.2)
    assert uncorrected < corrected / 2


def test_clustered_errors_add_up_a_cluster_s_influence_first():
    frame = panel()
    plain = unchanged()
    each = study(frame, cluster="student_id")
    np.testing.assert_allclose(each.covariance_cluster, plain.covariance, atol=1e-14)
    schools = study(frame, cluster="school")
    assert not np.allclose(schools.covariance_cluster, plain.covariance)
    # With one cluster residuals add up to zero, but for what small samples enlarge.
    exact = study(frame.assign(state="CT"), cluster="state", small_samples=False)
    np.testing.assert_allclose(exact.covariance_cluster, 0, atol=1e-20)
    assert exact.covariance_cluster.shape == plain.covariance.shape


# --- what it takes ----------------------------------------------------------------------------


def test_pandas_arrow_ibis_and_parquet_give_the_same(tmp_path):
    frame = panel()
    expected = unchanged()
    table = pa.Table.from_pandas(frame)
    same(expected, study(table))
    frame.to_parquet(tmp_path / "panel.parquet")
    same(expected, study(tmp_path / "panel.parquet"))
    same(expected, study(str(tmp_path / "panel.parquet")))
    engine = ibis.duckdb.connect()
    theirs = engine.create_table("theirs", ibis.memtable(table))
    same(expected, study(theirs))
    left = engine.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert left == [("theirs",)]


def test_a_design_may_be_given_whole_and_single_options_take_the_place_of_what_it_says():
    frame = panel()
    design = Design(comparison="never", history=2, slopes=False, event_times=tuple(range(-4, 5)))
    expected = study(frame, comparison="never", history=2, slopes=False)
    same(expected, event_study(frame, outcome="rate", design=design))
    same(
        study(frame, comparison="never", history=2, slopes=False, small_samples=False),
        event_study(frame, outcome="rate", design=design, small_samples=False),
    )


def test_units_may_be_text_and_columns_may_have_any_name():
    frame = panel()
    names = {"student_id": "t", "month": "unit", "rate": "first", "first_visit": "y"}
    renamed = frame.rename(columns=names).assign(t="s" + frame["student_id"].astype(str))
    # Units in another order: everyone is taken, or others would be drawn.
    everyone = Design(drawn=1_000, compared=1_000_000)
    same(
        unchanged(stratum="district", design=everyone),
        study(
            renamed,
            unit="t",
            time="unit",
            outcome="first",
            cohort="y",
            stratum=["district"],
            design=everyone,
        ),
    )


def test_a_month_of_the_base_has_no_effect_and_no_error():
    row = unchanged().effects.set_index("event_time").loc[-1]
    assert (row.effect, row.std_error) == (0.0, 0.0)


# --- bad input --------------------------------------------------------------------------------


def test_nobody_visited_is_told():
    with pytest.raises(UsageError, match="Nobody was visited: column first_visit has no value"):
        study(panel().assign(first_visit=np.nan))


def test_everyone_visited_at_once_has_no_comparison():
    with pytest.raises(UsageError, match="no unit still unvisited was observed"):
        study(panel().assign(first_visit=5.0))


def test_everyone_visited_in_turn_is_compared_while_somebody_waits():
    frame = panel()
    frame["first_visit"] = 3.0 + frame["student_id"] % 5
    effects = study(frame).effects
    assert np.isfinite(effects[["effect", "std_error"]].to_numpy()).all()
    # Who is visited last has nobody left to be compared with.
    visited = effects.set_index("event_time")["visited"]
    assert visited[0] == 96


def test_a_month_of_visits_without_comparison_is_left_out():
    frame = panel()
    alone = frame[frame["student_id"] < 3].assign(
        student_id=lambda t: t["student_id"] + 500, district="C", first_visit=4.0
    )
    both = study(pd.concat([frame, alone]), stratum="district", weights=False, slopes=False)
    plain = unchanged(stratum="district", weights=False, slopes=False)
    same(plain, both)
    assert set(both.strata["district"]) == {"A", "B"}


def test_one_month_is_told():
    frame = panel()
    with pytest.raises(UsageError, match=r"Column month has 1 different value\(s\)"):
        study(frame[frame["month"] == 3])


def test_no_rows_are_told():
    with pytest.raises(UsageError, match="The panel has no rows"):
        study(panel().iloc[:0])


def test_visits_before_any_history_are_told():
    frame = panel()
    early = frame["first_visit"].where(frame["first_visit"].isna(), 1.0)
    with pytest.raises(UsageError, match="none has an observed outcome in each of the 3 times"):
        study(frame.assign(first_visit=early))


def test_two_rows_for_one_month_are_told():
    frame = panel()
    with pytest.raises(InputError, match=r"1 unit\(s\) have two rows for one month"):
        study(pd.concat([frame, frame.iloc[[25]]]))


def test_a_first_visit_that_changes_is_told():
    frame = panel()
    frame.loc[3, "first_visit"] = 7.0
    with pytest.raises(InputError, match=r"first_visit changes within 1 unit\(s\)"):
        study(frame)


@pytest.mark.parametrize("column", ["student_id", "month", "district", "school", "group"])
def test_empty_keys_and_covariates_are_told(column):
    frame = panel().astype({"student_id": "Int64", "month": "Int64", "school": "Int64"})
    frame["group"] = frame["school"]
    frame.loc[7, column] = None
    with pytest.raises(InputError, match=f"Column {column}: 1 of 1,200 rows are empty"):
        study(frame, stratum="district", cluster="school", covariates="group")


def test_a_column_that_is_not_there_is_told():
    with pytest.raises(UsageError, match="The panel has no column 'rating'"):
        study(panel(), outcome="rating")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attended": "rate"}, "either outcome, or both attended and enrolled"),
        ({"outcome": None, "attended": "rate"}, "either outcome, or both attended and enrolled"),
        ({"history": 0}, "Expected history of at least 1"),
        ({"event_times": []}, "event_times is empty"),
        ({"own_slopes": "district"}, "Expected one of stratum"),
        ({"covariates": ["school", "school"]}, "names a column twice"),
        ({"covariates": "school", "weights": False, "slopes": False}, "nothing would use them"),
        ({"covariates": "district"}, "Column district: a covariate of type string"),
        ({"design": Design(covariates=("school",))}, "name the panel's columns"),
    ],
)
def test_parameters_that_do_not_go_together_are_told(options, message):
    with pytest.raises(UsageError, match=message):
        study(panel(), **options)


def test_months_and_visits_of_different_kinds_are_told():
    frame = panel()
    frame["first_visit"] = frame["first_visit"].map(lambda m: f"2021-0{m:.0f}" if m == m else None)
    with pytest.raises(UsageError, match="can't be compared"):
        study(frame)


def test_a_panel_of_another_kind_is_told():
    with pytest.raises(UsageError, match="panel is a list"):
        study([1, 2, 3])


def test_equal_attendance_gives_no_effect_and_no_error():
    found = study(panel().assign(rate=0.9))
    assert (found.effects["effect"].abs() < 1e-15).all()
    assert (found.effects["std_error"] < 1e-15).all()


def test_outcomes_that_are_never_observed_are_told():
    with pytest.raises(UsageError, match="No visited unit can be compared"):
        study(panel().assign(rate=np.nan))
