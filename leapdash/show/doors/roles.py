"""From what a provider says of who signed in to what they may see."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from leapdash.contract import CODE_PATTERN
from leapdash.errors import UsageError, shortened
from leapdash.show.doors.nameless import named
from leapdash.show.doors.reader import Reader

_NAME = rf"public|commissioner|district:(?:{CODE_PATTERN})"
_LEEWAY = 60
"""Seconds that another machine's clock may be ahead."""


@dataclass(frozen=True)
class Roles:
    """Which roles see what. `claim`: where the provider says the roles of who signed in; `readers`:
    by role, a reader's name; `minutes`: for so long at most a sign-in counts, as a role that was
    taken away is noticed at the next.
    """

    claim: str = "roles"
    readers: Mapping[str, str] | None = None
    minutes: int = 60


def roles_from(said: Mapping[str, Any]) -> Roles:
    """The roles as a configuration says them. Raises UsageError where it can't be meant."""
    strangers = sorted(set(said) - {"claim", "minutes", "roles"})
    claim, minutes, readers = said.get("claim", "roles"), said.get("minutes", 60), said.get("roles")
    if strangers:
        raise _wrong(f"{', '.join(strangers)}", "claim, minutes and roles alone")
    if not isinstance(claim, str) or not claim:
        raise _wrong("claim", "the name of a claim")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 1440:
        raise _wrong("minutes", "a whole number from 1 to 1440")
    if readers is not None and not isinstance(readers, Mapping):
        raise _wrong("roles", 'a table of roles, as "state-education" = "commissioner"')
    for role, name in (readers or {}).items():
        if not isinstance(name, str) or not re.fullmatch(_NAME, name):
            raise _wrong(
                f'roles, "{role}"', "public, commissioner, or district: and a district's code"
            )
    return Roles(claim, dict(readers or {}), minutes)


def signed_in(
    claims: Mapping[str, Any], roles: Roles, issuer: str, audiences: Collection[str], now: float
) -> Reader | None:
    """Who it is that the claims of a token tell of; None where they are another provider's, meant
    for others, have run out, or are older than a sign-in may be.

    `now`: seconds since 1970. Source: OpenID Connect Core 1.0, 3.1.3.7.
    """
    meant_for, subject = claims.get("aud"), claims.get("sub")
    meant_for = [meant_for] if isinstance(meant_for, str) else meant_for
    begun, ends = _time(claims.get("iat")), _time(claims.get("exp"))
    not_before = max(begun or 0, _time(claims.get("nbf")) or 0)
    if not issuer or claims.get("iss") != issuer or not isinstance(subject, str) or not subject:
        return None
    if not isinstance(meant_for, list) or not any(one in audiences for one in meant_for):
        return None
    if begun is None or ends is None or not_before > now + _LEEWAY:
        return None
    until = min(ends, begun + roles.minutes * 60)
    if until <= now:
        return None
    return named(_name(claims, roles), Reader(subject=subject, until=until))


def _name(claims: Mapping[str, Any], roles: Roles) -> str:
    """The name of the reader whom the roles in the claims make: a commissioner if one does, else
    the district that is named first in the configuration, else the public.
    """
    said = _claim(claims, roles.claim)
    said = [said] if isinstance(said, str) else said
    if not isinstance(said, list):
        return "public"
    names = [name for role, name in (roles.readers or {}).items() if role in said]
    if "commissioner" in names:
        return "commissioner"
    return next((name for name in names if name != "public"), "public")


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """What stands under a claim's name, or under its parts where it is one in another:
    `realm_access.roles`.
    """
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _time(value: object) -> float | None:
    """Seconds since 1970 as a claim says them; None where it says none."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        return None
    return float(value)


def _wrong(what: str, expected: str) -> UsageError:
    return UsageError(
        f"Streamlit's secrets, [leapdash]: {shortened(what)}: not understood.\n"
        f"Expected {expected}. docs/doors.md shows an example."
    )
