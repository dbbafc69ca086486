"""Whom visits reached, as far as a public release tells: students by their part, by month."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from leapdash.show.choice import AREA, Choice, kept
from leapdash.show.views.cells import SHOWN, cells, not_offered, where_offered
from leapdash.show.views.programme import last_month

_PARTS = ("visited", "eligible")


@dataclass(frozen=True)
class ReachShown:
    """Students enrolled in the last month of data by their part in home visits: visited by then,
    and eligible but not visited; None where that isn't told. `hidden`: which of the two, by their
    codes, are told but hidden.
    """

    visited: int | None = None
    waiting: int | None = None
    hidden: Collection[str] = ()


@kept(*AREA, "years")
def reach_shown(choice: Choice) -> ReachShown:
    """Reach in the last month of data or of the school years chosen, in the choice's districts and
    levels; of the whole state, in the districts that take part.
    """
    choice = where_offered(replace(choice, by="participation"))
    if not_offered(choice):
        return ReachShown()
    where = {"month": (last_month(choice),)}
    rows = cells(choice, "attendance_by_group", "month", ("students",), where)
    shown = rows[rows["status"] == SHOWN]
    number = dict(zip(shown["code"], shown["students"].astype(int), strict=True))
    hidden = frozenset(rows.loc[rows["status"] != SHOWN, "code"]) & set(_PARTS)
    return ReachShown(number.get("visited"), number.get("eligible"), hidden)
