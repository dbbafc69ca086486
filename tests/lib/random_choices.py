"""Random filters of the small release."""

from collections.abc import Collection

from hypothesis import strategies as st

from leapdash.contract import GROUPS, LEAP, LEVELS, OTHER, PARTICIPATION
from leapdash.show.filters import Filters
from tests.lib.small_release import DISTRICTS

YEARS = ("2020-21", "2021-22", "2022-23")


def some(values: Collection[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Any of the values, each once."""
    return st.lists(st.sampled_from(sorted(values)), unique=True).map(tuple)


FILTERS = st.builds(
    Filters,
    districts=some([*DISTRICTS, LEAP, OTHER]),
    levels=some(LEVELS),
    participation=some(PARTICIPATION),
    years=some(YEARS),
    group=st.sampled_from(sorted(GROUPS)),
)
