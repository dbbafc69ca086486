"""What is refused before anybody looks at it: what is too long, and whatever would be left here.

Nothing a reader sends is kept: there is no upload, and Streamlit's own route for them is closed, by
which anybody with a page open could otherwise fill the server's memory. Another site's page gets no
session; Streamlit refuses it too, but asks a host on the internet for its own address first.
"""

import re
from urllib.parse import unquote

import streamlit as st
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from leapdash.show.endpoint.reply import ProblemError

MOST_ADDRESS = 16_000
"""Bytes of a path and a query together: all districts of a large state, chosen one by one."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_READING = ("GET", "HEAD", "OPTIONS")
_STREAMLIT = "/_stcore/"
_UPLOAD = "/_stcore/upload_file"


class Bounded:
    """Refuses requests that are too long, that bring something, or that want to leave something.

    The endpoint's routes refuse methods themselves.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        problem = _problem(scope) if scope["type"] in ("http", "websocket") else None
        if problem is None:
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            # Before it is accepted: the browser is told 403.
            await send({"type": "websocket.close", "code": 1008})
            return
        reply = problem.reply()
        response = Response(reply.body, reply.status, dict(reply.headers), reply.media_type)
        await response(scope, receive, send)


def _problem(scope: Scope) -> ProblemError | None:
    """What is wrong with a request; None where nothing is."""
    # As it was sent, before %41 became A.
    sent = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
    if sent > MOST_ADDRESS:
        return ProblemError(414, f"The address is too long. Expected at most {MOST_ADDRESS} bytes.")
    if scope["type"] == "websocket":
        return None if _from_our_own_page(scope) else ProblemError(403, "From another site.")
    path = unquote(scope["path"])
    if _CONTROL.search(path):
        return ProblemError(400, "The path has a control character in it, a line end for instance.")
    if _UPLOAD in path:
        return ProblemError(403, "Nothing can be uploaded here.")
    if _STREAMLIT in path and scope["method"] not in _READING:
        return ProblemError(
            405, "This is read-only. Expected GET or HEAD.", headers={"Allow": ", ".join(_READING)}
        )
    return None


def _from_our_own_page(scope: Scope) -> bool:
    """Whether a session is asked for by a page of this server, by one of a site that is allowed to,
    or by a program, which has no origin.
    """
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    allowed = st.get_option("server.corsAllowedOrigins") or ()
    return not origin or origin in allowed or origin.partition("://")[2] == host
