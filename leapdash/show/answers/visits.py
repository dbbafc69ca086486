"""Who is visited, where, by whom and how soon; and how far does the programme reach?"""

from functools import partial

from leapdash.show.answers.forests import slices_of
from leapdash.show.answers.model import Answer, Card, Figure, Part, Section, Text, nothing
from leapdash.show.answers.public.not_here import not_here
from leapdash.show.answers.tables import led_by
from leapdash.show.charts.visits import (
    funnel_months,
    funnel_schools,
    soon_months,
    visit_kinds,
    visit_months,
)
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views import effect_rows, programme
from leapdash.show.views import visits as views
from leapdash.show.words import alt
from leapdash.show.words import effect_rows as row_words
from leapdash.show.words import programme as programme_words
from leapdash.show.words import visits as words
from leapdash.show.words.filters import whom
from leapdash.show.words.numbers import count, month, per_cent

QUESTION = N_("Who is visited, where, by whom and how soon?")
KINDS, SOON = N_("Kinds of visits"), N_("How soon")
FUNNEL, SCHOOLS = N_("From eligible to met"), N_("School by school")
DIFFERS = N_("What differs")


def answer(choice: Choice) -> Answer:
    """The visits of the choice: how many, of what kind, how soon, to whom."""
    if choice.release.public:
        return not_here(choice, _(QUESTION))
    made = programme.visits_made(choice)
    if not made.visits:
        began = programme.visits_began(choice)
        return nothing(choice, _(QUESTION), programme_words.no_visits(choice, began))
    months, reach = views.visits_by_month(choice), programme.reach_now(choice)
    soon = views.first_visits_by_month(choice)
    some = months[months["visits"] > 0]["period"]
    when = some.iloc[0], some.iloc[-1]
    told = (words.answer(whom(choice), made, when, reach), words.how_soon(soon))
    cards = [
        Card(_("Visits made"), count(made.visits), _("{met} met the family", met=count(made.met))),
        Card(_("Students met"), count(made.first_visits), _("for the first time")),
    ]
    if reach.taking_part:
        cards.append(Card(_("Reached"), per_cent(reach.share_visited), _("of those eligible")))
    if soon["first_visits"].sum():
        cards.append(Card(_("Within 30 days"), *words.within(soon)))
    return Answer(
        choice,
        _(QUESTION),
        " ".join(sentence for sentence in told if sentence),
        cards=tuple(cards),
        figures=(by_month(choice, "visits-months"),),
        sections=(
            Section(KINDS, partial(_kinds, choice)),
            Section(SOON, partial(_soon, choice)),
            Section(FUNNEL, partial(_funnel, choice)),
            Section(SCHOOLS, partial(_schools, choice)),
            *([Section(DIFFERS, partial(_differs, choice))] if choice.release.has_effects else []),
        ),
    )


def by_month(choice: Choice, name: str) -> Figure:
    """Visits made month by month, beside how many could be; `name`: the figure's."""
    table = views.visits_by_month(choice)
    title = _("Visits by month")
    known = table["capacity"].notna().any()
    notes = (_(words.CAPACITY if known else words.NO_CAPACITY), _(words.SUMMERS))
    told = words.alt_months(title, table, "visits")
    return Figure(name, title, partial(visit_months, table), table, told, notes)


def _kinds(choice: Choice) -> tuple[Part, ...]:
    table = views.kinds_made(choice)
    if not len(table):
        return (Text(_("No kind of visit is recorded for this choice.")),)
    title = _("Where visits were made, by whom and in what language")
    chart, told = partial(visit_kinds, table), words.alt_kinds(title, table)
    return (Figure("visits-kinds", title, chart, table, told, (_(words.KINDS_NOTE),)),)


def _soon(choice: Choice) -> tuple[Part, ...]:
    table = views.first_visits_by_month(choice)
    if not table["first_visits"].sum():
        return (Text(_("No eligible student had a first visit in this choice.")),)
    title = _("First visits, by how long students had waited")
    told = words.alt_months(title, table, "first_visits")
    chart = partial(soon_months, table)
    figure = Figure("visits-soon", title, chart, table, told, (_(words.HOW_SOON),))
    said = words.how_soon(table)
    return (Text(said), figure) if said else (figure,)


def _funnel(choice: Choice) -> tuple[Part, ...]:
    table = views.funnel_by_month(choice)
    if not len(table):
        return (Text(_("No district here took part in home visits then.")),)
    title = _("From eligible to met, by month")
    last = table.iloc[-1]
    return (
        Text(words.funnel(last, month(last["period"]))),
        Figure(
            "visits-funnel",
            title,
            partial(funnel_months, table),
            table,
            words.alt_months(title, table, "ever_eligible"),
            (_(words.FUNNEL),),
        ),
    )


def _schools(choice: Choice) -> tuple[Part, ...]:
    table = views.funnel_by_school(choice)
    if not len(table):
        return (Text(_("No student was eligible in the last month of this choice.")),)
    when = month(programme.last_month(choice))
    title = _("From eligible to met, school by school, {month}", month=when)
    return (
        Figure(
            "visits-schools",
            title,
            partial(funnel_schools, table),
            led_by(table, "school_name", "ever_eligible", "tried", "ever_eligible_visited"),
            alt.of_rows(title, table, "school_name", "reached"),
            (_(words.FUNNEL), _("Schools with most eligible students first; the table has all.")),
        ),
    )


def _differs(choice: Choice) -> tuple[Part, ...]:
    return slices_of(
        choice,
        "visits-effects",
        _("Does the effect go with the kind of visit?"),
        effect_rows.kind_rows(choice),
        _(row_words.ASSOCIATION),
        _(row_words.VISITS_IN_ALL),
    )
