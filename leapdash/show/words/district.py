"""Sentences of one district: how it stands beside the state, and what visits changed in it."""

from leapdash.contract.thresholds import CONFIDENCE, percent
from leapdash.inference import Interval
from leapdash.show.effects.studies import Headlines
from leapdash.show.views.programme import Reach
from leapdash.show.words.effects import between, effect_sentence, leading, too_small_to_tell
from leapdash.show.words.numbers import month, per_cent, points, students

SCHOOL_INTERVALS = (
    "Lines: how far chance alone may move the share of a school of that size, with "
    f"{percent(CONFIDENCE)} certainty."
)
_WIDE = 0.03
"""Half an interval this wide or wider, with zero in it, tells next to nothing."""


def answer(name: str, year: str, rate: float, state_rate: float, reach: Reach) -> str:
    """A district's attendance beside the state's, and how many students wait for a visit."""
    sentence = (
        f"In {name}, students attended {per_cent(rate)} of their days in {year}, "
        f"{_above_or_below(rate - state_rate)} all districts together"
    )
    if not reach.taking_part:
        return f"{sentence}. The district took no part in home visits in {month(reach.month)}."
    verb = "is" if reach.waiting == 1 else "are"
    return f"{sentence}; {students(reach.waiting)} {verb} waiting for a first visit."


def effect(name: str, found: Headlines, beside: Interval | None) -> str:
    """A district's effect with its interval, and how it stands to that of all others together."""
    headline = leading(found)
    if headline.effect is None:
        reason = found.six_to_nine.withheld
        return f"What visits changed can’t be told for {name}. {reason}"
    who = f"the visited students of {name}{',' if ',' in name else ''}"
    sentence = effect_sentence(headline, who)
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


def _above_or_below(change: float) -> str:
    value = round(100 * change, 1)
    if value == 0:
        return "level with"
    return f"{points(change)} points {'above' if value > 0 else 'below'}"
