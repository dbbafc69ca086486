"""What the visits changed for the reader's choice as a whole, and the plain before-and-after."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from leapdash.contract import CHRONIC, TO_JUNE, cohort_periods_of
from leapdash.inference import Interval
from leapdash.show.choice import VISITS, By, Choice, kept
from leapdash.show.effects.arrays import CohortData, Flags
from leapdash.show.effects.studies import (
    EffectStudy,
    Headlines,
    ToJune,
    contrast,
    effect_study,
    effect_to_june,
    headlines,
)
from leapdash.show.effects.unions import chosen
from leapdash.show.filters import DISTRICT_SETS
from leapdash.show.views.base import COLUMN_OF, conditions, period_labels, read_rows, share, split
from leapdash.show.views.public_effects import effect_of_cell

_DAYS = ("students", "days_enrolled", "days_attended")
WAYS: tuple[By, ...] = ("district", "level", "period", "language")
"""What `paths` can be drawn by."""


def chosen_visits(choice: Choice) -> Flags:
    """Which districts, levels and cohort periods the filters mean."""
    return _chosen(choice, choice.cohorts)


def _chosen(choice: Choice, data: CohortData) -> Flags:
    return chosen(
        data,
        choice.codes,
        choice.filters.levels or None,
        cohort_periods_of(choice.filters.years) or None,
    )


@kept(*VISITS)
def effect_on(choice: Choice) -> EffectStudy:
    """The effect on the visited students the filters mean."""
    if choice.release.public:
        return effect_of_cell(choice)
    return effect_study(choice.cohorts, chosen_visits(choice))


@kept(*VISITS)
def effect_on_chronic_absence(choice: Choice) -> EffectStudy | None:
    """The effect on the share absent for a tenth or more of a month; None where the release holds
    none.
    """
    if not choice.release.has(f"{CHRONIC}effects"):
        return None
    return effect_study(choice.release.chronic, _chosen(choice, choice.release.chronic))


@kept(*VISITS)
def to_june(choice: Choice) -> ToJune | None:
    """The effect on the share absent for a tenth or more of the days from the visit to June; None
    where the release holds none.
    """
    if not choice.release.has(f"{TO_JUNE}effects"):
        return None
    return effect_to_june(choice.release.to_june, _chosen(choice, choice.release.to_june))


@kept(*VISITS)
def to_june_by_period(choice: Choice) -> pd.DataFrame:
    """The same by cohort period, where the release holds it, in the order of time: period, visited,
    absent, absent_without, effect, low, high, whole_year_rate; NaN where too few stand behind it.
    """
    data = choice.release.to_june
    here = _chosen(choice, data)
    rows = []
    for period, label in period_labels(data.periods).items():
        atoms = here & (np.array(data.periods) == period)
        found = effect_to_june(data, atoms)
        own = found.headline.effect
        if not found.headline.visited:
            continue
        told = (
            {
                "absent": found.visited_rate,
                "absent_without": found.visited_rate - own.effect,
                "effect": own.effect,
                "low": own.low,
                "high": own.high,
                "whole_year_rate": found.whole_year_rate,
            }
            if own
            else {}
        )
        rows.append({"period": label, "visited": found.headline.visited, **told})
    columns = ["period", "visited", "absent", "absent_without", "effect", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "whole_year_rate"])


@kept(*VISITS)
def headlines_on(choice: Choice) -> Headlines:
    """The headline numbers of the visited students the filters mean."""
    if choice.release.public:
        return effect_of_cell(choice)
    return headlines(choice.cohorts, chosen_visits(choice))


@kept(*VISITS)
def beside_others(choice: Choice) -> Interval | None:
    """How much larger the effect is in the districts chosen than in all others together.

    Six to nine months after the visit; levels and times of visit as chosen. None where one of the
    two is withheld.
    """
    own, every = chosen_visits(choice), chosen_visits(choice.filtered(districts=()))
    return contrast(choice.cohorts, own, every & ~own, "six_to_nine")


def older_beside(older: Choice, younger: Choice) -> Interval | None:
    """How much larger the effect is for one choice of levels than for another that shares none
    with it, six to nine months after the visit. None where one of the two is withheld.
    """
    return contrast(older.cohorts, chosen_visits(older), chosen_visits(younger), "six_to_nine")


@kept(*VISITS, "by")
def paths(choice: Choice) -> pd.DataFrame:
    """Visited students' attendance by school months since the first visit, for every series.

    Columns: series, code, event_time, students, days_enrolled, days_attended, attendance_rate.
    School years choose the period of the first visit: the year, and the summer before it. By
    district every single one has its series, also those chosen by their set: visits are made in one
    set alone.
    """
    if choice.by == "district" and not set(choice.filters.districts) - DISTRICT_SETS.keys():
        codes = choice.codes
        choice = choice.filtered(
            districts=tuple(choice.known.districts) if codes is None else codes
        )
    where = conditions(choice, cohort_period=cohort_periods_of(choice.filters.years) or None)
    frame = split(read_rows(choice, "paths", where, ["event_time"], _DAYS), choice)
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    return frame


@kept(*VISITS)
def ways_to_part(choice: Choice) -> tuple[By, ...]:
    """The ways to draw `paths` that part the choice's visited into several lines."""
    ways: Mapping[By, str] = {way: COLUMN_OF[way] for way in WAYS}
    where = conditions(choice, cohort_period=cohort_periods_of(choice.filters.years) or None)
    table = choice.release.table("paths", set(ways.values()), where)
    return tuple(
        way for way, column in ways.items() if pc.count_distinct(table[column]).as_py() > 1
    )
