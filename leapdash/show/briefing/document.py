"""A briefing as HTML: one file that asks nothing of any network.

Its charts are drawn as vectors where the file is opened, by the Plotly inside it: Plotly draws
nowhere but in a browser, and a server that began one for every reader's click would soon be down.
That costs 4.8 MB a file, and nothing to install. Once they are drawn the scripts take themselves
away: what a browser then holds is a page of plain HTML and SVG, which `chromium` saves and prints.

Every text is escaped, and the file's own policy lets no script run but the two it was made with.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

import pandas as pd
from plotly.offline import get_plotlyjs

from leapdash.release import Manifest
from leapdash.show.answers.model import (
    Answer,
    Card,
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
from leapdash.show.briefing.contents import Briefing
from leapdash.show.briefing.sheet import sheet
from leapdash.show.charts.base import PICTURE_WIDTH, Look
from leapdash.show.charts.palette import LIGHT
from leapdash.show.charts.spoken import plotly_words
from leapdash.show.contacts import contacts, link_of
from leapdash.show.language import _, language
from leapdash.show.views.checks import Verdict
from leapdash.show.words.about import source_facts
from leapdash.show.words.briefing import (
    NOT_DRAWN,
    edition,
    foot,
    how_to_read,
    kind_of_data,
)
from leapdash.show.words.checks import TITLE as CHECKS
from leapdash.show.words.checks import Line
from leapdash.show.words.columns import in_words
from leapdash.show.words.filters import subject

_STYLE = Path(__file__).with_name("style.css")
_DRAWING = Path(__file__).with_name("draw.js")
_MARKS: dict[Verdict, str] = {"holds": "✓", "mind": "!", "beside": "i", "unknown": "?"}


def document(briefing: Briefing) -> str:
    """The briefing as a document of HTML."""
    answer = briefing.answer
    manifest = answer.choice.release.manifest
    scripts = _scripts() if _has_charts(briefing) else ()
    body = "\n".join(
        [
            _head(answer, manifest),
            "<main>",
            *_lead(answer),
            *(_part(part, answer, "h2") for part in answer.figures),
            *(_section(title, parts, answer) for title, parts in briefing.sections),
            *_checks(briefing.checks),
            "</main>",
            _foot(manifest, briefing),
        ]
    )
    title = f"{answer.question} {subject(answer.choice)}"
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(scripts)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>{_STYLE.read_text('utf-8')}\n{sheet(foot(manifest), 'Letter')}</style>\n"
        f"</head>\n<body>\n{body}\n"
        f"{''.join(f'<script>{script}</script>' for script in scripts)}\n</body>\n</html>\n"
    )


def _head(answer: Answer, manifest: Manifest) -> str:
    kind = "simulated" if manifest.synthetic else "recorded"
    return (
        f'<header>\n<p class="stamp"><b>leapdash</b> <span class="{kind}">'
        f"{escape(kind_of_data(manifest))}</span> {escape(edition(manifest))}</p>\n"
        f"<h1>{escape(answer.question)}</h1>\n"
        f'<p class="choice">{escape(subject(answer.choice))}</p>\n</header>'
    )


def _lead(answer: Answer) -> Iterable[str]:
    """The sentence, whom it rests on, the cards and what they are."""
    yield f'<p class="answer">{escape(answer.sentence)}</p>'
    yield from _small([answer.scope, *answer.warnings])
    if answer.withheld is not None:
        yield _part(answer.withheld, answer, "h2")
    if answer.cards:
        yield f'<dl class="cards">{"".join(map(_card, answer.cards))}</dl>'
    yield from _small(answer.notes)


def _card(card: Card) -> str:
    return (
        f"<div><dt>{escape(card.label)}</dt><dd><b>{escape(card.value)}</b> "
        f"<span>{escape(card.unit)}</span></dd></div>"
    )


def _section(title: str, parts: Sequence[Part], answer: Answer) -> str:
    """The section under its title; a lone figure has one of its own that says more."""
    if len(parts) == 1 and isinstance(parts[0], Figure):
        return _part(parts[0], answer, "h2")
    made = "\n".join(_part(part, answer, "h3") for part in parts)
    return f"<section>\n<h2>{escape(title)}</h2>\n{made}\n</section>"


def _part(part: Part, answer: Answer, heading: str) -> str:
    """A part of the answer; its title, if it has one, as a heading of that rank."""
    match part:
        case Figure():
            return _figure(part, answer, heading)
        case Table():
            title = f"<{heading}>{escape(part.title)}</{heading}>"
            return f"{title}\n{_table(part.table, part.title)}"
        case Text():
            return _text(part)
        case Withheld():
            title = f"<{heading}>{escape(part.title)}</{heading}>" if part.title else ""
            return f'{title}<p class="withheld">{escape(part.reason)}</p>'
        case Facts() | Definitions() | Document() | Picture() | Code() | Way():
            raise TypeError(f"A briefing has no place for {type(part).__name__}.")


def _figure(figure: Figure, answer: Answer, heading: str) -> str:
    """The figure as Plotly takes it, to be drawn in its place; its numbers for who reads on."""
    chart = figure.chart(Look(LIGHT, answer.stamp, roomy=True))
    size = {"width": PICTURE_WIDTH, "height": chart.layout.height}
    drawing = json.loads(chart.to_json()) | size | {"config": plotly_words()}
    return (
        f"<figure>\n<{heading}>{escape(figure.title)}</{heading}>\n"
        f'{_wide(figure.title)}<div class="chart" role="img" aria-label="{escape(figure.alt)}">'
        f'<script type="application/json">{_data(drawing)}</script>'
        f"<noscript>{escape(_(NOT_DRAWN))} {escape(figure.alt)}</noscript></div></div>\n"
        f"<figcaption>{escape(' '.join(note for note in figure.notes if note))}</figcaption>\n"
        f"<details><summary>{escape(_('Table'))}</summary>"
        f"{_table(figure.table, figure.title)}</details>\n"
        "</figure>"
    )


def _table(table: pd.DataFrame, title: str) -> str:
    """The columns that a reader sees, the first of them naming its row."""
    shown = in_words(table)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in shown.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n"
        for first, *cells in shown.to_numpy().tolist()
    )
    return (
        f"{_wide(title)}<table><thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _wide(title: str) -> str:
    """The beginning of what is moved sideways where the screen is narrow, by keyboard as well."""
    return f'<div class="wide" tabindex="0" role="group" aria-label="{escape(title)}">'


def _text(text: Text) -> str:
    kind = ' class="small"' if text.small else ""
    paragraphs = escape(text.words).split("\n\n")
    return "\n".join(f"<p{kind}>{p.replace(chr(10), '<br>')}</p>" for p in paragraphs)


def _small(texts: Sequence[str]) -> Iterable[str]:
    return (f'<p class="small">{escape(text)}</p>' for text in texts if text)


def _checks(lines: Sequence[Line]) -> Iterable[str]:
    """The checks, a line each; their verdict as a mark, which the finding says in words."""
    if not lines:
        return
    rows = "\n".join(
        f'<dt><span class="{line.verdict}" aria-hidden="true">{_MARKS[line.verdict]}</span> '
        f"{escape(line.question)}</dt><dd>{escape(line.finding)}</dd>"
        for line in lines
    )
    yield f'<section>\n<h2>{escape(_(CHECKS))}</h2>\n<dl class="checks">{rows}</dl>\n</section>'


def _foot(manifest: Manifest, briefing: Briefing) -> str:
    """How to read the ranges, where the figures come from, whom to ask, and the way back to the
    page.
    """
    link = briefing.link
    ranges = f"<p>{escape(how_to_read())}</p>\n" if briefing.ranges else ""
    named = "; ".join(f"{name}: {told.rstrip('.')}" for name, told in source_facts(manifest))
    sources = _("Sources: {sources}.", sources=named)
    made_of = escape(_("The page this was made of:"))
    back = (
        f'<p>{made_of} <a href="{escape(link)}">{escape(link)}</a></p>\n'
        if link.startswith(("http://", "https://"))
        else ""
    )
    return f"<footer>\n{ranges}<p>{escape(sources)}</p>\n{_contacts()}{back}</footer>"


def _contacts() -> str:
    """Whom to ask, how to report an error, when the next figures come; empty where nobody says."""
    told = (f"<p>{escape(about)}: {_linked(text)}</p>\n" for about, text in contacts())
    return "".join(told)


def _linked(text: str) -> str:
    """The text; one that is nothing but an address, as a link to it."""
    link = link_of(text)
    return f'<a href="{escape(link)}">{escape(text)}</a>' if link else escape(text)


def _has_charts(briefing: Briefing) -> bool:
    made = (part for _, parts in briefing.sections for part in parts)
    return any(isinstance(part, Figure) for part in (*briefing.answer.figures, *made))


@cache
def _scripts() -> tuple[str, ...]:
    return get_plotlyjs(), _DRAWING.read_text("utf-8")


@cache
def _policy(scripts: tuple[str, ...]) -> str:
    """What the file may do: nothing from anywhere, and of scripts only these, by their hash."""
    hashes = [f"'sha256-{b64encode(sha256(s.encode()).digest()).decode()}'" for s in scripts]
    allowed = " ".join(hashes) or "'none'"
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}"


def _data(value: object) -> str:
    """The value as JSON that can't end the element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
