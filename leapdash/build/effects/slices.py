"""The slices effects are reported by: how each parts the visited, and who is the comparison."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.build.effects.by_area import EVENTS
from leapdash.build.effects.panel import COVARIATES, KINDS, EffectPanel
from leapdash.build.panel.student_groups import memberships
from leapdash.contract import (
    EFFECT_GROUPS,
    FEW_VISITED_SCHOOLS,
    FOLLOWED,
    HEADLINES,
    MONTHS_BEFORE,
)
from leapdash.contract.thresholds import FOLLOWED_UNTIL, MANY_VISITED
from leapdash.engines import Workspace
from leapdash.estimator.design import Design
from leapdash.estimator.estimate import VisitKinds

HEADLINE_EVENTS = tuple(e for e in EVENTS if any(e in times for times in HEADLINES.values()))

DESIGN = Design(event_times=EVENTS, covariates=COVARIATES)
RECENT = Design(event_times=(*MONTHS_BEFORE, *HEADLINE_EVENTS), earlier=False)
"""How a release's effects are estimated; and what is estimated beside them, to see how far a
comparison with three months of history alone would mislead.
"""


@dataclass(frozen=True)
class Slice:
    """One way to part the visited.

    `values`: what the parts are called. `kinds`: whose visits, and what each counts as. `counted`:
    unit and part of all visited, whether or not they can be compared. `events`: the event times.
    `unions`: whether there are also effects by district, by level and for the state.
    """

    name: str
    values: tuple[str, ...]
    kinds: VisitKinds
    counted: ir.Table
    events: tuple[int, ...] = EVENTS
    unions: bool = True


def by_cohort_period(panel: EffectPanel) -> Slice:
    """The visited by when their first visit was; visits in summer are a kind of their own."""
    return _by_part(panel, "cohort_period", panel.periods, "period")


SliceMaker = Callable[[Workspace, EffectPanel], Slice]


def other_slices() -> Mapping[str, tuple[str, SliceMaker]]:
    """The slices beside `all` and `cohort_period`: by name, what the step is called, and what makes
    the slice.
    """
    return {
        **{kind: (f"effects by {kind}", partial(_by_kind, kind)) for kind in KINDS},
        "group": ("effects by student group", _by_group),
        "school": ("effects by school", _by_school),
        "comparison": ("effects beside few visited schoolmates", _beside_few_visited),
        "followed": (f"effects followed to month {FOLLOWED_UNTIL}", _followed),
    }


def _by_part(panel: EffectPanel, name: str, values: tuple[str, ...], part: str) -> Slice:
    """Parts that don't matter for the chance of a visit: compared with the same students."""
    visits = panel.visited.select("unit", value="summer", part=panel.visited[part].cast("int32"))
    kinds = VisitKinds(visits, values=2, parts=len(values))
    return Slice(name, values, kinds, visits.select("unit", "part"))


def _by_kind(kind: str, _: Workspace, panel: EffectPanel) -> Slice:
    values, t = KINDS[kind], panel.visited
    visits = t.select("unit", value=2 * t[kind] + t.summer, part=kind)
    kinds = VisitKinds(visits, 2 * len(values), len(values))
    return Slice(kind, values, kinds, visits.select("unit", "part"))


def _by_group(space: Workspace, panel: EffectPanel) -> Slice:
    """By student group, compared with students of the same group."""
    groups = tuple(EFFECT_GROUPS)
    numbers = memberships(with_others=True).to_pandas().query("group != 'all'")
    numbers["value"] = numbers["group"].map(groups.index)
    types = pa.schema([("group_set", pa.int16()), ("value", pa.int32())])
    sets = space.put(pa.Table.from_pandas(numbers[types.names], types, preserve_index=False))
    visits = panel.visited.join(sets, "group_set")
    visits = visits.select("unit", value=2 * visits["value"] + visits.summer, part="value")
    inside = panel.months.join(sets, "group_set").select("unit", "t", "value")
    members = ibis.union(*(inside.mutate(value=2 * inside["value"] + summer) for summer in (0, 1)))
    kinds = VisitKinds(visits, 2 * len(groups), len(groups), members)
    return Slice("group", groups, kinds, visits.select("unit", "part"))


def _by_school(_: Workspace, panel: EffectPanel) -> Slice:
    """By school and level of the first visit, in the months of the headlines; compared with the
    district's students of the level, weighted as for everyone.
    """
    whole = _by_part(panel, "school", panel.schools, "school")
    return Slice(
        whole.name, whole.values, whole.kinds, whole.counted, HEADLINE_EVENTS, unions=False
    )


def _beside_few_visited(space: Workspace, panel: EffectPanel) -> Slice:
    """Everyone visited, compared only with students of schools where few were visited."""
    students = panel.months.select("unit", "school", "first").distinct()
    share = students.group_by("school").agg(
        share=students["first"].notnull().cast("float64").mean()
    )
    few = share.filter(share.share < MANY_VISITED).select("school")
    comparable = space.keep(panel.months.semi_join(few, "school").select("unit", "t"))
    zero = ibis.literal(0, "int32")
    visits = panel.visited.select("unit", value="summer", part=zero)
    kinds = VisitKinds(visits, values=2, comparable=comparable)
    return Slice("comparison", (FEW_VISITED_SCHOOLS,), kinds, visits.select("unit", "part"))


def _followed(space: Workspace, panel: EffectPanel) -> Slice:
    """Everyone visited so early that the data go on to month FOLLOWED_UNTIL after it."""
    last = space.row(panel.months.agg(last=panel.months.t.max()))["last"]
    early = panel.visited.filter(panel.visited["first"] + FOLLOWED_UNTIL <= last)
    visits = early.select("unit", value="summer", part=ibis.literal(0, "int32"))
    kinds = VisitKinds(visits, values=2)
    return Slice("followed", (FOLLOWED,), kinds, visits.select("unit", "part"))
