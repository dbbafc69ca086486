"""Sentences of the programme: whom visits reached, the school days regained, what one cost."""

import math
from collections.abc import Sequence
from datetime import date

from leapdash.contract import MONTHS_AFTER, school_year_of
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.effects.days import DaysRegained
from leapdash.show.filters import DISTRICT_SETS
from leapdash.show.views.base import districts_in_words
from leapdash.show.views.programme import Reach, Regained, VisitsMade
from leapdash.show.words.filters import chosen, years_in_words
from leapdash.show.words.numbers import NO_FIGURE, count, in_words, month, rounded, tenths

WHAT_DAYS_ARE = (
    f"School days regained: the effect of each of the first {in_words(len(MONTHS_AFTER))} school "
    "months after the visit, times the days all visited students were enrolled in that month. "
    "Later months aren’t counted."
)


def reach_answer(visits: VisitsMade) -> str:
    """How many families visits met, where there is no effect to tell."""
    if visits.first_visits == 0:
        return "No family has been met at a home visit in this choice."
    return f"Home visits met {_families(visits.first_visits)}."


def no_visits(choice: Choice, began: date | None) -> str:
    """Why there are no visits behind a choice. `began`: when visits did."""
    codes, years = choice.codes, choice.filters.years
    if codes is not None and not choice.known.leap & set(codes):
        one = len(codes) == 1 and not DISTRICT_SETS.keys() & set(choice.filters.districts)
        verb = "takes" if one else "take"
        return f"{districts_in_words(choice)} {verb} no part in home visits."
    if began is not None and years and max(years) < school_year_of(began):
        chosen_years = years_in_words(years)
        return f"There were no home visits yet in {chosen_years}: they began in {month(began)}."
    told = chosen(choice)
    return f"No first visit is recorded for this choice{f': {told}' if told else ''}."


def reach_note(reach: Reach) -> str:
    """Which students the figure of the reached counts."""
    return f"Students enrolled in {month(reach.month)} who had become eligible by then."


def days_cards(regained: Regained) -> list[tuple[str, str, str]]:
    """Label, number and unit of the cards about school days regained, and of the cost of one.

    There is a card for the cost where it is known.
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


def days_note(regained: Regained, choice: Choice) -> str:
    """What the days are, what is not counted, and what the cost is of."""
    days = regained.days
    if days.days is None:
        return f"{WHAT_DAYS_ARE} {days.withheld}"
    each = days.per_student
    parts = [WHAT_DAYS_ARE]
    if each is not None:
        parts.append(
            f"Per visited student: {tenths(each.effect)} days (between {tenths(each.low)} and "
            f"{tenths(each.high)})."
        )
    if days.compared < 0.995:
        parts.append(
            f"{100 * (1 - days.compared):.0f}% of these days are of students who could not be "
            "compared: they are counted with the effect on the others, which the range takes as "
            "true."
        )
    if days.covered < 0.995:
        parts.append(
            f"{100 * days.covered:.0f}% of these days fall in months with enough students to show "
            "an effect; in the others nothing is counted as regained, and the range doesn’t allow "
            "for it."
        )
    parts.append(_cost_note(regained, choice))
    return " ".join(part for part in parts if part)


def each_in_days(days: DaysRegained) -> str:
    """The effect as a parent counts: days more in school for each student visited, as far as they
    were followed; empty where it can't be told, or may be none.
    """
    each = days.per_student
    if each is None or each.low <= 0 <= each.high:
        return ""
    number, side = round(abs(each.effect)), "more" if each.effect > 0 else "fewer"
    about = f"less than one day {side}"
    if number:
        about = f"about {number} {side} {'day' if number == 1 else 'days'}"
    return (
        f"So far, the visits come to {about} in school for each student visited, counted over the "
        f"{in_words(len(MONTHS_AFTER))} school months after."
    )


def _cost_note(regained: Regained, choice: Choice) -> str:
    spent = regained.spent
    late = _recent(regained.recent)
    if spent is None or spent.cost is None:
        if choice.filters.levels:
            return "Costs are known by district, not by level: no cost per day here."
        if regained.uncounted:
            return f"No cost is known for these districts and school years.{late}"
        return late.strip()
    text = (
        f"Cost: ${rounded(spent.cost)} in {years_in_words(regained.years)}, all of it set against "
        "the days regained by the students first visited then"
    )
    if regained.uncounted:
        names = ", ".join(regained.uncounted)
        text += f"; left out, cost and days, for want of a known cost: {names}"
    if spent.cost_per_day is None:
        return f"{text}. No day was shown to be regained, so there is no cost per day.{late}"
    return f"{text}.{late}"


def _recent(years: Sequence[str]) -> str:
    """That school years are left out of the cost per day, and why; empty for none."""
    if not years:
        return ""
    verb = "is" if len(years) == 1 else "are"
    return (
        f" {years_in_words(years)} {verb} left out of the cost per day: not all visited then have "
        f"been followed for {in_words(len(MONTHS_AFTER))} school months yet."
    )


def _from_to(found: Interval) -> str:
    if found.low < 0 < found.high:
        return f"between {rounded(-found.low)} lost and {rounded(found.high)} regained"
    return f"between {rounded(found.low)} and {rounded(found.high)}"


def _dollars(value: float) -> str:
    return f"${value:,.0f}" if value >= 10 else f"${value:,.2f}"


def _families(number: int) -> str:
    return "the family of 1 student" if number == 1 else f"the families of {count(number)} students"
