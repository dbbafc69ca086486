"""The programme: visited students before and after the first visit, and who was reached."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from leapdash.contract import MONTHS_AFTER, MONTHS_BEFORE, cohort_periods_of, months_of
from leapdash.release import Release
from leapdash.show.filters import ALL_STUDENTS, Filters, Known
from leapdash.show.views.base import By, conditions, read_rows, share, split, sums

_DAYS = ("students", "days_enrolled", "days_attended")
_REACH = ("ever_eligible", "ever_eligible_visited", "waiting", "tried", "visited_not_eligible")


def paths(release: Release, known: Known, filters: Filters, by: By) -> pd.DataFrame:
    """Visited students' attendance by school months since the first visit, for every series.

    Columns: series, code, event_time, students, days_enrolled, days_attended, attendance_rate.
    School years choose the period of the first visit: the year, and the summer before it.
    """
    where = conditions(filters, known, cohort_period=cohort_periods_of(filters.years) or None)
    rows = read_rows(release, "paths", where, ["event_time"], by, _DAYS)
    frame = split(rows, by, filters, known)
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    return frame


def before_after(table: pd.DataFrame) -> pd.DataFrame:
    """Attendance in the six school months before the first visit and the twelve after, by series.

    Takes the table of `paths`. Columns: series, code, students (most of any month shown), before
    and after (ratios of sums: every day enrolled weighs the same), change (after less before), as
    fractions. The month of the visit itself is on neither side. A series without days on one
    side has no change.
    """
    number, codes = pd.factorize(table["code"])
    frame = pd.DataFrame({"series": table["series"].to_numpy()[_firsts(number)], "code": codes})
    frame["students"] = _largest(number, table["students"].to_numpy(), len(codes))
    for side, months in (("before", MONTHS_BEFORE), ("after", MONTHS_AFTER)):
        within = table["event_time"].isin(months).to_numpy()
        enrolled, attended = (
            np.bincount(number, table[days].to_numpy() * within, len(codes))
            for days in ("days_enrolled", "days_attended")
        )
        frame[side] = np.divide(
            attended, enrolled, out=np.full(len(codes), np.nan), where=enrolled > 0
        )
    frame["change"] = frame["after"] - frame["before"]
    return frame


def districts_visited(release: Release, known: Known, filters: Filters) -> pd.DataFrame:
    """Every district that takes part, and who was reached there.

    Columns: district_code, series (its name), then those of `reach_now`. Ordered by those visited
    among the ever eligible, most first.
    """
    frame = _reach(release, known, filters, ["district_code"])
    frame.insert(1, "series", frame["district_code"].map(known.districts))
    order = ["ever_eligible_visited", "series"]
    return frame.sort_values(order, ascending=[False, True], ignore_index=True)


@dataclass(frozen=True)
class Reach:
    """Students enrolled in `month` in districts that take part, by what the programme did.

    `waiting` students are eligible and not visited; `tried` are those of them where a visit met
    nobody. `taking_part`: whether any district of the choice took part in that month.
    """

    month: date
    taking_part: bool
    ever_eligible: int
    ever_eligible_visited: int
    waiting: int
    tried: int
    visited_not_eligible: int

    @property
    def share_visited(self) -> float | None:
        """Visited students among those ever eligible, a fraction; None where nobody was."""
        return self.ever_eligible_visited / self.ever_eligible if self.ever_eligible else None


def reach_now(release: Release, known: Known, filters: Filters) -> Reach:
    """Reach in the last month of data, or of the school years chosen."""
    frame = _reach(release, known, filters, ["month"])
    totals = {name: int(frame[name].sum()) for name in _REACH}
    return Reach(month=last_month(release, filters), taking_part=len(frame) > 0, **totals)


@dataclass(frozen=True)
class Visits:
    """Visits made: all, those that met the family, and students' first that did."""

    visits: int
    met: int
    first_visits: int


def visits_made(release: Release, known: Known, filters: Filters) -> Visits:
    """Visits in the school years chosen, by the school the student attended then."""
    where = conditions(filters, known, month=months_of(filters.years) or None)
    columns = ["contact", "visits", "first_visits"]
    frame = sums(
        release.table("visits", columns=columns, where=where), ["contact"], columns[1:]
    ).set_index("contact")
    met = frame[frame.index == "met"]
    return Visits(
        visits=int(frame["visits"].sum()),
        met=int(met["visits"].sum()),
        first_visits=int(frame["first_visits"].sum()),
    )


def last_month(release: Release, filters: Filters) -> date:
    """The last month of data within the school years chosen, its first day."""
    if not filters.years:
        return release.manifest.through
    where = {"month": months_of(filters.years), "group": (ALL_STUDENTS,)}
    months = release.table("reach", columns=["month"], where=where)["month"]
    return max(months.unique().to_pylist(), default=release.manifest.through)


def _reach(release: Release, known: Known, filters: Filters, keys: list[str]) -> pd.DataFrame:
    where = conditions(
        filters, known, month=(last_month(release, filters),), group=(filters.group,)
    )
    table = release.table("reach", columns=[*keys, *_REACH], where=where)
    return sums(table.drop_null(), keys, _REACH)


def _firsts(number: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where each number stands for the first time."""
    return np.unique(number, return_index=True)[1]


def _largest(number: NDArray[np.intp], values: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """The largest of the values of each number."""
    largest = np.zeros(size, dtype=np.int64)
    np.maximum.at(largest, number, values)
    return largest
