"""How does one district stand beside the state, what did visits change in it, and who waits?"""

from dataclasses import replace
from functools import partial

import pandas as pd

from leapdash.show.answers import waiting
from leapdash.show.answers.forests import forest_of
from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import (
    Answer,
    Card,
    Figure,
    Part,
    Section,
    Text,
    Withheld,
    nothing,
)
from leapdash.show.answers.public import district as public_district
from leapdash.show.answers.tables import led_by
from leapdash.show.answers.visits import by_month
from leapdash.show.charts.district import school_rows
from leapdash.show.charts.funnel import school_funnel
from leapdash.show.choice import Choice
from leapdash.show.effects.studies import Headlines
from leapdash.show.language import N_, _
from leapdash.show.measures import ATTENDANCE, CHRONIC_ABSENCE, MEASURES, Measure
from leapdash.show.views import district as views
from leapdash.show.views import effect_rows, effects, funnel, programme
from leapdash.show.views.checks import failed, left_out
from leapdash.show.words import alt
from leapdash.show.words import district as words
from leapdash.show.words import effect_rows as row_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words.filters import whom, whose_visits
from leapdash.show.words.numbers import count, per_cent
from leapdash.show.words.programme import each_in_days

QUESTION = N_("How does one district stand, what did visits change in it, and who is waiting?")
WAITING, VISITS, YEARS = N_("Who waits"), N_("Visits"), N_("School years")
EFFECT = N_("Effect of visits")


def answer(choice: Choice) -> Answer:
    """The choice's district beside all districts; its schools, its effect, who waits."""
    if choice.release.public:
        return public_district.answer(choice, _(QUESTION))
    choice = replace(choice.filtered(districts=(choice.district,)), by="all")
    schools = views.schools_beside(choice)
    if not len(schools):
        return nothing(choice, _(QUESTION))
    rates, shares = _last_year(choice, ATTENDANCE), _last_year(choice, CHRONIC_ABSENCE)
    here, year = choice.district, views.last_year(choice)
    reach = programme.reach_now(choice)
    sentence = _stands(choice)
    cards = [
        Card(_("Attendance"), per_cent(rates[here]), _("of days, {year}", year=year)),
        Card(_("Chronic absence"), per_cent(shares.get(here)), _("of students, {year}", year=year)),
    ]
    scope = ""
    if _has_effect(choice):
        own = effects.headlines_on(choice)
        told = _changed(choice)
        days = each_in_days(programme.regained(choice).days)
        mind = effect_words.mind_sentence(failed(choice, own, effect_words.leading(own)))
        sentence = effect_words.with_days(own, sentence, told, mind, days=days)
        scope = effect_words.based_on(own)
        cards += [_effect_card(_(EFFECT), choice, own)]
    if reach.taking_part:
        cards += [
            Card(_("Waiting"), count(reach.waiting), _("for a first visit")),
            Card(_("Reached"), per_cent(reach.share_visited), _("of those eligible")),
        ]
    made = programme.visits_made(choice).visits
    visits = [Section(VISITS, lambda: (by_month(choice, "district-visits"),))] if made else []
    return Answer(
        choice,
        _(QUESTION),
        sentence,
        scope,
        tuple(cards),
        figures=(_schools(choice, schools),),
        sections=(
            Section(WAITING, partial(waiting.by_school, choice, "district-waiting", whom(choice))),
            *visits,
            Section(YEARS, partial(_years, choice)),
            Section(N_("Months"), partial(_months, choice)),
            Section(N_("Schools and chance"), partial(_chance, choice)),
            Section(
                EFFECT,
                partial(_effect, choice),
                controls=("headline",) if _has_effect(choice) else (),
            ),
        ),
    )


def in_short(choice: Choice) -> str:
    """How the choice's district stands beside all, and what visits changed in it."""
    choice = replace(choice.filtered(districts=(choice.district,)), by="all")
    return f"{_stands(choice)} {_changed(choice)}" if _has_effect(choice) else _stands(choice)


def _stands(choice: Choice) -> str:
    rates = _last_year(choice, ATTENDANCE)
    both = rates[choice.district], rates.get("all")
    return words.answer(whom(choice), views.last_year(choice), *both, programme.reach_now(choice))


def _changed(choice: Choice) -> str:
    own = effects.headlines_on(choice)
    return words.effect(whose_visits(choice), own, effects.beside_others(choice))


def _name(choice: Choice) -> str:
    return choice.known.label(choice.district)


def _has_effect(choice: Choice) -> bool:
    return choice.release.has_effects and effects.headlines_on(choice).visited > 0


def _effect_card(label: str, choice: Choice, found: Headlines) -> Card:
    later = found.six_to_nine
    return Card(label, *effect_words.effect_card(later, failed(choice, found, later)))


def _last_year(choice: Choice, measure: Measure) -> pd.Series:
    """A rate of the district and of all districts in the last school year chosen, by code."""
    rates: pd.Series = _of_last_year(choice, measure).set_index("code")[measure.name]
    return rates


def _of_last_year(choice: Choice, measure: Measure) -> pd.DataFrame:
    table = views.BESIDE[measure](replace(choice, grain="year"))
    return table[table["period"] == views.last_year(choice)]


def _schools(choice: Choice, schools: pd.DataFrame) -> Figure:
    measure, here, name = MEASURES[choice.measure], choice.district, _name(choice)
    title = _(
        "{district}’s schools by {measure}, {year}",
        district=name,
        measure=_(measure.word),
        year=views.last_year(choice),
    )
    names = {here: name, "all": _("all districts")}
    references = {
        str(level): dict(zip(rates["code"].map(names), rates[measure.name], strict=True))
        for level, rates in _of_last_year(replace(choice, by="level"), measure).groupby("series")
        if here in set(rates["code"])
    }
    told = alt.of_rows(title, schools, "school_name", measure.name)
    chart = partial(school_rows, schools, measure, references)
    own = ("chronic_low", "chronic_high") if measure == CHRONIC_ABSENCE else ()
    table = led_by(schools, "school_name", "level", measure.name, *own, measure.students)
    notes = (words.school_intervals(),) if own else ()
    return Figure("district-schools", title, chart, table, told, notes)


def _years(choice: Choice) -> tuple[Part, ...]:
    choice = replace(choice, grain="year")
    title = (
        _("{district}, by school year", district=_name(choice))
        if choice.known.own
        else _("{district} beside all districts, by school year", district=_name(choice))
    )
    trend, published = views.attendance_beside(choice), views.published_of_both(choice)
    return (lines_of(choice, "district-years", title, trend, published=published),)


def _months(choice: Choice) -> tuple[Part, ...]:
    choice = replace(choice, grain="month")
    title = (
        _("{district}, by month", district=_name(choice))
        if choice.known.own
        else _("{district} beside all districts, by month", district=_name(choice))
    )
    return (lines_of(choice, "district-months", title, views.attendance_beside(choice)),)


def _chance(choice: Choice) -> tuple[Part, ...]:
    table = funnel.schools_and_chance(choice)
    year = views.last_year(choice)
    if not len(table):
        told = _("Each school here is the only one of its level: there is none to compare.")
        return (Text(told),)
    title = _(
        "{district}’s schools and chance, chronic absence {year}",
        district=_name(choice),
        year=year,
    )
    told = words.chance_answer(table, whom(choice), year)
    measured = ("chronic_share", "chronic_base", "expected", "limit_low", "limit_high")
    return (
        Text(told),
        Figure(
            "district-chance",
            title,
            partial(school_funnel, table),
            led_by(table, "school_name", "level", *measured),
            _("Funnel plot: {title}. {told}", title=title, told=told),
            (words.chance_note(table),),
        ),
    )


def _effect(choice: Choice) -> tuple[Part, ...]:
    if not _has_effect(choice):
        met = programme.visits_made(choice).first_visits > 0
        reason = effect_words.why_nothing(None, left_out(choice), met)
        return (Withheld(reason, widen=False),)
    parts = [effect_rows.level_rows(choice), effect_rows.school_rows(choice)]
    nobody = row_words.left_out_note(parts[1])
    return (
        forest_of(
            choice,
            "district-effects",
            _("What visits changed in {district}", district=_name(choice)),
            pd.concat([part for part in parts if len(part)], ignore_index=True),
            row_words.read_the_rows(),
            row_words.schools_note(choice),
            *([] if nobody is None else [nobody]),
        ),
    )
