"""Every summary of the panel but the visits' effects, as the contract's tables."""

from collections.abc import Callable, Mapping

import ibis.expr.types as ir
import pyarrow as pa

from leapdash.build.panel.panel import Panel
from leapdash.build.panel.student_groups import memberships
from leapdash.build.summaries import attendance, programme
from leapdash.contract import summary_table
from leapdash.engines import Workspace
from leapdash.progress import Progress


def summarise(
    space: Workspace, panel: Panel, programme_figures: ir.Table | None, progress: Progress
) -> dict[str, pa.Table]:
    """The summary tables by name; `programme` only where its figures were given."""
    members = space.put(memberships())
    makers: Mapping[str, Callable[[], ir.Table]] = {
        "attendance": lambda: attendance.attendance(panel),
        "attendance_by_group": lambda: attendance.attendance_by_group(panel, members),
        "chronic_absence": lambda: attendance.chronic_absence(panel, members),
        "chronic_to_date": lambda: attendance.chronic_to_date(panel, members),
        "visits": lambda: programme.visits(panel),
        "visits_by_kind": lambda: programme.visits_by_kind(panel),
        "reach": lambda: programme.reach(panel, members),
        "paths": lambda: programme.paths(panel),
        "school_profile": lambda: programme.school_profile(panel),
        "schools": lambda: panel.schools,
    }
    if programme_figures is not None:
        makers = {**makers, "programme": lambda: programme_figures}
    results = {}
    for name, make in makers.items():
        with progress.step(f"summary {name}") as step:
            results[name] = space.arrow(make().select(*summary_table(name).column_names))
            step.rows = results[name].num_rows
    return results
