"""What is answered at each address, without the web around it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from leapdash.show.answers.files import file_name, marked, texts_safe
from leapdash.show.answers.model import Answer, Figure, Table
from leapdash.show.answers.pages import PAGES, choice_on, offered
from leapdash.show.doors import audit
from leapdash.show.doors.reader import Reader, reader
from leapdash.show.endpoint.asked import (
    MOST_ROWS,
    ROWS_PARAMETERS,
    Chosen,
    Query,
    Rows,
    allowed_on,
    choice_asked,
    parsed,
    refuse_others,
    rows_asked,
)
from leapdash.show.endpoint.contents import (
    Values,
    answer_values,
    chosen_columns,
    chosen_rows,
    data_facts,
    release_facts,
    table_values,
)
from leapdash.show.endpoint.description import description
from leapdash.show.endpoint.reply import API, CSV, JSON, ProblemError, Reply
from leapdash.show.endpoint.tables import found, none_of, tables_on, why_none
from leapdash.show.filters import Filters
from leapdash.show.language import speaking
from leapdash.show.opened import OpenedRelease
from leapdash.show.seen_as import SEEN_AS, known_on, ways


@dataclass(frozen=True)
class Asked:
    """A request: the names in its path, its query, and the folder the server stands below.

    `kept`: what every address beside it has in its query, too.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    query: bytes = b""
    below: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)

    def link(self, path: str, query: Mapping[str, Any]) -> str:
        """The address of something beside it, with a query."""
        words = urlencode({**query, **self.kept}, doseq=True)
        return f"{self.below}{API}{path}{f'?{words}' if words else ''}"


Answering = Callable[[Asked, OpenedRelease], Reply]


def seen_as_asked(asked: Asked, one: Reader) -> tuple[Asked, Reader]:
    """The request without as whom the demonstration is to be seen, which its links keep; and who
    reads, seen so. Raises ProblemError where it names none.
    """
    query, offered = parsed(asked.query), ways(one)
    if SEEN_AS not in query or not offered.words:
        return asked, one
    name, understood = offered.wished(query[SEEN_AS])
    if not understood:
        raise ProblemError(
            400,
            "“as” names nobody as whom this can be seen. Expected one of those allowed.",
            SEEN_AS,
            offered.words.values(),
        )
    others = {key: values for key, values in query.items() if key != SEEN_AS}
    words = {SEEN_AS: offered.words[name]}
    asked = replace(asked, query=urlencode(others, doseq=True).encode(), kept=words)
    return asked, offered.seen_by(one, name)


def pages(asked: Asked, release: OpenedRelease) -> Reply:
    """Every page: its question, what may be chosen on it, its answer's address, its tables."""
    refuse_others(parsed(asked.query), ())
    _note("pages", release)
    known = {key: known_on(key, reader()) for key in PAGES}
    told = [
        {
            "page": key,
            "question": page.question,
            "answer": asked.link(f"/answers/{key}", {}),
            "tables": list(tables_on(key, known[key].public)),
            "parameters": [
                {
                    "name": one.name,
                    "label": one.label,
                    "several": one.several,
                    "default": one.words.get(one.first),
                    "values": [{"code": code, "word": word} for code, word in one.words.items()],
                }
                for one in allowed_on(key, known[key])
            ],
        }
        for key, page in PAGES.items()
        if key in offered(known[key].public)
    ]
    return _json({"pages": told, **data_facts(release.manifest)})


def release_told(asked: Asked, release: OpenedRelease) -> Reply:
    """What the release on show says of itself."""
    refuse_others(parsed(asked.query), ())
    _note("release", release)
    return _json(release_facts(release.manifest))


def answer(asked: Asked, release: OpenedRelease) -> Reply:
    """What a page says for a choice, with links to its tables."""
    page = _page(asked)
    chosen = choice_asked(page, release, parsed(asked.query))
    _note(f"answers/{page}", release, chosen.words)
    with speaking(chosen.language):
        told = PAGES[page].answer(chosen.choice)
        links = partial(_links, asked, page, chosen.words)
        return _json(answer_values(page, told, links))


def table_json(asked: Asked, release: OpenedRelease) -> Reply:
    """The rows of a table, at most MOST_ROWS at once, and what its columns are."""
    page, query = _page(asked), parsed(asked.query)
    chosen = _of_table(asked, page, release, query)
    rows = rows_asked(query)
    rows = replace(rows, limit=MOST_ROWS if rows.limit is None else rows.limit)
    with speaking(chosen.language):
        answer, part, why = _table(asked, page, chosen, rows)
        values = table_values(page, part, answer, rows, why)
    after = rows.offset + len(values["rows"])
    more = {"limit": rows.limit, "offset": after, "columns": rows.columns}
    path = f"/tables/{page}/{part.name}.json"
    goes_on = values["rows"] and after < values["total"]
    values["next"] = asked.link(path, {**chosen.words, **more}) if goes_on else None
    return _json(values | _links(asked, page, chosen.words, part.name))


def table_csv(asked: Asked, release: OpenedRelease) -> Reply:
    """The same as the page's download; of its rows and columns those asked for, if any are."""
    page, query = _page(asked), parsed(asked.query)
    chosen, rows = _of_table(asked, page, release, query), rows_asked(query)
    with speaking(chosen.language):
        answer, part, _ = _table(asked, page, chosen, rows)
        full = marked(part.title, part.table, answer.choice)
    *before, data, release_id = (n for n in full.columns if n not in part.table.columns)
    picked = full[[*before, *chosen_columns(part.table, rows).columns, data, release_id]]
    body = texts_safe(chosen_rows(picked, rows)).to_csv(index=False).encode()
    name = file_name(part.name, answer.choice)
    described_by = _links(asked, page, chosen.words, part.name)["json"]
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Link": f'<{described_by}>; rel="describedby"; type="{JSON}"',
    }
    return Reply(200, body, CSV, headers)


def described(asked: Asked, release: OpenedRelease) -> Reply:
    """The description of all this, for the releases on show."""
    refuse_others(parsed(asked.query), ())
    _note("openapi", release)
    return _json(description(lambda page: known_on(page, reader()), asked.below))


def _note(what: str, release: OpenedRelease, words: Mapping[str, Any] | None = None) -> None:
    audit.seen(f"endpoint {what}", release.manifest.release_id, words or {})


def _page(asked: Asked) -> str:
    page = asked.names["page"]
    if page not in PAGES:
        raise ProblemError(404, "There is no page of that name.", "page", PAGES)
    return page


def _of_table(asked: Asked, page: str, release: OpenedRelease, query: Query) -> Chosen:
    """What is chosen for a table that the page can have."""
    names = tables_on(page, release.public)
    if asked.names["table"] not in names:
        raise ProblemError(404, "The page has no table of that name.", "table", names)
    chosen = choice_asked(page, release, query, beside=ROWS_PARAMETERS)
    _note(f"tables/{page}/{asked.names['table']}", release, chosen.words)
    return chosen


def _table(
    asked: Asked, page: str, chosen: Chosen, rows: Rows
) -> tuple[Answer, Figure | Table, str]:
    """The answer and its table; one without rows in the place of one that the choice leaves out,
    and why it does.
    """
    name, answer = asked.names["table"], PAGES[page].answer(chosen.choice)
    part, why = found(answer, name), ""
    if part is None:
        usual = PAGES[page].answer(choice_on(page, chosen.choice.release, Filters(), {}))
        part, why = none_of(usual, name), why_none(answer, usual, name)
    held = list(part.table.columns)
    if held and set(rows.columns) - set(held):
        raise ProblemError(400, "“columns” names one that the table doesn’t have.", "columns", held)
    return answer, part, why


def _links(asked: Asked, page: str, words: Mapping[str, Any], name: str) -> Values:
    path = f"/tables/{page}/{name}"
    return {kind: asked.link(f"{path}.{kind}", words) for kind in ("json", "csv")}


def _json(values: Values) -> Reply:
    return Reply(200, json.dumps(values, ensure_ascii=False, allow_nan=False).encode(), JSON)
