"""From sums by cell to effects: the arithmetic between the two passes over the students.

A cell is a trial in one stratum at one event time, about one kind of visit (see `Numbering`). Only
sums by side come here, as pandas frames.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt
import pandas as pd

from leapdash.estimator.design import Design
from leapdash.estimator.numbering import COMPARISON, Numbering

Floats = npt.NDArray[np.float64]

# A slope along a direction in which comparison students differ by less than 1% of their level
# would be noise: a tiny difference in history turned into a large one in the effect.
_NO_SPREAD = 1e-4


def solve(sums: pd.DataFrame, numbering: Numbering, design: Design) -> pd.DataFrame:
    """The effect of every cell and part that has visited and comparison units.

    `sums`: `trials.sums_by_side`. A row per cell and part:
    cell, value, stratum, g, e, part, atom; visited (units), now and before (their mean y now and
    in the month before the visit), effect; comparison (units), effective ((sum of w)^2 / sum of
    w^2), weight (sum of w), odds (their sum), cut (the share of weight cut off); and for
    `trials.terms_of_effect` key, the slopes (`slope_last`, …: one by measure), visited_centre,
    visited_factor, comparison_centre, visited_here.

    One slope by measure, event time and value, by weighted least squares of the change on the
    measures of past attendance among comparison units, each taken from its cell's weighted mean.
    Slopes along which comparison units don't differ are 0.
    """
    sums = numbering.of_sides(sums)
    # The visited weigh 1 each, so that their weighted sums are plain ones.
    measured = ("change", *design.measures)
    plain = {"units": "visited", **{f"w {name}": name for name in measured}}
    visited = sums[sums["part"] != COMPARISON][["cell", "part", "now", *plain]]
    visited = visited.rename(columns=plain)
    comparison = sums[sums["part"] == COMPARISON].drop(columns=["side", "part", "now"])
    comparison = numbering.told_apart(comparison[comparison["cell"].isin(visited["cell"])])
    t = visited.merge(comparison, on="cell", how="inner", validate="many_to_one")
    t = t.sort_values(["cell", "part"], ignore_index=True)
    t = t.merge(_slopes(comparison, design), on=["value", "e"], how="left")

    n = t["visited"].to_numpy(np.float64)
    names = [f"slope_{name}" for name in design.measures]
    adjust = t[names].to_numpy(np.float64)
    visited_mean = _adjusted(t[list(measured)].to_numpy(np.float64), n, adjust)
    weight = t["w"].to_numpy(np.float64)
    comparison_mean = _adjusted(
        t[[f"w {name}" for name in measured]].to_numpy(np.float64), weight, adjust
    )
    result = t[["cell", "value", "stratum", "g", "e", "part", "visited"]].copy()
    result["atom"] = numbering.atom(result)
    result["key"] = numbering.key(result)
    result["now"] = t["now"] / n
    universal = design.base == "universal"
    result["before"] = (t["now"] - t["change"] if universal else t["last"]) / n
    result["effect"] = visited_mean - comparison_mean
    result["comparison"] = t["units"]
    result["effective"] = weight**2 / t["w2"].to_numpy(np.float64)
    result["weight"], result["odds"] = weight, t["odds"]
    result["cut"] = 1 - weight / t["uncut"].to_numpy(np.float64)
    result[names] = adjust
    result["comparison_centre"] = comparison_mean
    result["visited_here"] = n
    centre, factor = _visited_residuals(result, visited_mean, design)
    result["visited_centre"], result["visited_factor"] = centre, factor
    return result


MEANS = ("effect", "now", "before", "cut")


def mean_effects(cells: pd.DataFrame, by: list[str], means: Sequence[str] = MEANS) -> pd.DataFrame:
    """Effects of unions of cells, each cell weighing as many as were visited in it.

    `by`: columns of `cells`, e among them. A row each: by, visited, `means`, effective (of the
    comparison, roles in different cells counted apart).
    """
    n = cells["visited"]
    sums = pd.DataFrame(
        {
            **{name: cells[name] for name in by},
            "visited": n,
            **{name: n * cells[name] for name in means},
            "_squares": n**2 / cells["effective"],
        }
    )
    t = sums.groupby(by, sort=True, as_index=False).sum()
    for name in means:
        t[name] = t[name] / t["visited"]
    t["effective"] = t["visited"] ** 2 / t["_squares"]
    return t.drop(columns="_squares")


def _slopes(comparison: pd.DataFrame, design: Design) -> pd.DataFrame:
    keys, measures = ["value", "e"], design.measures
    names = [f"slope_{name}" for name in measures]
    if not design.slopes:
        return comparison[keys].drop_duplicates().assign(**dict.fromkeys(names, 0.0))
    t, w = comparison, comparison["w"]
    pairs = list(combinations_with_replacement(measures, 2))
    moments = {f"{a} {b}": t[f"w {a} {b}"] - t[f"w {a}"] * t[f"w {b}"] / w for a, b in pairs}
    changes = {
        f"{a} change": t[f"w {a} change"] - t[f"w {a}"] * t["w change"] / w for a in measures
    }
    raw = {f"raw {a}": t[f"w {a} {a}"] for a in measures}
    sums = pd.DataFrame({**{name: t[name] for name in keys}, **moments, **changes, **raw})
    sums = sums.groupby(keys, as_index=False).sum()
    # The measures' matrix from its upper triangle.
    at = np.empty((len(measures), len(measures)), dtype=np.int64)
    for number, (a, b) in enumerate(pairs):
        i, j = measures.index(a), measures.index(b)
        at[i, j] = at[j, i] = number
    found = [
        _by_least_squares(spread[at], change, level)
        for spread, change, level in zip(
            *(sums[list(part)].to_numpy(np.float64) for part in (moments, changes, raw)),
            strict=True,
        )
    ]
    slopes = np.array(found).reshape(len(sums), len(measures))
    return pd.concat([sums[keys], pd.DataFrame(slopes, sums.index, names)], axis=1)


def _by_least_squares(spread: Floats, with_change: Floats, raw: Floats) -> Floats:
    """The least-squares slopes; 0 along directions in which there is no spread to speak of."""
    scale = np.sqrt(np.where(raw > 0, raw, 1.0))
    values, vectors = np.linalg.eigh(spread / np.outer(scale, scale))
    inverse = np.where(values > _NO_SPREAD, 1 / np.where(values > 0, values, 1.0), 0.0)
    solved = vectors @ (inverse * (vectors.T @ (with_change / scale)))
    return np.asarray(solved / scale, dtype=np.float64)


def _adjusted(sums: Floats, over: Floats, slopes: Floats) -> Floats:
    means = sums / over[:, None]
    return np.asarray(means[:, 0] - (slopes * means[:, 1:]).sum(axis=1), dtype=np.float64)


def _visited_residuals(
    cells: pd.DataFrame, visited_mean: Floats, design: Design
) -> tuple[Floats, Floats]:
    """What a visited unit's adjusted change is taken from, and the factor its residual gets.

    From the mean of the cell's visited; with `small_samples` times sqrt(n / (n - 1)). A unit that
    is alone has no such mean: it is taken from the comparison's mean plus the mean effect of its
    stratum and part, or where it is alone there too, of its part in the whole. With
    `shares="random"` all are taken from the comparison's mean plus their stratum's effect, which
    adds (ATT - theta) to the residual (Callaway and Sant'Anna 2021, their aggregation's w^{if}).
    """
    n = cells["visited"].to_numpy(np.float64)
    effect = cells["effect"].to_numpy(np.float64)
    in_stratum, stratum_n = _mean_over(cells, ["stratum", "part", "e"])
    in_part, part_n = _mean_over(cells, ["part", "e"])
    factor = np.ones(len(cells))
    if design.shares == "random":
        return visited_mean - effect + in_stratum, factor
    if not design.small_samples:
        return visited_mean, factor
    alone = n == 1
    lonely = stratum_n == 1
    reference = np.where(lonely, in_part, in_stratum)
    group = np.where(alone, np.where(lonely, part_n, stratum_n), n)
    factor = np.sqrt(group / np.maximum(group - 1, 1.0))
    return np.where(alone, visited_mean - effect + reference, visited_mean), factor


def _mean_over(cells: pd.DataFrame, by: list[str]) -> tuple[Floats, Floats]:
    """The mean effect of the union a cell belongs to, and how many are visited in it."""
    weighted = (cells["effect"] * cells["visited"]).groupby([cells[k] for k in by])
    counts = cells["visited"].groupby([cells[k] for k in by])
    total = counts.transform("sum").to_numpy(np.float64)
    return weighted.transform("sum").to_numpy(np.float64) / total, total
