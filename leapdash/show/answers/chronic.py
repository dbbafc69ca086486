"""What visits changed in chronic absence: a section of the pages about effects."""

from functools import partial

from leapdash.show.answers.model import Figure, Part, Section, Text
from leapdash.show.charts.effects import effect_paths
from leapdash.show.choice import Choice
from leapdash.show.views.effects import effect_on_chronic_absence
from leapdash.show.words import effects as words

TITLE = "How many fewer are chronically absent"
_PATHS = "Visited students absent for 10% or more of the month, and without the visit"
_AXIS = "Absent for 10% or more (% of students)"


def chronic_section(choice: Choice, page: str) -> tuple[Section, ...]:
    """The section, where the release holds the effect. `page`: its figure's name begins so."""
    if not choice.release.has("chronic_effects"):
        return ()
    return (Section(TITLE, partial(_parts, choice, page)),)


def _parts(choice: Choice, page: str) -> tuple[Part, ...]:
    study = effect_on_chronic_absence(choice)
    if study is None or not study.table["shown"].any():
        return (Text("Too few visited students could be followed to say."),)
    told = Text(words.chronic_sentence(study))
    chart = partial(effect_paths, study.table, study.six_to_nine, axis=_AXIS)
    figure = Figure(
        f"{page}-chronic-absence",
        _PATHS,
        chart,
        study.table,
        words.alt_chronic(study),
        tuple(note for note in (words.chronic_plain(study), words.CHRONIC_NOTE) if note),
    )
    return (told, figure)
