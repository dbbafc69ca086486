"""The estimator in its order: propensity, trials, sums by cell, effects, influence.

`event_study` opens it to researchers, `build.effects` to the build. The method is set out in
docs/methods.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from leapdash.engines import Workspace
from leapdash.estimator import trials as tr
from leapdash.estimator.cell_effects import solve
from leapdash.estimator.design import Design
from leapdash.estimator.numbering import COMPARISON, Numbering
from leapdash.estimator.propensity import Counts, coefficient_columns, fit_propensity


@dataclass(frozen=True)
class Study:
    """A panel made ready: every unit's months with past outcomes and the propensity of a visit.

    `rows`: see `trials.weighted`, on the engine. `groups`: by stratum, the set of strata that
    share slopes of their own. `months`: how many there are. `base`: the column of `rows` with the
    outcome in the month before, which changes are counted from. `until`: of an outcome that looks
    from the month a trial begins to the end of a period, see `of_period`; else None.
    """

    rows: ir.Table
    groups: tuple[int, ...]
    months: int
    design: Design
    base: str = "last"
    until: tuple[int | None, ...] | None = None


@dataclass(frozen=True)
class VisitKinds:
    """Whose visits an estimate is about, and of which kind each is.

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


@dataclass(frozen=True)
class Estimate:
    """Effects by cell, and what the two passes over the units leave behind.

    `numbering`: what cells and atoms stand for. `sums`: `trials.sums_by_side`. `cells`: what
    `cell_effects.solve` makes of them. `begun`: who begins which trial, kept on the engine.
    `waiting`: all who could have served in it, drawn or not: unit, trial, g, measures.
    `roles`: `trials.roles`, an expression. `influence`: `trials.influence`, kept on the engine.
    `until`: see Study.
    """

    numbering: Numbering
    sums: pd.DataFrame
    cells: pd.DataFrame
    begun: ir.Table
    waiting: ir.Table
    roles: ir.Table
    influence: ir.Table
    until: tuple[int | None, ...] | None = None


def prepare(
    space: Workspace, panel: ir.Table, groups: Sequence[int], months: int, design: Design
) -> Study:
    """The panel with history, propensity and what staying unvisited is worth, on the engine.

    `panel`: unit, t, y, stratum (a number from 0; below 0 for rows that begin no trial), first,
    and the design's covariates.
    `groups`: by stratum; `months`: how many; see Study.
    """
    history = space.keep(tr.with_history(panel, design))
    coefficients = None
    if design.weights:
        students = space.frame(tr.drawn(tr.at_risk(history), [], design))
        coefficients = _put(space, _coefficients(students, "is_visited", groups, design))
    rows = space.keep(tr.weighted(history, coefficients, design))
    space.drop(history)
    return Study(rows, tuple(groups), months, design)


def of_outcome(space: Workspace, study: Study, outcome: ir.Table) -> Study:
    """The study of another outcome of the same units: who is compared with whom, and how much each
    counts, stays as it is.

    `outcome`: unit, t, y (null where it wasn't observed).
    """
    t = study.rows.drop("y").left_join(outcome.select("unit", "t", "y"), ["unit", "t"])
    t = t.select(*study.rows.columns)
    over = ibis.window(group_by=t.unit, order_by=t.t)
    follows = t.t.lag(1).over(over) == t.t - 1
    before = ibis.ifelse(follows, t.y.lag(1).over(over), ibis.null("float64"))
    return replace(study, rows=space.keep(t.mutate(before=before)), base="before")


def of_period(
    space: Workspace, study: Study, outcome: ir.Table, until: Sequence[int | None]
) -> Study:
    """The study of an outcome that looks from the month a trial begins to the end of a period: who
    is compared, and the odds of a visit, stay as they are; a comparison unit must not be visited
    before that end, and its weight makes up for those who are. One event time, 0; the outcome
    itself is compared, not its change.

    `outcome`: unit, t, y (from month t on; null where it can't be told). `until`: by month, the
    last month of its period; None where the data end before that, and no trial begins.
    """
    ends = [(t, end) for t, end in enumerate(until) if end is not None]
    types = pa.schema([("t", pa.int16()), ("until", pa.int16())])
    rows = [{"t": t, "until": end} for t, end in ends]
    periods = space.put(pa.Table.from_pylist(rows, types))
    t = study.rows.drop("y").left_join(periods, "t").drop("t_right")
    t = t.left_join(outcome.select("unit", "t", "y"), ["unit", "t"])
    t = t.mutate(y=ibis.ifelse(t.until.isnull(), ibis.null("float64"), t.y))
    # A running sum: the last of a period's months has the largest.
    last = t.leaving.max().over(ibis.window(group_by=[t.unit, t.until]))
    t = t.select(*study.rows.columns, "until", leaving_until=last)
    design = replace(study.design, event_times=(0,))
    return replace(study, rows=space.keep(t), design=design, until=tuple(until))


def estimate(
    space: Workspace, study: Study, kinds: VisitKinds, design: Design | None = None
) -> Estimate:
    """The effects on the visited of `kinds`, by cell, and every unit's influence on them.

    Units visited but not listed are in nobody's comparison from then on, and in no effect.
    `design`: the study's, or another with the same measures of the past.
    """
    design = design or study.design
    numbering = Numbering.of(len(study.groups), study.months, kinds.parts, design.event_times)
    visited, waiting = _trials(space, study, kinds, numbering)
    begun = space.keep(visited.union(tr.serving(waiting, design).drop("t")))
    if study.until is None:
        roles = tr.roles(begun, study.rows, numbering, design, study.base)
    else:
        roles = tr.roles_of_period(begun, study.rows, numbering, design)
    sums = space.frame(tr.sums_by_side(roles, design))
    cells = solve(sums, numbering, design)
    terms = tr.terms_of_effect(roles, on_engine(space, cells, numbering, design), design)
    influence = space.keep(tr.influence(terms, numbering))
    return Estimate(numbering, sums, cells, begun, waiting, roles, influence, study.until)


def on_engine(
    space: Workspace, cells: pd.DataFrame, numbering: Numbering, design: Design
) -> ir.Table:
    """The cells of `cell_effects.solve` as `trials.terms_of_effect` asks for them, on the engine.

    By key and side: the slopes, the centre residuals are taken from, the factor times weight they
    count with, and what a unit of weight is of all weight. The same arithmetic for both sides: a
    visited unit's weight is 1 and no share of anything.
    """
    slopes = [f"slope_{name}" for name in design.measures]
    common = cells[["key", *slopes]]
    cell = cells["cell"].astype("int64")
    visited = common.assign(
        side=numbering.side(cell, cells["part"]),
        centre=cells["visited_centre"],
        factor=cells["visited_factor"],
        share=0.0,
    )
    others = common.assign(
        side=numbering.side(cell, pd.Series(COMPARISON, cells.index)),
        centre=cells["comparison_centre"],
        factor=-cells["visited_here"] / cells["weight"],
        share=1 / cells["weight"],
    )
    both = pd.concat([visited, others], ignore_index=True)
    schema = pa.schema(
        [("side", pa.int64()), ("key", pa.int32())]
        + [(name, pa.float64()) for name in (*slopes, "centre", "factor", "share")]
    )
    return space.put(pa.Table.from_pandas(both[schema.names], schema, preserve_index=False))


def _trials(
    space: Workspace, study: Study, kinds: VisitKinds, numbering: Numbering
) -> tuple[ir.Table, ir.Table]:
    """Who can begin a trial, about which kind of visit: the visited, and in each stratum and month
    with a visit of the kind everyone not visited yet, with the odds of such a visit (and t).
    """
    risk = tr.at_risk(study.rows)
    visited = risk.filter(risk.visited).join(kinds.table, "unit")
    waiting = risk.filter(~risk.visited)
    if kinds.comparable is not None:
        waiting = waiting.semi_join(kinds.comparable, ["unit", "t"])
    if kinds.members is not None:
        visited = visited.semi_join(kinds.members, ["unit", "t", "value"])
        waiting = waiting.join(kinds.members, ["unit", "t"])
    made = visited.select("stratum", "t", "value").distinct()
    slot = ["stratum", "t"] if kinds.members is None else ["stratum", "t", "value"]
    if not study.design.weights:
        waiting = waiting.join(made, slot).mutate(odds=ibis.literal(1.0))
    elif kinds.values == 1:
        waiting = waiting.join(made, slot)
        waiting = waiting.mutate(odds=waiting.h / (1 - waiting.h))
    else:
        # Only slots with a visit of the kind have coefficients.
        waiting = waiting.join(_coefficients_of_kinds(space, study, kinds), slot)
        waiting = waiting.mutate(odds=tr.propensity(waiting, study.design) / (1 - waiting.h))
    measures = study.design.measures
    more = () if study.base in measures else (study.base,)
    columns = ("unit", "first", "visited", *measures, "leaving", *more)
    own = visited.select(
        *columns,
        part=visited.part.cast("int32"),
        g="t",
        odds=ibis.literal(1.0),
        trial=_trial(numbering, visited),
    )
    others = waiting.select(
        *columns, "t", part=ibis.null("int32"), g="t", odds="odds", trial=_trial(numbering, waiting)
    )
    return own, others


def _trial(numbering: Numbering, t: ir.Table) -> ir.IntegerValue:
    value, stratum, month = (t[name].cast("int32") for name in ("value", "stratum", "t"))
    return numbering.trial(value, stratum, month).cast("int32")


def _coefficients_of_kinds(space: Workspace, study: Study, kinds: VisitKinds) -> ir.Table:
    """The propensity of a first visit of each kind, on the engine: `coefficient_columns` by value,
    stratum and t. Its odds, h_v / (1 - h), are the chance of such a visit over that of none.
    """
    design, risk = study.design, tr.at_risk(study.rows)
    if kinds.members is not None:
        risk = risk.join(kinds.members, ["unit", "t"])
        own = kinds.table.select("unit", "value", of_kind=ibis.literal(True))
        risk = risk.left_join(own, ["unit", "value"]).select(*risk.columns, "of_kind")
        risk = risk.mutate(of_kind=risk.visited & risk.of_kind.fill_null(False))
        students = space.frame(tr.drawn(risk, ["of_kind"], design, ["value"]))
        by_kind = [
            (students[students["value"] == value], "of_kind") for value in range(kinds.values)
        ]
    else:
        risk = risk.left_join(kinds.table.select("unit", "value"), "unit")
        names = [f"visited_{value}" for value in range(kinds.values)]
        of_kind = {
            name: (risk.visited & (risk["value"] == value)).fill_null(False)
            for value, name in enumerate(names)
        }
        students = space.frame(tr.drawn(risk.mutate(**of_kind), names, design))
        by_kind = [(students, name) for name in names]
    frames = [
        _coefficients(own, visited, study.groups, design).assign(value=value)
        for value, (own, visited) in enumerate(by_kind)
    ]
    return _put(space, pd.concat(frames, ignore_index=True))


def _coefficients(
    students: pd.DataFrame, visited: str, groups: Sequence[int], design: Design
) -> pd.DataFrame:
    """`coefficient_columns` by stratum and t, only where there was a visit.

    `students`: `trials.drawn`, of one kind. `visited`: the column that says who was visited.
    """
    slots = students[["stratum", "t"]].drop_duplicates(ignore_index=True)
    slot = np.asarray(students.groupby(["stratum", "t"], sort=False).ngroup(), dtype=np.int64)
    fitted = fit_propensity(
        Counts(
            slot,
            students[list(design.measures)].to_numpy(np.float64),
            students["weight"].to_numpy(np.float64),
            students[visited].to_numpy(np.float64),
            np.asarray(groups, dtype=np.int64)[slots["stratum"].to_numpy(np.int64)],
            len(design.covariates),
        )
    )
    slots = slots.assign(**coefficient_columns(fitted, design.measures))
    found: pd.DataFrame = slots[np.isfinite(slots["intercept"])]
    return found


def _put(space: Workspace, coefficients: pd.DataFrame) -> ir.Table:
    numbers = ("value", "stratum", "t")
    schema = pa.schema(
        [(name, pa.int32() if name in numbers else pa.float64()) for name in coefficients.columns]
    )
    return space.put(pa.Table.from_pandas(coefficients, schema, preserve_index=False))
