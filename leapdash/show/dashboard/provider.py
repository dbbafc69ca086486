"""An OpenID provider: who it is, by which keys it signs, and whether a token is its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from leapdash.errors import UsageError
from leapdash.show import faults
from leapdash.show.doors.nameless import is_loopback

# What a provider signs with a key of its own, which nobody else has. Never what is signed with a
# shared secret, or not at all.
_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
_KEPT_FOR, _AT_MOST_EVERY = 600.0, 30.0
_SECONDS, _MOST_BYTES = 5.0, 1_000_000


@dataclass
class Provider:
    """A provider of Streamlit's secrets. `metadata`: where it tells of itself; `audiences`: for
    whom a token may be meant.

    What it tells is asked for anew after ten minutes, or where a token has a key it didn't tell of;
    where it can't be asked, what it told last counts.
    """

    metadata: str
    audiences: tuple[str, ...]
    _told: Mapping[str, Any] = field(default_factory=dict)
    _asked: float = -_KEPT_FOR
    _asking: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        """Raises UsageError where others could answer in the provider's place."""
        _check_address(self.metadata)

    @property
    def issuer(self) -> str:
        """Its name, as its tokens say it; empty where it never told."""
        return str(self._facts().get("issuer", ""))

    def claims(self, token: str) -> Mapping[str, Any] | None:
        """What a token says; None where the provider didn't sign it."""
        from joserfc import jws
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        for newer in (False, True):
            try:
                keys = KeySet.import_key_set(self._facts(newer)["keys"])
                signed = jws.deserialize_compact(token, keys, algorithms=list(_ALGORITHMS))
                claims = json.loads(signed.payload)
            except (JoseError, ValueError, KeyError, TypeError):
                continue
            return claims if isinstance(claims, dict) else None
        return None

    def _facts(self, newer: bool = False) -> Mapping[str, Any]:
        """Its issuer and keys. `newer`: what it told last didn't do."""
        with self._asking:
            if monotonic() - self._asked > (_AT_MOST_EVERY if newer else _KEPT_FOR):
                self._asked = monotonic()
                try:
                    self._told = _told_by(self.metadata)
                except Exception as error:
                    faults.noted(error, "asking the OpenID provider")
            return self._told


def _told_by(metadata: str) -> Mapping[str, Any]:
    about = _json_at(metadata)
    _check_address(about["jwks_uri"])
    return {"issuer": about["issuer"], "keys": _json_at(about["jwks_uri"])}


def _json_at(address: str) -> Any:
    import httpx

    with httpx.stream("GET", address, timeout=_SECONDS, follow_redirects=False) as response:
        response.raise_for_status()
        body = b""
        for part in response.iter_bytes():
            body += part
            if len(body) > _MOST_BYTES:
                raise ValueError("the answer is too long")
    return json.loads(body)


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise UsageError(
            "Streamlit's secrets, [auth]: server_metadata_url isn't an address of https.\n"
            "Expected one: nobody else can answer there in the provider's place."
        )
