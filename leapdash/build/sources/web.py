"""Asking for a page of data over HTTP: what is tried again, what is refused, what is told.

What is tried again, and when, is urllib3's: back-off that doubles, with jitter, and Retry-After.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, SSLError
from urllib3.util import Retry, Timeout

from leapdash import __version__
from leapdash.errors import InputError, LeapdashError, UsageError, shortened

LONGEST_ANSWER = 64_000_000
"""Bytes; the largest page asked for has a few."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
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
    """There is nothing at an address, or not for who asks; `status` says which."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


class UnreachableError(LeapdashError):
    """No whole answer came, however often it was asked for."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the whole body, and the headers by their names in small letters.

    The status is 200 or another success, or 304: what was asked for is as it was.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]


def check_address(url: str) -> str:
    """The base address of a service, without what doesn't belong there.

    Raises UsageError where it isn't https (but for this machine), or holds a name and password.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http"):
        raise UsageError(f"{shortened(url)}: no address.\nExpected https://HOST/…")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            f"{host}: the address holds more than host and path.\nExpected the base address alone."
        )
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise UsageError(
            f"{shortened(url)}: http, which anybody on the way can change.\nExpected https."
        )
    return url.rstrip("/")


def plain(url: str) -> str:
    """An address as messages tell it: without what is asked."""
    return shortened(url.split("?")[0], 300)


class Web:
    """One service over HTTP. `remedy`: what to do where no answer comes, for messages."""

    def __init__(self, url: str, remedy: str, tries: Retry = TRIES) -> None:
        self.url = check_address(url)
        self._remedy, self._tries = remedy, tries
        self._pool = _pool(self.url)

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        fields: Mapping[str, str] | None = None,
        whole: Callable[[bytes], bool] = lambda _body: True,
    ) -> Answer:
        """The answer, asked for again where none comes, it is cut short, or the service says so;
        `whole`: whether a body is whole.

        Raises NotThereError for an answer from 400 on, InputError for one that leads elsewhere or
        is too long, UnreachableError where none comes.
        """
        tries = self._tries
        while True:
            try:
                response, body = self._whole(method, url, headers, fields)
            except SSLError as error:
                raise UnreachableError(
                    f"{plain(url)}: no safe connection ({type(error).__name__}).\n"
                    "Expected a certificate that this machine trusts. Ask who runs the service."
                ) from error
            except HTTPError as error:
                tries = self._again(tries, url, f"no whole answer ({type(error).__name__})")
                continue
            if response.status in _TRIED_AGAIN:
                found = f"answer {response.status} every time"
                tries = self._again(tries, url, found, response)
                continue
            _check(url, response, body)
            if not whole(body):
                tries = self._again(tries, url, "no whole JSON")
                continue
            named = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, body, named)

    def _whole(
        self, method: str, url: str, headers: Mapping[str, str], fields: Mapping[str, str] | None
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        """An answer and its body, read to its end but for what is too long."""
        more: dict[str, Any] = {} if method == "GET" else {"encode_multipart": False}
        response = self._pool.request(
            method,
            url,
            fields=fields,
            headers={"User-Agent": f"leapdash/{__version__}", **headers},
            preload_content=False,
            redirect=False,
            retries=False,
            **more,
        )
        try:
            return response, response.read(LONGEST_ANSWER + 1, decode_content=True)
        finally:
            response.release_conn()

    def _again(
        self,
        tries: Retry,
        url: str,
        found: str,
        response: urllib3.BaseHTTPResponse | None = None,
    ) -> Retry:
        """One try less, after the time that is due. Raises UnreachableError where none is left."""
        error = None if response else ProtocolError(found)
        try:
            tries = tries.increment("GET", None, response=response, error=error)
        except (MaxRetryError, ProtocolError):
            raise UnreachableError(f"{plain(url)}: {found}.\n{self._remedy}") from None
        tries.sleep(response)
        return tries


def _pool(url: str) -> urllib3.PoolManager:
    """Connections to a service, through the proxy of the environment where it names one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxy = getproxies().get(parts.scheme)
    if proxy is None or host in _LOOPBACK or proxy_bypass(host):
        return urllib3.PoolManager(timeout=_TIMEOUT)
    return urllib3.ProxyManager(proxy, timeout=_TIMEOUT)


def _check(url: str, response: urllib3.BaseHTTPResponse, body: bytes) -> None:
    """Raises where the answer is none: InputError, or NotThereError by its status."""
    status = response.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        if status == HTTPStatus.NOT_MODIFIED:
            return
        to = urlsplit(response.headers.get("location", "")).hostname or "elsewhere"
        raise InputError(
            f"{plain(url)}: the service sends on to {shortened(to)} ({status}).\n"
            "Expected an answer. Give the address at which the service itself answers."
        )
    if status >= HTTPStatus.BAD_REQUEST:
        raise NotThereError(f"{plain(url)}: answer {status}.", status)
    if len(body) > LONGEST_ANSWER:
        raise InputError(
            f"{plain(url)}: an answer of more than {LONGEST_ANSWER // 10**6} MB.\nExpected a page."
        )
