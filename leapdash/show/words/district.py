"""Sentences of one district: how it stands beside the state, and what visits changed in it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from leapdash.contract.thresholds import CONFIDENCE, percent
from leapdash.inference import Interval
from leapdash.show.effects.studies import Headlines
from leapdash.show.language import _, _n
from leapdash.show.views.programme import Reach
from leapdash.show.words.effects import effect_sentence, leading, too_small_to_tell
from leapdash.show.words.numbers import count, month, per_cent, points, students

_WIDE = 0.03
"""Half an interval this wide or wider, with zero in it, tells next to nothing."""


def answer(name: str, year: str, rate: float, state_rate: float | None, reach: Reach) -> str:
    """A district's attendance beside the state's, and how many students wait for a visit.

    `state_rate`: None where the release knows of no other district.
    """
    if reach.taking_part:
        above, told = _beside_state(name, year, rate, state_rate)
        return _stands_and_waits(above, reach.waiting, **told)
    return f"{stands(name, year, rate, state_rate)} {no_part(reach.month)}"


def stands(name: str, year: str, rate: float, state_rate: float | None) -> str:
    """A district's attendance beside the state's."""
    above, told = _beside_state(name, year, rate, state_rate)
    return _stands(above, **told)


def no_part(when: date) -> str:
    """That the district takes no part in home visits."""
    return _("The district took no part in home visits in {month}.", month=month(when))


def _beside_state(
    name: str, year: str, rate: float, state_rate: float | None
) -> tuple[float | None, dict[str, object]]:
    """How many points a district's attendance is above the state's, where that is known, and what a
    sentence needs.
    """
    told: dict[str, object] = {"name": name, "rate": per_cent(rate), "year": year}
    if state_rate is None:
        return None, told
    told["points"] = points(rate - state_rate)
    return round(100 * (rate - state_rate), 1), told


def effect(name: str, found: Headlines, beside: Interval | None) -> str:
    """A district's effect with its interval, and how it stands to that of all others together."""
    headline = leading(found)
    if headline.effect is None:
        cannot = _("What visits changed can’t be told for {name}.", name=name)
        return f"{cannot} {found.six_to_nine.withheld}"
    who = (
        _("the visited students of {name},", name=name)
        if "," in name
        else _("the visited students of {name}", name=name)
    )
    told = [effect_sentence(headline, who)]
    own = headline.effect
    if too_small_to_tell(own) and own.high - own.low >= 2 * _WIDE:
        told.append(_("Too few students were visited here to tell more."))
    if beside is not None:
        told.append(_beside_others(beside))
    return " ".join(told)


def chance_answer(table: pd.DataFrame, name: str, year: str) -> str:
    """Which schools stand apart by more than chance; takes the table of `schools_and_chance`."""
    apart = table[table["deviation"].abs() > 1]
    told: dict[str, object] = {"name": name, "year": year, "n": len(apart), "all": len(table)}
    if not len(apart):
        return _none_apart(len(table), told)
    told["schools"] = "; ".join(_apart(row) for row in apart.itertuples())
    others = _("By chance alone one in twenty would. The others can’t be told apart.")
    return f"{_some_apart(len(apart), len(table), told)} {others}"


def one_and_chance(row: pd.Series, name: str, district: str, year: str) -> str:
    """Whether one school stands apart by more than chance; a row of `schools_and_chance`."""
    found = _(
        "{name}: {share} of {students} were chronically absent in {year}; of all students of the "
        "level in {district}, {expected}.",
        name=name,
        share=per_cent(row["chronic_share"]),
        students=students(int(row["chronic_base"])),
        year=year,
        district=district,
        expected=per_cent(row["expected"]),
    )
    limits = {"low": per_cent(row["limit_low"]), "high": per_cent(row["limit_high"])}
    return f"{found} {_judged(row['deviation'], **limits)}"


def chance_note(table: pd.DataFrame) -> str:
    """How the limits of a funnel are to be read, and how far schools usually differ."""
    limits = _(
        "Within the dashed lines lie 95% of schools by chance, within the dotted ones 99.8%: the "
        "fewer students, the farther chance reaches."
    )
    marks = _(
        "An open mark can’t be told apart from the district’s others. Levels with one school are "
        "left out."
    )
    return f"{limits} {spread_note(table)} {marks}"


def spread_note(table: pd.DataFrame) -> str:
    """How far schools usually differ, which limits allow for; takes `schools_and_chance`."""
    spread = table.groupby("level", sort=False)["spread"].first()
    written = {level: f"{times:.1f}" for level, times in spread.items()}
    told = ", ".join(
        _("{times} times for grades {level}", times=times, level=level)
        for level, times in written.items()
    )
    return _(
        "Allowed for, too, is that schools of a district vary about its share by more than chance "
        "would have it: {times}. Students are taken as independent.",
        times=told,
    )


def school_intervals() -> str:
    """What the lines beside schools' shares of chronic absence mean."""
    return _(
        "Lines: how far chance alone may move the share of a school of that size, with {certainty} "
        "certainty.",
        certainty=percent(CONFIDENCE),
    )


def _stands(above: float | None, **told: object) -> str:
    """A district's attendance beside that of all, so many points above it; alone where None."""
    if above is None:
        return _("In {name}, students attended {rate} of their days in {year}.", **told)
    if above == 0:
        return _(
            "In {name}, students attended {rate} of their days in {year}, level with all districts "
            "together.",
            **told,
        )
    if above > 0:
        return _(
            "In {name}, students attended {rate} of their days in {year}, {points} points above "
            "all districts together.",
            **told,
        )
    return _(
        "In {name}, students attended {rate} of their days in {year}, {points} points below all "
        "districts together.",
        **told,
    )


def _stands_and_waits(above: float | None, waiting: int, **told: object) -> str:
    """The same, and how many are waiting."""
    told["n"] = count(waiting)
    if above is None:
        return _n(
            "In {name}, students attended {rate} of their days in {year}; {n} student is waiting "
            "for a first visit.",
            "In {name}, students attended {rate} of their days in {year}; {n} students are waiting "
            "for a first visit.",
            waiting,
            **told,
        )
    if above == 0:
        return _n(
            "In {name}, students attended {rate} of their days in {year}, level with all districts "
            "together; {n} student is waiting for a first visit.",
            "In {name}, students attended {rate} of their days in {year}, level with all districts "
            "together; {n} students are waiting for a first visit.",
            waiting,
            **told,
        )
    if above > 0:
        return _n(
            "In {name}, students attended {rate} of their days in {year}, {points} points above "
            "all districts together; {n} student is waiting for a first visit.",
            "In {name}, students attended {rate} of their days in {year}, {points} points above "
            "all districts together; {n} students are waiting for a first visit.",
            waiting,
            **told,
        )
    return _n(
        "In {name}, students attended {rate} of their days in {year}, {points} points below all "
        "districts together; {n} student is waiting for a first visit.",
        "In {name}, students attended {rate} of their days in {year}, {points} points below all "
        "districts together; {n} students are waiting for a first visit.",
        waiting,
        **told,
    )


def _beside_others(beside: Interval) -> str:
    """How a district's effect stands to that of all others together."""
    if too_small_to_tell(beside):
        signed = beside.low < 0
        return _(
            "It can’t be told apart from the effect in all other districts together (between "
            "{low} and {high} points).",
            low=points(beside.low, signed),
            high=points(beside.high, signed),
        )
    low, high = sorted((abs(beside.low), abs(beside.high)))
    told = {"points": points(beside.effect), "low": points(low), "high": points(high)}
    if beside.effect > 0:
        return _(
            "The effect is {points} points larger than in all other districts together (between "
            "{low} and {high}).",
            **told,
        )
    return _(
        "The effect is {points} points smaller than in all other districts together (between "
        "{low} and {high}).",
        **told,
    )


def _none_apart(every: int, told: Mapping[str, object]) -> str:
    """That of so many schools none stands apart."""
    if every == 2:
        return _(
            "{name}: in chronic absence in {year}, none of the two schools can be told apart from "
            "the district’s others of the level.",
            **told,
        )
    return _(
        "{name}: in chronic absence in {year}, none of the {all} schools can be told apart from "
        "the district’s others of the level.",
        **told,
    )


def _some_apart(number: int, every: int, told: Mapping[str, object]) -> str:
    """Which of so many schools stand apart."""
    if every == 2:
        return _n(
            "{name}: in chronic absence in {year}, {n} of the two schools stands apart by more "
            "than chance: {schools}.",
            "{name}: in chronic absence in {year}, {n} of the two schools stand apart by more "
            "than chance: {schools}.",
            number,
            **told,
        )
    return _n(
        "{name}: in chronic absence in {year}, {n} of the {all} schools stands apart by more than "
        "chance: {schools}.",
        "{name}: in chronic absence in {year}, {n} of the {all} schools stand apart by more than "
        "chance: {schools}.",
        number,
        **told,
    )


def _apart(row: Any) -> str:
    """A school that stands apart, and how far chance would have reached."""
    told = {
        "school": row.school_name,
        "share": per_cent(row.chronic_share),
        "students": students(int(row.chronic_base)),
        "low": per_cent(row.limit_low),
        "high": per_cent(row.limit_high),
    }
    if row.deviation > 0:
        return _(
            "{school} (more: {share} of {students}, where {low} to {high} would be chance)", **told
        )
    return _(
        "{school} (fewer: {share} of {students}, where {low} to {high} would be chance)", **told
    )


def _judged(deviation: float, **limits: str) -> str:
    """Whether a school so far from what is expected, in units of its limits, stands apart."""
    if abs(deviation) <= 1:
        return _(
            "By chance, 95% of schools of this size there would have between {low} and {high}: it "
            "can’t be told apart from the others.",
            **limits,
        )
    if deviation > 0:
        return _(
            "By chance, 95% of schools of this size there would have between {low} and {high}: it "
            "stands apart, with more absent.",
            **limits,
        )
    return _(
        "By chance, 95% of schools of this size there would have between {low} and {high}: it "
        "stands apart, with fewer absent.",
        **limits,
    )
