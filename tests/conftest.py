"""What all tests share: Hypothesis profiles, the releases they look at, and where the real public
files are. The releases and what is read from them don't change, so each stands for a whole run.
"""

import os
from collections import Counter
from collections.abc import Callable
from functools import partial
from gettext import GNUTranslations
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, settings

from leapdash.release import Release, open_release
from leapdash.show import language
from leapdash.show.choice import Choice
from leapdash.show.effects.recent import RecentStudy
from leapdash.show.effects.studies import EffectStudy
from leapdash.show.filters import Known
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import checks
from leapdash.show.views.effects import effect_on
from tests.lib.catalogue import compiled, pseudo
from tests.lib.paths import DEMO
from tests.lib.small_release import make

Chooser = Callable[..., Choice]

pytest.register_assert_rewrite("tests.lib.app")

_SLOW_EXAMPLES = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "default",
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=_SLOW_EXAMPLES,
)
settings.register_profile(
    "full", max_examples=200, deadline=None, suppress_health_check=_SLOW_EXAMPLES
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `full` what the marker `two_of_each` leaves to `make verify`."""
    tried = Counter[str]()
    for item in items:
        if item.get_closest_marker("two_of_each") and hasattr(item, "callspec"):
            name = item.nodeid.partition("[")[0]
            tried[name] += 1
            if tried[name] > 2:
                item.add_marker(pytest.mark.full)


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The small made-up state, in a store of its own."""
    return make(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def small(release: Release) -> OpenedRelease:
    """The small made-up state as the show side holds it."""
    return OpenedRelease(release)


@pytest.fixture(scope="session")
def choose(small: OpenedRelease) -> Chooser:
    """Makes a choice in the small state, of filters and a page's own controls."""
    return partial(Choice, small)


@pytest.fixture(scope="session")
def brackets() -> GNUTranslations:
    """A language of the same texts as English, each between ⟦ and ⟧."""
    return compiled(pseudo())


@pytest.fixture
def bracketed(brackets: GNUTranslations, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code of Spanish, in which every text of this test is English between ⟦ and ⟧; the rest is
    as in Spanish: months. Releases keep what they said, so a test opens one of its own.
    """
    read = language._catalogue
    monkeypatch.setitem(cast("dict[str, str]", language.LANGUAGES), "es", "Español")
    monkeypatch.setattr(
        language, "_catalogue", lambda code: brackets if code == "es" else read(code)
    )
    return "es"


@pytest.fixture(scope="session")
def known(small: OpenedRelease) -> Known:
    """What can be chosen in the small state."""
    return small.known


@pytest.fixture(scope="session")
def study(choose: Chooser) -> EffectStudy:
    """The effect on all visited students of the small state."""
    return effect_on(choose())


@pytest.fixture(scope="session")
def recent(choose: Chooser) -> RecentStudy:
    """The same with three months of history alone."""
    found = checks.recent(choose())
    assert found is not None
    return found


@pytest.fixture(scope="session")
def demo() -> OpenedRelease:
    """The committed demonstration release."""
    return OpenedRelease(open_release(DEMO))


@pytest.fixture(scope="session")
def choose_demo(demo: OpenedRelease) -> Chooser:
    """Makes a choice in the demonstration release."""
    return partial(Choice, demo)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public files; the test is skipped where there is none."""
    folder = os.environ.get("LEAPDASH_REAL_DATA")
    if not folder:
        pytest.skip("LEAPDASH_REAL_DATA names no folder with the state's public files")
    return Path(folder)
