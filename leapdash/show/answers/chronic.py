"""What visits changed in chronic absence: a section of the pages about effects."""

from functools import partial

from leapdash.contract import CHRONIC
from leapdash.show.answers.model import Figure, Part, Section, Table, Text
from leapdash.show.answers.tables import paths_first
from leapdash.show.charts.effects import effect_paths
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views.checks import failed
from leapdash.show.views.effects import (
    effect_on_chronic_absence,
    headlines_on,
    to_june,
    to_june_by_period,
)
from leapdash.show.words import chronic as words
from leapdash.show.words.effects import leading, mind_sentence

TITLE = N_("Chronic absence")
_PATHS = N_("Visited students absent for 10% or more of the month, and without the visit")
_TO_JUNE = N_("Absent for 10% or more of the days from the visit to June")
_AXIS = N_("Absent for 10% or more (% of students)")


def chronic_section(choice: Choice, page: str) -> tuple[Section, ...]:
    """The section, where the release holds the effect. `page`: its figure's name begins so."""
    if not choice.release.has(f"{CHRONIC}effects"):
        return ()
    return (Section(TITLE, partial(_parts, choice, page)),)


def _parts(choice: Choice, page: str) -> tuple[Part, ...]:
    study = effect_on_chronic_absence(choice)
    if study is None or not study.table["shown"].any():
        return (Text(_("Too few visited students could be followed to say.")),)
    mind = mind_sentence(failed(choice, study, leading(study)))
    told = " ".join(part for part in (words.month_sentence(study), mind) if part)
    chart = partial(effect_paths, study.table, study.six_to_nine, axis=_AXIS)
    figure = Figure(
        f"{page}-chronic-absence",
        _(_PATHS),
        chart,
        paths_first(study),
        words.alt_months(study),
        tuple(note for note in (words.plain_sentence(study), _(words.MONTH_NOTE)) if note),
    )
    return (Text(told), figure, *_to_june(choice, page))


def _to_june(choice: Choice, page: str) -> tuple[Part, ...]:
    """The share absent for a tenth or more of the days from the visit to June."""
    found = to_june(choice)
    if found is None:
        return ()
    told = words.to_june_sentence(found), words.whole_year_sentence(found)
    mind = mind_sentence(failed(choice, headlines_on(choice), found.headline))
    table = Table(f"{page}-to-june", _(_TO_JUNE), to_june_by_period(choice))
    shown = (table,) if found.headline.effect else ()
    text = " ".join(sentence for sentence in (*told, mind) if sentence)
    return (Text(text), *shown, Text(_(words.TO_JUNE_NOTE), small=True))
