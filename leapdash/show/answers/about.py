"""What are these data: real or simulated, from when, by which definitions, under which licence?

And how is the effect of a visit found: the one page everyone can read, from docs/.
"""

from functools import partial
from pathlib import Path

from leapdash.contract import summary_table
from leapdash.release import Manifest
from leapdash.show.answers.model import Answer, Code, Document, Facts, Part, Section
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _
from leapdash.show.words import about as words
from leapdash.show.words.numbers import count

QUESTION = N_("What are these data?")
_ONE_PAGE = Path(__file__).parents[3] / "docs" / "effect-in-one-page.md"


def answer(choice: Choice) -> Answer:
    """What the release is, how the effect of a visit is found, and what the words mean."""
    manifest = choice.release.manifest
    heading, text = _ONE_PAGE.read_text("utf-8").removeprefix("# ").split("\n", maxsplit=1)
    return Answer(
        choice,
        _(QUESTION),
        words.answer(manifest),
        sections=(
            Section(heading, lambda: (Document(text),)),
            Section("This release", partial(_release, manifest)),
            Section("What the words mean", _definitions),
            Section("Where the figures come from", partial(_sources, manifest)),
            Section("What it holds", partial(_tables, manifest)),
            Section("The manifest, as it stands in the release", partial(_manifest, manifest)),
        ),
    )


def _release(manifest: Manifest) -> tuple[Part, ...]:
    return (Facts(tuple(words.release_facts(manifest)), "Facts about this release"),)


def _definitions() -> tuple[Part, ...]:
    return (Facts(words.DEFINITIONS, "Words and their meaning"),)


def _sources(manifest: Manifest) -> tuple[Part, ...]:
    return (Facts(words.source_facts(manifest), "Sources of this release"),)


def _tables(manifest: Manifest) -> tuple[Part, ...]:
    pairs = []
    for name, facts in manifest.tables.items():
        table = summary_table(name)
        told = f"{table.meaning} Grain: {table.grain}; {count(facts.rows)} rows."
        pairs.append((name, told))
    return (Facts(tuple(pairs), "Tables of this release"),)


def _manifest(manifest: Manifest) -> tuple[Part, ...]:
    return (Code(manifest.to_json(), "json"),)
