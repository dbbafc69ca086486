"""Sentences of one district: how it stands beside the state, and what visits changed in it."""

from typing import Any

import pandas as pd

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


def chance_answer(table: pd.DataFrame, name: str, year: str) -> str:
    """Which schools stand apart by more than chance; takes the table of `schools_and_chance`."""
    apart = table[table["deviation"].abs() > 1]
    schools = _schools(len(table))
    if not len(apart):
        return (
            f"{name}: in chronic absence in {year}, none of {schools} can be told apart from the "
            "district’s others of the level."
        )
    told = "; ".join(_apart(row) for row in apart.itertuples())
    return (
        f"{name}: in chronic absence in {year}, {_of(len(apart), len(table))} "
        f"{'stands' if len(apart) == 1 else 'stand'} apart by more than chance: {told}. "
        f"By chance alone one in twenty would. The others can’t be told apart."
    )


def one_and_chance(row: pd.Series, name: str, district: str, year: str) -> str:
    """Whether one school stands apart by more than chance; a row of `schools_and_chance`."""
    told = (
        f"{name}: {per_cent(row['chronic_share'])} of {students(int(row['chronic_base']))} were "
        f"chronically absent in {year}; of all students of the level in {district}, "
        f"{per_cent(row['expected'])}. By chance, 95% of schools of this size there would have "
        f"between {per_cent(row['limit_low'])} and {per_cent(row['limit_high'])}: "
    )
    if abs(row["deviation"]) <= 1:
        return f"{told}it can’t be told apart from the others."
    return f"{told}it stands apart, with {'more' if row['deviation'] > 0 else 'fewer'} absent."


def chance_note(table: pd.DataFrame) -> str:
    """How the limits of a funnel are to be read, and how far schools usually differ."""
    return (
        "Within the dashed lines lie 95% of schools by chance, within the dotted ones 99.8%: the "
        f"fewer students, the farther chance reaches. {spread_note(table)} An open mark can’t be "
        "told apart from the district’s others. Levels with one school are left out."
    )


def spread_note(table: pd.DataFrame) -> str:
    """How far schools usually differ, which limits allow for; takes `schools_and_chance`."""
    spread = table.groupby("level", sort=False)["spread"].first()
    told = ", ".join(f"{times:.1f} times for grades {level}" for level, times in spread.items())
    return (
        "Allowed for, too, is that schools of a district vary about its share by more than chance "
        f"would have it: {told}. Students are taken as independent."
    )


def _schools(number: int) -> str:
    return "the two schools" if number == 2 else f"the {number} schools"


def _of(number: int, all_: int) -> str:
    return f"{number} of {_schools(all_)}"


def _apart(row: Any) -> str:
    side = "more" if row.deviation > 0 else "fewer"
    return (
        f"{row.school_name} ({side}: {per_cent(row.chronic_share)} of "
        f"{students(int(row.chronic_base))}, where {per_cent(row.limit_low)} to "
        f"{per_cent(row.limit_high)} would be chance)"
    )


def _above_or_below(change: float) -> str:
    value = round(100 * change, 1)
    if value == 0:
        return "level with"
    return f"{points(change)} points {'above' if value > 0 else 'below'}"
