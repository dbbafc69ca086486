"""The propensity of a first visit: its chance in a month, given recent attendance.

A binomial regression. Counts of students and visits come in, grouped by stratum, month and recent
attendance; coefficients go out. Nothing here knows of an engine or of a single student.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import factorial, log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HIGHEST_PROPENSITY = 0.9
"""No student's propensity counts as higher: a weight h/(1-h) stays below 9."""

POWERS: tuple[tuple[int, int], ...] = tuple(
    (total - second, second) for total in (1, 2, 3) for second in range(total + 1)
)
"""Powers of last month's and of the three months' attendance in each term of the regression."""

_INTERCEPT_RIDGE = 0.5
_CENTRE_RIDGE = 0.1
_SLOPE_RIDGE = 0.1
_OWN_SLOPE_RIDGE = 5.0
_MOST_STEPS = 200
_CLOSE_ENOUGH = 1e-11


@dataclass(frozen=True)
class Counts:
    """Students who could be visited, and how many were, by slot and recent attendance.

    A slot is a stratum in one month. Arrays of one length, an entry per slot and class of recent
    attendance. `slot`: its number, from 0. `last`, `mean`: the class's mean attendance last month
    and over the months of history. `students`, `visited`: how many. `group`: by slot, which of the
    sets of slots with slopes of their own it belongs to (districts), numbered from 0.
    """

    slot: Ints
    last: Floats
    mean: Floats
    students: Floats
    visited: Floats
    group: Ints


@dataclass(frozen=True)
class Propensity:
    """The fitted regression of visits on recent attendance.

    `intercept` (slots): minus infinity where nobody was visited. `slopes` (slots x terms).
    `centre`, `scale` (2): how last month's and the months' mean attendance are standardised.
    """

    intercept: Floats
    slopes: Floats
    centre: Floats
    scale: Floats

    def at(self, slot: Ints, last: Floats, mean: Floats) -> Floats:
        """The chance of a visit, at most HIGHEST_PROPENSITY; 0 where nobody was visited."""
        x = terms((last - self.centre[0]) / self.scale[0], (mean - self.centre[1]) / self.scale[1])
        index = self.intercept[slot] + np.einsum("ij,ij->i", x, self.slopes[slot])
        return np.minimum(_logistic(index), HIGHEST_PROPENSITY)


def terms(u: Floats, v: Floats) -> Floats:
    """The terms of the regression: u^a v^b / (a! b!) for (a, b) in POWERS (rows x terms)."""
    return np.stack([u**a * v**b / (factorial(a) * factorial(b)) for a, b in POWERS], axis=-1)


def fit_propensity(counts: Counts) -> Propensity:
    """The propensity fitted to these counts, by penalised likelihood.

    log(h / (1 - h)) = intercept of stratum and month + a polynomial of third degree in last
    month's and the three months' attendance, both standardised over all cells. The polynomial is
    common to the state, plus each group's (district's) own deviation from it. What holds it where
    visits are few: ridges, of 1/2 on each intercept's distance from their common centre, of 1/10
    on the centre's distance from the log-odds of a visit over all cells, of 1/10 on the common
    slopes and of 5 on a group's deviations. A stratum's month without any visit has no intercept:
    the chance there is 0.

    Newton's method on the exact likelihood with the intercepts profiled out, each step halved
    until the likelihood rises. Where nobody was visited at all, every chance is 0.
    """
    slots = len(counts.group)
    visited_in = np.bincount(counts.slot, counts.visited, minlength=slots)
    weight = counts.students.sum()
    centre, scale = np.zeros(2), np.ones(2)
    if weight > 0:
        for k, values in enumerate((counts.last, counts.mean)):
            centre[k] = (counts.students * values).sum() / weight
            spread = np.sqrt((counts.students * (values - centre[k]) ** 2).sum() / weight)
            scale[k] = spread if spread > 1e-9 * max(1.0, abs(centre[k])) else 1.0
    fitted = Propensity(np.full(slots, -np.inf), np.zeros((slots, len(POWERS))), centre, scale)
    if not visited_in.any():
        return fitted

    used = visited_in[counts.slot] > 0
    live, slot = np.unique(counts.slot[used], return_inverse=True)
    x = terms(
        (counts.last[used] - centre[0]) / scale[0], (counts.mean[used] - centre[1]) / scale[1]
    )
    problem = _Problem(
        x, slot, counts.students[used], counts.visited[used], counts.group[live], len(live)
    )
    intercept, slopes, own = problem.solve()
    fitted.intercept[live] = intercept
    fitted.slopes[live] = slopes + own[problem.group]
    return fitted


class _Problem:
    """One penalised likelihood, in intercepts a, slopes b, deviations d and centre c."""

    def __init__(
        self, x: Floats, slot: Ints, students: Floats, visited: Floats, group: Ints, slots: int
    ) -> None:
        self.x, self.slot, self.students, self.visited = x, slot, students, visited
        self.slots, self.p = slots, x.shape[1]
        # One group has no deviations from the common slopes; groups without a visit neither.
        named, self.group = np.unique(group, return_inverse=True)
        self.groups = len(named) if len(named) > 1 else 0
        self.row_group = self.group[slot]
        waiting = max(float((students - visited).sum()), 0.5)
        self.overall = log(float(visited.sum()) / waiting)

    def solve(self) -> tuple[Floats, Floats, Floats]:
        a = np.full(self.slots, self.overall)
        b = np.zeros(self.p * (1 + self.groups) + 1)
        b[-1] = self.overall
        value = self._value(a, b)
        for _ in range(_MOST_STEPS):
            step_a, step_b = self._newton(a, b)
            size, new = 1.0, self._value(a + step_a, b + step_b)
            while new < value - 1e-12 * abs(value) and size > 1e-9:
                size /= 2
                new = self._value(a + size * step_a, b + size * step_b)
            a, b, value = a + size * step_a, b + size * step_b, new
            if size * max(np.abs(step_a).max(), np.abs(step_b).max()) < _CLOSE_ENOUGH:
                break
        own = b[self.p : -1].reshape(self.groups, self.p)
        return a, b[: self.p], own if self.groups else np.zeros((1, self.p))

    def _index(self, a: Floats, b: Floats) -> Floats:
        index = a[self.slot] + np.einsum("ij,j->i", self.x, b[: self.p])
        if self.groups:
            own = b[self.p : -1].reshape(self.groups, self.p)
            index = index + np.einsum("ij,ij->i", self.x, own[self.row_group])
        return np.asarray(index, dtype=np.float64)

    def _value(self, a: Floats, b: Floats) -> float:
        index = self._index(a, b)
        fit = (self.visited * index - self.students * np.logaddexp(0.0, index)).sum()
        return float(
            fit
            - _INTERCEPT_RIDGE / 2 * ((a - b[-1]) ** 2).sum()
            - _CENTRE_RIDGE / 2 * (b[-1] - self.overall) ** 2
            - _SLOPE_RIDGE / 2 * (b[: self.p] ** 2).sum()
            - _OWN_SLOPE_RIDGE / 2 * (b[self.p : -1] ** 2).sum()
        )

    def _newton(self, a: Floats, b: Floats) -> tuple[Floats, Floats]:
        p, size = self.p, len(b)
        h = _logistic(self._index(a, b))
        w, r = self.students * h * (1 - h), self.visited - self.students * h
        wx, rx = self.x * w[:, None], self.x * r[:, None]
        sums_wx, sums_rx = np.zeros((self.slots, p)), np.zeros((self.slots, p))
        np.add.at(sums_wx, self.slot, wx)
        np.add.at(sums_rx, self.slot, rx)

        gradient_a = np.bincount(self.slot, r, self.slots) - _INTERCEPT_RIDGE * (a - b[-1])
        inner = np.bincount(self.slot, w, self.slots) + _INTERCEPT_RIDGE
        border = np.zeros((self.slots, size))
        border[:, :p] = sums_wx
        border[:, -1] = -_INTERCEPT_RIDGE
        gradient_b = np.zeros(size)
        gradient_b[:p] = sums_rx.sum(axis=0) - _SLOPE_RIDGE * b[:p]
        gradient_b[-1] = _INTERCEPT_RIDGE * (a - b[-1]).sum()
        gradient_b[-1] -= _CENTRE_RIDGE * (b[-1] - self.overall)
        outer = np.zeros((size, size))
        outer[:p, :p] = _products(wx, self.x) + _SLOPE_RIDGE * np.eye(p)
        outer[-1, -1] = _INTERCEPT_RIDGE * self.slots + _CENTRE_RIDGE
        for k in range(self.groups):
            at = slice(p * (1 + k), p * (2 + k))
            rows, mine = self.row_group == k, self.group == k
            block = _products(wx[rows], self.x[rows])
            outer[at, at] = block + _OWN_SLOPE_RIDGE * np.eye(p)
            outer[:p, at], outer[at, :p] = block, block
            border[mine, at] = sums_wx[mine]
            gradient_b[at] = sums_rx[mine].sum(axis=0) - _OWN_SLOPE_RIDGE * b[at]

        scaled = border / inner[:, None]
        step_b = np.linalg.solve(outer - border.T @ scaled, gradient_b - scaled.T @ gradient_a)
        step_a = (gradient_a - border @ step_b) / inner
        return step_a, step_b


def _products(a: Floats, b: Floats) -> Floats:
    """a'b, for many rows and few columns, without BLAS: its threads wait for each other much longer
    than this takes where the engine, or anything else, keeps the cores busy.
    """
    return np.asarray(np.einsum("ij,ik->jk", a, b), dtype=np.float64)


def _logistic(index: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-index)), dtype=np.float64)


def coefficient_columns(fitted: Propensity) -> Mapping[str, Floats]:
    """The coefficients by slot: `intercept`, `slope_0`, … in the order of POWERS; and with each,
    centre_last, centre_mean, scale_last, scale_mean.
    """
    standard = {
        f"{what}_{name}": np.full(len(fitted.intercept), numbers[k])
        for what, numbers in (("centre", fitted.centre), ("scale", fitted.scale))
        for k, name in enumerate(("last", "mean"))
    }
    slopes = {f"slope_{k}": fitted.slopes[:, k] for k in range(len(POWERS))}
    return {"intercept": fitted.intercept, **slopes, **standard}
