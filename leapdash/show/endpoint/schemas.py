"""The shapes of what the endpoint answers, as JSON Schema."""

from collections.abc import Mapping
from typing import Any, get_args

from leapdash.show.views.checks import Verdict

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}
_TEXTS: Schema = {"type": "array", "items": TEXT}


def _or_none(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _all(meaning: str, /, **properties: Schema) -> Schema:
    """An object with exactly these properties."""
    return {
        "type": "object",
        "description": meaning,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _part(kind: str, meaning: str, /, **properties: Schema) -> Schema:
    return _all(meaning, kind={"const": kind}, **properties)


_DATA: Mapping[str, Schema] = {
    "release": {**TEXT, "description": "The id of the release on show."},
    "synthetic": {**_FLAG, "description": "Whether the students are invented."},
    "stamp": {**TEXT, "description": "What must stand beside every figure that is shown."},
}
_LINKS: Mapping[str, Schema] = {
    kind: {**TEXT, "format": "uri-reference"} for kind in ("json", "csv")
}

SCHEMAS: Mapping[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "What was asked in vain (RFC 9457).",
        "properties": {
            "type": {**TEXT, "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "parameter": {**TEXT, "description": "By whose name it went wrong."},
            "allowed": {**_TEXTS, "description": "What could have stood there."},
            "reference": {**TEXT, "description": "To the server’s log."},
        },
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": False,
    },
    "Pages": _all(
        "Every page.",
        pages=_list_of("Page"),
        **_DATA,
    ),
    "Page": _all(
        "A page: one question.",
        page=TEXT,
        question=TEXT,
        answer={**TEXT, "format": "uri-reference"},
        tables=_TEXTS,
        parameters=_list_of("Parameter"),
    ),
    "Parameter": _all(
        "What may be chosen by one name, by word or code, in any case.",
        name=TEXT,
        label=TEXT,
        several={**_FLAG, "description": "Whether the name may come more than once."},
        default={**_or_none(TEXT), "description": "The word that goes without saying, if any."},
        values={"type": "array", "items": _all("A value.", code=TEXT, word=TEXT)},
    ),
    "Release": _all(
        "What the release on show says of itself.",
        **_DATA,
        created={**TEXT, "format": "date-time"},
        contract_version=TEXT,
        leapdash_version=TEXT,
        tier={"enum": ["restricted", "public"]},
        through={**TEXT, "format": "date", "description": "The last month of data."},
        school_years=_TEXTS,
        rules={"type": "object", "additionalProperties": TEXT},
        sources={
            "type": "array",
            "items": _all(
                "A source; rows is null where it isn't told.",
                name=TEXT,
                rows={"type": ["integer", "null"]},
                origin=TEXT,
                licence=TEXT,
            ),
        },
        tables={
            "type": "object",
            "description": "How many rows each table of the release has.",
            "additionalProperties": _NUMBER,
        },
    ),
    "Answer": _all(
        "What a page says for a choice. Where `empty`, nobody stands behind the choice; where "
        "`withheld`, its effect can’t be shown. Both say why.",
        page=TEXT,
        question=TEXT,
        choice={**TEXT, "description": "What was chosen, in words."},
        empty=_FLAG,
        sentence=TEXT,
        scope={**TEXT, "description": "Whom it rests on."},
        withheld=_or_none(_ref("Withheld")),
        cards={
            "type": "array",
            "items": _all("A number.", label=TEXT, value=TEXT, unit=TEXT, help=_or_none(TEXT)),
        },
        notes=_TEXTS,
        warnings=_TEXTS,
        parts=_list_of("Part"),
        sections={
            "type": "array",
            "items": _all("A part of the page.", key=TEXT, title=TEXT, parts=_list_of("Part")),
        },
        checks={
            "type": "array",
            "items": _all(
                "What an effect is judged by.",
                key=TEXT,
                question=TEXT,
                verdict={"enum": list(get_args(Verdict))},
                finding=TEXT,
                parts=_list_of("Part"),
            ),
        },
        tables={
            "type": "array",
            "items": _all(
                "A table of the answer; `place`: the key of its section or check.",
                name=TEXT,
                title=TEXT,
                place=_or_none(TEXT),
                rows=_NUMBER,
                **_LINKS,
            ),
        },
        **_DATA,
    ),
    "Part": {
        "oneOf": [
            _part("table", "A figure or table.", name=TEXT, title=TEXT, notes=_TEXTS),
            _part("text", "Words.", words=TEXT, small=_FLAG),
            _ref("Withheld"),
            _part(
                "facts",
                "Words and what they mean.",
                about=TEXT,
                pairs={"type": "array", "items": _all("A pair.", word=TEXT, meaning=TEXT)},
            ),
            _part(
                "definitions",
                "Terms and what they mean.",
                terms={
                    "type": "array",
                    "items": _all("A term.", key=TEXT, word=TEXT, meaning=TEXT),
                },
            ),
            _part("picture", "A drawing without numbers.", alt=TEXT),
            _part(
                "way",
                "A way on to another page, and what is chosen there.",
                title=TEXT,
                told=TEXT,
                page=TEXT,
                query={"type": "object", "additionalProperties": _TEXTS},
            ),
            _part("document", "A page of documentation.", markdown=TEXT),
            _part("code", "Text for machines.", language=TEXT, text=TEXT),
        ]
    },
    "Withheld": _part(
        "withheld", "What can’t be shown, and why.", reason=TEXT, title=_or_none(TEXT)
    ),
    "Table": _all(
        "The rows behind a figure. A table the choice leaves without rows says why in `withheld`.",
        page=TEXT,
        name=TEXT,
        title=TEXT,
        choice=TEXT,
        withheld=_or_none(TEXT),
        columns=_list_of("Column"),
        rows={
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
        },
        total={**_NUMBER, "description": "How many rows there are in all."},
        offset=_NUMBER,
        next=_or_none({**TEXT, "format": "uri-reference"}),
        notes=_TEXTS,
        alt={**TEXT, "description": "What the figure shows, in words."},
        **_LINKS,
        **_DATA,
    ),
    "Column": _all(
        "A column; those the page doesn’t show have no title.",
        name=TEXT,
        title=_or_none(TEXT),
        meaning=_or_none(TEXT),
        type={"enum": ["text", "integer", "number", "boolean", "date"]},
        unit=_or_none(TEXT),
    ),
    "Health": _all(
        "That the server lives.",
        status={"const": "ok"},
        on_show={**_FLAG, "description": "Whether a release is on show."},
        release=_or_none(TEXT),
    ),
}
"""Every shape by its name."""
