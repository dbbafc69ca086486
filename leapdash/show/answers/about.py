"""What are these data: real or simulated, from when, by which definitions, under which licence?

And how is the effect of a visit found: the one page everyone can read, from docs/.
"""

from functools import partial
from pathlib import Path

from leapdash.release import Manifest
from leapdash.show.answers.model import (
    Answer,
    Code,
    Document,
    Facts,
    Part,
    Section,
    Table,
    Text,
    Way,
)
from leapdash.show.choice import Choice
from leapdash.show.contacts import contacts
from leapdash.show.language import N_, _, language
from leapdash.show.views.cells import HIDDEN as WHY_HIDDEN
from leapdash.show.views.hidden_share import hidden_share
from leapdash.show.words import about as words
from leapdash.show.words.hidden import ALL_ALIKE

HIDDEN = N_("What is hidden, and why")
QUESTION = N_("What are these data?")
_DOCS = Path(__file__).parents[3] / "docs"


def answer(choice: Choice) -> Answer:
    """What the release is, how the effect of a visit is found, and where words are explained."""
    manifest = choice.release.manifest
    heading, text = _one_page().read_text("utf-8").removeprefix("# ").split("\n", maxsplit=1)
    return Answer(
        choice,
        _(QUESTION),
        words.answer(manifest),
        sections=(
            Section(heading, lambda: (Document(text),)),
            Section(N_("This release"), partial(_release, manifest)),
            *([Section(HIDDEN, partial(_hidden, choice))] if choice.release.public else []),
            *((Section(N_("Questions and errors"), _contacts),) if contacts() else ()),
            Section(N_("Corrections and licence"), _corrections),
            Section(N_("What the words mean"), _glossary),
            Section(N_("Where the figures come from"), partial(_sources, manifest)),
            Section(N_("What it holds"), partial(_tables, manifest)),
            Section(N_("The manifest, as it stands in the release"), partial(_manifest, manifest)),
        ),
    )


def _one_page() -> Path:
    """How the effect is found, in the language on show where it is written in it."""
    spoken = _DOCS / f"effect-in-one-page.{language()}.md"
    return spoken if spoken.is_file() else _DOCS / "effect-in-one-page.md"


def _release(manifest: Manifest) -> tuple[Part, ...]:
    return (Facts(tuple(words.release_facts(manifest)), _("Facts about this release")),)


def _hidden(choice: Choice) -> tuple[Part, ...]:
    """How many figures a public release hides, and by which rule."""
    rule = choice.release.manifest.rules["suppression"]
    title = _("Figures hidden, by kind")
    return (
        Text(f"{_(WHY_HIDDEN)} {_(ALL_ALIKE)}"),
        Table("about-hidden", title, hidden_share(choice)),
        Text(_("The rule: {rule}.", rule=_(rule)), small=True),
    )


def _contacts() -> tuple[Part, ...]:
    return (Facts(contacts(), _("Questions and errors")),)


def _corrections() -> tuple[Part, ...]:
    return (Text(_(words.CORRECTED)), Text(_(words.LICENCES)))


def _glossary() -> tuple[Part, ...]:
    title, told = _("Glossary"), _("Every word the pages use, from attendance rate to withheld.")
    return (Way(title, told, "glossary"),)


def _sources(manifest: Manifest) -> tuple[Part, ...]:
    return (Facts(words.source_facts(manifest), _("Sources of this release")),)


def _tables(manifest: Manifest) -> tuple[Part, ...]:
    return (Facts(words.table_facts(manifest), _("Tables of this release")),)


def _manifest(manifest: Manifest) -> tuple[Part, ...]:
    return (Code(manifest.to_json(), "json"),)
