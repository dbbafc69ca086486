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
import pyarrow as pa

from leapdash.engines import Workspace

Floats = npt.NDArray[np.float64]


def squares(
    space: Workspace, influence: ir.Table, by: Sequence[str], clusters: ir.Table | None = None
) -> pd.DataFrame:
    """The sums of squared influence over units, by `by`, and how many of them served in comparison.

    `influence`: one row per unit and `by`. A row each: by, squares, comparison, and squares_cluster
    (over clusters, each one's influence added up first; NaN without `clusters`: unit, cluster).
    """
    sums = influence.group_by(*by).agg(
        squares=(influence.x * influence.x).sum(),
        comparison=influence.compared.cast("int64").sum(),
    )
    found = space.frame(sums)
    if clusters is None:
        return found.assign(squares_cluster=np.nan)
    together = influence.join(clusters.select("unit", "cluster"), "unit")
    together = together.group_by("cluster", *by).agg(x=together.x.sum())
    clustered = together.group_by(*by).agg(squares_cluster=(together.x * together.x).sum())
    return found.merge(space.frame(clustered), on=list(by))


def wide(
    influence: ir.Table, events: Sequence[int], by: Sequence[str], served: bool = False
) -> ir.Table:
    """The influence, one row per `by`, with x_0, x_1, … by event time in the order of `events`.

    `served`: also c_0, c_1, …: 1 where the unit served as a comparison, else 0.
    """
    t = influence
    columns = {f"x_{k}": ibis.ifelse(t.e == e, t.x, 0.0).sum() for k, e in enumerate(events)}
    if served:
        for k, e in enumerate(events):
            columns[f"c_{k}"] = ((t.e == e) & t.compared).cast("int8").max()
    return t.group_by(*by).agg(**columns)


def summed(table: ir.Table, size: int, by: Sequence[str], served: bool = False) -> ir.Table:
    """The wide table's rows added up by `by` (c_k: 1 where any is)."""
    columns = {f"x_{k}": table[f"x_{k}"].sum() for k in range(size)}
    if served:
        columns.update({f"c_{k}": table[f"c_{k}"].max() for k in range(size)})
    return table.group_by(*by).agg(**columns)


def products(space: Workspace, table: ir.Table, size: int) -> Floats:
    """The sum over rows of the products of x_0, …, x_(size-1): size x size."""
    found = space.arrow(table.agg(**sums_of_products(table, size)))
    return matrices(found, size)[0] if found.column(0).null_count == 0 else np.zeros((size, size))


def sums_of_products(table: ir.Table, size: int) -> dict[str, ir.FloatingScalar]:
    """The sums p_i_j of the products of x_i and x_j, for j up to i, as `matrices` reads them."""
    return {
        f"p_{i}_{j}": (table[f"x_{i}"] * table[f"x_{j}"]).sum()
        for i in range(size)
        for j in range(i + 1)
    }


def matrices(found: pa.Table, size: int) -> Floats:
    """A matrix for each row of p_0_0, p_1_0, p_1_1, …: rows x size x size."""
    i, j = np.tril_indices(size)
    filled = np.zeros((found.num_rows, size, size))
    for a, b in zip(i, j, strict=True):
        filled[:, a, b] = filled[:, b, a] = found[f"p_{a}_{b}"].to_numpy()
    return filled


def pair_products(
    space: Workspace,
    table: ir.Table,
    at: Sequence[int],
    unit: str,
    key: str,
    same: Sequence[str] = (),
) -> tuple[npt.NDArray[np.int64], Floats]:
    """The products of x_k, for k of `at`, between the rows a unit has under different keys.

    Pairs of keys, the smaller first (pairs x 2), and by pair the sum over units of the products of
    the first's x and the second's (pairs x at x at); a key with itself included. `same`: columns
    both rows must agree in.
    """
    names = [f"x_{k}" for k in at]
    left = table.select(unit, key, *same, *names)
    right = left.rename(**{f"{name}_2": name for name in (unit, key, *same, *names)})
    on = [left[name] == right[f"{name}_2"] for name in (unit, *same)]
    t = left.join(right, [*on, left[key] <= right[f"{key}_2"]])
    sums = {
        f"p_{i}_{j}": (t[first] * t[f"{second}_2"]).sum()
        for i, first in enumerate(names)
        for j, second in enumerate(names)
    }
    keys = [key, f"{key}_2"]
    found = space.frame(t.group_by(*keys).agg(**sums).order_by(*keys))
    values = found[[*sums]].to_numpy(np.float64)
    return (
        found[keys].to_numpy(np.int64),
        values.reshape(len(found), len(names), len(names)),
    )
