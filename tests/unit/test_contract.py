"""The contract: types that both engines' libraries read, school years, rules, dependent codes."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import ibis
import pyarrow as pa
import pytest

from leapdash.build.calendar import school_years, year_of_days
from leapdash.contract import (
    INPUT_TABLES,
    RULES,
    SUMMARY_TABLES,
    Column,
    ColumnType,
    begins_in,
    cohort_periods_of,
    months_of,
    order_in_time,
    school_year_of,
    thresholds,
)
from leapdash.release import arrow_type

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("type_name", get_args(ColumnType))
def test_a_type_is_the_same_in_arrow_and_in_ibis(type_name: ColumnType) -> None:
    column = Column("x", type_name, "some column")
    assert ibis.dtype(column.type_name).to_pyarrow() == arrow_type(column)


@pytest.mark.parametrize("type_name", ["text", "integer", "number", "boolean"])
def test_arrow_itself_reads_the_type_names_of_all_but_dates(type_name: ColumnType) -> None:
    column = Column("x", type_name, "some column")
    assert pa.type_for_alias(column.type_name) == arrow_type(column)


def test_a_school_year_is_july_to_june_and_its_first_visits_begin_in_the_summer_before() -> None:
    months = months_of(["2021-22"])
    assert (months[0], months[5], months[6], months[-1], len(months)) == (
        date(2021, 7, 1),
        date(2021, 12, 1),
        date(2022, 1, 1),
        date(2022, 6, 1),
        12,
    )
    assert cohort_periods_of(["2021-22"]) == ["summer 2021", "2021-22"]


def test_expressions_and_plain_python_agree_on_the_school_year_of_every_day() -> None:
    days = [date(1999, 6, 25) + timedelta(days=n) for n in range(0, 1_100, 3)]
    t = ibis.memtable({"day": days}).mutate(day=lambda t: t.day.cast("date"))
    year = year_of_days(t.day)
    found = t.select("day", year=year, school_year=school_years(year)).to_pyarrow().to_pylist()
    assert found == [
        {"day": day, "year": begins_in(day), "school_year": school_year_of(day)} for day in days
    ]


def test_cohort_periods_run_in_the_order_of_time() -> None:
    periods = ["2022-23", "summer 2022", "2021-22", "summer 2021"]
    assert sorted(periods, key=order_in_time) == periods[::-1]


def test_a_value_that_depends_on_another_is_told_for_every_code_of_the_other() -> None:
    seen = 0
    for table in SUMMARY_TABLES:
        for column in table.columns:
            if column.codes_by is not None:
                by = column.codes_by
                assert {*by.codes, *by.patterns} == set(table.column(by.column).codes or ())
                assert not set(by.codes) & set(by.patterns)
                seen += 1
    assert seen == 12


def test_every_reference_is_to_columns_there_are() -> None:
    tables = {table.name: table for table in (*INPUT_TABLES, *SUMMARY_TABLES)}
    for table in SUMMARY_TABLES:
        for reference in table.references:
            assert set(reference.found_as) <= set(tables[reference.table].column_names)
            if table not in INPUT_TABLES:
                assert set(reference.columns) <= set(table.column_names)
            if reference.where is not None:
                column, value = reference.where
                assert value in (table.column(column).codes or ())


def test_every_threshold_is_said_in_some_rule() -> None:
    words = " ".join(RULES.values())
    for name, value in vars(thresholds).items():
        if name.isupper() and name not in ("RULES", "HEADLINES"):
            for number in (value[0], value[-1]) if isinstance(value, tuple | range) else (value,):
                said = {f"{number:g}", f"{number:.0%}", f"{100 * number:g} point"}
                said |= {f"wider by {number - 1:.0%}"}
                assert any(re.search(rf"(?<![\d.-]){one}(?![\d.])", words) for one in said), name


def test_no_module_keeps_a_copy_of_a_threshold() -> None:
    """What the contract names is assigned nowhere else on either side."""
    names = {name for name in vars(thresholds) if name.isupper()}
    copies = [
        f"{path.name}: {name}"
        for folder in ("build", "show", "release")
        for path in sorted((_ROOT / "leapdash" / folder).rglob("*.py"))
        for name in re.findall(r"^_?([A-Z][A-Z_]+)\b[^=\n]*=", path.read_text("utf-8"), re.M)
        if name in names
    ]
    assert copies == []
