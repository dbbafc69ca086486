"""Sentences about effects: what visits changed, how sure that is, what a plain look would say.

Effects are differences of attendance rates, written in points; intervals are written “between …
and …”. Times are school months since the month of the first visit.
"""

from collections.abc import Sequence

import pandas as pd

from leapdash.contract.thresholds import (
    CONFIDENCE,
    MINIMUM_EFFECTIVE,
    MINIMUM_SCHOOLS,
    MINIMUM_VISITED,
)
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.effects.studies import (
    EffectStudy,
    Headline,
    Headlines,
)
from leapdash.show.language import _
from leapdash.show.words.filters import whose_visits
from leapdash.show.words.numbers import (
    NO_FIGURE,
    count,
    in_words,
    per_cent,
    points,
    signed_month,
    visited_students,
)

RESTS_ON = (
    "Given district, level, attendance so far (last month, the last three, all before those, last "
    "school year), needs (English learner, disability, meals, homeless) and the school’s recent "
    "attendance, who is visited in a month is taken to be as good as chance as far as the months "
    "to come are concerned. What visitors knew beyond that (a family in crisis, a student about to "
    "return) is not removed."
)
NEVER_VISITED = (
    "“Not visited” means that no visit is recorded: families visited outside the programme’s "
    "records may be among the compared, which would make the effect look smaller than it is."
)
NOT_THE_EFFECT = (
    "This is a plain before-and-after, not the effect of the visits. Students are visited when "
    "their attendance is at its worst, so part of any rise would have come without a visit."
)

_FRACTIONS = (
    (0.0, "next to nothing"),
    (0.1, "about a tenth"),
    (0.2, "about a fifth"),
    (0.25, "about a quarter"),
    (1 / 3, "about a third"),
    (0.4, "about two fifths"),
    (0.5, "about half"),
    (0.6, "about three fifths"),
    (2 / 3, "about two thirds"),
    (0.75, "about three quarters"),
    (0.8, "about four fifths"),
    (0.9, "about nine tenths"),
    (1.0, "nearly all"),
)
_NO_SPREAD = 1e-9
_FAILED = {
    "attendance": "past attendance not alike",
    "groups": "student groups not alike",
    "weights": "much weight cut off",
    "observed": "unequal shares still observed",
    "compared": "many not compared",
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
    """What is told, after whose visits it is about: Hartford: only 6 students were visited."""
    return f"{whose_visits(choice)}: {told[:1].lower()}{told[1:]}"


def effect_card(found: Headline, failed: Sequence[str] = ()) -> tuple[str, str]:
    """What a card says of an effect: its points, and its interval or why there is none; that
    checks of its comparison `failed`, by their codes.
    """
    if found.effect is None:
        return NO_FIGURE, "too few to tell"
    mind = f" ({failed_words(failed)})" if failed else ""
    return points(found.effect.effect, signed=True), f"{between(found.effect)} points{mind}"


def mind_sentence(failed: Sequence[str]) -> str:
    """That checks of the comparison behind a sentence failed, by their codes; empty for none."""
    return f"{failed_words(failed).capitalize()}." if failed else ""


def failed_words(codes: Sequence[str]) -> str:
    """What is wrong with the comparison behind an effect: mind: past attendance not alike."""
    return f"mind: {what_failed(codes)}"


def what_failed(codes: Sequence[str]) -> str:
    """The same without its first word: past attendance not alike, many not compared."""
    return ", ".join(_(_FAILED[code]) for code in codes)


def effect_sentence(headline: Headline, who: str = "visited students") -> str:
    """How much more or less `who` attended than they would have without the visit.

    With its interval; says that the effect is too small to tell where that holds zero, and why
    where the effect is withheld.
    """
    found = headline.effect
    if found is None:
        return headline.withheld or ""
    when = after_the_visit(headline.event_times)
    if too_small_to_tell(found):
        return f"{when}, {_too_small(found, who)}"
    return (
        f"{when}, {who} attended {points(found.effect)} points {_side(found.effect)} of their days "
        f"than they would have without it {_bracket(found)}."
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
    says = f"A plain before-and-after would say {_change(naive)}"
    if naive <= 0 or own.effect < 0 or found.high < 0:
        return f"{says}; without the visit, attendance would have {_moved(own)}."
    if too_small_to_tell(found):
        return f"{says}; all of that may have come without the visit."
    share = share_in_words(headline.anyway_share or 0.0)
    return f"{says}; {share} of that would have come anyway{_ends(own)}."


def plain_note(headline: Headline) -> str:
    """What the plain before-and-after comes to, and how much of that would have come anyway.

    Where no effect can be shown: that this isn't one.
    """
    first, last = headline.event_times[0], headline.event_times[-1]
    if headline.effect is None:
        return NOT_THE_EFFECT
    months = (
        signed_month(first) if first == last else f"{signed_month(first)} to {signed_month(last)}"
    )
    return (
        f"{naive_sentence(headline)} From the month before the visit to months {months}. For these "
        "students the plain change is what it is; what would have come anyway is as sure as the "
        "effect."
    )


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
    number = visited_students(study.visited_all if everyone is None else everyone)
    lead = leading(study)
    if lead.effect is None:
        return f"{count(study.visited)} of {number} could be compared."
    first, last = lead.event_times[0], lead.event_times[-1]
    months = "the month after" if first == last else f"school months {first} to {last}"
    if lead.visited == study.visited:
        return f"Based on {count(lead.visited)} of {number}, followed to {months}."
    return (
        f"Based on {count(lead.visited)} of {number}: {count(study.visited)} could be compared, "
        f"and {count(lead.visited)} of these followed to {months}."
    )


def path_notes(study: EffectStudy) -> str:
    """What the chart of both paths says by construction, and which months are left out and why."""
    told = (
        "The two lines meet in the month before the visit (−1) by construction. Grey: where the "
        f"path without the visit may lie, all months at once, in {100 * CONFIDENCE:.0f} of 100 "
        f"studies like this.{_mixed(study)}"
    )
    hidden = study.table.loc[~study.table["shown"], "event_time"].tolist()
    if not hidden:
        return told
    return (
        f"{told} Left out: {_months(hidden)}, where fewer than {MINIMUM_VISITED} visited students, "
        f"or a comparison worth fewer than {MINIMUM_EFFECTIVE}, could be followed."
    )


def alt_paths(study: EffectStudy) -> str:
    """What the chart of both paths shows, for who can't see it."""
    return (
        "Line chart over school months since the first visit: attendance rate of visited students "
        f"and the path they would have had without the visit. {both_paths(study)}."
    )


def both_paths(study: EffectStudy) -> str:
    """What the visited had and would have had, in a few months."""
    rows = study.table[study.table["shown"]].set_index("event_time")
    told = [
        f"month {signed_month(time)}: {per_cent(row['visited_rate'])} visited, "
        f"{per_cent(row['without_visit'])} without the visit"
        for time, row in rows.iterrows()
        if time in (-6, -1, 0, 1, 3, 6, 9)
    ]
    return "; ".join(told)


def why_nothing(study: EffectStudy | None, left_out: pd.DataFrame | None, visited: bool) -> str:
    """Why no effect can be shown at all.

    Nobody was visited, the release has no effects, nobody is there to compare with, or too few are.
    `left_out`: the view of that name; `visited`: whether anybody was.
    """
    if not visited:
        return "No home visit that met a family is recorded here, so there is no effect to show."
    if left_out is None:
        return "This release was built without the effects of visits."
    if study is not None and study.visited > 0:
        return study.withheld or study.month_after.withheld or ""
    missing = left_out[(left_out["reason"] != "compared") & (left_out["students"] > 0)]
    reasons = zip(missing["series"], missing["students"], strict=True)
    return (
        "No visited student could be compared with others: "
        f"{'; '.join(f'{reason} ({count(number)})' for reason, number in reasons)}."
    )


def independence_note(study: EffectStudy) -> str:
    """What the ranges take as independent, and why: students, or whole schools."""
    serving = study.serving
    # Rounded down: what is below the minimum must not look as if it reached it.
    number = max(int(serving.schools), 1)
    worth = f"worth {count(number)} school{'' if number == 1 else 's'} of one size"
    if serving.matrix == "school":
        return (
            "The ranges take whole schools as independent, the more careful way here: the visited "
            f"students’ schools are {worth}."
        )
    if serving.schools < MINIMUM_SCHOOLS:
        return (
            "The ranges take students as independent: the visited students’ schools are "
            f"{worth}, too few to take whole schools instead."
        )
    return (
        "The ranges take students as independent; taking whole schools instead would not make them "
        f"wider (the visited students’ schools are {worth})."
    )


def between(found: Interval) -> str:
    """The interval in points with its signs where it holds zero or lies below it: between 5.9 and
    8.3; between −1.4 and +1.0.
    """
    signed = found.low < 0
    return f"between {points(found.low, signed)} and {points(found.high, signed)}"


def after_the_visit(event_times: Sequence[int]) -> str:
    """How a sentence begins that says when: Six to nine school months after the first visit."""
    first, last = event_times[0], event_times[-1]
    if first == last == 0:
        return "In the school month of the first visit"
    if first == last == 1:
        return "In the school month after the first visit"
    if first == last:
        return f"{in_words(first).capitalize()} school months after the first visit"
    begins, ends = in_words(first).capitalize(), in_words(last)
    return f"{begins} to {ends} school months after the first visit"


def share_in_words(share: float) -> str:
    """A share as the nearest everyday fraction: about half; nearly all, and more than all."""
    if share > 1:
        return "all"
    return min(_FRACTIONS, key=lambda pair: abs(pair[0] - share))[1]


def _months(times: Sequence[int]) -> str:
    """Months in words, runs drawn together: months −6 to −4, month 9."""
    runs: list[list[int]] = []
    for time in times:
        if runs and time == runs[-1][-1] + 1:
            runs[-1].append(time)
        else:
            runs.append([time])
    return ", ".join(
        f"month {signed_month(run[0])}"
        if len(run) == 1
        else f"months {signed_month(run[0])} to {signed_month(run[-1])}"
        for run in runs
    )


def _mixed(study: EffectStudy) -> str:
    """That months are of different students, where the headlines are."""
    soon, later = study.month_after, study.six_to_nine
    if soon.effect is None or later.effect is None or later.visited == soon.visited:
        return ""
    return (
        " Months are of different students: who was visited late isn’t followed as far (month +1: "
        f"{count(soon.visited)}, months +6 to +9: {count(later.visited)} or more), so part of a "
        "line’s slope may be who is in it. The path of those who could all be followed is under "
        "“Were the compared alike”."
    )


def _too_small(found: Interval, who: str) -> str:
    if found.std_error < _NO_SPREAD:
        return f"{who} attended exactly as many of their days as they would have without it."
    return (
        f"the effect is too small to tell from none: {who} attended {_amount(found.effect)} of "
        "their days than they would have without it, but anything between "
        f"{_amount(found.low)} and {_amount(found.high)} would fit."
    )


def _bracket(found: Interval) -> str:
    if found.std_error < _NO_SPREAD:
        return "(without any spread to judge by)"
    low, high = sorted((abs(found.low), abs(found.high)))
    return f"(between {points(low)} and {points(high)})"


def _amount(change: float) -> str:
    return f"{points(change)} points {_side(change)}"


def _side(change: float) -> str:
    return "less" if change < 0 else "more"


def _change(change: float) -> str:
    return "no change" if points(change) == "0.0" else _amount(change)


def _moved(found: Interval) -> str:
    change = found.effect
    if points(change) == "0.0":
        return f"stayed as it was{_ends(found)}"
    return f"{'fallen' if change < 0 else 'risen'} by {points(change)} points{_ends(found)}"


def _ends(found: Interval) -> str:
    """The interval of a change that would have come without the visit, in brackets, where it has
    one: in points, signed where it holds zero.
    """
    if found.std_error < _NO_SPREAD:
        return ""
    if found.low < 0 < found.high:
        return f" ({between(found)} points)"
    low, high = sorted((abs(found.low), abs(found.high)))
    return f" (between {points(low)} and {points(high)} points)"
