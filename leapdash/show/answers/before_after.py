"""Did attendance rise more than it would have without the visit?"""

from collections.abc import Sequence
from functools import partial

import pandas as pd

from leapdash.show.answers.checks import checks_of, left_out_check
from leapdash.show.answers.chronic import chronic_section
from leapdash.show.answers.model import Answer, Card, Figure, Section, Text, Withheld, nothing
from leapdash.show.answers.public.not_here import not_here
from leapdash.show.answers.tables import led_by, paths_first
from leapdash.show.charts.effects import effect_paths, plain_lines
from leapdash.show.choice import Choice
from leapdash.show.effects.studies import EffectStudy, Headline
from leapdash.show.language import N_, _
from leapdash.show.views import effects as views
from leapdash.show.views.checks import failed, left_out
from leapdash.show.views.programme import regained, visits_began
from leapdash.show.words import alt
from leapdash.show.words import effect_paths as path_words
from leapdash.show.words import effects as words
from leapdash.show.words.numbers import NO_FIGURE, count, points
from leapdash.show.words.programme import each_in_days, no_visits

QUESTION = N_("Did attendance rise more than it would have without the visit?")
_PATHS = N_("Attendance of visited students, and what it would have been")


def answer(choice: Choice) -> Answer:
    """The effect on the visited students beside their plain before-and-after, and its checks."""
    if choice.release.public:
        return not_here(choice, _(QUESTION))
    plain = views.paths(choice)
    if not len(plain) and choice.filters.active():
        return nothing(choice, _(QUESTION), no_visits(choice, visits_began(choice)))
    missing = left_out(choice)
    study = views.effect_on(choice) if choice.release.has_effects else None
    if study is None or missing is None or not study.table["shown"].any():
        return _withheld(choice, study, missing, plain)
    everyone = int(missing["students"].sum())
    rests_on = (
        Text(f"{_(words.RESTS_ON)}\n\n{_(words.NEVER_VISITED)}"),
        Text(path_words.independence_note(study), small=True),
    )
    return Answer(
        choice,
        _(QUESTION),
        _sentence(choice, study),
        scope=words.based_on(study, everyone),
        cards=_cards(choice, study, everyone),
        figures=(_paths(study), *_plain(plain, study.six_to_nine)),
        sections=(
            *chronic_section(choice, "effect"),
            Section(N_("What it rests on, and does not remove"), lambda: rests_on),
        ),
        checks=checks_of(choice, study, missing),
    )


def _sentence(choice: Choice, study: EffectStudy) -> str:
    """The effect of the choice, and what it comes to in school days."""
    days = each_in_days(regained(choice).days)
    mind = words.mind_sentence(failed(choice, study, words.leading(study)))
    return words.with_days(study, words.effect_answer(study, choice), mind, days=days)


def _withheld(
    choice: Choice, study: EffectStudy | None, missing: pd.DataFrame | None, plain: pd.DataFrame
) -> Answer:
    """The answer where no effect can be shown: why, and who could not be compared."""
    reason = words.why_nothing(study, missing, len(plain) > 0)
    visited = missing is not None and missing["students"].sum() > 0
    return Answer(
        choice,
        _(QUESTION),
        words.told_of(choice, reason),
        figures=_plain(plain, None),
        checks=(left_out_check(missing),) if missing is not None and visited else (),
        withheld=Withheld(reason, _(_PATHS)),
    )


def _paths(study: EffectStudy) -> Figure:
    return Figure(
        "effect",
        _(_PATHS),
        partial(effect_paths, study.table, study.six_to_nine),
        paths_first(study),
        path_words.alt_paths(study),
        (path_words.path_notes(study),),
    )


def _plain(plain: pd.DataFrame, headline: Headline | None) -> tuple[Figure, ...]:
    """The plain before-and-after, where anybody was visited."""
    if not len(plain):
        return ()
    title = _("The plain before-and-after")
    told = alt.of_lines(title, plain, "attendance_rate", _("months since the first visit"))
    note = _(words.NOT_THE_EFFECT) if headline is None else words.plain_note(headline)
    chart = partial(plain_lines, plain, headline)
    table = led_by(plain, "series", "event_time", "attendance_rate")
    return (Figure("before-after", title, chart, table, told, (note,)),)


def _cards(choice: Choice, study: EffectStudy, everyone: int) -> tuple[Card, ...]:
    """Four cards: both headlines, the plain change beside the later of them, and how many of
    `everyone` visited are compared.
    """
    soon, later = study.month_after, study.six_to_nine
    mind = [failed(choice, study, headline) for headline in (soon, later)]
    plain, months = (
        (soon, _("points, month after"))
        if later.effect is None
        else (later, _("points, months 6 to 9"))
    )
    return (
        _headline_card(_("Month after"), soon, mind[0]),
        _headline_card(_("Months 6 to 9"), later, mind[1]),
        Card(
            _("Plain change"),
            points(plain.naive, signed=True),
            months,
            _("The same students’ change since the month before the visit. Not the effect."),
        ),
        Card(_("Visited compared"), count(study.visited), _("of {n}", n=count(everyone))),
    )


def _headline_card(label: str, headline: Headline, mind: Sequence[str]) -> Card:
    if headline.effect is None:
        return Card(label, NO_FIGURE, _("too few students"), headline.withheld)
    return Card(
        label,
        *words.effect_card(headline, mind),
        _(
            "The effect of the visit, in points of the attendance rate, school months since the "
            "visit."
        ),
    )
