"""A release and a choice of filters in, a small table out: pure functions, ratios of sums only."""

from leapdash.views.attendance import (
    attendance_trend,
    chronic_trend,
    published_beside,
    published_rates,
    with_published,
)
from leapdash.views.base import By, Grain, known_in, place
from leapdash.views.district import (
    attendance_beside,
    chronic_beside,
    published_of_both,
    schools_beside,
)
from leapdash.views.effects import chosen_visits, effect_on
from leapdash.views.programme import (
    AFTER,
    BEFORE,
    FEW_STUDENTS,
    Reach,
    Visits,
    before_after,
    districts_visited,
    paths,
    reach_now,
    visits_made,
)

__all__ = [
    "AFTER",
    "BEFORE",
    "FEW_STUDENTS",
    "By",
    "Grain",
    "Reach",
    "Visits",
    "attendance_beside",
    "attendance_trend",
    "before_after",
    "chosen_visits",
    "chronic_beside",
    "chronic_trend",
    "districts_visited",
    "effect_on",
    "known_in",
    "paths",
    "place",
    "published_beside",
    "published_of_both",
    "published_rates",
    "reach_now",
    "schools_beside",
    "visits_made",
    "with_published",
]
