"""What all tests share: Hypothesis profiles, the releases they look at, and where the real public
files are. The releases and what is read from them don't change, so each stands for a whole run.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from leapdash.release import Release, open_release
from leapdash.show import views
from leapdash.show.dashboard.store import KeptRelease
from leapdash.show.effects.arrays import CohortData, cohort_data
from leapdash.show.effects.studies import EffectStudy
from leapdash.show.filters import Filters, Known
from tests.lib.paths import DEMO
from tests.lib.small_release import make

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


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The small made-up state, in a store of its own."""
    return make(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def known(release: Release) -> Known:
    """What can be chosen in the small state."""
    return views.known_in(release)


@pytest.fixture(scope="session")
def cohorts(release: Release) -> CohortData:
    """The small state's effects, by cohort."""
    return cohort_data(release)


@pytest.fixture(scope="session")
def study(cohorts: CohortData, known: Known) -> EffectStudy:
    """The effect on all visited students of the small state."""
    return views.effect_on(cohorts, known, Filters())


@pytest.fixture(scope="session")
def demo_release() -> Release:
    """The committed demonstration release."""
    opened = open_release(DEMO)
    return KeptRelease(opened.folder, opened.manifest)


@pytest.fixture(scope="session")
def demo_known(demo_release: Release) -> Known:
    """What can be chosen in the demonstration release."""
    return views.known_in(demo_release)


@pytest.fixture(scope="session")
def demo_cohorts(demo_release: Release) -> CohortData:
    """The demonstration release's effects, by cohort."""
    return cohort_data(demo_release)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public files; the test is skipped where there is none."""
    folder = os.environ.get("LEAPDASH_REAL_DATA")
    if not folder:
        pytest.skip("LEAPDASH_REAL_DATA names no folder with the state's public files")
    return Path(folder)
