"""Connecticut Open Data's attendance files: any year's, and as a spreadsheet leaves them."""

from datetime import date
from pathlib import Path

import pytest

from leapdash.build.sources.published.ct_open_data import GROUP_NAMES, read_attendance
from leapdash.contract import GROUPS, summary_table
from leapdash.errors import InputError

_HEADER = (
    "District code,District name,Category,Student group,2021-2022 student count - year to date,"
    "2021-2022 attendance rate - year to date,2020-2021 student count,2020-2021 attendance rate,"
    "Reporting period,Date update"
)
_STATE = "00000CT,Connecticut,,All Students,500285,0.9169,496092.0,0.9294,June 2022,2022-07-22"
_ANSONIA = (
    "0020011,Ansonia School District,High Needs,Students With High Needs,,,40.0,0.9,"
    "June 2022,2022-07-22"
)


def write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "attendance.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_attendance(path)
    return str(error.value)


def test_every_year_of_a_row_becomes_a_row(tmp_path: Path) -> None:
    table = read_attendance(write(tmp_path, _HEADER, _STATE)).rows
    same = {
        "district_code": "00000CT",
        "district_name": "Connecticut",
        "group": "all",
        "updated": date(2022, 7, 22),
        "source": "School Attendance by Student Group and District, 2021-2022",
    }
    year_to_date = {"students": 500285, "attendance_rate": 0.9169, "through": date(2022, 6, 1)}
    whole_year = {"students": 496092, "attendance_rate": 0.9294, "through": None}
    assert table.to_pylist() == [
        {"school_year": "2021-22", **same, **year_to_date},
        {"school_year": "2020-21", **same, **whole_year},
    ]
    assert table.column_names == list(summary_table("published").column_names)


def test_a_withheld_figure_is_empty_and_never_zero(tmp_path: Path) -> None:
    starred = _ANSONIA.replace("Needs,,,", "Needs,*,*,").replace("0020011", "0030011")
    table = read_attendance(write(tmp_path, _HEADER, _ANSONIA, starred)).rows
    figures = zip(table["students"].to_pylist(), table["attendance_rate"].to_pylist(), strict=True)
    assert list(figures) == [(None, None), (40, 0.9)] * 2


def test_years_and_the_last_column_may_have_other_names(tmp_path: Path) -> None:
    header = (
        _HEADER.replace("2021-2022", "2022-2023")
        .replace("2020-2021", "2021-2022")
        .replace("Date update", "Update date")
    )
    table = read_attendance(write(tmp_path, header, _STATE)).rows
    assert table["school_year"].to_pylist() == ["2022-23", "2021-22"]
    assert set(table["source"].to_pylist()) == {
        "School Attendance by Student Group and District, 2022-2023"
    }


@pytest.mark.parametrize(
    ("as_published", "as_left"),
    [
        ("0020011", "20011"),
        ("June 2022", "Jun-22"),
        ("June 2022", "2022-06"),
        ("2022-07-22", "7/22/2022"),
        ("2022-07-22", "2022-07-22T00:00:00.000"),
        ("40.0", "40"),
        (",0.9,", ",90.00%,"),
    ],
)
def test_what_a_spreadsheet_changed_is_understood(
    as_published: str, as_left: str, tmp_path: Path
) -> None:
    table = read_attendance(write(tmp_path, _HEADER, _ANSONIA)).rows
    changed = _ANSONIA.replace(as_published, as_left)
    assert changed != _ANSONIA
    assert read_attendance(write(tmp_path, _HEADER, changed)).rows == table


def test_thousands_may_have_commas(tmp_path: Path) -> None:
    changed = _STATE.replace("500285", '"500,285"')
    assert read_attendance(write(tmp_path, _HEADER, changed)).rows["students"][0].as_py() == 500285


@pytest.mark.parametrize("code", ["1.43E+06", "2001", "Ansonia", "12345678", "00200AB1", ""])
def test_a_code_that_cannot_be_made_out_is_an_error(code: str, tmp_path: Path) -> None:
    path = write(tmp_path, _HEADER, _STATE, _ANSONIA.replace("0020011", code))
    assert refused(path) == (
        f"attendance.csv, row 3, column District code: {code!r} can't be made out.\n"
        "Expected 7 characters, as 0640011. Correct the cell, or take the file anew from its "
        "publisher."
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "Students With High Needs",
            "Students With Needs",
            "row 2, column Student group: 'Students With Needs'",
        ),
        ("June 2022", "Juneau 2022", "row 2, column Reporting period: 'Juneau 2022'"),
        ("June 2022", "2022-13", "column Reporting period: '2022-13'"),
        ("2022-07-22", "22/7/2022", "column Date update: '22/7/2022'"),
        ("40.0", "4,0", "column 2020-2021 student count: '4,0'"),
        ("40.0", "40.5", "column 2020-2021 student count: '40.5'"),
        ("0.9", "9", "column 2020-2021 attendance rate: '9'"),
        ("0.9", "n/a", "column 2020-2021 attendance rate: 'n/a'"),
    ],
)
def test_a_cell_that_cannot_be_understood_is_told(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    assert old in _ANSONIA
    line = _ANSONIA.replace(old, f'"{new}"')
    assert told in refused(write(tmp_path, _HEADER, line))


def test_an_unknown_group_is_told_with_the_known_ones(tmp_path: Path) -> None:
    message = refused(write(tmp_path, _HEADER, _STATE.replace("All Students", "Everyone")))
    assert all(name in message for name in GROUP_NAMES)


def test_a_district_and_group_may_stand_there_once(tmp_path: Path) -> None:
    message = refused(write(tmp_path, _HEADER, _STATE, _ANSONIA, _STATE))
    assert "row 4: district 00000CT and group all stand in row 2 already." in message


def test_many_problems_are_counted_and_ten_are_shown(tmp_path: Path) -> None:
    lines = [_STATE.replace("00000CT", f"X{number}") for number in range(14)]
    message = refused(write(tmp_path, _HEADER, *lines))
    assert message.count("can't be made out") == 10
    assert message.endswith("4 more problems like these.")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "District code",
            "Distict code",
            "'District code' is missing. 'Distict code' looks like it",
        ),
        ("Date update", "As of", "the column 'Date update' is missing"),
        ("2020-2021 student", "2020-2022 student", "two years that don't follow each other"),
        ("2020-2021 attendance rate", "rate", "only one of the two for 2020-21"),
    ],
)
def test_a_header_that_is_not_the_states_is_told(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    assert told in refused(write(tmp_path, _HEADER.replace(old, new), _STATE))


def test_a_file_that_is_no_csv_is_told(tmp_path: Path) -> None:
    path = tmp_path / "attendance.csv"
    path.write_bytes(b"PK\x03\x04 a workbook")
    assert "a spreadsheet or ZIP archive" in refused(path)
    assert "No such file" in refused(tmp_path / "nowhere.csv")
    assert "row 3: 3 values" in refused(write(tmp_path, _HEADER, _STATE, "a,b,c"))


def test_every_group_of_the_state_is_one_of_the_contract() -> None:
    assert set(GROUP_NAMES.values()) == set(GROUPS) - {"female", "male"}
