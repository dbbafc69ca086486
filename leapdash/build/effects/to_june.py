"""Chronic absence from a visit to June: an outcome of the rest of a school year."""

import ibis
import ibis.expr.types as ir
import pandas as pd

from leapdash.build.effects.panel import EffectPanel
from leapdash.build.panel.panel import MINIMUM_HALF_DAYS, Panel, is_absent_for
from leapdash.contract.thresholds import CHRONIC_SHARE_ABSENT
from leapdash.engines import Workspace
from leapdash.estimator.estimate import Estimate

_JUNE = 6
_DAYS = ("enrolled", "absent")


def last_months(space: Workspace, panel: Panel) -> tuple[int | None, ...]:
    """By school month, the last one of its school year; None in a last school year whose data end
    before June.
    """
    months = panel.months.filter(panel.months.month_no.notnull())
    found = space.frame(months.select("month_no", "year", "month").order_by("month_no"))
    last = found.groupby("year").tail(1)
    whole = (last["year"] < found["year"].max()) | (pd.to_datetime(last["month"]).dt.month == _JUNE)
    ends = {
        int(year): int(number) if there else None
        for year, number, there in zip(last["year"], last["month_no"], whole, strict=True)
    }
    return tuple(ends[int(year)] for year in found["year"])


def absence_to_june(made: EffectPanel, panel: Panel) -> ir.Table:
    """Whether students are absent for a tenth or more of the days they are enrolled: unit, t, y
    (from that month to the end of its school year, 1 or 0), whole_year (in all of that school
    year); null below the days that chronic absence asks for.
    """
    t = made.months.select("unit", "t", "enrolled", "absent")
    t = t.join(panel.months.select("year", t="month_no"), "t")
    year = ibis.window(group_by=[t.unit, t.year])
    rest = ibis.window(group_by=[t.unit, t.year], order_by=t.t, preceding=0, following=None)
    for name, over in (("y", rest), ("whole_year", year)):
        enrolled, absent = (t[days].cast("int64").sum().over(over) for days in _DAYS)
        chronic = is_absent_for(CHRONIC_SHARE_ABSENT, absent, enrolled).cast("float64")
        enough = enrolled >= MINIMUM_HALF_DAYS
        t = t.mutate(**{name: ibis.ifelse(enough, chronic, ibis.null("float64"))})
    return t.select("unit", "t", "y", "whole_year")


def over_the_whole_year(
    space: Workspace, made: EffectPanel, found: Estimate, absence: ir.Table
) -> pd.DataFrame:
    """How many of the visited compared are absent for a tenth or more of all days of the school
    year of their visit: atom, e, whole_year.
    """
    t = found.influence.filter(found.influence.visited)
    t = t.join(made.visited.select("unit", t="first"), "unit").join(absence, ["unit", "t"])
    return space.frame(t.group_by("atom", "e").agg(whole_year=t.whole_year.sum()))
