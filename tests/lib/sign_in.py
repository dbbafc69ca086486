"""An OpenID provider on this machine, what it says of people, and what tells of them to the app."""

import base64
import hmac
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import oidc_provider_mock
from joserfc import jws, jwt
from joserfc.jwk import RSAKey
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tests.lib.small_release import AVON, HARTFORD

CLIENT, COOKIE_SECRET = (
    "leapdash-client",
    "a secret of the tests, long enough to sign with",
)  # pragma: allowlist secret
COMMISSIONER, OF_AVON, OF_HARTFORD = "carmen", "amina", "hugo"
ROLES = {
    COMMISSIONER: ["state-education"],
    OF_AVON: ["avon-leaders", "everybody"],
    OF_HARTFORD: ["hartford-leaders"],
    "stranger": ["cook"],
    "nobody": [],
}
"""People of the provider, and the roles it says they have."""
MEANT = {"state-education": "commissioner", "avon-leaders": f"district:{AVON}"} | {
    "hartford-leaders": f"district:{HARTFORD}"
}


@contextmanager
def provider(lasting: timedelta = timedelta(minutes=30)) -> Iterator[str]:
    """A provider's address; `lasting`: how long its tokens do."""
    logging.getLogger("oidc_provider_mock").setLevel(logging.ERROR)
    with oidc_provider_mock.run_server_in_thread(access_token_max_age=lasting) as server:
        at = f"http://localhost:{server.server_port}"
        for subject, roles in ROLES.items():
            give_roles(at, subject, roles)
        yield at


def give_roles(at: str, subject: str, roles: list[str]) -> None:
    """Let the provider say that somebody has these roles, and no others."""
    answer = httpx.put(f"{at}/users/{quote(subject)}", json={"roles": roles})
    answer.raise_for_status()


def token_of(at: str, subject: str, client: str = CLIENT) -> str:
    """The token that the provider gives an application for somebody who signs in there."""
    back = "http://localhost/back"
    asked = {"client_id": client, "redirect_uri": back, "response_type": "code"}
    asked |= {"scope": "openid", "state": "s"}
    shown = httpx.post(f"{at}/oauth2/authorize", params=asked, data={"sub": subject})
    code = parse_qs(urlsplit(shown.headers["location"]).query)["code"][0]
    given = httpx.post(
        f"{at}/oauth2/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": back},
        auth=(client, "any"),
    )
    given.raise_for_status()
    return str(given.json()["id_token"])


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it."""
    found = json.loads(jws.extract_compact(token.encode()).payload)
    assert isinstance(found, dict)
    return found


def unsigned(claims: dict[str, Any]) -> str:
    """A token of algorithm `none`."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def altered(token: str, **changed: Any) -> str:
    """A token that says something else under the signature it had."""
    header, _, signature = token.split(".")
    return f"{header}.{_part(claims_of(token) | changed)}.{signature}"


def signed_by_another(claims: dict[str, Any], key_id: str) -> str:
    """A token signed with a key of somebody else, which it calls the provider's."""
    return jwt.encode({"alg": "RS256", "kid": key_id}, claims, RSAKey.generate_key(2048))


def signed_with_public_key(at: str, claims: dict[str, Any]) -> str:
    """A token signed with the provider's public key as if it were a shared secret."""
    key = httpx.get(f"{at}/jwks").json()["keys"][0]
    header = {"alg": "HS256", "kid": key["kid"]}
    signed = f"{_part(header)}.{_part(claims)}"
    public = RSAKey.import_key(key).as_pem(private=False)
    return f"{signed}.{_base64(hmac.digest(public, signed.encode(), 'sha256'))}"


def cookie_of(claims: dict[str, Any], secret: str = COOKIE_SECRET, **changed: Any) -> str:
    """The cookie that Streamlit writes for who signed in, in a header."""
    said = claims | {"is_logged_in": True, "provider": "default", "origin": "http://x"} | changed
    value = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(said)).decode()
    return f"{USER_COOKIE_NAME}={value}"


def write_secrets(
    file: Path,
    at: str,
    back: str = "http://localhost:{port}/oauth2callback",
    minutes: int = 60,
    audiences: Sequence[str] = (),
) -> Path:
    """Streamlit's secrets, with a provider and the roles that see something."""
    roles = "\n".join(f'"{role}" = "{name}"' for role, name in MEANT.items())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f'[auth]\nredirect_uri = "{back}"\ncookie_secret = "{COOKIE_SECRET}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "any"\n'
        f'server_metadata_url = "{at}/.well-known/openid-configuration"\n'
        f"[leapdash]\nminutes = {minutes}\naudiences = {list(audiences)}\n"
        f"[leapdash.roles]\n{roles}\n"
    )
    return file


def _part(said: dict[str, Any]) -> str:
    return _base64(json.dumps(said).encode())


def _base64(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()
