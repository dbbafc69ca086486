"""From estimates and their covariance to intervals, bands and tests; numpy and no engine.

Both sides use it: the pages for the filter at hand, researchers for what `event_study` returns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from leapdash.contract.thresholds import (
    CONFIDENCE,
    EFFECTIVE_PER_DEGREE,
    EVENT_TIMES,
    HEADLINES,
    LEAST_DEGREES,
    MINIMUM_SCHOOLS,
    POWER,
    SEVERAL_MONTHS_WIDER,
    SIGNIFICANT,
)

Floats = npt.NDArray[np.float64]

_DRAWS = 20_000
_SEED = 20_210_401
_SEED_OF_ERRORS = 20_230_630
_FARTHEST, _STEPS = 60.0, 6_000
_NO_VARIANCE = 1e-12


@dataclass(frozen=True)
class Interval:
    """An estimate, its standard error, and an interval that holds the truth with CONFIDENCE, or
    more often where it was asked for so (`interval`).
    """

    effect: float
    std_error: float
    low: float
    high: float


@dataclass(frozen=True)
class JointTest:
    """Whether several effects could all be zero: Wald statistic, degrees of freedom, p-value."""

    statistic: float
    degrees: int
    p_value: float


@dataclass(frozen=True)
class Breakdown:
    """What would undo a finding; steps and drifts are fractions, from one month to the next.

    `drift`: in every month after the base, in one direction. `times`: `drift` in multiples of the
    largest step before the visit, with its uncertainty; infinite where there surely was none.
    `step`: the largest step before the visit as estimated; `step_up_to`: what it may have been.
    """

    drift: float
    times: float
    step: float
    step_up_to: float


def degrees_of_freedom(comparison_effective: float, schools: float = inf) -> float:
    """How well an effect's standard error is known: like one with so many degrees of freedom.

    `comparison_effective`: how many equally weighted students the comparison is worth; of several
    effects taken together, the smallest. `schools`: how many the visited are worth, where schools
    are taken as independent.
    """
    return max(min(comparison_effective / EFFECTIVE_PER_DEGREE, schools - 1), LEAST_DEGREES)


def interval(
    effect: float,
    variance: float,
    degrees: float = inf,
    months: int = 1,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The estimate with its interval, by Student's t with `degrees` degrees of freedom; wider by
    SEVERAL_MONTHS_WIDER where several `months` are taken together. `confidence`: how often it holds
    the truth, more often than CONFIDENCE where it is one of several that are to hold at once.
    """
    error = sqrt(max(variance, 0.0))
    half = t_factor(degrees, confidence) * (SEVERAL_MONTHS_WIDER if months > 1 else 1.0) * error
    return Interval(effect, error, effect - half, effect + half)


def mean_effect(effects: Floats, covariance: Floats, degrees: float = inf) -> Interval:
    """The plain mean of several effects, with its interval."""
    size = len(effects)
    return interval(float(np.mean(effects)), float(covariance.sum()) / size**2, degrees, size)


def at_once(intervals: int) -> float:
    """How often each of so many intervals must hold the truth for all to hold it at once with
    CONFIDENCE, whatever they have in common (Bonferroni).
    """
    return 1 - (1 - CONFIDENCE) / max(intervals, 1)


def t_factor(degrees: float, confidence: float = CONFIDENCE) -> float:
    """How many standard errors wide an interval must be to hold the truth with `confidence`: the
    quantile of Student's t, exact to 1e-4 from LEAST_DEGREES on (to 1e-3 up to 99.99%); infinite
    degrees: the normal's.
    """
    inverse, factors = _t_factors(confidence)
    return float(np.interp(1 / degrees, inverse, factors))


@lru_cache(maxsize=100)
def _t_factors(confidence: float) -> tuple[Floats, Floats]:
    """The quantile of t by the inverse of its degrees of freedom, from the normal's on; from the
    density, added up.
    """
    inverse = np.linspace(0.0, 1 / LEAST_DEGREES, 101)
    factors = [NormalDist().inv_cdf((1 + confidence) / 2)]
    x = np.linspace(0.0, _FARTHEST, _STEPS + 1)
    for n in 1 / inverse[1:]:
        density = (1 + x * x / n) ** (-(n + 1) / 2)
        below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
        factors.append(float(np.interp(confidence * below[-1], below, x)))
    return inverse, np.array(factors)


def simultaneous_factor(covariance: Floats, degrees: float = inf) -> float:
    """How many standard errors wide a band must be to hold all effects at once with CONFIDENCE.

    The quantile of the largest absolute t-value (sup-t; Montiel Olea and Plagborg-Møller 2019),
    from draws with a fixed seed: normal ones, over an error known with `degrees` degrees of
    freedom. Effects without variance are left out; without any, the factor of a single interval.
    """
    errors = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    some = errors > _NO_VARIANCE
    if not some.any():
        return t_factor(degrees)
    correlation = covariance[np.ix_(some, some)] / np.outer(errors[some], errors[some])
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    largest = np.abs(_draws(len(values)) @ root.T).max(axis=1)
    if degrees < inf:
        squares = np.random.default_rng(_SEED_OF_ERRORS).chisquare(degrees, _DRAWS)
        largest /= np.sqrt(squares / degrees)
    return float(np.quantile(largest, CONFIDENCE))


@lru_cache(maxsize=len(EVENT_TIMES))
def _draws(size: int) -> Floats:
    """The draws, the same every time: kept, for making them takes longer than using them."""
    return np.random.default_rng(_SEED).standard_normal((_DRAWS, size))


def joint_test(effects: Floats, covariance: Floats) -> JointTest | None:
    """The Wald test that all effects are zero; None where there is no variance to judge by.

    Directions in which the covariance is zero take no part.
    """
    values, vectors = _varying(covariance)
    if not len(values):
        return None
    statistic = float(((vectors.T @ effects) ** 2 / values).sum())
    return JointTest(statistic, len(values), chi_square_tail(statistic, len(values)))


def smallest_found(covariance: Floats) -> float | None:
    """The smallest departure, the same in every month, that `joint_test` finds with POWER at
    SIGNIFICANT; None where there is no variance to judge by, or it could find none of any size.

    Under a departure d the statistic is noncentral chi-square, its noncentrality d^2 1'S^-1 1.
    """
    values, vectors = _varying(covariance)
    information = float((vectors.sum(axis=0) ** 2 / values).sum())
    if information <= 0:
        return None
    return sqrt(_noncentrality(len(values)) / information)


def _varying(covariance: Floats) -> tuple[Floats, Floats]:
    """The directions in which there is variance: how much, and the directions as columns."""
    values, vectors = np.linalg.eigh(covariance)
    some = values > max(_NO_VARIANCE**2, 1e-10 * values.max(initial=0.0))
    return values[some], vectors[:, some]


@lru_cache
def _noncentrality(degrees: int) -> float:
    """The noncentrality at which a chi-square test at SIGNIFICANT rejects with POWER."""
    limit = _crossing(lambda x: SIGNIFICANT - chi_square_tail(x, degrees))
    return _crossing(lambda shift: noncentral_tail(limit, degrees, shift) - POWER)


def _crossing(rising: Callable[[float], float]) -> float:
    """Where a rising function of what is above 0 crosses 0."""
    low, high = 0.0, 1.0
    while rising(high) < 0:
        low, high = high, 2 * high
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return high


def chi_square_tail(statistic: float, degrees: int) -> float:
    """The chance that a chi-square variable with `degrees` degrees of freedom is larger."""
    half = statistic / 2
    if half <= 0:
        return 1.0
    tail, order = (erfc(sqrt(half)), 0.5) if degrees % 2 else (exp(-half), 1.0)
    while order < degrees / 2:
        tail += exp(order * log(half) - half - lgamma(order + 1))
        order += 1
    return min(tail, 1.0)


def noncentral_tail(statistic: float, degrees: int, noncentrality: float) -> float:
    """The same of a noncentral chi-square variable: the mean of central ones with 2j degrees more,
    j Poisson with half the noncentrality.
    """
    mean = noncentrality / 2
    if mean <= 0:
        return chi_square_tail(statistic, degrees)
    last = int(mean + 10 * sqrt(mean) + 20)
    return sum(
        exp(j * log(mean) - mean - lgamma(j + 1)) * chi_square_tail(statistic, degrees + 2 * j)
        for j in range(last)
    )


def breakdown(
    finding: Interval, event_times: Sequence[int], before: Floats, covariance: Floats
) -> Breakdown | None:
    """How large a departure from parallel paths would undo a finding; None where there is nothing
    to undo (the interval holds zero), or no step before the visit to measure it by.

    `finding`: a mean over `event_times`. `before`: the effects before the visit, month by month up
    to the base month, and their covariance; of the same estimate or another.

    Relative magnitudes (Rambachan and Roth 2023, section 2.4.1): each month's step away from
    parallel paths after the base month is at most M times the largest step from one month to the
    next before it, so the bias e months after the visit is at most M (e + 1) such steps. The
    finding's interval is widened by that bias, with each step before the visit at the upper end of
    its own interval: for every M it holds the truth at least as often as it says, whatever the
    covariance of finding and steps (for the largest step, "the interval misses" means that a
    normal variable exceeds 1.96 times an upper bound of its standard error), which two estimates of
    different history need not share. With steps known exactly it is the interval of diff-diff's
    HonestDiD, which takes them as known. The authors' own hybrid test would be shorter.
    """
    nearest = finding.low if finding.low > 0 else -finding.high if finding.high < 0 else 0.0
    if nearest <= 0 or len(before) < 2:
        return None
    differences = np.diff(np.eye(len(before)), axis=0)
    steps = np.abs(differences @ before)
    variances = np.einsum("ij,jk,ik->i", differences, covariance, differences)
    up_to = steps + interval(0.0, 1.0).high * np.sqrt(np.clip(variances, 0.0, None))
    drift = nearest / float(np.mean([e + 1 for e in event_times]))
    most = float(up_to.max())
    return Breakdown(drift, drift / most if most > 0 else float("inf"), float(steps.max()), most)


def effective_number(parts: npt.ArrayLike) -> float:
    """How many parts of one size are worth as much as these: (sum of n)^2 / sum of n^2; 0 of none.

    Of schools with n of the visited each, it is how many schools the visited are worth; of the
    weights of a comparison, how many equally weighted students.
    """
    n = np.asarray(parts, dtype=np.float64)
    return float(n.sum() ** 2 / max(float((n * n).sum()), _NO_VARIANCE))


@dataclass(frozen=True)
class Serving:
    """Which covariance serves everything shown for a choice of students, and how many schools the
    visited of the headline's months are worth.
    """

    matrix: Literal["student", "school"]
    schools: float


def serving_matrix(
    student: Floats, school: Floats, schools: Floats, event_times: Sequence[int]
) -> Serving:
    """Which covariance serves everything shown for a choice of students.

    The school one where the visited are worth at least MINIMUM_SCHOOLS schools (`schools`: by event
    time, see `effective_number`) and it gives the headline (the mean effect of six months and
    later; without these, of the month after; without that, of the visit's own month) the larger
    variance; else the student one.
    """
    for events in (HEADLINES["six_to_nine"], HEADLINES["month_after"], (0,)):
        at = [k for k, e in enumerate(event_times) if e in events and student[k, k] > 0]
        if at:
            larger = school[np.ix_(at, at)].sum() > student[np.ix_(at, at)].sum()
            worth = float(schools[at].min())
            return Serving("school" if larger and worth >= MINIMUM_SCHOOLS else "student", worth)
    return Serving("student", 0.0)
