"""Where nobody signs in: as whom the pages are seen, and whether the server serves itself alone."""

import os
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address

from leapdash.errors import LeapdashError, UsageError, shortened
from leapdash.show.doors.reader import Reader
from leapdash.show.doors.stores import district_store

SEE_AS_VARIABLE = "LEAPDASH_SEE_AS"
UNGUARDED_VARIABLE = "LEAPDASH_UNGUARDED"
# What a proxy adds: who asks is then elsewhere, whatever address the server listens at.
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def nameless(at_home: bool = False) -> Reader:
    """Who reads where nobody signs in: as LEAPDASH_SEE_AS says, else who gets everything that is
    for anybody. Raises UsageError where the setting names none.
    """
    return named(seen_as() or "commissioner", Reader(asked=False, at_home=at_home))


def named(name: str, one: Reader) -> Reader:
    """The reader with the tier and the district of that name (`Reader.name`)."""
    tier, _, code = name.partition(":")
    match tier:
        case "commissioner":
            return replace(one, tier="commissioner", district="")
        case "district":
            return replace(one, tier="district", district=code)
    return replace(one, tier="public", district="")


def seen_as() -> str:
    """What LEAPDASH_SEE_AS says, a reader's name; empty where it isn't set. Raises UsageError."""
    said = os.environ.get(SEE_AS_VARIABLE, "")
    tier, _, code = said.partition(":")
    try:
        if tier == "district":
            district_store(code)
        elif said not in ("", "public", "commissioner"):
            raise UsageError("no reader's name")
    except LeapdashError as error:
        raise UsageError(
            f"{SEE_AS_VARIABLE}={shortened(said)}: nobody the pages could be seen as.\n"
            "Expected public, commissioner, or district: and a district's code."
        ) from error
    return said


def at_home(listens_at: str | None, headers: Mapping[str, str]) -> bool:
    """Whether the server was told to do without sign-in, listens to its own machine alone, and was
    asked from there.

    `listens_at`: its address. `headers`: of the request, by name in lower case. A page of another
    site that gives its own name this machine's address is told by the `host` it asks for.
    """
    if os.environ.get(UNGUARDED_VARIABLE) != "1" or not is_loopback(listens_at or ""):
        return False
    if any(name in headers for name in _PASSED_ON):
        return False
    return is_loopback(_without_port(headers.get("host", "")))


def is_loopback(address: str) -> bool:
    """Whether an address, or a name of a machine, is this machine's own and no other's."""
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    """Of [::1]:8501 and localhost:8501 what is before the port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
