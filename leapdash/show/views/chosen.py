"""What the visits changed, for the reader's choice: from the release's effect tables to studies."""

from leapdash.contract import cohort_periods_of
from leapdash.show.effects.arrays import CohortData, Flags
from leapdash.show.effects.studies import EffectStudy, effect_study
from leapdash.show.effects.unions import chosen
from leapdash.show.filters import Filters, Known, codes_of


def chosen_visits(cohorts: CohortData, known: Known, filters: Filters) -> Flags:
    """Which districts, levels and cohort periods the filters mean."""
    return chosen(
        cohorts,
        codes_of(filters, known),
        filters.levels or None,
        cohort_periods_of(filters.years) or None,
    )


def effect_on(cohorts: CohortData, known: Known, filters: Filters) -> EffectStudy:
    """The effect on the visited students the filters mean."""
    return effect_study(cohorts, chosen_visits(cohorts, known, filters))
