"""Effects of unions of districts, levels and cohort periods: chosen, added up, with covariance.

An effect of a union is the mean of its parts', weighted by their visited students; its covariance
follows by the same weights.
"""

from collections.abc import Collection

import numpy as np

from leapdash.contract.thresholds import MINIMUM_EFFECTIVE, MINIMUM_VISITED
from leapdash.show.effects.arrays import SIZE, CohortData, Flags, Floats, Measures, RecentData


def chosen(
    data: CohortData | RecentData,
    districts: Collection[str] | None = None,
    levels: Collection[str] | None = None,
    periods: Collection[str] | None = None,
) -> Flags:
    """Which atoms are meant; None means all."""
    keep = np.ones(len(data.districts), dtype=bool)
    for names, wanted in (
        (data.districts, districts),
        (data.levels, levels),
        (data.periods, periods),
    ):
        if wanted is not None:
            keep &= np.isin(np.array(names, dtype=object), list(wanted))
    return keep


def covariances(data: CohortData, atoms: Flags) -> tuple[Floats, Floats, Floats]:
    """Of the effects on the chosen atoms' visited, by event time: students independent, schools
    independent, and how many schools the visited are worth.
    """
    weights = shares(data.measures.visited, atoms)
    return (
        student_covariance(data, weights),
        school_covariance(data, weights),
        schools_behind(data, atoms),
    )


def union(measures: Measures, atoms: Flags) -> Measures:
    """The measures of all chosen groups as one (1 x SIZE)."""
    visited = measures.visited[atoms].sum(axis=0, keepdims=True)
    over = np.where(visited > 0, visited, 1.0)

    def mean(values: Floats) -> Floats:
        weighted: Floats = (measures.visited * values)[atoms].sum(axis=0, keepdims=True)
        return weighted / over

    return Measures(
        visited=visited,
        visited_due=measures.visited_due[atoms].sum(axis=0, keepdims=True),
        visited_all=measures.visited_all[atoms].sum(keepdims=True),
        effect=mean(measures.effect),
        visited_rate=mean(measures.visited_rate),
        naive_change=mean(measures.naive_change),
        whole_year_rate=mean(measures.whole_year_rate),
        comparison_observed=mean(measures.comparison_observed),
        weights_cut=mean(measures.weights_cut),
        squares=measures.squares[atoms].sum(axis=0, keepdims=True),
    )


def one(measures: Measures, k: int) -> Measures:
    """The measures of one group (1 x SIZE)."""
    at = slice(k, k + 1)
    return Measures(**{name: values[at] for name, values in vars(measures).items()})


def student_covariance(data: CohortData | RecentData, weights: Floats) -> Floats:
    """Of the effects summed up with weights (atoms x SIZE), students independent."""
    first, second = data.pairs[:, 0], data.pairs[:, 1]
    used = (weights[first] != 0).any(axis=1) & (weights[second] != 0).any(axis=1)
    a, b = weights[first[used]], weights[second[used]]
    every = np.einsum("pi,pij,pj->pij", a, data.covariance[used], b)
    same = first[used] == second[used]
    between: Floats = every[~same].sum(axis=0)
    own: Floats = every[same].sum(axis=0)
    return own + between + between.T


def school_covariance(data: CohortData, weights: Floats) -> Floats:
    """The same with schools independent."""
    share = weights[data.school_atom, data.school_event] * data.school_influence
    sums = _by_school(data, share)
    return sums.T @ sums


def schools_behind(data: CohortData, atoms: Flags) -> Floats:
    """How many schools the chosen atoms' visited are worth, by event time: (sum of n)^2 / sum of
    n^2, with n visited at a school.
    """
    n = _by_school(data, np.where(atoms[data.school_atom], data.school_visited, 0.0))
    squares = (n**2).sum(axis=0)
    return np.asarray(n.sum(axis=0) ** 2 / np.where(squares > 0, squares, 1.0))


def _by_school(data: CohortData, values: Floats) -> Floats:
    """Values by row of `effects_schools` added up (schools x SIZE).

    Over all schools of the release: faster than finding those that take part.
    """
    used = values != 0
    size = int(data.school.max(initial=-1)) + 1
    at = data.school[used] * SIZE + data.school_event[used]
    flat = np.bincount(at, values[used], minlength=size * SIZE)
    return np.asarray(flat.reshape(size, SIZE), dtype=np.float64)


def shares(visited: Floats, atoms: Flags) -> Floats:
    """Each chosen atom's share of the visited (atoms x SIZE), by event time (atoms x SIZE)."""
    total = visited[atoms].sum(axis=0)
    weights = np.zeros_like(visited)
    some = total > 0
    weights[np.ix_(atoms, some)] = visited[np.ix_(atoms, some)] / total[some]
    return weights


def effective(visited: Floats, squares: Floats) -> Floats:
    """How many equally weighted comparison students stand behind effects; see `Measures`."""
    some = squares > 0
    return np.where(some, visited**2 / np.where(some, squares, 1.0), 0.0)


def enough(visited: Floats, squares: Floats) -> Flags:
    """Whether enough visited and compared students stand behind effects to show them."""
    return (visited >= MINIMUM_VISITED) & (effective(visited, squares) >= MINIMUM_EFFECTIVE)
