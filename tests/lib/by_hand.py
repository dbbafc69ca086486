"""Sums in plain Python over a release's rows: what the views are held against."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from leapdash.contract import cohort_periods_of, months_of
from leapdash.release import Release
from leapdash.show.filters import ALL_STUDENTS, Filters, Known, labels

Row = Mapping[str, Any]


def rows_of(release: Release, table: str) -> list[Row]:
    """Every row of one table as a dictionary."""
    return release.table(table).to_pylist()


def total(rows: Collection[Row], measure: str) -> float:
    """One measure added up; nothing where it is empty."""
    return sum(row[measure] or 0 for row in rows)


def rate(rows: Collection[Row], part: str, whole: str) -> float | None:
    """Sum over sum; None where the whole is zero."""
    return total(rows, part) / total(rows, whole) if total(rows, whole) else None


def keeps(filters: Filters, known: Known) -> Callable[[Row], bool]:
    """Whether a row is in the choice, by whatever of the filtered columns it has."""
    wanted_districts = {c for item in filters.districts for c in known.codes(item)}
    wanted_months = set(months_of(filters.years))
    wanted_periods = set(cohort_periods_of(filters.years))

    def keep(row: Row) -> bool:
        if wanted_districts and row["district_code"] not in wanted_districts:
            return False
        if filters.levels and row["level"] not in filters.levels:
            return False
        chosen = filters.participation
        if "participation" in row and chosen and row["participation"] not in chosen:
            return False
        if "group" in row and row["group"] != filters.group:
            return False
        if not filters.years:
            return True
        if "school_year" in row:
            return row["school_year"] in filters.years
        if "cohort_period" in row:
            return row["cohort_period"] in wanted_periods
        return row["month"] in wanted_months

    return keep


def address_of(filters: Filters, known: Known) -> dict[str, list[str]]:
    """The part of an address that stands for the filters, in the words a reader sees."""
    chosen = {
        "districts": filters.districts,
        "levels": filters.levels,
        "participation": filters.participation,
        "years": filters.years,
        "group": () if filters.group == ALL_STUDENTS else (filters.group,),
    }
    return {
        name: [labels(name, known)[value] for value in values]
        for name, values in chosen.items()
        if values
    }
