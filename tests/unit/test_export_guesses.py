"""What `inspect` takes headings, titles and names of files for."""

import pytest

from leapdash.build.sources.exports.headings import Header
from leapdash.build.sources.exports.inspect.tables import year_said
from leapdash.build.sources.exports.sheet import GridSheet
from tests.lib.district_files import STUDENTS, inspected, school_of, write_district, write_rows


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Attendance 2021-22", "2021-22"),
        ("attendance-2021-2022.csv", "2021-22"),
        ("attendance_2021_22.csv", "2021-22"),
        ("SY21-22", "2021-22"),
        ("School Year 21/22", "2021-22"),
        ("Printed 10/11/2021", ""),
        ("Printed 2010-11-05", ""),
        ("Printed 5.10.2011-12", ""),
        ("attendance_09-10.csv", ""),
        ("attendance 21-22.csv", ""),
        ("2020-21 and 2021-22", ""),
    ],
)
def test_a_school_year_is_told_from_a_date(text, year):
    def rows():
        yield 1, [text, ""]
        yield 2, ["Student ID", "Sep Absent"]

    assert year_said(GridSheet("attendance.csv", rows), Header(("a", "b"), (2,), 1)) == year
    assert year_said(GridSheet(text, rows), Header(("a", "b"), (1,), 0)) == year


def mapping_for(folder, head, row_of):
    """What `inspect` writes for a district whose attendance has these columns."""
    write_district(folder)
    rows = [(f"S{n}", school_of(n), *row_of(n)) for n in range(STUDENTS)]
    write_rows(folder / "attendance.csv", ("Student ID", "School Code", *head), rows)
    return inspected(folder)


@pytest.mark.parametrize("rates", [(1, 0.95), (1, 0.5), (1, 1)])
def test_a_rate_isn_t_taken_for_days_attended(rates, tmp_path):
    head = ("Month", "Membership Days", "Attendance")
    text = mapping_for(tmp_path / "x", head, lambda n: ("2021-09", 20, rates[n % 2]))
    assert "ASK no value is more than 1: is it a rate?" in text
    assert '# days_attended = "Attendance"' in text


def test_days_attended_are_taken_for_them(tmp_path):
    head = ("Month", "Membership Days", "Attendance")
    text = mapping_for(tmp_path / "x", head, lambda n: ("2021-09", 20, n))
    assert '\ndays_attended = "Attendance"' in text


def test_one_month_side_by_side_is_attendance_by_month(tmp_path):
    head = ("Sep Enrolled", "Sep Absent")
    text = mapping_for(tmp_path / "x", head, lambda n: (20, n % 5))
    assert '\n"09" = { days_enrolled = "Sep Enrolled", days_absent = "Sep Absent" }' in text


def test_numbers_over_1_are_no_share_of_a_day(tmp_path):
    by_name = mapping_for(tmp_path / "x", ("Date", "Status"), lambda n: ("2021-09-06", n % 3))
    assert '# "2" = ""    # ASK' in by_name
    by_words = mapping_for(tmp_path / "y", ("Date", "Attendance Sum"), lambda n: ("2021-09-06", n))
    assert 'attended = "Attendance Sum"' not in by_words
