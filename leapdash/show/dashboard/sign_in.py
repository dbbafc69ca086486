"""Sign-in, where Streamlit's secrets name an OpenID provider: who it is that signed in.

Streamlit does the signing in (`st.login`) and keeps what the provider said in a signed cookie for
thirty days. Whether that still holds is looked at here, on every run and for every request.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from threading import Lock
from time import time
from typing import Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from leapdash.errors import UsageError
from leapdash.show.dashboard.provider import Provider
from leapdash.show.doors.reader import Reader
from leapdash.show.doors.roles import Roles, roles_from, signed_in
from leapdash.show.endpoint.reply import ProblemError
from leapdash.show.language import _

_PROVIDER = ("client_id", "server_metadata_url")
_BEARER = "bearer "
_NOBODY = Reader()


def is_set_up() -> bool:
    """Whether readers sign in here. Raises UsageError where they should and can't."""
    if not _section("auth"):
        return False
    if not (find_spec("authlib") and find_spec("joserfc") and find_spec("httpx")):
        raise UsageError(
            "Streamlit's secrets name an OpenID provider, and what signs in with one isn't "
            "installed.\nInstall the extra auth: pip install -r requirements-auth.txt"
        )
    return True


def of_page() -> Reader:
    """Who reads the page that runs: who signed in, where that still holds."""
    return _of_claims(st.user.to_dict()) or _NOBODY


def of_request(headers: Headers) -> Reader:
    """Who makes a request: whom a token of the provider tells of (`Authorization: Bearer`), else
    whom the pages' cookie does. Raises ProblemError where a token doesn't hold: a program would
    take what is for everyone for what it asked for.
    """
    given = headers.get("authorization", "")
    if given[: len(_BEARER)].lower() == _BEARER:
        if found := _of_token(given[len(_BEARER) :].strip()):
            return found
        raise ProblemError(
            401,
            "The token isn’t one of the provider’s, isn’t meant for this, or has run out.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    return _of_cookie(headers.get("cookie", "")) or _NOBODY


def draw() -> None:
    """Put the way in, or the way out, on the page."""
    if not is_set_up():
        return
    claims = st.user.to_dict()
    one = _of_claims(claims)
    if one is not None:
        st.button(
            _("Sign out"),
            icon=":material/logout:",
            type="tertiary",
            key="sign-out",
            on_click=_end,
            args=(claims,),
        )
        return
    if claims.get("is_logged_in"):
        st.caption(_("Your sign-in has run out."), width="content")
    for name in _providers():
        st.button(
            _("Sign in") if name == "default" else _("Sign in with {name}", name=name),
            icon=":material/login:",
            type="tertiary",
            key=f"sign-in-{name}",
            on_click=st.login,
            args=() if name == "default" else (name,),
        )


# --- what ended before its time ------------------------------------------------------------------

_ended: dict[tuple[object, ...], float] = {}
_ending = Lock()


def _end(claims: Mapping[str, Any]) -> None:
    """Sign out; a callback. The cookie is taken back, and a copy of it counts no more here."""
    with _ending:
        for key in [key for key, until in _ended.items() if until < time()]:
            del _ended[key]
        _ended[_key(claims)] = float(claims["exp"])
    st.logout()


def _key(claims: Mapping[str, Any]) -> tuple[object, ...]:
    return claims.get("iss"), claims.get("sub"), claims.get("iat")


# --- from a cookie, or a token, to a reader ------------------------------------------------------


def _of_claims(claims: Mapping[str, Any]) -> Reader | None:
    """Whom claims tell of that Streamlit took from the provider; None where they don't hold."""
    provider = _providers().get(str(claims.get("provider", "")))
    if not claims.get("is_logged_in") or provider is None or _key(claims) in _ended:
        return None
    return signed_in(claims, _roles(), provider.issuer, provider.audiences[:1], time())


def _of_cookie(cookies: str) -> Reader | None:
    by_name = cookie_parser(cookies)

    def signed(name: str) -> bytes | None:
        return decode_signed_value(get_cookie_secret(), name, by_name.get(name, ""))

    found = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    try:
        claims = json.loads(found or b"{}")
    except ValueError:
        return None
    return _of_claims(claims) if isinstance(claims, dict) else None


def _of_token(token: str) -> Reader | None:
    for provider in _providers().values():
        claims = provider.claims(token)
        if claims is not None and _key(claims) not in _ended:
            return signed_in(claims, _roles(), provider.issuer, provider.audiences, time())
    return None


# --- what the secrets say ------------------------------------------------------------------------


def _section(name: str) -> Mapping[str, Any]:
    if not st.secrets.load_if_toml_exists():
        return {}
    found = st.secrets.get(name, {})
    return dict(found) if isinstance(found, Mapping) else {}


def _roles() -> Roles:
    """Raises UsageError where they can't be meant."""
    said = {key: value for key, value in _section("leapdash").items() if key != "audiences"}
    return roles_from(said)


def _providers() -> Mapping[str, Provider]:
    """Every provider of the secrets by its name, `default` for the one without."""
    auth = _section("auth")
    sections = {name: one for name, one in auth.items() if isinstance(one, Mapping)}
    if all(auth.get(name) for name in _PROVIDER):
        sections = {"default": auth, **sections}
    audiences = _section("leapdash").get("audiences", [])
    return {
        name: _provider(*(str(one[key]) for key in _PROVIDER), *map(str, audiences))
        for name, one in sections.items()
        if all(one.get(key) for key in _PROVIDER)
    }


@cache
def _provider(client_id: str, metadata: str, *audiences: str) -> Provider:
    return Provider(metadata, (client_id, *audiences))
