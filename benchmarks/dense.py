"""The estimator of docs/methods.md once more, in numpy on whole arrays: fast enough for thousands
of simulated states, and a check on `event_study`, with which it must agree.

Only the fit of the propensity is shared (`leapdash.estimator.propensity`). For states as
`benchmarks.states` draws them: nobody moves, strata are districts and levels, districts have slopes
of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.states import HISTORY, State
from leapdash.estimator.propensity import Counts, fit_propensity

Floats = npt.NDArray[np.float64]
EVENTS = tuple(range(-6, 10))
HIGHEST_LEAVING, HIGHEST_SHARE, NO_SPREAD = 50.0, 0.9, 1e-4
COMPARED = 50
DRAWN, WIDTH, LAST_DIGITS, PRIME = 10, 0.1, 1e-7, 2**31 - 1


@dataclass(frozen=True)
class Effects:
    """By EVENTS: effects on the visited, their covariance, how many visited, how many equally
    weighted students the comparison is worth, every student's influence (students x EVENTS), the
    share of the comparison's weight cut off, and by how much the shares of visited and comparison
    still observed differ.
    """

    effect: Floats
    covariance: Floats
    visited: Floats
    effective: Floats
    influence: Floats
    cut: Floats
    apart: Floats


@dataclass(frozen=True)
class _OneMonth:
    """What Effects has of one event time; `influence` by student."""

    effect: float
    visited: float
    effective: float
    influence: Floats
    cut: float
    apart: float


@dataclass(frozen=True)
class _Trials:
    """A row for every student and month a trial can begin: student, month, slot (its number among
    strata x months), visited, odds; and past, by measure: last, mean, earlier, none, covariates.
    """

    student: npt.NDArray[np.int64]
    month: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int64]
    past: Floats
    visited: npt.NDArray[np.bool_]
    odds: Floats


def effects(state: State, earlier: bool = True, covariates: Sequence[str] = ()) -> Effects:
    """The effects of a state's visits, as `event_study` gives them; without `earlier`, from the
    last three months alone. `covariates`: see `State.covariates`.
    """
    rate = state.rate
    students, months = rate.shape
    stratum = 2 * state.district + state.level
    strata = int(stratum.max()) + 1
    more = state.covariates(covariates) if covariates else np.zeros((students, months, 0))
    trials, leaving = _trials(state, rate, stratum, earlier, more)
    found = [_one_month(state, rate, trials, leaving, strata * months, e) for e in EVENTS]
    influence = np.stack([month.influence for month in found], axis=1)

    def by_event(name: str) -> Floats:
        return np.array([getattr(month, name) for month in found])

    return Effects(
        by_event("effect"),
        influence.T @ influence,
        by_event("visited"),
        by_event("effective"),
        influence,
        by_event("cut"),
        by_event("apart"),
    )


def _trials(
    state: State, rate: Floats, stratum: npt.NDArray[np.int64], earlier: bool, covariates: Floats
) -> tuple[_Trials, Floats]:
    students, months = rate.shape
    past = np.full((4, students, months), np.nan)
    for m in range(HISTORY, months):
        before = rate[:, : m - HISTORY]
        seen = np.sum(~np.isnan(before), axis=1)
        past[0, :, m] = rate[:, m - 1]
        past[1, :, m] = (rate[:, m - 3] + rate[:, m - 2] + rate[:, m - 1]) / HISTORY
        past[2, :, m] = np.nansum(before, axis=1) / np.maximum(seen, 1)
        past[3, :, m] = seen == 0
    past = np.concatenate([past if earlier else past[:2], np.moveaxis(covariates, 2, 0)])
    month = np.arange(months)
    risk = (state.first[:, None] >= month) & ~np.isnan(past[1]) & (state.days > 0)
    i, t = np.nonzero(risk)
    slot, visited = stratum[i] * months + t, state.first[i] == t
    trials = _Trials(i, t, slot, past[:, i, t], visited, np.zeros(len(i)))
    chance = _propensity(trials, months, covariates.shape[2])
    spent = np.zeros((students, months))
    spent[i, t] = -np.log1p(-chance)
    odds = chance / (1 - chance)
    serves = visited | (_lot(i, t, 1) < COMPARED * odds * PRIME)
    trials = replace(trials, odds=np.where(serves, np.maximum(odds, 1 / COMPARED), 0.0))
    return trials, np.cumsum(spent, axis=1)


def _drawn(trials: _Trials, covariates: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """The rows the propensity is fitted on, and how many each stands for: see
    `leapdash.estimator.trials.drawn`.
    """
    visited = trials.visited
    rows = np.flatnonzero((np.bincount(trials.slot, visited) > 0)[trials.slot])
    classes = np.floor(trials.past[: len(trials.past) - covariates, rows] / WIDTH + LAST_DIGITS)
    # Rates are at most 1, so a class is a digit of a number.
    digits = np.full(len(classes), 2 / WIDTH).cumprod()
    _, number = np.unique(digits @ classes, return_inverse=True)
    wanted = DRAWN * (np.bincount(number, visited[rows]) + 1)[number]
    waiting = np.bincount(number, ~visited[rows])[number]
    lot = _lot(trials.student[rows], trials.month[rows], 0)
    chosen = visited[rows] | (lot * waiting < wanted * PRIME)
    weight = np.where(visited[rows], 1.0, np.maximum(waiting / wanted, 1.0))
    return rows[chosen], weight[chosen]


def _lot(
    student: npt.NDArray[np.int64], month: npt.NDArray[np.int64], draw: int
) -> npt.NDArray[np.int64]:
    """See `leapdash.estimator.trials.lot`."""
    lot = student % PRIME
    for times, more in ((1_500_450_271, 2_038_074_743), (1_103_515_249, 1_299_709_001)):
        lot = (lot * times + month * more + (draw + 1) * more % PRIME) % PRIME
        lot = (lot * lot + more) % PRIME
    return lot


def _propensity(trials: _Trials, months: int, covariates: int) -> Floats:
    """Every row's propensity of a visit; 0 in slots without one."""
    rows, weight = _drawn(trials, covariates)
    live, number = np.unique(trials.slot[rows], return_inverse=True)
    made = trials.visited[rows].astype(np.float64)
    past = trials.past.T
    fitted = fit_propensity(
        Counts(number, past[rows], weight, made, live // months // 2, covariates)
    )
    chance = np.zeros(len(past))
    some = np.isin(trials.slot, live)
    chance[some] = fitted.at(np.searchsorted(live, trials.slot[some]), past[some])
    return chance


def _one_month(
    state: State, rate: Floats, trials: _Trials, leaving: Floats, slots: int, e: int
) -> _OneMonth:
    students, months = rate.shape
    rows = np.flatnonzero((trials.month + e >= 0) & (trials.month + e < months))
    i, g = trials.student[rows], trials.month[rows]
    change = rate[i, g + e] - trials.past[0, rows]
    stays = state.first[i] > np.maximum(g, g + e)
    left = np.exp(leaving[i, g + e] - leaving[i, g]) if e > 0 else np.ones(len(i))
    treated = trials.visited[rows]
    odds = np.where(treated, 0.0, trials.odds[rows])
    w = odds * np.minimum(left, HIGHEST_LEAVING)
    used = ~np.isnan(change) & (treated | (stays & (w > 0)))
    slot = trials.slot[rows]
    n = np.bincount(slot[used], treated[used], minlength=slots)
    weight = np.bincount(slot[used], w[used], minlength=slots)
    used &= ((n > 0) & (weight > 0))[slot]
    cut, apart = _cut_and_apart(slot, treated, odds, odds * left, w, used, stays)
    i, slot, w, treated = i[used], slot[used], w[used], treated[used]
    past, change = trials.past[:, rows[used]], change[used]

    x = np.vstack([past, change])
    sums = np.stack([np.bincount(slot, w * row, minlength=slots) for row in x])
    within = (w * past) @ x.T - (sums[:-1] / np.where(weight > 0, weight, 1.0)) @ sums.T
    z = change - _slopes(within, past**2 @ w) @ past
    squares = np.bincount(slot, w * w, minlength=slots)
    # Of the slots with a comparison: the other n are those of visited alone.
    met = np.bincount(slot, minlength=slots) > 0
    worth = float((n[met] ** 2 * squares[met] / weight[met] ** 2).sum())
    n, weight = n[slot], weight[slot]

    def mean_of(mask: npt.NDArray[np.bool_] | Floats, by: npt.NDArray[np.int64]) -> Floats:
        size = int(by.max()) + 1
        total = np.bincount(by, mask * z, minlength=size)
        of = np.bincount(by, mask, minlength=size)
        return (total / np.where(of > 0, of, 1.0))[by]

    own, beside = mean_of(treated, slot), mean_of(w, slot)
    visited = float(treated.sum())
    effect = float((own - beside)[treated].sum()) / visited
    # A student alone in its trial is taken from its stratum's mean effect, alone there from all.
    stratum = slot // months
    in_stratum = np.bincount(stratum, treated)[stratum]
    of_stratum = np.bincount(stratum, treated * (own - beside))[stratum] / np.maximum(in_stratum, 1)
    alone, lonely = n == 1, in_stratum == 1
    reference = np.where(alone, beside + np.where(lonely, effect, of_stratum), own)
    group = np.where(alone, np.where(lonely, visited, in_stratum), n)
    share = w / weight
    part = np.where(
        treated,
        np.sqrt(group / np.maximum(group - 1, 1)) * (z - reference),
        -share * n * (z - beside) / (1 - np.minimum(share, HIGHEST_SHARE)),
    )
    by_student = np.bincount(i, part, minlength=students) / visited
    return _OneMonth(effect, visited, visited**2 / worth, by_student, cut, apart)


def _cut_and_apart(
    slot: npt.NDArray[np.int64],
    treated: npt.NDArray[np.bool_],
    odds: Floats,
    uncut: Floats,
    w: Floats,
    used: npt.NDArray[np.bool_],
    stays: npt.NDArray[np.bool_],
) -> tuple[float, float]:
    """See Effects; each slot's shares count as often as it has visited who are used."""

    def total(of: Floats) -> Floats:
        return np.bincount(slot, of, minlength=int(slot.max()) + 1).astype(np.float64)

    n = total(used & treated)
    live = n > 0
    waiting, observed = total(odds * stays)[live], total(odds * used)[live]
    kept = total(w * used)[live] / total(uncut * used)[live]
    counts = n[live] / n.sum()
    of_visited = (used & treated).sum() / treated.sum()
    cut = float(counts @ (1 - kept))
    return cut, abs(float(of_visited - counts @ np.minimum(observed / waiting, 1.0)))


def _slopes(moments: Floats, level: Floats) -> Floats:
    """The least-squares slopes on the measures; 0 in directions in which they hardly differ.

    `moments`: sums of products of the measures with each other and, last, with the change, all
    from their means. `level`: the measures' sums of squares.
    """
    unit = np.sqrt(np.where(level > 0, level, 1.0))
    spread, directions = np.linalg.eigh(moments[:, :-1] / np.outer(unit, unit))
    directions = directions[:, spread > NO_SPREAD] / unit[:, None]
    along = directions.T @ moments[:, -1] / spread[spread > NO_SPREAD]
    return np.asarray(directions @ along)
