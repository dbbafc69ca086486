"""What exports could be misread for is asked about by `inspect`, and refused or told by a build."""

from collections import Counter
from datetime import date
from zipfile import ZipFile

import openpyxl
import pytest
from xlsxwriter import Workbook

from leapdash.build.sources.exports.inspect.report import inspect_files
from leapdash.errors import InputError
from tests.lib.district_files import (
    MET,
    SCHOOL_DAYS,
    STUDENTS,
    VISIT_COLUMNS,
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


def write_months(folder, head, row_of, name="attendance 2021-22.csv"):
    """A file with months side by side; `row_of` says what stands in a student's cells."""
    rows = [(f"S{n}", school_of(n), *row_of(n)) for n in range(STUDENTS)]
    write_rows(folder / name, ("Student ID", "School Code", *head), rows)


def test_with_the_same_days_for_all_a_blank_cell_is_a_row(tmp_path):
    folder = write_district(tmp_path / "x")
    write_months(folder, ("Sep Absent", "Oct Absent"), lambda n: ("" if n % 4 else 5, 2))
    text = inspected(folder)
    assert "days_enrolled = 20" not in text
    assert '# "09" = { days_enrolled = "…", days_absent = "Sep Absent" }' in text
    text = text.replace('# "', '"').replace('days_enrolled = "…"', "days_enrolled = 20")
    refused = read(folder, text).problems
    assert "row 3, column Sep Absent: empty.\nExpected a number of days absent." in refused
    place = 'for "09" under [table.months]: days_absent = { from = "Sep Absent", empty = "0" }.'
    assert place in refused
    said = text.replace('"Sep Absent"', '{ from = "Sep Absent", empty = "0" }')
    found = read(folder, said)
    assert found.problems == ""
    assert sum(row["month"] == "2021-09-01" for row in found.rows) == STUDENTS
    attended = Counter(row["days_attended"] for row in found.rows if row["month"] == "2021-09-01")
    assert attended == {"15": 5, "20": 15}


def test_blank_cells_in_months_with_days_enrolled_are_asked_about(tmp_path):
    folder = write_district(tmp_path / "x")
    head = ("Sep-21 Enrolled", "Sep-21 Absent", "Oct-21 Enrolled", "Oct-21 Absent")
    write_months(
        folder, head, lambda n: ("", "", 20, 1) if n == 0 else (20, 1, 20, "" if n % 2 else 1)
    )
    text = inspected(folder)
    assert "ASK 10 cells of Oct-21 Absent are empty in months with days enrolled" in text
    assert "cells of Sep-21 Absent" not in text
    refused = read(folder, text).problems
    assert "column Oct-21 Enrolled, Oct-21 Absent: empty.\n" in refused
    assert " and '" not in refused
    said = text.replace('"Oct-21 Absent" }', '{ from = "Oct-21 Absent", empty = "0" } }')
    found = read(folder, said)
    assert found.problems == ""
    assert len(found.rows) == 2 * STUDENTS - 1
    assert "attendance 2021-22.csv: 1 month of students passed over as blank" in found.notes


def test_a_formula_without_a_stored_result_is_refused_with_its_place(tmp_path):
    folder = write_district(tmp_path / "x")
    book = openpyxl.Workbook()
    book.active.title = "Days"
    book.active.append(["Student ID", "School Code", "Month", "Days Enrolled", "Days Absent"])
    for n in range(STUDENTS):
        absent = "=1+1" if n % 3 == 0 else 0
        book.active.append([f"S{n}", school_of(n), "2021-09", 20, absent, None, "=unused"])
    book.save(folder / "attendance.xlsx")
    text = inspected(folder)
    assert 'less = "Days Absent"' in text
    refused = read(folder, text).problems
    assert "attendance.xlsx, sheet Days, row 2, column Days Enrolled, Days Absent:" in refused
    assert "a formula without a stored result. 7 rows like this" in refused
    assert "Open the workbook in Excel and save it." in refused
    (said,) = (
        line for line in inspect_files([folder], tmp_path / "new.toml") if "7 formulas" in line
    )
    assert "without a stored result (Days Absent" in said


def test_formulas_with_results_are_read_even_those_that_say_nothing(tmp_path):
    folder = write_district(tmp_path / "x")
    with Workbook(folder / "attendance.xlsx") as book:
        sheet = book.add_worksheet("Days")
        head = ("Student ID", "School Code", "Month", "Days Enrolled", "Days Absent")
        sheet.write_row(0, 0, head)
        for n in range(STUDENTS):
            sheet.write_row(n + 1, 0, (f"S{n}", school_of(n), "2021-09", 20))
            sheet.write_formula(n + 1, 4, '=IF(1,"",0)', value="none" if n % 2 else 3)
    with ZipFile(folder / "attendance.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with ZipFile(folder / "attendance.xlsx", "w") as book:
        for name, data in parts.items():
            book.writestr(name, data.replace(b"<v>none</v>", b"<v></v>"))
    text = inspected(folder).replace('less = "Days Absent"', 'less = "Days Absent", empty = "0"')
    found = read(folder, text)
    assert found.problems == ""
    assert [row["days_attended"] for row in found.rows[:2]] == ["17", "20"]


def test_a_file_of_absences_and_tardies_alone_is_refused(tmp_path):
    def exception(student, day):
        kind = (student * 7 + day * 3) % 20
        return "A" if kind == 0 else "T" if kind < 3 else None

    folder = write_district(tmp_path / "x")
    write_days(folder, "Att Code", exception)
    text = inspected(folder).replace('# "T" = ""', '"T" = "1"')
    text = text.replace('# "A" = ""', '"A" = "0"')
    refused = read(folder, text).problems
    assert "half of the students have rows for no more than" in refused
    assert "be absences and tardies alone. Export the days of membership too" in refused


def test_a_student_who_came_late_is_no_sign_of_missing_days(tmp_path):
    folder = write_district(tmp_path / "x")
    write_days(folder, "Present", lambda n, day: 1 if n % 3 or day > 39 else None)
    assert read(folder, inspected(folder)).problems == ""


def write_monthly(folder, head=("Membership Days", "Days Absent"), cells=(20, 1)):
    """A file by month, the same for all."""
    rows = [(f"S{n}", school_of(n), "2021-10", *cells) for n in range(STUDENTS)]
    write_rows(folder / "attendance.csv", ("Student ID", "School Code", "Month", *head), rows)


@pytest.mark.parametrize("as_workbook", [True, False], ids=["workbook", "text"])
def test_real_dates_beside_dates_in_figures_are_asked_about_and_refused(as_workbook, tmp_path):
    folder = write_district(tmp_path / "x")
    write_monthly(folder)
    dates = ["13/10/2021", date(2021, 9, 10)] * 4
    rows = [(f"S{n}", day, *MET) for n, day in enumerate(dates)]
    if as_workbook:
        (folder / "visits.csv").unlink()
        book = openpyxl.Workbook()
        for row in (VISIT_COLUMNS, *rows):
            book.active.append(row)
        book.save(folder / "visits.xlsx")
    else:
        write_rows(folder / "visits.csv", VISIT_COLUMNS, rows)
    text = inspected(folder)
    assert "ASK real dates beside dates in figures" in text
    refused = read(folder, text).problems
    assert "column Visit Date: real dates, or dates that begin with the year, beside" in refused
    said = text.replace('date = "d/m/y"', 'date = "d/m/y", mixed = "right"')
    assert read(folder, said).problems == ""


def test_a_visit_in_two_files_is_refused_unless_it_is_to_count_once(tmp_path):
    folder = write_district(tmp_path / "x")
    write_monthly(folder)
    rows = [(f"S{n}", "2021-10-13", *MET) for n in (6, 7, 9, 9)]
    write_rows(folder / "visits2.csv", VISIT_COLUMNS, rows)
    text = inspected(folder)
    found = read(folder, text)
    assert "visits: 2 rows say the same as one of another file or sheet (visits2.csv, row 2; " in (
        found.problems
    )
    assert "Write distinct = true in its [[table]]" in found.problems
    assert "visits: 1 row says the same as one above, and counts too" in found.notes
    once = text.replace('name = "visits"', 'name = "visits"\ndistinct = true')
    assert read(folder, once).problems == ""
