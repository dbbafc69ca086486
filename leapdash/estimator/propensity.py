"""The propensity of a first visit: its chance in a month, given past attendance and covariates.

A binomial regression. Students with their past come in, each standing for so many, and whether they
were visited; coefficients go out. Nothing here knows of an engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial, log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HIGHEST_PROPENSITY = 0.9
"""No student's propensity counts as higher: a weight h/(1-h) stays below 9."""

_RECENT = tuple(
    (total - second, second, 0, 0) for total in (1, 2, 3) for second in range(total + 1)
)
_EARLIER = (
    *((0, 0, 1, 0), (0, 0, 2, 0), (0, 0, 3, 0), (1, 0, 1, 0), (0, 1, 1, 0)),
    *((0, 0, 0, 1), (1, 0, 0, 1), (0, 1, 0, 1)),
)


def powers(past: int, covariates: int = 0) -> tuple[tuple[int, ...], ...]:
    """The powers of each measure (see `Design.measures`) in each term of the regression.

    `past`, `covariates`: how many measures of past outcomes there are, 2 or 4, and how many others.
    """
    of_past = _RECENT if past == 2 else _RECENT + _EARLIER
    own = tuple(tuple(int(j == k) for j in range(covariates)) for k in range(covariates))
    nothing = (0,) * covariates
    return (*(term[:past] + nothing for term in of_past), *((0,) * past + term for term in own))


_INTERCEPT_RIDGE = 0.5
_CENTRE_RIDGE = 0.1
_SLOPE_RIDGE = 0.1
_OWN_SLOPE_RIDGE = 5.0
_MOST_STEPS = 200
_CLOSE_ENOUGH = 1e-11


@dataclass(frozen=True)
class Counts:
    """Students who could be visited, and how many were, by slot and past.

    A slot is a stratum in one month. An entry, or row, per student or per several alike. `slot`:
    its number, from 0. `past`: each of `Design.measures`, the last `covariates` of them other than
    past outcomes. `students`, `visited`: how many the row stands for. `group`: by slot, which of
    the sets of slots with slopes of their own it belongs to (districts), numbered from 0.
    """

    slot: Ints
    past: Floats
    students: Floats
    visited: Floats
    group: Ints
    covariates: int = 0


@dataclass(frozen=True)
class Propensity:
    """The fitted regression of visits on past attendance.

    `intercept` (slots): minus infinity where nobody was visited. `slopes` (slots x terms).
    `centre`, `scale` (measures): how each is standardised. `covariates`: see Counts.
    """

    intercept: Floats
    slopes: Floats
    centre: Floats
    scale: Floats
    covariates: int = 0

    def at(self, slot: Ints, past: Floats) -> Floats:
        """The chance of a visit, at most HIGHEST_PROPENSITY; 0 where nobody was visited."""
        x = terms(past, self.centre, self.scale, self.covariates)
        index = self.intercept[slot] + np.einsum("ij,ij->i", x, self.slopes[slot])
        return np.minimum(_logistic(index), HIGHEST_PROPENSITY)


def terms(past: Floats, centre: Floats, scale: Floats, covariates: int = 0) -> Floats:
    """The terms of the regression: by term the product of each standardised measure to its power
    k, over k! (rows x terms). Earlier attendance that there is none of counts as its centre.
    """
    standard = (past - centre) / scale
    of_past = past.shape[1] - covariates
    if of_past > 2:
        standard[:, 2] *= 1 - past[:, 3]
    columns = []
    for term in powers(of_past, covariates):
        column = np.ones(len(past))
        for measure, power in enumerate(term):
            column = column * standard[:, measure] ** power / factorial(power)
        columns.append(column)
    return np.stack(columns, axis=-1)


def fit_propensity(counts: Counts) -> Propensity:
    """The propensity fitted to these counts, by penalised likelihood.

    log(h / (1 - h)) = intercept of stratum and month + a polynomial in past attendance: of third
    degree in last month's and the three months'; the earlier months' to the third power, and times
    each of those two; a term for who has no earlier month, and times each of the two; and one for
    each covariate. Measures are standardised over all students, that of earlier months over those
    who have any. The polynomial is common to the state, plus each group's (district's) own
    deviation from it. What holds it where visits are few: ridges, of 1/2 on each intercept's
    distance from their common centre, of 1/10 on the centre's distance from the log-odds of a visit
    over all cells, of 1/10 on the common slopes and of 5 on a group's deviations. A stratum's month
    without any visit has no intercept: the chance there is 0.

    Newton's method on the exact likelihood with the intercepts profiled out, each step halved
    until the likelihood rises. Where nobody was visited at all, every chance is 0.
    """
    slots = len(counts.group)
    visited_in = np.bincount(counts.slot, counts.visited, minlength=slots)
    centre, scale = _standard(counts)
    others = counts.covariates
    size = len(powers(counts.past.shape[1] - others, others))
    fitted = Propensity(np.full(slots, -np.inf), np.zeros((slots, size)), centre, scale, others)
    if not visited_in.any():
        return fitted

    used = visited_in[counts.slot] > 0
    live, slot = np.unique(counts.slot[used], return_inverse=True)
    x = terms(counts.past[used], centre, scale, others)
    problem = _Problem(x, slot, counts.students[used], counts.visited[used], counts.group[live])
    fitted.intercept[live], fitted.slopes[live] = problem.solve()
    return fitted


def _standard(counts: Counts) -> tuple[Floats, Floats]:
    """Each measure's mean and spread over the students that have it; 0 and 1 for `none`."""
    measures = counts.past.shape[1]
    has_earlier = measures - counts.covariates > 2
    centre, scale = np.zeros(measures), np.ones(measures)
    for k in range(measures):
        if has_earlier and k == 3:
            continue
        of_earlier = has_earlier and k == 2
        weight = counts.students * (1 - counts.past[:, 3]) if of_earlier else counts.students
        if not weight.any():
            continue
        values = counts.past[:, k]
        centre[k] = (weight * values).sum() / weight.sum()
        spread = np.sqrt((weight * (values - centre[k]) ** 2).sum() / weight.sum())
        scale[k] = spread if spread > 1e-9 * max(1.0, abs(centre[k])) else 1.0
    return centre, scale


class _Problem:
    """One penalised likelihood, in intercepts a, common slopes b, groups' deviations d, centre c.

    Every slot has rows here. They stand in order of group and slot, so that sums over a group or a
    slot are sums over neighbours.
    """

    def __init__(
        self, x: Floats, slot: Ints, students: Floats, visited: Floats, group: Ints
    ) -> None:
        named, numbers = np.unique(group, return_inverse=True)
        slots = np.argsort(numbers, kind="stable")
        self.rank = np.empty_like(slots)
        self.rank[slots] = np.arange(len(slots))
        rows = np.argsort(self.rank[slot], kind="stable")
        self.x, self.slot = x[rows], self.rank[slot][rows]
        self.students, self.visited = students[rows], visited[rows]
        self.group = numbers[slots]
        self.of_row = self.group[self.slot]
        self.first_of_slot = np.searchsorted(self.slot, np.arange(len(slots)))
        self.groups = len(named)
        # One group has no deviations from the common slopes.
        self.deviate = self.groups > 1
        waiting = max(float((students - visited).sum()), 0.5)
        self.overall = log(float(visited.sum()) / waiting)

    def solve(self) -> tuple[Floats, Floats]:
        """The intercepts and slopes of every slot, in the order they came in."""
        p = self.x.shape[1]
        at = _Parameters(
            np.full(len(self.group), self.overall),
            np.zeros(p),
            np.zeros((self.groups, p)),
            self.overall,
        )
        value = self._value(at)
        for _ in range(_MOST_STEPS):
            step = self._newton(at)
            size, moved = 1.0, at.plus(step, 1.0)
            while (new := self._value(moved)) < value - 1e-12 * abs(value) and size > 1e-9:
                size /= 2
                moved = at.plus(step, size)
            at, value = moved, new
            if size * step.largest() < _CLOSE_ENOUGH:
                break
        return at.a[self.rank], (at.b + at.d[self.group])[self.rank]

    def _index(self, at: "_Parameters") -> Floats:
        slopes = (at.b + at.d)[self.of_row]
        return np.asarray(at.a[self.slot] + np.einsum("ij,ij->i", self.x, slopes))

    def _value(self, at: "_Parameters") -> float:
        index = self._index(at)
        fit = (self.visited * index - self.students * np.logaddexp(0.0, index)).sum()
        return float(
            fit
            - _INTERCEPT_RIDGE / 2 * ((at.a - at.c) ** 2).sum()
            - _CENTRE_RIDGE / 2 * (at.c - self.overall) ** 2
            - _SLOPE_RIDGE / 2 * (at.b**2).sum()
            - _OWN_SLOPE_RIDGE / 2 * (at.d**2).sum()
        )

    def _newton(self, at: "_Parameters") -> "_Parameters":
        """Newton's step. Intercepts are eliminated first, each by itself; then each group's own
        deviations, which meet those of other groups only in the common slopes and the centre.
        """
        p = self.x.shape[1]
        h = _logistic(self._index(at))
        w, r = self.students * h * (1 - h), self.visited - self.students * h
        wx = self.x * w[:, None]
        inner = np.add.reduceat(w, self.first_of_slot) + _INTERCEPT_RIDGE
        cross = np.add.reduceat(wx, self.first_of_slot)
        gradient_a = np.add.reduceat(r, self.first_of_slot) - _INTERCEPT_RIDGE * (at.a - at.c)
        gradient_c = _INTERCEPT_RIDGE * (at.a - at.c).sum()
        gradient_c -= _CENTRE_RIDGE * (at.c - self.overall)

        # By group, for its deviations: curvature (p x p), towards the centre, gradient.
        scaled, rx = cross / inner[:, None], self.x * r[:, None]
        curvature = np.empty((self.groups, p, p))
        towards, gradient = np.empty((self.groups, p)), np.empty((self.groups, p))
        for k in range(self.groups):
            rows, slots = _slice(self.of_row, k), _slice(self.group, k)
            curvature[k] = _products(wx[rows], self.x[rows])
            curvature[k] -= _products(scaled[slots], cross[slots])
            towards[k] = _INTERCEPT_RIDGE * scaled[slots].sum(axis=0)
            gradient[k] = rx[rows].sum(axis=0)
            gradient[k] -= np.einsum("ij,i->j", scaled[slots], gradient_a[slots])

        matrix, right = np.empty((p + 1, p + 1)), np.empty(p + 1)
        matrix[:p, :p] = curvature.sum(axis=0) + _SLOPE_RIDGE * np.eye(p)
        matrix[:p, p] = matrix[p, :p] = towards.sum(axis=0)
        matrix[p, p] = _INTERCEPT_RIDGE * len(inner) + _CENTRE_RIDGE
        matrix[p, p] -= (_INTERCEPT_RIDGE**2 / inner).sum()
        right[:p] = gradient.sum(axis=0) - _SLOPE_RIDGE * at.b
        right[p] = gradient_c + (_INTERCEPT_RIDGE * gradient_a / inner).sum()
        own = np.zeros((self.groups, p))
        if self.deviate:
            # What a group's deviations follow from: the common slopes and centre, and a constant.
            common = np.concatenate([curvature, towards[:, :, None]], axis=2)
            constant = (gradient - _OWN_SLOPE_RIDGE * at.d)[:, :, None]
            solved = np.linalg.solve(
                curvature + _OWN_SLOPE_RIDGE * np.eye(p),
                np.concatenate([common, constant], axis=2),
            )
            matrix -= np.einsum("kij,kil->jl", common, solved[:, :, :-1])
            right -= np.einsum("kij,ki->j", common, solved[:, :, -1])
        step = np.linalg.solve(matrix, right)
        if self.deviate:
            own = solved[:, :, -1] - np.einsum("kij,j->ki", solved[:, :, :-1], step)
        slopes = (step[:p] + own)[self.group]
        step_a = gradient_a - np.einsum("ij,ij->i", cross, slopes) + _INTERCEPT_RIDGE * step[p]
        return _Parameters(step_a / inner, step[:p], own, float(step[p]))


@dataclass(frozen=True)
class _Parameters:
    """Intercepts a (slots), slopes b (terms), deviations d (groups x terms) and centre c."""

    a: Floats
    b: Floats
    d: Floats
    c: float

    def plus(self, step: "_Parameters", size: float) -> "_Parameters":
        """The parameters a step of that size further."""
        return _Parameters(
            self.a + size * step.a,
            self.b + size * step.b,
            self.d + size * step.d,
            self.c + size * step.c,
        )

    def largest(self) -> float:
        """The largest of all, without its sign."""
        return max(*(float(np.abs(x).max()) for x in (self.a, self.b, self.d)), abs(self.c))


def _slice(ordered: Ints, number: int) -> slice:
    """Where a number stands in an array that is in order."""
    return slice(*np.searchsorted(ordered, [number, number + 1]))


def _products(a: Floats, b: Floats) -> Floats:
    """a'b, for many rows and few columns, without BLAS: its threads wait for each other much longer
    than this takes where the engine, or anything else, keeps the cores busy.
    """
    return np.asarray(np.einsum("ij,ik->jk", a, b), dtype=np.float64)


def _logistic(index: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-index)), dtype=np.float64)


def coefficient_columns(fitted: Propensity, measures: Sequence[str]) -> Mapping[str, Floats]:
    """The coefficients by slot: `intercept`, `slope_0`, … in the order of `powers`; and with each,
    centre and scale of every measure: `centre_last`, `scale_last`, ….
    """
    standard = {
        f"{what}_{name}": np.full(len(fitted.intercept), numbers[k])
        for what, numbers in (("centre", fitted.centre), ("scale", fitted.scale))
        for k, name in enumerate(measures)
    }
    slopes = {f"slope_{k}": fitted.slopes[:, k] for k in range(fitted.slopes.shape[1])}
    return {"intercept": fitted.intercept, **slopes, **standard}
