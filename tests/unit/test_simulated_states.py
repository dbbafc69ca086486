"""Simulated states are what their designs promise, and the old ones stay as they were."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks.states import DESIGNS, HISTORY, SHARES, draw

AS_BEFORE = {
    "history": (127677, 7053, 6378.172067239),
    "cohorts": (126629, 7139, 6328.267308365),
    "gaps": (77265, 7379, 6295.937876019),
    "few": (126839, 7840, 6355.636747543),
    "unseen": (126641, 7061, 6329.793128437),
    "last year": (153079, 8456, 7647.948663966),
    "list": (152845, 8263, 7635.337379944),
    "summer list": (93445, 8329, 7674.975667614),
    "both": (155005, 8249, 7751.939039191),
    "to date": (151733, 8222, 7594.575803156),
    "own usual": (153538, 8265, 7679.143641068),
}
"""Sums of days attended, of first visits' months and of chances to attend, of 400 students, drawn
before states had groups and schools."""


@cache
def state_of(design, seed=1):
    return draw(DESIGNS[design], seed)


def visited_at(state):
    """Students and months of recorded first visits that can be followed."""
    i = np.flatnonzero((state.first >= HISTORY) & (state.first < state.days.shape[1]))
    return i, state.first[i]


@pytest.mark.parametrize("number", range(len(AS_BEFORE)))
def test_older_designs_give_the_states_they_gave_before(number):
    name = list(DESIGNS)[number]
    state = draw(replace(DESIGNS[name], students=400), (number, 7))
    sums = (state.attended.sum(), state.first.sum(), state.with_visit.sum())
    assert sums == pytest.approx(AS_BEFORE[name], rel=1e-11)


@pytest.mark.parametrize("design", DESIGNS)
def test_days_attended_follow_the_chance_that_is_known(design):
    state = state_of(design)
    variance = (state.days * state.with_visit * (1 - state.with_visit)).sum()
    off = (state.attended - state.days * state.with_visit).sum()
    assert abs(off) < 4 * variance**0.5


@pytest.mark.parametrize("design", DESIGNS)
def test_the_chance_to_attend_changes_with_the_visit_and_only_then(design):
    state = state_of(design)
    months = np.arange(state.days.shape[1])
    made = state.first - DESIGNS[design].late
    never = state.first == len(months)
    since = (months >= made[:, None]) & ~never[:, None]
    if DESIGNS[design].late:
        # A visit in the last month is not on record yet.
        since[:, -1] |= never & (state.with_visit[:, -1] != state.without[:, -1])
    assert (state.with_visit[~since] == state.without[~since]).all()
    assert (state.with_visit[since] >= state.without[since]).all()
    assert (state.with_visit[since] > state.without[since]).mean() > 0.9


@pytest.mark.parametrize("design", ["gaps", "leavers", "late record", "small districts"])
@pytest.mark.parametrize("e", [0, 7])
def test_the_true_effect_is_the_mean_over_the_visited_who_can_be_followed(design, e):
    state = draw(replace(DESIGNS[design], students=1_500), 4)
    gains = []
    for i, first in enumerate(state.first.tolist()):
        if first < 3 or first + e >= state.days.shape[1] or state.days[i, first] == 0:
            continue
        if all(state.days[i, t] >= 5 for t in (first - 3, first - 2, first - 1, first + e)):
            gains.append(state.with_visit[i, first + e] - state.without[i, first + e])
    visited, effect = state.true_effect(e)
    assert visited == len(gains)
    assert effect == pytest.approx(np.mean(gains))


def test_the_true_effect_of_all_is_the_mean_of_the_districts():
    state = state_of("small districts")
    parts = [state.true_effect(6, state.district == d) for d in range(12)]
    counts, effects = zip(*parts, strict=True)
    visited, effect = state.true_effect(6)
    assert sum(counts) == visited
    assert np.average(effects, weights=counts) == pytest.approx(effect)


def test_a_state_s_table_has_groups_and_schools():
    state = draw(replace(DESIGNS["gaps"], students=300), 5)
    table = state.table().to_pandas()
    assert table["attended"].sum() == state.attended.sum()
    for name in (*SHARES, "school"):
        expected = getattr(state, name)[table["student_id"]]
        assert (table[name] == expected).all()


@pytest.mark.parametrize("design", DESIGNS)
def test_groups_have_their_shares_and_schools_one_district_and_level(design):
    state = state_of(design)
    students = len(state.first)
    for name, share in SHARES.items():
        values = getattr(state, name)
        assert set(values.tolist()) == {0, 1}
        assert abs(values.mean() - share) < 4 * (share * (1 - share) / students) ** 0.5
    pairs = set(
        zip(state.school.tolist(), state.district.tolist(), state.level.tolist(), strict=True)
    )
    expected = 2 * DESIGNS[design].districts * DESIGNS[design].schools
    assert len(pairs) == expected == len(set(state.school.tolist()))


def test_groups_and_schools_do_nothing_where_the_design_does_not_use_them():
    state = state_of("history")
    mean = state.without.mean(axis=1)
    for name in SHARES:
        one = getattr(state, name) == 1
        error = (mean.var() * (1 / one.sum() + 1 / (~one).sum())) ** 0.5
        assert abs(mean[one].mean() - mean[~one].mean()) < 4 * error
        visited = state.first < state.days.shape[1]
        error = (visited.var() * (1 / one.sum() + 1 / (~one).sum())) ** 0.5
        assert abs(visited[one].mean() - visited[~one].mean()) < 4 * error
    assert deepest_school_month(state) > -0.06


@pytest.mark.parametrize(
    ("design", "fall", "month", "likelier"), [("group", 0.08, 3, 4), ("all mildly", 0.05, 10, 2)]
)
def test_english_learners_attendance_falls_and_they_are_visited_more(design, fall, month, likelier):
    state = state_of(design)
    learner = state.english_learner == 1
    gap = state.without[learner].mean(axis=0) - state.without[~learner].mean(axis=0)
    assert abs(gap[0]) < 0.02
    assert gap[-1] - gap[0] < -fall
    # In the first month in which they can be, when the trend has hardly told.
    soon = state.chance[:, month]
    assert soon[learner].mean() > likelier * soon[~learner].mean()


def school_departures(state):
    """By school and month: its students' chance to attend, less that of others of its stratum."""
    stratum = 2 * state.district + state.level
    own = np.stack([state.without[state.school == s].mean(axis=0) for s in np.unique(state.school)])
    of = [stratum[state.school == s][0] for s in np.unique(state.school)]
    usual = np.stack([state.without[stratum == s].mean(axis=0) for s in range(stratum.max() + 1)])
    departures = own - usual[of]
    return departures - np.median(departures, axis=1, keepdims=True)


def deepest_school_month(state):
    return school_departures(state).min()


@pytest.mark.parametrize("design", ["school", "all mildly"])
def test_schools_have_bad_months_that_pass(design):
    away = school_departures(state_of(design))
    bad = away < -0.05
    assert 0.01 < bad.mean() < 0.15
    s, t = np.nonzero(bad[:, 1:-4] & ~bad[:, :-5])
    assert away[s, t + 1].mean() < -0.06
    assert away[s, t + 5].mean() > -0.03
    runs = [len(run) for row in bad for run in "".join(" x"[int(x)] for x in row).split()]
    assert min(runs) == 1
    assert 1.2 < np.mean(runs) < 3


@pytest.mark.parametrize(("design", "slope"), [("school", -12.0), ("history", 0.0)])
def test_visits_follow_the_school_s_last_month_where_they_should(design, slope):
    state = state_of(design)
    (month,) = state.covariates(["school_last"])[:, 7].T
    rate = state.rate
    x = np.stack(
        [rate[:, 6], rate[:, 4:7].mean(axis=1), state.district, state.level, month, month**0], 1
    )
    chance = state.chance[:, 7]
    inside = (chance > 0) & (chance < DESIGNS[design].highest)
    odds = np.log(chance[inside] / (1 - chance[inside]))
    assert np.linalg.lstsq(x[inside], odds, rcond=None)[0][4] == pytest.approx(slope, abs=1e-6)


def test_the_absent_leave_and_the_visited_stay():
    state = state_of("leavers")
    here = state.days > 0
    assert (here[:, 1:] <= here[:, :-1]).all()
    rate = state.rate
    left = {True: [0, 0], False: [0, 0]}
    poor_left = {True: [0, 0], False: [0, 0]}
    for t in range(HISTORY, rate.shape[1]):
        poor = rate[:, t - 3 : t].mean(axis=1) < 0.6
        known = here[:, t - 1]
        for some in (True, False):
            of = known & (poor == some) & (state.first >= t)
            left[some][0] += int((of & ~here[:, t]).sum())
            left[some][1] += int(of.sum())
            of = known & poor & ((state.first < t) == some)
            poor_left[some][0] += int((of & ~here[:, t]).sum())
            poor_left[some][1] += int(of.sum())
    assert left[True][0] / left[True][1] > 2 * left[False][0] / left[False][1]
    assert poor_left[True][0] / poor_left[True][1] < 0.5 * poor_left[False][0] / poor_left[False][1]


def test_many_are_never_absent_and_a_few_nearly_always():
    state = state_of("near perfect")
    assert (state.rate == 1).mean() > 0.4
    assert 0.002 < (state.rate < 0.1).mean() < 0.03
    assert (state_of("history").rate == 1).mean() < 0.2


def test_stronger_selection_visits_more_of_the_absent():
    strong, usual = state_of("strong"), state_of("history")
    assert strong.chance.max() == pytest.approx(0.35)
    assert usual.chance.max() == pytest.approx(0.25)
    often = [np.mean(s.first[s.without.mean(axis=1) < 0.6] < 20) for s in (strong, usual)]
    assert often[0] > often[1] + 0.1


def test_late_visits_are_recorded_in_the_month_after():
    state = state_of("late record")
    i, g = visited_at(state)
    assert (state.with_visit[i, g - 1] > state.without[i, g - 1]).mean() > 0.9
    assert (state.with_visit[i, g - 2] == state.without[i, g - 2]).all()
    assert (state.chance[i, g - 1] > 0).all()


def test_small_districts_have_twenty_to_sixty_visited_each():
    counts = []
    for seed in range(4):
        state = state_of("small districts", seed)
        i, _ = visited_at(state)
        counts.append(np.bincount(state.district[i], minlength=12))
    between = (np.array(counts) >= 20) & (np.array(counts) <= 60)
    assert between.mean() > 0.75
    assert 30 < np.mean(counts) < 50


def test_last_year_is_the_year_before_and_who_was_not_there_is_told():
    state = draw(replace(DESIGNS["summer list"], students=240), 3)
    rate, none = np.moveaxis(state.covariates(["last_year", "no_last_year"]), 2, 0)
    seen = []
    assert none[:, :10].all()
    for first in (10, 20):
        days, attended = (
            x[:, first - 10 : first].sum(axis=1) for x in (state.days, state.attended)
        )
        assert (none[:, first : first + 4] == (days < 5)[:, None]).all()
        there = days >= 5
        np.testing.assert_allclose(rate[there, first], attended[there] / days[there])
        seen.append(rate[there, first])
    np.testing.assert_allclose(rate[none == 1], np.concatenate(seen).mean())
    assert 0 < none[:, 10:].mean() < 0.5


def test_schools_own_attendance_is_pooled_by_month_and_their_strata_stand_in():
    state = draw(replace(DESIGNS["gaps"], students=240, schools=8), 3)
    names = ["homeless", "school_mean", "school_last", "english_learner"]
    found = state.covariates(names)
    stratum = 2 * state.district + state.level
    stood_in = 0

    def rate(i, t):
        nonlocal stood_in
        mates = [j for j in range(240) if state.school[j] == state.school[i] and state.days[j, t]]
        if not mates:
            stood_in += 1
            mates = [j for j in range(240) if stratum[j] == stratum[i] and state.days[j, t]]
        return sum(state.attended[j, t] for j in mates) / sum(state.days[j, t] for j in mates)

    for i in range(0, 240, 3):
        rates = [rate(i, t) for t in range(20)]
        for t in range(20):
            assert found[i, t, 0] == state.homeless[i]
            assert found[i, t, 3] == state.english_learner[i]
            if t >= 1:
                assert found[i, t, 2] == pytest.approx(rates[t - 1])
            if t >= 3:
                assert found[i, t, 1] == pytest.approx(sum(rates[t - 3 : t]) / 3)
    assert stood_in > 0
    assert (found[:, 0, 2] == 0).all()
    assert (found[:, :3, 1] == 0).all()
    with pytest.raises(KeyError, match="weather"):
        state.covariates(["weather"])
