"""Sentences about effects: what visits changed, how sure that is, what a plain look would say.

Effects are differences of attendance rates, written in points; intervals are written “between …
and …”. Times are school months since the month of the first visit.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.effects.studies import (
    EffectStudy,
    Headline,
    Headlines,
)
from leapdash.show.language import N_, _, _n
from leapdash.show.words.filters import whose_visits
from leapdash.show.words.numbers import (
    NO_FIGURE,
    count,
    points,
    signed_month,
    visited_students,
)

RESTS_ON = N_(
    "Given district, level, attendance so far (last month, the last three, all before those, last "
    "school year), needs (English learner, disability, meals, homeless) and the school’s recent "
    "attendance, who is visited in a month is taken to be as good as chance as far as the months "
    "to come are concerned. What visitors knew beyond that (a family in crisis, a student about to "
    "return) is not removed."
)
NEVER_VISITED = N_(
    "“Not visited” means that no visit is recorded: families visited outside the programme’s "
    "records may be among the compared, which would make the effect look smaller than it is."
)
NOT_THE_EFFECT = N_(
    "This is a plain before-and-after, not the effect of the visits. Students are visited when "
    "their attendance is at its worst, so part of any rise would have come without a visit."
)

_FRACTIONS = (
    (0.0, N_("next to nothing")),
    (0.1, N_("about a tenth")),
    (0.2, N_("about a fifth")),
    (0.25, N_("about a quarter")),
    (1 / 3, N_("about a third")),
    (0.4, N_("about two fifths")),
    (0.5, N_("about half")),
    (0.6, N_("about three fifths")),
    (2 / 3, N_("about two thirds")),
    (0.75, N_("about three quarters")),
    (0.8, N_("about four fifths")),
    (0.9, N_("about nine tenths")),
    (1.0, N_("nearly all")),
)
_ANYWAY = {
    ("stayed", False): N_("without the visit, attendance would have stayed as it was"),
    ("stayed", True): N_(
        "without the visit, attendance would have stayed as it was (between {low} and {high} "
        "points)"
    ),
    ("risen", False): N_("without the visit, attendance would have risen by {points} points"),
    ("risen", True): N_(
        "without the visit, attendance would have risen by {points} points (between {low} and "
        "{high} points)"
    ),
    ("fallen", False): N_("without the visit, attendance would have fallen by {points} points"),
    ("fallen", True): N_(
        "without the visit, attendance would have fallen by {points} points (between {low} and "
        "{high} points)"
    ),
}
"""How attendance would have moved without the visit, a clause for each case: with its interval or
without.
"""
_NO_SPREAD = 1e-9
_FAILED = {
    "attendance": N_("past attendance not alike"),
    "groups": N_("student groups not alike"),
    "weights": N_("much weight cut off"),
    "observed": N_("unequal shares still observed"),
    "compared": N_("many not compared"),
}


def effect_answer(study: Headlines, choice: Choice) -> str:
    """What a page about effects answers: whose effect, how large, its interval, the plain change
    beside it.

    Six to nine months after the visit; else in the month after; else why there is none.
    """
    later, soon = study.six_to_nine, study.month_after
    if later.effect is not None:
        told = f"{effect_sentence(later)} {naive_sentence(later)}"
    elif soon.effect is not None:
        told = f"{effect_sentence(soon)} {naive_sentence(soon)} {later.withheld}"
    else:
        told = study.withheld or soon.withheld or ""
    return told_of(choice, told)


def told_of(choice: Choice, told: str) -> str:
    """What is told, after whose visits it is about: Hartford: only 6 students were visited.

    After a colon a sentence goes on small, in Spanish as in English; none begins with a name.
    """
    goes_on = f"{told[:1].lower()}{told[1:]}"
    return _("{whom}: {told}", whom=whose_visits(choice), told=goes_on)


def effect_card(found: Headline, failed: Sequence[str] = ()) -> tuple[str, str]:
    """What a card says of an effect: its points, and its interval or why there is none; that
    checks of its comparison `failed`, by their codes.
    """
    if found.effect is None:
        return NO_FIGURE, _("too few to tell")
    size, (low, high) = points(found.effect.effect, signed=True), _signed_ends(found.effect)
    if not failed:
        return size, _("between {low} and {high} points", low=low, high=high)
    mind = failed_words(failed)
    return size, _("between {low} and {high} points ({mind})", low=low, high=high, mind=mind)


def mind_sentence(failed: Sequence[str]) -> str:
    """That checks of the comparison behind a sentence failed, by their codes; empty for none."""
    return _("Mind: {failed}.", failed=what_failed(failed)) if failed else ""


def failed_words(codes: Sequence[str]) -> str:
    """What is wrong with the comparison behind an effect: mind: past attendance not alike."""
    return _("mind: {failed}", failed=what_failed(codes))


def what_failed(codes: Sequence[str]) -> str:
    """The same without its first word: past attendance not alike, many not compared."""
    return ", ".join(_(_FAILED[code]) for code in codes)


def effect_sentence(headline: Headline, who: str = "") -> str:
    """How much more or less `who` (visited students where not told) attended than they would have
    without the visit.

    With its interval; says that the effect is too small to tell where that holds zero, and why
    where the effect is withheld.
    """
    found = headline.effect
    if found is None:
        return headline.withheld or ""
    when = after_the_visit(headline.event_times)
    who = who or _("visited students")
    if too_small_to_tell(found):
        return _too_small(found, when, who)
    said = {"when": when, "who": who, "points": points(found.effect)}
    ends = _ends(found)
    if ends is None:
        return _without_spread(found.effect > 0, said)
    said |= ends
    if found.effect > 0:
        return _(
            "{when}, {who} attended {points} points more of their days than they would have "
            "without it (between {low} and {high}).",
            **said,
        )
    return _(
        "{when}, {who} attended {points} points less of their days than they would have without "
        "it (between {low} and {high}).",
        **said,
    )


def too_small_to_tell(found: Interval) -> bool:
    """Whether the interval holds zero: the effect may as well be none."""
    return found.low <= 0 <= found.high or abs(found.effect) < _NO_SPREAD


def naive_sentence(headline: Headline) -> str:
    """What a plain before-and-after would say, and how much of that would have come anyway.

    Empty where the effect is withheld. The words keep to what the numbers allow: a share only of
    a rise, and only where the effect is above zero for certain; else the change that would have
    come without the visit.
    """
    found, naive, own = headline.effect, headline.naive, headline.anyway
    if found is None or naive is None or own is None:
        return ""
    much = {"points": points(naive)}
    if points(naive) == "0.0" or naive < 0 or own.effect < 0 or found.high < 0:
        # Both are whole clauses: a semicolon parts them as a full stop would.
        return _("{plain}; {anyway}.", plain=_plain(naive), anyway=_anyway(own))
    if too_small_to_tell(found):
        return _(
            "A plain before-and-after would say {points} points more; all of that may have come "
            "without the visit.",
            **much,
        )
    share, ends = share_in_words(headline.anyway_share or 0.0), _ends(own)
    if ends is None:
        return _(
            "A plain before-and-after would say {points} points more; {share} of that would have "
            "come anyway.",
            share=share,
            **much,
        )
    return _(
        "A plain before-and-after would say {points} points more; {share} of that would have come "
        "anyway (between {low} and {high} points).",
        share=share,
        **much,
        **ends,
    )


def plain_note(headline: Headline) -> str:
    """What the plain before-and-after comes to, and how much of that would have come anyway.

    Where no effect can be shown: that this isn't one.
    """
    first, last = headline.event_times[0], headline.event_times[-1]
    if headline.effect is None:
        return _(NOT_THE_EFFECT)
    if first == last:
        months = _("From the month before the visit to month {month}.", month=signed_month(first))
    else:
        months = _(
            "From the month before the visit to months {first} to {last}.",
            first=signed_month(first),
            last=signed_month(last),
        )
    as_sure = _(
        "For these students the plain change is what it is; what would have come anyway is as sure "
        "as the effect."
    )
    return f"{naive_sentence(headline)} {months} {as_sure}"


def leading(study: Headlines) -> Headline:
    """The headline a sentence leads with: six to nine months after, else the month after."""
    return study.six_to_nine if study.six_to_nine.effect else study.month_after


def with_days(study: Headlines, *told: str, days: str) -> str:
    """The sentences, and `days`, what the effect comes to in days: only where the effect that leads
    can be told from none.
    """
    lead = leading(study).effect
    sure = lead is not None and not too_small_to_tell(lead)
    return " ".join(part for part in (*told, days if sure else "") if part)


def based_on(study: Headlines, everyone: int | None = None) -> str:
    """How many of the visited students the effect that leads rests on, and why not on all.

    `everyone`: all visited, those of areas in which nobody could be compared among them.
    """
    everybody = visited_students(study.visited_all if everyone is None else everyone)
    lead = leading(study)
    compared, followed = count(study.visited), count(lead.visited)
    if lead.effect is None:
        return _n(
            "{n} of {everyone} could be compared.",
            "{n} of {everyone} could be compared.",
            study.visited,
            n=compared,
            everyone=everybody,
        )
    first, last = lead.event_times[0], lead.event_times[-1]
    own = {"everyone": everybody, "compared": compared, "n": followed, "first": first, "last": last}
    all_followed, one_month = lead.visited == study.visited, first == last
    if all_followed and one_month:
        return _("Based on {n} of {everyone}, followed to the month after.", **own)
    if all_followed:
        return _("Based on {n} of {everyone}, followed to school months {first} to {last}.", **own)
    if one_month:
        return _(
            "Based on {n} of {everyone}: {compared} could be compared, and {n} of these followed "
            "to the month after.",
            **own,
        )
    return _(
        "Based on {n} of {everyone}: {compared} could be compared, and {n} of these followed to "
        "school months {first} to {last}.",
        **own,
    )


def why_nothing(study: EffectStudy | None, left_out: pd.DataFrame | None, visited: bool) -> str:
    """Why no effect can be shown at all.

    Nobody was visited, the release has no effects, nobody is there to compare with, or too few are.
    `left_out`: the view of that name; `visited`: whether anybody was.
    """
    if not visited:
        return _("No home visit that met a family is recorded here, so there is no effect to show.")
    if left_out is None:
        return _("This release was built without the effects of visits.")
    if study is not None and study.visited > 0:
        return study.withheld or study.month_after.withheld or ""
    missing = left_out[(left_out["reason"] != "compared") & (left_out["students"] > 0)]
    reasons = zip(missing["series"], missing["students"], strict=True)
    return _(
        "No visited student could be compared with others: {reasons}.",
        reasons="; ".join(f"{reason} ({count(number)})" for reason, number in reasons),
    )


def between(found: Interval) -> str:
    """The interval in points with its signs where it holds zero or lies below it: between 5.9 and
    8.3; between −1.4 and +1.0.
    """
    low, high = _signed_ends(found)
    return _("between {low} and {high}", low=low, high=high)


def _signed_ends(found: Interval) -> tuple[str, str]:
    signed = found.low < 0
    return points(found.low, signed), points(found.high, signed)


def after_the_visit(event_times: Sequence[int]) -> str:
    """How a sentence begins that says when: Six to nine school months after the first visit."""
    first, last = event_times[0], event_times[-1]
    match first, last:
        case 0, 0:
            return _("In the school month of the first visit")
        case 1, 1:
            return _("In the school month after the first visit")
        case 6, 9:
            return _("Six to nine school months after the first visit")
    if first == last:
        return _("{n} school months after the first visit", n=first)
    return _("{first} to {last} school months after the first visit", first=first, last=last)


def share_in_words(share: float) -> str:
    """A share as the nearest everyday fraction: about half; nearly all, and more than all."""
    if share > 1:
        return _("all")
    return _(min(_FRACTIONS, key=lambda pair: abs(pair[0] - share))[1])


def _too_small(found: Interval, when: str, who: str) -> str:
    said = {"when": when, "who": who}
    if found.std_error < _NO_SPREAD:
        return _(
            "{when}, {who} attended exactly as many of their days as they would have without it.",
            **said,
        )
    said |= {"points": points(found.effect), "low": points(found.low), "high": points(found.high)}
    if found.effect < 0:
        return _(
            "{when}, the effect is too small to tell from none: {who} attended {points} points "
            "less of their days than they would have without it, but anything between {low} points "
            "less and {high} points more would fit.",
            **said,
        )
    return _(
        "{when}, the effect is too small to tell from none: {who} attended {points} points more of "
        "their days than they would have without it, but anything between {low} points less and "
        "{high} points more would fit.",
        **said,
    )


def _without_spread(more: bool, said: Mapping[str, str]) -> str:
    if more:
        return _(
            "{when}, {who} attended {points} points more of their days than they would have "
            "without it (without any spread to judge by).",
            **said,
        )
    return _(
        "{when}, {who} attended {points} points less of their days than they would have without "
        "it (without any spread to judge by).",
        **said,
    )


def _plain(change: float) -> str:
    """What a plain before-and-after would say, as a clause."""
    if points(change) == "0.0":
        return _("A plain before-and-after would say no change")
    if change < 0:
        return _("A plain before-and-after would say {points} points less", points=points(change))
    return _("A plain before-and-after would say {points} points more", points=points(change))


def _anyway(found: Interval) -> str:
    """How attendance would have moved without the visit, as a clause; its interval in brackets."""
    size, ends = points(found.effect), _ends(found)
    moved = "stayed" if size == "0.0" else "fallen" if found.effect < 0 else "risen"
    return _(_ANYWAY[moved, ends is not None], points=size, **(ends or {}))


def _ends(found: Interval) -> dict[str, str] | None:
    """The ends of an interval in points, signed where it holds zero, else from the one nearer to
    zero; None where nothing varies.
    """
    if found.std_error < _NO_SPREAD:
        return None
    if found.low < 0 < found.high:
        low, high = _signed_ends(found)
    else:
        low, high = (points(end) for end in sorted((abs(found.low), abs(found.high))))
    return {"low": low, "high": high}
