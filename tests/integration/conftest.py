"""What tests of the pages share."""

import pytest

from leapdash.release import Release
from leapdash.show.dashboard.store import STORE_VARIABLE


@pytest.fixture
def on_show(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dashboard shows the small release."""
    monkeypatch.setenv(STORE_VARIABLE, str(release.path.parents[1]))
