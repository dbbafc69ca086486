"""Answers, tables and releases as values of JSON."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from pandas.api import types

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
from leapdash.show.charts.base import Stamp
from leapdash.show.endpoint.asked import Rows
from leapdash.show.endpoint.tables import Place, places
from leapdash.show.language import _
from leapdash.show.words.columns import COLUMNS, Format
from leapdash.show.words.filters import subject
from leapdash.show.words.glossary import meaning_of

Values = dict[str, Any]

UNITS: Mapping[Format, str] = {
    "per cent": "a fraction: 0.1 is shown as 10%",
    "points": "a fraction: 0.1 is shown as 10 points",
    "deviations": "standard deviations",
    "days": "days",
    "more days": "days",
    "month": "school months",
}
"""The unit of a column's numbers, by how a reader sees them; others are counts or have none."""


def data_facts(manifest: Manifest) -> Values:
    """What every answer says of its data."""
    return {
        "release": manifest.release_id,
        "synthetic": manifest.synthetic,
        "stamp": Stamp.of(manifest).words,
    }


def release_facts(manifest: Manifest) -> Values:
    """What a release says of itself, without its files."""
    return {
        **data_facts(manifest),
        "created": manifest.created,
        "contract_version": manifest.contract_version,
        "leapdash_version": manifest.leapdash_version,
        "tier": manifest.tier,
        "through": manifest.through.isoformat(),
        "school_years": list(manifest.school_years),
        "rules": dict(manifest.rules),
        "sources": [
            {"name": one.name, "rows": one.rows, "origin": one.origin, "licence": one.licence}
            for one in manifest.sources
        ],
        "tables": {name: facts.rows for name, facts in manifest.tables.items()},
    }


def answer_values(page: str, answer: Answer, links: Callable[[str], Values]) -> Values:
    """All an answer says, its sections and checks made. `links`: to a table of that name."""
    lead, *others = places(answer)
    sections, checks = others[: len(answer.sections)], others[len(answer.sections) :]
    return {
        "page": page,
        "question": answer.question,
        "choice": subject(answer.choice),
        "empty": answer.empty,
        "sentence": answer.sentence,
        "scope": answer.scope,
        "withheld": None if answer.withheld is None else _part(answer.withheld),
        "cards": [_card(card) for card in answer.cards],
        "notes": [note for note in answer.notes if note],
        "warnings": list(answer.warnings),
        "parts": [_part(part) for part in lead.parts],
        "sections": [
            {
                "key": section.title,
                "title": section.heading,
                "parts": [_part(part) for part in place.parts],
            }
            for section, place in zip(answer.sections, sections, strict=True)
        ],
        "checks": [
            {
                "key": check.key,
                "question": check.line.question,
                "verdict": check.line.verdict,
                "finding": check.line.finding,
                "parts": [_part(part) for part in place.parts],
            }
            for check, place in zip(answer.checks, checks, strict=True)
        ],
        "tables": [
            {**_listed(part, place), **links(part.name)}
            for place in (lead, *others)
            for part in place.tables()
        ],
        **data_facts(answer.choice.release.manifest),
    }


def table_values(page: str, part: Figure | Table, answer: Answer, rows: Rows, why: str) -> Values:
    """A table's columns and rows. `why`: there are none, empty where there are."""
    table = chosen_columns(part.table, rows)
    shown = chosen_rows(table, rows)
    return {
        "page": page,
        "name": part.name,
        "title": part.title,
        "choice": subject(answer.choice),
        "withheld": why or None,
        "columns": [column_facts(name, table[name]) for name in table.columns],
        "rows": _records(shown),
        "total": len(table),
        "offset": rows.offset,
        "notes": [note for note in part.notes if note] if isinstance(part, Figure) else [],
        "alt": part.alt if isinstance(part, Figure) else part.title,
        **data_facts(answer.choice.release.manifest),
    }


def chosen_columns(table: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """The columns asked for, as they were asked for; and which rows are published, if some are."""
    if not rows.columns or not len(table.columns):
        return table
    wanted = [*rows.columns, *(["source"] if "source" in table.columns else [])]
    return table[list(dict.fromkeys(wanted))]


def chosen_rows(table: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """The rows asked for."""
    end = None if rows.limit is None else rows.offset + rows.limit
    return table.iloc[rows.offset : end]


def column_facts(name: str, values: pd.Series) -> Values:
    """What a column is: its title and its meaning on the page, where it has them, type and unit."""
    shown = COLUMNS.get(name)
    title = None if shown is None else _(shown.title)
    return {
        "name": name,
        "title": title,
        "meaning": None if title is None else meaning_of(title),
        "type": _type(values),
        "unit": None if shown is None else UNITS.get(shown.format),
    }


def _type(values: pd.Series) -> str:
    if types.is_bool_dtype(values):
        return "boolean"
    if types.is_integer_dtype(values):
        return "integer"
    if types.is_numeric_dtype(values):
        return "number"
    held = values.dropna()
    return "date" if len(held) and isinstance(held.iloc[0], date) else "text"


def _records(table: pd.DataFrame) -> list[Values]:
    columns: Iterable[Sequence[Any]] = (
        [_value(v) for v in table[n].tolist()] for n in table.columns
    )
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _value(value: Any) -> Any:
    """A cell as JSON has it: nothing for what is missing or infinite."""
    if isinstance(value, date):
        return value.isoformat()
    if pd.isna(value) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _listed(part: Figure | Table, place: Place) -> Values:
    return {
        "name": part.name,
        "title": part.title,
        "place": place.key or None,
        "rows": len(part.table),
    }


def _card(card: Card) -> Values:
    help = card.help or meaning_of(card.label)
    return {"label": card.label, "value": card.value, "unit": card.unit, "help": help}


def _part(part: Part) -> Values:
    match part:
        case Figure():
            notes = [note for note in part.notes if note]
            return {"kind": "table", "name": part.name, "title": part.title, "notes": notes}
        case Table():
            return {"kind": "table", "name": part.name, "title": part.title, "notes": []}
        case Text():
            return {"kind": "text", "words": part.words, "small": part.small}
        case Withheld():
            return {"kind": "withheld", "reason": part.reason, "title": part.title or None}
        case Facts():
            pairs = [{"word": word, "meaning": meaning} for word, meaning in part.pairs]
            return {"kind": "facts", "about": part.alt, "pairs": pairs}
        case Definitions():
            terms = [{"key": t.key, "word": t.said, "meaning": t.means} for t in part.terms]
            return {"kind": "definitions", "terms": terms}
        case Picture():
            return {"kind": "picture", "alt": part.alt}
        case Way():
            query = {name: list(values) for name, values in part.query.items()}
            way = {"title": part.title, "told": part.told, "page": part.page, "query": query}
            return {"kind": "way", **way}
        case Document():
            return {"kind": "document", "markdown": part.markdown}
        case Code():
            return {"kind": "code", "language": part.language, "text": part.text}
