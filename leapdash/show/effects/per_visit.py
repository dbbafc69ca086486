"""School days a visit wins in the nine school months after it: of some visits, and of some beside
others.

Days regained so far (`days_regained`) end where the data end; these are of nine full months, so
that districts whose visits are recent can stand beside others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leapdash.contract.thresholds import (
    BASE_EVENT_TIME,
    CONFIDENCE,
    MONTHS_AFTER,
    MOST_DAYS_COMPARED,
    percent,
)
from leapdash.inference import Interval, interval, serving_matrix
from leapdash.show.effects.arrays import EVENTS, CohortData, Flags, Floats
from leapdash.show.effects.days import share_compared
from leapdash.show.effects.studies import degrees_behind, is_enough, too_few
from leapdash.show.effects.unions import (
    effective,
    school_covariance,
    schools_behind,
    shares,
    student_covariance,
    union,
)
from leapdash.show.language import _

_AFTER = [EVENTS.index(e) for e in MONTHS_AFTER]
_BASE = EVENTS.index(BASE_EVENT_TIME)
Parts = Sequence[tuple[float, Flags]]
"""Shares that add up to 1, and the atoms each is of."""


@dataclass(frozen=True)
class PerVisit:
    """School days a visit to the chosen students won in MONTHS_AFTER.

    `days`: None where `withheld` says why. `visited`: those followed to the last of these months.
    """

    days: Interval | None
    withheld: str | None
    visited: int
    visited_all: int


def per_visit(data: CohortData, atoms: Flags, days: Floats) -> PerVisit:
    """The days a visit to the chosen atoms' students won: the sum over months of the effect times
    the days a visited student was enrolled in that month.

    `days`: of `days_enrolled`. Withheld unless every month has enough students behind it.
    """
    total = union(data.measures, atoms)
    everyone = int(total.visited_all.sum())
    followed = int(total.visited[0, _AFTER].min())
    worth = float(effective(total.visited, total.squares)[0, _AFTER].min())
    reason = _("No student was visited.") if everyone == 0 else None
    reason = reason or too_few(followed, worth, MONTHS_AFTER)
    compared = share_compared(data, atoms, days)
    if reason is None and compared < MOST_DAYS_COMPARED:
        reason = _(
            "Only {share} of the visited's days are of students who could be compared; nothing is "
            "shown for less than {least}.",
            share=percent(compared),
            least=percent(MOST_DAYS_COMPARED),
        )
    found = days_of(data, days, [(1.0, atoms)]) if reason is None else None
    return PerVisit(found, reason, int(total.visited[0, _AFTER[-1]]), everyone)


def days_of(
    data: CohortData,
    days: Floats,
    parts: Parts,
    beside: Parts = (),
    confidence: float = CONFIDENCE,
) -> Interval:
    """The days a visit won, of visits shared out over parts; with `beside`, how many more than one
    shared out over those.

    Effects are exact, and their variance is: a sum over atoms and months of what is known of both.
    What serves as independent and how sure the standard error is go by all visited of either side,
    as for the difference of two effects (`contrast`).
    """
    visited = data.measures.visited
    signed = [*parts, *((-share, atoms) for share, atoms in beside)]
    factors, weights = np.zeros_like(visited), np.zeros_like(visited)
    for share, atoms in signed:
        factors += share * _factors(data, atoms, days)
        weights += share * shares(visited, atoms)
    sides = [_together(side) for side in (parts, beside) if side]
    serving = serving_matrix(
        student_covariance(data, weights),
        school_covariance(data, weights),
        np.minimum.reduce([schools_behind(data, side) for side in sides]),
        EVENTS,
    )
    covariance = student_covariance if serving.matrix == "student" else school_covariance
    degrees = min(degrees_behind(_worth(data, side), serving) for side in sides)
    estimate = float((factors * data.measures.effect).sum())
    variance = float(covariance(data, factors).sum())
    return interval(estimate, variance, degrees, len(_AFTER), confidence)


def tellable(data: CohortData, atoms: Flags) -> bool:
    """Whether enough students stand behind the chosen atoms in every month after the visit."""
    return bool(is_enough(union(data.measures, atoms))[0, _AFTER].all())


def _factors(data: CohortData, atoms: Flags, days: Floats) -> Floats:
    """What each atom's effect in a month counts in the days of a visit (atoms x SIZE): its share of
    the visited, times the days one of the visited was enrolled in that month.

    The visited of a month: all for whom it is in the data, of those not compared as many as of
    those compared; atoms of which nobody is, or was compared, are left out. Who left counts, with
    no days.
    """
    measures = data.measures
    begun = measures.visited_due[:, _BASE]
    over = np.where(begun > 0, begun, 1.0)[:, None]
    due = (measures.visited_all[:, None] * measures.visited_due / over)[atoms].sum(axis=0)
    enrolled = np.where(measures.visited_due > 0, days, 0.0)[atoms].sum(axis=0)
    each = np.zeros(len(EVENTS))
    each[_AFTER] = enrolled[_AFTER] / np.where(due > 0, due, 1.0)[_AFTER]
    factors: Floats = shares(measures.visited, atoms) * each
    return factors


def _together(parts: Parts) -> Flags:
    """All atoms of the parts."""
    every: Flags = np.any([atoms for _share, atoms in parts], axis=0)
    return every


def _worth(data: CohortData, atoms: Flags) -> float:
    """How many equally weighted students the comparison is worth, the smallest of the months."""
    total = union(data.measures, atoms)
    return float(effective(total.visited, total.squares)[0, _AFTER].min())
