"""An answer on the page: its sentence, cards, figures with table and file, sections and checks."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from leapdash.show.answers.files import csv_of, file_name
from leapdash.show.answers.model import (
    Answer,
    Code,
    Definitions,
    Document,
    Facts,
    Figure,
    Part,
    Picture,
    Section,
    Table,
    Text,
    Way,
    Withheld,
)
from leapdash.show.answers.workbook import workbook_of
from leapdash.show.charts.base import PICTURE_WIDTH, Heading, Look
from leapdash.show.charts.palette import palette_of
from leapdash.show.charts.spoken import plotly_words
from leapdash.show.choice import Choice
from leapdash.show.contacts import link_of
from leapdash.show.dashboard import address, buttons
from leapdash.show.dashboard.controls import draw
from leapdash.show.doors.audit import handed_out
from leapdash.show.language import N_, _, in_this_language
from leapdash.show.parameters import Parameter
from leapdash.show.views.checks import Verdict
from leapdash.show.words.checks import TITLE as CHECKS
from leapdash.show.words.columns import COLUMNS, Column, in_words, seen
from leapdash.show.words.filters import subject
from leapdash.show.words.glossary import Term, heard_in, meaning_of

_ICONS: Mapping[Verdict, str] = {
    "holds": ":material/check_circle:",
    "mind": ":material/error:",
    "beside": ":material/info:",
    "unknown": ":material/help:",
}
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EVERY = {
    "districts": N_("All districts"),
    "levels": N_("All levels"),
    "participation": N_("All participation"),
    "years": N_("All school years"),
    "group": N_("All students"),
}
_FORMATS = {
    "per cent": "%.1f%%",
    "points": "%+.1f",
    "deviations": "%+.2f",
    "decimals": "%.2f",
    "whole": "%,.0f",
    "days": "%.1f",
    "more days": "%+.1f",
}

# What Markdown makes a link of by itself, unless something unseen stands in it.
_ADDRESS = re.compile(r"https?\\:/|www(?=\.)|@")
_NO_BREAK = "\N{WORD JOINER}"


def sentence(answer: Answer) -> None:
    """The answer in a sentence or two, and what the words in it mean for who asks."""
    with st.container(key="answer"):
        st.markdown(escape(answer.sentence))
        _explain(heard_in(answer.sentence))


def small_print(*texts: str) -> None:
    """Each text that isn't empty, in small print."""
    for text in texts:
        if text:
            st.caption(escape(text))


def cards(answer: Answer) -> None:
    """The cards in one row; two to a row on a telephone."""
    with st.container(horizontal=True, gap="small", key="cards"):
        for card in answer.cards:
            told = card.help or meaning_of(card.label)
            st.metric(
                escape(card.label),
                card.value,
                card.unit,
                delta_color="off",
                delta_arrow="off",
                help=told and escape(told),
                border=True,
                height="stretch",
            )


def show(answer: Answer, *parts: Part | None, within: bool = False) -> None:
    """Parts of an answer, one below the other; those that are None stand for nothing.

    `within`: something has a title of its own above them, and theirs are a step below it.
    """
    for part in parts:
        _show(part, answer, within)


def tabs(answer: Answer, tab: Parameter, *controls: Parameter) -> None:
    """The sections side by side, only the open one made; in it, the controls it alone follows."""
    names = {section.heading: section.title for section in answer.sections}
    headings = {title: heading for heading, title in names.items()}
    address.begin_with(tab.key, headings.get(address.says(tab), next(iter(names))))
    places = st.tabs(list(names), key=tab.key, on_change=address.take_tab, args=(tab.key, names))
    for section, place in zip(answer.sections, places, strict=True):
        if place.open:
            with place:
                own = [control for control in controls if control.field in section.controls]
                if own:
                    with st.container(horizontal=True, gap="medium", key=f"controls-{tab.key}"):
                        for control in own:
                            draw(control)
                show(answer, *section.make())


def passage(answer: Answer, section: Section) -> None:
    """A section as it stands, under its title."""
    st.header(escape(section.heading), anchor=False)
    show(answer, *section.make())


def ways(answer: Answer, section: Section) -> None:
    """A section of ways to other pages, side by side, under its title."""
    parts, name = section.make(), section.title.lower().replace(" ", "-")
    if not parts:
        return
    st.header(escape(section.heading), anchor=False)
    columns = st.columns(len(parts), gap="small")
    for number, (part, column) in enumerate(zip(parts, columns, strict=True)):
        with column, st.container(border=True, height="stretch", key=f"way-{name}-{number}"):
            show(answer, part)


def checks(answer: Answer) -> None:
    """The checks under their title, a line each; the evidence below its line, made while it is
    open: the first part on the left, the others beside it.
    """
    if not answer.checks:
        return
    st.header(_(CHECKS), anchor=False)
    for check in answer.checks:
        opened = st.expander(
            f"**{escape(check.line.question)}** {escape(check.line.finding)}",
            icon=_ICONS[check.line.verdict],
            on_change="rerun",
            key=f"check-{check.key}",
        )
        if opened.open:
            with opened:
                first, *others = check.make()
                left, right = st.columns(2, gap="medium")
                with left:
                    show(answer, first, within=True)
                with right:
                    show(answer, *others, within=True)


def nothing(answer: Answer) -> None:
    """That nobody stands behind the choice, with an offer to widen it, one filter at a time."""
    with st.container(border=True, key="empty"):
        st.markdown(f"**{escape(answer.sentence)}**")
        if answer.widen:
            _widen(answer.choice)


def _show(part: Part | None, answer: Answer, within: bool) -> None:
    choice = answer.choice
    match part:
        case Figure():
            heading = Heading(part.title, subject(choice))
            look = Look(palette_of(st.context.theme.type), answer.stamp, heading)
            _figure(part, look, choice, within)
        case Table():
            _title(part.title, within)
            _small_table(part)
            with st.container(horizontal=True, gap="xsmall", key=f"files-{part.name}"):
                _downloads(part, choice)
        case Text():
            (st.caption if part.small else st.markdown)(escape(part.words))
        case Withheld():
            _withheld(part, choice)
        case Facts():
            told = [(escape(word), _linked(meaning)) for word, meaning in part.pairs]
            pairs = pd.DataFrame(told, columns=["Word", "Meaning"])
            st.table(pairs, border="horizontal", hide_header=True, alt=part.alt)
        case Way():
            _way(part)
        case Picture():
            _picture(part)
        case Definitions():
            _definitions(part)
        case Document():
            st.markdown(part.markdown)
        case Code():
            st.code(part.text, language=part.language)


def _explain(terms: Sequence[Term]) -> None:
    """The terms with their meanings, a tap away."""
    if terms:
        with st.popover(
            _("What these words mean"), type="tertiary", icon=":material/help:", key="words"
        ):
            st.markdown(
                "\n\n".join(f"**{escape(term.said)}**  \n{escape(term.means)}" for term in terms)
            )
            st.page_link("pages/glossary.py", label=_("All words"), query_params=address.led_to({}))


def _definitions(part: Definitions) -> None:
    with st.container(key="terms"):
        for term in part.terms:
            with st.container(key=f"term-{term.key}", gap="xxsmall"):
                st.header(escape(term.said), anchor=term.key)
                st.markdown(escape(term.means))


def _picture(picture: Picture) -> None:
    svg = picture.draw(palette_of(st.context.theme.type))
    st.image(svg, alt=picture.alt, width="stretch")


def _way(way: Way) -> None:
    """A way on: the link, and what is found there."""
    st.page_link(
        f"pages/{way.page}.py",
        label=f"**{escape(way.title)}**",
        icon=":material/arrow_forward:",
        icon_position="right",
        query_params=address.led_to(way.query),
    )
    if way.told:
        st.markdown(escape(way.told))


def _figure(figure: Figure, look: Look, choice: Choice, within: bool) -> None:
    """The figure under its title, with its notes, its table on demand, and a CSV of the same.

    The chart bears its heading too, for the picture alone: style.css cuts it off the page.
    """
    name = figure.name
    _title(figure.title, within)
    chart = figure.chart(look)
    picture = {
        "filename": file_name(name, choice),
        "format": "png",
        "scale": 2,
        "width": PICTURE_WIDTH,
        "height": chart.layout.height,
    }
    st.plotly_chart(
        chart,
        theme=None,
        key=f"figure-{name}",
        alt=figure.alt,
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": picture,
            **plotly_words(),
        },
    )
    small_print(" ".join(note for note in figure.notes if note))
    with st.container(horizontal=True, gap="small", key=f"foot-{name}"):
        rows = st.expander(_("Table"), type="compact", on_change="rerun", key=f"table-{name}")
        with st.container(horizontal=True, gap="xsmall", key=f"files-{name}"):
            _downloads(figure, choice)
            buttons.beside(name)
    if rows.open:
        with rows:
            _rows(figure.table)


def _title(title: str, within: bool) -> None:
    (st.subheader if within else st.header)(escape(title), anchor=False)


def _withheld(withheld: Withheld, choice: Choice) -> None:
    """Why a figure isn't shown, hatched where it would stand, and an offer to widen the choice."""
    if withheld.title:
        _title(withheld.title, within=False)
    with st.container(border=True, key="withheld"):
        st.markdown(f"**{escape(withheld.reason)}**")
        if withheld.widen and choice.filters.active():
            _widen(choice)


def _widen(choice: Choice) -> None:
    st.markdown(_("Widen the choice:"))
    with st.container(horizontal=True, gap="small"):
        for name in choice.filters.active():
            st.button(_(_EVERY[name]), key=f"widen-{name}", on_click=address.clear, args=((name,),))
        st.button(_("Clear all filters"), key="widen-all", on_click=address.clear)


def _downloads(part: Figure | Table, choice: Choice) -> None:
    """The same numbers as files, made when they are asked for."""
    notes = part.notes if isinstance(part, Figure) else ()
    kinds: Mapping[str, tuple[str, str, Callable[[], bytes]]] = {
        "csv": ("CSV", "text/csv", lambda: csv_of(part.title, part.table, choice)),
        "xlsx": ("Excel", _EXCEL, lambda: workbook_of(part.title, part.table, notes, choice)),
    }
    for ending, (label, mime, make) in kinds.items():
        st.download_button(
            label,
            handed_out(
                in_this_language(make),
                f"{part.name}.{ending}",
                choice.release.manifest.release_id,
                choice.filters.in_address(choice.known),
            ),
            file_name=f"{file_name(part.name, choice)}.{ending}",
            mime=mime,
            type="tertiary",
            on_click="ignore",
            key=f"{ending}-{part.name}",
        )


def _small_table(part: Table) -> None:
    """A table that stands in the text: as wide as the column or the paper, and all of it read."""
    with st.container(key=f"numbers-{part.name}"):
        st.table(in_words(part.table).map(escape), hide_index=True, alt=part.title)


def _rows(table: pd.DataFrame) -> None:
    """The columns a reader sees, under their titles, in their formats."""
    shown = seen(table)
    formats: dict[str, Any] = {}
    for name in shown.columns:
        column = COLUMNS[name]
        if column.format in ("per cent", "points"):
            shown[name] = 100 * shown[name]
        title = _(column.title)
        told, number = meaning_of(title), _number_format(column, shown[name])
        if number:
            formats[title] = st.column_config.NumberColumn(format=number, help=told)
        elif told:
            formats[title] = st.column_config.Column(help=told)
    st.dataframe(
        shown.rename(columns={name: _(COLUMNS[name].title) for name in shown.columns}),
        hide_index=True,
        column_config=formats,
    )


def _number_format(column: Column, values: pd.Series) -> Any:
    if column.format == "plain":
        return "localized" if pd.api.types.is_numeric_dtype(values) else None
    return _FORMATS.get(column.format)


def _linked(text: str) -> str:
    """The text for Markdown; one that is nothing but an address, as a link to it."""
    link = link_of(text)
    told = escape(text)
    return f"[{told.replace(_NO_BREAK, '')}](<{link}>)" if link else told


def escape(text: str) -> str:
    """The text for Markdown, so that names from data can't turn into formatting, formulas or links.

    Lines stay lines.
    """
    for character in "\\`*_{}[]<>#$~:|":
        text = text.replace(character, "\\" + character)
    text = _ADDRESS.sub(f"\\g<0>{_NO_BREAK}", text)
    paragraphs = (paragraph.replace("\n", "  \n") for paragraph in text.split("\n\n"))
    return "\n\n".join(paragraphs)
