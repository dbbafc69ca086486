"""Whom to ask stands on About and in every briefing as it was set, and can do no harm."""

import re

import pytest

from leapdash.show import contacts
from leapdash.show.answers import about
from leapdash.show.answers.model import Facts
from leapdash.show.briefing.contents import briefing_of
from leapdash.show.briefing.document import document
from tests.lib.html import elements, named
from tests.lib.paths import ROOT

HOSTILE = '<script>alert(1)</script> "x" [a](javascript:alert(1))'
SAID = {
    "LEAPDASH_CONTACT": "attendance@example.org",
    "LEAPDASH_REPORT": "https://example.org/report?of=leapdash&as=error",
    "LEAPDASH_NEXT": "November 2026,\n  for October",
}


@pytest.fixture
def said(monkeypatch):
    for name, text in SAID.items():
        monkeypatch.setenv(name, text)


@pytest.fixture
def unsaid(monkeypatch):
    for name in contacts.VARIABLES:
        monkeypatch.delenv(name, raising=False)


def facts_of(answer):
    return {
        section.title: part.pairs
        for section in answer.sections
        for part in section.make()
        if isinstance(part, Facts)
    }


def test_about_says_whom_to_ask_where_it_is_set(said, choose):
    assert facts_of(about.answer(choose()))["Questions and errors"] == (
        ("Whom to ask", "attendance@example.org"),
        ("To report an error", "https://example.org/report?of=leapdash&as=error"),
        ("The next figures", "November 2026, for October"),
    )


def test_what_is_not_set_is_not_shown(unsaid, choose, monkeypatch):
    assert "Questions and errors" not in facts_of(about.answer(choose()))
    assert "Whom to ask" not in document(briefing_of("trends", choose()))
    monkeypatch.setenv("LEAPDASH_NEXT", "   ")
    assert contacts.contacts() == ()


def test_every_briefing_ends_with_them_and_links_addresses(said, choose):
    html = document(briefing_of("trends", choose()))
    links = {link.text: link.attributes["href"] for link in named(elements(html), "a")}
    assert links["attendance@example.org"] == "mailto:attendance@example.org"
    assert links[SAID["LEAPDASH_REPORT"]] == SAID["LEAPDASH_REPORT"]
    paragraphs = [p.text for p in named(elements(html), "p")]
    assert "The next figures: November 2026, for October" in paragraphs


def test_hostile_text_stays_text_in_a_briefing(unsaid, choose, monkeypatch):
    plain = document(briefing_of("trends", choose()))
    monkeypatch.setenv("LEAPDASH_CONTACT", HOSTILE)
    html = document(briefing_of("trends", choose()))
    assert html.count("<script") == plain.count("<script")
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("a.b@example.org", "mailto:a.b@example.org"),
        ("Ann, a.b@example.org", ""),
        ("javascript:alert(1)", ""),
        ('https://example.org/>"<', ""),
        ("https://example.org) [x](y", ""),
        ("mailto:x@example.org?cc=all@example.org", ""),
        ("", ""),
    ],
)
def test_only_a_whole_address_of_a_page_or_a_mail_becomes_a_link(text, link):
    assert contacts.link_of(text) == link


def test_every_variable_the_code_reads_is_in_the_readme():
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "leapdash").rglob("*.py"))
    read = set(re.findall(r'"(LEAPDASH_[A-Z]+)"', code))
    assert set(contacts.VARIABLES) <= read
    told = set(re.findall(r"`(LEAPDASH_[A-Z]+)`", (ROOT / "README.md").read_text("utf-8")))
    assert read <= told
