"""Sign-in against an OpenID provider that runs beside the tests: who is let in to what, by a token
or by the pages' cookie, and everybody else.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from time import time
from typing import Any

import pytest
import streamlit as st
from streamlit import config

from leapdash.build.disclosure.cut import publish_every_district
from leapdash.errors import UsageError
from leapdash.show.dashboard import provider as providers
from leapdash.show.dashboard import sign_in, visitor
from leapdash.show.dashboard.link import told_ahead
from leapdash.show.dashboard.provider import Provider
from leapdash.show.doors.roles import roles_from, signed_in
from tests.lib.app import opened, said
from tests.lib.endpoint import API
from tests.lib.sign_in import (
    COMMISSIONER,
    OF_AVON,
    OF_HARTFORD,
    altered,
    claims_of,
    cookie_of,
    give_roles,
    provider,
    signed_by_another,
    signed_with_public_key,
    token_of,
    unsigned,
    write_secrets,
)
from tests.lib.small_release import AVON, HARTFORD, make

Claims = dict[str, Any]
DISTRICT_PAGE, STATE_PAGE = f"{API}/answers/trends", f"{API}/answers/impact"


@pytest.fixture(scope="module")
def at():
    with provider() as address:
        yield address


@pytest.fixture(scope="module")
def past():
    """Another provider, all of whose tokens have run out when they are given."""
    with provider(timedelta(minutes=-5)) as address:
        yield address


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """Recorded data: the whole, and every district's. What is for everyone isn't there."""
    folder = tmp_path_factory.mktemp("stores")
    make(folder / "whole", synthetic=False)
    publish_every_district(folder / "whole", str(folder / "districts"))
    return folder


@pytest.fixture(autouse=True)
def guarded(at, stores, tmp_path, monkeypatch):
    monkeypatch.setenv("LEAPDASH_STORE", str(stores / "whole"))
    monkeypatch.setenv("LEAPDASH_DISTRICT_STORES", str(stores / "districts"))
    yield from using(write_secrets(tmp_path / "secrets.toml", at))


def using(file):
    """Streamlit reads its secrets from this file, and forgets them after."""
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    st.secrets._reset()
    sign_in._ended.clear()
    yield
    config.set_option("secrets.files", before)
    st.secrets._reset()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


# Ways to be somebody else, from a token of a commissioner that holds: `at`, the provider's address.
FALSE_TOKENS: dict[str, Callable[[str, str], str]] = {
    "unsigned": lambda token, at: unsigned(claims_of(token)),
    "signature cut off": lambda token, at: token.rpartition(".")[0] + ".",
    "signature of another token": lambda token, at: (
        token.rpartition(".")[0] + "." + token_of(at, OF_AVON).rpartition(".")[2]
    ),
    "key of somebody else": lambda token, at: signed_by_another(claims_of(token), "key"),
    "key of somebody else, called the provider's": lambda token, at: signed_by_another(
        claims_of(token), providers._json_at(f"{at}/jwks")["keys"][0].get("kid", "")
    ),
    "public key as a secret": lambda token, at: signed_with_public_key(at, claims_of(token)),
    "for another application": lambda token, at: token_of(at, COMMISSIONER, "another-client"),
    "role written in": lambda token, at: altered(token_of(at, "nobody"), roles=["state-education"]),
    "time written in": lambda token, at: altered(token, exp=time() + 1e6, iat=time()),
    "other person written in": lambda token, at: altered(token_of(at, OF_AVON), sub=COMMISSIONER),
    "empty": lambda token, at: "",
    "no token": lambda token, at: "x.y.z",
    "two of them": lambda token, at: f"{token} {token}",
    "long": lambda token, at: token + "A" * 100_000,
    "not text": lambda token, at: "\x00\xff",
}


@pytest.mark.parametrize("way", FALSE_TOKENS)
def test_a_token_that_does_not_hold_opens_nothing(asks, at, way):
    false = FALSE_TOKENS[way](token_of(at, COMMISSIONER), at)
    for address in (DISTRICT_PAGE, STATE_PAGE, f"{API}/release", "/openapi.json"):
        answer = asks.get(address, headers=[(b"authorization", b"Bearer " + false.encode())])
        assert answer.status_code == 401, answer.text[:300]
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert set(answer.json()) == {"type", "title", "status", "detail"}


def test_a_token_for_an_audience_that_is_named_is_taken_and_a_cookie_for_it_is_not(
    asks, at, tmp_path
):
    token = token_of(at, COMMISSIONER, "tools")
    assert asks.get(STATE_PAGE, headers=bearer(token)).status_code == 401
    for _ in using(write_secrets(tmp_path / "tools.toml", at, audiences=["tools"])):
        assert asks.get(STATE_PAGE, headers=bearer(token)).status_code == 200
        assert cookied(asks, cookie_of(claims_of(token))).status_code == 403


def test_a_token_of_another_provider_opens_nothing(asks, past):
    """The other provider runs as well and says that somebody of that name is a commissioner."""
    with provider() as other:
        assert (
            asks.get(STATE_PAGE, headers=bearer(token_of(other, COMMISSIONER))).status_code == 401
        )


def test_a_token_that_has_run_out_opens_nothing(asks, past, tmp_path):
    for _ in using(write_secrets(tmp_path / "past.toml", past)):
        token = token_of(past, COMMISSIONER)
        assert claims_of(token)["exp"] < time()
        assert asks.get(STATE_PAGE, headers=bearer(token)).status_code == 401


def test_each_role_gets_its_own_release_by_a_token(asks, at, stores):
    served = {}
    for subject in (COMMISSIONER, OF_AVON, OF_HARTFORD):
        answer = asks.get(f"{API}/release", headers=bearer(token_of(at, subject)))
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["vary"] == "Cookie, Authorization"
        served[subject] = answer.json()["tier"], answer.headers["etag"]
    assert served[COMMISSIONER][0] == "restricted"
    assert served[OF_AVON][0] == served[OF_HARTFORD][0] == "district"
    assert len({etag for _, etag in served.values()}) == 3


@pytest.mark.parametrize("subject", ["stranger", "nobody", "never heard of"])
def test_who_has_no_role_of_ours_comes_as_everyone_does(asks, at, subject):
    nothing: Mapping[str, str] = {}
    for headers in (bearer(token_of(at, subject)), nothing):
        answer = asks.get(STATE_PAGE, headers=headers)
        assert answer.status_code == 403
        assert "this reader may open public ones" in answer.json()["detail"]


def test_a_leader_gets_nothing_of_the_state_or_of_another_district(asks, at):
    own = bearer(token_of(at, OF_AVON))
    assert asks.get(DISTRICT_PAGE, headers=own).status_code == 200
    # Pages about the state are answered from what is for everyone, and here nothing is.
    assert asks.get(STATE_PAGE, headers=own).status_code == 403
    for page in ("trends", "visits", "school", "district", "groups", "before_after"):
        for other in ("Hartford", HARTFORD, "leap", "other"):
            answer = asks.get(f"{API}/answers/{page}", params={"districts": other}, headers=own)
            assert answer.status_code == 400
            assert "Hartford" not in answer.text
            assert HARTFORD not in answer.text
        text = asks.get(f"{API}/answers/{page}", headers=own).text
        assert "Hartford" not in text
        assert HARTFORD not in text


def test_nobody_is_seen_as_another_where_readers_sign_in(asks, at, monkeypatch):
    monkeypatch.setenv("LEAPDASH_SEE_AS", "commissioner")
    own = bearer(token_of(at, OF_AVON))
    nothing: Mapping[str, str] = {}
    for headers in (own, nothing):
        assert asks.get(f"{DISTRICT_PAGE}?as=commissioner", headers=headers).status_code != 200
    assert asks.get(f"{API}/release", headers=own).json()["tier"] == "district"


def test_recorded_data_are_not_served_unguarded_where_readers_sign_in(asks, monkeypatch):
    monkeypatch.setenv("LEAPDASH_UNGUARDED", "1")
    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    try:
        assert asks.get(STATE_PAGE, headers={"host": "localhost"}).status_code == 403
    finally:
        config.set_option("server.address", before)


# --- by the pages' cookie ------------------------------------------------------------------------


def cookied(asks, cookie):
    return asks.get(f"{API}/release", headers={"Cookie": cookie})


def test_the_cookie_of_who_signed_in_opens_their_release(asks, at):
    for subject, tier in ((COMMISSIONER, "restricted"), (OF_AVON, "district")):
        answer = cookied(asks, cookie_of(claims_of(token_of(at, subject))))
        assert answer.json()["tier"] == tier


FALSE_COOKIES: dict[str, Callable[[Claims], str]] = {
    "signed with another secret": lambda claims: cookie_of(claims, "another secret altogether"),
    "run out": lambda claims: cookie_of(claims, exp=time() - 1),
    "older than a sign-in may be": lambda claims: cookie_of(claims, iat=time() - 3601),
    "without a beginning": lambda claims: cookie_of(claims, iat=None),
    "without an end": lambda claims: cookie_of(claims, exp=None),
    "end in words": lambda claims: cookie_of(claims, exp="never"),
    "end infinite": lambda claims: cookie_of(claims, exp=float("inf")),
    "begun in an hour": lambda claims: cookie_of(claims, iat=time() + 3600, exp=time() + 7200),
    "holds in an hour": lambda claims: cookie_of(claims, nbf=time() + 3600),
    "another issuer": lambda claims: cookie_of(claims, iss="https://elsewhere.example"),
    "for another application": lambda claims: cookie_of(claims, aud=["another-client"]),
    "for nobody": lambda claims: cookie_of(claims, aud=[]),
    "nobody's": lambda claims: cookie_of(claims, sub=""),
    "another provider's name": lambda claims: cookie_of(claims, provider="other"),
    "signed out": lambda claims: cookie_of(claims, is_logged_in=False),
    "a letter changed": lambda claims: cookie_of(claims)[:-1] + "?",
    "under another name": lambda claims: cookie_of(claims).replace("_user=", "_user_tokens="),
    "no JSON": lambda claims: cookie_of(claims)[:40],
}


@pytest.mark.parametrize("way", FALSE_COOKIES)
def test_a_cookie_that_does_not_hold_is_as_if_there_were_none(asks, at, way):
    claims = claims_of(token_of(at, COMMISSIONER))
    assert cookied(asks, cookie_of(claims)).status_code == 200
    assert cookied(asks, FALSE_COOKIES[way](claims)).status_code == 403


def test_a_role_taken_away_is_gone_at_the_next_sign_in_which_is_within_the_hour(asks, at):
    before = claims_of(token_of(at, OF_AVON))
    give_roles(at, OF_AVON, [])
    try:
        assert cookied(asks, cookie_of(claims_of(token_of(at, OF_AVON)))).status_code == 403
        # Who had signed in before goes on until the hour is over, whatever the token says.
        before |= {"iat": time() - 3599, "exp": time() + 1e6}
        assert cookied(asks, cookie_of(before)).status_code == 200
        assert cookied(asks, cookie_of(before, iat=time() - 3600)).status_code == 403
    finally:
        give_roles(at, OF_AVON, ["avon-leaders"])


def test_a_cookie_kept_past_signing_out_counts_no_more(asks, at, monkeypatch):
    claims = claims_of(token_of(at, COMMISSIONER))
    monkeypatch.setattr(st, "logout", lambda: None)
    assert cookied(asks, cookie_of(claims)).status_code == 200
    sign_in._end(claims)
    assert cookied(asks, cookie_of(claims)).status_code == 403
    assert cookied(asks, cookie_of(claims | {"sub": OF_AVON})).status_code == 200


def test_a_token_that_does_not_hold_is_told_whatever_the_cookie(asks, at):
    cookie = cookie_of(claims_of(token_of(at, COMMISSIONER)))
    answer = asks.get(f"{API}/release", headers={"Cookie": cookie} | bearer("x.y.z"))
    assert answer.status_code == 401


def test_a_document_says_nothing_ahead_of_what_its_reader_may_not_see(at):
    def told(cookie):
        scope = {"type": "http", "headers": [(b"cookie", cookie.encode())]}
        return told_ahead(
            "/district", f"districts={HARTFORD}".encode(), partial(visitor.of_request, scope)
        )

    assert told("") == ""
    assert "Hartford" in told(cookie_of(claims_of(token_of(at, COMMISSIONER))))
    leader = told(cookie_of(claims_of(token_of(at, OF_AVON))))
    assert "Avon" in leader
    assert "Hartford" not in leader


# --- the pages, in-process -----------------------------------------------------------------------


def test_pages_offer_the_way_in_and_show_nothing_before():
    app = opened("district")
    assert "There is no release to show" in said(app)
    assert [button.label for button in app.button] == ["Sign in"]
    assert "Hartford" not in said(app)


def on_page(monkeypatch, claims):
    monkeypatch.setattr(st.user.__class__, "to_dict", lambda self: claims)
    return opened("district")


def test_pages_show_who_signed_in_their_release_and_the_way_out(at, monkeypatch):
    claims = claims_of(token_of(at, OF_AVON)) | {"is_logged_in": True, "provider": "default"}
    app = on_page(monkeypatch, claims)
    assert "Avon" in said(app)
    assert "Hartford" not in said(app)
    assert "Sign out" in [button.label for button in app.button]
    app = on_page(monkeypatch, claims | {"exp": time() - 1})
    assert "There is no release to show" in said(app)
    assert "Your sign-in has run out." in said(app)


# --- what can be set up wrongly ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"claim": ""}, "claim"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"minutes": 100_000}, "minutes"),
        ({"roles": "commissioner"}, "roles"),
        ({"roles": {"a": "admin"}}, '"a"'),
        ({"roles": {"a": "district:../x"}}, '"a"'),
        ({"rolls": {}}, "rolls"),
    ],
)
def test_roles_that_cannot_be_meant_are_told(said, what):
    with pytest.raises(UsageError, match=r"docs/doors\.md") as told:
        roles_from(said)
    assert what in str(told.value)


def test_a_provider_that_others_could_stand_in_for_is_not_asked():
    with pytest.raises(UsageError, match="isn't an address of https"):
        Provider("http://login.example/.well-known/openid-configuration", ("client",))


def test_a_provider_that_does_not_answer_lets_nobody_in(caplog):
    silent = Provider("http://127.0.0.1:9/.well-known/openid-configuration", ("client",))
    assert silent.issuer == ""
    assert silent.claims(unsigned({"sub": COMMISSIONER})) is None
    assert caplog.text.count("asking the OpenID provider") == 1


def test_a_role_within_another_claim_is_found_and_a_commissioner_is_one():
    roles = roles_from(
        {"claim": "access.roles", "roles": {"l": f"district:{AVON}", "s": "commissioner"}}
    )
    claims = {"iss": "i", "aud": "c", "sub": "s", "iat": 1, "exp": 9}

    def name(held):
        one = signed_in(claims | {"access": {"roles": held}}, roles, "i", ["c"], 5)
        assert one is not None
        return one.name

    assert name(["l"]) == f"district:{AVON}"
    assert name(["l", "s"]) == "commissioner"
    assert name("s") == "commissioner"
    assert [name(odd) for odd in ({"s": 1}, 7, None, [], ["S"])] == ["public"] * 5


def test_a_page_that_a_commissioner_opened_is_opened_for_nobody_else(at, monkeypatch):
    claims = claims_of(token_of(at, COMMISSIONER)) | {"is_logged_in": True, "provider": "default"}
    assert "Hartford" in said(on_page(monkeypatch, claims | {"is_logged_in": True}))
    assert "There is no release to show" in said(on_page(monkeypatch, {}))
