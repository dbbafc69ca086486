"""Every form of sentence that pages lead with: `python -m tests.lib.sentence_forms [STORE …]`.

Answers of random choices, sentence by sentence, with numbers and names taken out, into
docs/sentences.md: to be read in full by eye.
"""

import random
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from leapdash.contract import GROUPS, LEAP, LEVELS, OTHER, PARTICIPATION
from leapdash.release import open_release
from leapdash.show.answers import (
    before_after,
    compare,
    district,
    groups,
    impact,
    school,
    trends,
    visits,
)
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.groups import COMPARED
from leapdash.show.words.groups import STUDENTS_OF
from tests.lib.paths import DEMO, ROOT
from tests.lib.small_release import make

PAGES: Mapping[str, ModuleType] = {
    "Impact": impact,
    "District": district,
    "School": school,
    "Groups": groups,
    "Visits": visits,
    "Compare": compare,
    "Trends": trends,
    "Before and after": before_after,
}
CHOICES = 100
"""Of each page and release."""


def forms(release: OpenedRelease, page: ModuleType, choices: int, seed: int) -> Iterator[str]:
    """The sentences of so many random choices, numbers and names taken out."""
    rng = random.Random(seed)
    for _ in range(choices):
        choice = _random_choice(release, rng)
        name = page.__name__.rsplit(".", 1)[1]
        filters = choice.filters.meant_on(name)
        own = {"district": "district", "school": "school"}.get(name, "")
        others = {field: "" for field in ("district", "school") if field != own}
        by = choice.by if page is trends else "all"
        a = b = None
        if page is compare:
            a, b = filters_of_sides(choice.filters, release, rng)
        choice = replace(choice, filters=filters, by=by, a=a, b=b, **others)
        for sentence in _sentences(page.answer(choice)):
            yield _masked(sentence, release)


def _random_choice(release: OpenedRelease, rng: random.Random) -> Choice:
    known = release.known
    named = [*known.districts, LEAP, OTHER]

    def some(values: Sequence[str], often: float) -> tuple[str, ...]:
        return tuple(rng.sample(list(values), rng.randint(1, 2))) if rng.random() < often else ()

    filters = Filters(
        some(named, 0.7),
        some(list(LEVELS), 0.4),
        some(list(PARTICIPATION), 0.3),
        some(known.years, 0.4),
        rng.choice(list(GROUPS)) if rng.random() < 0.4 else "all",
    )
    place = rng.choice(list(known.districts))
    by = rng.choice(["all", "district", "level", "participation", "group"])
    grain = rng.choice(["month", "year"])
    one, group = rng.choice(list(known.schools)), rng.choice(COMPARED)
    return Choice(release, filters, district=place, school=one, by=by, grain=grain, of_group=group)


def filters_of_sides(
    one: Filters, release: OpenedRelease, rng: random.Random
) -> tuple[Filters, Filters]:
    """The districts, levels and years of a choice beside those of another."""
    other = _random_choice(release, rng).filters
    a, b = (Filters(own.districts, own.levels, years=own.years) for own in (one, other))
    return a, b


def _sentences(answer: object) -> list[str]:
    text = f"{answer.sentence} {answer.scope}"  # type: ignore[attr-defined]
    return [part for part in re.split(r"(?<=[.])\s+(?=[A-Z0-9])", text.strip()) if part]


def _masked(sentence: str, release: OpenedRelease) -> str:
    for name in sorted({one.name for one in release.known.schools.values()}, key=len, reverse=True):
        sentence = sentence.replace(name, "SCHOOL")
    names = sorted([*release.known.districts.values(), "LEAP districts", "Other districts"])
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, "PLACE")
    both = {name for pair in STUDENTS_OF.values() for name in pair}
    for group in sorted(both, key=len, reverse=True):
        sentence = sentence.replace(f"{group} ", "STUDENTS ").replace(f" {group}", " STUDENTS")
    for group in sorted(GROUPS.values(), key=len, reverse=True):
        sentence = sentence.replace(group, "GROUP")
    sentence = re.sub(r"\b(?:All districts|\d+ districts|PLACE and PLACE)\b", "PLACE", sentence)
    sentence = re.sub(r"grades (?:PK-5|6-8|9-12)(?: and (?:PK-5|6-8|9-12))*", "LEVELS", sentence)
    sentence = re.sub(r"\((?:PK-5|6-8|9-12)\)", "(LEVEL)", sentence)
    sentence = re.sub(r"\b20\d\d-\d\d(?: (?:and|to) 20\d\d-\d\d)*", "YEARS", sentence)
    months = "January|February|March|April|May|June|July|August|September|October|November|December"
    sentence = re.sub(rf"\b(?:{months}) 20\d\d", "MONTH", sentence)
    sentence = (
        re.sub(r"visited or |eligible and not visited or ", "", sentence)
        if ", visited or" in sentence or "not visited or" in sentence
        else sentence
    )
    for part in (
        ", neither visited nor eligible",
        ", eligible and not visited",
        ", visited(?=[:,])",
        ", first visited in YEARS",
        ", LEVELS",
        ", GROUP",
    ):
        sentence = re.sub(part, "", sentence)
    return re.sub(r"[−+]?\d[\d,]*(?:\.\d+)?", "N", sentence)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        releases = [OpenedRelease(make(Path(folder)))]
        stores = [Path(name) for name in sys.argv[1:]] or [DEMO]
        releases += [OpenedRelease(open_release(store)) for store in stores]
        lines = [
            "# Sentences",
            "",
            "Every form of sentence a page leads with, found by random choices; numbers (N), "
            "places, months and years are taken out, and what else the choice narrows. Made by "
            "`python -m tests.lib.sentence_forms`.",
        ]
        for title, page in PAGES.items():
            found = sorted({f for r in releases for f in forms(r, page, CHOICES, 1)})
            lines += ["", f"## {title}", "", *(f"- {form}" for form in found)]
    (ROOT / "docs" / "sentences.md").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
