"""What a briefing holds: of everything an answer has, what makes two printed pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leapdash.show.answers import (
    before_after,
    chronic,
    compare,
    district,
    groups,
    impact,
    school,
    trends,
    visits,
)
from leapdash.show.answers.files import file_name
from leapdash.show.answers.model import Answer, Part, Table
from leapdash.show.answers.public import impact as public_impact
from leapdash.show.choice import Choice
from leapdash.show.views.checks import recent
from leapdash.show.views.effects import effect_on
from leapdash.show.words.checks import Line
from leapdash.show.words.recent import undone_line

Answering = Callable[[Choice], Answer]

_ANSWERS: Mapping[str, tuple[Answering, tuple[str, ...]]] = {
    "impact": (impact.answer, (chronic.TITLE, public_impact.MONTHS)),
    "district": (district.answer, (district.YEARS, district.EFFECT)),
    "school": (school.answer, (school.CHRONIC, school.VISITS, school.CHANCE)),
    "groups": (groups.answer, (groups.MONTHS, groups.REACH)),
    "visits": (visits.answer, (visits.KINDS, visits.FUNNEL)),
    "compare": (compare.answer, ()),
    "trends": (trends.answer, ()),
    "before_after": (before_after.answer, (chronic.TITLE,)),
}
PAGES = tuple(_ANSWERS)
"""The pages a briefing can be made of."""
_WITH_RANGES = ("school", "groups", "compare")
_ABOUT_EFFECTS = ("impact", "district", "before_after")


@dataclass(frozen=True)
class Briefing:
    """An answer with those of its sections that are printed, made, each after its heading; without
    their small tables, of which the text says the most.

    `checks`: what its effect is judged by, also where the page leaves that to another. `ranges`:
    whether it tells ranges, which need a word of how to read them. `link`: the address of the page
    it was made of, empty where nobody knows.
    """

    answer: Answer
    sections: tuple[tuple[str, tuple[Part, ...]], ...]
    checks: tuple[Line, ...]
    ranges: bool
    link: str = ""


def briefing_of(page: str, choice: Choice, link: str = "") -> Briefing:
    """The briefing of one of `PAGES`, for what is chosen there. Raises ReleaseError where the
    release doesn't hold what the page reads.
    """
    answering, printed = _ANSWERS[page]
    answer = answering(choice)
    sections = {section.title: section for section in answer.sections}
    made = tuple(
        (section.heading, tuple(p for p in section.make() if not isinstance(p, Table)))
        for title in printed
        if (section := sections.get(title))
    )
    judges = page in _ABOUT_EFFECTS and not answer.empty
    lines = _judged_by(answer.choice) if judges else ()
    told = page in _WITH_RANGES or choice.release.public
    ranges = bool(lines) or (told and not answer.empty)
    return Briefing(answer, made, lines, ranges, link)


def _judged_by(choice: Choice) -> tuple[Line, ...]:
    """The checks of an effect, and how wrong it could be; where there is none, who was left out."""
    answer = before_after.answer(choice)
    lines = tuple(check.line for check in answer.checks)
    if answer.withheld or not lines:
        return lines
    return (*lines, undone_line(recent(choice), effect_on(choice)))


def briefing_name(page: str, choice: Choice) -> str:
    """The name of a briefing's file without its ending: leapdash-PAGE-briefing-CHOICE."""
    one = choice.filtered(districts=(choice.district,)) if choice.district else choice
    return file_name(f"{page.replace('_', '-')}-briefing", one)
