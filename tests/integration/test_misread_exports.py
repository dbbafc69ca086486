"""What exports could be misread for is asked about by `inspect`, and refused or told by a build."""

import pytest

from leapdash.errors import InputError
from tests.lib.district_files import (
    SCHOOL_DAYS,
    STUDENTS,
    inspected,
    read,
    school_of,
    write_district,
    write_rows,
)


def write_days(folder, heading, code_of):
    """A daily file in which `code_of` says what stands for a student's day, None for no row."""
    rows = [
        (f"S{n}", school_of(n), day.isoformat(), code)
        for n in range(STUDENTS)
        for k, day in enumerate(SCHOOL_DAYS)
        if (code := code_of(n, k)) is not None
    ]
    write_rows(folder / "attendance.csv", ("Student ID", "School Code", "Date", heading), rows)


def is_absent(student, day):
    return int((student * 7 + day * 3) % 20 == 0)


@pytest.mark.parametrize("heading", ["Absent", "Absence", "Abs", "Absence Code", "Abs Code"])
def test_days_absent_are_asked_about_and_offered_the_other_way_round(heading, tmp_path):
    folder = write_district(tmp_path / "x")
    write_days(folder, heading, is_absent)
    text = inspected(folder)
    assert f'# attended = "{heading}"' in text
    assert "ASK its name speaks of absence" in text
    with pytest.raises(InputError, match="nothing says where attended comes"):
        read(folder, text)
    found = read(folder, text.replace("# attended =", "attended ="))
    assert found.problems == ""
    absent = sum(is_absent(n, k) for n in range(STUDENTS) for k in range(len(SCHOOL_DAYS)))
    assert sum(row["attended"] == "0" for row in found.rows) == absent


def test_fewer_than_half_of_the_days_attended_stop_the_build_unless_it_is_meant(tmp_path):
    folder = write_district(tmp_path / "x")
    write_days(folder, "Present", is_absent)
    text = inspected(folder)
    assert 'attended = "Present"' in text
    assert "of 860 rows are of days attended" in read(folder, text).problems
    assert 'write "1" = "0" and "0" = "1"' in read(folder, text).problems
    meant = text.replace(
        'name = "attendance_daily"', 'name = "attendance_daily"\nmostly_absent = true'
    )
    assert read(folder, meant).problems == ""
