"""Where the next visits would win most: a section of Impact."""

from functools import partial

from leapdash.show.answers.model import Figure, Part, Section, Text
from leapdash.show.charts.next_visits import days_rows
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views.next_visits import next_visits
from leapdash.show.words import next_visits as words

TITLE = N_("Where next")


def next_section(choice: Choice) -> Section:
    """The section; for releases with effects."""
    return Section(TITLE, partial(_parts, choice))


def _parts(choice: Choice) -> tuple[Part, ...]:
    found = next_visits(choice)
    if not len(found.rows):
        return (Text(_(words.NOBODY)),)
    notes = (
        _(words.TAKEN_FOR_GRANTED),
        words.read_the_rows(),
        words.waiting_note(found),
        words.groups_note(found),
        words.checks_note(found.rows),
        words.not_shown(),
    )
    figure = Figure(
        "impact-next",
        _(words.TITLE),
        partial(days_rows, found),
        found.rows,
        words.alt_next(found),
        tuple(note for note in notes if note),
    )
    return (Text(words.next_answer(found, choice)), figure)
