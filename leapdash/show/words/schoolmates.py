"""Words of one check: did unvisited schoolmates gain too?"""

import pandas as pd

from leapdash.contract.thresholds import MANY_VISITED, percent
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.views.checks import Beside, Spillover, schoolmates_gained
from leapdash.show.words.checks import Line, area_in_words, joined
from leapdash.show.words.effects import between
from leapdash.show.words.numbers import NO_FIGURE, count, points

_MANY = percent(MANY_VISITED)


def schoolmates_line(found: Spillover, beside: Beside) -> Line:
    """Whether unvisited students gained where many of their school were visited."""
    verdict = schoolmates_gained(found, beside)
    match verdict:
        case "holds":
            told = _("No sign of it: {found}.", found=_schoolmates_found(found, beside))
        case "mind":
            told = _(
                "Perhaps: {found}. The effect would then be larger than shown.",
                found=_schoolmates_found(found, beside),
            )
        case _:
            told = _("This can’t be said: too few unvisited schoolmates to compare.")
    return Line(_("Did unvisited schoolmates gain too?"), verdict, told)


def schoolmates_evidence(found: Spillover, beside: Beside, choice: Choice) -> str:
    """How the two comparisons are made, and for which area."""
    parts = [
        _(
            "Had visits helped unvisited schoolmates, the comparison would make the effect look "
            "too small."
        )
    ]
    if found.gain is not None:
        parts.append(
            _(
                "Within school year, district and level: {n} unvisited students where {many} or "
                "more of the school were visited, beside {others} where fewer were.",
                n=count(found.students),
                many=_MANY,
                others=count(found.others),
            )
        )
    if beside.more is not None and not _shows_nowhere(beside.more):
        parts.append(
            _(
                "Compared with schools under {many} visited only, the effect six to nine school "
                "months after the first visit differs by {points} points ({between}); both rest on "
                "many of the same students, which this range allows for.",
                many=_MANY,
                points=points(beside.more.effect, signed=True),
                between=between(beside.more),
            )
        )
    area = area_in_words(beside.district, beside.level, choice)
    return joined([*parts, _("The effects beside each other are for {area}.", area=area)])


def alt_schoolmates(title: str, table: pd.DataFrame) -> str:
    """What the chart of unvisited schoolmates shows, for who can't see it."""
    told = [
        _(
            "{year}, {share} visited: {change}",
            year=year,
            share=visited,
            change=points(change, signed=True),
        )
        for year, visited, change in zip(
            table["school_year"], table["share_visited"], table["change"], strict=True
        )
    ]
    return _(
        "{title}: change of attendance in points. {changes}.",
        title=title,
        changes="; ".join(told),
    )


def _schoolmates_found(found: Spillover, beside: Beside) -> str:
    """What schoolmates were found to gain, as a clause."""
    if found.gain is not None:
        return _schoolmates_changed(found.gain)
    few, everyone, more = beside.few_visited, beside.everyone.six_to_nine.effect, beside.more
    if more is None or few is None or few.six_to_nine.effect is None:
        return NO_FIGURE
    if _shows_nowhere(more):
        return _(
            "without the schools where {many} or more were visited, the effect would be the same, "
            "to a tenth of a point",
            many=_MANY,
        )
    if points(more.effect) == "0.0" or everyone is None:
        return _(
            "without the schools where {many} or more were visited, the effect would be the same "
            "(a difference {between} points)",
            many=_MANY,
            between=between(more),
        )
    return _(
        "compared with schools under {many} visited only, the effect would be {effect} instead of "
        "{shown} points (a difference {between})",
        many=_MANY,
        effect=points(few.six_to_nine.effect.effect, signed=True),
        shown=points(everyone.effect, signed=True),
        between=between(more),
    )


def _schoolmates_changed(gain: Interval) -> str:
    """How the attendance of the unvisited changed where many were visited, as a clause."""
    size = points(gain.effect)
    said = {"many": _MANY, "between": between(gain)}
    if size == "0.0":
        return _(
            "where {many} or more of a school were visited, attendance of the unvisited changed as "
            "much as in schools with fewer visits ({between})",
            **said,
        )
    if gain.effect > 0:
        return _(
            "where {many} or more of a school were visited, attendance of the unvisited changed "
            "{points} points more than in schools with fewer visits ({between})",
            points=size,
            **said,
        )
    return _(
        "where {many} or more of a school were visited, attendance of the unvisited changed "
        "{points} points less than in schools with fewer visits ({between})",
        points=size,
        **said,
    )


def _shows_nowhere(difference: Interval) -> bool:
    """Whether a difference is nothing to a tenth of a point, wherever in its range it lies."""
    return {points(difference.low), points(difference.high)} == {"0.0"}
