"""What visits changed, row by row: for levels, districts, times and kinds of visits, schools.

Every table of rows has the columns section, series (the row's name), code, effect, low, high
(fractions; NaN where withheld), visited (followed to the headline's months), visited_all (all
visited students; both NaN where a public release hides them), naive_change, checks_failed (their
codes, one after the other; see CHECKS), reason (why the effect is withheld; empty where it isn't).
Effects are those of the choice's headline.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from leapdash.contract import (
    ALL_LEVELS,
    EFFECT_GROUPS,
    LEFT_OUT,
    LEVELS,
    NOT_IN_GROUPS,
    STATE_CODE,
)
from leapdash.inference import Interval
from leapdash.show.choice import VISITS, Choice, Order, kept
from leapdash.show.effects.arrays import SliceData, slice_data
from leapdash.show.effects.studies import (
    Headlines,
    difference,
    headlines,
    nobody_compared,
    slice_headlines,
)
from leapdash.show.language import N_, _
from leapdash.show.views.base import districts_in_words, period_labels, require_known
from leapdash.show.views.cells import HIDDEN
from leapdash.show.views.checks import failed
from leapdash.show.views.effects import chosen_visits, headlines_on
from leapdash.show.views.programme import reach_of_parts
from leapdash.show.views.public_effects import ONE_CELL

THE_WHOLE, BY_LEVEL, BY_DISTRICT = N_("Together"), N_("Levels"), N_("Districts")
"""Sections in English: a table has their words in the language on show."""

KINDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "place": (
        N_("Place of the first visit"),
        {
            "home": N_("At home"),
            "other": N_("Elsewhere, in person"),
            "virtual": N_("Video or telephone"),
        },
    ),
    "visitor": (
        N_("Visitor"),
        {"school staff": N_("School staff"), "community partner": N_("Community partner")},
    ),
    "language": (
        N_("Language of the visit"),
        {"en": N_("English"), "es": N_("Spanish"), "other": N_("Another language")},
    ),
    "visits": (
        N_("Number of visits in all"),
        {"1": N_("One"), "2": N_("Two"), "3 or more": N_("Three or more")},
    ),
}
"""Slices by kind of visit: what each parts by, and its values in words, the reference first; in
English.
"""

_COLUMNS = (
    *("section", "series", "code", "effect", "low", "high"),
    *("visited", "visited_all", "naive_change", "checks_failed", "reason"),
)
_GROUP_SECTIONS: Mapping[str, tuple[str, ...]] = {
    N_("Needs"): ("high_needs", "not_high_needs"),
    N_("English learners"): ("english_learner", "not_english_learner"),
    N_("Disability"): ("disability", "not_disability"),
    N_("Meals"): (
        *("free_or_reduced_meals", "not_free_or_reduced_meals"),
        *("free_meals", "reduced_meals"),
    ),
    N_("Housing"): ("homeless", "not_homeless"),
    N_("Race and ethnicity"): ("black", "hispanic", "white", "other_races"),
    N_("Gender"): ("female", "male"),
}
_GROUPS = tuple(group for groups in _GROUP_SECTIONS.values() for group in groups)
_COMPARED_GROUPS = (
    ("high_needs", "not_high_needs"),
    *((name.removeprefix("not_"), name) for name in NOT_IN_GROUPS),
    ("female", "male"),
)


@dataclass(frozen=True)
class SliceRows:
    """`rows`: a row for every value. `differences`: how much larger the effect on `series` is than
    on `reference`; columns section, series, reference, difference, low, high; fractions.
    """

    rows: pd.DataFrame
    differences: pd.DataFrame


@kept(*VISITS, "headline", "order")
def effect_rows(choice: Choice) -> pd.DataFrame:
    """The choice as a whole, its levels and its districts: `level_rows`, then those of
    `district_rows` that are chosen, where they are more than one; within levels and districts in
    the order chosen.

    Two more columns say whom visits reached: reached (visited among those ever eligible, a
    fraction), waiting (missing where a district takes no part); a public release has none of them.
    """
    whole, districts = level_rows(choice), district_rows(choice.filtered(districts=()))
    if choice.codes is not None:
        districts = districts[districts["code"].isin(choice.codes)]
    rows = pd.concat([whole, districts], ignore_index=True) if len(districts) > 1 else whole
    if choice.release.public:
        return _arranged(rows, choice.order if choice.order == "name" else "effect")
    rows = rows.merge(reach_of_parts(choice), on="code", how="left")
    return _arranged(rows.astype({"waiting": "Int64"}), choice.order)


@kept(*VISITS, "headline")
def level_rows(choice: Choice) -> pd.DataFrame:
    """The choice as a whole and its levels.

    The whole comes first, and under it all districts (levels and years as chosen) where not all
    are meant; then levels, by effect, largest first, where there are more than one.
    """
    rows = [_row(_(THE_WHOLE), whole_name(choice), "choice", choice)]
    everywhere = choice.filtered(districts=())
    if _narrowed(choice, everywhere):
        rows.append(_row(_(THE_WHOLE), whole_name(everywhere), "all", everywhere))
    levels = choice.filters.levels or tuple(LEVELS)
    if len(levels) > 1:
        rows += _ordered(
            _row(_(BY_LEVEL), level, level, choice.filtered(levels=(level,))) for level in levels
        )
    return _table(rows)


@kept(*VISITS, "headline")
def district_rows(choice: Choice) -> pd.DataFrame:
    """Every chosen district that takes part or has visited students, by effect, largest first.

    A district without visits, or where nobody could be compared, stands last.
    """
    known = choice.known
    chosen = set(choice.codes or known.districts)
    return _table(
        _ordered(
            _row(_(BY_DISTRICT), known.label(code), code, choice.filtered(districts=(code,)))
            for code in sorted(chosen & (_with_visits(choice) | known.leap))
        )
    )


def _narrowed(choice: Choice, everywhere: Choice) -> bool:
    """Whether a choice of districts leaves out visited students."""
    if choice.release.public:
        return choice.codes is not None
    return bool((chosen_visits(choice) != chosen_visits(everywhere)).any())


def _with_visits(choice: Choice) -> set[str]:
    """The districts of which anybody could be compared; a public release doesn't tell."""
    return set() if choice.release.public else set(choice.cohorts.districts)


def _arranged(rows: pd.DataFrame, order: Order) -> pd.DataFrame:
    """The rows, within each section most of `order` first, or by name, levels from the lowest."""
    if order == "effect":
        return rows
    if order == "name":
        places = {level: place for place, level in enumerate(LEVELS)}
        placed = rows.assign(place=rows["code"].map(places))
        parts = [
            part.sort_values(["place", "series"]).drop(columns="place")
            for _name, part in placed.groupby("section", sort=False)
        ]
    else:
        parts = [
            part.sort_values(order, ascending=False, kind="stable")
            for _name, part in rows.groupby("section", sort=False)
        ]
    together = _(THE_WHOLE)
    whole = rows[rows["section"] == together]
    others = [part for part in parts if part["section"].iloc[0] != together]
    return pd.concat([whole, *others], ignore_index=True)


def whole_name(choice: Choice) -> str:
    """The districts and levels chosen, in words: Hartford · 6-8."""
    districts, levels = districts_in_words(choice), choice.filters.levels
    return f"{districts} · {', '.join(levels)}" if levels else districts


@kept(*VISITS, "headline")
def period_rows(choice: Choice) -> pd.DataFrame:
    """The choice by when the first visit was: summers and school years, in the order of time."""
    cohorts, chosen = choice.cohorts, chosen_visits(choice)
    found = {period for period, own in zip(cohorts.periods, chosen, strict=True) if own}
    periods = np.array(cohorts.periods, dtype=object)
    return _table(
        _measured(
            _("First visit"),
            label,
            period,
            headlines(cohorts, chosen & (periods == period)),
            choice,
        )
        for period, label in period_labels(found).items()
    )


def slice_area(choice: Choice) -> tuple[str, str] | None:
    """The district and level whose slices stand for the choice, or the state and `all`.

    None where slices can't be had: for several but not all districts or levels, or for some times
    of visit only.
    """
    filters, every = choice.filters, set(choice.cohorts.districts)
    districts = every if choice.codes is None else every & set(choice.codes)
    levels = set(filters.levels) or set(LEVELS)
    if filters.years or not (districts == every or len(districts) == 1):
        return None
    if not (levels == set(LEVELS) or len(levels) == 1):
        return None
    district = STATE_CODE if districts == every else min(districts)
    # In a release of one district alone, all there are is that one and not the state.
    return choice.known.own or district, ALL_LEVELS if levels == set(LEVELS) else min(levels)


@kept(*VISITS, "headline")
def kind_rows(choice: Choice) -> SliceRows | None:
    """The visited by kind of visit, and each kind beside the first of its sort; None where the
    choice has no slices (see `slice_area`).

    The number of visits is set beside nothing: it is decided after the first visit.
    """
    area = slice_area(choice)
    if area is None:
        return None
    rows: list[dict[str, object]] = []
    beside: list[dict[str, object]] = []
    for name, (parted_by, words) in KINDS.items():
        section, labels = _(parted_by), {value: _(word) for value, word in words.items()}
        data = slice_data(choice.release, name, *area)
        found = _found(choice, data, labels)
        rows += _told(found, section, labels, choice)
        reference, *others = [value for value in found if value in data.values] or [""]
        for value in () if name == "visits" else others:
            between = difference(data, value, reference, choice.headline)
            beside += _beside(section, labels[value], labels[reference], between)
    return SliceRows(_table(rows), pd.DataFrame(beside))


@kept(*VISITS, "headline")
def group_rows(choice: Choice) -> SliceRows | None:
    """The visited by student group, each compared within the group; None where the choice has no
    slices (see `slice_area`).
    """
    area = slice_area(choice)
    if area is None:
        return None
    data = slice_data(choice.release, "group", *area)
    labels = {group: _(EFFECT_GROUPS[group]) for group in _GROUPS}
    found = _found(choice, data, labels)
    rows: list[dict[str, object]] = []
    for section, groups in _GROUP_SECTIONS.items():
        own = {group: found[group] for group in groups if group in found}
        rows += _told(own, _(section), labels, choice)
    beside: list[dict[str, object]] = []
    for first, second in _COMPARED_GROUPS:
        if {first, second} <= set(data.values):
            between = difference(data, first, second, choice.headline)
            beside += _beside(_("Student groups"), labels[first], labels[second], between)
    return SliceRows(_table(rows), pd.DataFrame(beside))


@kept(*VISITS, "headline")
def school_rows(choice: Choice) -> pd.DataFrame:
    """The one chosen district's visited students by the school of the first visit, level by level,
    by effect.

    They are compared with all the district's students of the level. Schools without visits aren't
    there; no school is where school years are chosen, by which schools can't be told apart.
    """
    (district,) = choice.filters.districts
    rows: list[dict[str, object]] = []
    columns = ["school_code", "school_name"]
    table = choice.release.table("schools", columns, {"district_code": (district,)})
    names = dict(zip(*(table[column].to_pylist() for column in columns), strict=True))
    filters = choice.filters
    for level in () if filters.years else filters.levels or tuple(LEVELS):
        data = slice_data(choice.release, "school", district, level)
        section, own = _("Schools, {level}", level=level), choice.filtered(levels=(level,))
        rows += _ordered(_told(_found(choice, data, names), section, names, own))
    return _table(rows)


def _found(choice: Choice, data: SliceData, labels: Mapping[str, str]) -> dict[str, Headlines]:
    """The headlines of a slice's values, in the order of their labels; withheld with the reason
    where nobody of a value could be compared.
    """
    found = _left_out(choice, data) | slice_headlines(data)
    require_known(found, labels, f"a value of the slice {data.area[0]}")
    return {value: found[value] for value in labels if value in found}


def _left_out(choice: Choice, data: SliceData) -> dict[str, Headlines]:
    """The values of which nobody could be compared."""
    if not choice.release.has("slices_left_out"):
        return {}
    keys = ("slice", "district_code", "level")
    where = {key: (value,) for key, value in zip(keys, data.area, strict=True)}
    columns = ["slice_value", "reason", "students"]
    table = choice.release.table("slices_left_out", columns, where).to_pandas()
    require_known(table["reason"], LEFT_OUT, "a reason for being left out")
    told: dict[str, Headlines] = {}
    for value, rows in table.groupby("slice_value"):
        everyone = int(rows["students"].sum())
        why = "; ".join(
            f"{_(LEFT_OUT[reason])} ({number})"
            for reason, number in zip(rows["reason"], rows["students"], strict=True)
        )
        told[str(value)] = nobody_compared(everyone, why)
    return told


def _told(
    found: Mapping[str, Headlines], section: str, labels: Mapping[str, str], choice: Choice
) -> list[dict[str, object]]:
    return [_measured(section, labels[value], value, own, choice) for value, own in found.items()]


def _table(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """The rows that can be told of: a public release tells no effect of several districts."""
    told = [row for row in rows if row["reason"] != _(ONE_CELL)]
    return pd.DataFrame(told, columns=list(_COLUMNS))


def _row(section: str, series: str, code: str, choice: Choice) -> dict[str, object]:
    return _measured(section, series, code, headlines_on(choice), choice)


def _measured(
    section: str, series: str, code: str, found: Headlines, choice: Choice
) -> dict[str, object]:
    """The row of one effect. `choice`: its districts, levels and headline."""
    headline = found.month_after if choice.headline == "month_after" else found.six_to_nine
    own = headline.effect
    nothing = float("nan")
    hidden = found.withheld == _(HIDDEN)
    return {
        "section": section,
        "series": series,
        "code": code,
        "effect": nothing if own is None else own.effect,
        "low": nothing if own is None else own.low,
        "high": nothing if own is None else own.high,
        "visited": nothing if hidden else headline.visited,
        "visited_all": nothing if hidden else found.visited_all,
        "naive_change": nothing if headline.naive is None else headline.naive,
        "checks_failed": ", ".join(failed(choice, found, headline)),
        "reason": (headline.withheld or "") if found.visited else found.withheld or "",
    }


def _ordered(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """The rows by effect, largest first; those withheld come last, by name."""

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
