"""The endpoint's routes: each request is answered in a thread, once, whatever happens.

Answers are work for the processor. They are made in a few threads of their own, never in the loop
that serves everybody, and never in so many that the pages' readers would wait for them.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import perf_counter

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from leapdash import __version__
from leapdash.errors import ReleaseError, UsageError, shortened
from leapdash.release import current_id
from leapdash.show import faults, metrics
from leapdash.show.doors.nameless import nameless
from leapdash.show.doors.pages import on_page
from leapdash.show.doors.reader import Reader, reader, reading
from leapdash.show.doors.rule import ClosedError
from leapdash.show.doors.stores import store_of
from leapdash.show.endpoint import answering
from leapdash.show.endpoint.answering import Answering, Asked, seen_as_asked
from leapdash.show.endpoint.limit import Limit
from leapdash.show.endpoint.reply import API, JSON, ProblemError, Reply
from leapdash.show.opened import held, release_on_show

_THREADS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="leapdash-endpoint")
_METHODS = ("GET", "HEAD")
Who = Callable[[Scope], Reader]
_ANSWERS: Mapping[str, Answering] = {
    f"{API}/pages": answering.pages,
    f"{API}/release": answering.release_told,
    f"{API}/answers/{{page}}": answering.answer,
    f"{API}/tables/{{page}}/{{table}}.json": answering.table_json,
    f"{API}/tables/{{page}}/{{table}}.csv": answering.table_csv,
    "/openapi.json": answering.described,
}
# Kept by whoever likes, and asked for again each time: another release may be on show by then.
_KEPT = {"Cache-Control": "no-cache"}
# Where readers sign in, by the reader alone, and not for another who signs in there.
_KEPT_BY_ONE = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Authorization"}
_NOT_KEPT = {"Cache-Control": "no-store"}


def routes(who: Who, below: str = "", limit: Limit | None = None) -> list[Route]:
    """Every route, below a folder (`/leap`, say) where the server stands below one.

    `who`: the reader who makes a request; raises ProblemError where that can't be told. `limit`:
    how often one address may ask for data; who watches over the server isn't counted.
    """
    health, scraped = _Served("/healthz", below, _health), _Served("/metrics", below, _metrics)
    answers = [
        _Served(pattern, below, _Data(make, who), limit) for pattern, make in _ANSWERS.items()
    ]
    nothing = _Served("/api/{rest:path}", below, _nothing, limit)
    return [Route(one.path, one) for one in (health, scraped, *answers, nothing)]


@dataclass(frozen=True)
class _Request:
    """What of a request counts: what it asks for, its path, and the versions its client holds."""

    asked: Asked
    path: str
    held: str
    scope: Scope = field(repr=False)

    def version(self, release_id: str) -> str:
        """The ETag of what it asks for: of the release and who reads it, the address, and what made
        the answer.
        """
        query = self.asked.query.decode("latin-1")
        told = "\n".join((release_id, reader().name, __version__, self.path, query))
        return f'W/"{hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


@dataclass(frozen=True)
class _Data:
    """Answers from the release on show, to whoever may see it."""

    answering: Answering
    who: Who

    def __call__(self, request: _Request) -> Reply:
        asked, one = seen_as_asked(request.asked, self.who(request.scope))
        with reading(one):
            return self._of_reader(replace(request, asked=asked))

    def _of_reader(self, request: _Request) -> Reply:
        page = request.asked.names.get("page", "")
        with reading(on_page(page, reader()) if page else reader()):
            release = release_on_show()
        version = request.version(release.manifest.release_id)
        headers = {**(_KEPT_BY_ONE if reader().asked else _KEPT), "ETag": version}
        if version.removeprefix("W/") in re.findall(r'"[^"]*"', request.held):
            return Reply(304, b"", "", headers)
        reply = self.answering(request.asked, release)
        return replace(reply, headers={**headers, **reply.headers})


class _Served:
    """One route: a request in, a reply out, counted; a HEAD gets a GET's headers."""

    def __init__(
        self,
        pattern: str,
        below: str,
        answer: Callable[[_Request], Reply],
        limit: Limit | None = None,
    ) -> None:
        self.path = f"{below}{pattern}"
        self._pattern, self._below, self._answer, self._limit = pattern, below, answer, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = perf_counter()
        reply = await self._reply(scope)
        metrics.REQUESTS.labels(self._pattern, reply.status).inc()
        metrics.REQUEST_SECONDS.labels(self._pattern).observe(perf_counter() - began)
        headers = {"X-Content-Type-Options": "nosniff", **reply.headers}
        response = Response(reply.body, reply.status, headers, reply.media_type or None)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _reply(self, scope: Scope) -> Reply:
        if self._limit:
            try:
                self._limit.take(scope["client"][0] if scope["client"] else "")
            except ProblemError as problem:
                return problem.reply()
        if scope["method"] not in _METHODS:
            allow = {"Allow": ", ".join(_METHODS)}
            return ProblemError(
                405, "This is read-only. Expected GET or HEAD.", headers=allow
            ).reply()
        held = [value for name, value in scope["headers"] if name == b"if-none-match"]
        request = _Request(
            Asked(scope["path_params"], scope["query_string"], self._below),
            scope["path"],
            b",".join(held).decode("latin-1"),
            scope,
        )
        if isinstance(self._answer, _Data):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(_THREADS, self._safely, request)
        return await run_in_threadpool(self._safely, request)

    def _safely(self, request: _Request) -> Reply:
        """The reply; to what nobody expected, a reference to the log and no more."""
        try:
            return self._answer(request)
        except ProblemError as problem:
            return problem.reply()
        except ClosedError as closed:
            return ProblemError(403, str(closed).partition("\n")[0]).reply()
        except Exception as error:
            query = shortened(request.asked.query.decode("latin-1"), 500)
            reference = faults.noted(error, f"{self._pattern} ?{query}")
            if isinstance(error, ReleaseError):
                told = (
                    "The release on show can’t be read, or doesn’t hold what this needs, or there "
                    f"is none. The server’s log says which, by reference {reference}."
                )
                return ProblemError(503, told, reference=reference).reply()
            return ProblemError(500, faults.sorry(reference), reference=reference).reply()


def _nothing(request: _Request) -> Reply:  # noqa: ARG001
    raise ProblemError(
        404, "There is nothing at this address. /openapi.json describes what there is."
    )


def _health(request: _Request) -> Reply:  # noqa: ARG001
    """That the server lives; and which release it shows, if any."""
    shown = _shown() or None
    told = {"status": "ok", "on_show": shown is not None, "release": shown}
    return Reply(200, json.dumps(told).encode(), JSON, _NOT_KEPT)


def _metrics(request: _Request) -> Reply:  # noqa: ARG001
    return Reply(200, metrics.exposition(_shown()), metrics.CONTENT_TYPE, _NOT_KEPT)


def _shown() -> str:
    """The id of the release on show, whoever may read it; empty where there is none that can be
    opened.
    """
    try:
        store = store_of(nameless())
        with reading(Reader("commissioner")):
            return held(store, current_id(store)).manifest.release_id
    except (ReleaseError, UsageError):
        return ""
