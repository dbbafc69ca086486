"""What is a home visit: what happens, who comes, and what it was found to do, for everyone."""

from leapdash.show.answers import impact
from leapdash.show.answers.model import Answer, Document, Facts, Part, Picture, Section, Text
from leapdash.show.charts.home_visit import home_visit
from leapdash.show.choice import Choice
from leapdash.show.language import N_, _, prose
from leapdash.show.published_findings import FINDINGS
from leapdash.show.views import effects
from leapdash.show.views.checks import failed
from leapdash.show.words import effects as effect_words
from leapdash.show.words import home_visit as words

QUESTION = N_("What is a home visit?")
VISIT, FOUND = N_("A visit"), N_("What its evaluation found")


def answer(choice: Choice) -> Answer:
    """What this release says visits changed, what a visit is, and what its evaluation found."""
    every = choice.only(())
    return Answer(
        every,
        _(QUESTION),
        _headline(every),
        sections=(Section(VISIT, _visit), Section(FOUND, _found)),
    )


def _headline(choice: Choice) -> str:
    """What visits changed in the whole state, or why that can't be told."""
    withheld = impact.lead(choice).withheld
    if withheld:
        return withheld.reason
    found = effects.headlines_on(choice)
    lead = effect_words.leading(found)
    told = effect_words.told_of(choice, effect_words.effect_sentence(lead))
    mind = effect_words.mind_sentence(failed(choice, found, lead))
    return " ".join(part for part in (told, mind) if part)


def _visit() -> tuple[Part, ...]:
    return (Picture(home_visit, words.alt()), Document(prose("home-visit")))


def _found() -> tuple[Part, ...]:
    pairs = tuple((words.reported(one), words.of_whom(one)) for one in FINDINGS)
    return (Text(words.introduction()), Facts(pairs, _(words.FINDINGS)))
