"""What `inspect` makes of usual layouts: at least nine columns in ten rightly, none wrongly."""

import tomllib
from collections import Counter
from datetime import datetime

import pytest
from xlsxwriter import Workbook

from benchmarks.layouts import all_verdicts
from leapdash.build.sources.exports.inspect.tables import layouts_of, tables_missing
from leapdash.build.sources.exports.inspect.written import mapping_text
from leapdash.build.sources.exports.mapping_file import read_mapping
from tests.lib.layouts import LAYOUTS, VALUES


def test_nine_columns_in_ten_are_recognised_and_none_wrongly():
    verdicts = all_verdicts()
    counts = Counter(v.verdict for v in verdicts)
    assert [v for v in verdicts if v.verdict == "wrong"] == []
    assert counts["right"] >= 0.9 * len(verdicts)
    assert len(LAYOUTS) >= 25


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.file)
def test_the_mapping_is_toml_and_names_no_student(layout, tmp_path):
    layouts = layouts_of([layout.write(tmp_path)])
    tables = [table for one in layouts for table in one.tables]
    text = mapping_text(tables, tables_missing(layouts))
    said = tomllib.loads(text)
    assert [table["name"] for table in said["table"]] == [table.contract.name for table in tables]
    for kind in ("id", "state id", "person", "phone"):
        assert not any(value in text for value in VALUES[kind])


def test_a_mapping_without_questions_is_read_as_it_was_written(tmp_path):
    (layout,) = (one for one in LAYOUTS if one.file == "synergy-attendance.csv")
    layouts = layouts_of([layout.write(tmp_path)])
    path = tmp_path / "mapping.toml"
    path.write_text(mapping_text(layouts[0].tables, []))
    (table,) = read_mapping(path).tables
    assert table.columns["days_attended"].less == "Total Days Absent"
    assert table.columns["school_code"].match == "schools"


def test_months_that_excel_took_for_days_are_months(tmp_path):
    with Workbook(tmp_path / "days.xlsx") as book:
        sheet, month = book.add_worksheet("Days"), book.add_format({"num_format": "mmm-yy"})
        sheet.merge_range(0, 2, 0, 3, "Days Enrolled")
        sheet.merge_range(0, 4, 0, 5, "Days Absent")
        sheet.write_row(1, 0, ["Student ID", "School"])
        for column in range(4):
            sheet.write_datetime(1, 2 + column, datetime(2021, 9 + column % 2, 1), month)
        for row in range(2, 5):
            sheet.write_row(row, 0, [f"{row}", "North", 20, 19, 1, 0])
    (found,) = layouts_of([tmp_path / "days.xlsx"])
    (table,) = found.tables
    assert table.header == (1, 2)
    assert table.months == {
        "2021-09": {
            "days_enrolled": "Days Enrolled 2021-09-01",
            "days_absent": "Days Absent 2021-09-01",
        },
        "2021-10": {
            "days_enrolled": "Days Enrolled 2021-10-01",
            "days_absent": "Days Absent 2021-10-01",
        },
    }


def guess_of(layout_file, column, tmp_path):
    (layout,) = (one for one in LAYOUTS if one.file == layout_file)
    (found,) = layouts_of([layout.write(tmp_path)])
    return next(c for table in found.tables for c in table.columns if c.column == column)


def test_days_and_months_that_no_value_tells_apart_are_asked_about(tmp_path):
    guess = guess_of("either-dates.csv", "visit_date", tmp_path)
    assert "date" not in guess.options
    assert guess.asks == [
        'in figures, and no value tells month and day apart: date = "m/d/y" or "d/m/y"'
    ]
    assert guess_of("home visits.csv", "visit_date", tmp_path).options == {"date": "m/d/y"}
    assert guess_of("aeries-daily.csv", "date", tmp_path).options == {"date": "d/m/y"}


def test_values_that_mean_nothing_plain_are_asked_about(tmp_path):
    assert guess_of("powerschool-students.csv", "grade", tmp_path).values == {"-1": None}
    assert guess_of("aeries-daily.csv", "attended", tmp_path).values == {
        "P": "1",
        "A": "0",
        "T": None,
        "E": None,
    }
    assert guess_of("by-hand.csv", "english_learner", tmp_path).asks == [
        '4 of 6 cells are empty: what does that mean? empty = "false"'
    ]
