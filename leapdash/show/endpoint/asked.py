"""What a query asks for: the parameters that count, their words, and what is wrong with it.

The names and words are those of the pages' addresses. A page leaves out what it doesn't know and
says so; a program is refused, or it would take all students for those it asked for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from leapdash.show.answers.pages import choice_on
from leapdash.show.choice import Choice
from leapdash.show.endpoint.reply import ProblemError
from leapdash.show.filters import (
    ALL_STUDENTS,
    FILTER_LABELS,
    Filters,
    Known,
    codes_of,
    in_english,
    reason_off,
    understood,
)
from leapdash.show.language import DEFAULT
from leapdash.show.opened import OpenedRelease
from leapdash.show.parameters import LANGUAGE, SCHOOL, SEVERAL, Side, controls_on

MOST_ROWS = 10_000
"""So many rows of a table at most come at once."""
MOST_OFFSET = 999_999_999
_MOST_PARAMETERS = 200
ROWS_PARAMETERS = ("limit", "offset", "columns")

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Allowed:
    """What a query may say by one name. `words`: by value, what stands for it; `several`: whether
    the name may come more than once; `first`: the value that goes without saying, if one does.
    """

    name: str
    label: str
    words: Mapping[str, str]
    several: bool
    first: str = ""


@dataclass(frozen=True)
class Chosen:
    """What a query chooses on a page; the same in the words of the page's address; the language."""

    choice: Choice
    words: Mapping[str, Sequence[str]]
    language: str


@dataclass(frozen=True)
class Rows:
    """Which part of a table is asked for; `limit`: None for all; `columns`: none for all."""

    limit: int | None = None
    offset: int = 0
    columns: tuple[str, ...] = ()


def allowed_on(page: str, known: Known) -> tuple[Allowed, ...]:
    """What a query for a page may say of whom it is about, in a release."""
    filters = (
        Allowed(name, label, in_english(name, known), several=name != "group")
        for name, label in FILTER_LABELS.items()
        if reason_off(page, name, known.public) is None
    )
    controls = (
        Allowed(one.key, one.label, one.words, isinstance(one, Side), one.first)
        for one in controls_on(page, known)
    )
    spoken = Allowed(LANGUAGE.key, LANGUAGE.label, LANGUAGE.words, several=False, first=DEFAULT)
    return (*filters, *controls, spoken)


def parsed(query: bytes) -> Query:
    """A query's names with all that stands by each. Raises ProblemError for too many."""
    try:
        pairs = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise ProblemError(
            400, f"Too many parameters. Expected at most {_MOST_PARAMETERS}."
        ) from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def refuse_others(query: Query, names: Sequence[str]) -> None:
    """Raises ProblemError where a query says something by a name that isn't one of these."""
    if set(query) - set(names):
        what = "Expected one of those allowed." if names else "Expected none."
        raise ProblemError(400, f"A parameter that isn’t known here. {what}", allowed=names)


def choice_asked(
    page: str, release: OpenedRelease, query: Query, beside: Sequence[str] = ()
) -> Chosen:
    """What a query chooses on a page.

    `beside`: names that may stand there for something else. Raises ProblemError for all else
    it says.
    """
    allowed = {one.name: one for one in allowed_on(page, release.known)}
    for name in FILTER_LABELS:
        if name in query and (reason := reason_off(page, name, release.public)):
            raise ProblemError(400, f"“{name}” doesn’t count here: {reason}", name)
    refuse_others(query, [*allowed, *beside])
    found = {name: _values(one, query[name]) for name, one in allowed.items() if name in query}
    chosen = Filters(
        districts=found.get("districts", ()),
        levels=found.get("levels", ()),
        participation=found.get("participation", ()),
        years=found.get("years", ()),
        group=found.get("group", (ALL_STUDENTS,))[0],
    )
    said = {
        name: SEVERAL.join(values) for name, values in found.items() if name not in FILTER_LABELS
    }
    _check_school(said, chosen, release.known)
    in_words = {name: [allowed[name].words[v] for v in values] for name, values in found.items()}
    language = said.pop(LANGUAGE.key, DEFAULT)
    return Chosen(choice_on(page, release, chosen, said), in_words, language)


def rows_asked(query: Query) -> Rows:
    """Which rows and columns a query asks for. Raises ProblemError where it can't be told."""
    limit = _number(query, "limit", MOST_ROWS)
    offset = _number(query, "offset", MOST_OFFSET)
    return Rows(limit, offset or 0, tuple(dict.fromkeys(query.get("columns", ()))))


def _values(one: Allowed, asked: Sequence[str]) -> tuple[str, ...]:
    if len(asked) > 1 and not one.several:
        raise ProblemError(400, f"“{one.name}” came more than once. Expected one value.", one.name)
    found, all_known = understood(asked, one.words)
    if not all_known:
        raise ProblemError(
            400,
            f"“{one.name}” ({one.label}) has a value that isn’t there to choose. "
            "Expected one of those allowed.",
            one.name,
            one.words.values(),
        )
    return found


def _check_school(said: Mapping[str, str], chosen: Filters, known: Known) -> None:
    """A page falls back on another school where the one asked for isn't in the districts chosen."""
    codes = codes_of(chosen, known)
    if SCHOOL.key in said and codes is not None:
        inside = [code for code, one in known.schools.items() if one.district in codes]
        if said[SCHOOL.key] not in inside:
            raise ProblemError(
                400,
                "“school” names one that isn’t in the districts chosen. "
                "Expected one of those allowed.",
                SCHOOL.key,
                [known.school_label(code) for code in inside],
            )


def _number(query: Query, name: str, most: int) -> int | None:
    asked = query.get(name, ())
    if not asked:
        return None
    if len(asked) > 1:
        raise ProblemError(400, f"“{name}” came more than once. Expected one value.", name)
    if not re.fullmatch(r"[0-9]{1,9}", asked[0]) or int(asked[0]) > most:
        raise ProblemError(400, f"“{name}” is no whole number from 0 to {most}.", name)
    return int(asked[0])
