"""How does one district stand, and what did visits change: as far as a public release tells."""

from dataclasses import replace
from functools import partial

import pandas as pd

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
from leapdash.show.answers.public.cards import hidden_card, number_cards, rate_card
from leapdash.show.answers.tables import led_by
from leapdash.show.charts.district import school_rows
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.measures import ATTENDANCE, CHRONIC_ABSENCE, MEASURES, Measure
from leapdash.show.views import district as views
from leapdash.show.views import effect_rows, effects
from leapdash.show.views.cells import WITHHELD
from leapdash.show.views.checks import failed
from leapdash.show.views.programme import last_month
from leapdash.show.views.public_reach import reach_shown
from leapdash.show.views.public_schools import schools_side_by_side
from leapdash.show.words import alt
from leapdash.show.words import district as words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import hidden as hidden_words
from leapdash.show.words.filters import whom

YEARS, MONTHS, ABSENCE = N_("School years"), N_("Months"), N_("Chronic absence")
EFFECT = N_("Effect of visits")


def answer(choice: Choice, question: str) -> Answer:
    """The choice's district beside all districts, its schools, and what visits changed."""
    choice = replace(choice.filtered(districts=(choice.district,)), by="all")
    schools = schools_side_by_side(choice)
    if not len(schools):
        return nothing(choice, question)
    rates, shares = _last_year(choice, ATTENDANCE), _last_year(choice, CHRONIC_ABSENCE)
    here, year = choice.district, views.last_year(choice)
    cards = [
        rate_card(_("Attendance"), rates.get(here), _("of days, {year}", year=year)),
        rate_card(_("Chronic absence"), shares.get(here), _("of students, {year}", year=year)),
    ]
    scope = ""
    if _takes_part(choice):
        reach = reach_shown(choice)
        if choice.release.has_effects:
            own = effects.headlines_on(choice)
            together = _(hidden_words.ALL_YEARS) if choice.filters.years else ""
            scope = "" if own.withheld else f"{effect_words.based_on(own)} {together}".strip()
            cards.append(_effect_card(choice))
        unit, hidden = _("for a first visit"), "eligible" in reach.hidden
        cards += number_cards(_("Waiting"), reach.waiting, hidden, unit)
    return Answer(
        choice,
        question,
        in_short(choice),
        scope,
        tuple(cards),
        figures=(_schools(choice, schools),),
        sections=(
            Section(YEARS, partial(_years, choice)),
            Section(MONTHS, partial(_months, choice)),
            Section(ABSENCE, partial(_absence, choice)),
            *([Section(EFFECT, partial(_effect, choice))] if choice.release.has_effects else []),
        ),
    )


def in_short(choice: Choice) -> str:
    """How the choice's district stands beside all, and what visits changed in it."""
    choice = replace(choice.filtered(districts=(choice.district,)), by="all")
    return " ".join(part for part in (_stands(choice), _changed(choice)) if part)


def _stands(choice: Choice) -> str:
    rates, year = _last_year(choice, ATTENDANCE), views.last_year(choice)
    here, state = rates.get(choice.district), rates.get("all")
    if here is None or pd.isna(here) or state is None or pd.isna(state):
        return f"{whom(choice)}: {hidden_words.why_hidden(choice)}"
    told = words.stands(whom(choice), year, float(here), float(state))
    if _takes_part(choice):
        return told
    return f"{told} {words.no_part(last_month(choice))}"


def _changed(choice: Choice) -> str:
    """What visits changed in the district, all years of visits together."""
    if not (_takes_part(choice) and choice.release.has_effects):
        return ""
    found = effects.headlines_on(choice)
    told = words.effect(whom(choice), found, None)
    mind = effect_words.mind_sentence(failed(choice, found, effect_words.leading(found)))
    return " ".join(part for part in (told, mind) if part)


def _takes_part(choice: Choice) -> bool:
    return choice.district in choice.known.leap


def _effect_card(choice: Choice) -> Card:
    found = effects.headlines_on(choice)
    if found.withheld:
        return hidden_card(_(EFFECT), found.withheld)
    later = found.six_to_nine
    return Card(_(EFFECT), *effect_words.effect_card(later, failed(choice, found, later)))


def _last_year(choice: Choice, measure: Measure) -> pd.Series:
    """A rate of the district and of all districts in the last school year chosen, by code."""
    table = views.BESIDE[measure](replace(choice, grain="year"))
    last = table[table["period"] == views.last_year(choice)]
    rates: pd.Series = last.set_index("code")[measure.name]
    return rates


def _schools(choice: Choice, schools: pd.DataFrame) -> Part:
    measure, here = MEASURES[choice.measure], choice.district
    name, year = choice.known.label(here), views.last_year(choice)
    said = _(measure.word)
    title = _("{district}’s schools by {measure}, {year}", district=name, measure=said, year=year)
    if not schools[measure.name].notna().any():
        return Withheld(hidden_words.why_hidden(choice), title, widen=False)
    names = {here: name, "all": _("all districts")}
    by_level = views.BESIDE[measure](replace(choice, by="level", grain="year"))
    by_level = by_level[(by_level["period"] == year) & by_level[measure.name].notna()]
    references = {
        str(level): dict(zip(rates["code"].map(names), rates[measure.name], strict=True))
        for level, rates in by_level.groupby("series")
        if here in set(rates["code"])
    }
    chart = partial(school_rows, schools, measure, references)
    own = ("chronic_low", "chronic_high") if measure == CHRONIC_ABSENCE else ()
    table = led_by(schools, "school_name", "level", measure.name, *own, measure.students)
    told = alt.of_rows(title, schools, "school_name", measure.name)
    status = "status" if measure == ATTENDANCE else "chronic_status"
    away = schools.loc[schools[status] == WITHHELD, "school_name"].tolist()
    notes = (words.school_intervals() if own else "", hidden_words.hidden_rows(away))
    return Figure("district-schools", title, chart, table, told, notes)


def _years(choice: Choice) -> tuple[Part, ...]:
    choice = replace(choice, grain="year")
    title = _("{district} beside all districts, by school year", district=_name(choice))
    trend, published = views.attendance_beside(choice), views.published_of_both(choice)
    notes = (hidden_words.hidden_note(trend, "year"),)
    return (lines_of(choice, "district-years", title, trend, published=published, notes=notes),)


def _months(choice: Choice) -> tuple[Part, ...]:
    choice = replace(choice, grain="month")
    title = _("{district} beside all districts, by month", district=_name(choice))
    trend = views.attendance_beside(choice)
    notes = (hidden_words.hidden_note(trend, "month"),)
    return (lines_of(choice, "district-months", title, trend, notes=notes),)


def _absence(choice: Choice) -> tuple[Part, ...]:
    choice = replace(choice, grain="year")
    title = _("{district} beside all districts, chronic absence", district=_name(choice))
    trend = views.chronic_beside(choice)
    if (trend["status"] == WITHHELD).all():
        return (Withheld(hidden_words.why_hidden(choice), title, widen=False),)
    notes = (hidden_words.hidden_note(trend, "year"),)
    return (lines_of(choice, "district-chronic", title, trend, CHRONIC_ABSENCE, notes=notes),)


def _effect(choice: Choice) -> tuple[Part, ...]:
    if not _takes_part(choice):
        return (Text(words.no_part(last_month(choice))),)
    return (
        forest_of(
            choice,
            "district-effects",
            _("What visits changed in {district}", district=_name(choice)),
            effect_rows.level_rows(choice),
            _(hidden_words.READ_THE_ROWS),
        ),
    )


def _name(choice: Choice) -> str:
    return choice.known.label(choice.district)
