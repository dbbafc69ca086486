"""The three school years of the demonstration: thirty school months, September to June."""

from datetime import date

import numpy as np
import numpy.typing as npt

SCHOOL_YEARS = ("2020-21", "2021-22", "2022-23")
MONTHS_PER_YEAR = 10
MONTH_COUNT = MONTHS_PER_YEAR * len(SCHOOL_YEARS)

_CALENDAR = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6)

SCHOOL_DAYS = (20, 20, 18, 16, 20, 16, 22, 16, 21, 11)
"""School days from September to June, 180 in all, as Connecticut's schools must offer (General
Statutes section 10-15); how they fall on the months is typical, and invented."""

MONTHS: tuple[date, ...] = tuple(
    date(2020 + year + (month < 9), month, 1)
    for year in range(len(SCHOOL_YEARS))
    for month in _CALENDAR
)
"""First day of each school month, in order; a month's position here is its number."""

YEAR_OF_MONTH: npt.NDArray[np.int64] = np.arange(MONTH_COUNT) // MONTHS_PER_YEAR
"""Position in SCHOOL_YEARS of each school month."""

FIRST_VISIT_MONTH = MONTHS_PER_YEAR
"""September 2021: visits of the summer 2021, the programme's first, belong to this school month."""


def is_year_start(month: int) -> bool:
    """Whether the school month is a September."""
    return month % MONTHS_PER_YEAR == 0


def summer_before(month: int) -> tuple[date, date]:
    """The two months without school before a September: July and August."""
    year = MONTHS[month].year
    return date(year, 7, 1), date(year, 8, 1)
