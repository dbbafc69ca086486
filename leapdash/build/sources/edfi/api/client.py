"""One Ed-Fi API over HTTP: who asks, and what is done where an answer doesn't come or is none.

Neither the key, nor the secret, nor a token is in any message.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.util import Retry

from leapdash.build.sources.web import TRIES, NotThereError, Web, plain
from leapdash.errors import InputError, UsageError, shortened

KEY_VARIABLE = "LEAPDASH_EDFI_KEY"
SECRET_VARIABLE = "LEAPDASH_EDFI_SECRET"  # noqa: S105  # pragma: allowlist secret
_RENEWED_BEFORE = 60  # seconds before a token ends
_REMEDY = (
    "Expected an answer. What was read so far stays in the folder: the same command goes on from "
    "there."
)


@dataclass(frozen=True)
class Answer:
    """What came back: the JSON, and the headers by their names in small letters."""

    content: Any
    headers: Mapping[str, str]


class Client:
    """Asks one API, as the client whose key and secret the environment holds."""

    def __init__(self, url: str, tries: Retry = TRIES) -> None:
        self._web = Web(url, _REMEDY, tries)
        self.url = self._web.url
        self._key, self._secret = _credentials()
        self._token: str | None = None
        self._token_ends = 0.0
        self._oauth = ""

    def discover(self) -> dict[str, Any]:
        """What the base address says of the API. Raises InputError where it is no Ed-Fi API."""
        found = self._ask("GET", self.url, {"Accept": "application/json"}).content
        urls = found.get("urls") if isinstance(found, dict) else None
        names = ("oauth", "dataManagementApi")
        if not isinstance(urls, dict) or not all(isinstance(urls.get(n), str) for n in names):
            raise InputError(
                f"{self.url}: no Ed-Fi API answers there.\n"
                'Expected a discovery document with "urls" of oauth and dataManagementApi. Look '
                "for the base address in what the host sent."
            )
        for address in (urls[name] for name in (*names, "changeQueries") if urls.get(name)):
            if _host(address) != _host(self.url):
                # The secret goes to no host but the one that was named.
                raise InputError(
                    f"{self.url}: the API names an address on another host, "
                    f"{shortened(str(urlsplit(address).hostname))}.\n"
                    "Expected addresses on the host that was given. Give that host's address."
                )
        self._oauth = urls["oauth"]
        return dict(found)

    def get(
        self, url: str, query: Mapping[str, str | int] | None = None, snapshot: bool = False
    ) -> Answer:
        """The answer to a GET, with a token; a new one where the old one isn't taken any more.

        Raises NotThereError for what isn't there or may not be seen, InputError for what is no
        JSON, LeapdashError where no answer comes.
        """
        fields = {name: str(value) for name, value in (query or {}).items()}
        for fresh in (False, True):
            headers = {
                "Accept": "application/json",
                "Authorization": f"Bearer {self._bearer(fresh)}",
            }
            if snapshot:
                headers["Use-Snapshot"] = "true"
            try:
                return self._ask("GET", url, headers, fields)
            except NotThereError as error:
                if error.status != HTTPStatus.UNAUTHORIZED or fresh:
                    raise
        raise AssertionError

    def _bearer(self, fresh: bool) -> str:
        if self._token is None or fresh or monotonic() > self._token_ends:
            self._token, seconds = self._new_token()
            self._token_ends = monotonic() + max(seconds - _RENEWED_BEFORE, seconds / 2)
        return self._token

    def _new_token(self) -> tuple[str, float]:
        headers = {
            "Accept": "application/json",
            **urllib3.make_headers(basic_auth=f"{self._key}:{self._secret}"),
        }
        try:
            found = self._ask(
                "POST", self._oauth, headers, {"grant_type": "client_credentials"}
            ).content
        except NotThereError as error:
            raise UsageError(
                f"{self._oauth}: the API takes no token from this client ({error.status}).\n"
                f"Expected a key and secret in {KEY_VARIABLE} and {SECRET_VARIABLE} that the host "
                "gave out for this API."
            ) from None
        token = found.get("access_token") if isinstance(found, dict) else None
        seconds = found.get("expires_in", 1800) if isinstance(found, dict) else 0
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise InputError(f"{self._oauth}: the answer holds no token.\nExpected access_token.")
        return token, float(seconds) if isinstance(seconds, (int, float)) else 1800.0

    def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        fields: Mapping[str, str] | None = None,
    ) -> Answer:
        found = self._web.ask(method, url, headers, fields, whole=_is_json)
        try:
            return Answer(json.loads(found.body), found.headers)
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{plain(url)}: answered with a page of HTML.\n"
                "Expected JSON. Look whether the address is the API's, and whether this network "
                "needs a sign-in."
            ) from error


def _is_json(body: bytes) -> bool:
    """Whether an answer is whole: JSON to its end. HTML won't become any by asking again."""
    if body.lstrip()[:1] == b"<":
        return True
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _credentials() -> tuple[str, str]:
    found = [os.environ.get(name, "") for name in (KEY_VARIABLE, SECRET_VARIABLE)]
    if not all(found):
        raise UsageError(
            f"{KEY_VARIABLE} and {SECRET_VARIABLE}: not set.\n"
            "Expected the key and the secret of a client of the API in these variables of the "
            "environment. Set both; they are written nowhere."
        )
    return found[0], found[1]


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
