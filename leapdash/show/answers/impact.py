"""What did visits change, where and for whom, and who was reached?"""

from dataclasses import replace
from functools import partial

from leapdash.show.answers.chronic import chronic_section
from leapdash.show.answers.districts import districts_section
from leapdash.show.answers.evaluation import evaluation_section
from leapdash.show.answers.forests import forest_of, slices_of
from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Card, Figure, Part, Section, Withheld, nothing
from leapdash.show.answers.next_visits import next_section
from leapdash.show.answers.places import map_section
from leapdash.show.answers.public import impact as public_impact
from leapdash.show.answers.since import SINCE, since
from leapdash.show.charts.programme import reach_rows
from leapdash.show.choice import Choice
from leapdash.show.effects.studies import Headlines
from leapdash.show.language import N_, _
from leapdash.show.views import attendance, effect_rows, effects, programme
from leapdash.show.views.checks import failed, left_out
from leapdash.show.words import alt
from leapdash.show.words import effect_rows as row_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import programme as programme_words
from leapdash.show.words.numbers import count, month, per_cent

QUESTION = N_("What did visits change, where and for whom, and who was reached?")


def answer(choice: Choice) -> Answer:
    """What visits changed for the choice, row by row; whom they reached; the days regained."""
    if choice.release.public:
        return public_impact.answer(choice, _(QUESTION))
    led = lead(choice)
    reached = Section(N_("Reached"), partial(_reached, choice))
    everyone = Section(N_("All students"), partial(_all_students, choice))
    if led.empty:
        return led
    beside = (*districts_section(choice), *map_section(choice))
    if not choice.release.has_effects:
        return replace(led, sections=(reached, *beside, everyone))
    return replace(
        led,
        figures=(
            forest_of(
                choice,
                "impact-effects",
                _("What visits changed, by level and district"),
                effect_rows.effect_rows(choice),
                row_words.read_the_rows(),
                _(row_words.REACHED_AND_WAITING),
            ),
        ),
        sections=(
            *chronic_section(choice, "impact"),
            Section(N_("When visited"), partial(_when_visited, choice)),
            Section(N_("What differs"), partial(_what_differs, choice)),
            Section(N_("Student groups"), partial(_student_groups, choice)),
            reached,
            *beside,
            next_section(choice),
            everyone,
            evaluation_section(choice),
            *_since(choice),
        ),
    )


def lead(choice: Choice) -> Answer:
    """What the answer leads with: the sentence and the cards, without figures and sections."""
    if choice.release.public:
        return public_impact.lead(choice, _(QUESTION))
    visits = programme.visits_made(choice)
    if visits.first_visits == 0 and choice.filters.active():
        began = programme.visits_began(choice)
        return nothing(choice, _(QUESTION), programme_words.no_visits(choice, began))
    reach = programme.reach_now(choice)
    cards = (
        Card(_("Reached"), per_cent(reach.share_visited), _("of those eligible")),
        Card(_("Waiting"), count(reach.waiting), month(reach.month)),
    )
    if not choice.release.has_effects:
        return _without_effects(choice, visits, cards)

    found, regained = effects.headlines_on(choice), programme.regained(choice)
    missing = left_out(choice)
    visited = None if missing is None else int(missing["students"].sum())
    return Answer(
        choice,
        _(QUESTION),
        _sentence(choice, found, regained, visits),
        scope=effect_words.based_on(found, visited),
        cards=(
            *(
                Card(label, *effect_words.effect_card(own, failed(choice, found, own)))
                for label, own in (
                    (_("Six to nine months after"), found.six_to_nine),
                    (_("Month after"), found.month_after),
                )
            ),
            *(Card(*parts) for parts in programme_words.days_cards(regained)),
            *cards,
        ),
        notes=(programme_words.days_note(regained, choice),),
        withheld=None
        if found.visited
        else Withheld(effect_words.why_nothing(None, missing, visited=True)),
    )


def _since(choice: Choice) -> tuple[Section, ...]:
    """What changed since the release before, where there is one."""
    return (Section(SINCE, partial(since, choice)),) if choice.release.before else ()


def _sentence(
    choice: Choice, found: Headlines, regained: programme.Regained, visits: programme.VisitsMade
) -> str:
    """What visits changed for the choice, and what that comes to in school days."""
    if not found.visited:
        return programme_words.reach_answer(visits)
    days = programme_words.each_in_days(regained.days)
    told = effect_words.effect_answer(found, choice)
    mind = effect_words.mind_sentence(failed(choice, found, effect_words.leading(found)))
    return effect_words.with_days(found, told, mind, days=days)


def _without_effects(
    choice: Choice,
    visits: programme.VisitsMade,
    cards: tuple[Card, ...],
) -> Answer:
    """The answer where the release was built without effects."""
    met = visits.first_visits
    return Answer(
        choice,
        _(QUESTION),
        programme_words.reach_answer(visits),
        cards=(Card(_("Students visited"), count(met), _("families met")), *cards),
        withheld=Withheld(effect_words.why_nothing(None, left_out(choice), visited=met > 0)),
    )


def _when_visited(choice: Choice) -> tuple[Part, ...]:
    title = _("What visits changed, by when the first was")
    rows = effect_rows.period_rows(choice)
    return (forest_of(choice, "impact-periods", title, rows, _(row_words.SUMMERS)),)


def _what_differs(choice: Choice) -> tuple[Part, ...]:
    return slices_of(
        choice,
        "impact-kinds",
        _("Does the effect go with the kind of visit?"),
        effect_rows.kind_rows(choice),
        _(row_words.ASSOCIATION),
        _(row_words.VISITS_IN_ALL),
    )


def _student_groups(choice: Choice) -> tuple[Part, ...]:
    title = _("What visits changed, by student group")
    rows = effect_rows.group_rows(choice)
    return slices_of(choice, "impact-groups", title, rows, _(row_words.GROUPS_NOTE))


def _reached(choice: Choice) -> tuple[Part, ...]:
    title = _("Who was reached, by district")
    rows = programme.districts_visited(choice)
    told = alt.of_rows(title, rows, "series", "reached")
    note = programme_words.reach_note(programme.reach_now(choice))
    return (Figure("impact-reach", title, partial(reach_rows, rows), rows, told, (note,)),)


def _all_students(choice: Choice) -> tuple[Part, ...]:
    choice = replace(choice, by="all", grain="year")
    return (
        lines_of(
            choice,
            "impact-years",
            _("All students, by school year"),
            attendance.attendance_trend(choice),
            published=attendance.published_beside(choice),
        ),
    )
