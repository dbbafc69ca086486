"""Sentences of two selections side by side: one for every measure, each with its range."""

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views.compare import Beside
from leapdash.show.words.effects import between
from leapdash.show.words.filters import whom, years_in_words
from leapdash.show.words.numbers import NO_FIGURE, count, per_cent, points, tenths

SAME = N_("Both sides are the same selection: choose another for one of them.")
NO_REASON = N_("A difference says how the two stand, not why: districts differ in whom they teach.")
INDEPENDENT = N_(
    "Students of different school years count as independent. Many are on both sides, which makes "
    "the ranges of attendance, chronic absence and reach too wide rather than too narrow."
)
HOW_SURE = N_(
    "A student’s months hang together: the range of attendance allows for it as if they moved as "
    "one. Students on both sides at once are allowed for."
)


def name(side: Choice) -> str:
    """A side, its districts, levels and years: Hartford, grades 6-8, 2021-22."""
    if not side.filters.years:
        return whom(side)
    return _("{whom}, {years}", whom=whom(side), years=years_in_words(side.filters.years))


def attendance(choice: Choice, found: Beside, years: tuple[str, str]) -> str:
    """How the two sides attended, and the gap between them; takes `attendance_beside`."""
    one, other = (whom(side) for side in choice.sides)
    if found.difference is None:
        return _(
            "{one} and {other} can’t be set side by side: one of them has fewer than {least} "
            "students.",
            one=one,
            other=other,
            least=FEW_STUDENTS,
        )
    gap = found.difference
    if _may_be_none(gap):
        told = N_(
            "{one}: students attended {rate} of their days in {year}; {other}: {rest} in "
            "{other_year}. No difference can be told (between {low} and {high} points)."
        )
    elif gap.effect < 0:
        told = N_(
            "{one}: students attended {rate} of their days in {year}; {other}: {rest} in "
            "{other_year}. That is {gap} points less (between {low} and {high})."
        )
    else:
        told = N_(
            "{one}: students attended {rate} of their days in {year}; {other}: {rest} in "
            "{other_year}. That is {gap} points more (between {low} and {high})."
        )
    low, high = _ends(gap)
    return _(
        told,
        one=one,
        other=other,
        rate=per_cent(found.one),
        rest=per_cent(found.other),
        year=years[0],
        other_year=years[1],
        gap=points(gap.effect),
        low=low,
        high=high,
    )


def chronic(found: Beside) -> str:
    """Chronic absence of both sides; takes `chronic_beside`."""
    if found.difference is None:
        return _("Chronic absence: too few students are counted on one side.")
    told = (
        N_(
            "Chronic absence: {rate} of {n} students, beside {rest} of {m}: no difference can be "
            "told ({between} points)."
        )
        if _may_be_none(found.difference)
        else N_(
            "Chronic absence: {rate} of {n} students, beside {rest} of {m}: a difference of {gap} "
            "points ({between})."
        )
    )
    return _(told, **_shares(found))


def reach(found: Beside, months: tuple[str, str]) -> str:
    """Whom visits reached on both sides; takes `reach_beside`. `months`: of which each is."""
    if found.difference is None:
        return _("Reached: too few or no students were eligible on one side.")
    told = (
        N_(
            "Reached: visits had met {rate} of {n} students ever eligible by {month}, beside "
            "{rest} of {m} by {other_month}: no difference can be told ({between} points)."
        )
        if _may_be_none(found.difference)
        else N_(
            "Reached: visits had met {rate} of {n} students ever eligible by {month}, beside "
            "{rest} of {m} by {other_month}: a difference of {gap} points ({between})."
        )
    )
    return _(told, month=months[0], other_month=months[1], **_shares(found))


def effect(found: Beside) -> str:
    """What visits changed on both sides; takes `effect_beside`."""
    one, other = found.ranges
    known = one or other
    if known is None:
        return _("Effect of visits: too few or none were visited on either side to tell it.")
    if found.difference is None or one is None or other is None:
        told = (
            N_(
                "Effect of visits: {effect} points ({between}) on the first side; too few or none "
                "were visited on the second to tell it."
            )
            if one
            else N_(
                "Effect of visits: too few or none were visited on the first side to tell it; "
                "{effect} points ({between}) on the second."
            )
        )
        return _(told, effect=points(known.effect, signed=True), between=between(known))
    told = (
        N_(
            "Effect of visits, six to nine school months after the first: {effect} points "
            "({range}), beside {rest} ({other_range}): no difference can be told ({between} "
            "points)."
        )
        if _may_be_none(found.difference)
        else N_(
            "Effect of visits, six to nine school months after the first: {effect} points "
            "({range}), beside {rest} ({other_range}): a difference of {gap} points ({between})."
        )
    )
    return _(
        told,
        effect=points(one.effect, signed=True),
        rest=points(other.effect, signed=True),
        range=between(one),
        other_range=between(other),
        gap=points(found.difference.effect, signed=True),
        between=between(found.difference),
    )


def days(found: Beside) -> str:
    """School days regained on both sides; takes `days_beside`."""
    one, other = found.ranges
    if found.difference is None or one is None or other is None:
        return _("School days regained: they can’t be told for both sides.")
    told = (
        N_(
            "School days regained for each student visited: {days} ({range}), beside {rest} "
            "({other_range}): no difference can be told ({between} days)."
        )
        if _may_be_none(found.difference)
        else N_(
            "School days regained for each student visited: {days} ({range}), beside {rest} "
            "({other_range}): a difference of {gap} days ({between})."
        )
    )
    return _(
        told,
        days=tenths(one.effect),
        rest=tenths(other.effect),
        range=_days_between(one),
        other_range=_days_between(other),
        gap=_signed_days(found.difference.effect),
        between=_days_between(found.difference),
    )


def cells(found: Beside, unit: str) -> tuple[str, str, str]:
    """Both values and the difference with its range, as a table has them. `unit`: of the values,
    `per cent`, `points` or `days`.
    """
    gap = found.difference
    if unit == "days":
        values = [NO_FIGURE if v is None else tenths(v) for v in (found.one, found.other)]
        told = None if gap is None else f"{_signed_days(gap.effect)} ({_days_between(gap)})"
    else:
        write = per_cent if unit == "per cent" else _signed
        values = [write(value) for value in (found.one, found.other)]
        told = None if gap is None else f"{_signed(gap.effect)} ({between(gap)})"
    return values[0], values[1], told or NO_FIGURE


def _signed(value: float | None) -> str:
    return points(value, signed=True)


def _signed_days(number: float) -> str:
    text = tenths(number)
    return f"+{text}" if number > 0 and text != "0.0" else text


def _days_between(found: Interval) -> str:
    return _("between {low} and {high}", low=tenths(found.low), high=tenths(found.high))


def _shares(found: Beside) -> dict[str, str]:
    gap = found.difference
    return {
        "rate": per_cent(found.one),
        "rest": per_cent(found.other),
        "n": count(found.counted[0]),
        "m": count(found.counted[1]),
        "gap": points(None if gap is None else gap.effect, signed=True),
        "between": "" if gap is None else between(gap),
    }


def _may_be_none(gap: Interval) -> bool:
    return gap.low <= 0 <= gap.high


def _ends(gap: Interval) -> tuple[str, str]:
    """The ends of a range: signed where it holds zero, else by size."""
    if _may_be_none(gap):
        return points(gap.low, signed=True), points(gap.high, signed=True)
    low, high = sorted((abs(gap.low), abs(gap.high)))
    return points(low), points(high)
