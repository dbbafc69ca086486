"""What effects of visits are judged by: who was compared, how alike they were, and for whom not."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from leapdash.build.effects.panel import LAST_YEAR, SCHOOLS, SCHOOLS_PAST, EffectPanel
from leapdash.build.panel.panel import Panel
from leapdash.build.panel.student_groups import memberships
from leapdash.build.panel.to_contract import in_days
from leapdash.contract import BALANCE, LEFT_OUT, MONTHS_AFTER, SHARES_VISITED
from leapdash.contract.thresholds import MANY_VISITED, SOME_VISITED
from leapdash.engines import Workspace
from leapdash.estimator.design import PAST
from leapdash.estimator.estimate import Estimate, Study

RATES = dict(zip(BALANCE, (*PAST, *LAST_YEAR, *SCHOOLS_PAST), strict=False))
"""The measures of past attendance as the estimator calls them, by their codes."""

_WITHOUT = {"earlier": "none", "last_year": "no_last_year"}

_LAST_MONTH = next(iter(RATES))


def balance(space: Workspace, found: Estimate, months: ir.Table) -> pd.DataFrame:
    """How alike the visited and their comparison were when trials began, by stratum and measure.

    visited, visited_mean, visited_sd, comparison_before, comparison_after; the comparison's are
    means by trial, weighing as many as were visited in it. `months`: unit, t, group_set.
    """
    begun = _sums_by_trial(space, found.begun, months)
    waiting = _sums_by_trial(space, found.waiting, months)
    waiting = waiting.assign(before=waiting["x"] / waiting["n"])
    served = begun[~begun["visited"]]
    served = served.assign(after=served["wx"] / served["odds"])
    names = {"n": "treated", "x": "sum", "xx": "squares"}
    t = begun[begun["visited"]].rename(columns=names)[["trial", "measure", *names.values()]]
    for side, name in ((waiting, "before"), (served, "after")):
        t = t.merge(side[["trial", "measure", name]], on=["trial", "measure"])
    # In some trial nobody compared may have an earlier month.
    t = t[(t["treated"] > 0) & t["after"].notna()].reset_index(drop=True)
    t["stratum"] = found.numbering.stratum(t["trial"])
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


def _sums_by_trial(space: Workspace, begun: ir.Table, months: ir.Table) -> pd.DataFrame:
    """The sums of every measure: trial, visited, measure; n, odds, x, xx (squares), wx."""
    rates = _rates_by_trial(space, begun)
    # A trial without members of a group has a share of 0.
    groups = _members_by_trial(space, begun, months)
    totals = rates.loc[rates["measure"] == _LAST_MONTH, ["trial", "visited", "n", "odds"]]
    shares = totals.merge(pd.DataFrame({"measure": groups["measure"].unique()}), how="cross")
    shares = shares.merge(groups, on=["trial", "visited", "measure"], how="left")
    return pd.concat([rates, shares.fillna({"x": 0.0, "xx": 0.0, "wx": 0.0})])


def _rates_by_trial(space: Workspace, begun: ir.Table) -> pd.DataFrame:
    """The sums of past attendance: trial, visited, measure; n, odds, x, xx (squares), wx, over the
    students who have the measure.
    """
    everyone = begun.none * 0 + 1
    sums = {
        f"{what}_{column}": values.sum()
        for column in RATES.values()
        for has in [1 - begun[_WITHOUT[column]] if column in _WITHOUT else everyone]
        for what, values in (
            ("n", has),
            ("odds", begun.odds * has),
            ("x", has * begun[column]),
            ("xx", has * begun[column] * begun[column]),
            ("wx", has * begun.odds * begun[column]),
        )
    }
    found = space.frame(begun.group_by("trial", "visited").agg(**sums))
    parts = []
    for measure, column in RATES.items():
        own = {f"{what}_{column}": what for what in ("n", "odds", "x", "xx", "wx")}
        part = found[["trial", "visited", *own]].rename(columns=own)
        parts.append(part.assign(measure=measure))
    return pd.concat(parts, ignore_index=True)


def _members_by_trial(space: Workspace, begun: ir.Table, months: ir.Table) -> pd.DataFrame:
    """The members of each group: trial, visited, measure; x and xx (how many), wx (odds)."""
    t = begun.join(months.select("unit", "group_set", g="t"), ["unit", "g"])
    by_set = space.frame(
        t.group_by("trial", "visited", "group_set").agg(x=t.count(), wx=t.odds.sum())
    )
    groups = memberships().to_pandas()
    groups = groups[groups["group"] != "all"]
    by_group = by_set.merge(groups.assign(measure="group " + groups["group"]), on="group_set")
    sums = by_group.groupby(["trial", "visited", "measure"], as_index=False)[["x", "wx"]].sum()
    return sums.assign(xx=sums["x"])


def reasons(panel: EffectPanel, study: Study, found: Estimate) -> ir.Table:
    """Whether visited students could be compared, or why not: unit, stratum, period, reason."""
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
    return t.select("unit", "stratum", "period", reason=reason)


def visited_days(
    panel: EffectPanel, slices: Sequence[tuple[str, ir.Table]], years: ir.Table
) -> ir.Table:
    """The days enrolled of all visited students in MONTHS_AFTER the visit.

    slice, slice_value, stratum, period, year, event_time, students, days_enrolled.
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
    """The table `spillover`, with numbers for district, level and school year.

    A student belongs to the school with most days enrolled in the school year (then the smallest
    code); a school's share visited counts everyone enrolled there that school year.
    """
    years = panel.years
    ends = panel.months.group_by("year").agg(last_no=panel.months.month_no.max())
    t = years.join(ends.rename(end_no="last_no"), "year")
    by_end = (t.visited_no <= t.end_no).fill_null(False)
    schools = t.group_by("school", "year").agg(share=by_end.cast("float64").mean())
    never = years.filter(years.visited_no.isnull())
    rank = never.enrolled.cast("int64") * SCHOOLS - never.school
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
    keys = ("year", "district", "level", "share_visited")
    sums = t.group_by(*keys).agg(
        students=t.count(),
        days_enrolled=in_days(t.enrolled.sum()),
        days_attended=in_days((t.enrolled - t.absent).sum()),
        days_enrolled_before=in_days(t.enrolled_before.sum()),
        days_attended_before=in_days((t.enrolled_before - t.absent_before).sum()),
    )
    return sums.join(variances_of_change(t, keys), keys)


def variances_of_change(t: ir.Table, keys: Sequence[str]) -> ir.Table:
    """The variance of the change of a cell's attendance rate: keys, schools, variance_student,
    variance_school.

    What a student adds to the change is what is left of the days absent once the cell's share of
    them is taken off, over all days enrolled: the year before less this year (the linearised
    change of two ratios of sums). Added up by school first, and so small samples don't look sure,
    each sum of squares is enlarged by n / (n - 1); 0 where there is one alone.
    """
    cell = ibis.window(group_by=list(keys))

    def part(absent: ir.Column, enrolled: ir.Column) -> ir.Value:
        days = enrolled.sum().over(cell).cast("float64")
        share = absent.sum().over(cell).cast("float64") / days
        # Nobody enrolled for a day has no rate, and no part in one.
        return ((absent.cast("float64") - share * enrolled) / days.nullif(0.0)).fill_null(0.0)

    t = t.mutate(x=part(t.absent_before, t.enrolled_before) - part(t.absent, t.enrolled))
    student = t.group_by(*keys, "school").agg(n=t.count(), x=t.x.sum(), xx=(t.x * t.x).sum())
    return student.group_by(*keys).agg(
        schools=student.count(),
        variance_student=_enlarged(student.xx.sum(), student.n.sum()),
        variance_school=_enlarged((student.x * student.x).sum(), student.count()),
    )


def _enlarged(squares: ir.Value, number: ir.Value) -> ir.Value:
    return ibis.ifelse(number > 1, squares * number / (number - 1), 0.0)
