"""The four checks of an effect in words: question, finding, and what the evidence shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from leapdash.checks import unlike
from leapdash.contract import ALL_LEVELS, STATE_CODE
from leapdash.contract.thresholds import (
    FOLLOWED_UNTIL,
    MUCH_CUT,
    STAYED_ALIKE,
)
from leapdash.show.choice import Choice
from leapdash.show.effects.studies import EffectStudy
from leapdash.show.language import N_, _, _n
from leapdash.show.views.checks import (
    Verdict,
    area_of,
    largest_apart,
    most_compared,
    weights_cut,
    were_alike,
)
from leapdash.show.words.numbers import count, per_cent, points, signed_month

TITLE = N_("Can this comparison be trusted?")
AREAS = N_("Follows districts and levels; first visits of all years.")
_MOST_LEFT_OUT = {
    "not enrolled": N_(
        "{n} of {everyone} visited students ({share}), most because they were not enrolled in the "
        "school month of the visit."
    ),
    "no history": N_(
        "{n} of {everyone} visited students ({share}), most because they were not observed in each "
        "of the three school months before: new, or away."
    ),
    "no comparison": N_(
        "{n} of {everyone} visited students ({share}), most because nobody of the same district "
        "and level was there to compare with."
    ),
}


@dataclass(frozen=True)
class Line:
    """A check as one plain line: its question, its verdict, and the finding in words."""

    question: str
    verdict: Verdict
    finding: str


def alike_line(balance: pd.DataFrame, study: EffectStudy) -> Line:
    """Whether those compared were like the visited, and how many they are."""
    verdict = were_alike(balance, study)
    worth = count(_effective(study))
    match verdict:
        case "holds":
            told = _(
                "Yes, once weighted, in attendance, their school’s attendance and every student "
                "group; as precise as {n} students of equal weight.",
                n=worth,
            )
        case "mind":
            told = _(
                "Not in everything: {what}; as precise as {n} students of equal weight.",
                what=_and(_unlike(balance, study)),
                n=worth,
            )
        case "unknown":
            told = _("This can’t be said: too few could be compared.")
    return Line(_("Were the compared alike, and how many?"), verdict, told)


def alike_evidence(study: EffectStudy) -> str:
    """What the balance shows and what it leaves, and what the number of students means."""
    return _(
        "Students not visited count for more the likelier a visit was for them. What difference in "
        "attendance, needs and the school’s attendance is left after that is taken out by "
        "regression; race and gender are not aimed at. {share} of the weight was cut off. “Worth” "
        "means: as precise as so many students of equal weight; a student counts in the trial of "
        "each month.",
        share=per_cent(weights_cut(study)),
    )


def followed_title() -> str:
    """The title of the path of those followed throughout."""
    return _("The path of those who could be followed to month {month}", month=FOLLOWED_UNTIL)


def followed_note(study: EffectStudy, choice: Choice) -> str:
    """Whom the path of those followed throughout is of."""
    return _(
        "{n} students visited so early that the data go on to month +{month}: up to then the path "
        "mixes no others in, though some are no longer observed. For {area}.",
        n=count(study.visited),
        month=FOLLOWED_UNTIL,
        area=area_in_words(*area_of(choice), choice),
    )


def left_out_line(table: pd.DataFrame) -> Line:
    """Who of the visited could not be compared. Takes the table of `left_out`."""
    verdict = most_compared(table)
    question = _("Who could not be compared, and why?")
    counts = dict(zip(table["reason"], table["students"].tolist(), strict=True))
    everyone = sum(counts.values())
    missing = {reason: n for reason, n in counts.items() if n > 0 and reason != "compared"}
    if everyone == 0:
        return Line(question, verdict, _("Nobody was visited."))
    if not missing:
        told = _("Nobody: all {n} visited students could be.", n=count(everyone))
        return Line(question, verdict, told)
    parts = [_left_out_because(missing, everyone)]
    if verdict != "holds":
        parts.append(_("The effect speaks for the others only."))
    return Line(question, verdict, joined(parts))


def _left_out_because(missing: Mapping[str, int], everyone: int) -> str:
    """How many of all visited are missing, and the reason of all or of most of them."""
    number = sum(missing.values())
    reason = max(missing, key=lambda code: (missing[code], code))
    said = {
        "n": count(number),
        "everyone": count(everyone),
        "share": per_cent(number / everyone),
    }
    if len(missing) > 1:
        return _(_MOST_LEFT_OUT[reason], **said)
    match reason:
        case "not enrolled":
            return _n(
                "{n} of {everyone} visited students ({share}), because they were not enrolled in "
                "the school month of the visit.",
                "{n} of {everyone} visited students ({share}), because they were not enrolled in "
                "the school month of the visit.",
                number,
                **said,
            )
        case "no history":
            return _n(
                "{n} of {everyone} visited students ({share}), because they were not observed in "
                "each of the three school months before: new, or away.",
                "{n} of {everyone} visited students ({share}), because they were not observed in "
                "each of the three school months before: new, or away.",
                number,
                **said,
            )
    return _(
        "{n} of {everyone} visited students ({share}), because nobody of the same district and "
        "level was there to compare with.",
        **said,
    )


def left_out_note() -> str:
    """Why students without a comparison are left out, and what that means."""
    return _(
        "Students are compared with others whose attendance ran alike in the three school months "
        "before the visit; without these months nobody can be found for them. The effect speaks "
        "for the students compared only. The table follows all filters of this page."
    )


def alt_effects(title: str, table: pd.DataFrame) -> str:
    """What the chart of differences before the visit shows, for who can't see it."""
    told = [
        _(
            "month {month}: {effect}, from {low} to {high}",
            month=signed_month(event_time),
            effect=points(effect, signed=True),
            low=points(low, signed=True),
            high=points(high, signed=True),
        )
        for event_time, effect, low, high in zip(
            table["event_time"], table["effect"], table["low"], table["high"], strict=True
        )
    ]
    return _("{title}, in points. {months}.", title=title, months="; ".join(told))


def alt_balance(title: str, table: pd.DataFrame) -> str:
    """What the chart of the balance shows, for who can't see it."""
    rows = table[table["difference_after"].notna()]
    told = [
        _(
            "{measure} from {before} to {after}",
            measure=row.series,
            before=format(row.difference_before, "+.2f"),
            after=format(row.difference_after, "+.2f"),
        )
        for row in rows.itertuples()
    ]
    return _(
        "{title}, in standard deviations of the visited. {measures}.",
        title=title,
        measures="; ".join(told),
    )


def alt_observed(title: str, table: pd.DataFrame) -> str:
    """What the chart of students still observed shows, for who can't see it."""
    if not len(table):
        return _("{title}. No month.", title=title)
    last = table.iloc[-1]
    return _(
        "{title}: in month {month}, {visited} of the visited and {compared} of the compared.",
        title=title,
        month=int(last["event_time"]),
        visited=per_cent(last["visited_observed"]),
        compared=per_cent(last["comparison_observed"]),
    )


def _unlike(balance: pd.DataFrame, study: EffectStudy) -> list[str]:
    """What isn't alike, a clause each."""
    told = []
    rows = unlike(balance)
    if len(rows):
        worst, others = rows.iloc[0], len(rows) - 1
        said = {"size": f"{abs(worst['difference_after']):.2f}", "measure": worst["series"]}
        told.append(
            _n(
                "once weighted, {size} standard deviations remain in “{measure}” and {n} more",
                "once weighted, {size} standard deviations remain in “{measure}” and {n} more",
                others,
                n=others,
                **said,
            )
            if others
            else _("once weighted, {size} standard deviations remain in “{measure}”", **said)
        )
    if weights_cut(study) > MUCH_CUT:
        told.append(_("{share} of the weight was cut off", share=per_cent(weights_cut(study))))
    if largest_apart(study) > STAYED_ALIKE:
        told.append(
            _(
                "the shares still observed later differ by up to {points} points",
                points=points(largest_apart(study)),
            )
        )
    return told


def area_in_words(district: str, level: str, choice: Choice) -> str:
    """An area in words, as a noun phrase."""
    if district == STATE_CODE and level == ALL_LEVELS:
        return _("the whole state, all levels, whatever the year of the first visit")
    if district == STATE_CODE:
        return _("the whole state, {level}, whatever the year of the first visit", level=level)
    name = choice.known.label(district)
    if level == ALL_LEVELS:
        return _("{name}, all levels, whatever the year of the first visit", name=name)
    return _("{name}, {level}, whatever the year of the first visit", name=name, level=level)


def _effective(study: EffectStudy) -> float:
    later = study.six_to_nine if study.six_to_nine.effect else study.month_after
    return later.comparison_effective


def _and(parts: Sequence[str]) -> str:
    """Clauses as a list that ends in and."""
    if len(parts) == 1:
        return parts[0]
    return _("{one} and {other}", one=", ".join(parts[:-1]), other=parts[-1])


def joined(sentences: Sequence[str]) -> str:
    """Whole sentences, one after the other; the empty ones stand for nothing."""
    return " ".join(sentence for sentence in sentences if sentence)
