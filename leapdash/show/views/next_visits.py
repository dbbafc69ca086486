"""Where the next visits would win most: days a visit won by district and level, and who waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from leapdash.inference import Interval, at_once
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.effects.arrays import Flags
from leapdash.show.effects.per_visit import PerVisit, days_of, per_visit, tellable
from leapdash.show.language import N_, _
from leapdash.show.views.checks import failed
from leapdash.show.views.effects import chosen_visits, headlines_on
from leapdash.show.views.programme import last_month, reach_by, visited_days

MORE, LESS = N_("More than elsewhere"), N_("Less than elsewhere")
NOT_APART, UNTOLD = N_("Can’t be told from elsewhere"), N_("Too few to tell")
GROUPS = (MORE, NOT_APART, LESS, UNTOLD)
"""What rows are parted by, in the order shown: what their difference from elsewhere allows. In
English: a table has their words in the language on show (see `of_group`).
"""
VISITS_AHEAD = 1000

_COLUMNS = (
    *("section", "series", "district_code", "level", "waiting"),
    *("days_per_visit", "days_low", "days_high"),
    *("days_beside", "days_beside_low", "days_beside_high"),
    *("visited", "visited_all", "checks_failed", "reason"),
)


@dataclass(frozen=True)
class NextVisits:
    """Where the next visits would win most, for a choice.

    `rows`: a row for every district that takes part and level, in the order of GROUPS, most waiting
    first: section (its group), series (district and level), district_code, level, waiting,
    days_per_visit with days_low and days_high, days_beside (how many more than elsewhere, all other
    visited students of the state) with days_beside_low and days_beside_high (which hold for all
    rows of the state at once), visited (followed to the last month counted), visited_all,
    checks_failed (of the effect six to nine months after), reason (why the days are withheld).
    Days are NaN where withheld.

    `month`: in which they wait. `whole`: the days a visit won in all districts and levels, years as
    chosen. `compared`: how many rows of the state are set beside elsewhere. `ahead`: days that
    VISITS_AHEAD visits would win, shared out over the rows as those who wait are; None where none
    can be told, or nobody waits.
    """

    rows: pd.DataFrame
    month: date
    whole: PerVisit
    compared: int
    ahead: Interval | None


@kept(*VISITS)
def next_visits(choice: Choice) -> NextVisits:
    """Days a visit won in each chosen district and level, who waits there, and what the next visits
    would win.

    A row stands in the same group whatever districts and levels are chosen: it is set beside all
    others of the state.
    """
    everywhere = choice.filtered(districts=(), levels=())
    every_row = _strata(everywhere)
    rows = every_row
    if choice.codes is not None:
        rows = rows[rows["district_code"].isin(choice.codes)]
    if choice.filters.levels:
        rows = rows[rows["level"].isin(choice.filters.levels)]
    every, days = chosen_visits(everywhere), visited_days(choice)
    return NextVisits(
        rows.reset_index(drop=True),
        last_month(choice),
        per_visit(choice.cohorts, every, days),
        int(every_row["days_beside"].notna().sum()),
        _ahead(choice, rows),
    )


def of_group(rows: pd.DataFrame, *groups: str) -> pd.DataFrame:
    """The rows in one or several of GROUPS."""
    return rows[rows["section"].isin([_(group) for group in groups])]


@kept("years")
def _strata(choice: Choice) -> pd.DataFrame:
    """The rows of all districts that take part and levels."""
    reach = reach_by(choice, ["district_code", "level"], ("waiting",))
    strata = list(zip(reach["district_code"], reach["level"], strict=True))
    atoms = {stratum: _atoms(choice, *stratum) for stratum in strata}
    data, days = choice.cohorts, visited_days(choice)
    found = {stratum: per_visit(data, own, days) for stratum, own in atoms.items()}
    beside = _beside(choice, {stratum: atoms[stratum] for stratum in found if found[stratum].days})
    rows = []
    for (district, level), waiting in zip(strata, reach["waiting"], strict=True):
        own, apart = found[district, level], beside.get((district, level))
        if not own.visited_all and not waiting:
            continue
        rows.append(
            {
                "section": _(_group(own, apart)),
                "series": f"{choice.known.label(district)}, {level}",
                "district_code": district,
                "level": level,
                "waiting": int(waiting),
                **_told("days_per_visit", "days", own.days),
                **_told("days_beside", "days_beside", apart),
                "visited": own.visited,
                "visited_all": own.visited_all,
                "checks_failed": _checks(choice, district, level) if own.days else "",
                "reason": own.withheld or "",
            }
        )
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["group"] = table["section"].map({_(group): n for n, group in enumerate(GROUPS)})
    keys, rising = ["group", "waiting", "series"], [True, False, True]
    return table.sort_values(keys, ascending=rising, ignore_index=True)[list(_COLUMNS)]


def _atoms(choice: Choice, district: str, level: str) -> Flags:
    """The visited of a district and level, in the years chosen."""
    return chosen_visits(choice.filtered(districts=(district,), levels=(level,)))


def _beside(
    choice: Choice, atoms: Mapping[tuple[str, str], Flags]
) -> dict[tuple[str, str], Interval]:
    """How many more days a visit won in each stratum than elsewhere, where enough were visited
    elsewhere; the intervals hold for all at once.
    """
    data, days, every = choice.cohorts, visited_days(choice), chosen_visits(choice)
    told = {stratum: own for stratum, own in atoms.items() if tellable(data, every & ~own)}
    sure = at_once(len(told))
    return {
        stratum: days_of(data, days, [(1.0, own)], [(1.0, every & ~own)], sure)
        for stratum, own in told.items()
    }


def _group(own: PerVisit, beside: Interval | None) -> str:
    if own.days is None:
        return UNTOLD
    if beside is None or beside.low <= 0 <= beside.high:
        return NOT_APART
    return MORE if beside.low > 0 else LESS


def _told(name: str, ends: str, found: Interval | None) -> dict[str, float]:
    """An interval as columns; NaN where there is none."""
    nothing = float("nan")
    values = (nothing,) * 3 if found is None else (found.effect, found.low, found.high)
    return dict(zip((name, f"{ends}_low", f"{ends}_high"), values, strict=True))


def _checks(choice: Choice, district: str, level: str) -> str:
    """The checks that the effect on a district's level fails: their codes, one after the other."""
    own = choice.filtered(districts=(district,), levels=(level,))
    found = headlines_on(own)
    return ", ".join(failed(own, found, found.six_to_nine))


def _ahead(choice: Choice, rows: pd.DataFrame) -> Interval | None:
    """The days that the next visits would win, shared out over the rows as those who wait are;
    rows whose days are withheld take no part.
    """
    told = rows[rows["days_per_visit"].notna() & (rows["waiting"] > 0)]
    if not len(told):
        return None
    shares = told["waiting"] / told["waiting"].sum()
    parts = [
        (float(share), _atoms(choice, district, level))
        for share, district, level in zip(shares, told["district_code"], told["level"], strict=True)
    ]
    each = days_of(choice.cohorts, visited_days(choice), parts)
    values = np.array([each.effect, each.std_error, each.low, each.high]) * VISITS_AHEAD
    return Interval(*(float(value) for value in values))
