"""The programme: visits made, who was reached, the school days regained and what one cost."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from leapdash.contract import CONTACTS, MONTHS_AFTER, cohort_periods_of, months_of
from leapdash.contract.thresholds import MOST
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.effects.arrays import EVENTS, CohortData, Flags, Floats
from leapdash.show.effects.days import DaysRegained, days_enrolled, days_regained
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.views.base import conditions, require_known, share, sums
from leapdash.show.views.effects import chosen_visits

_REACHED = ("ever_eligible", "ever_eligible_visited", "waiting")
_TOLD = (*_REACHED, "tried", "visited_not_eligible")


@dataclass(frozen=True)
class VisitsMade:
    """Visits made: all, those that met the family, and students' first that did."""

    visits: int
    met: int
    first_visits: int


@kept(*VISITS)
def visits_made(choice: Choice) -> VisitsMade:
    """Visits in the school years chosen, by the school the student attended then."""
    where = conditions(choice, month=months_of(choice.filters.years) or None)
    columns = ["contact", "visits", "first_visits"]
    table = choice.release.table("visits", columns=columns, where=where)
    frame = sums(table, ["contact"], columns[1:]).set_index("contact")
    require_known(frame.index, CONTACTS, "contact")
    met = frame[frame.index == "met"]
    return VisitsMade(
        visits=int(frame["visits"].sum()),
        met=int(met["visits"].sum()),
        first_visits=int(frame["first_visits"].sum()),
    )


@kept()
def visits_began(choice: Choice) -> date | None:
    """The month of the release's first visit that met a family; None without any."""
    columns = ["month", "first_visits"]
    frame = sums(choice.release.table("visits", columns), ["month"], columns[1:])
    months = frame.loc[frame["first_visits"] > 0, "month"]
    return min(months, default=None)


@dataclass(frozen=True)
class Reach:
    """Students enrolled in `month` in districts that take part, by what the programme did.

    `waiting` students are eligible and not visited. `taking_part`: whether any district of the
    choice took part in that month.
    """

    month: date
    taking_part: bool
    ever_eligible: int
    ever_eligible_visited: int
    waiting: int

    @property
    def share_visited(self) -> float | None:
        """Visited students among those ever eligible, a fraction; None where nobody was."""
        return self.ever_eligible_visited / self.ever_eligible if self.ever_eligible else None


@kept(*VISITS, "group")
def reach_now(choice: Choice) -> Reach:
    """Reach in the last month of data, or of the school years chosen."""
    frame = reach_by(choice, ["month"], _REACHED)
    totals = {name: int(frame[name].sum()) for name in _REACHED}
    return Reach(month=last_month(choice), taking_part=len(frame) > 0, **totals)


@kept(*VISITS)
def reach_of_parts(choice: Choice) -> pd.DataFrame:
    """Reach of the choice as a whole (code `choice`), of all districts (code `all`; levels and
    years as chosen), and of each of its levels and districts.

    Columns: code, reached (visited among those ever eligible, a fraction), waiting. Parts that take
    no part aren't there.
    """
    keys = ["district_code", "level"]
    every = reach_by(choice.filtered(districts=()), keys, _REACHED)
    own = every if choice.codes is None else every[every["district_code"].isin(choice.codes)]
    measures = list(_REACHED)
    parts = [
        own[measures].sum().to_frame("choice").T,
        every[measures].sum().to_frame("all").T,
        *(own.groupby(key)[measures].sum() for key in keys),
    ]
    frame = pd.concat(parts).rename_axis("code").reset_index()
    frame["reached"] = share(frame["ever_eligible_visited"], frame["ever_eligible"])
    return frame.loc[frame["ever_eligible"] > 0, ["code", "reached", "waiting"]]


@kept(*VISITS, "group")
def districts_visited(choice: Choice) -> pd.DataFrame:
    """Every district that takes part, and who was reached there.

    Columns: district_code, series (its name), reached (visited among those ever eligible, a
    fraction), ever_eligible_visited, ever_eligible, waiting, tried (of those waiting: a visit met
    nobody), visited_not_eligible. Ordered by the share reached, largest first.
    """
    frame = reach_by(choice, ["district_code"], _TOLD)
    frame.insert(1, "series", frame["district_code"].map(choice.known.districts))
    frame.insert(2, "reached", share(frame["ever_eligible_visited"], frame["ever_eligible"]))
    frame.insert(3, "ever_eligible_visited", frame.pop("ever_eligible_visited"))
    return frame.sort_values(["reached", "series"], ascending=[False, True], ignore_index=True)


def last_month(choice: Choice) -> date:
    """The last month of data within the school years chosen, its first day."""
    release, years = choice.release, choice.filters.years
    if not years:
        return release.manifest.through
    where = {"month": months_of(years), "group": (ALL_STUDENTS,)}
    name = "attendance_by_group" if release.public else "reach"
    months = release.table(name, columns=["month"], where=where)["month"]
    return max(months.unique().to_pylist(), default=release.manifest.through)


@dataclass(frozen=True)
class Regained:
    """School days regained by the chosen visited students, and what a day cost.

    `spent`: the days of the districts whose cost is known, with their cost, in school years whose
    visits were followed to the last month counted; None where there are none or levels are chosen
    (costs are by district). `uncounted`: names of the districts with visits that are left out of
    it. `years`: school years of the costs. `recent`: those left out as not followed for so long.
    """

    days: DaysRegained
    spent: DaysRegained | None = None
    uncounted: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()


@kept(*VISITS)
def regained(choice: Choice) -> Regained:
    """How many school days the chosen visited students regained, and what one cost.

    Counted is what the chosen districts spent in the school years chosen (in all, where none is)
    whose visits were followed to the last month that days are counted for: else a late year would
    look dear for want of time. And only districts whose cost is known for every such school year in
    which they made first visits.
    """
    cohorts, filters, known = choice.cohorts, choice.filters, choice.known
    atoms, days = chosen_visits(choice), visited_days(choice)
    if filters.levels or not choice.release.has("programme"):
        return Regained(days_regained(cohorts, atoms, days))
    columns = ["district_code", "school_year", "cost"]
    costs: pd.DataFrame = choice.release.table("programme", columns).to_pandas()
    year_of = {period: year for year in known.years for period in cohort_periods_of((year,))}
    years_of = np.array([year_of[period] for period in cohorts.periods], dtype=object)
    recent = tuple(
        year for year in sorted(set(years_of[atoms])) if not _followed(cohorts, years_of == year)
    )
    told = atoms & ~np.isin(years_of, recent)
    costs = costs[costs["cost"].notna() & ~costs["school_year"].isin(recent)]
    if filters.years:
        costs = costs[costs["school_year"].isin(filters.years)]
    held = set(zip(costs["district_code"], costs["school_year"], strict=True))
    needed = {
        (district, year)
        for district, year, chosen in zip(cohorts.districts, years_of, told, strict=True)
        if chosen
    }
    visited = {district for district, _ in needed}
    unknown = {district for district, year in needed if (district, year) not in held}
    costs = costs[costs["district_code"].isin(visited - unknown)]
    uncounted = tuple(sorted(known.label(code) for code in unknown))
    whole = days_regained(cohorts, atoms, days)
    if not len(costs):
        return Regained(whole, uncounted=uncounted, recent=recent)
    counted = told & ~np.isin(np.array(cohorts.districts, dtype=object), list(unknown))
    spent = days_regained(cohorts, counted, days, float(costs["cost"].sum()))
    years = tuple(sorted(costs["school_year"].unique()))
    return Regained(whole, spent, uncounted, years, recent)


def _followed(cohorts: CohortData, atoms: Flags) -> bool:
    """Whether the data go on, for most of the visited, to the last month days are counted for."""
    due = cohorts.measures.visited_due[atoms].sum(axis=0)
    first, last = due[EVENTS.index(0)], due[EVENTS.index(MONTHS_AFTER[-1])]
    return bool(last >= MOST * first)


@kept()
def visited_days(choice: Choice) -> Floats:
    """Days enrolled of all visited students of the release (see `days_enrolled`)."""
    table = choice.release.table("visited_days", where={"slice": ("all",)})
    return days_enrolled(choice.cohorts, table.to_pandas())


def reach_by(choice: Choice, keys: list[str], measures: tuple[str, ...]) -> pd.DataFrame:
    """Measures of table `reach` in the last month, by keys; without parts that take no part."""
    where = conditions(choice, month=(last_month(choice),), group=(choice.filters.group,))
    table = choice.release.table("reach", columns=[*keys, *measures], where=where)
    return sums(table.drop_null(), keys, measures)
