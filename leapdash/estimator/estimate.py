"""The estimator in its order: chances, trials, sums by cell, effects, influence.

`event_study` opens it to researchers, `build.effects.tables` to the build. The method is set out in
docs/methods.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from leapdash.estimator import trials as tr
from leapdash.estimator.cell_effects import solve
from leapdash.estimator.design import COMPARISON, Codes, Rules
from leapdash.estimator.propensity import Chances, Counts, coefficient_columns, fit_chances
from leapdash.estimator.workspace import Workspace


@dataclass(frozen=True)
class Study:
    """A panel made ready: every unit's months with recent outcomes and the chance of a visit.

    `rows`: see `trials.weighted`, on the engine. `groups`: by stratum, the set of strata that
    share slopes of their own. `months`: how many there are.
    """

    rows: ir.Table
    groups: tuple[int, ...]
    months: int
    rules: Rules


@dataclass(frozen=True)
class Estimate:
    """What the two passes leave.

    `codes`: what cells and atoms stand for. `visited`, `comparison`: sums by cell, see `trials`.
    `cells`: what `cells.solve` makes of them. `begun`: who begins which trial, kept on the engine.
    `roles`: `trials.roles`, an expression. `influence`: `trials.influence`, kept on the engine.
    """

    codes: Codes
    visited: pd.DataFrame
    comparison: pd.DataFrame
    cells: pd.DataFrame
    begun: ir.Table
    roles: ir.Table
    influence: ir.Table


def prepare(
    space: Workspace, panel: ir.Table, groups: Sequence[int], months: int, rules: Rules
) -> Study:
    """The panel with history, chances and what staying unvisited is worth, kept on the engine.

    `panel`: unit, t, y, stratum (a number from 0; below 0 for rows that begin no trial), first.
    `groups`: by stratum; `months`: how many; see Study.
    """
    history = space.keep(tr.with_history(panel, rules))
    fitted, coefficients = None, None
    if rules.weights:
        counts = tr.counts_by_history(tr.at_risk(history), ["visited"], rules).to_pandas()
        fitted, coefficients = _fit(space, counts, groups)
    rows = space.keep(tr.weighted(history, coefficients, fitted, rules))
    space.drop(history)
    return Study(rows, tuple(groups), months, rules)


@dataclass(frozen=True)
class Visits:
    """Whose visits an estimate is about.

    `table`: unit, value (the kind of visit), part (what the unit is reported under); a unit may
    stand there once per value. `values`, `parts`: how many there are, numbered from 0. `members`:
    unit, t, value, for kinds that only concern some students: they are compared among themselves;
    None where every kind concerns all. `comparable`: unit, t of those who may serve as a
    comparison; None for all.
    """

    table: ir.Table
    values: int = 1
    parts: int = 1
    members: ir.Table | None = None
    comparable: ir.Table | None = None


def estimate(
    space: Workspace, study: Study, visits: Visits, rules: Rules | None = None
) -> Estimate:
    """The effects on the visited of `visits`, by cell, and every unit's influence on them.

    Units visited but not listed are in nobody's comparison from then on, and in no effect.
    `rules`: the study's, or others with the same history.
    """
    rules = rules or study.rules
    codes = Codes.of(len(study.groups), study.months, visits.parts, rules)
    begun = space.keep(_trials(space, study, visits, codes))
    roles = tr.roles(begun, study.rows, codes, rules)
    visited, comparison = tr.visited_sums(roles).to_pandas(), tr.comparison_sums(roles).to_pandas()
    cells = solve(visited, comparison, codes, rules)
    terms = tr.terms_of_effect(roles, on_engine(space, cells, codes), rules)
    influence = space.keep(tr.influence(terms, codes))
    return Estimate(codes, visited, comparison, cells, begun, roles, influence)


def on_engine(space: Workspace, cells: pd.DataFrame, codes: Codes) -> ir.Table:
    """What `trials.terms_of_effect` asks for of `cells.solve`'s cells, on the engine: by cell, part
    (key) and side (`Codes.side`) the slopes, the centre residuals are taken from, the
    factor times weight they count with, and what a unit of weight is of all weight.

    The same arithmetic for both sides: a visited unit's weight is 1 and no share of anything.
    """
    common = cells[["key", "slope_last", "slope_mean"]]
    cell = cells["cell"].astype("int64")
    visited = common.assign(
        side=codes.side(cell, cells["part"]),
        centre=cells["visited_centre"],
        factor=cells["visited_factor"],
        share=0.0,
    )
    others = common.assign(
        side=codes.side(cell, pd.Series(COMPARISON, cells.index)),
        centre=cells["comparison_centre"],
        factor=-cells["visited_here"] / cells["weight"],
        share=1 / cells["weight"],
    )
    both = pd.concat([visited, others], ignore_index=True)
    return space.put(pa.Table.from_pandas(both[_FOR_ENGINE.names], _FOR_ENGINE, False))


_FOR_ENGINE = pa.schema(
    [("side", pa.int64()), ("key", pa.int32())]
    + [(name, pa.float64()) for name in ("slope_last", "slope_mean", "centre", "factor", "share")]
)


def _trials(space: Workspace, study: Study, visits: Visits, codes: Codes) -> ir.Table:
    """Who begins a trial, about which kind of visit: the visited, and beside them, in each stratum
    and month with a visit of the kind, everyone not visited yet, with the odds of such a visit.
    """
    risk = tr.at_risk(study.rows)
    visited = risk.filter(risk.visited).join(visits.table, "unit")
    waiting = risk.filter(~risk.visited)
    if visits.comparable is not None:
        waiting = waiting.semi_join(visits.comparable, ["unit", "t"])
    if visits.members is not None:
        visited = visited.semi_join(visits.members, ["unit", "t", "value"])
        waiting = waiting.join(visits.members, ["unit", "t"])
    kinds = visited.select("stratum", "t", "value").distinct()
    place = ["stratum", "t"] if visits.members is None else ["stratum", "t", "value"]
    if not study.rules.weights:
        waiting = waiting.join(kinds, place).mutate(odds=ibis.literal(1.0))
    elif visits.values == 1:
        waiting = waiting.join(kinds, place)
        waiting = waiting.mutate(odds=waiting.h / (1 - waiting.h))
    else:
        waiting = _with_odds_of_kinds(space, study, visits, waiting)
    columns = ("unit", "first", "visited", "last", "mean", "leaving")
    own = visited.select(
        *columns,
        part=visited.part.cast("int32"),
        g="t",
        odds=ibis.literal(1.0),
        trial=_trial(codes, visited),
    )
    others = waiting.select(
        *columns, part=ibis.null("int32"), g="t", odds="odds", trial=_trial(codes, waiting)
    )
    return own.union(others)


def _trial(codes: Codes, t: ir.Table) -> ir.IntegerValue:
    value, stratum, month = (t[name].cast("int32") for name in ("value", "stratum", "t"))
    return codes.trial(value, stratum, month).cast("int32")


def _with_odds_of_kinds(
    space: Workspace, study: Study, visits: Visits, waiting: ir.Table
) -> ir.Table:
    """Those waiting, once for every kind of visit made in their stratum that month (and that
    concerns them): adds value, and odds: h_v / (1 - h), the chance of a first visit of that kind
    over that of none.
    """
    risk = tr.at_risk(study.rows)
    if visits.members is not None:
        risk = risk.join(visits.members, ["unit", "t"])
        counts = tr.counts_by_history(risk, ["visited"], study.rules, ["value"]).to_pandas()
        by_kind = [counts[counts["value"] == value] for value in range(visits.values)]
    else:
        risk = risk.left_join(visits.table.select("unit", "value"), "unit")
        names = [f"visited_{value}" for value in range(visits.values)]
        of_kind = {
            name: (risk.visited & (risk["value"] == value)).fill_null(False)
            for value, name in enumerate(names)
        }
        counts = tr.counts_by_history(risk.mutate(**of_kind), names, study.rules).to_pandas()
        by_kind = [counts.assign(visited=counts[name]) for name in names]
    tables = []
    for value, counts in enumerate(by_kind):
        fitted, coefficients = _fit(space, counts, study.groups)
        kind = waiting if visits.members is None else waiting.filter(waiting["value"] == value)
        t = kind.join(coefficients, ["stratum", "t"])
        odds = tr.chance(t, fitted) / (1 - t.h)
        columns = [name for name in waiting.columns if name != "value"]
        tables.append(t.select(*columns, value=ibis.literal(value, "int32"), odds=odds))
    return ibis.union(*tables)


def _fit(space: Workspace, frame: pd.DataFrame, groups: Sequence[int]) -> tuple[Chances, ir.Table]:
    """The chances of the visits counted, and their coefficients on the engine: by stratum and t,
    only where there was such a visit. `frame`: `trials.counts_by_history`.
    """
    places = frame[["stratum", "t"]].drop_duplicates(ignore_index=True)
    place = np.asarray(frame.groupby(["stratum", "t"], sort=False).ngroup(), dtype=np.int64)
    fitted = fit_chances(
        Counts(
            place,
            frame["last"].to_numpy(np.float64),
            frame["mean"].to_numpy(np.float64),
            frame["students"].to_numpy(np.float64),
            frame["visited"].to_numpy(np.float64),
            np.asarray(groups, dtype=np.int64)[places["stratum"].to_numpy(np.int64)],
        )
    )
    places = places.assign(**coefficient_columns(fitted))
    places = places[np.isfinite(places["intercept"])]
    schema = pa.schema(
        [
            (name, pa.int32() if name in ("stratum", "t") else pa.float64())
            for name in places.columns
        ]
    )
    return fitted, space.put(pa.Table.from_pandas(places, schema, False))
