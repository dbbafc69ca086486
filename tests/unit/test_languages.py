"""Another language: nothing said outside the catalogues, and the catalogues whole.

In a language made for the test every text stands between ⟦ and ⟧; what an answer says outside of
them, but for names, codes, numbers and addresses, was forgotten.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from leapdash import contract
from leapdash.contract import SUMMARY_TABLES
from leapdash.release import Release
from leapdash.show.answers import (
    about,
    before_after,
    compare,
    district,
    glossary,
    groups,
    home_visit,
    impact,
    school,
    start,
    trends,
    visits,
)
from leapdash.show.answers.model import (
    Answer,
    Code,
    Definitions,
    Document,
    Facts,
    Figure,
    Part,
    Picture,
    Table,
    Text,
    Way,
    Withheld,
)
from leapdash.show.charts.base import Heading, Look
from leapdash.show.charts.palette import LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import CATALOGUES, DEFAULT, LANGUAGES, _, speaking
from leapdash.show.opened import OpenedRelease
from leapdash.show.words.columns import in_words
from tests.lib import catalogue
from tests.lib.paths import ROOT
from tests.lib.small_release import HARTFORD

# Names, codes and marks of the data, and months (those of Spanish, as the calendar has them).
_NAMES = re.compile(
    r"leapdash|PK-5|PK|(Hartford|New Haven|Avon)( Elm School| River Academy)?|Connecticut|UTC|SHA"
    r"|https?://\S+|data\.ct\.gov \S+|a small state|\d{4}-\d{2}-\d{2}T\d{6}"
    r"|(enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
    r" de (?=20)|\b(ene|feb|mar|abr|may|jun|jul|ago|sep|sept|oct|nov|dic)\b"
)
_TAGS = re.compile(r"<[^>]*>|%\{[^}]*\}|&\w+;")
_TABLES = {table.name for table in SUMMARY_TABLES}
# The page on the method is a document of its own in each language, heading and all.
_ONE_PAGE = {
    path.read_text("utf-8").splitlines()[0].removeprefix("# ")
    for path in (ROOT / "docs").glob("effect-in-one-page*.md")
}


@pytest.fixture(scope="module")
def own(release: Release) -> OpenedRelease:
    """The small release, opened for this language alone: what it said is kept."""
    return OpenedRelease(release)


def outside(text: str) -> str:
    """What of a text stands outside all brackets, without tags, names and numbers."""
    kept, depth = [], 0
    for character in text:
        depth += (character == "⟦") - (character == "⟧")
        if depth == 0 and character not in "⟦⟧":
            kept.append(character)
    rest = _NAMES.sub("", _TAGS.sub(" ", "".join(kept)))
    return " ".join(re.findall(r"[^\W\d_]{2,}", rest))


def test_what_stands_outside_brackets_is_found():
    assert outside("⟦Of ⟦Hartford⟧, 3 students⟧") == ""
    assert outside("⟦Of⟧ Hartford, 3 students") == "students"


def said(answer: Answer) -> Iterator[tuple[str, str]]:
    """All texts of an answer, each with where it stands."""
    yield "question", answer.question
    yield "sentence", answer.sentence
    yield "scope", answer.scope
    for card in answer.cards:
        for text in (card.label, card.value, card.unit, card.help or ""):
            yield f"card {card.label}", text
    for text in (*answer.notes, *answer.warnings):
        yield "note", text
    for part in (*answer.figures, answer.withheld):
        yield from said_by(part, answer)
    for section in answer.sections:
        if section.heading not in _ONE_PAGE:
            yield "section", section.heading
        for part in section.make():
            yield from said_by(part, answer)
    for check in answer.checks:
        yield "check", check.line.question
        yield "check", check.line.finding
        for part in check.make():
            yield from said_by(part, answer)


def said_by(part: Part | None, answer: Answer) -> Iterator[tuple[str, str]]:
    match part:
        case Figure():
            heading = Heading(part.title, "")
            for text in (part.title, part.alt, *part.notes):
                yield part.name, text
            yield from drawn(part, Look(LIGHT, answer.stamp, heading))
            yield from cells(part)
        case Table():
            yield part.name, part.title
            yield from cells(part)
        case Text():
            yield "text", part.words
        case Withheld():
            yield "withheld", f"{part.reason} {part.title}"
        case Facts():
            yield "facts", part.alt
            for pair in part.pairs:
                for text in pair:
                    yield f"facts {part.alt}", text
        case Way():
            yield "way", f"{part.title} {part.told}"
        case Picture():
            yield "picture", part.alt
        case Definitions():
            for term in part.terms:
                yield f"term {term.key}", f"{term.said} {term.means}"
        case Document() | Code() | None:
            pass


def drawn(figure: Figure, look: Look) -> Iterator[tuple[str, str]]:
    chart = figure.chart(look)
    layout = chart.layout.to_plotly_json()
    for note in layout.get("annotations", []):
        yield f"{figure.name}: written", str(note.get("text") or "")
    for name, axis in layout.items():
        if name[1:].startswith("axis"):
            yield f"{figure.name}: {name}", str(axis.get("title", {}).get("text") or "")
            for tick in axis.get("ticktext") or []:
                yield f"{figure.name}: {name}", str(tick)
    for trace in chart.data:
        for kind in ("text", "hovertext", "customdata"):
            values = getattr(trace, kind, None)
            values = [values] if isinstance(values, str) else [] if values is None else values
            for value in values:
                if isinstance(value, str):
                    yield f"{figure.name}: {kind}", value
        yield f"{figure.name}: hover", str(getattr(trace, "hovertemplate", None) or "")
        if layout.get("showlegend") and trace.showlegend is not False:
            yield f"{figure.name}: key", str(trace.name or "")


def cells(part: Figure | Table) -> Iterator[tuple[str, str]]:
    table = in_words(part.table.head(30))
    for title in table.columns:
        yield f"{part.name}: column", title
        for value in table[title]:
            yield f"{part.name}: cell of {title}", str(value)


ASKED = {
    "impact": (impact.answer, [Filters(), Filters((HARTFORD,), years=("2021-22",))]),
    "before_after": (
        before_after.answer,
        [Filters(), Filters((HARTFORD,), levels=("6-8", "9-12"))],
    ),
    "district": (district.answer, [Filters()]),
    "school": (school.answer, [Filters()]),
    "groups": (groups.answer, [Filters(), Filters((HARTFORD,), years=("2021-22",))]),
    "visits": (visits.answer, [Filters(), Filters((HARTFORD,), years=("2021-22",))]),
    "compare": (compare.answer, [Filters(), Filters(levels=("6-8",))]),
    "trends": (trends.answer, [Filters(), Filters(participation=("visited", "eligible"))]),
    "about": (about.answer, [Filters()]),
    "start": (start.answer, [Filters()]),
    "home_visit": (home_visit.answer, [Filters()]),
    "glossary": (glossary.answer, [Filters()]),
}


@pytest.mark.parametrize("page", ASKED)
def test_all_that_an_answer_says_is_in_the_catalogues(page, own: OpenedRelease, bracketed):
    answer, choices = ASKED[page]
    about_one: dict[str, Any] = {"district": HARTFORD} if page == "district" else {}
    if page == "school":
        about_one = {"school": next(iter(own.known.schools))}
    if page == "compare":
        about_one = {"a": Filters((HARTFORD,)), "b": Filters(("leap",), years=("2021-22",))}
    forgotten = {}
    with speaking(bracketed):
        for filters in choices:
            for where, text in said(answer(Choice(own, filters, **about_one))):
                if text not in _TABLES and (found := outside(text)):
                    forgotten[where, found] = text
    assert forgotten == {}


def test_what_is_kept_is_kept_by_language(own: OpenedRelease, bracketed):
    choice = Choice(own, by="level")
    with speaking(bracketed):
        assert trends.answer(choice).figures[0].title.startswith("⟦")
    assert trends.answer(choice).figures[0].title.startswith("Attendance")


OTHERS = sorted(LANGUAGES.keys() - {DEFAULT})
_KEPT = re.compile(r"%?\{\{?[^}]*\}?\}|<[^>]*>")
"""What a translation keeps as it is: gaps, a chart's own gaps, tags."""


def test_there_is_another_language():
    assert "es" in OTHERS
    assert {path.stem for path in CATALOGUES.iterdir()} == set(OTHERS)


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_each_text_and_no_other(code):
    known = {_key(message) for message in catalogue.template() if message.id}
    kept = catalogue.read(code)
    translated = {_key(m) for m in kept if m.id and all(_forms(m.string)) and not m.fuzzy}
    assert known - translated == set(), "new texts: python -m tests.lib.catalogue, then translate"
    assert translated - known == set(), "no longer said: python -m tests.lib.catalogue"


def test_every_text_that_is_said_is_found_for_translators():
    """Babel finds none within an f-string."""
    found = {form for message in catalogue.template() if message.id for form in _key(message)}
    said = {
        text.value
        for path in sorted(catalogue.SHOW.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in catalogue.KEYWORDS
        for text in node.args[: 2 if getattr(node.func, "id", "") == "_n" else 1]
        if isinstance(text, ast.Constant)
    }
    assert len(said) > 500
    assert said - found == set()


@pytest.mark.parametrize("code", OTHERS)
def test_bringing_a_catalogue_up_to_date_leaves_nothing_to_do(code, tmp_path):
    kept = (CATALOGUES / f"{code}.po").read_text("utf-8")
    path = tmp_path / f"{code}.po"
    path.write_text(kept, "utf-8")
    catalogue.update(path)
    assert path.read_text("utf-8") == kept, "python -m tests.lib.catalogue"


def forms_of(code: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every form of every text: all of the text's own, the one that is translated, and how."""
    for message in catalogue.read(code):
        texts = _forms(message.id)
        for place, said in enumerate(_forms(message.string)):
            if message.id:
                yield texts, texts[min(place, len(texts) - 1)], said


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_keeps_gaps_and_tags_and_ends_as_its_text_does(code):
    wrong = []
    for texts, text, said in forms_of(code):
        gaps = [sorted(_KEPT.findall(one)) for one in (text, texts[-1])]
        ends = text[-1:] not in ".?:!" or said[-1:] == text[-1:]
        if sorted(_KEPT.findall(said)) not in gaps or not ends:
            wrong.append((text, said))
    assert wrong == []


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize(
    "name", ["GROUPS", "EFFECT_GROUPS", "PLACES", "VISITORS", "LANGUAGES", "VISIT_COUNTS"]
)
def test_labels_told_apart_are_told_apart_in_any_language(code, name):
    labels = list(getattr(contract, name).values())
    with speaking(code):
        assert len({_(label) for label in labels}) == len(labels)


@pytest.mark.parametrize("code", OTHERS)
def test_columns_of_a_table_are_told_apart_in_any_language(code, own: OpenedRelease):
    for page, (answer, choices) in ASKED.items():
        about_one: dict[str, Any] = {"district": HARTFORD} if page == "district" else {}
        with speaking(code):
            if page == "school":
                about_one = {"school": next(iter(own.known.schools))}
            if page == "compare":
                about_one = {"a": Filters((HARTFORD,)), "b": Filters(("leap",))}
            figures = answer(Choice(own, choices[0], **about_one)).figures
            for figure in (part for part in figures if isinstance(part, Figure | Table)):
                titles = list(in_words(figure.table).columns)
                assert len(set(titles)) == len(titles), (page, figure.name)


# Which way a sentence goes, and the words for it in its translation.
_WAYS = {
    "es": {
        r"more|(?<!no )longer|longest|most": "más|mayor|máximo|a lo sumo",
        r"less|fewer|fewest": "menos|menor",
        r"larger": "mayor|más",
        r"smaller": "menor|más pequeñ",
        r"above|beyond": "por encima|más (?:de|allá)|arriba|sobre",
        r"below": "por debajo|menos|menor|abajo",
        r"rose|risen|rise": "sub",
        r"fell|fallen": "baj|cay|disminu|caíd",
        r"no|none|nobody|nothing|never": "no|ni|nin|nad|sin|nunca|tampoco",
    }
}


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_goes_the_same_way_as_its_text(code):
    lost = []
    for _texts, text, said in forms_of(code):
        for english, other in _WAYS[code].items():
            ways = re.findall(rf"\b(?:{english})\b", _KEPT.sub(" ", text), re.IGNORECASE)
            kept = re.findall(rf"\b(?:{other})", _KEPT.sub(" ", said), re.IGNORECASE)
            if len(ways) > len(kept):
                lost.append((english, text, said))
    assert lost == [], "\n".join(map(str, lost))


def _key(message: Any) -> tuple[str, ...]:
    return tuple(_forms(message.id))


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
