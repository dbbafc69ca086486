"""Covariances of effects from units' influence: sums of products, over units or over clusters.

An atom is what effects are kept for (a stratum and part, say). An influence table has a row per
unit, atom and event time; here it is turned wide, one column per event time, and multiplied.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


def squares(
    influence: ir.Table, by: Sequence[str], clusters: ir.Table | None = None
) -> pd.DataFrame:
    """By `by`: the sum of squared influence over units; of those that served as a comparison, how
    many (comparison); and over clusters, each one's influence added up first (NaN without
    `clusters`: unit, cluster). `influence`: one row per unit and `by`.
    """
    sums = influence.group_by(*by).agg(
        squares=(influence.x * influence.x).sum(),
        comparison=influence.compared.cast("int64").sum(),
    )
    found: pd.DataFrame = sums.to_pandas()
    if clusters is None:
        return found.assign(squares_cluster=np.nan)
    together = influence.join(clusters.select("unit", "cluster"), "unit")
    together = together.group_by("cluster", *by).agg(x=together.x.sum())
    clustered = together.group_by(*by).agg(squares_cluster=(together.x * together.x).sum())
    return found.merge(clustered.to_pandas(), on=list(by))


def wide(influence: ir.Table, events: Sequence[int], by: Sequence[str]) -> ir.Table:
    """One row per `by`, with x_0, x_1, …: the influence by event time in the order of `events`."""
    columns = {
        f"x_{k}": ibis.ifelse(influence.e == e, influence.x, 0.0).sum()
        for k, e in enumerate(events)
    }
    return influence.group_by(*by).agg(**columns)


def products(table: ir.Table, size: int) -> Floats:
    """The sum over rows of the products of x_0, …, x_(size-1): size x size."""
    pairs = [(i, j) for i in range(size) for j in range(i + 1)]
    sums = table.agg(**{f"p_{i}_{j}": (table[f"x_{i}"] * table[f"x_{j}"]).sum() for i, j in pairs})
    row = sums.to_pyarrow().to_pylist()[0]
    matrix = np.zeros((size, size))
    for i, j in pairs:
        matrix[i, j] = matrix[j, i] = row[f"p_{i}_{j}"] or 0.0
    return matrix
