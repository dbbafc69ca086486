"""School days regained by visits, for any choice of districts, levels and cohort periods."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from leapdash.contract.thresholds import (
    BASE_EVENT_TIME,
    MONTHS_AFTER,
    MOST_DAYS_COMPARED,
    percent,
)
from leapdash.inference import Interval, interval, serving_matrix
from leapdash.show.effects.arrays import EVENTS, CohortData, Flags, Floats
from leapdash.show.effects.studies import degrees_behind, is_enough
from leapdash.show.effects.unions import (
    covariances,
    effective,
    school_covariance,
    schools_behind,
    shares,
    student_covariance,
    union,
)
from leapdash.show.language import _


@dataclass(frozen=True)
class DaysRegained:
    """School days regained in MONTHS_AFTER the first visit.

    `days`: None where `withheld` says why. `per_student`: over all visited students.
    `days_enrolled`, `covered`: of the visited in those months, and the share of them in months with
    an effect to show; the rest counts as nothing regained. `compared`: the share of them of
    students who could be compared; the others count with the same effects. `cost`: dollars, None
    where unknown.
    `cost_per_day`: with bounds from the interval of days, the upper infinite where that holds zero.
    """

    days: Interval | None
    per_student: Interval | None
    withheld: str | None
    visited_all: int
    days_enrolled: float
    covered: float
    compared: float
    cost: float | None
    cost_per_day: tuple[float, float, float] | None


def days_enrolled(data: CohortData, visited_days: pd.DataFrame) -> Floats:
    """Days enrolled of all visited students by atom and event time (atoms x SIZE).

    `visited_days`: the rows of slice all.
    """
    keys = ["district_code", "level", "cohort_period"]
    names = pd.DataFrame(dict(zip(keys, (data.districts, data.levels, data.periods), strict=True)))
    found = visited_days[[*keys, "event_time", "days_enrolled"]].merge(
        names.reset_index(names="atom"), on=keys
    )
    days = np.zeros_like(data.measures.visited)
    event = found["event_time"].to_numpy(dtype=np.int64) - EVENTS[0]
    np.add.at(days, (found["atom"].to_numpy(), event), found["days_enrolled"].to_numpy(np.float64))
    return days


def days_regained(
    data: CohortData, atoms: Flags, days: Floats, cost: float | None = None
) -> DaysRegained:
    """The days regained by the chosen atoms' visited students, with their exact variance: the sum
    of the cohort period's effect by month times the days enrolled of all its visited students.

    `days`: of `days_enrolled`; the chosen atoms' are taken. `cost`: in dollars.
    """
    enrolled = float(days[atoms].sum())
    everyone = int(data.measures.visited_all[atoms].sum())
    compared = share_compared(data, atoms, days)
    coefficients, counted, worth = _coefficients(data, atoms, days)
    reason = None
    if counted == 0:
        reason = _("No month after the visit has enough students behind it to show an effect.")
    elif compared < MOST_DAYS_COMPARED:
        reason = _(
            "Only {share} of these days are of students who could be compared; from less than "
            "{least} nothing is carried over to the others.",
            share=percent(compared),
            least=percent(MOST_DAYS_COMPARED),
        )
    if reason is not None:
        share = counted / enrolled if enrolled else 0.0
        return DaysRegained(None, None, reason, everyone, enrolled, share, compared, cost, None)
    estimate = float((coefficients * data.measures.effect).sum())
    serving = serving_matrix(*covariances(data, atoms), EVENTS)
    covariance = student_covariance if serving.matrix == "student" else school_covariance
    variance = float(covariance(data, coefficients).sum())
    degrees = degrees_behind(worth, serving)
    gained = interval(estimate, variance, degrees, len(MONTHS_AFTER))
    each = interval(estimate / everyone, variance / everyone**2, degrees, len(MONTHS_AFTER))
    return DaysRegained(
        gained,
        each,
        None,
        everyone,
        enrolled,
        counted / enrolled,
        compared,
        cost,
        None if cost is None else _cost_per_day(cost, gained),
    )


def _coefficients(data: CohortData, atoms: Flags, days: Floats) -> tuple[Floats, float, float]:
    """What each effect is multiplied by to come to days regained (atoms x SIZE), the days enrolled
    that are counted, and how many students the comparison behind the least sure month is worth.
    """
    coefficients = np.zeros_like(days)
    whole = union(data.measures, atoms)
    together = effective(whole.visited, whole.squares)[0]
    counted, worth = 0.0, np.inf
    periods = np.array(data.periods, dtype=object)
    for period in dict.fromkeys(periods[atoms]):
        own = atoms & (periods == period)
        total = union(data.measures, own)
        enough = is_enough(total)[0]
        for e in MONTHS_AFTER:
            k = EVENTS.index(e)
            if enough[k]:
                here = days[own, k].sum()
                counted += float(here)
                worth = min(worth, float(together[k]))
                coefficients[own, k] = here * data.measures.visited[own, k] / total.visited[0, k]
    return coefficients, counted, worth


def days_contrast(data: CohortData, one: Flags, other: Flags, days: Floats) -> Interval | None:
    """How many more days one choice's visited students regained, each, than another's; the two may
    share atoms. None where the days of one of them are withheld. Exact as days regained are.
    """
    gained = [days_regained(data, atoms, days).per_student for atoms in (one, other)]
    if gained[0] is None or gained[1] is None:
        return None
    (first, _, worth), (second, _, worth_2) = (
        _coefficients(data, atoms, days) for atoms in (one, other)
    )
    everyone = data.measures.visited_all
    each = first / everyone[one].sum() - second / everyone[other].sum()
    visited = data.measures.visited
    weights = shares(visited, one) - shares(visited, other)
    schools = np.minimum(schools_behind(data, one), schools_behind(data, other))
    covariances = student_covariance(data, weights), school_covariance(data, weights)
    serving = serving_matrix(*covariances, schools, EVENTS)
    covariance = student_covariance if serving.matrix == "student" else school_covariance
    degrees = degrees_behind(min(worth, worth_2), serving)
    variance = float(covariance(data, each).sum())
    return interval(gained[0].effect - gained[1].effect, variance, degrees, len(MONTHS_AFTER))


def share_compared(data: CohortData, atoms: Flags, days: Floats) -> float:
    """The share of the days that is of students who could be compared; within an atom students are
    taken to have equally many. 0 without days.
    """
    everyone = data.measures.visited_all
    compared = data.measures.visited[:, EVENTS.index(BASE_EVENT_TIME)]
    share = compared / np.where(everyone > 0, everyone, 1.0)
    total = float(days[atoms].sum())
    return float((days.sum(axis=1) * share)[atoms].sum()) / total if total else 0.0


def _cost_per_day(cost: float, days: Interval) -> tuple[float, float, float] | None:
    """Dollars per day regained, its lower and its upper bound; None where no day was regained."""
    if days.effect <= 0:
        return None
    upper = cost / days.low if days.low > 0 else float("inf")
    return cost / days.effect, cost / days.high, upper
