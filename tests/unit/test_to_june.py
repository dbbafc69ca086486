"""Chronic absence from the visit to June where the data end before it."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from leapdash.build.effects.by_area import _due, _observed
from leapdash.build.effects.to_june import absence_to_june, last_months
from leapdash.engines import Workspace, open_engine
from leapdash.estimator.numbering import Numbering

MONTHS = (
    *((date(2021, 9, 1), 2021), (date(2022, 5, 1), 2021)),
    *((date(2022, 9, 1), 2022), (date(2022, 10, 1), 2022)),
)


def panel(space, months):
    """As much of a panel as looks at months: two to a school year."""
    table = pa.table(
        {
            "month": pa.array([month for month, _ in months], pa.date32()),
            "year": pa.array([year for _, year in months], pa.int16()),
            "month_no": pa.array(range(len(months)), pa.int16()),
        }
    )
    return SimpleNamespace(months=space.put(table))


@pytest.mark.parametrize(
    ("months", "ends"),
    [
        # A year with another after it is over, whatever its last month.
        (MONTHS, (1, 1, None, None)),
        ((*MONTHS[:3], (date(2023, 6, 1), 2022)), (1, 1, 3, 3)),
        (MONTHS[2:], (None, None)),
    ],
)
def test_a_last_school_year_that_ends_before_june_is_not_over(months, ends):
    with open_engine(threads=1) as engine, Workspace(engine) as space:
        assert last_months(space, panel(space, months)) == ends


def test_days_count_from_the_month_to_the_end_of_its_own_school_year():
    # Half-days: none absent in month 0, all in month 1; a tenth in month 2; too few in month 3.
    days = {"t": [0, 1, 2, 3], "enrolled": [30, 10, 40, 10], "absent": [0, 10, 4, 0]}
    with open_engine(threads=1) as engine, Workspace(engine) as space:
        rows = pa.table({"unit": [7] * 4, **{k: pa.array(v, pa.int16()) for k, v in days.items()}})
        made = SimpleNamespace(months=space.put(rows))
        found = space.frame(absence_to_june(made, panel(space, MONTHS)).order_by("t"))
    # 10 of 40 and 10 of 10, the latter under ten days; 4 of 50 and 0 of 10.
    np.testing.assert_array_equal(found["y"], [1, np.nan, 0, np.nan])
    np.testing.assert_array_equal(found["whole_year"], [1, 1, 0, 0])


def estimate(until):
    """Trials of months 0 to 3: one visited and, in each, unvisited students with odds of 1."""
    numbering = Numbering.of(1, 4, 1, (0,))
    cells = pd.DataFrame({"cell": [0, 2], "e": [0, 0], "odds": [2.0, 1.0]})
    return SimpleNamespace(numbering=numbering, until=until, cells=cells)


def test_only_those_are_due_whose_school_year_is_over():
    begun = pd.DataFrame(
        {"trial": range(4), "g": range(4), "visited": True, "part": 0, "first": range(4)}
    )
    begun["units"] = [1, 2, 4, 8]
    assert _due(estimate((1, 1, None, None)), begun)["visited_due"].sum() == 3
    assert _due(estimate(None), begun)["visited_due"].sum() == 15


def test_who_is_visited_before_the_end_is_missed_by_nobody():
    begun = pd.DataFrame(
        {
            "trial": [0, 0, 0, 2, 2],
            "g": [0, 0, 0, 2, 2],
            "visited": False,
            # Visited in the period's last month; afterwards; never.
            "first": [1, 2, None, 3, None],
            "odds": [1.0, 1.0, 2.0, 1.0, 4.0],
        }
    )
    np.testing.assert_allclose(_observed(estimate((1, 1, 3, 3)), begun), [2 / 3, 1 / 4])
