"""How is one school doing, beside its level and its own last year: as a public release tells."""

from dataclasses import replace
from functools import partial

import pandas as pd

from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Part, Section, Text, Withheld, nothing
from leapdash.show.answers.public.cards import rate_card
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.measures import CHRONIC_ABSENCE
from leapdash.show.views import public_schools as views
from leapdash.show.views.district import last_year
from leapdash.show.words import hidden as hidden_words
from leapdash.show.words import school as words
from leapdash.show.words.numbers import per_cent

CHRONIC = N_("Chronic absence")


def answer(choice: Choice, question: str) -> Answer:
    """The choice's school beside all students of its level, and beside its own last year."""
    level = views.level_of_school(choice) if choice.school else ""
    if not level:
        return nothing(choice, question)
    school, year = choice.known.schools[choice.school], last_year(choice)
    around = replace(choice.filtered(levels=(level,)), district=school.district)
    rows = views.schools_side_by_side(around)
    own = rows[rows["school_code"] == choice.school]
    if not len(own):
        return nothing(choice, question)
    row, short = own.iloc[0], school.name
    months = views.months_beside_level(choice)
    change = views.against_last_year_shown(choice)
    return Answer(
        choice,
        question,
        _sentence(choice, row, level, change is not None),
        cards=(
            rate_card(_("Attendance"), row["attendance_rate"], _("of days, {year}", year=year)),
            rate_card(
                _("Chronic absence"), row["chronic_share"], _("of students, {year}", year=year)
            ),
        ),
        figures=(
            lines_of(
                choice,
                "school-months",
                _("{school} beside all students of its level, by month", school=short),
                months,
                notes=(hidden_words.hidden_note(months, "month"),),
            ),
        ),
        sections=(Section(CHRONIC, partial(_chronic, choice, short)),),
    )


def _sentence(choice: Choice, row: pd.Series, level: str, told_change: bool) -> str:
    name = words.name_of(choice, level)
    if pd.isna(row["attendance_rate"]):
        stands = f"{name}: {hidden_words.why_hidden(choice)}"
    else:
        stands = _(
            "{school}: students attended {rate} of their days in {year}.",
            school=name,
            rate=per_cent(row["attendance_rate"]),
            year=last_year(choice),
        )
    if not told_change:
        return stands
    return f"{stands} {words.against_last_year(views.against_last_year_shown(choice))}"


def _chronic(choice: Choice, short: str) -> tuple[Part, ...]:
    title = _("{school}, chronic absence in the school year to date", school=short)
    trend = views.school_to_date_shown(choice)
    if not trend["chronic_share"].notna().any():
        return (Withheld(hidden_words.why_hidden(choice), title, widen=False),)
    change = views.against_last_year_shown(choice)
    told = () if change is None else (Text(words.against_last_year(change)),)
    notes = (
        _(words.TO_DATE),
        "" if change is None else _(words.INDEPENDENT),
        hidden_words.hidden_note(trend, "month"),
    )
    return (*told, lines_of(choice, "school-chronic", title, trend, CHRONIC_ABSENCE, notes=notes))
