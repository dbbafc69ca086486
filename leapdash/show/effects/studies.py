"""What visits changed, for any choice of districts, levels and cohort periods: pure arithmetic.

Effects and rates are fractions; times are school months since the month of the first visit. The
method: docs/methods.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from leapdash.checks import stayed_apart
from leapdash.contract.thresholds import (
    BASE_EVENT_TIME,
    HEADLINES,
    MINIMUM_EFFECTIVE,
    MINIMUM_VISITED,
)
from leapdash.inference import (
    Interval,
    Serving,
    degrees_of_freedom,
    interval,
    mean_effect,
    serving_matrix,
    simultaneous_factor,
    t_factor,
)
from leapdash.show.effects.arrays import (
    EVENTS,
    SIZE,
    CohortData,
    Flags,
    Floats,
    Measures,
    SliceData,
    missing_variance,
)
from leapdash.show.effects.unions import (
    covariances,
    effective,
    enough,
    one,
    school_covariance,
    schools_behind,
    shares,
    student_covariance,
    union,
)
from leapdash.show.language import _, _n

AFTER = tuple(e for e in EVENTS if e >= 0)
HeadlineName = Literal["month_after", "six_to_nine"]


@dataclass(frozen=True)
class Headline:
    """One number for an effect, with what it is beside.

    `event_times`: the months it is the mean of. `effect`: None where `withheld` says why. `naive`:
    the same students' plain change. `visited`, `comparison_effective`: the smallest over the
    months; `weights_cut`, `apart` (how far the shares still observed differ): the largest.
    """

    event_times: tuple[int, ...]
    effect: Interval | None
    withheld: str | None
    naive: float | None
    visited: int
    comparison_effective: float
    weights_cut: float
    apart: float

    @property
    def anyway(self) -> Interval | None:
        """The plain change's part that would have come anyway (regression to the mean, season):
        naive less effect. The plain change is a fixed number for these students, so the interval is
        as wide as the effect's.
        """
        own = self.effect
        if own is None or self.naive is None:
            return None
        ends = self.naive - own.high, self.naive - own.low
        return Interval(self.naive - own.effect, own.std_error, *ends)

    @property
    def anyway_share(self) -> float | None:
        """That part's share of the plain change; None where there is no rise."""
        anyway, naive = self.anyway, self.naive
        if anyway is None or naive is None or naive <= 0:
            return None
        return anyway.effect / naive


@dataclass(frozen=True)
class Headlines:
    """The headline numbers of one choice of visited students: a row of many needs no more.

    `serving`: what the intervals take as independent. `visited`: students compared with others
    (none in a school's slice, which has the headlines' months only); `visited_all`: all visited.
    `withheld`: why nothing at all can be shown, or None.
    """

    month_after: Headline
    six_to_nine: Headline
    serving: Serving
    visited: int
    visited_all: int
    withheld: str | None


@dataclass(frozen=True)
class EffectStudy(Headlines):
    """Effects by event time for one choice of visited students, with its headlines.

    `table`: a row per event time with somebody observed: event_time, effect, low, high (95% for
    that month), band_low, band_high (95% for months 0 to 9 at once; NaN before), visited,
    visited_due, comparison_effective, comparison_observed, weights_cut, visited_rate, without_visit
    (the rate the visited would have had), naive_change, shown. Where `shown` is false too few stand
    behind the month, and everything but the counts is NaN.
    """

    table: pd.DataFrame
    covariance: Floats


@dataclass(frozen=True)
class ToJune:
    """What visits changed in the share absent for a tenth or more of the days to June.

    `visited_rate`: the share of the visited; `whole_year_rate`: of the same students over their
    whole school year. Both fractions, 0 where nobody could be compared.
    """

    headline: Headline
    visited_rate: float
    whole_year_rate: float


def effect_to_june(data: CohortData, atoms: Flags) -> ToJune:
    """The effect on the chosen atoms' visited, of tables whose outcome is a whole period's."""
    total = union(data.measures, atoms)
    headline = _headline(total, *_serving(*covariances(data, atoms)), (0,))
    at = EVENTS.index(0)
    return ToJune(headline, float(total.visited_rate[0, at]), float(total.whole_year_rate[0, at]))


def effect_study(data: CohortData, atoms: Flags) -> EffectStudy:
    """The effects on the visited students of the chosen atoms (see `chosen`), exact in effect and
    variance: theta_U = sum of N theta / sum of N.
    """
    return _study(union(data.measures, atoms), *_serving(*covariances(data, atoms)))


def headlines(data: CohortData, atoms: Flags) -> Headlines:
    """The headline numbers of `effect_study`, for the same choice."""
    return _headlines(union(data.measures, atoms), *_serving(*covariances(data, atoms)))


def _serving(student: Floats, school: Floats, schools: Floats) -> tuple[Floats, Serving]:
    """The covariance that serves, and what it takes as independent."""
    serving = serving_matrix(student, school, schools, EVENTS)
    return student if serving.matrix == "student" else school, serving


def contrast(data: CohortData, one: Flags, other: Flags, headline: HeadlineName) -> Interval | None:
    """How much larger the effect on one choice is than on another; the two may share atoms.

    None where one of the two is withheld. Exact as the effects are: students who moved from one
    to the other, and those chosen by both, are in both.
    """
    first, second = (getattr(headlines(data, atoms), headline) for atoms in (one, other))
    if first.effect is None or second.effect is None:
        return None
    visited = data.measures.visited
    weights = shares(visited, one) - shares(visited, other)
    covariance, serving = _serving(
        student_covariance(data, weights),
        school_covariance(data, weights),
        np.minimum(schools_behind(data, one), schools_behind(data, other)),
    )
    at = [EVENTS.index(e) for e in HEADLINES[headline]]
    variance = float(covariance[np.ix_(at, at)].sum()) / len(at) ** 2
    degrees = min(degrees_behind(found.comparison_effective, serving) for found in (first, second))
    return interval(first.effect.effect - second.effect.effect, variance, degrees, len(at))


def slice_studies(data: SliceData) -> dict[str, EffectStudy]:
    """The effects of each value of a slice in one area.

    Raises ReleaseError where one that is to be shown has no variance in the release.
    """
    return {
        value: _study(one(data.measures, k), _covariance(data, k), _of_slice(data))
        for k, value in enumerate(data.values)
    }


def slice_headlines(data: SliceData) -> dict[str, Headlines]:
    """The headline numbers of each value of a slice in one area; raises as `slice_studies`."""
    return {
        value: _headlines(one(data.measures, k), _covariance(data, k), _of_slice(data))
        for k, value in enumerate(data.values)
    }


def _of_slice(data: SliceData) -> Serving:
    """What serves in the slice's area."""
    return Serving("school" if data.matrix == "school" else "student", data.schools)


def _covariance(data: SliceData, k: int) -> Floats:
    """The covariance of a value's effects, for all that may be shown."""
    for event in np.flatnonzero(data.unknown[k] & is_enough(one(data.measures, k))[0]):
        name, *area = data.area
        raise missing_variance("effects_covariance", (name, data.values[k], *area), EVENTS[event])
    covariance: Floats = data.covariance[k]
    return covariance


def difference(data: SliceData, first: str, second: str, headline: HeadlineName) -> Interval | None:
    """How much larger the first value's effect is than the second's; None where one is withheld."""
    found = slice_headlines(data)
    one, other = (getattr(found[value], headline) for value in (first, second))
    if one.effect is None or other.effect is None:
        return None
    a, b = data.values.index(first), data.values.index(second)
    at = [EVENTS.index(e) for e in HEADLINES[headline]]
    shared = data.between.get((a, b), np.zeros((SIZE, SIZE)))
    variance = (
        data.covariance[a][np.ix_(at, at)].sum()
        + data.covariance[b][np.ix_(at, at)].sum()
        - 2 * shared[np.ix_(at, at)].sum()
    ) / len(at) ** 2
    serving = _of_slice(data)
    degrees = min(degrees_behind(found.comparison_effective, serving) for found in (one, other))
    return interval(one.effect.effect - other.effect.effect, float(variance), degrees, len(at))


# --- one choice ----------------------------------------------------------------------------------


def degrees_behind(comparison_effective: float, serving: Serving) -> float:
    """How well the standard errors of what is compared with so many are known."""
    schools = serving.schools if serving.matrix == "school" else np.inf
    return degrees_of_freedom(comparison_effective, schools)


def is_enough(total: Measures) -> Flags:
    """In which months enough visited and compared students stand behind the effects to show."""
    return enough(total.visited, total.squares)


def _study(total: Measures, covariance: Floats, serving: Serving) -> EffectStudy:
    shown = is_enough(total)[0]
    effect, visited = total.effect[0], total.visited[0]
    worth = effective(visited, total.squares[0])
    after = np.array([e in AFTER for e in EVENTS]) & shown
    degrees = degrees_behind(float(worth[after].min(initial=np.inf)), serving)
    factor = simultaneous_factor(covariance[np.ix_(after, after)], degrees)
    error = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    own = np.array([t_factor(degrees_behind(float(number), serving)) for number in worth])
    half, band = own * error, np.where(after, factor * error, np.nan)
    measured = {
        "effect": effect,
        "low": effect - half,
        "high": effect + half,
        "band_low": effect - band,
        "band_high": effect + band,
        "comparison_observed": total.comparison_observed[0],
        "weights_cut": total.weights_cut[0],
        "visited_rate": total.visited_rate[0],
        "without_visit": total.visited_rate[0] - effect,
        "naive_change": total.naive_change[0],
    }
    table = pd.DataFrame(
        {
            "event_time": EVENTS,
            "visited": visited.astype(int),
            "visited_due": total.visited_due[0].astype(int),
            "comparison_effective": effective(visited, total.squares[0]),
            "shown": shown,
            **{name: np.where(shown, values, np.nan) for name, values in measured.items()},
        }
    )
    headlines = _headlines(total, covariance, serving)
    return EffectStudy(
        **vars(headlines),
        table=table[visited > 0].reset_index(drop=True),
        covariance=covariance,
    )


def _headlines(total: Measures, covariance: Floats, serving: Serving) -> Headlines:
    base = int(total.visited[0, EVENTS.index(BASE_EVENT_TIME)])
    everyone = int(total.visited_all.sum())
    return Headlines(
        month_after=_headline(total, covariance, serving, HEADLINES["month_after"]),
        six_to_nine=_headline(total, covariance, serving, HEADLINES["six_to_nine"]),
        serving=serving,
        visited=base,
        visited_all=everyone,
        withheld=_withheld(
            base, float(effective(total.visited, total.squares).max(initial=0.0)), everyone
        ),
    )


def _headline(
    total: Measures, covariance: Floats, serving: Serving, events: Sequence[int]
) -> Headline:
    at = [EVENTS.index(e) for e in events]
    visited = total.visited[0, at]
    followed, worth = int(visited.min()), float(effective(visited, total.squares[0, at]).min())
    reason = too_few(followed, worth, events)
    if reason is not None:
        return Headline(tuple(events), None, reason, None, followed, worth, 0.0, 0.0)
    degrees = degrees_behind(worth, serving)
    apart = stayed_apart(
        events, visited, total.visited_due[0, at], total.comparison_observed[0, at]
    )
    return Headline(
        tuple(events),
        mean_effect(total.effect[0, at], covariance[np.ix_(at, at)], degrees),
        None,
        float(total.naive_change[0, at].mean()),
        followed,
        worth,
        float(total.weights_cut[0, at].max()),
        float(apart.max()),
    )


def too_few(visited: int, effective: float, events: Sequence[int]) -> str | None:
    """Why effects of those months aren't shown, the smallest numbers behind one being these; None
    where they are.
    """
    several, said = len(events) > 1, {"first": events[0], "last": events[-1]}
    if visited < MINIMUM_VISITED:
        said |= {"n": visited, "least": MINIMUM_VISITED}
        if several:
            return _n(
                "Only {n} visited student could be followed to months {first} to {last} after the "
                "visit; nothing is shown for fewer than {least}.",
                "Only {n} visited students could be followed to months {first} to {last} after the "
                "visit; nothing is shown for fewer than {least}.",
                visited,
                **said,
            )
        return _n(
            "Only {n} visited student could be followed to month {first} after the visit; nothing "
            "is shown for fewer than {least}.",
            "Only {n} visited students could be followed to month {first} after the visit; nothing "
            "is shown for fewer than {least}.",
            visited,
            **said,
        )
    if effective < MINIMUM_EFFECTIVE:
        worth = round(effective)
        said |= {"n": worth, "least": MINIMUM_EFFECTIVE}
        if several:
            return _n(
                "In months {first} to {last} after the visit the comparison is worth only {n} "
                "student; nothing is shown for fewer than {least}.",
                "In months {first} to {last} after the visit the comparison is worth only {n} "
                "students; nothing is shown for fewer than {least}.",
                worth,
                **said,
            )
        return _n(
            "In month {first} after the visit the comparison is worth only {n} student; nothing is "
            "shown for fewer than {least}.",
            "In month {first} after the visit the comparison is worth only {n} students; nothing "
            "is shown for fewer than {least}.",
            worth,
            **said,
        )
    return None


def nobody_compared(everyone: int, why: str) -> Headlines:
    """What is known of visited students of whom nobody could be compared, with the reason."""
    reason = _n(
        "None of the {n} visited student could be compared with others: {why}.",
        "None of the {n} visited students could be compared with others: {why}.",
        everyone,
        n=everyone,
        why=why,
    )
    month_after, six_to_nine = (
        Headline(HEADLINES[name], None, reason, None, 0, 0.0, 0.0, 0.0)
        for name in ("month_after", "six_to_nine")
    )
    return Headlines(month_after, six_to_nine, Serving("student", 0.0), 0, everyone, reason)


def _withheld(visited: int, effective: float, everyone: int) -> str | None:
    """Why nothing at all can be shown, or None."""
    if everyone == 0:
        return _("No student was visited.")
    if visited == 0:
        return _n(
            "None of the {n} visited student could be compared with others.",
            "None of the {n} visited students could be compared with others.",
            everyone,
            n=everyone,
        )
    if everyone < MINIMUM_VISITED:
        return _n(
            "Only {n} student was visited; nothing is shown for fewer than {least}.",
            "Only {n} students were visited; nothing is shown for fewer than {least}.",
            everyone,
            n=everyone,
            least=MINIMUM_VISITED,
        )
    if visited < MINIMUM_VISITED:
        return _n(
            "Only {n} of {everyone} visited students could be compared with others; nothing is "
            "shown for fewer than {least}.",
            "Only {n} of {everyone} visited students could be compared with others; nothing is "
            "shown for fewer than {least}.",
            visited,
            n=visited,
            everyone=everyone,
            least=MINIMUM_VISITED,
        )
    if effective < MINIMUM_EFFECTIVE:
        worth = round(effective)
        return _n(
            "The comparison is worth only {n} student; nothing is shown for fewer than {least}.",
            "The comparison is worth only {n} students; nothing is shown for fewer than {least}.",
            worth,
            n=worth,
            least=MINIMUM_EFFECTIVE,
        )
    return None
