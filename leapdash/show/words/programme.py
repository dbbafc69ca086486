"""Sentences of the programme: whom visits reached, the school days regained, what one cost."""

import math
from collections.abc import Sequence
from datetime import date

from leapdash.contract import MONTHS_AFTER, school_year_of
from leapdash.contract.thresholds import percent
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.effects.days import DaysRegained
from leapdash.show.filters import DISTRICT_SETS
from leapdash.show.language import _, _n
from leapdash.show.views.base import districts_in_words
from leapdash.show.views.programme import Reach, Regained, VisitsMade
from leapdash.show.words.filters import chosen, years_in_words
from leapdash.show.words.numbers import NO_FIGURE, count, in_words, month, rounded, tenths


def reach_answer(visits: VisitsMade) -> str:
    """How many families visits met, where there is no effect to tell."""
    number = visits.first_visits
    if number == 0:
        return _("No family has been met at a home visit in this choice.")
    return _n(
        "Home visits met the family of {n} student.",
        "Home visits met the families of {n} students.",
        number,
        n=count(number),
    )


def no_visits(choice: Choice, began: date | None) -> str:
    """Why there are no visits behind a choice. `began`: when visits did."""
    codes, years = choice.codes, choice.filters.years
    if codes is not None and not choice.known.leap & set(codes):
        districts = districts_in_words(choice)
        if len(codes) == 1 and not DISTRICT_SETS.keys() & set(choice.filters.districts):
            return _("{district} takes no part in home visits.", district=districts)
        return _("{districts} take no part in home visits.", districts=districts)
    if began is not None and years and max(years) < school_year_of(began):
        return _(
            "There were no home visits yet in {years}: they began in {month}.",
            years=years_in_words(years),
            month=month(began),
        )
    if told := chosen(choice):
        return _("No first visit is recorded for this choice: {choice}.", choice=told)
    return _("No first visit is recorded for this choice.")


def reach_note(reach: Reach) -> str:
    """Which students the figure of the reached counts."""
    return _(
        "Students enrolled in {month} who had become eligible by then.", month=month(reach.month)
    )


def days_cards(regained: Regained) -> list[tuple[str, str, str]]:
    """Label, number and unit of the cards about school days regained, and of the cost of one.

    There is a card for the cost where it is known.
    """
    days, label = regained.days, _("School days regained")
    if days.days is None:
        return [(label, NO_FIGURE, _("too few to tell"))]
    cards = [(label, rounded(days.days.effect), _from_to(days.days))]
    cost = regained.spent.cost_per_day if regained.spent is not None else None
    if cost is not None:
        middle, low, high = cost
        unit = (
            _("between {low} and {high}", low=_dollars(low), high=_dollars(high))
            if math.isfinite(high)
            else _("at least {low}", low=_dollars(low))
        )
        cards.append((_("Cost per day regained"), _dollars(middle), unit))
    return cards


def days_note(regained: Regained, choice: Choice) -> str:
    """What the days are, what is not counted, and what the cost is of."""
    days = regained.days
    if days.days is None:
        return f"{_what_days_are()} {days.withheld}"
    each = days.per_student
    parts = [_what_days_are()]
    if each is not None:
        parts.append(
            _(
                "Per visited student: {days} days (between {low} and {high}).",
                days=tenths(each.effect),
                low=tenths(each.low),
                high=tenths(each.high),
            )
        )
    if days.compared < 0.995:
        parts.append(
            _(
                "{share} of these days are of students who could not be compared: they are counted "
                "with the effect on the others, which the range takes as true.",
                share=percent(1 - days.compared),
            )
        )
    if days.covered < 0.995:
        parts.append(
            _(
                "{share} of these days fall in months with enough students to show an effect; in "
                "the others nothing is counted as regained, and the range doesn’t allow for it.",
                share=percent(days.covered),
            )
        )
    return " ".join([*parts, *_costs(regained, choice)])


def each_in_days(days: DaysRegained) -> str:
    """The effect as a parent counts: days more in school for each student visited, as far as they
    were followed; empty where it can't be told, or may be none.
    """
    each = days.per_student
    if each is None or each.low <= 0 <= each.high:
        return ""
    number, months = round(abs(each.effect)), in_words(len(MONTHS_AFTER))
    if number == 0 and each.effect > 0:
        return _(
            "So far, the visits come to less than one day more in school for each student visited, "
            "counted over the {months} school months after.",
            months=months,
        )
    if number == 0:
        return _(
            "So far, the visits come to less than one day fewer in school for each student "
            "visited, counted over the {months} school months after.",
            months=months,
        )
    if each.effect > 0:
        return _n(
            "So far, the visits come to about {n} more day in school for each student visited, "
            "counted over the {months} school months after.",
            "So far, the visits come to about {n} more days in school for each student visited, "
            "counted over the {months} school months after.",
            number,
            n=number,
            months=months,
        )
    return _n(
        "So far, the visits come to about {n} fewer day in school for each student visited, "
        "counted over the {months} school months after.",
        "So far, the visits come to about {n} fewer days in school for each student visited, "
        "counted over the {months} school months after.",
        number,
        n=number,
        months=months,
    )


def _what_days_are() -> str:
    """What counts as a school day regained."""
    return _(
        "School days regained: the effect of each of the first {months} school months after the "
        "visit, times the days all visited students were enrolled in that month. Later months "
        "aren’t counted.",
        months=in_words(len(MONTHS_AFTER)),
    )


def _costs(regained: Regained, choice: Choice) -> list[str]:
    """What the cost per day is of, or why there is none: sentences."""
    spent, late = regained.spent, _recent(regained.recent)
    if spent is None or spent.cost is None:
        if choice.filters.levels:
            return [_("Costs are known by district, not by level: no cost per day here.")]
        if regained.uncounted:
            return [_("No cost is known for these districts and school years."), *late]
        return late
    values = {"cost": f"${rounded(spent.cost)}", "years": years_in_words(regained.years)}
    told = (
        _(
            "Cost: {cost} in {years}, all of it set against the days regained by the students "
            "first visited then; left out, cost and days, for want of a known cost: {districts}.",
            **values,
            districts=", ".join(regained.uncounted),
        )
        if regained.uncounted
        else _(
            "Cost: {cost} in {years}, all of it set against the days regained by the students "
            "first visited then.",
            **values,
        )
    )
    if spent.cost_per_day is None:
        none = _("No day was shown to be regained, so there is no cost per day.")
        return [told, none, *late]
    return [told, *late]


def _recent(years: Sequence[str]) -> list[str]:
    """That school years are left out of the cost per day, and why; nothing for none."""
    if not years:
        return []
    return [
        _n(
            "{years} is left out of the cost per day: not all visited then have been followed for "
            "{months} school months yet.",
            "{years} are left out of the cost per day: not all visited then have been followed for "
            "{months} school months yet.",
            len(years),
            years=years_in_words(years),
            months=in_words(len(MONTHS_AFTER)),
        )
    ]


def _from_to(found: Interval) -> str:
    if found.low < 0 < found.high:
        return _(
            "between {lost} lost and {regained} regained",
            lost=rounded(-found.low),
            regained=rounded(found.high),
        )
    return _("between {low} and {high}", low=rounded(found.low), high=rounded(found.high))


def _dollars(value: float) -> str:
    return f"${value:,.0f}" if value >= 10 else f"${value:,.2f}"
