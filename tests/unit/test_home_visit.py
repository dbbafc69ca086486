"""What a home visit is: short, with its sources, and the same headline as Impact."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from leapdash.show import language
from leapdash.show.answers import home_visit, impact
from leapdash.show.answers.model import Document, Facts, Picture, Text
from leapdash.show.charts.home_visit import HEIGHT, WIDTH
from leapdash.show.charts.palette import DARK, LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.published_findings import FINDINGS, SOURCE
from tests.lib.small_release import EFFECT_TABLES, HARTFORD, make


def parts_of(answer):
    return [part for section in answer.sections for part in section.make()]


def all_words(answer):
    texts = [answer.question, answer.sentence, *(section.heading for section in answer.sections)]
    for part in parts_of(answer):
        match part:
            case Document():
                texts.append(part.markdown)
            case Text():
                texts.append(part.words)
            case Facts():
                texts += [cell for pair in part.pairs for cell in pair]
    return " ".join(texts)


def test_the_page_takes_at_most_three_hundred_words_and_one_picture(choose):
    answer = home_visit.answer(choose(Filters((HARTFORD,))))
    assert 150 < len(all_words(answer).split()) <= 300
    assert len([part for part in parts_of(answer) if isinstance(part, Picture)]) == 1
    for page in language.PROSE.glob("home-visit.*.md"):
        assert len(page.read_text("utf-8").split()) <= 150, page.name


def test_its_headline_is_impact_s_for_the_whole_state(choose):
    answer = home_visit.answer(choose(Filters((HARTFORD,))))
    assert impact.answer(choose()).sentence.startswith(answer.sentence)
    assert "(between " in answer.sentence


def test_every_published_finding_stands_there_with_whose_it_is(choose):
    answer = home_visit.answer(choose())
    (facts,) = (part for part in parts_of(answer) if isinstance(part, Facts))
    assert len(facts.pairs) == len(FINDINGS)
    for (reported, whom), finding in zip(facts.pairs, FINDINGS, strict=True):
        assert finding.reported in reported
        assert finding.who in whom
        assert finding.when in whom
    assert SOURCE in all_words(answer)
    assert "Sources:" in all_words(answer)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_picture_is_a_drawing_in_the_colours_of_the_theme_within_its_frame(choose, palette):
    (picture,) = (p for p in parts_of(home_visit.answer(choose())) if isinstance(p, Picture))
    drawn = ElementTree.fromstring(picture.draw(palette))
    assert drawn.attrib["viewBox"] == f"0 0 {WIDTH} {HEIGHT}"
    colours = set(re.findall(r"#[0-9a-f]{6}", picture.draw(palette)))
    own = {palette.text, palette.ground, palette.grid, palette.muted}
    assert colours <= own | {palette.visited, palette.naive, palette.waiting}
    assert picture.alt.startswith("Drawing:")


def test_where_no_effect_can_be_told_it_says_why(tmp_path):
    bare = home_visit.answer(Choice(OpenedRelease(make(tmp_path, without=EFFECT_TABLES))))
    assert bare.sentence == "This release was built without the effects of visits."


def test_prose_is_english_where_a_language_has_none(monkeypatch):
    english = language.prose("home-visit")
    monkeypatch.setattr(language, "language", lambda: "xx")
    assert language.prose("home-visit") == english
