"""How sure rates of students are, and differences between them: what chance alone may have moved.

All rates are fractions. Students are taken as independent of each other.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from leapdash.contract import SPREAD
from leapdash.contract.thresholds import CONFIDENCE
from leapdash.inference import Interval, interval

Floats = npt.NDArray[np.float64]
Share = tuple[float, float]
"""A share, and the number of students it is a share of."""

SUMS = ("students", "days_enrolled", "days_attended", *(column.name for column in SPREAD))
"""What an attendance rate and its error need, summed by month."""


@dataclass(frozen=True)
class Attendance:
    """An attendance rate over some months. `students`: in the month with most of them."""

    rate: float
    days_enrolled: float
    students: int


def attendance_of(months: pd.DataFrame) -> Attendance | None:
    """Attendance over months, a row each with `SUMS`; None where nobody was enrolled."""
    enrolled = float(months["days_enrolled"].sum())
    if not enrolled:
        return None
    rate = float(months["days_attended"].sum()) / enrolled
    return Attendance(rate, enrolled, int(months["students"].max()))


def residual_error(months: pd.DataFrame, of_absent: float, of_enrolled: float) -> float:
    """The standard error of a sum over students and months of `of_absent` times a student's days
    absent less `of_enrolled` times the days enrolled.

    Within a month a student counts once, and the sum of squares follows exactly from the sums of
    squares and products. Over months, the same students': errors are added up as if they moved
    together, the most there can be (triangle inequality).
    """
    absent, both, enrolled = (months[column.name].to_numpy(np.float64) for column in SPREAD)
    squares = of_absent**2 * absent - 2 * of_absent * of_enrolled * both + of_enrolled**2 * enrolled
    n = months["students"].to_numpy(np.float64)
    return float(np.sqrt(np.clip(squares, 0, None) * n / np.clip(n - 1, 1, None)).sum())


def rate_error(months: pd.DataFrame) -> float:
    """The standard error of the attendance rate over months (rows with `SUMS`), exact for one month
    and the largest it can be for several. 0 where nobody was enrolled.

    In a month Var(R) = n/(n-1) sum of (absent - R enrolled)^2 / (sum of enrolled)^2: the error of a
    ratio of sums (Cochran 1977, Sampling Techniques, section 6.4).
    """
    found = attendance_of(months)
    if found is None:
        return 0.0
    days = found.days_enrolled
    return residual_error(months, 1 / days, (1 - found.rate) / days)


def difference_of_rates(one: Attendance, other: Attendance, variance: float) -> Interval:
    """One attendance rate less another, with its interval by Student's t: as many degrees of
    freedom as the smaller side has students, less one.
    """
    return interval(one.rate - other.rate, variance, min(one.students, other.students) - 1)


def share_interval(found: pd.Series, base: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Between which shares a share of `base` students may lie by chance, with 95% certainty.

    Wilson's interval, which stays within 0 and 1. Source: Wilson (1927), JASA 22.
    """
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    whole = 1 + z**2 / base
    middle = (found + z**2 / (2 * base)) / whole
    half = z / whole * (found * (1 - found) / base + z**2 / (4 * base**2)) ** 0.5
    return middle - half, middle + half


def difference_of_shares(one: Share, other: Share, correlation: float = 0.0) -> Interval:
    """One share less another with its interval, by Newcombe's hybrid of both shares' own.

    `correlation`: of the two, 0 where they have no student in common; at -1 the interval is as wide
    as it can be. Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10; with a
    correlation, 2635-2650, method 10.
    """
    lows, highs = share_interval(pd.Series([one[0], other[0]]), pd.Series([one[1], other[1]]))
    change = one[0] - other[0]
    below = _together(one[0] - lows[0], highs[1] - other[0], correlation)
    above = _together(highs[0] - one[0], other[0] - lows[1], correlation)
    (p, n), (q, m) = one, other
    error = _together(sqrt(p * (1 - p) / n), sqrt(q * (1 - q) / m), correlation)
    return Interval(change, error, change - below, change + above)


def _together(one: float, other: float, correlation: float) -> float:
    return sqrt(max(one**2 + other**2 - 2 * correlation * one * other, 0.0))


def correlation_of_shares(one: Share, other: Share, both: Share) -> float:
    """How far two shares move together for the students counted in `both`."""
    (p, n), (q, m), (s, k) = one, other, both
    spread = sqrt(p * (1 - p) * q * (1 - q) / (n * m)) if n and m else 0.0
    if spread == 0:
        return 0.0
    covariance = k * (s * (1 - p - q) + p * q) / (n * m)
    return min(max(covariance / spread, -1.0), 1.0)
