"""Sentences of Impact and District: what visits changed, whom they reached, what a day cost.

Effects are differences of attendance rates, written in points; times are school months since the
month of the first visit.
"""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from leapdash.contract.thresholds import CONFIDENCE, MINIMUM_VISITED, percent
from leapdash.inference import Interval
from leapdash.show.effects.studies import DaysRegained, Headline, Headlines
from leapdash.show.filters import Filters
from leapdash.show.views import Regained, SliceRows, Visits
from leapdash.show.words.effects import (
    after_the_visit,
    between,
    effect_answer,
    effect_sentence,
    too_small_to_tell,
)
from leapdash.show.words.numbers import NO_FIGURE, count, points

ASSOCIATION = (
    "These differences go with the kind of visit; they need not come from it. Families visited at "
    "home and elsewhere, by one visitor or another, in one language or another, differ in other "
    "ways too."
)
VISITS_IN_ALL = (
    "The number of visits can’t be read as an effect at all: whether a second visit follows is "
    "decided after the first, also by how the student attended since."
)
GROUPS_NOTE = (
    "Each group’s visited students are compared with unvisited students of the same group. Groups "
    "overlap, and they differ in more than their name: read differences as association."
)
WHAT_DAYS_ARE = (
    "School days regained: the effect of each of the first twelve school months after the visit, "
    "times the days all visited students were enrolled in that month. Later months aren’t counted."
)
READ_THE_ROWS = (
    f"Squares: the effect; lines: where it lies with {percent(CONFIDENCE)} certainty. Under each "
    "name: visited students followed that long, of all visited. Hatched: fewer than "
    f"{MINIMUM_VISITED} visited or compared."
)
_WIDE = 0.03
"""Half an interval this wide or wider, with zero in it, tells next to nothing."""


def impact_answer(found: Headlines, days: DaysRegained, visits: Visits) -> str:
    """What visits changed, with the plain before-and-after beside it, whom they reached, and the
    school days regained.
    """
    parts = [effect_answer(found)] if found.visited else []
    soon = found.month_after.effect
    if found.six_to_nine.effect is not None and soon is not None:
        parts.append(
            f"In the month after it was {points(soon.effect, signed=True)} points "
            f"({between(soon)})."
        )
    parts.append(_reached(visits, days))
    return " ".join(part for part in parts if part)


def reach_answer(visits: Visits) -> str:
    """How many families visits met, where a release has no effects."""
    if visits.first_visits == 0:
        return "No family has been met at a home visit in this choice."
    return f"Home visits met {_families(visits.first_visits)}."


def effect_card(found: Headline) -> tuple[str, str]:
    """An effect as a card has it: the number in points, and its interval or why there is none."""
    if found.effect is None:
        return NO_FIGURE, "too few to tell"
    return points(found.effect.effect, signed=True), f"{between(found.effect)} points"


def days_cards(regained: Regained) -> list[tuple[str, str, str]]:
    """Label, number and unit of the cards about school days: how many were regained and, where the
    cost is known, dollars a day.
    """
    days = regained.days
    if days.days is None:
        return [("School days regained", NO_FIGURE, "too few to tell")]
    cards = [("School days regained", rounded(days.days.effect), _from_to(days.days))]
    cost = regained.spent.cost_per_day if regained.spent is not None else None
    if cost is not None:
        middle, low, high = cost
        upper = f"between {_dollars(low)} and {_dollars(high)}"
        unit = upper if math.isfinite(high) else f"at least {_dollars(low)}"
        cards.append(("Cost per day regained", _dollars(middle), unit))
    return cards


def days_note(regained: Regained, filters: Filters) -> str:
    """What the days are, what is not counted, and what the cost is of."""
    days = regained.days
    if days.days is None:
        return f"{WHAT_DAYS_ARE} {days.withheld}"
    each = days.per_student
    parts = [WHAT_DAYS_ARE]
    if each is not None:
        parts.append(
            f"Per visited student: {_tenths(each.effect)} days (between {_tenths(each.low)} and "
            f"{_tenths(each.high)})."
        )
    if days.covered < 0.995:
        parts.append(
            f"{100 * days.covered:.0f}% of these days fall in months with enough students to show "
            "an effect; in the others nothing is counted as regained."
        )
    parts.append(_cost_note(regained, filters))
    return " ".join(part for part in parts if part)


def followed(found: Headlines) -> str:
    """How many of the compared students could be followed to the headline's months."""
    later = found.six_to_nine
    if later.effect is None:
        return ""
    first, last = later.event_times[0], later.event_times[-1]
    return f"{count(later.visited)} could be followed to school months {first} to {last}."


def no_slices(filters: Filters) -> str:
    """Why kinds of visits and student groups can't be told apart for a choice."""
    if filters.years:
        return (
            "Kinds of visits and student groups are worked out over all times of first visit. "
            "Clear the school years to see them."
        )
    return (
        "Kinds of visits and student groups are worked out for one district or all, and for one "
        "level or all. Choose one of each, or all, to see them."
    )


def differences_answer(found: SliceRows) -> str:
    """The differences between kinds, each with its interval; says so where none can be told."""
    sentences = []
    row: Any
    for row in found.differences.itertuples():
        low, high, size = float(row.low), float(row.high), float(row.difference)
        interval = Interval(size, 0.0, low, high)
        pair = f"{row.series} beside {_lower(str(row.reference))}"
        if low <= 0 <= high:
            sentences.append(f"{pair}: no difference can be told ({between(interval)} points).")
        else:
            ends = sorted((abs(low), abs(high)))
            sentences.append(
                f"{pair}: {points(size)} points {'larger' if size > 0 else 'smaller'} (between "
                f"{points(ends[0])} and {points(ends[1])})."
            )
    return "  \n".join(sentences) or "Too few visited students to set one beside another."


def district_effect(name: str, found: Headlines, beside: Interval | None) -> str:
    """A district's effect with its interval, and how it stands to that of all others together."""
    headline = found.six_to_nine
    if headline.effect is None and found.month_after.effect is not None:
        headline = found.month_after
    if headline.effect is None:
        return f"What visits changed in {name} can’t be told. {headline.withheld}"
    sentence = effect_sentence(headline, f"{name}’s visited students")
    own = headline.effect
    if too_small_to_tell(own) and own.high - own.low >= 2 * _WIDE:
        sentence += " Too few students were visited here to tell more."
    if beside is None:
        return sentence
    if too_small_to_tell(beside):
        return (
            f"{sentence} It can’t be told apart from the effect in all other districts together "
            f"({between(beside)} points)."
        )
    ends = sorted((abs(beside.low), abs(beside.high)))
    return (
        f"{sentence} The effect is {points(beside.effect)} points "
        f"{'larger' if beside.effect > 0 else 'smaller'} than in all other districts together "
        f"(between {points(ends[0])} and {points(ends[1])})."
    )


def district_based_on(found: Headlines) -> str:
    """How many of a district's visited students its effect rests on, and in which months it is."""
    later = found.six_to_nine
    first, last = later.event_times[0], later.event_times[-1]
    students = f"{count(later.visited)} of {count(found.visited_all)} visited students"
    if later.effect is None:
        return f"{students} could be followed to school months {first} to {last}."
    return f"Effect: school months {first} to {last} after the first visit, based on {students}."


def schools_note(filters: Filters) -> str:
    """What a school's students are compared with, or why schools aren't shown."""
    if filters.years:
        return "Schools are shown for first visits of all school years only: clear the years."
    return (
        "A school’s visited students are compared with the district’s unvisited students of the "
        "level; schools without visits aren’t listed."
    )


def effect_axis(event_times: Sequence[int]) -> str:
    """The title of an axis of effects: what is measured, in what, and when."""
    when = after_the_visit(event_times).removesuffix(" after the first visit")
    return f"Effect in points of attendance,<br>{when[:1].lower()}{when[1:]} after"


def alt_forest(title: str, table: pd.DataFrame) -> str:
    """What a forest plot shows: how many rows, the smallest and the largest effect, how many are
    withheld.
    """
    pairs = zip(table["effect"].tolist(), table["series"].tolist(), strict=True)
    told = sorted((effect, name) for effect, name in pairs if not math.isnan(effect))
    text = f"Forest plot: {title}. {len(table)} rows."
    if told:
        (low, least), (high, most) = told[0], told[-1]
        text += (
            f" Effects from {points(low, signed=True)} points ({least}) to "
            f"{points(high, signed=True)} points ({most})."
        )
    if hidden := len(table) - len(told):
        text += f" {hidden} withheld: too few to tell."
    return text


def rounded(number: float) -> str:
    """A large number to three figures, with commas: 89,909.3 is 89,900."""
    if abs(number) < 1000:
        return f"{number:,.0f}".replace("-", "−")
    step = 10 ** (int(math.log10(abs(number))) - 2)
    return f"{round(number / step) * step:,.0f}".replace("-", "−")


def _reached(visits: Visits, days: DaysRegained) -> str:
    met = f"Home visits met {_families(visits.first_visits)}"
    if days.days is None:
        return f"{met}."
    if days.days.low <= 0 <= days.days.high:
        return f"{met}; whether school days were regained is too small to tell."
    if days.days.high < 0:
        return f"{met}; about {rounded(-days.days.effect)} school days were lost ({_ends(days)})."
    return f"{met}; about {rounded(days.days.effect)} school days were regained ({_ends(days)})."


def _ends(days: DaysRegained) -> str:
    if days.days is None:
        return ""
    low, high = sorted((abs(days.days.low), abs(days.days.high)))
    return f"between {rounded(low)} and {rounded(high)}"


def _cost_note(regained: Regained, filters: Filters) -> str:
    spent = regained.spent
    if spent is None or spent.cost is None:
        if filters.levels:
            return "Costs are known by district, not by level: no cost per day here."
        if regained.uncounted:
            return "No cost is known for these districts and school years."
        return ""
    first, last = regained.years
    years = first if first == last else f"{first} to {last}"
    text = f"Cost: ${rounded(spent.cost)} in {years}, all of it set against the days regained"
    if regained.uncounted:
        names = ", ".join(regained.uncounted)
        text += f"; left out, cost and days, for want of a known cost: {names}"
    if spent.cost_per_day is None:
        return f"{text}. No day was shown to be regained, so there is no cost per day."
    return f"{text} so far; days after the data’s last month aren’t counted yet."


def _from_to(found: Interval) -> str:
    return f"between {rounded(found.low)} and {rounded(found.high)}"


def _tenths(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _dollars(value: float) -> str:
    return f"${value:,.0f}" if value >= 10 else f"${value:,.2f}"


def _families(number: int) -> str:
    return "the family of 1 student" if number == 1 else f"the families of {count(number)} students"


def _lower(name: str) -> str:
    return name if name in ("English", "Spanish") else f"{name[:1].lower()}{name[1:]}"
