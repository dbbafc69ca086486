"""School months and school years, as found in the attendance data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import pyarrow as pa

from leapdash.contract import FIRST_MONTH_OF_SCHOOL_YEAR, begins_in, school_year_of

_SUMMER = (7, 8)


@dataclass(frozen=True)
class Calendar:
    """The months with school (some student was enrolled for some day), in order.

    A month's position in `school_months` is its number. `other_months`: months that have rows, but
    no day enrolled in any of them.
    """

    school_months: tuple[date, ...]
    other_months: tuple[date, ...] = ()

    @property
    def first_day(self) -> date:
        """1 July of the first school year."""
        return date(begins_in(self.school_months[0]), FIRST_MONTH_OF_SCHOOL_YEAR, 1)

    @property
    def last_day(self) -> date:
        """The last day of the last school month."""
        return end_of(self.school_months[-1])

    def most_months(self) -> int:
        """The most school months any school year has."""
        return max(len(months) for months in self._years().values())

    def month_table(self) -> pa.Table:
        """The months that have attendance rows.

        month, month_end, year, bit (a power of two, another for each month of a year); month_no
        and position (in its school year, from 0), null without school.
        """
        rows: list[tuple[object, ...]] = [
            (*_month_facts(month), self.school_months.index(month), position)
            for months in self._years().values()
            for position, month in enumerate(months)
        ]
        rows += [(*_month_facts(month), None, None) for month in self.other_months]
        return _table(
            rows,
            month=pa.date32(),
            month_end=pa.date32(),
            year=pa.int16(),
            bit=pa.int32(),
            month_no=pa.int16(),
            position=pa.int16(),
        )

    def year_table(self) -> pa.Table:
        """The school years with school: year, first_month_no, months (how many)."""
        rows = [
            (year, self.school_months.index(months[0]), len(months))
            for year, months in self._years().items()
        ]
        return _table(rows, year=pa.int16(), first_month_no=pa.int16(), months=pa.int16())

    def visit_table(self) -> pa.Table:
        """The calendar months a visit can be in.

        month; month_no of that school month, or the next one where there is no school; year;
        cohort_period: `summer 2021` for a July or August without school, else the school year.
        """
        rows = []
        for month in _months_between(self.first_day, self.last_day):
            number = next(n for n, school in enumerate(self.school_months) if school >= month)
            summer = month.month in _SUMMER and month not in self.school_months
            period = f"summer {month.year}" if summer else school_year_of(month)
            rows.append((month, number, begins_in(month), period))
        return _table(
            rows, month=pa.date32(), month_no=pa.int16(), year=pa.int16(), cohort_period=pa.string()
        )

    def _years(self) -> dict[int, list[date]]:
        years: dict[int, list[date]] = {}
        for month in self.school_months:
            years.setdefault(begins_in(month), []).append(month)
        return years


def year_of_days(day: ir.DateValue) -> ir.IntegerValue:
    """The calendar years in which days' school years begin, as an expression."""
    begun = day.month() >= FIRST_MONTH_OF_SCHOOL_YEAR
    return (day.year() - 1 + begun.cast("int32")).cast("int16")


def school_years(year: ir.IntegerValue) -> ir.StringValue:
    """School years written `2021-22`, from the calendar years in which they begin."""
    second = ((year + 1) % 100).cast("string").lpad(2, "0")
    return year.cast("string") + "-" + second


def end_of(month: date) -> date:
    """The last day of a month."""
    return _next(month) - timedelta(days=1)


def _month_facts(month: date) -> tuple[date, date, int, int]:
    return month, end_of(month), begins_in(month), 1 << month.month


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _months_between(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _table(rows: Iterable[tuple[object, ...]], **types: pa.DataType) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    arrays = [pa.array(values, t) for values, t in zip(columns, types.values(), strict=True)]
    return pa.table(arrays, names=list(types))
