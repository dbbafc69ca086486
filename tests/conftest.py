"""What all tests share: Hypothesis profiles, and where the real public files are."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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
def real_data() -> Path:
    """The folder of real public files; the test is skipped where there is none."""
    folder = os.environ.get("LEAPDASH_REAL_DATA")
    if not folder:
        pytest.skip("LEAPDASH_REAL_DATA names no folder with the state's public files")
    return Path(folder)
