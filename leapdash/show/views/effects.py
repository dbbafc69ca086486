"""What the visits changed, row by row: levels, districts, times and kinds of visits, schools.

Every table of rows has the columns section, series (the row's name), code, effect, low, high
(fractions; NaN where withheld), visited (followed to the headline's months), visited_all (all
visited students), naive_change, reason (why the effect is withheld; empty where it isn't).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from leapdash.contract import ALL_LEVELS, GROUPS, LEVELS, STATE_CODE, cohort_periods_of
from leapdash.inference import Interval
from leapdash.release import Release
from leapdash.show.effects.arrays import CohortData, Floats, slice_data
from leapdash.show.effects.studies import (
    DaysRegained,
    HeadlineName,
    Headlines,
    contrast,
    days_enrolled,
    days_regained,
    difference,
    headlines,
    slice_headlines,
)
from leapdash.show.filters import Filters, Known, codes_of
from leapdash.show.views.base import place, series_labels
from leapdash.show.views.chosen import chosen_visits

THE_WHOLE, BY_LEVEL, BY_DISTRICT = "Together", "Levels", "Districts"

KINDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "place": (
        "Place of the first visit",
        {"home": "At home", "other": "Elsewhere, in person", "virtual": "Video or telephone"},
    ),
    "visitor": (
        "Visitor",
        {"school staff": "School staff", "community partner": "Community partner"},
    ),
    "language": (
        "Language of the visit",
        {"en": "English", "es": "Spanish", "other": "Another language"},
    ),
    "visits": (
        "Number of visits in all",
        {"1": "One", "2": "Two", "3 or more": "Three or more"},
    ),
}
"""Slices by kind of visit: what each parts by, and its values in words, the reference first."""

_COLUMNS = (
    *("section", "series", "code", "effect", "low", "high"),
    *("visited", "visited_all", "naive_change", "reason"),
)
_GROUP_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Needs": ("high_needs", "not_high_needs"),
    "Of these": (
        *("english_learner", "disability", "homeless"),
        *("free_meals", "reduced_meals", "free_or_reduced_meals"),
    ),
    "Race and ethnicity": ("black", "hispanic", "white", "other_races"),
    "Gender": ("female", "male"),
}
_COMPARED_GROUPS = (("high_needs", "not_high_needs"), ("female", "male"))


@dataclass(frozen=True)
class SliceRows:
    """`rows`: a row for every value. `differences`: how much larger the effect on `series` is than
    on `reference`; columns section, series, reference, difference, low, high; fractions.
    """

    rows: pd.DataFrame
    differences: pd.DataFrame


@dataclass(frozen=True)
class Regained:
    """School days regained by the chosen visited students, and what a day cost.

    `spent`: the days of the districts whose cost is known, with their cost; None where there are
    none or levels are chosen (costs are by district). `uncounted`: names of the districts with
    visits that are left out of it. `years`: school years of the costs, the first and the last.
    """

    days: DaysRegained
    spent: DaysRegained | None
    uncounted: tuple[str, ...]
    years: tuple[str, ...]


def district_rows(
    cohorts: CohortData, known: Known, filters: Filters, headline: HeadlineName
) -> pd.DataFrame:
    """Every chosen district that takes part or has visited students, by effect, largest first.

    A district without visits, or where nobody could be compared, stands last.
    """
    chosen = set(codes_of(filters, known) or known.districts)
    rows = []
    for code in sorted(chosen & (set(cohorts.districts) | known.leap)):
        own = replace(filters, districts=(code,))
        name = known.label(code)
        rows.append(_row(BY_DISTRICT, name, code, cohorts, known, own, headline))
    return _table(_ordered(rows))


def effect_rows(
    cohorts: CohortData,
    known: Known,
    filters: Filters,
    headline: HeadlineName,
    districts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The choice as a whole, its levels and its districts.

    The whole comes first, and under it all districts (levels and years as chosen) where not all
    are meant; then levels, by effect, largest first; then those of `districts` (the table of
    `district_rows`, of the same levels and years) that are chosen. A section with one row only,
    the whole again, is left out.
    """
    whose = (cohorts, known)
    rows = [_row(THE_WHOLE, whole_name(known, filters), "choice", *whose, filters, headline)]
    everywhere = replace(filters, districts=())
    own, every = (chosen_visits(cohorts, known, wide) for wide in (filters, everywhere))
    if not (own == every).all():
        name = whole_name(known, everywhere)
        rows.append(_row(THE_WHOLE, name, "all", *whose, everywhere, headline))
    levels = filters.levels or tuple(LEVELS)
    if len(levels) > 1:
        each = {level: replace(filters, levels=(level,)) for level in levels}
        rows += _ordered(
            _row(BY_LEVEL, level, level, *whose, of_level, headline)
            for level, of_level in each.items()
        )
    whole = _table(rows)
    if districts is None:
        return whole
    chosen = codes_of(filters, known)
    if chosen is not None:
        districts = districts[districts["code"].isin(chosen)]
    return pd.concat([whole, districts], ignore_index=True) if len(districts) > 1 else whole


def whole_name(known: Known, filters: Filters) -> str:
    """The districts and levels chosen, in words: Hartford · 6-8."""
    where = place(filters, known)
    return f"{where} · {', '.join(filters.levels)}" if filters.levels else where


def period_rows(
    cohorts: CohortData, known: Known, filters: Filters, headline: HeadlineName
) -> pd.DataFrame:
    """The choice by when the first visit was: summers and school years, in the order of time."""
    keep = chosen_visits(cohorts, known, filters)
    found = {period for period, kept in zip(cohorts.periods, keep, strict=True) if kept}
    kept_periods = np.array(cohorts.periods, dtype=object)
    rows = [
        _measured(
            "First visit",
            label,
            period,
            headlines(cohorts, keep & (kept_periods == period)),
            headline,
        )
        for period, label in series_labels("period", filters, known, found).items()
    ]
    return _table(rows)


def headlines_on(cohorts: CohortData, known: Known, filters: Filters) -> Headlines:
    """The headline numbers of the choice."""
    return headlines(cohorts, chosen_visits(cohorts, known, filters))


def beside_others(
    cohorts: CohortData, known: Known, filters: Filters, district: str, headline: HeadlineName
) -> Interval | None:
    """How much larger the effect in a district is than in all others together, levels and times
    of visit as chosen; None where one of the two is withheld.
    """
    own = chosen_visits(cohorts, known, replace(filters, districts=(district,)))
    every = chosen_visits(cohorts, known, replace(filters, districts=()))
    return contrast(cohorts, own, every & ~own, headline)


def slice_place(cohorts: CohortData, known: Known, filters: Filters) -> tuple[str, str] | None:
    """The district and level whose slices stand for the choice, or the state and `all`.

    None where slices can't be had: for several but not all districts or levels, or for some times
    of visit only.
    """
    districts, every = _visited_in(cohorts, known, filters), set(cohorts.districts)
    levels = set(filters.levels) or set(LEVELS)
    if filters.years or not (districts == every or len(districts) == 1):
        return None
    if not (levels == set(LEVELS) or len(levels) == 1):
        return None
    district = STATE_CODE if districts == every else min(districts)
    return district, ALL_LEVELS if levels == set(LEVELS) else min(levels)


def kind_rows(release: Release, district: str, level: str, headline: HeadlineName) -> SliceRows:
    """The visited of one place by kind of visit, and each kind beside the first of its sort.

    The number of visits is set beside nothing: it is decided after the first visit.
    """
    rows: list[dict[str, object]] = []
    beside: list[dict[str, object]] = []
    for name, (section, labels) in KINDS.items():
        data = slice_data(release, name, district, level)
        found = slice_headlines(data)
        values = [value for value in labels if value in found]
        rows += [_measured(section, labels[v], v, found[v], headline) for v in values]
        if name == "visits":
            continue
        for value in values[1:]:
            between = difference(data, value, values[0], headline)
            beside += _beside(section, labels[value], labels[values[0]], between)
    return SliceRows(_table(rows), pd.DataFrame(beside))


def group_rows(release: Release, district: str, level: str, headline: HeadlineName) -> SliceRows:
    """The visited of one place by student group, each compared within the group."""
    data = slice_data(release, "group", district, level)
    found = slice_headlines(data)
    rows = [
        _measured(section, GROUPS[group], group, found[group], headline)
        for section, groups in _GROUP_SECTIONS.items()
        for group in groups
        if group in found
    ]
    beside: list[dict[str, object]] = []
    for one, other in _COMPARED_GROUPS:
        if one in found and other in found:
            between = difference(data, one, other, headline)
            beside += _beside("Student groups", GROUPS[one], GROUPS[other], between)
    return SliceRows(_table(rows), pd.DataFrame(beside))


def school_effects(
    release: Release, filters: Filters, district: str, headline: HeadlineName
) -> pd.DataFrame:
    """A district's visited students by the school of the first visit, level by level, by effect.

    They are compared with all the district's students of the level. Schools without visits aren't
    there; no school is where school years are chosen, by which schools can't be told apart.
    """
    rows: list[dict[str, object]] = []
    table = release.table("schools", ["school_code", "school_name"], {"district_code": (district,)})
    names = dict(zip(*(table[column].to_pylist() for column in table.column_names), strict=True))
    for level in () if filters.years else filters.levels or tuple(LEVELS):
        found = slice_headlines(slice_data(release, "school", district, level))
        rows += _ordered(
            _measured(f"Schools, {level}", names.get(code, code), code, own, headline)
            for code, own in found.items()
        )
    return _table(rows)


def visited_days(release: Release, cohorts: CohortData) -> Floats:
    """Days enrolled of all visited students of a release (`effects.days_enrolled`)."""
    table = release.table("visited_days", where={"slice": ("all",)})
    return days_enrolled(cohorts, table.to_pandas())


def regained(
    release: Release, cohorts: CohortData, known: Known, filters: Filters, days: Floats
) -> Regained:
    """The school days regained by the chosen visited students, and the cost of one. `days`: those
    of `visited_days`.

    Counted is what the chosen districts spent in the school years chosen (in all, where none is),
    and only districts whose cost is known for every school year in which they made first visits.
    """
    atoms = chosen_visits(cohorts, known, filters)
    if filters.levels or not release.has("programme"):
        return Regained(days_regained(cohorts, atoms, days), None, (), ())
    costs = release.table("programme", ["district_code", "school_year", "cost"]).to_pandas()
    costs = costs[costs["cost"].notna()]
    if filters.years:
        costs = costs[costs["school_year"].isin(filters.years)]
    held = set(zip(costs["district_code"], costs["school_year"], strict=True))
    year_of = {period: year for year in known.years for period in cohort_periods_of((year,))}
    needed = {
        (district, year_of[period])
        for district, period, kept in zip(cohorts.districts, cohorts.periods, atoms, strict=True)
        if kept
    }
    visited = {district for district, _ in needed}
    unknown = {district for district, year in needed if (district, year) not in held}
    costs = costs[costs["district_code"].isin(visited - unknown)]
    uncounted = tuple(sorted(known.label(code) for code in unknown))
    if not len(costs):
        return Regained(days_regained(cohorts, atoms, days), None, uncounted, ())
    counted = atoms & ~np.isin(np.array(cohorts.districts, dtype=object), list(unknown))
    spent = days_regained(cohorts, counted, days, float(costs["cost"].sum()))
    whole = days_regained(cohorts, atoms, days) if unknown else spent
    years = sorted(costs["school_year"].unique())
    return Regained(whole, spent, uncounted, (years[0], years[-1]))


def _visited_in(cohorts: CohortData, known: Known, filters: Filters) -> set[str]:
    every, chosen = set(cohorts.districts), codes_of(filters, known)
    return every if chosen is None else every & set(chosen)


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _row(
    section: str,
    series: str,
    code: str,
    cohorts: CohortData,
    known: Known,
    filters: Filters,
    headline: HeadlineName,
) -> dict[str, object]:
    return _measured(section, series, code, headlines_on(cohorts, known, filters), headline)


def _measured(
    section: str, series: str, code: str, found: Headlines, name: HeadlineName
) -> dict[str, object]:
    headline = found.month_after if name == "month_after" else found.six_to_nine
    own = headline.effect
    nothing = float("nan")
    return {
        "section": section,
        "series": series,
        "code": code,
        "effect": nothing if own is None else own.effect,
        "low": nothing if own is None else own.low,
        "high": nothing if own is None else own.high,
        "visited": headline.visited,
        "visited_all": found.visited_all,
        "naive_change": nothing if headline.naive is None else headline.naive,
        "reason": (headline.withheld or "") if found.visited else found.withheld or "",
    }


def _ordered(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """By effect, largest first; those withheld last, by name."""

    def rank(row: dict[str, object]) -> tuple[bool, float, str]:
        effect = float(row["effect"])  # type: ignore[arg-type]
        return np.isnan(effect), 0.0 if np.isnan(effect) else -effect, str(row["series"])

    return sorted(rows, key=rank)


def _beside(
    section: str, series: str, reference: str, between: Interval | None
) -> list[dict[str, object]]:
    if between is None:
        return []
    own = {"difference": between.effect, "low": between.low, "high": between.high}
    return [{"section": section, "series": series, "reference": reference, **own}]
