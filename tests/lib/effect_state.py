"""A small simulated state, its effect tables, and the trials behind them student by student."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from leapdash.build.demo import make_state
from leapdash.build.effects.panel import effect_panel
from leapdash.build.effects.slices import DESIGN, RECENT, by_cohort_period
from leapdash.build.effects.tables import effect_tables
from leapdash.build.effects.to_june import absence_to_june, last_months
from leapdash.build.panel.inputs import read_inputs
from leapdash.build.panel.make import make_panel
from leapdash.build.sources.folder import open_folder
from leapdash.contract import EVENT_TIMES
from leapdash.engines import Workspace, open_engine
from leapdash.estimator.design import Design
from leapdash.estimator.estimate import estimate, of_period, prepare
from leapdash.progress import SILENT

EVENTS = tuple(EVENT_TIMES)
MEASURES = [
    *("last", "mean", "earlier", "none"),
    *("last_year", "no_last_year"),
    *("english_learner", "disability", "free_or_reduced_meals", "homeless"),
    *("school_last", "school_mean"),
]


class TablesAsRelease:
    """Tables in memory that can be asked like a release."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self.tables = tables

    def table(
        self,
        name: str,
        columns: Collection[str] | None = None,
        where: Mapping[str, Collection[Any]] | None = None,
    ) -> pa.Table:
        condition = None
        for column, values in (where or {}).items():
            one = ds.field(column).isin(list(values))
            condition = one if condition is None else condition & one
        data = ds.dataset(self.tables[name])
        return data.to_table(columns=list(columns) if columns else None, filter=condition)


@dataclass(frozen=True)
class EffectState:
    """`tables`: the contract's, by name. `roles`: a row per student, trial and event time (unit,
    value, stratum, g, e, part, visited, MEASURES, change, now, before, w); `recent`: the same with
    three months of history alone; `to_june`: about the rest of the school year. `until`: by month,
    the last of its school year. `months`: unit, t, y, enrolled, absent (half-days). `clusters`: by
    unit.
    `strata`: by number, district code and level. `periods`: by part. `folder`: the input.
    """

    folder: Path

    tables: Mapping[str, pa.Table]
    roles: pd.DataFrame
    recent: pd.DataFrame
    to_june: pd.DataFrame
    until: tuple[int | None, ...]
    months: pd.DataFrame
    clusters: Mapping[int, int]
    strata: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]


def effect_state(folder: Path, students: int, seed: int) -> EffectState:
    """A simulated state of that many students, with effects and trials by cohort period."""
    make_state(folder, students=students, seed=seed, progress=lambda *_: None)
    with open_engine(threads=2) as engine, Workspace(engine) as space:
        inputs = read_inputs(space, open_folder(folder).tables, "state", SILENT)
        panel = make_panel(space, inputs, SILENT)
        tables = effect_tables(space, panel)
        made = effect_panel(space, panel)
        months = panel.months.count().to_pyarrow().as_py()
        rows = made.months.select("unit", "t", "y", "stratum", "first", *MEASURES[4:])

        def roles_of(design: Design) -> pd.DataFrame:
            study = prepare(space, rows, made.districts(), months, design)
            found = estimate(space, study, by_cohort_period(made).kinds)
            told = found.numbering.told_apart(space.frame(found.roles))
            return told.assign(before=told["last"])

        roles, recent = roles_of(DESIGN), roles_of(RECENT)
        clusters = space.frame(made.clusters)
        until = last_months(space, panel)
        study = prepare(space, rows, made.districts(), months, DESIGN)
        study = of_period(space, study, absence_to_june(made, panel), until)
        rest = estimate(space, study, by_cohort_period(made).kinds)
        to_june = rest.numbering.told_apart(space.frame(rest.roles)).assign(before=0.0)
        every = space.frame(made.months.select("unit", "t", "y", "enrolled", "absent"))
    return EffectState(
        folder,
        tables,
        roles,
        recent,
        to_june,
        until,
        every,
        dict(zip(clusters["unit"], clusters["cluster"], strict=True)),
        made.areas,
        made.periods,
    )


def _slopes(centred: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Least squares of the last column on the others, but for directions in which these differ by
    less than a hundredth of their level.
    """
    unit = np.where(level > 0, level, 1.0)
    left, size, right = np.linalg.svd(centred[:, :-1] / unit, full_matrices=False)
    kept = size > 1e-2
    return (right[kept].T @ ((left[:, kept].T @ centred[:, -1]) / size[kept])) / unit


def on_chronic_absence(state: EffectState) -> pd.DataFrame:
    """The roles with whether a student is absent for a tenth or more of the month in place of its
    rate: those with at least ten days enrolled now and in the month before the trial.
    """
    t = state.months[state.months["enrolled"] >= 20]
    absent = ((1 - t["y"]) * t["enrolled"]).round()
    chronic = pd.Series((10 * absent >= t["enrolled"]).to_numpy(float), [t["unit"], t["t"]])
    roles = state.roles
    at = pd.MultiIndex.from_arrays([roles["unit"], roles["g"] + roles["e"]])
    base = pd.MultiIndex.from_arrays([roles["unit"], roles["g"] - 1])
    now, before = chronic.reindex(at).to_numpy(), chronic.reindex(base).to_numpy()
    roles = roles.assign(now=now, before=before, change=now - before)
    return roles[roles["change"].notna()]


def chronic_to_june(state: EffectState) -> pd.DataFrame:
    """The roles about the rest of the school year, with whether a student is absent for a tenth or
    more of its days, and of those of the whole year, told anew.
    """
    until = np.array([-1 if end is None else end for end in state.until])
    t = state.months.assign(until=until[state.months["t"]]).sort_values(["unit", "t"])
    days = t.groupby(["unit", "until"])[["enrolled", "absent"]]
    rest = t[["enrolled", "absent"]] + days.transform("sum") - days.cumsum()
    at = [t["unit"], t["t"]]

    def chronic(sums: pd.DataFrame) -> pd.Series:
        told = (10 * sums["absent"] >= sums["enrolled"]).where(sums["enrolled"] >= 20)
        return pd.Series(told.to_numpy(float), at)

    roles = state.to_june
    key = pd.MultiIndex.from_arrays([roles["unit"], roles["g"]])
    now = chronic(rest).reindex(key).to_numpy()
    whole_year = chronic(days.transform("sum")).reindex(key).to_numpy()
    return roles.assign(now=now, change=now, whole_year=whole_year)


def terms(
    roles: pd.DataFrame, measures: Sequence[str] = MEASURES
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each role adds to the sum of effects of its stratum and part, and the sums themselves.

    unit, stratum, part, e, x; and stratum, part, e, visited, total (sum of effects), squares.
    Written from docs/methods.md with plain numpy, slopes and all; only the weights are taken over.
    """
    roles = roles[roles["visited"] | (roles["w"] > 0)].copy()
    cell = ["value", "stratum", "g", "e"]
    sides = roles.groupby(cell)["visited"].agg(["any", "all"])
    both = sides.index[sides["any"] & ~sides["all"]]
    roles = roles.set_index(cell).loc[both].reset_index()

    x, totals = [], []
    for _, t in roles.groupby(["value", "e"]):
        others = t[~t["visited"]]
        place = others.groupby(["stratum", "g"]).ngroup().to_numpy()
        w = others["w"].to_numpy()
        features = others[[*measures, "change"]].to_numpy()
        weight = np.bincount(place, w)
        means = [np.bincount(place, w * column) / weight for column in features.T]
        centred = np.sqrt(w)[:, None] * (features - np.stack(means, axis=1)[place])
        slopes = _slopes(centred, np.sqrt(w @ features[:, :-1] ** 2))
        t = t.assign(z=t["change"] - t[list(measures)].to_numpy() @ slopes)
        for (stratum, g), c in t.groupby(["stratum", "g"]):
            waiting = c[~c["visited"]]
            share = (waiting["w"] / waiting["w"].sum()).to_numpy()
            middle = float(share @ waiting["z"].to_numpy())
            for part, own in c[c["visited"]].groupby("part"):
                z = own["z"].to_numpy()
                key = {"stratum": stratum, "g": g, "part": int(part), "e": c["e"].iloc[0]}
                totals.append(
                    {
                        **key,
                        "visited": len(z),
                        "total": (z - middle).sum(),
                        "squares": len(z) ** 2 * (share**2).sum(),
                        "now": own["now"].sum(),
                        "before": own["before"].sum(),
                    }
                )
                residual = (waiting["z"].to_numpy() - middle) / (1 - np.minimum(share, 0.9))
                x.append(
                    pd.DataFrame(
                        {**key, "unit": waiting["unit"].to_numpy(), "x": -share * len(z) * residual}
                    )
                )
                x.append(
                    pd.DataFrame(
                        {
                            **key,
                            "unit": own["unit"].to_numpy(),
                            "effect": z - middle,
                            "n": len(z),
                            "mean": z.mean() - middle,
                        }
                    )
                )
    by_atom = (
        pd.DataFrame(totals)
        .groupby(["stratum", "part", "e"], as_index=False)[
            ["visited", "total", "squares", "now", "before"]
        ]
        .sum()
    )
    by_part = by_atom.groupby(["part", "e"])[["visited", "total"]].sum()
    rows = pd.concat(x, ignore_index=True)
    atoms = by_atom.set_index(["stratum", "part", "e"])
    here = atoms.loc[pd.MultiIndex.from_frame(rows[["stratum", "part", "e"]])]
    there = by_part.loc[pd.MultiIndex.from_frame(rows[["part", "e"]])]
    n, together = here["visited"].to_numpy(), there["visited"].to_numpy()
    alone, lonely = rows["n"] == 1, n == 1
    reference = np.where(
        alone,
        np.where(lonely, there["total"] / together, here["total"].to_numpy() / n),
        rows["mean"],
    )
    group = np.where(alone, np.where(lonely, together, n), rows["n"].fillna(1))
    factor = np.sqrt(group / np.maximum(group - 1, 1))
    own = factor * (rows["effect"] - reference)
    rows["x"] = rows["x"].fillna(own)
    return rows[["unit", "stratum", "part", "e", "x"]], by_atom
