"""What serves the dashboard: Streamlit's server, with the data endpoint beside the pages.

A document says where the server is: a browser that opens a page by its address would else look for
the server below that page first, and log two requests that fail. And it says what it will show, for
programs that only read it, such as those that show a link that is passed on.
"""

import re
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util, runtime

from leapdash.show import faults, metrics
from leapdash.show.dashboard import frame, visitor
from leapdash.show.dashboard.bounds import Bounded
from leapdash.show.dashboard.headers import Guarded, scripts_in
from leapdash.show.dashboard.link import told_ahead
from leapdash.show.endpoint.limit import limit_asked
from leapdash.show.endpoint.routes import routes

# Relative like the files of the page: so it holds below another site's folder, too.
_SAYS_WHERE = b"""<head>
    <script>
      window.__streamlit = { BACKEND_BASE_URL: new URL("./", window.location.href).href }
    </script>"""

_TITLE = re.compile(rb"<title>.*?</title>")


class SaysWhereAndWhat:
    """Puts the server's address, and what it will show, into every document of HTML on its way to
    the browser.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not _asks_for_html(scope):
            await self._app(scope, receive, send)
            return
        begun: list[Message] = []
        parts: list[bytes] = []

        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_html(message):
                begun.append(message)
            elif begun and message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    body = b"".join(parts).replace(b"<head>", _SAYS_WHERE, 1)
                    path = scope["path"].removeprefix(folder())
                    what = await run_in_threadpool(_what, path, scope)
                    body = _TITLE.sub(lambda usual: what or usual[0], body, count=1)
                    await send(_of_length(begun[0], len(body)))
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        await self._app(_uncompressed(scope), receive, pass_on)


def _sessions() -> float:
    """How many readers have a page open."""
    if not runtime.exists():
        return 0
    family = "active_sessions"
    counts = runtime.get_instance().stats_mgr.get_stats([family]).get(family, ())
    return float(sum(getattr(count, "value", 0) for count in counts))


def _scripts_of_the_document() -> list[str]:
    """Those that stand in Streamlit's document, and the one that we put there."""
    usual = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    return scripts_in(usual) + scripts_in(_SAYS_WHERE.decode())


def folder() -> str:
    """The folder of another site the server stands below: /leap, say; empty for none."""
    folder = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{folder}" if folder else ""


metrics.SESSIONS.set_function(_sessions)
MIDDLEWARE = (
    Middleware(Guarded, scripts=(*frame.SCRIPTS, *_scripts_of_the_document())),
    Middleware(Bounded),
    Middleware(SaysWhereAndWhat),
)
ROUTES = tuple(routes(visitor.of_request, folder(), limit_asked()))


def _what(path: str, scope: Scope) -> bytes:
    """What a document says of itself; nothing where that fails: the page is still to be opened."""
    try:
        return told_ahead(path, scope["query_string"], partial(visitor.of_request, scope)).encode()
    except Exception as error:
        faults.noted(error, f"what {path} leads to")
        return b""


def _asks_for_html(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _uncompressed(scope: Scope) -> Scope:
    """The request for an answer that can be read on its way."""
    headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    return {**scope, "headers": headers}


def _is_html(message: Message) -> bool:
    """Whether a response that has a body begins, and it is HTML."""
    kind = dict(message["headers"]).get(b"content-type", b"")
    return message["status"] == 200 and bool(kind.startswith(b"text/html"))


def _of_length(message: Message, length: int) -> Message:
    headers = [pair for pair in message["headers"] if pair[0] != b"content-length"]
    return {**message, "headers": [*headers, (b"content-length", str(length).encode())]}
