"""What tests of the pages share."""

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from leapdash.release import Release
from leapdash.show.on_show import STORE_VARIABLE
from tests.lib.endpoint import API, client


@pytest.fixture
def on_show(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dashboard shows the small release."""
    monkeypatch.setenv(STORE_VARIABLE, str(release.path.parents[1]))


@pytest.fixture(scope="session", autouse=True)
def installed_packages_looked_through_once() -> Iterator[None]:
    """Streamlit looks for components in every installed package whenever an app is opened in a
    test, which takes longer than most pages do; what it found once stands.
    """
    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="module")
def asks():
    """Asks the data endpoint about the release on show."""
    with client() as one:
        yield one


@pytest.fixture
def get(asks):
    """The answer to a GET that must succeed, as JSON."""

    def of(path, **query):
        response = asks.get(f"{API}{path}", params=query)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/json"
        return response.json()

    return of


@pytest.fixture
def refused(asks):
    """The problem that a GET must meet, by its address."""

    def of(status, address):
        response = asks.get(address)
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["cache-control"] == "no-store"
        problem = response.json()
        assert problem["status"] == status
        assert problem["type"] == "about:blank"
        return problem

    return of
