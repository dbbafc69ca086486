"""What unit tests of the demonstration state share."""

import pytest

from leapdash.build.demo.model import State
from leapdash.build.demo.simulate import simulate


@pytest.fixture(scope="session")
def simulated() -> State:
    """A demonstration state of 20,000 students, before it is written to files."""
    return simulate(20_000, 1, lambda step: None)
