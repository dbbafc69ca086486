"""What did visits change, where and for whom: as far as a public release tells."""

from functools import partial

from leapdash.show.answers.forests import forest_of
from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Card, Figure, Part, Section, Withheld
from leapdash.show.answers.public.cards import number_cards
from leapdash.show.answers.tables import paths_first
from leapdash.show.charts.effects import effect_paths
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views import attendance, effect_rows, effects
from leapdash.show.views.checks import failed
from leapdash.show.views.programme import last_month
from leapdash.show.views.public_reach import reach_shown
from leapdash.show.words import effects as effect_words
from leapdash.show.words import hidden as words
from leapdash.show.words.effect_paths import alt_paths
from leapdash.show.words.numbers import month

MONTHS, EVERYBODY = N_("Month by month"), N_("All students")
_PATHS = N_("Visited students’ attendance, and what it would have been without the visit")


def answer(choice: Choice, question: str) -> Answer:
    """What visits changed for the choice, row by row, and how attendance went month by month."""
    led = lead(choice, question)
    return Answer(
        choice,
        led.question,
        led.sentence,
        led.scope,
        led.cards,
        figures=(
            forest_of(
                choice,
                "impact-effects",
                _("What visits changed, by level and district"),
                effect_rows.effect_rows(choice),
                _(words.READ_THE_ROWS),
            ),
        )
        if choice.release.has_effects
        else (),
        sections=(
            *([Section(MONTHS, partial(_months, choice))] if led.withheld is None else []),
            Section(EVERYBODY, partial(_all_students, choice)),
        ),
        withheld=led.withheld,
    )


def lead(choice: Choice, question: str) -> Answer:
    """What the answer leads with: the sentence and the cards."""
    cards = _reached(choice)
    if not choice.release.has_effects:
        reason = effect_words.why_nothing(None, None, visited=True)
        return Answer(choice, question, reason, cards=cards, withheld=Withheld(reason))
    found = effects.headlines_on(choice)
    if found.withheld is not None:
        told = effect_words.told_of(choice, found.withheld)
        return Answer(choice, question, told, cards=cards, withheld=Withheld(found.withheld))
    mind = effect_words.mind_sentence(failed(choice, found, effect_words.leading(found)))
    told = effect_words.effect_answer(found, choice)
    return Answer(
        choice,
        question,
        " ".join(part for part in (told, mind) if part),
        scope=effect_words.based_on(found),
        cards=(
            *(
                Card(label, *effect_words.effect_card(own, failed(choice, found, own)))
                for label, own in (
                    (_("Six to nine months after"), found.six_to_nine),
                    (_("Month after"), found.month_after),
                )
            ),
            *cards,
        ),
        notes=(_(words.TO_TENS),),
    )


def _reached(choice: Choice) -> tuple[Card, ...]:
    """How many students were visited and how many wait, where that is shown."""
    when = month(last_month(choice))
    reach = reach_shown(choice)
    unit = (
        _("in LEAP districts, {month}", month=when)
        if choice.codes is None
        else _("enrolled in {month}", month=when)
    )
    hidden = reach.hidden
    return (
        *number_cards(_("Students visited"), reach.visited, "visited" in hidden, unit),
        *number_cards(_("Waiting"), reach.waiting, "eligible" in hidden, unit),
    )


def _months(choice: Choice) -> tuple[Part, ...]:
    """Visited students' attendance beside what it would have been, by months since the visit."""
    study = effects.effect_on(choice)
    title = _(_PATHS)
    chart = partial(effect_paths, study.table, study.six_to_nine)
    table = paths_first(study)
    told = alt_paths(study)
    notes = (effect_words.plain_note(effect_words.leading(study)), _(words.TO_TENS))
    return (Figure("impact-months", title, chart, table, told, notes),)


def _all_students(choice: Choice) -> tuple[Part, ...]:
    own = Choice(choice.release, choice.filters, by="all", grain="year")
    trend = attendance.attendance_trend(own)
    title = _("All students, by school year")
    if not trend["attendance_rate"].notna().any():
        return (Withheld(words.why_hidden(choice), title),)
    notes = (words.hidden_note(trend, "year"),)
    published = attendance.published_beside(own)
    return (lines_of(own, "impact-years", title, trend, published=published, notes=notes),)
