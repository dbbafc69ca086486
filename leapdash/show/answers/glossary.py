"""What do the words mean? Every term the pages use, in one list."""

from leapdash.show.answers.model import Answer, Definitions, Section
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _, _n
from leapdash.show.words.glossary import in_order

QUESTION = N_("What do the words mean?")
LIST = N_("Words by the alphabet")


def answer(choice: Choice) -> Answer:
    """All terms, by the alphabet, each with an anchor."""
    terms = in_order()
    told = _n(
        "{n} word the pages use, in a sentence or two.",
        "{n} words the pages use, each in a sentence or two.",
        len(terms),
        n=len(terms),
    )
    return Answer(
        choice.only(()), _(QUESTION), told, sections=(Section(LIST, lambda: (Definitions(terms),)),)
    )
