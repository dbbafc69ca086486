"""What an answer is made of. Nothing here draws: a page, a briefing or an endpoint does.

All text is plain; whoever shows it escapes what its medium would read as formatting.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from leapdash.show.charts.base import Look, Stamp
from leapdash.show.charts.palette import Palette
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.words.checks import Line
from leapdash.show.words.filters import nothing_behind
from leapdash.show.words.glossary import Term


@dataclass(frozen=True)
class Card:
    """One bare number: `label` says what `value` is, `unit` stands below it, `help` explains."""

    label: str
    value: str
    unit: str
    help: str | None = None


@dataclass(frozen=True)
class Figure:
    """A chart with everything that belongs to it.

    `name`: what its files go by. `chart`: draws it in a look. `table`: the numbers it shows; `alt`:
    what it shows, for who can't see it; `notes`: what stands below it.
    """

    name: str
    title: str
    chart: Callable[[Look], go.Figure]
    table: pd.DataFrame
    alt: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A small table without a chart; `name` as in `Figure`."""

    name: str
    title: str
    table: pd.DataFrame


@dataclass(frozen=True)
class Text:
    """Words: lines, and paragraphs parted by an empty line; `small`: in small print."""

    words: str
    small: bool = False


@dataclass(frozen=True)
class Document:
    """A page of documentation in Markdown, without its heading."""

    markdown: str


@dataclass(frozen=True)
class Picture:
    """A drawing without numbers: an SVG in the colours of a palette; `alt`: what it shows."""

    draw: Callable[[Palette], str]
    alt: str


@dataclass(frozen=True)
class Facts:
    """Pairs of a word and what it means; `alt`: what they are about."""

    pairs: tuple[tuple[str, str], ...]
    alt: str


@dataclass(frozen=True)
class Definitions:
    """Terms with their meanings, each found by its anchor."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Code:
    """Text for machines, as it stands."""

    text: str
    language: str


@dataclass(frozen=True)
class Withheld:
    """What can't be shown and why; `title`: of the figure that would stand there, if it is one.

    `widen`: whether a wider choice may help.
    """

    reason: str
    title: str = ""
    widen: bool = True


@dataclass(frozen=True)
class Way:
    """A way on to another page, under a title; `told`: what is found there.

    `page`: its key. `query`: what is chosen there, as an address says it.
    """

    title: str
    told: str
    page: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)


Part = Figure | Table | Text | Document | Picture | Facts | Definitions | Code | Withheld | Way


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading of its own, made when it is asked for.

    `title`: the heading in English, which the section goes by. `make`: its parts. `controls`: those
    of the page that only this section follows, by their field of a Choice.
    """

    title: str
    make: Callable[[], tuple[Part, ...]]
    controls: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The title in the language on show."""
        return _(self.title)


@dataclass(frozen=True)
class Check:
    """What an effect is judged by: its line is always there, its evidence is made when asked for.

    `key`: what the check goes by in the page.
    """

    key: str
    line: Line
    make: Callable[[], tuple[Part, ...]]


@dataclass(frozen=True)
class Answer:
    """What a page says for a choice, complete, whoever shows it.

    `sentence`: the answer to `question`; `scope`: whom it rests on. `notes`: what the cards are.
    `withheld`: why the effect isn't shown. `warnings`: what must not be read into the page.
    `empty`: nobody stands behind the choice; then the sentence says so, and there is no more.
    `widen`: whether a wider choice may help then.
    """

    choice: Choice
    question: str
    sentence: str
    scope: str = ""
    cards: tuple[Card, ...] = ()
    notes: tuple[str, ...] = ()
    figures: tuple[Part, ...] = ()
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()
    withheld: Withheld | None = None
    warnings: tuple[str, ...] = ()
    empty: bool = False
    widen: bool = True

    @property
    def stamp(self) -> Stamp:
        """What stands inside every figure: whether the data are simulated, and the release."""
        return Stamp.of(self.choice.release.manifest)


def nothing(choice: Choice, question: str, reason: str = "") -> Answer:
    """The answer where nobody stands behind the choice; `reason`: why, where more is known."""
    return Answer(choice, question, reason or nothing_behind(choice), empty=True)
