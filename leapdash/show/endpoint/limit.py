"""How often one address may ask: a bucket for each that fills steadily, one request a token.

Lines of our own, as one process serves, and libraries (`limits`) count windows of time, at whose
edges twice as many come through. The address is the connection's; behind a proxy the one it says,
which the server believes of this machine's proxies and those that FORWARDED_ALLOW_IPS names.
"""

import os
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

from leapdash.errors import UsageError, shortened
from leapdash.show.endpoint.reply import ProblemError

RATE_VARIABLE = "LEAPDASH_RATE"
_USUAL = 120
_MOST_A_MINUTE = 100_000
_MOST_CLIENTS = 10_000


class Limit:
    """At most so many requests a minute from one address; a minute's worth may come at once."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._a_minute, self._clock = a_minute, clock
        # Those who asked last stand last.
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, address: str) -> None:
        """Count a request. Raises ProblemError where it is one too many."""
        client, now = _client(address), self._clock()
        tokens, since = self._held.pop(client, (self._a_minute, now))
        tokens = min(self._a_minute, tokens + (now - since) * self._a_minute / 60)
        left = tokens - 1 if tokens >= 1 else tokens
        self._held[client] = (left, now)
        if len(self._held) > _MOST_CLIENTS:
            del self._held[next(iter(self._held))]
        if left == tokens:
            wait = ceil((1 - tokens) * 60 / self._a_minute)
            raise ProblemError(
                429,
                f"Too many requests from one address. Expected at most {self._a_minute} a minute.",
                headers={"Retry-After": str(wait)},
            )


def limit_asked() -> Limit | None:
    """The limit that LEAPDASH_RATE sets; None where it is 0, for none. Raises UsageError."""
    asked = os.environ.get(RATE_VARIABLE, "").strip() or str(_USUAL)
    if not asked.isascii() or not asked.isdigit() or len(asked) > 6 or int(asked) > _MOST_A_MINUTE:
        raise UsageError(
            f"{RATE_VARIABLE}: {shortened(asked)!r} is no number of requests.\n"
            f"Expected a whole number a minute, from 1 to {_MOST_A_MINUTE}, or 0 for no limit."
        )
    return Limit(int(asked)) if int(asked) else None


def _client(address: str) -> str:
    """Who asks: of an address that has the whole of a network to choose from, the network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or int(found) >> 64)
    return str(found)
