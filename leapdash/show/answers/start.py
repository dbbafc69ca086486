"""What did home visits do for school attendance? The whole state in a sentence, and the ways on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from leapdash.contract import LEVELS
from leapdash.show.answers import district, impact, school
from leapdash.show.answers.model import Answer, Section, Text, Way
from leapdash.show.answers.public import start as public_start
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import N_, _
from leapdash.show.views import effects
from leapdash.show.views import school as school_views
from leapdash.show.views import start as views
from leapdash.show.words import about as about_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import school as school_words
from leapdash.show.words import start as words

QUESTION = N_("What did home visits do for school attendance?")
DOORS, VIEWS = N_("Where to begin"), N_("Three questions to look into")
SOME = N_("Questions to look into")
_YOUNGER, *_OLDER = LEVELS


def answer(choice: Choice) -> Answer:
    """What visits changed in the whole state, as Impact says it, and where to go from here."""
    every = choice.only(())
    led = impact.lead(every)
    return replace(
        led,
        question=_(QUESTION),
        notes=(),
        warnings=(about_words.answer(every.release.manifest),),
        sections=(
            Section(DOORS, _doors),
            Section(SOME if every.release.public else VIEWS, partial(_views, every)),
        ),
    )


def _doors() -> tuple[Way, ...]:
    """The state, a district, and what a visit is."""
    of_page = {"impact": words.STATE, "district": words.DISTRICT, "home_visit": words.PUBLIC}
    return tuple(Way(_(title), _(told), page) for page, (title, told) in of_page.items())


def _views(choice: Choice) -> tuple[Way, ...]:
    """Views that answer a question each, as far as the release has something to say."""
    if choice.release.public:
        return public_start.ways(choice)
    return tuple(_of_the_most_visited(choice)) + tuple(_of_older(choice)) + tuple(_of_small(choice))


def _of_the_most_visited(choice: Choice) -> Iterable[Way]:
    code = views.most_visited(choice)
    if code:
        title = _("What happened in {district}?", district=choice.known.label(code))
        told = district.in_short(replace(choice, district=code))
        yield Way(title, told, "district", _address(choice, Filters((code,))))


def _of_older(choice: Choice) -> Iterable[Way]:
    """What visits changed for older students, for younger ones, and the difference."""
    if not choice.release.has_effects:
        return
    older, younger = choice.filtered(levels=tuple(_OLDER)), choice.filtered(levels=(_YOUNGER,))
    found = {own: effects.headlines_on(own) for own in (older, younger)}
    if not all(own.visited for own in found.values()):
        return
    told = [
        effect_words.told_of(own, effect_words.effect_sentence(effect_words.leading(study)))
        for own, study in found.items()
    ]
    beside = words.beside_younger(effects.older_beside(older, younger), _YOUNGER)
    yield Way(
        _("Did it work better for older students?"),
        " ".join(part for part in (*told, beside) if part),
        "impact",
        _address(choice, older.filters),
    )


def _of_small(choice: Choice) -> Iterable[Way]:
    """The smallest school with a visible change: whether that is more than chance."""
    code = views.small_and_changed(choice)
    if not code:
        return
    own = replace(choice, school=code)
    (section,) = (one for one in school.answer(own).sections if one.title == school.CHANCE)
    chance = next(part.words for part in section.make() if isinstance(part, Text))
    change = school_words.against_last_year(school_views.against_last_year(own))
    label = choice.known.school_label(code)
    yield Way(
        _("Is my small school’s change real? {school}", school=label),
        f"{change} {chance}",
        "school",
        {"school": [label], "beside_school": [school.CHANCE]},
    )


def _address(choice: Choice, filters: Filters) -> Mapping[str, Sequence[str]]:
    return filters.in_address(choice.known)
