"""Cards of an effect: its headlines with their ranges, the plain change, and whom it rests on."""

from leapdash.show import words
from leapdash.show.dashboard.cards import Card
from leapdash.show.effects.studies import EffectStudy, Headline
from leapdash.show.words.numbers import NO_FIGURE, count, points


def effect_cards(study: EffectStudy, everyone: int) -> list[Card]:
    """Month after, months 6 to 9, the plain change beside the later of them, and how many of
    `everyone` visited are compared.
    """
    soon, later = study.month_after, study.six_to_nine
    plain, months = (soon, "month after") if later.effect is None else (later, "months 6 to 9")
    return [
        _headline_card("Month after", soon),
        _headline_card("Months 6 to 9", later),
        Card(
            "Plain change",
            points(plain.naive, signed=True),
            f"points, {months}",
            "The same students’ change since the month before the visit. Not the effect.",
        ),
        Card("Visited compared", count(study.visited), f"of {count(everyone)}"),
    ]


def _headline_card(label: str, headline: Headline) -> Card:
    found = headline.effect
    if found is None:
        return Card(label, NO_FIGURE, "too few students", headline.withheld)
    return Card(
        label,
        points(found.effect, signed=True),
        words.between(found),
        "The effect of the visit, in points of the attendance rate, school months since the visit.",
    )
