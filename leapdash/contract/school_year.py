"""School years: which a day belongs to, and the months and cohort periods each has."""

from collections.abc import Iterable
from datetime import date

FIRST_MONTH_OF_SCHOOL_YEAR = 7


def begins_in(day: date) -> int:
    """The calendar year in which a day's school year begins."""
    return day.year if day.month >= FIRST_MONTH_OF_SCHOOL_YEAR else day.year - 1


def school_year_of(day: date) -> str:
    """The school year a day belongs to, July to June, written `2021-22`."""
    start = begins_in(day)
    return f"{start}-{(start + 1) % 100:02d}"


def months_of(years: Iterable[str]) -> list[date]:
    """The twelve months (first days) of each school year, July to June."""
    months = []
    for year in years:
        start = int(year[:4])
        for offset in range(12):
            month = FIRST_MONTH_OF_SCHOOL_YEAR + offset
            months.append(date(start + (month > 12), (month - 1) % 12 + 1, 1))
    return months


def cohort_periods_of(years: Iterable[str]) -> list[str]:
    """The cohort periods of each school year: the summer before it, and the year itself."""
    return [period for year in years for period in (f"summer {year[:4]}", year)]


def order_in_time(cohort_period: str) -> tuple[str, bool]:
    """Orders cohort periods: a summer comes before the school year it leads to."""
    name = cohort_period.removeprefix("summer ")
    return name[:4], name == cohort_period
