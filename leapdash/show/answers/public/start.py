"""The opening page of a public release: the whole state in a sentence, and the ways on."""

from collections.abc import Iterable
from dataclasses import replace

from leapdash.contract import LEVELS
from leapdash.show.answers.model import Way
from leapdash.show.answers.public import district
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import _
from leapdash.show.views import effects
from leapdash.show.views.public_effects import most_visited_of, visited_in_districts
from leapdash.show.words import effects as effect_words


def ways(choice: Choice) -> tuple[Way, ...]:
    """Views that answer a question each, as far as the release has something to show."""
    if not choice.release.has_effects:
        return ()
    return (*_of_the_most_visited(choice), *_of_older(choice))


def _of_the_most_visited(choice: Choice) -> Iterable[Way]:
    visited = visited_in_districts(choice)
    if visited:
        code = most_visited_of(choice, sorted(visited))
        title = _("What happened in {district}?", district=choice.known.label(code))
        told = district.in_short(replace(choice, district=code))
        yield Way(title, told, "district", Filters((code,)).in_address(choice.known))


def _of_older(choice: Choice) -> Iterable[Way]:
    """What visits changed for the oldest and for the youngest students."""
    youngest, *_others, oldest = LEVELS
    told = []
    for level in (oldest, youngest):
        own = choice.filtered(levels=(level,))
        found = effects.headlines_on(own)
        if found.withheld:
            return
        sentence = effect_words.effect_sentence(effect_words.leading(found))
        told.append(effect_words.told_of(own, sentence))
    query = Filters(levels=(oldest,)).in_address(choice.known)
    yield Way(_("Did it work better for older students?"), " ".join(told), "impact", query)
