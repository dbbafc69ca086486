"""What the endpoint answers, as OpenAPI 3.1, from the definitions that requests are read by."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from leapdash import __version__
from leapdash.show.answers.pages import PAGES, offered
from leapdash.show.endpoint.asked import MOST_OFFSET, MOST_ROWS, Allowed, allowed_on
from leapdash.show.endpoint.reply import API, JSON, PROBLEM
from leapdash.show.endpoint.schemas import SCHEMAS
from leapdash.show.endpoint.tables import tables_on
from leapdash.show.filters import Known

Values = dict[str, Any]

_REFUSED = {
    "400": "A parameter is unknown, has a value that isn’t allowed, or came more than once.",
    "401": "The token isn’t one of the provider’s, isn’t meant for this, or has run out.",
    "403": "The release on show holds small numbers of students, and isn’t for who asks.",
    "404": "There is no page or table of that name.",
    "414": "The query is too long.",
    "429": "Too many requests from one address; go on after `Retry-After` seconds.",
    "500": "Something went wrong; `reference` finds it in the server’s log.",
    "503": "There is no release to show.",
}
_ROWS = (
    ("limit", "At most so many rows.", {"type": "integer", "minimum": 0, "maximum": MOST_ROWS}),
    ("offset", "Rows to skip.", {"type": "integer", "minimum": 0, "maximum": MOST_OFFSET}),
    (
        "columns",
        "Columns to answer with, by name; a table’s `columns` names them.",
        {"type": "array", "items": {"type": "string"}},
    ),
)


def description(known_on: Callable[[str], Known], below: str = "") -> Values:
    """The description for a reader: what they may choose on a page (`known_on`), its districts,
    years and schools, are values there.

    `below`: the folder the server stands below.
    """
    paths = {
        f"{API}/pages": _get("Every page and what may be chosen on it", "pages", "Pages"),
        f"{API}/release": _get("What the release on show says of itself", "release", "Release"),
        "/healthz": _get(
            "Whether the server lives, and what it shows", "health", "Health", refused=()
        ),
        "/metrics": _operation(
            "Figures of the server, for Prometheus", "metrics", "text/plain", ()
        ),
        "/openapi.json": _operation(
            "This description", "openapi", JSON, ("401", "403", "414", "429", "500", "503")
        ),
    }
    for page in PAGES:
        known = known_on(page)
        if page in offered(known.public):
            paths |= _paths_of(page, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "leapdash",
            "version": __version__,
            "summary": "Answers of the dashboard’s pages, and the tables behind their figures.",
            "description": "Read-only. Parameters have the names and words of the pages’ "
            "addresses; codes are understood too, and words in any case.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": below or "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "responses": {
                status: {
                    "description": meaning,
                    "content": {PROBLEM: {"schema": _ref("schemas/Problem")}},
                }
                for status, meaning in _REFUSED.items()
            },
        },
    }


def _paths_of(page: str, known: Known) -> Values:
    """A page's own paths: what may be chosen differs from page to page."""
    question = PAGES[page].question
    choosing = [_parameter(one) for one in allowed_on(page, known)]
    answer = _get(question, f"answer_{page}", "Answer", choosing)
    paths = {f"{API}/answers/{page}": answer}
    if names := tables_on(page, known.public):
        table = {
            "name": "table",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "enum": list(names)},
        }
        rows = [
            {"name": name, "in": "query", "description": meaning, "schema": schema}
            for name, meaning, schema in _ROWS
        ]
        told = f"A table of the page: {question}"
        parameters = [table, *choosing, *rows]
        path = f"{API}/tables/{page}/{{table}}"
        paths[f"{path}.json"] = _get(told, f"table_{page}_json", "Table", parameters)
        paths[f"{path}.csv"] = _operation(
            f"{told} (CSV, as the page’s download)",
            f"table_{page}_csv",
            "text/csv",
            _REFUSED,
            parameters,
        )
    return paths


def _parameter(one: Allowed) -> Values:
    # In any case, they say; a schema has no words for that.
    codes = [code for code in one.words if code not in one.words.values()]
    values: Values = {"type": "string", "enum": [*one.words.values(), *codes]}
    schema: Values = {"type": "array", "items": values} if one.several else values
    if one.first:
        schema["default"] = one.words[one.first]
    return {"name": one.name, "in": "query", "description": one.label, "schema": schema}


def _get(
    told: str,
    name: str,
    schema: str,
    parameters: Sequence[Values] = (),
    refused: Iterable[str] = _REFUSED,
) -> Values:
    return _operation(told, name, JSON, refused, parameters, _ref(f"schemas/{schema}"))


def _operation(
    told: str,
    name: str,
    media_type: str,
    refused: Iterable[str],
    parameters: Sequence[Values] = (),
    schema: Values | None = None,
) -> Values:
    content = {media_type: {} if schema is None else {"schema": schema}}
    responses: Values = {"200": {"description": "Found.", "content": content}}
    if refused:
        responses["304"] = {"description": "As it was, by its `ETag`."}
    responses |= {status: _ref(f"responses/{status}") for status in refused}
    operation: Values = {"operationId": name, "summary": told, "responses": responses}
    if parameters:
        operation["parameters"] = list(parameters)
    return {"get": operation}


def _ref(name: str) -> Values:
    return {"$ref": f"#/components/{name}"}
