"""One Ed-Fi API over HTTP: who asks, and what is done where an answer doesn't come or is none.

What is tried again, and when, is urllib3's: back-off that doubles, with jitter, and Retry-After.
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
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, SSLError
from urllib3.util import Retry, Timeout

from leapdash import __version__
from leapdash.errors import InputError, LeapdashError, UsageError, shortened

KEY_VARIABLE, SECRET_VARIABLE = "LEAPDASH_EDFI_KEY", "LEAPDASH_EDFI_SECRET"
LONGEST_ANSWER = 64_000_000
"""Bytes; a page of 500 attendance events has half a million."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_RENEWED_BEFORE = 60  # seconds before a token ends
_TIMEOUT = Timeout(connect=20, read=180)
_TRIED_AGAIN = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
TRIES = Retry(
    total=8,
    status_forcelist=[int(status) for status in _TRIED_AGAIN],
    allowed_methods=None,
    backoff_factor=0.5,
    backoff_jitter=0.5,
    backoff_max=60,
    raise_on_status=False,
)
"""How often, and after which time, an answer is asked for again."""


class NotThereError(LeapdashError):
    """The API has nothing at an address, or doesn't let this client see it."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Answer:
    """What came back: the JSON, and the headers by their names in small letters."""

    content: Any
    headers: Mapping[str, str]


def check_address(url: str) -> str:
    """The base address of an API, without what doesn't belong there.

    Raises UsageError where it isn't https (but for this machine), or holds a name and password.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http"):
        raise UsageError(
            f"{shortened(url)}: no address of an API.\nExpected https://HOST/…, the base address."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            f"{host}: the address holds more than host and path.\nExpected the base address alone; "
            f"key and secret are in {KEY_VARIABLE} and {SECRET_VARIABLE}."
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise UsageError(
            f"{shortened(url)}: http, which anybody on the way can read.\nExpected https."
        )
    return url.rstrip("/")


class Client:
    """Asks one API, as the client whose key and secret the environment holds."""

    def __init__(self, url: str, tries: Retry = TRIES) -> None:
        self.url = check_address(url)
        self._key, self._secret = _credentials()
        self._tries = tries
        self._pool = _pool(self.url)
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
        tries = self._tries
        while True:
            try:
                response, body = self._whole(method, url, headers, fields)
            except SSLError as error:
                raise LeapdashError(
                    f"{_plain(url)}: no safe connection ({type(error).__name__}).\n"
                    "Expected a certificate that this machine trusts. Ask the host."
                ) from error
            except HTTPError as error:
                tries = _again(tries, url, f"no whole answer ({type(error).__name__})")
                continue
            if response.status in _TRIED_AGAIN:
                tries = _again(tries, url, f"answer {response.status} every time", response)
                continue
            _check(url, response, body)
            try:
                content = json.loads(body)
            except (ValueError, RecursionError) as error:
                if body.lstrip()[:1] == b"<":
                    raise InputError(
                        f"{_plain(url)}: answered with a page of HTML.\n"
                        "Expected JSON. Look whether the address is the API's, and whether this "
                        "network needs a sign-in."
                    ) from error
                tries = _again(tries, url, "no whole JSON")
                continue
            names = {name.lower(): value for name, value in response.headers.items()}
            return Answer(content, names)

    def _whole(
        self, method: str, url: str, headers: Mapping[str, str], fields: Mapping[str, str] | None
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        """An answer and its body, read to its end but for what is too long."""
        names = {"User-Agent": f"leapdash/{__version__}", **headers}
        how: dict[str, Any] = {"preload_content": False, "redirect": False, "retries": False}
        if method == "POST":
            how["encode_multipart"] = False
        response = self._pool.request(method, url, fields=fields, headers=names, **how)
        try:
            return response, response.read(LONGEST_ANSWER + 1, decode_content=True)
        finally:
            response.release_conn()


def _again(
    tries: Retry, url: str, found: str, response: urllib3.BaseHTTPResponse | None = None
) -> Retry:
    """One try less, after the time that is due. Raises LeapdashError where none is left."""
    error = None if response else ProtocolError(found)
    try:
        tries = tries.increment("GET", None, response=response, error=error)
    except (MaxRetryError, ProtocolError):
        raise LeapdashError(
            f"{_plain(url)}: {found}.\n"
            "Expected an answer. What was read so far stays in the folder: the same command goes "
            "on from there."
        ) from None
    tries.sleep(response)
    return tries


def _credentials() -> tuple[str, str]:
    found = [os.environ.get(name, "") for name in (KEY_VARIABLE, SECRET_VARIABLE)]
    if not all(found):
        raise UsageError(
            f"{KEY_VARIABLE} and {SECRET_VARIABLE}: not set.\n"
            "Expected the key and the secret of a client of the API in these variables of the "
            "environment. Set both; they are written nowhere."
        )
    return found[0], found[1]


def _pool(url: str) -> urllib3.PoolManager:
    """Connections to the API, through the proxy of the environment where it names one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxy = getproxies().get(parts.scheme)
    if proxy is None or host in _LOOPBACK or proxy_bypass(host):
        return urllib3.PoolManager(timeout=_TIMEOUT)
    return urllib3.ProxyManager(proxy, timeout=_TIMEOUT)


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _plain(url: str) -> str:
    return shortened(url.split("?")[0], 300)


def _check(url: str, response: urllib3.BaseHTTPResponse, body: bytes) -> None:
    """Raises where the answer is none: InputError, or NotThereError by its status."""
    status = response.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        to = urlsplit(response.headers.get("location", "")).hostname or "elsewhere"
        raise InputError(
            f"{_plain(url)}: the API sends on to {shortened(to)} ({status}).\n"
            "Expected an answer. Give the address at which the API itself answers."
        )
    if status >= HTTPStatus.BAD_REQUEST:
        raise NotThereError(f"{_plain(url)}: answer {status}.", status)
    if len(body) > LONGEST_ANSWER:
        raise InputError(
            f"{_plain(url)}: an answer of more than {LONGEST_ANSWER // 10**6} MB.\n"
            "Expected a page. Give a smaller --page-size."
        )
