"""Are attendance and chronic absence alike for all groups: as far as a public release tells."""

from functools import partial

import pandas as pd

from leapdash.contract import GROUPS
from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Card, Figure, Part, Section, Withheld, nothing
from leapdash.show.answers.public.cards import hidden_card
from leapdash.show.charts.gaps import gap_rows
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.measures import ATTENDANCE, CHRONIC_ABSENCE, Measure
from leapdash.show.views import public_groups as views
from leapdash.show.views.cells import not_offered
from leapdash.show.views.district import last_year
from leapdash.show.words import groups as words
from leapdash.show.words import hidden as hidden_words
from leapdash.show.words.attendance import chronic_note
from leapdash.show.words.filters import whom
from leapdash.show.words.numbers import per_cent

MONTHS, CHRONIC = N_("Attendance by month"), N_("Chronic absence")


def answer(choice: Choice, question: str) -> Answer:
    """The choice's group beside all who aren't in it, and the gaps of all groups."""
    gaps = views.chronic_gaps_shown(choice)
    if not len(gaps):
        return nothing(choice, question)
    reason = not_offered(choice.filtered(group=choice.of_group))
    if reason:
        return Answer(
            choice, question, _(hidden_words.NOT_OFFERED[reason]), figures=(_gaps(choice),)
        )
    rates = views.attendance_of_year(choice)
    row = views.gap_of(choice, gaps)
    return Answer(
        choice,
        question,
        _sentence(choice, row, rates),
        cards=(
            _rate_card(rates),
            hidden_card(_("Chronic absence"))
            if row is None or row["reason"]
            else Card(_("Chronic absence"), *words.gap_card(row)),
        ),
        figures=(_gaps(choice),),
        sections=(
            Section(MONTHS, partial(_lines, choice, ATTENDANCE)),
            Section(CHRONIC, partial(_lines, choice, CHRONIC_ABSENCE)),
        ),
    )


def _gaps(choice: Choice) -> Part:
    gaps = views.chronic_gaps_shown(choice)
    title = _(words.TITLES["chronic"], when=last_year(choice))
    if not gaps["difference"].notna().any():
        return Withheld(hidden_words.why_hidden(choice), title)
    chart = partial(gap_rows, gaps, choice.of_group, _(words.AXES["chronic"]))
    notes = (_(words.HOW_SURE), _(words.NOTES["chronic"]), _hidden_in(gaps))
    return Figure("groups-chronic", title, chart, gaps, words.alt(title, gaps), notes)


def _sentence(choice: Choice, row: views.Gap | None, rates: views.Rates) -> str:
    """How the group stands beside the others; that it is hidden, where it is."""
    named = {"where": whom(choice), "group": words.who(choice.of_group)}
    if rates.group is None or rates.others is None:
        return f"{named['where']}, {named['group']}: {hidden_words.why_hidden(choice)}"
    told = _(
        "{where}: {group} attended {rate} of their days in {year}, {others} {rest}.",
        **named,
        rate=per_cent(rates.group),
        year=last_year(choice),
        others=words.others(choice.of_group),
        rest=per_cent(rates.others),
    )
    absent = "" if row is None or row["reason"] else words.chronic(row)
    return " ".join(part for part in (told, absent) if part)


def _rate_card(rates: views.Rates) -> Card:
    if rates.group is None or rates.others is None:
        return hidden_card(_("Attendance"))
    unit = _("others {rate}", rate=per_cent(rates.others))
    return Card(_("Attendance"), per_cent(rates.group), unit)


def _hidden_in(gaps: pd.DataFrame) -> str:
    return hidden_words.hidden_rows(gaps.loc[gaps["difference"].isna(), "series"].tolist())


def _lines(choice: Choice, measure: Measure) -> tuple[Part, ...]:
    forms = {
        ATTENDANCE: N_("{group} beside all others, attendance by month"),
        CHRONIC_ABSENCE: N_("{group} beside all others, chronic absence in the year to date"),
    }
    title = _(forms[measure], group=_(GROUPS[choice.of_group]))
    trend = views.BOTH[measure](choice)
    if not trend[measure.name].notna().any():
        return (Withheld(hidden_words.why_hidden(choice), title),)
    name = "groups-months" if measure == ATTENDANCE else "groups-chronic-months"
    notes = (
        "" if measure == ATTENDANCE else chronic_note("month"),
        hidden_words.hidden_note(trend, "month"),
    )
    return (lines_of(choice, name, title, trend, measure, notes=notes),)
