"""Covariances of effects as a release keeps them: what makes any union of effects exact.

docs/decisions/0007 says which are kept, and how they are rounded.
"""

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leapdash.build.effects.by_area import EVENTS, Effects, spread
from leapdash.build.effects.slices import HEADLINE_EVENTS
from leapdash.contract import BASE_EVENT_TIME
from leapdash.contract.thresholds import (
    COVARIANCE_PRECISION,
    MINIMUM_VISITED,
    MONTHS_BEFORE,
)
from leapdash.engines import Workspace
from leapdash.estimator.covariance import Floats, pair_products
from leapdash.inference import serving_matrix

_ESTIMATED = [k for k, e in enumerate(EVENTS) if e != BASE_EVENT_TIME]
_BEFORE = [k for k in _ESTIMATED if EVENTS[k] in MONTHS_BEFORE]
_HEADLINE = [k for k, e in enumerate(EVENTS) if e in HEADLINE_EVENTS]
# What is left of a number by rounding, so that it takes half the room in the file: standard errors
# of any union stay exact to 1e-6 of their size.
_SCHOOL_PRECISION = 1e-7


def between_cohorts(space: Workspace, effects: Effects) -> pd.DataFrame:
    """The covariances between every two rows of slice cohort_period that share a student."""
    wanted = _rows_on_engine(space, effects.rows[effects.rows["slice"] == "cohort_period"])
    own = effects.by_unit.semi_join(wanted, "row")
    pairs, sums = pair_products(space, own, _ESTIMATED, "unit", "row")
    return _pairs(effects, pairs, sums, _ESTIMATED, {})


def between_cohorts_before(space: Workspace, effects: Effects) -> pd.DataFrame:
    """The rows of `effects_recent_covariance`, of effects by cohort period."""
    pairs, sums = pair_products(space, effects.by_unit, _BEFORE, "unit", "row")
    frame = _pairs(effects, pairs, sums, _BEFORE, {})
    names = {"slice_value": "cohort_period", "slice_value_2": "cohort_period_2"}
    return frame.rename(columns=names).drop(columns=["slice", "matrix"])


def sums_by_school(space: Workspace, effects: Effects, schools: Sequence[str]) -> pd.DataFrame:
    """The rows of `effects_schools`: how many of the visited each school has, and what its students
    add to the effects by cohort period. `schools`: their codes, by number.
    """
    wanted = _rows_on_engine(space, effects.rows[effects.rows["slice"] == "cohort_period"])
    names = [f"x_{k}" for k in _ESTIMATED]
    own = effects.by_school.semi_join(wanted, "row").select("cluster", "row", *names)
    found = space.frame(own.order_by("cluster", "row"))
    row = found["row"].to_numpy(np.int64)
    visited = effects.visited()[:, _ESTIMATED]
    influence = found[names].to_numpy(np.float64) / np.where(visited > 0, visited, np.inf)[row]
    errors = np.sqrt(np.einsum("rii->ri", effects.school))[:, _ESTIMATED]
    influence = _rounded(influence, _SCHOOL_PRECISION * errors[row])
    at, k = np.nonzero(influence)
    sums = pd.DataFrame(
        {
            "row": row[at],
            "cluster": found["cluster"].to_numpy(np.int64)[at],
            "e": np.array(EVENTS)[_ESTIMATED][k],
            "influence": influence[at, k],
        }
    )
    students = effects.at_schools[effects.at_schools["row"].isin(row)]
    students = students[students["e"] != BASE_EVENT_TIME]
    sums = sums.merge(students, on=["row", "e", "cluster"], how="outer").fillna(0)
    rows = effects.rows.set_index("row").loc[sums["row"]]
    codes = np.array(schools, dtype=object)
    return pd.DataFrame(
        {
            "school_code": codes[sums["cluster"].to_numpy(np.int64)],
            "district_code": rows["district_code"].to_numpy(),
            "level": rows["level"].to_numpy(),
            "cohort_period": rows["slice_value"].to_numpy(),
            "event_time": sums["e"].to_numpy(np.int64),
            "visited": sums["students"].to_numpy(np.int64),
            "influence": sums["influence"].to_numpy(np.float64),
        }
    )


def within_areas(space: Workspace, effects: Effects, compared: bool) -> list[pd.DataFrame]:
    """The covariances within each area, by the matrix that serves there: of each row of at least
    MINIMUM_VISITED between months; `compared`: also between values of an area in the months of the
    headlines, so that one can be set beside another.
    """
    rows, visited = effects.rows, effects.visited()
    serves = _serving(effects)
    chosen = np.where(
        (rows["area"].map(serves) == "school").to_numpy()[:, None, None],
        effects.school,
        effects.student,
    )
    enough = rows[visited.max(axis=1) >= MINIMUM_VISITED]
    at = enough["row"].to_numpy()
    scale = visited[np.ix_(at, _ESTIMATED)]
    sums = chosen[np.ix_(at, _ESTIMATED, _ESTIMATED)] * scale[:, :, None] * scale[:, None, :]
    parts = [_pairs(effects, np.stack([at, at], axis=1), sums, _ESTIMATED, serves)]
    for matrix, table, unit in (
        ("student", effects.by_unit, "unit"),
        ("school", effects.by_school, "cluster"),
    ):
        some = enough[enough["area"].map(serves) == matrix]
        if not compared or len(some) < 2:
            continue
        own = table.semi_join(_rows_on_engine(space, some), "row")
        between, sums = pair_products(space, own, _HEADLINE, unit, "row", ["area"])
        other = between[:, 0] != between[:, 1]
        parts.append(_pairs(effects, between[other], sums[other], _HEADLINE, serves))
    return parts


def _rows_on_engine(space: Workspace, rows: pd.DataFrame) -> ir.Table:
    return space.put(pa.table({"row": pa.array(rows["row"], pa.int32())}))


def _serving(effects: Effects) -> dict[int, str]:
    """The matrix that serves all values of an area, so that two of them can be compared."""
    schools = spread(effects.table, "schools", len(effects.rows))
    areas = effects.rows["area"].to_numpy(np.int64)
    return {
        int(area): serving_matrix(
            effects.student[areas == area].sum(axis=0),
            effects.school[areas == area].sum(axis=0),
            schools[areas == area].max(axis=0),
            EVENTS,
        ).matrix
        for area in np.unique(areas)
    }


def _pairs(
    effects: Effects,
    pairs: npt.NDArray[np.int64],
    sums: Floats,
    at: Sequence[int],
    serves: Mapping[int, str],
) -> pd.DataFrame:
    """The rows of `effects_covariance` for pairs of rows.

    `sums`: by pair of rows and of event times at `at`, of products of influence times the visited;
    a row with itself gives each pair of event times once. `serves`: by area, the matrix that
    serves, `student` where it isn't there.
    """
    events = np.array([EVENTS[k] for k in at])
    visited = effects.visited()[:, at]
    errors = np.sqrt(np.einsum("rii->ri", effects.student))[:, at]
    first, second = pairs[:, 0], pairs[:, 1]
    visited = np.where(visited > 0, visited, np.inf)
    covariance = sums / (visited[first][:, :, None] * visited[second][:, None, :])
    scale = errors[first][:, :, None] * errors[second][:, None, :]
    covariance = _rounded(covariance, COVARIANCE_PRECISION * scale)
    once = (first != second)[:, None, None] | np.tri(len(at), dtype=bool)
    pair, i, j = np.nonzero(once & (covariance != 0))
    rows = effects.rows.set_index("row")
    a, b = rows.loc[first[pair]], rows.loc[second[pair]]
    return pd.DataFrame(
        {
            "slice": a["slice"].to_numpy(),
            "slice_value": a["slice_value"].to_numpy(),
            "district_code": a["district_code"].to_numpy(),
            "level": a["level"].to_numpy(),
            "event_time": events[i],
            "slice_value_2": b["slice_value"].to_numpy(),
            "district_code_2": b["district_code"].to_numpy(),
            "level_2": b["level"].to_numpy(),
            "event_time_2": events[j],
            "matrix": [serves.get(area, "student") for area in a["area"]],
            "covariance": covariance[pair, i, j],
        }
    )


def _rounded(values: Floats, step: Floats) -> Floats:
    """The values rounded to the power of two at or below the step; 0 where that is 0."""
    with np.errstate(divide="ignore"):
        step = np.exp2(np.floor(np.log2(step)))
    return np.where(step > 0, np.round(values / np.where(step > 0, step, 1.0)) * step, 0.0)
