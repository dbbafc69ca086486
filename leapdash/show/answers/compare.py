"""How do two selections of districts, levels and years stand beside each other?"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from leapdash.show.answers.lines import lines_of
from leapdash.show.answers.model import Answer, Card, Figure, Table, Text, nothing
from leapdash.show.answers.public.not_here import not_here
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views import compare as views
from leapdash.show.views.compare import Beside
from leapdash.show.views.district import last_year
from leapdash.show.views.programme import last_month
from leapdash.show.words import compare as words
from leapdash.show.words.numbers import month

QUESTION = N_("How do two selections of districts, levels and years stand beside each other?")
_BESIDE = {
    "per cent": N_("points: {one} beside {other}"),
    "points": N_("points: {one} beside {other}"),
    "days": N_("days: {one} beside {other}"),
}
_Measured = tuple[str, str, Beside, str]
"""What a measure is called, its unit, both sides of it, and the sentence that says so."""


def answer(choice: Choice) -> Answer:
    """Both sides of the choice in attendance, chronic absence, reach, effect and days regained."""
    if choice.release.public:
        return not_here(choice, _(QUESTION))
    one, other = choice.sides
    months = _months(choice)
    if not len(months.table):
        return nothing(choice, _(QUESTION))
    if one == other:
        return Answer(choice, _(QUESTION), _(words.SAME), figures=(months,))
    attended = views.attendance_beside(choice)
    years = last_year(one), last_year(other)
    measured = [
        (_("Attendance"), "per cent", attended, words.attendance(choice, attended, years)),
        *_others(choice),
    ]
    cells = [words.cells(found, unit) for _name, unit, found, _said in measured]
    notes = [_(words.HOW_SURE), _(words.NO_REASON)]
    if views.shares_students(choice):
        notes.insert(0, _(words.INDEPENDENT))
    return Answer(
        choice,
        _(QUESTION),
        measured[0][3],
        cards=tuple(
            Card(label, told.split(" (")[0], _(_BESIDE[unit], one=a, other=b))
            for (label, unit, _found, _said), (a, b, told) in zip(measured, cells, strict=True)
        ),
        figures=(
            months,
            Text("\n".join(said for _label, _unit, _found, said in measured[1:])),
            Text(_("A: {one}. B: {other}.", one=words.name(one), other=words.name(other))),
            Table("compare-measures", _("All measures side by side"), _table(measured)),
            Text(" ".join(notes), small=True),
        ),
    )


def _others(choice: Choice) -> Iterator[_Measured]:
    """All measures but attendance."""
    absent, reached = views.chronic_beside(choice), views.reach_beside(choice)
    when = tuple(month(last_month(side)) for side in choice.sides)
    yield _("Chronic absence"), "per cent", absent, words.chronic(absent)
    yield _("Reached"), "per cent", reached, words.reach(reached, (when[0], when[1]))
    if choice.release.has_effects:
        changed, days = views.effect_beside(choice), views.days_beside(choice)
        yield _("Effect of visits"), "points", changed, words.effect(changed)
        yield _("Days regained"), "days", days, words.days(days)


def _table(measured: list[_Measured]) -> pd.DataFrame:
    """Every measure in words; in the file also as numbers."""
    rows = []
    for label, unit, found, _said in measured:
        one, other, told = words.cells(found, unit)
        gap = found.difference
        rows.append(
            {
                "series": label,
                "side_a": one,
                "side_b": other,
                "side_difference": told,
                "unit": "days" if unit == "days" else "fraction",
                "value_a": found.one,
                "value_b": found.other,
                "value_difference": None if gap is None else gap.effect,
                "value_low": None if gap is None else gap.low,
                "value_high": None if gap is None else gap.high,
            }
        )
    return pd.DataFrame(rows)


def _months(choice: Choice) -> Figure:
    names = dict(zip((views.A, views.B), map(words.name, choice.sides), strict=True))
    trend = views.months_beside(choice)
    trend["series"] = trend["code"].map(names)
    title = _("Attendance by month, side by side")
    return lines_of(replace(choice, grain="month"), "compare-months", title, trend)
