"""What Plotly would read as markup in a chart's texts: ours alone."""

import re

import pytest

from leapdash.show.answers.model import Figure
from leapdash.show.answers.pages import PAGES, choice_on
from leapdash.show.charts.base import Heading, Look, _plain
from leapdash.show.charts.palette import LIGHT
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.words.filters import subject
from tests.lib.endpoint import tables_of
from tests.lib.small_release import HARTFORD, hostile_schools, make

NAME = '<a href="https://elsewhere.invalid">x</a><img src=x onerror=1><sub>y</sub> %{x} </b'
_OURS = re.compile(r'</?b>|<br>|</?extra>|</span>|<span style="[a-z0-9:;#-]*">')


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> OpenedRelease:
    release = make(tmp_path_factory.mktemp("store"), changed={"schools": hostile_schools(NAME)})
    return OpenedRelease(release)


def texts(part):
    """Every text in a figure."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from texts(value)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("home_visit", "glossary")])
@pytest.mark.parametrize("roomy", [False, True])
def test_no_name_brings_markup_into_a_chart(page, roomy, hostile):
    filters = Filters() if page in ("school", "about") else Filters(districts=(HARTFORD,))
    answer = PAGES[page].answer(choice_on(page, hostile, filters, {}))
    charts = named = 0
    for part in tables_of(answer).values():
        if isinstance(part, Figure):
            heading = Heading(part.title, subject(answer.choice))
            drawn = part.chart(Look(LIGHT, answer.stamp, heading, roomy)).to_plotly_json()
            for text in texts(drawn):
                assert "<" not in _OURS.sub("", text), (part.name, text)
                named += "&lt;a href" in text
            charts += 1
    assert named >= charts > 0 or page in ("start", "about")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("<b>Hartford</b><br>12", "<b>Hartford</b><br>12"),
        ('<span style="font-size:12px;color:#0b3f7f">x</span>',) * 2,
        ("%{x}<extra>a</extra>", "%{x}<extra>a</extra>"),
        ('<a href="x">', '&lt;a href="x">'),
        ("<A HREF=x>", "&lt;A HREF=x>"),
        ("<bx>", "&lt;bx>"),
        ('<span style="x" onclick="y">', '&lt;span style="x" onclick="y">'),
        ('<span style="background:url(x)">', '&lt;span style="background:url(x)">'),
        ("< 6", "&lt; 6"),
        ("<<b>", "&lt;<b>"),
    ],
)
def test_our_own_markup_stays_and_no_other(text, drawn):
    assert _plain({"a": [text, (text,)], "n": 1}) == {"a": [drawn, [drawn]], "n": 1}
