"""What `inspect` takes headings, titles and names of files for."""

import pytest

from leapdash.build.sources.exports.headings import Header
from leapdash.build.sources.exports.inspect.tables import year_said
from leapdash.build.sources.exports.sheet import GridSheet


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
