"""What the evaluation found beside this release's effects: a section of Impact."""

from functools import partial

from leapdash.show.answers.model import Part, Section, Table, Text
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.views.evaluation import findings_beside
from leapdash.show.words import evaluation as words

TITLE = N_("Evaluation")


def evaluation_section(choice: Choice) -> Section:
    """The section; for releases with effects."""
    return Section(TITLE, partial(_parts, choice))


def _parts(choice: Choice) -> tuple[Part, ...]:
    table = findings_beside(choice)
    if not len(table):
        return (Text(_(words.NOTHING)),)
    return (
        Text(words.introduction()),
        Table("impact-evaluation", _(words.TITLE), table),
        Text(words.notes(choice), small=True),
    )
