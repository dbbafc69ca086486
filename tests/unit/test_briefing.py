"""A briefing holds what its page says, asks nothing of any network, and escapes every name."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise

import pytest

from leapdash.release import Release
from leapdash.show.answers.model import Figure, Table
from leapdash.show.briefing.contents import _ABOUT_EFFECTS, PAGES, briefing_name, briefing_of
from leapdash.show.briefing.document import document
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import speaking
from leapdash.show.opened import OpenedRelease
from leapdash.show.views.checks import recent
from leapdash.show.views.effects import effect_on
from leapdash.show.words.briefing import how_to_read
from leapdash.show.words.numbers import points
from tests.lib.html import elements, named
from tests.lib.small_release import (
    EFFECT_TABLES,
    HARTFORD,
    HOSTILE,
    NEW_HAVEN,
    hostile_schools,
    make,
)

SCHOOL = "0641011"
LINK = "https://attendance.example.org/district?districts=Hartford&levels=6-8"


def made(page, release, filters=None, link=""):
    sides = {"a": filters or Filters((HARTFORD,)), "b": Filters((NEW_HAVEN,))}
    every = {"district": {"district": HARTFORD}, "school": {"school": SCHOOL}, "compare": sides}
    one = every.get(page, {})
    return briefing_of(page, Choice(release, filters or Filters(), **one), link)


def text_of(html):
    """What a reader reads, on one line, without scripts and styles."""
    found = elements(html)
    (head,) = named(found, "header")
    (main,) = named(found, "main")
    (foot,) = named(found, "footer")
    return f"{head.text} {main.text} {foot.text}"


@pytest.mark.parametrize("page", PAGES)
def test_a_briefing_holds_the_question_the_choice_the_sentence_and_every_card(page, small):
    briefing = made(page, small, Filters(districts=(HARTFORD,)))
    answer = briefing.answer
    html = document(briefing)
    told = text_of(html)
    (title,) = named(elements(html), "h1")
    assert title.text == answer.question
    parts = [answer.sentence, answer.scope, *answer.notes, *answer.warnings]
    parts += [f"{card.label}{card.value} {card.unit}" for card in answer.cards]
    chosen = "Hartford Elm School, Hartford" if page == "school" else "Hartford · all levels"
    for part in (f"{chosen} · all school years", *parts):
        assert " ".join(part.split()) in told
    assert bool(answer.cards) == (page != "trends")


@pytest.mark.parametrize("page", PAGES)
def test_what_the_data_are_stands_on_top_and_at_the_foot_of_every_sheet(page, small):
    html = document(made(page, small))
    edition = f"release {small.manifest.release_id} · data through June 2023"
    (stamp,) = (p for p in named(elements(html), "p") if p.attributes.get("class") == "stamp")
    assert stamp.text == f"leapdash Simulated: these students are invented {edition}"
    (quoted,) = re.findall(r'@bottom-left \{ content: "(.*?)"; \}', html)
    foot = re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), quoted)
    assert foot == f"leapdash · Simulated: these students are invented · {edition}"
    assert "size: Letter" in html
    assert "a small state: made up for tests. Licence: CC0-1.0. 600 rows." in text_of(html)


def test_recorded_data_are_nowhere_called_simulated(tmp_path):
    html = document(made("impact", OpenedRelease(make(tmp_path, synthetic=False))))
    body = html[: html.index("<script>")]
    assert "Recorded data" in body
    assert "imulated:" not in body
    assert "Simulated data" not in body


@pytest.mark.parametrize(
    ("page", "headings"),
    [
        (
            "impact",
            ["What visits changed, by level and district", "Chronic absence"],
        ),
        (
            "district",
            [
                "Hartford’s schools by attendance, 2022-23",
                "Hartford beside all districts, by school year",
                "What visits changed in Hartford",
            ],
        ),
        ("trends", ["Attendance by month", "Chronic absence in the school year to date"]),
        (
            "before_after",
            [
                "Attendance of visited students, and what it would have been",
                "The plain before-and-after",
                "Chronic absence",
            ],
        ),
    ],
)
def test_the_figures_and_sections_printed_are_those_that_matter_most_in_order(
    page, headings, small
):
    found = named(elements(document(made(page, small))), "h1", "h2", "h3", "h4")
    ranks = [int(heading.name[1]) for heading in found]
    assert ranks[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(ranks))
    checks = ["Can this comparison be trusted?"] if page != "trends" else []
    assert [h.text for h in found if h.name == "h2"] == [*headings, *checks]


@pytest.mark.parametrize("page", PAGES)
def test_every_check_is_told_with_its_finding_and_how_to_read_a_range(page, small):
    briefing = made(page, small)
    told = text_of(document(briefing))
    assert len(briefing.checks) == (0 if page not in _ABOUT_EFFECTS else 5)
    for line in briefing.checks:
        assert f"{line.question}{line.finding}" in told
    if briefing.checks:
        last = briefing.checks[-1].finding
        choice = briefing.answer.choice
        study = effect_on(choice)
        drift = recent(choice).breakdown(study.six_to_nine).drift
        assert f"would have to drift apart by {points(drift)} points more" in last
    assert (how_to_read() in told) == (page not in ("trends", "visits"))


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_is_there_to_be_drawn_with_its_words_and_its_numbers(page, small):
    briefing = made(page, small)
    answer = briefing.answer
    of_sections = [part for _, parts in briefing.sections for part in parts]
    figures = [part for part in (*answer.figures, *of_sections) if isinstance(part, Figure)]
    html = document(briefing)
    found = elements(html)
    charts = [e for e in named(found, "div") if e.attributes.get("role") == "img"]
    assert [e.attributes["aria-label"] for e in charts] == [figure.alt for figure in figures]
    drawings = [e for e in named(found, "script") if e.attributes.get("type")]
    assert len(drawings) == len(figures)
    for drawing in drawings:
        chart = json.loads(drawing.text)
        assert chart["data"]
        (stamp,) = (n for n in chart["layout"]["annotations"] if n["name"] == "stamp")
        assert stamp["text"] == answer.stamp.words
        assert not any(n["name"] == "heading" for n in chart["layout"]["annotations"])
        assert chart["height"] == chart["layout"]["height"]
    tables = named(found, "table")
    tabled = [part for part in (*answer.figures, *of_sections) if isinstance(part, Figure | Table)]
    assert len(tables) == len(tabled)
    rows = [e for e in named(found, "th") if e.attributes.get("scope") == "row"]
    assert len(rows) == sum(len(part.table) for part in tabled)


@pytest.mark.parametrize("page", PAGES)
def test_a_briefing_asks_nothing_of_any_network(page, small):
    html = document(made(page, small, link=LINK))
    found = elements(html)
    asking = ("src", "href", "srcset", "action", "data", "poster", "background")
    asked = [e.attributes[name] for e in found for name in asking if name in e.attributes]
    assert asked == [LINK]
    (style,) = named(found, "style")
    assert "url(" not in style.text
    assert "@import" not in style.text


def test_the_file_s_own_policy_allows_its_two_scripts_and_nothing_else(small):
    found = elements(document(made("impact", small)))
    policy = next(
        e.attributes["content"] for e in named(found, "meta") if "http-equiv" in e.attributes
    )
    scripts = [e for e in named(found, "script") if "type" not in e.attributes]
    assert len(scripts) == 2
    hashes = [
        f"'sha256-{b64encode(sha256(''.join(e.texts).encode()).digest()).decode()}'"
        for e in scripts
    ]
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {' '.join(hashes)}"
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make(tmp_path_factory.mktemp("hostile"), changed={"schools": hostile_schools()})


@pytest.mark.parametrize("page", PAGES)
def test_a_hostile_name_stays_text(page, hostile):
    html = document(made(page, OpenedRelease(hostile), Filters(districts=(HARTFORD,))))
    found = elements(html)
    assert not named(found, "img")
    assert all(not name.startswith("on") for e in found for name in e.attributes)
    assert all("alert(" not in "".join(e.texts)[:200] for e in named(found, "script")[-2:])
    assert HOSTILE in text_of(html)
    assert "<script>alert" not in html


def test_a_briefing_is_in_the_language_spoken_when_it_is_made(release, bracketed):
    with speaking(bracketed):
        html = document(made("trends", OpenedRelease(release), link=LINK))
    found = elements(html)
    (whole,) = named(found, "html")
    assert whole.attributes["lang"] == "es"
    (title,) = named(found, "h1")
    assert title.text == "⟦How have attendance and chronic absence moved?⟧"
    headings = ["Attendance by month", "Chronic absence in the school year to date"]
    assert [h.text for h in named(found, "h2")] == [f"⟦{heading}⟧" for heading in headings]
    assert {e.text for e in named(found, "summary")} == {"⟦Table⟧"}
    (foot,) = named(found, "footer")
    assert (
        "⟦Sources: a small state: ⟦made up for tests. Licence: CC0-1.0. 600 rows.⟧.⟧" in foot.text
    )
    assert "⟦The page this was made of:⟧" in foot.text
    drawing = next(e for e in named(found, "script") if e.attributes.get("type"))
    config = json.loads(drawing.text)["config"]
    assert config["locales"]["es"]["format"]["shortMonths"][0] == "ene"
    assert '<html lang="en">' in document(made("trends", OpenedRelease(release)))


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "file:///etc/passwd"])
def test_only_an_address_of_the_web_is_linked(link, small):
    assert not named(elements(document(made("trends", small, link=link))), "a")


def test_a_link_is_escaped(small):
    html = document(made("trends", small, link='https://x.example/?a="><script>'))
    (link,) = named(elements(html), "a")
    assert link.attributes["href"] == link.text == 'https://x.example/?a="><script>'


def test_where_nobody_stands_behind_a_choice_the_briefing_says_so_and_draws_nothing(small):
    briefing = made("impact", small, Filters(districts=("0040011",)))
    assert briefing.answer.empty
    html = document(briefing)
    assert briefing.answer.sentence in text_of(html)
    assert not named(elements(html), "script", "h2")
    assert len(html) < 10_000


def test_without_effects_the_briefing_says_why(tmp_path):
    bare = OpenedRelease(make(tmp_path, without=EFFECT_TABLES))
    for page in ("impact", "before_after"):
        reason = "This release was built without the effects of visits."
        assert reason in text_of(document(made(page, bare)))
    assert reason in text_of(document(made("district", bare)))


@pytest.mark.parametrize(
    ("page", "choice", "name"),
    [
        ("impact", {}, "leapdash-impact-briefing"),
        ("before_after", {}, "leapdash-before-after-briefing"),
        ("district", {"district": NEW_HAVEN}, f"leapdash-district-briefing-{NEW_HAVEN}"),
        (
            "trends",
            {"filters": Filters(levels=("6-8",), group="white")},
            "leapdash-trends-briefing-6-8-white",
        ),
    ],
)
def test_a_briefing_s_file_is_named_for_its_page_and_choice(page, choice, name, choose):
    assert briefing_name(page, choose(**choice)) == name
