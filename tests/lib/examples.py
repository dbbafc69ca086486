"""How many random examples a test tries: few in every run, many in `make verify`."""

import os

from hypothesis import Phase, settings

FULL = os.environ.get("HYPOTHESIS_PROFILE") == "full"


def of(usual: int, full: int) -> int:
    """The number of examples of this run."""
    return full if FULL else usual


def slow(usual: int, full: int) -> settings:
    """Settings of a Hypothesis test whose examples take seconds each; none is made smaller."""
    return settings(max_examples=of(usual, full), phases=[Phase.explicit, Phase.generate])
