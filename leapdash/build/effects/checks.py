"""What effects of visits are judged by: who was compared, how alike they were, and for whom not."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from leapdash.build.effects.panel import SCHOOLS, EffectPanel
from leapdash.build.panel.panel import Panel
from leapdash.build.panel.to_contract import in_days
from leapdash.contract import BALANCE, LEFT_OUT, MONTHS_AFTER, SHARES_VISITED
from leapdash.contract.thresholds import MANY_VISITED, SOME_VISITED
from leapdash.estimator.estimate import Estimate, Study

LAST_MONTH, THREE_MONTHS = tuple(BALANCE)[:2]


def balance(found: Estimate, groups: ir.Table) -> pd.DataFrame:
    """By stratum and measure: visited, visited_mean, visited_sd, comparison_before,
    comparison_after; the comparison's are means by trial, weighing as many as were visited in it.

    `groups`: unit, t, group: the student groups of everyone in every month.
    """
    begun = found.begun
    rates = [
        begun.select("trial", "visited", "odds", measure=ibis.literal(name), x=begun[column])
        for name, column in ((LAST_MONTH, "last"), (THREE_MONTHS, "mean"))
    ]
    rates_by_trial = _by_trial(ibis.union(*rates))
    members = begun.join(groups.rename(g="t"), ["unit", "g"])
    flags = members.select(
        "trial", "visited", "odds", measure="group " + members.group, x=ibis.literal(1.0)
    )
    totals = rates_by_trial[rates_by_trial["measure"] == LAST_MONTH]
    totals = totals[["trial", "visited", "n", "odds"]]
    shares = _by_trial(flags).drop(columns=["n", "odds"])
    measures = pd.DataFrame({"measure": shares["measure"].unique()})
    # A trial without members of a group has a share of 0.
    shares = totals.merge(measures, how="cross").merge(
        shares, on=["trial", "visited", "measure"], how="left"
    )
    every = pd.concat([rates_by_trial, shares.fillna({"x": 0.0, "xx": 0.0, "wx": 0.0})])

    treated = every[every["visited"]].rename(columns={"n": "treated", "x": "sum", "xx": "squares"})
    others = every[~every["visited"]]
    others = others.assign(before=others["x"] / others["n"], after=others["wx"] / others["odds"])
    t = treated[["trial", "measure", "treated", "sum", "squares"]].merge(
        others[["trial", "measure", "before", "after"]], on=["trial", "measure"]
    )
    codes = found.codes
    t["stratum"] = t["trial"] // codes.months % codes.strata
    for name in ("before", "after"):
        t[name] = t[name] * t["treated"]
    sums = t.groupby(["stratum", "measure"], as_index=False)[
        ["treated", "sum", "squares", "before", "after"]
    ].sum()
    n = sums["treated"]
    mean = sums["sum"] / n
    return pd.DataFrame(
        {
            "stratum": sums["stratum"],
            "measure": sums["measure"],
            "visited": n,
            "visited_mean": mean,
            "visited_sd": np.sqrt(np.maximum(sums["squares"] / n - mean**2, 0.0)),
            "comparison_before": sums["before"] / n,
            "comparison_after": sums["after"] / n,
        }
    )


def _by_trial(t: ir.Table) -> pd.DataFrame:
    found: pd.DataFrame = (
        t.group_by("trial", "visited", "measure")
        .agg(
            n=t.count(),
            odds=t.odds.sum(),
            x=t.x.sum(),
            xx=(t.x * t.x).sum(),
            wx=(t.odds * t.x).sum(),
        )
        .to_pandas()
    )
    return found


def compared(panel: EffectPanel, study: Study, found: Estimate) -> pd.DataFrame:
    """By stratum, period and reason (LEFT_OUT): how many visited students."""
    then = study.rows.filter(study.rows["first"] == study.rows.t).select("unit", "can_begin")
    t = panel.visited.left_join(then, "unit")
    served = found.begun.filter(~found.begun.visited).select("trial").distinct()
    begun = found.begun.filter(found.begun.visited).semi_join(served, "trial")
    t = t.select("unit", "stratum", "period", "can_begin")
    t = t.left_join(begun.select("unit", compared=ibis.literal(True)), "unit")
    reasons = list(LEFT_OUT)
    reason = ibis.cases(
        (t.compared.fill_null(False), reasons[0]),
        (t.can_begin.isnull(), reasons[1]),
        (~t.can_begin, reasons[2]),
        else_=reasons[3],
    )
    t = t.mutate(reason=reason)
    counts: pd.DataFrame = (
        t.group_by("stratum", "period", "reason").agg(students=t.count()).to_pandas()
    )
    return counts


def visited_days(
    panel: EffectPanel, slices: Sequence[tuple[str, ir.Table]], years: ir.Table
) -> ir.Table:
    """slice, slice_value, stratum, period, year, event_time (one of MONTHS_AFTER), students,
    days_enrolled of all visited students.

    `slices`: name, and unit with slice_value. `years`: t, year.
    """
    months = panel.months.join(years, "t")
    t = panel.visited.select("unit", "stratum", "period", "first").join(
        months.select("unit", "t", "enrolled", "year"), "unit"
    )
    t = t.mutate(event_time=(t.t - t["first"]).cast("int64"))
    t = t.filter(t.event_time.between(MONTHS_AFTER[0], MONTHS_AFTER[-1]))
    parts = []
    for name, values in slices:
        s = t.join(values, "unit")
        keys = ["slice_value", "stratum", "period", "year", "event_time"]
        sums = s.group_by(*keys).agg(students=s.count(), days_enrolled=in_days(s.enrolled.sum()))
        parts.append(sums.mutate(slice=ibis.literal(name)))
    return ibis.union(*parts)


def spillover(panel: Panel) -> ir.Table:
    """The contract's table `spillover`, with district and level as numbers, year as a number.

    A student belongs to the school with most days enrolled in the school year (then the smallest
    code); a school's share visited counts everyone enrolled there that school year.
    """
    years = panel.years
    ends = panel.months.group_by("year").agg(last_no=panel.months.month_no.max())
    t = years.join(ends.rename(end_no="last_no"), "year")
    by_end = (t.visited_no <= t.end_no).fill_null(False)
    schools = t.group_by("school", "year").agg(share=by_end.cast("float64").mean())
    never = years.filter(years.visited_no.isnull())
    rank = never.enrolled.cast("int32") * SCHOOLS - never.school.cast("int32")
    main = {name: never[name].argmax(rank) for name in ("school", "district", "level")}
    student = never.group_by("student", "year").agg(
        **main, enrolled=never.enrolled.sum(), absent=never.absent.sum()
    )
    before = student.select(
        "student",
        year=(student.year + 1).cast("int16"),
        enrolled_before="enrolled",
        absent_before="absent",
    )
    t = student.join(before, ["student", "year"]).join(schools, ["school", "year"])
    names = list(SHARES_VISITED)
    band = ibis.cases(
        (t.share == 0, names[0]),
        (t.share < SOME_VISITED, names[1]),
        (t.share < MANY_VISITED, names[2]),
        else_=names[3],
    )
    t = t.mutate(share_visited=band)
    return t.group_by("year", "district", "level", "share_visited").agg(
        students=t.count(),
        days_enrolled=in_days(t.enrolled.sum()),
        days_attended=in_days((t.enrolled - t.absent).sum()),
        days_enrolled_before=in_days(t.enrolled_before.sum()),
        days_attended_before=in_days((t.enrolled_before - t.absent_before).sum()),
    )
