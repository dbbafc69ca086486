"""What tests of the pages share."""

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from leapdash.release import Release
from leapdash.show.on_show import STORE_VARIABLE


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
