"""What browsers are told to refuse, with everything the server sends.

The policy names no host but the server's own, and no script but Streamlit's files and our own few
lines, each by its hash: text from data that got into a page as HTML would run nothing, and could
send nothing away. Styles may stand in the page, as Streamlit and Plotly write them there.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leapdash.errors import UsageError

EMBED_VARIABLE = "LEAPDASH_EMBED"
_SOURCE = re.compile(r"\*|https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]+)?")
_SCRIPTS = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Streamlit tries whether it may compile WebAssembly; only a script that runs already could.
_COMPILED = "'wasm-unsafe-eval'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "camera",
            "display-capture",
            "geolocation",
            "microphone",
            "midi",
            "payment",
            "publickey-credentials-get",
            "serial",
            "usb",
        )
    ),
}


class Guarded:
    """Puts the headers on every answer: pages, Streamlit's files, downloads, the endpoint.

    `scripts`: those that stand in a page.
    """

    def __init__(self, app: ASGIApp, scripts: Iterable[str]) -> None:
        self._app = app
        self._headers = {"Content-Security-Policy": policy(scripts, embedding()), **_ALWAYS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, guarded)


def policy(scripts: Iterable[str], embedding: Iterable[str] = ()) -> str:
    """The content policy of a page with these scripts in it.

    `embedding`: whose pages may show ours within theirs, beside our own.
    """
    hashes = (f"'sha256-{_hash(script)}'" for script in scripts)
    rules = {
        "default-src": ("'self'",),
        "script-src": ("'self'", _COMPILED, *hashes),
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "data:", "blob:"),
        "font-src": ("'self'", "data:"),
        "object-src": ("'none'",),
        "base-uri": ("'none'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'self'", *embedding),
    }
    return "; ".join(" ".join((name, *sources)) for name, sources in rules.items())


def scripts_in(html: str) -> list[str]:
    """The scripts that stand in a document."""
    return _SCRIPTS.findall(html)


def embedding() -> tuple[str, ...]:
    """Whose pages may show ours within theirs: LEAPDASH_EMBED. Raises UsageError."""
    asked = os.environ.get(EMBED_VARIABLE, "").split()
    for source in asked:
        if not _SOURCE.fullmatch(source):
            raise UsageError(
                f"{EMBED_VARIABLE}: {source!r} is no origin.\n"
                "Expected origins with a space between, such as https://portal.example.gov, or *."
            )
    return tuple(asked)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
