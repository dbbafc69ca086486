"""One glossary for all pages: every card and column is explained, or plain by itself."""

import re

import pytest

from leapdash.show.answers import about, district, glossary, impact
from leapdash.show.answers.model import Definitions, Way
from leapdash.show.answers.pages import PAGES, choice_on
from leapdash.show.filters import Filters
from leapdash.show.words.columns import COLUMNS
from leapdash.show.words.glossary import GLOSSARY, heard_in, in_order, meaning_of
from tests.lib.small_release import HARTFORD

PLAIN = {
    *("Series", "Period", "School", "Students", "Part", "Beside", "Share", "Share of the part"),
    *("In the state", "A", "B", "A less B"),
}
"""Titles that say by themselves what they are; whatever else is new belongs in the glossary."""
WITH_CARDS = (
    "start",
    "impact",
    "district",
    "school",
    "groups",
    "visits",
    "compare",
    "before_after",
)


def answer_of(page, release):
    return PAGES[page].answer(choice_on(page, release, Filters(), {}))


@pytest.mark.parametrize("page", WITH_CARDS)
def test_every_card_of_a_page_is_explained_or_plain(page, small):
    answer = answer_of(page, small)
    assert answer.cards
    for card in answer.cards:
        assert meaning_of(card.label) or card.label in PLAIN, card.label


def test_every_column_is_explained_or_plain_and_few_are_plain():
    titles = {column.title for column in COLUMNS.values()}
    assert {title for title in titles if not meaning_of(title)} <= PLAIN
    assert len(PLAIN) <= 12
    assert titles >= PLAIN
    assert not {title for title in PLAIN if meaning_of(title)}


def test_terms_are_explained_once_in_whole_sentences_by_anchors_of_their_own():
    assert len({term.key for term in GLOSSARY}) == len(GLOSSARY)
    names = [title for term in GLOSSARY for title in (term.name, *term.titles)]
    assert len(set(names)) == len(names)
    for term in GLOSSARY:
        assert re.fullmatch(r"[a-z-]+", term.key)
        assert term.means.endswith(".")
        assert "{" not in term.means


def test_what_a_term_explains_beside_its_name_is_on_some_page(small):
    shown = {column.title for column in COLUMNS.values()} | {"Students visited"}
    shown |= {"Cost per day regained"}
    for page in WITH_CARDS:
        shown |= {card.label for card in answer_of(page, small).cards}
    assert {title for term in GLOSSARY for title in term.titles} <= shown


def test_the_page_lists_every_term_by_the_alphabet(choose):
    (section,) = glossary.answer(choose()).sections
    (part,) = section.make()
    assert isinstance(part, Definitions)
    names = [term.said for term in part.terms]
    assert names == sorted(names, key=str.casefold)
    assert set(part.terms) == set(GLOSSARY)
    assert part.terms == in_order()


def test_a_sentence_is_explained_by_the_terms_it_uses(choose):
    told = impact.answer(choose()).sentence
    keys = {term.key for term in heard_in(told)}
    assert keys >= {"attendance-rate", "effect", "points", "interval", "plain-before-and-after"}
    assert "chronic-absence" not in keys
    assert {"waiting", "attendance-rate"} <= {
        term.key for term in heard_in(district.answer(choose(district=HARTFORD)).sentence)
    }
    assert heard_in("Nothing of that kind.") == ()


def test_about_leads_to_the_glossary(choose):
    ways = [
        part
        for section in about.answer(choose()).sections
        for part in section.make()
        if isinstance(part, Way)
    ]
    assert [way.page for way in ways] == ["glossary"]
