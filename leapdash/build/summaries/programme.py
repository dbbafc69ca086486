"""The home visits: how many, whom they reached, and how visited students attended around them."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from leapdash.build.panel.panel import ELIGIBLE, VISITED, Panel
from leapdash.build.panel.to_contract import in_days, labelled
from leapdash.contract import EVENT_TIMES, FIRST_VISITS, LANGUAGES, VISIT_KINDS, WAITING

_NAMED_LANGUAGES = [code for code in LANGUAGES if code != "other"]


def visits(panel: Panel) -> ir.Table:
    """The table `visits`: month x school x level x contact."""
    t = panel.visits
    return labelled(_counted(t, "month", "school", "level", "contact"), panel)


def visits_by_kind(panel: Panel) -> ir.Table:
    """The table `visits_by_kind`: school year x district x level x kind x value."""
    t = _with_district(panel.visits, panel)
    t = t.mutate(language=_language(t))
    parts = [
        _counted(
            t.mutate(kind=ibis.literal(kind), value=t[kind]),
            "year",
            "district",
            "level",
            "kind",
            "value",
        )
        for kind in VISIT_KINDS
    ]
    return labelled(ibis.union(*parts), panel)


def reach(panel: Panel, memberships: ir.Table) -> ir.Table:
    """The table `reach`: month x school x level x group; counts are null in months in which the
    school's district takes no part.
    """
    t = panel.rows
    visited = t.participation == VISITED
    waiting = t.participation == ELIGIBLE
    counts: Mapping[str, ir.BooleanValue] = {
        "ever_eligible": t.eligible,
        "ever_eligible_visited": t.eligible & visited,
        "waiting": waiting,
        "tried": waiting & t.tried,
        "visited_not_eligible": visited & ~t.eligible,
        **{name: t.waits == number for number, name in enumerate(WAITING, start=1)},
        **{name: t.waited == number for number, name in enumerate(FIRST_VISITS, start=1)},
    }
    keys = ["month_no", "school", "level"]
    by_set = t.group_by(*keys, "group_set").agg(**{name: c.sum() for name, c in counts.items()})
    by_set = by_set.join(memberships, "group_set")
    table = by_set.group_by(*keys, "group").agg(**{name: by_set[name].sum() for name in counts})
    takes_part = _takes_part(panel)
    table = table.left_join(takes_part, ["month_no", "school"])
    part = table.takes_part.fill_null(False)
    table = table.select(
        *keys,
        "group",
        **{name: ibis.ifelse(part, table[name], ibis.null("int64")) for name in counts},
    )
    return labelled(table, panel)


def paths(panel: Panel) -> ir.Table:
    """The table `paths`: district x school x level x cohort period x language x months since the
    first visit. A student's days at all schools are added up.
    """
    first = panel.visits.filter(panel.visits["first"])
    first = first.select(
        "student", "school", "level", "cohort_period", language=_language(first), start="month_no"
    )
    days = panel.rows.select("student", "month_no", "enrolled", "absent")
    t = first.join(days, "student")
    t = t.mutate(event_time=t.month_no - t.start)
    t = t.filter(t.event_time.between(EVENT_TIMES.start, EVENT_TIMES.stop - 1))
    table = t.group_by("school", "level", "cohort_period", "language", "event_time").agg(
        students=t.student.nunique(),
        days_enrolled=in_days(t.enrolled.sum()),
        days_attended=in_days(t.enrolled.sum() - t.absent.sum()),
    )
    return labelled(table, panel)


def school_profile(panel: Panel) -> ir.Table:
    """The table `school_profile`, from the enrollment: school year x school x level."""
    t = panel.enrollment
    flags = {
        "high_needs": t.high_needs,
        "english_learner": t.english_learner,
        "disability": t.disability,
        "free_or_reduced_meals": t.meals,
        "homeless": t.homeless,
    }
    table = t.group_by("year", "school", "level").agg(
        students=t.count(), **{name: flag.sum() for name, flag in flags.items()}
    )
    return labelled(table, panel)


def _counted(t: ir.Table, *keys: str) -> ir.Table:
    return t.group_by(*keys).agg(
        visits=t.count(), students=t.student.nunique(), first_visits=t["first"].sum()
    )


def _language(t: ir.Table) -> ir.StringValue:
    return ibis.ifelse(t.language.isin(_NAMED_LANGUAGES), t.language, "other")


def _with_district(t: ir.Table, panel: Panel) -> ir.Table:
    return t.join(panel.schools.select("school", "district"), "school")


def _takes_part(panel: Panel) -> ir.Table:
    """The school months with a day from leap_from to leap_until: month_no, school, takes_part."""
    t = panel.schools.select("school", "leap_from", "leap_until").cross_join(
        panel.months.select("month_no", "month", "month_end")
    )
    part = (t.leap_from <= t.month_end) & (t.leap_until.isnull() | (t.leap_until >= t.month))
    return t.filter(part).select("month_no", "school", takes_part=True)
