"""The effects of visits as summary tables: every slice, with what makes any union of them exact.

Effects, errors and rates are fractions of the days enrolled. The method: docs/methods.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from leapdash.build.effects.by_area import (
    KEYS,
    Effects,
    atoms,
    effects_by_row,
    together,
    with_unions,
)
from leapdash.build.effects.check_tables import check_tables
from leapdash.build.effects.checks import reasons
from leapdash.build.effects.covariances import (
    between_cohorts,
    between_cohorts_before,
    sums_by_school,
    within_areas,
)
from leapdash.build.effects.panel import EffectPanel, effect_panel
from leapdash.build.effects.slices import (
    DESIGN,
    RECENT,
    Slice,
    by_cohort_period,
    other_slices,
)
from leapdash.build.effects.to_june import absence_to_june, last_months, over_the_whole_year
from leapdash.build.panel.panel import Panel
from leapdash.checks import failed_checks, pooled_balance, stayed_apart, unlike
from leapdash.contract import (
    ALL_LEVELS,
    ALL_SCHOOLS,
    BASE_EVENT_TIME,
    CHRONIC,
    SLICES,
    STATE_CODE,
    TO_JUNE,
    summary_table,
)
from leapdash.contract.thresholds import MINIMUM_VISITED
from leapdash.engines import Workspace
from leapdash.estimator.design import Design
from leapdash.estimator.estimate import (
    Estimate,
    Study,
    estimate,
    of_outcome,
    of_period,
    prepare,
)
from leapdash.progress import SILENT, Progress
from leapdash.release import arrow_schema

# Effects and rates are rounded so finely that it shows nowhere, and halves the file.
_FINENESS = 2.0**-34

UnlikeByArea = Mapping[tuple[str, str], tuple[str, ...]]
"""By district or the state and level or all: the measures in which the comparison isn't alike."""


def effect_tables(
    space: Workspace,
    panel: Panel,
    progress: Progress = SILENT,
    slices: Collection[str] = tuple(SLICES),
) -> dict[str, pa.Table]:
    """The contract's tables of effects, by name; none where nobody was ever visited.

    `slices`: which to estimate; `all` and `cohort_period` are always there.
    """
    visited = space.count(panel.visits.filter(panel.visits["first"]))
    if not visited:
        return {}
    with Workspace(space.engine) as room:
        with progress.step("visited and comparison students") as step:
            made = effect_panel(room, panel)
            step.rows = visited
        with progress.step("propensity of a visit"):
            study = _study(room, panel, made, DESIGN)
        wanted = set(slices) if visited >= MINIMUM_VISITED else set()
        with progress.step("effects by cohort period"):
            frames, whole, why = _by_cohort_period(room, panel, made, study, "comparison" in wanted)
        if "effects" in frames:
            with progress.step("effects with three months of history"):
                frames |= _with_recent_history(room, panel, made)
            effects, covariances = [frames["effects"]], [frames["effects_covariance"]]
            areas = _unlike_by_area(frames["balance"])
            with progress.step("effects on chronic absence"):
                frames |= _on_chronic_absence(room, made, study, areas)
            with progress.step("effects on chronic absence to June"):
                frames |= _to_june(room, panel, made, study, areas)
            left_out = [pd.DataFrame(columns=summary_table("slices_left_out").column_names)]
            for name, (says, make) in other_slices().items():
                if name in wanted:
                    with progress.step(says), Workspace(space.engine) as inner:
                        slice_ = make(inner, made)
                        beside = whole if name == "comparison" else None
                        rows, more, out = _of_slice(inner, made, study, slice_, areas, beside, why)
                        effects.append(rows)
                        covariances += more
                        left_out.append(out)
            frames["effects"] = pd.concat(effects, ignore_index=True)
            frames["effects_covariance"] = pd.concat(covariances, ignore_index=True)
            frames["slices_left_out"] = pd.concat(left_out, ignore_index=True)
    return {name: _arrow(name, frame) for name, frame in frames.items()}


def _study(space: Workspace, panel: Panel, made: EffectPanel, design: Design) -> Study:
    rows = made.months.select("unit", "t", "y", "stratum", "first", *design.covariates)
    months = space.row(panel.months.agg(last=panel.months.month_no.max()))["last"] + 1
    return prepare(space, rows, made.districts(), months, design)


def _by_cohort_period(
    outer: Workspace, panel: Panel, made: EffectPanel, study: Study, beside: bool
) -> tuple[dict[str, pd.DataFrame], Effects | None, ir.Table]:
    """The slices `all` and `cohort_period`, and what they are judged by: frames by table.

    Where nobody could be compared there are only the checks, which say why. With `beside` also the
    effects of everyone by area, the value ALL_SCHOOLS of slice `comparison`, kept in `outer`; in
    any case `checks.reasons`, kept there too.
    """
    with Workspace(outer.engine) as space:
        slice_ = by_cohort_period(made)
        found = _estimate(space, study, slice_)
        why = outer.keep(reasons(made, study, found))
        frames = check_tables(space, panel, made, found, why)
        if found.cells.empty:
            return frames, None, why
        areas = _unlike_by_area(frames["balance"])
        frames |= _cohort_tables(space, found, made, slice_, areas)
        if not beside:
            return frames, None, why
        by_period = atoms("cohort_period", made.areas, slice_.values)
        whole = with_unions(by_period.assign(slice="comparison", slice_value=ALL_SCHOOLS))
        by_area = effects_by_row(outer, found, whole, made.clusters)
        more = _fine(_effect_rows(space, by_area, whole, made, slice_, areas), "effects")
        frames["effects"] = pd.concat([frames["effects"], more], ignore_index=True)
        return frames, by_area, why


def _cohort_tables(
    space: Workspace,
    found: Estimate,
    made: EffectPanel,
    slice_: Slice,
    areas: UnlikeByArea,
    outcome: str = "",
    whole_year: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """The effects by cohort period and of all, with what makes any union exact: frames by table,
    whose names begin with `outcome`. `whole_year`: of `over_the_whole_year`, where a table says it.
    """
    by_period = atoms("cohort_period", made.areas, slice_.values)
    everyone = by_period.assign(slice="all", slice_value="all")
    rows = pd.concat([by_period, everyone], ignore_index=True)
    effects = effects_by_row(space, found, rows, made.clusters)
    t = _effect_rows(space, effects, rows, made, slice_, areas)
    if whole_year is not None:
        of_rows = rows.merge(whole_year.rename(columns={"e": "event_time"}), on="atom")
        keys = [*KEYS, "event_time"]
        t = t.merge(of_rows.groupby(keys, as_index=False)[["whole_year"]].sum(), on=keys)
        t["whole_year_rate"] = t["whole_year"] / t["visited"]
    return {
        f"{outcome}effects": _fine(t, f"{outcome}effects"),
        f"{outcome}effects_covariance": between_cohorts(space, effects),
        f"{outcome}effects_schools": sums_by_school(space, effects, made.schools),
    }


def _on_chronic_absence(
    outer: Workspace, made: EffectPanel, study: Study, areas: UnlikeByArea
) -> dict[str, pd.DataFrame]:
    """The effects on being absent for a tenth or more of a month, by cohort period: frames by
    table; none where no month is long enough.
    """
    with Workspace(outer.engine) as space:
        slice_ = by_cohort_period(made)
        absent = made.months.select("unit", "t", y="chronic")
        found = _estimate(space, of_outcome(space, study, absent), slice_)
        if found.cells.empty:
            return {}
        return _cohort_tables(space, found, made, slice_, areas, CHRONIC)


def _to_june(
    outer: Workspace, panel: Panel, made: EffectPanel, study: Study, areas: UnlikeByArea
) -> dict[str, pd.DataFrame]:
    """The effects on being absent for a tenth or more of the days from the visit to June, by cohort
    period: frames by table; none where no school year is there to its end.
    """
    with Workspace(outer.engine) as space:
        slice_ = by_cohort_period(made)
        absence = space.keep(absence_to_june(made, panel))
        own = of_period(space, study, absence, last_months(space, panel))
        found = estimate(space, own, slice_.kinds)
        if found.cells.empty:
            return {}
        whole_year = over_the_whole_year(space, made, found, absence)
        return _cohort_tables(space, found, made, slice_, areas, TO_JUNE, whole_year)


def _with_recent_history(
    outer: Workspace, panel: Panel, made: EffectPanel
) -> dict[str, pd.DataFrame]:
    """The effects by cohort period with three months of history alone: frames by table."""
    with Workspace(outer.engine) as space:
        slice_ = by_cohort_period(made)
        found = estimate(space, _study(space, panel, made, RECENT), slice_.kinds)
        rows = atoms(slice_.name, made.areas, slice_.values)
        effects = effects_by_row(space, found, rows, made.clusters)
        t = effects.table.merge(effects.rows, on="row").rename(
            columns={
                "e": "event_time",
                "effective": "comparison_effective",
                "slice_value": "cohort_period",
            }
        )
        return {
            "effects_recent": _fine(t, "effects_recent"),
            "effects_recent_covariance": between_cohorts_before(space, effects),
        }


def _of_slice(
    space: Workspace,
    made: EffectPanel,
    study: Study,
    slice_: Slice,
    areas: UnlikeByArea,
    beside: Effects | None,
    why: ir.Table,
) -> tuple[pd.DataFrame, list[pd.DataFrame], pd.DataFrame]:
    """The rows of `effects`, of `effects_covariance` and of `slices_left_out` of one slice; those
    of covariances also for `beside`, another value of it that was estimated before. `why`: see
    `checks.reasons`.
    """
    found = _estimate(space, study, slice_)
    rows = atoms(slice_.name, made.areas, slice_.values)
    if slice_.unions:
        rows = with_unions(rows)
    effects = effects_by_row(space, found, rows, made.clusters)
    own = _fine(_effect_rows(space, effects, rows, made, slice_, areas), "effects")
    family = effects if beside is None else together(effects, beside)
    covariances = within_areas(space, family, compared=slice_.unions)
    return own, covariances, _left_out(space, effects, rows, slice_, why)


def _left_out(
    space: Workspace, effects: Effects, rows: pd.DataFrame, slice_: Slice, why: ir.Table
) -> pd.DataFrame:
    """The rows of `slices_left_out`: the values of a slice of which nobody could be compared."""
    t = slice_.counted.join(why, "unit")
    counts = space.frame(t.group_by("stratum", "part", "reason").agg(students=t.count()))
    counts["atom"] = counts["stratum"] * len(slice_.values) + counts["part"]
    # Who could be compared with students at large, but not with those of the slice.
    counts["reason"] = counts["reason"].replace("compared", "no comparison")
    sums = rows.merge(counts[["atom", "reason", "students"]], on="atom")
    sums = sums.groupby([*KEYS, "reason"], as_index=False)[["students"]].sum()
    there = pd.MultiIndex.from_frame(effects.rows[list(KEYS)])
    return sums[~pd.MultiIndex.from_frame(sums[list(KEYS)]).isin(there)]


def _estimate(space: Workspace, study: Study, slice_: Slice) -> Estimate:
    return estimate(space, study, slice_.kinds, replace(DESIGN, event_times=slice_.events))


def _effect_rows(
    space: Workspace,
    effects: Effects,
    rows: pd.DataFrame,
    made: EffectPanel,
    slice_: Slice,
    areas: UnlikeByArea,
) -> pd.DataFrame:
    """The columns of `effects`, with all visited of each, whether they could be compared or not."""
    counted = slice_.counted.join(made.visited.select("unit", "stratum"), "unit")
    counts = space.frame(counted.group_by("stratum", "part").agg(visited_all=counted.count()))
    counts["atom"] = counts["stratum"] * len(slice_.values) + counts["part"]
    everyone = rows.merge(counts[["atom", "visited_all"]], on="atom")
    everyone = everyone.groupby(list(KEYS), as_index=False)[["visited_all"]].sum()
    t = effects.table.merge(effects.rows, on="row").merge(everyone, on=list(KEYS))
    t = t.rename(
        columns={
            "e": "event_time",
            "effective": "comparison_effective",
            "cut": "weights_cut",
            "now": "visited_rate",
        }
    )
    t["naive_change"] = t["visited_rate"] - t["before"]
    t["checks_failed"] = _checks_failed(t, areas)
    return t


def _checks_failed(t: pd.DataFrame, areas: UnlikeByArea) -> list[str]:
    """The checks each row of `effects` fails, as its column says them."""
    visited, due, observed = (
        t[name].to_numpy(np.float64) for name in ("visited", "visited_due", "comparison_observed")
    )
    gaps = stayed_apart(t["event_time"], visited, due, observed)
    base = t[t["event_time"] == BASE_EVENT_TIME].set_index("row")["visited"]
    compared = (t["row"].map(base) / t["visited_all"]).to_numpy()
    return [
        ", ".join(failed_checks(areas.get(area, ()), cut, gap, None if np.isnan(share) else share))
        for area, cut, gap, share in zip(
            zip(t["district_code"], t["level"], strict=True),
            t["weights_cut"],
            gaps,
            compared,
            strict=True,
        )
    ]


def _unlike_by_area(balance: pd.DataFrame) -> UnlikeByArea:
    """The measures in which visited and compared were not alike, in every area there is."""
    everywhere = pd.concat(
        [
            balance,
            balance.assign(level=ALL_LEVELS),
            balance.assign(district_code=STATE_CODE),
            balance.assign(district_code=STATE_CODE, level=ALL_LEVELS),
        ]
    )
    return {
        (str(district), str(level)): tuple(unlike(pooled_balance(rows))["measure"])
        for (district, level), rows in everywhere.groupby(["district_code", "level"])
    }


def _fine(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """The columns of a table, its fractions rounded."""
    columns = summary_table(table).columns
    t = frame[[column.name for column in columns]].copy()
    for name in (column.name for column in columns if column.unit == "fraction"):
        t[name] = np.round(t[name] / _FINENESS) * _FINENESS
    return t


def _arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    table = summary_table(name)
    columns = frame[list(table.column_names)]
    return pa.Table.from_pandas(columns, arrow_schema(table), preserve_index=False)
