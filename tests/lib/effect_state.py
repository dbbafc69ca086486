"""A small simulated state, its effect tables, and the trials behind them student by student."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from leapdash.build.demo import make_state
from leapdash.build.effects.panel import effect_panel
from leapdash.build.effects.tables import effect_tables
from leapdash.build.sources.folder import open_folder
from leapdash.build.summaries.summarise import make_panel
from leapdash.contract import EVENT_TIMES
from leapdash.engines.duckdb import open_engine
from leapdash.estimator.design import Rules
from leapdash.estimator.estimate import Visits, estimate, prepare
from leapdash.estimator.workspace import Workspace
from leapdash.progress import SILENT

EVENTS = tuple(EVENT_TIMES)


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
    value, stratum, g, e, part, visited, last, mean, change, now, before, w). `homes`: unit and
    cluster. `strata`: by number, district code and level. `periods`: by part. `folder`: the input.
    """

    folder: Path

    tables: Mapping[str, pa.Table]
    roles: pd.DataFrame
    homes: Mapping[int, int]
    strata: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]


def effect_state(folder: Path, students: int, seed: int) -> EffectState:
    """A simulated state of that many students, with effects and trials by cohort period."""
    make_state(folder, students=students, seed=seed, progress=lambda *_: None)
    with open_engine("1GB", 2) as engine:
        panel = make_panel(engine, open_folder(folder).tables, "state", {}, SILENT)
        tables = effect_tables(engine, panel)
        with Workspace(engine) as space:
            made = effect_panel(space, panel)
            codes = panel.schools.select("district", "district_code").distinct().to_pyarrow()
            names = {row["district"]: row["district_code"] for row in codes.to_pylist()}
            months = int(panel.months.month_no.max().to_pyarrow().as_py()) + 1
            rows = made.months.select("unit", "t", "y", "stratum", "first")
            study = prepare(space, rows, made.districts(), months, Rules(event_times=EVENTS))
            visits = made.visited.select("unit", value="summer", part="period")
            found = estimate(space, study, Visits(visits, 2, len(made.periods)))
            roles = found.codes.with_places(found.roles.to_pandas())
            homes = made.homes.to_pandas()
    levels = ("PK-5", "6-8", "9-12")
    return EffectState(
        folder,
        tables,
        roles,
        dict(zip(homes["unit"], homes["cluster"], strict=True)),
        tuple((names[district], levels[level]) for district, level in made.strata),
        made.periods,
    )


def terms(state: EffectState) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each role adds to the sum of effects of its stratum and part, and the sums themselves.

    unit, stratum, part, e, x; and stratum, part, e, visited, total (sum of effects), squares.
    Written from docs/methods.md with plain numpy, slopes and all; only the weights are taken over.
    """
    roles = state.roles[state.roles["visited"] | (state.roles["w"] > 0)].copy()
    cell = ["value", "stratum", "g", "e"]
    sides = roles.groupby(cell)["visited"].agg(["any", "all"])
    both = sides.index[sides["any"] & ~sides["all"]]
    roles = roles.set_index(cell).loc[both].reset_index()

    x, totals = [], []
    for _, t in roles.groupby(["value", "e"]):
        others = t[~t["visited"]]
        place = others.groupby(["stratum", "g"]).ngroup().to_numpy()
        w = others["w"].to_numpy()
        features = others[["last", "mean", "change"]].to_numpy()
        weight = np.bincount(place, w)
        centred = features - np.stack(
            [np.bincount(place, w * features[:, k])[place] / weight[place] for k in range(3)], 1
        )
        root = np.sqrt(w)[:, None]
        slopes, *_ = np.linalg.lstsq(root * centred[:, :2], root[:, 0] * centred[:, 2], rcond=1e-6)
        t = t.assign(z=t["change"] - t[["last", "mean"]].to_numpy() @ slopes)
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
