"""What effects are judged by, as the contract's tables."""

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from leapdash.build.effects import checks
from leapdash.build.effects.panel import KINDS, EffectPanel
from leapdash.build.panel.panel import Panel
from leapdash.build.panel.student_groups import memberships
from leapdash.build.panel.to_contract import labelled
from leapdash.engines import Workspace
from leapdash.estimator.estimate import Estimate


def check_tables(
    space: Workspace, panel: Panel, made: EffectPanel, found: Estimate, reasons: ir.Table
) -> dict[str, pd.DataFrame]:
    """The tables `balance`, `visited_days`, `visited_compared` and `spillover`, by name.

    `found`: the estimate by cohort period. `reasons`: see `checks.reasons`.
    """
    years = panel.months.select("month_no", "year").rename(t="month_no")
    days = labelled(checks.visited_days(made, _slices(space, made), years), panel)
    compared = reasons.group_by("stratum", "period", "reason").agg(students=reasons.count())
    return {
        "balance": _with_area(checks.balance(space, found, made.months), made),
        "visited_days": _with_area(_with_period(space.frame(days), made), made),
        "visited_compared": _with_area(_with_period(space.frame(compared), made), made),
        "spillover": space.frame(labelled(checks.spillover(panel), panel)),
    }


def _slices(space: Workspace, made: EffectPanel) -> list[tuple[str, ir.Table]]:
    """The slices days are counted by: name, and unit with slice_value."""
    visited = made.visited
    codes = {**KINDS, "cohort_period": made.periods, "school": made.schools}
    numbers = {**{kind: kind for kind in KINDS}, "cohort_period": "period", "school": "school"}
    slices = [("all", visited.select("unit", slice_value=ibis.literal("all")))]
    for name, column in numbers.items():
        value = ibis.cases(*((visited[column] == k, c) for k, c in enumerate(codes[name])))
        slices.append((name, visited.select("unit", slice_value=value)))
    sets = space.put(memberships(with_others=True))
    own = visited.join(sets.filter(sets.group != "all"), "group_set")
    return [*slices, ("group", own.select("unit", slice_value="group"))]


def _with_area(frame: pd.DataFrame, made: EffectPanel) -> pd.DataFrame:
    districts, levels = zip(*made.areas, strict=True)
    stratum = frame["stratum"].to_numpy(np.int64)
    return frame.assign(
        district_code=np.array(districts, dtype=object)[stratum],
        level=np.array(levels, dtype=object)[stratum],
    )


def _with_period(frame: pd.DataFrame, made: EffectPanel) -> pd.DataFrame:
    periods = np.array(made.periods, dtype=object)
    return frame.assign(cohort_period=periods[frame["period"].to_numpy(np.int64)])
