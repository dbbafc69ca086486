"""Effects added up by area: by district and level, by district, by level, and for the state.

An atom is a stratum and a part of the visited; a row is what a slice reports, and adds up atoms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from leapdash.contract import ALL_LEVELS, EVENT_TIMES, STATE_CODE
from leapdash.engines import Workspace
from leapdash.estimator.cell_effects import MEANS, mean_effects
from leapdash.estimator.covariance import Floats, matrices, summed, sums_of_products, wide
from leapdash.estimator.estimate import Estimate
from leapdash.inference import effective_number

EVENTS = tuple(EVENT_TIMES)
SIZE = len(EVENTS)
KEYS = ("slice", "slice_value", "district_code", "level")
_AREA = ("district_code", "level")


@dataclass(frozen=True)
class Effects:
    """The effects of some slices.

    `rows`: row (its number), slice, slice_value, district_code, level, area (the number of its
    district and level). `table`: by row and event time, see `effects_by_row`. `student`, `school`:
    covariances of a row's effects (rows x SIZE x SIZE), students or schools independent.
    `by_unit`, `by_school`: on the engine, unit or cluster, row, area, x_0, …: influence times the
    visited. `at_schools`: row, e, cluster, students (of the visited compared, whose school it is).
    """

    rows: pd.DataFrame
    table: pd.DataFrame
    student: Floats
    school: Floats
    by_unit: ir.Table
    by_school: ir.Table
    at_schools: pd.DataFrame

    def visited(self) -> Floats:
        """How many are visited, rows x SIZE."""
        return spread(self.table, "visited", len(self.rows))


def atoms(slice_name: str, areas: Sequence[tuple[str, str]], values: Sequence[str]) -> pd.DataFrame:
    """Every atom as a row of its own: atom, slice, slice_value, district_code, level.

    `areas`: by stratum, district code and level.
    """
    return pd.DataFrame(
        [
            (number * len(values) + value, slice_name, name, district, level)
            for number, (district, level) in enumerate(areas)
            for value, name in enumerate(values)
        ],
        columns=["atom", *KEYS],
    )


def with_unions(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of `atoms`, and each atom again in its district's, its level's and the state's."""
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
    space: Workspace, found: Estimate, rows: pd.DataFrame, clusters: ir.Table
) -> Effects:
    """The effects of every row, with errors and covariances.

    `rows`: atom and KEYS, an atom in as many rows as it counts in. `clusters`: unit, cluster.
    `table` has row, e, visited, effect, now, before, cut, effective, comparison_observed (share
    of the comparison's odds), visited_due, comparison, schools (how many the visited are worth),
    std_error_student, std_error_school.
    """
    # Numbered before some are left out, so that the areas of two slices have the same numbers.
    rows = rows.assign(area=rows.groupby(list(_AREA)).ngroup())
    rows = rows[rows["atom"].isin(found.cells["atom"])]
    rows = rows.assign(row=rows.groupby(list(KEYS)).ngroup())
    begun = space.frame(_begun(found))
    cells = found.cells.assign(comparison_observed=_observed(found, begun))
    in_rows = cells.merge(rows[["atom", "row"]], on="atom")
    table = mean_effects(in_rows, ["row", "e"], (*MEANS, "comparison_observed"))
    due = _due(found, begun).merge(rows[["atom", "row"]], on="atom")
    due = due.groupby(["row", "e"], as_index=False)[["visited_due"]].sum()
    table = table.merge(due, on=["row", "e"])

    by_atom = wide(found.influence, EVENTS, ["unit", "atom"], served=True)
    types = pa.schema([(name, pa.int32()) for name in ("atom", "row", "area")])
    numbers = space.put(pa.Table.from_pandas(rows[types.names], types, False))
    by_unit = by_atom.join(numbers, "atom")
    by_unit = space.keep(summed(by_unit, SIZE, ["unit", "row", "area"], served=True))
    by_school = by_unit.join(clusters, "unit")
    by_school = space.keep(summed(by_school, SIZE, ["cluster", "row", "area"]))
    served = {f"c_{k}": by_unit[f"c_{k}"].sum() for k in range(SIZE)}
    student, units = _products_by_row(space, by_unit, served)
    school, _ = _products_by_row(space, by_school, {})
    at_schools = _at_schools(space, found, clusters).merge(rows[["atom", "row"]], on="atom")
    at_schools = at_schools.groupby(["row", "e", "cluster"], as_index=False)[["students"]].sum()

    compared = units.rename(columns=dict(zip(served, EVENTS, strict=True)))
    compared = compared.melt("row", var_name="e", value_name="comparison").astype({"e": "int64"})
    table = table.merge(compared, on=["row", "e"]).merge(_schools(at_schools), on=["row", "e"])
    one_each = rows.drop(columns="atom").drop_duplicates("row").sort_values("row")
    visited = spread(table, "visited", len(one_each))
    scale = np.where(visited > 0, visited, np.inf)
    scale = scale[:, :, None] * scale[:, None, :]
    student, school = student / scale, school / scale
    at = table["row"].to_numpy(), table["e"].to_numpy() - EVENTS[0]
    for name, covariances in (("student", student), ("school", school)):
        table[f"std_error_{name}"] = np.sqrt(covariances[at[0], at[1], at[1]])
    return Effects(one_each, table, student, school, by_unit, by_school, at_schools)


def together(one: Effects, other: Effects) -> Effects:
    """The rows of both, as values of one slice, so that they can be set beside each other.

    Both must have been made from rows with the same areas.
    """
    first = len(one.rows)

    def frames(name: str) -> pd.DataFrame:
        a: pd.DataFrame = getattr(one, name)
        b: pd.DataFrame = getattr(other, name)
        return pd.concat([a, b.assign(row=b["row"] + first)], ignore_index=True)

    def tables(name: str) -> ir.Table:
        a: ir.Table = getattr(one, name)
        b: ir.Table = getattr(other, name)
        return a.union(b.mutate(row=(b.row + first).cast("int32")).select(*a.columns))

    return Effects(
        frames("rows"),
        frames("table"),
        np.concatenate([one.student, other.student]),
        np.concatenate([one.school, other.school]),
        tables("by_unit"),
        tables("by_school"),
        frames("at_schools"),
    )


def _at_schools(space: Workspace, found: Estimate, clusters: ir.Table) -> pd.DataFrame:
    """The visited compared by the school they count at: atom, e, cluster, students."""
    t = found.influence.filter(found.influence.visited).join(clusters, "unit")
    return space.frame(t.group_by("atom", "e", "cluster").agg(students=t.count()))


def _schools(at_schools: pd.DataFrame) -> pd.DataFrame:
    """How many schools the visited are worth: row, e, schools."""
    found = at_schools.groupby(["row", "e"])["students"].agg(schools=effective_number)
    return found.reset_index()


def _products_by_row(
    space: Workspace, table: ir.Table, facts: Mapping[str, ir.Value]
) -> tuple[Floats, pd.DataFrame]:
    """The sums of products of x_0, … in each row (rows x SIZE x SIZE), and row with its facts."""
    found = space.arrow(table.group_by("row").agg(**sums_of_products(table, SIZE), **facts))
    found = found.sort_by("row")
    return matrices(found, SIZE), found.select(["row", *facts]).to_pandas()


def spread(table: pd.DataFrame, name: str, rows: int) -> Floats:
    """A column of `effects_by_row` as rows x SIZE, 0 where nobody was observed."""
    every = np.zeros((rows, SIZE))
    every[table["row"], table["e"] - EVENTS[0]] = table[name]
    return every


def _begun(found: Estimate) -> ir.Table:
    """The trials begun: trial, g, visited, part, first; units, odds (their sum)."""
    t = found.begun
    keys = ("trial", "g", "visited", "part", "first")
    return t.group_by(*keys).agg(units=t.count(), odds=t.odds.sum())


def _observed(found: Estimate, begun: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The share of the odds that is observed, by cell: of the comparison not visited by then, or
    where the outcome is of a period, by its end.
    """
    begun = begun[~begun["visited"]]
    first = begun["first"].fillna(np.inf).to_numpy(np.float64)
    trial, g = begun["trial"].to_numpy(np.int64), begun["g"].to_numpy(np.int64)
    odds = begun["odds"].to_numpy(np.float64)
    cells = found.cells["cell"].to_numpy(np.int64) // found.numbering.span
    waiting = np.ones(len(cells))
    ends = None if found.until is None else _numbers(found.until)
    for e in np.unique(found.cells["e"]):
        still = np.where(first > (np.maximum(g, g + e) if ends is None else ends[g]), odds, 0.0)
        at = (found.cells["e"] == e).to_numpy()
        waiting[at] = np.bincount(trial, still, minlength=int(trial.max()) + 1)[cells[at]]
    share: Floats = np.minimum(found.cells["odds"].to_numpy(np.float64) / waiting, 1.0)
    return share


def _numbers(until: Sequence[int | None]) -> Floats:
    """By month, the last of its period; NaN where that isn't in the data."""
    return np.array([np.nan if end is None else end for end in until], dtype=np.float64)


def _due(found: Estimate, begun: pd.DataFrame) -> pd.DataFrame:
    """The visited who began a trial and whose month e, or whole period, is in the data: atom, e,
    visited_due.
    """
    numbering = found.numbering
    begun = begun[begun["visited"]]
    begun = begun.assign(stratum=numbering.stratum(begun["trial"]), visited_due=begun["units"])
    begun["atom"] = numbering.atom(begun).astype("int64")
    parts = []
    for e in range(numbering.lowest, numbering.lowest + numbering.span):
        month = begun["g"] + e
        there = (month >= 0) & (month < numbering.months)
        if found.until is not None:
            there &= np.isfinite(_numbers(found.until)[begun["g"].to_numpy(np.int64)])
        parts.append(begun[there].assign(e=e))
    due: pd.DataFrame = (
        pd.concat(parts).groupby(["atom", "e"], as_index=False)[["visited_due"]].sum()
    )
    return due
