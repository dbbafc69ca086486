"""Whom visits reached, as far as a public release tells: students by their part, by month."""

from dataclasses import dataclass, replace

from leapdash.contract import PARTICIPATION
from leapdash.show.choice import AREA, Choice, kept
from leapdash.show.views.cells import SHOWN, cells, not_offered
from leapdash.show.views.programme import last_month


@dataclass(frozen=True)
class ReachShown:
    """Students enrolled in the last month of data by their part in home visits: visited by then,
    and eligible but not visited. None where that is hidden, or not told.
    """

    visited: int | None = None
    waiting: int | None = None


@kept(*AREA)
def reach_shown(choice: Choice) -> ReachShown:
    """Reach in the last month of data, in the choice's districts and levels."""
    choice = replace(choice, by="participation")
    if not choice.known.leap or not_offered(choice):
        return ReachShown()
    where = {"month": (last_month(choice),)}
    rows = cells(choice, "attendance_by_group", "month", ("students",), where)
    shown = rows[rows["status"] == SHOWN]
    number = dict(zip(shown["code"], shown["students"].astype(int), strict=True))
    visited, waiting = (number.get(part) for part in list(PARTICIPATION)[:2])
    return ReachShown(visited, waiting)
