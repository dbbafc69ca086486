"""Effects added up by place: by district and level, by district, by level, and for the state.

An atom is a stratum and a part of the visited; a row is what a slice reports, and adds up atoms.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leapdash.contract import ALL_LEVELS, EVENT_TIMES, STATE_CODE
from leapdash.estimator.cell_effects import MEANS, mean_effects
from leapdash.estimator.covariance import Floats, row_products, summed, wide
from leapdash.estimator.estimate import Estimate
from leapdash.estimator.workspace import Workspace

EVENTS = tuple(EVENT_TIMES)
SIZE = len(EVENTS)
_PLACE = ("district_code", "level")
_KEYS = ("slice", "slice_value", *_PLACE)


@dataclass(frozen=True)
class Effects:
    """The effects of some slices.

    `rows`: row (its number), slice, slice_value, district_code, level, place (the number of its
    district and level). `table`: by row and event time, see `effects_by_row`. `student`, `school`:
    covariances of a row's effects (rows x SIZE x SIZE), students or schools independent.
    `by_unit`, `by_school`: on the engine, unit or cluster, row, place, x_0, …: influence times the
    visited.
    """

    rows: pd.DataFrame
    table: pd.DataFrame
    student: Floats
    school: Floats
    by_unit: ir.Table
    by_school: ir.Table

    def visited(self) -> Floats:
        """How many are visited, rows x SIZE."""
        return _spread(self.table, "visited", len(self.rows))


def atoms(
    slice_name: str, strata: Sequence[tuple[str, str]], values: Sequence[str]
) -> pd.DataFrame:
    """Every atom as a row of its own: atom, slice, slice_value, district_code, level. `strata`:
    district code and level.
    """
    return pd.DataFrame(
        [
            (number * len(values) + value, slice_name, name, district, level)
            for number, (district, level) in enumerate(strata)
            for value, name in enumerate(values)
        ],
        columns=["atom", *_KEYS],
    )


def with_unions(rows: pd.DataFrame) -> pd.DataFrame:
    """`atoms`, and each atom again in its district's, its level's and the state's row."""
    return pd.concat(
        [
            rows,
            rows.assign(level=ALL_LEVELS),
            rows.assign(district_code=STATE_CODE),
            rows.assign(district_code=STATE_CODE, level=ALL_LEVELS),
        ],
        ignore_index=True,
    )


def effects_by_row(
    space: Workspace, found: Estimate, rows: pd.DataFrame, homes: ir.Table
) -> Effects:
    """The effects of every row, with errors and covariances.

    `rows`: atom and _KEYS, an atom in as many rows as it counts in. `homes`: unit, cluster.
    `table` has row, e, visited, effect, now, before, cut, effective, comparison_observed (share
    of the comparison's odds), visited_due, comparison, schools, std_error_student,
    std_error_school.
    """
    rows = rows[rows["atom"].isin(found.cells["atom"])]
    rows = rows.assign(
        row=rows.groupby(list(_KEYS)).ngroup(), place=rows.groupby(list(_PLACE)).ngroup()
    )
    cells = found.cells.assign(comparison_observed=_observed(found))
    in_rows = cells.merge(rows[["atom", "row"]], on="atom")
    table = mean_effects(in_rows, ["row", "e"], (*MEANS, "comparison_observed"))
    due = _due(found).merge(rows[["atom", "row"]], on="atom")
    due = due.groupby(["row", "e"], as_index=False)[["visited_due"]].sum()
    table = table.merge(due, on=["row", "e"])

    by_atom = wide(found.influence, EVENTS, ["unit", "atom"], served=True)
    types = pa.schema([(name, pa.int32()) for name in ("atom", "row", "place")])
    numbers = space.put(pa.Table.from_pandas(rows[types.names], types, False))
    by_unit = by_atom.join(numbers, "atom")
    by_unit = space.keep(summed(by_unit, SIZE, ["unit", "row", "place"], served=True))
    by_school = by_unit.join(homes, "unit")
    by_school = space.keep(summed(by_school, SIZE, ["cluster", "row", "place"]))

    counts = by_unit.group_by("row").agg(**{f"c_{k}": by_unit[f"c_{k}"].sum() for k in range(SIZE)})
    schools = by_school.group_by("row").agg(schools=by_school.count()).to_pandas()
    compared = counts.order_by("row").to_pandas().set_index("row")
    compared.columns = pd.Index(EVENTS)
    compared = compared.rename_axis(columns="e").stack().rename("comparison").reset_index()
    table = table.merge(compared, on=["row", "e"]).merge(schools, on="row")

    one_each = rows.drop(columns="atom").drop_duplicates("row").sort_values("row")
    visited = _spread(table, "visited", len(one_each))
    scale = np.where(visited > 0, visited, np.inf)
    scale = scale[:, :, None] * scale[:, None, :]
    student = row_products(by_unit, SIZE, "row")[1] / scale
    school = row_products(by_school, SIZE, "row")[1] / scale
    at = table["row"].to_numpy(), table["e"].to_numpy() - EVENTS[0]
    for name, matrices in (("student", student), ("school", school)):
        table[f"std_error_{name}"] = np.sqrt(matrices[at[0], at[1], at[1]])
    return Effects(one_each, table, student, school, by_unit, by_school)


def _spread(table: pd.DataFrame, name: str, rows: int) -> Floats:
    spread = np.zeros((rows, SIZE))
    spread[table["row"], table["e"] - EVENTS[0]] = table[name]
    return spread


def _observed(found: Estimate) -> npt.NDArray[np.float64]:
    """By cell: of the odds of those in the comparison who are not visited by then, the share of
    those observed.
    """
    t = found.begun.filter(~found.begun.visited)
    begun = t.group_by("trial", "g", "first").agg(odds=t.odds.sum()).to_pandas()
    first = begun["first"].fillna(np.inf).to_numpy(np.float64)
    trial, g = begun["trial"].to_numpy(np.int64), begun["g"].to_numpy(np.int64)
    odds = begun["odds"].to_numpy(np.float64)
    cells = found.cells["cell"].to_numpy(np.int64) // found.codes.span
    waiting = np.ones(len(cells))
    for e in np.unique(found.cells["e"]):
        still = np.where(first > np.maximum(g, g + e), odds, 0.0)
        at = (found.cells["e"] == e).to_numpy()
        waiting[at] = np.bincount(trial, still, minlength=int(trial.max()) + 1)[cells[at]]
    share: Floats = np.minimum(found.cells["odds"].to_numpy(np.float64) / waiting, 1.0)
    return share


def _due(found: Estimate) -> pd.DataFrame:
    """By atom and e, the visited who began a trial and whose month e is in the data."""
    t = found.begun.filter(found.begun.visited)
    begun = t.group_by("trial", "part", "g").agg(visited_due=t.count()).to_pandas()
    stratum = begun["trial"] // found.codes.months % found.codes.strata
    begun["atom"] = stratum * found.codes.parts + begun["part"]
    parts = []
    for e in range(found.codes.lowest, found.codes.lowest + found.codes.span):
        month = begun["g"] + e
        parts.append(begun[(month >= 0) & (month < found.codes.months)].assign(e=e))
    due: pd.DataFrame = (
        pd.concat(parts).groupby(["atom", "e"], as_index=False)[["visited_due"]].sum()
    )
    return due
