"""Signing in and out in a browser, at an OpenID provider that runs beside the tests."""

import re
from time import time

import pytest
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from leapdash.build.disclosure.cut import publish_every_district
from tests.lib.browser import server, settle, visit
from tests.lib.sign_in import (
    COMMISSIONER,
    OF_AVON,
    claims_of,
    cookie_of,
    provider,
    token_of,
    write_secrets,
)
from tests.lib.small_release import AVON, HARTFORD, make

RELEASE = "/api/v1/release"
NOTHING = "There is no release to show"


@pytest.fixture(scope="module")
def at():
    with provider() as address:
        yield address


@pytest.fixture(scope="module")
def guarded(at, tmp_path_factory):
    """The address of a dashboard of recorded data, whose readers sign in."""
    folder = tmp_path_factory.mktemp("guarded")
    make(folder / "whole", synthetic=False)
    publish_every_district(folder / "whole", str(folder / "districts"))
    secrets = write_secrets(folder / "secrets.toml", at, "http://127.0.0.1:{port}/oauth2callback")
    options = {
        "LEAPDASH_STORE": str(folder / "whole"),
        "LEAPDASH_DISTRICT_STORES": str(folder / "districts"),
    }
    with server("app.py", f"--secrets.files={secrets}", **options) as running:
        yield running.address


@pytest.fixture
def reader(browser):
    """A browser's window of its own, without cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def text(page):
    return page.locator('[data-testid="stApp"]').inner_text()


def sign_in(page, address, subject):
    visit(page, f"{address}/trends")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.wait_for_url(re.compile(re.escape(address)))
    page.get_by_role("button", name="Sign out").wait_for()
    settle(page)


def with_cookie(page, address, cookie):
    name, value = cookie.split("=", 1)
    page.context.add_cookies([{"name": name, "value": value, "url": address}])


def test_a_leader_signs_in_sees_one_district_and_signs_out(reader, guarded):
    visit(reader, f"{guarded}/trends?districts=Hartford")
    assert NOTHING in text(reader)
    assert "Hartford" not in reader.content()
    assert reader.request.get(guarded + RELEASE).status == 403

    sign_in(reader, guarded, OF_AVON)
    assert NOTHING in text(reader), "the start page is about the state, which isn't published"
    visit(reader, f"{guarded}/trends?districts=Hartford")
    assert "Avon" in text(reader)
    assert "isn’t there to choose" in text(reader)
    assert not {"Hartford", HARTFORD} & set(re.findall(r"\w+", reader.content()))
    held = reader.request.get(guarded + RELEASE)
    assert (held.status, held.json()["tier"]) == (200, "district")
    assert reader.request.get(f"{guarded}/api/v1/answers/trends?districts={HARTFORD}").status == 400
    kept = reader.context.cookies()

    reader.get_by_role("button", name="Sign out").click()
    reader.wait_for_url(lambda url: not url.startswith(f"{guarded}/trends"))
    assert reader.request.get(guarded + RELEASE).status == 403
    visit(reader, f"{guarded}/trends")
    assert NOTHING in text(reader)
    # Who kept the cookies and brings them again is somebody who signed out.
    reader.context.clear_cookies()
    reader.context.add_cookies(kept)
    assert USER_COOKIE_NAME in {cookie["name"] for cookie in kept}
    assert reader.request.get(guarded + RELEASE).status == 403
    visit(reader, f"{guarded}/trends")
    assert NOTHING in text(reader)


def test_a_commissioner_signs_in_and_sees_everything(reader, guarded):
    sign_in(reader, guarded, COMMISSIONER)
    visit(reader, f"{guarded}/trends")
    assert "Recorded data" in text(reader)
    assert reader.request.get(guarded + RELEASE).json()["tier"] == "restricted"


def test_who_has_no_role_of_ours_signs_in_to_what_everyone_sees(reader, guarded):
    sign_in(reader, guarded, "stranger")
    visit(reader, f"{guarded}/trends")
    assert NOTHING in text(reader)
    assert reader.request.get(guarded + RELEASE).status == 403


@pytest.mark.parametrize("how", ["run out", "tampered with", "of another secret"])
def test_a_page_opened_with_a_cookie_that_does_not_hold_shows_nothing(reader, guarded, at, how):
    claims = claims_of(token_of(at, COMMISSIONER))
    good = cookie_of(claims, origin=guarded)
    cookie = {
        "run out": cookie_of(claims, origin=guarded, exp=time() - 1),
        "tampered with": good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB"),
        "of another secret": cookie_of(claims, "some other secret of the tests", origin=guarded),
    }[how]
    with_cookie(reader, guarded, cookie)
    visit(reader, f"{guarded}/district")
    assert NOTHING in text(reader)
    assert not {"Hartford", "Avon", HARTFORD, AVON} & set(re.findall(r"\w+", reader.content()))
    assert ("Your sign-in has run out" in text(reader)) == (how == "run out")
    # The same cookie, whole, does open it: it is the fault that is refused.
    with_cookie(reader, guarded, good)
    visit(reader, f"{guarded}/district")
    assert "Recorded data" in text(reader)
