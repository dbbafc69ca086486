"""Attendance by month; chronic absence by school year, and as it stood at each month's end."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from leapdash.build.panel.panel import (
    Panel,
    has_minimum,
    is_absent_for,
    is_chronic,
    participation_at,
)
from leapdash.build.panel.to_contract import in_days, labelled
from leapdash.contract import SPREAD, STATE_CODE, summary_table
from leapdash.contract.thresholds import LITTLE_SHARE_ABSENT, SEVERE_SHARE_ABSENT

_ADDED = (
    "students",
    "enrolled",
    "absent",
    "chronic_base",
    "chronically_absent",
    "students_absent",
    "absent_squared",
    "absent_enrolled",
    "enrolled_squared",
)


def attendance(panel: Panel) -> ir.Table:
    """The table `attendance`: month x district x school x level x participation."""
    return _published(_measured(panel.rows, "month_no", "school", "level", "participation"), panel)


def attendance_by_group(panel: Panel, memberships: ir.Table) -> ir.Table:
    """The table `attendance_by_group`: month x district x level x participation x group.

    A student's days are pooled within the district first; level and groups are those at the
    school with most days enrolled that month, then the smallest code.
    """
    keys = ["month_no", "district", "level", "participation"]
    in_districts = _pooled(panel.rows, ["student", "district", "month_no"], by=["enrolled"])
    by_set = _measured(in_districts, *keys, "group_set")
    t = by_set.join(memberships, "group_set")
    measures = {name: t[name].sum() for name in _ADDED}
    table = t.group_by(*keys, "group").agg(**measures, largest=t.largest.max())
    return _published(table, panel)


def chronic_absence(panel: Panel, memberships: ir.Table) -> ir.Table:
    """The table `chronic_absence`: school year x geography x level x participation x group.

    A student's days are pooled within the geography first. Level, participation and groups are
    those of the student's last enrolled month there, at the school with most days that month,
    then the smallest code. Who was in pre-kindergarten then is left out.
    """
    return _by_geography(panel, "chronic_absence", panel.years, "year", memberships)


def chronic_to_date(panel: Panel, memberships: ir.Table) -> ir.Table:
    """The table `chronic_to_date`: month x geography x level x participation x group.

    As `chronic_absence`, of the months of the school year up to that one.
    """
    return _by_geography(panel, "chronic_to_date", panel.to_date, "month_no", memberships)


def _by_geography(
    panel: Panel, name: str, years: ir.Table, period: str, memberships: ir.Table
) -> ir.Table:
    everyone = memberships.filter(memberships.group == "all")
    parts = [
        _by_band(panel, years, period, "school", everyone),
        _by_band(panel, years, period, "district", memberships),
        _by_band(panel, years, period, "state", memberships),
    ]
    columns = summary_table(name).column_names
    return ibis.union(*(part.select(*columns) for part in parts))


def _by_band(
    panel: Panel, years: ir.Table, period: str, geography: str, memberships: ir.Table
) -> ir.Table:
    unit = [] if geography == "state" else [geography]
    t = _pooled(years, [*unit, "student", period], by=["last_no", "last_enrolled"])
    t = t.filter(~t.pk & has_minimum(t))
    t = t.mutate(participation=participation_at(t, t.last_no))
    some = is_absent_for(LITTLE_SHARE_ABSENT, t.absent, t.enrolled)
    severe = is_absent_for(SEVERE_SHARE_ABSENT, t.absent, t.enrolled)
    keys = [period, *unit, "level", "participation"]
    # Added up by group set first: a student belongs to several groups.
    by_set = t.group_by(*keys, "group_set").agg(
        chronic_base=t.count(),
        absent_under_5=(~some).sum(),
        absent_5_to_10=(some & ~is_chronic(t)).sum(),
        absent_10_to_20=(is_chronic(t) & ~severe).sum(),
        absent_20_or_more=severe.sum(),
    )
    counts = [name for name in by_set.columns if name not in (*keys, "group_set")]
    members = by_set.join(memberships, "group_set")
    table = members.group_by(*keys, "group").agg(**{name: members[name].sum() for name in counts})
    table = labelled(table, panel).mutate(geography=ibis.literal(geography))
    if geography == "state":
        table = table.mutate(district_code=ibis.literal(STATE_CODE))
    if geography != "school":
        table = table.mutate(school_code=ibis.null("string"))
    return table


def _pooled(t: ir.Table, unit: Sequence[str], by: Sequence[str]) -> ir.Table:
    """The rows, one per unit: enrolled and absent added up, all else from the row that stands
    highest in the columns `by`, then has the smallest school code.

    Only students of several schools in a year can have more than one row in a unit.
    """
    single, several = t.filter(~t.several), t.filter(t.several)
    window = ibis.window(group_by=[several[name] for name in unit])
    highest = ibis.row_number().over(
        group_by=[several[name] for name in unit],
        order_by=[*(several[name].desc() for name in by), several.school],
    )
    pooled = several.mutate(
        enrolled=several.enrolled.sum().over(window),
        absent=several.absent.sum().over(window),
        rank=highest,
    )
    pooled = pooled.filter(pooled["rank"] == 0).select(*t.columns)
    return single.union(pooled.cast(dict(single.schema())))


def _measured(t: ir.Table, *keys: str) -> ir.Table:
    """The sums of the attendance measures by `keys`, days as half-days."""
    counted = ~t.pk & has_minimum(t)
    return t.group_by(*keys).agg(
        students=t.count(),
        enrolled=t.enrolled.sum(),
        absent=t.absent.sum(),
        chronic_base=counted.sum(),
        chronically_absent=(counted & is_chronic(t)).sum(),
        students_absent=(t.absent > 0).sum(),
        largest=t.enrolled.max(),
        **_products(t),
    )


def _products(t: ir.Table) -> dict[str, ir.IntegerScalar]:
    """Sums of squares and products of days, in quarter days squared, by the contract's names."""
    absent, enrolled = t.absent.cast("int64"), t.enrolled.cast("int64")
    return {
        "absent_squared": (absent * absent).sum(),
        "absent_enrolled": (absent * enrolled).sum(),
        "enrolled_squared": (enrolled * enrolled).sum(),
    }


def _published(t: ir.Table, panel: Panel) -> ir.Table:
    """The measures as the contract names them, days as days."""
    table = labelled(t, panel)
    return table.mutate(
        days_enrolled=in_days(table.enrolled),
        days_attended=in_days(table.enrolled - table.absent),
        largest_student_days=in_days(table.largest),
        **{column.name: table[column.name].cast("float64") / 4 for column in SPREAD},
    ).drop("enrolled", "absent", "largest")
