"""Every input and summary table: columns, types, codes, units, keys and meanings, as plain data.

This is the one place where a table is defined. Validation, `docs/data-dictionary.md` and a
release's `datapackage.json` are made from it. Numbers that decide something stand in
`contract.thresholds`. It imports nothing else of leapdash.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from leapdash.contract.codes import (
    ALL,
    ALL_LEVELS,
    ALL_SCHOOLS,
    BALANCE,
    CHECKS,
    CHRONIC,
    CODE_PATTERN,
    CONTACTS,
    CONTRACT_VERSION,
    EFFECT_GROUPS,
    FEW_VISITED_SCHOOLS,
    FOLLOWED,
    GENDERS,
    GEOGRAPHIES,
    GRADES,
    GROUPS,
    LANGUAGES,
    LEAP,
    LEFT_OUT,
    LEVEL_OF_GRADE,
    LEVELS,
    MANY_VISITED_SCHOOLS,
    MATRICES,
    MEALS,
    NEEDS,
    NOT_IN_GROUPS,
    OTHER,
    PARTICIPATION,
    PLACES,
    PUBLISHED,
    RACES,
    SHARES_VISITED,
    SLICES,
    STATE_CODE,
    STATUSES,
    TO_JUNE,
    VISIT_COUNTS,
    VISIT_KINDS,
    VISITORS,
)
from leapdash.contract.columns import SPREAD
from leapdash.contract.inputs import (
    INPUT_TABLES,
)
from leapdash.contract.model import (
    CodesBy,
    Column,
    ColumnType,
    Reference,
    Table,
    Tier,
)
from leapdash.contract.public import PUBLIC_TABLES
from leapdash.contract.school_year import (
    FIRST_MONTH_OF_SCHOOL_YEAR,
    begins_in,
    cohort_periods_of,
    months_of,
    order_in_time,
    school_year_of,
)
from leapdash.contract.summaries import (
    FIRST_VISITS,
    SUMMARY_TABLES,
    WAITING,
)
from leapdash.contract.thresholds import (
    BASE_EVENT_TIME,
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    ELIGIBLE_WINDOW_MONTHS,
    EVENT_TIMES,
    HEADLINES,
    MONTHS_AFTER,
    MONTHS_BEFORE,
    RULES,
)

__all__ = [
    "ALL",
    "ALL_LEVELS",
    "ALL_SCHOOLS",
    "BALANCE",
    "BASE_EVENT_TIME",
    "CHECKS",
    "CHRONIC",
    "CHRONIC_MINIMUM_DAYS",
    "CHRONIC_SHARE_ABSENT",
    "CODE_PATTERN",
    "CONTACTS",
    "CONTRACT_VERSION",
    "EFFECT_GROUPS",
    "ELIGIBLE_WINDOW_MONTHS",
    "EVENT_TIMES",
    "FEW_VISITED_SCHOOLS",
    "FIRST_MONTH_OF_SCHOOL_YEAR",
    "FIRST_VISITS",
    "FOLLOWED",
    "GENDERS",
    "GEOGRAPHIES",
    "GRADES",
    "GROUPS",
    "HEADLINES",
    "INPUT_TABLES",
    "LANGUAGES",
    "LEAP",
    "LEFT_OUT",
    "LEVELS",
    "LEVEL_OF_GRADE",
    "MANY_VISITED_SCHOOLS",
    "MATRICES",
    "MEALS",
    "MONTHS_AFTER",
    "MONTHS_BEFORE",
    "NEEDS",
    "NOT_IN_GROUPS",
    "OTHER",
    "PARTICIPATION",
    "PLACES",
    "PUBLIC_TABLES",
    "PUBLISHED",
    "RACES",
    "RULES",
    "SHARES_VISITED",
    "SLICES",
    "SPREAD",
    "STATE_CODE",
    "STATUSES",
    "SUMMARY_TABLES",
    "TO_JUNE",
    "VISITORS",
    "VISIT_COUNTS",
    "VISIT_KINDS",
    "WAITING",
    "CodesBy",
    "Column",
    "ColumnType",
    "Reference",
    "ReleaseTier",
    "Table",
    "Tier",
    "begins_in",
    "cohort_periods_of",
    "input_table",
    "months_of",
    "order_in_time",
    "school_year_of",
    "summary_table",
    "tables_of",
]


def input_table(name: str) -> Table:
    """The input table of that name; KeyError where there is none."""
    return {table.name: table for table in INPUT_TABLES}[name]


def summary_table(name: str) -> Table:
    """The summary table of that name; KeyError where there is none."""
    return {table.name: table for table in SUMMARY_TABLES}[name]


ReleaseTier = Literal["restricted", "district", "public"]
"""For whom a release is: `restricted` for the state, `district` one district's part of it."""


def tables_of(tier: ReleaseTier) -> Mapping[str, Table]:
    """The tables a release of that tier may hold, by name; KeyError where there is no such tier."""
    tables = PUBLIC_TABLES if tier == "public" else SUMMARY_TABLES
    if tier not in get_args(ReleaseTier):
        raise KeyError(tier)
    return {table.name: table for table in tables}
