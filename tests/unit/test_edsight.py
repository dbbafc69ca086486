"""EdSight's report of chronic absence: read as exported, else refused with its place."""

from pathlib import Path

import pytest

from leapdash.build.sources.published.read import read_all_published, read_published
from leapdash.errors import InputError

ONE_YEAR = "\r\n".join(
    (
        "Chronic Absenteeism, 2018-19",
        '"All Districts, Grade"',
        "",
        '"",,,"Chronically Absent",""',
        '"District","District Code","Grade","Student Count","%"',
        '"Ansonia School District","=""0020011""","Kindergarten",7,7.7',
        '"Ansonia School District","=""0020011""","Grade   1","*","*"',
        '"Ansonia School District","=""0020011""","Grade 12",0,"*"',
        "",
    )
)
TREND = "\r\n".join(
    (
        '"Chronic Absenteeism, Trend"',
        '", Grade"',
        "",
        '"",,,"% Chronically Absent",,',
        '"District","District Code","Grade","2011-12","2012-13","2013-14"',
        '"Ansonia School District","=""0020011""","Grade   1",10.1,"*","N/A"',
        "",
    )
)


def write(folder: Path, text: str, name: str = "report.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_published(path)
    return str(error.value)


def test_a_year_is_read_with_its_withheld_figures_empty_and_never_zero(tmp_path: Path) -> None:
    rows = read_published(write(tmp_path, ONE_YEAR)).rows.to_pylist()
    found = [(r["grade"], r["chronically_absent"], r["chronic_absence_rate"]) for r in rows]
    assert found == [("K", 7, 0.077), ("1", None, None), ("12", 0, None)]
    assert {(r["district_code"], r["school_year"]) for r in rows} == {("0020011", "2018-19")}
    assert {r["source"] for r in rows} == {"Chronic Absenteeism, 2018-19"}


def test_the_trend_is_read_year_by_year_without_grades_that_aren_t_there(tmp_path: Path) -> None:
    figures = read_published(write(tmp_path, TREND))
    found = [(r["school_year"], r["chronic_absence_rate"]) for r in figures.rows.to_pylist()]
    assert found == [("2011-12", 0.101), ("2012-13", None)]
    assert figures.title == "Chronic Absenteeism, Trend, 2011-12 to 2013-14"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"=""0020011"""', "0020011"),
        ('"=""0020011"""', "20011"),
        ("\r\n", "\n"),
        ("Chronic Absenteeism, 2018-19", "\ufeffChronic Absenteeism, 2018-19"),
        ("Grade   1", "grade 01"),
        (",7,7.7", ",7.0,7.7%"),
        ("\r\n\r\n", "\r\n"),
    ],
)
def test_what_a_spreadsheet_changed_is_understood(old: str, new: str, tmp_path: Path) -> None:
    assert old in ONE_YEAR
    changed = read_published(write(tmp_path, ONE_YEAR.replace(old, new), "changed.csv")).rows
    assert changed == read_published(write(tmp_path, ONE_YEAR)).rows


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",7,7.7", ",seven,7.7", "row 6, column Student Count: 'seven' can't be made out"),
        (",7,7.7", ",-7,7.7", "row 6, column Student Count: '-7' can't be made out"),
        (",7,7.7", ",7,107.7", "row 6, column %: '107.7' can't be made out"),
        ("Grade   1", "Grade 13", "row 7, column Grade: 'Grade 13' can't be made out"),
        ("Grade   1", "Kindergarten", "row 7: district 0020011 and grade K stand in row 6 already"),
        ('"=""0020011"""', "211", "row 6, column District Code: '211' can't be made out"),
        (",7,7.7", ",7", "row 6: 4 values.\nExpected 5, as in the header"),
        ("Chronic Absenteeism, 2018-19", "Chronic Absenteeism, 2018-20", "school year"),
        ("Chronic Absenteeism, 2018-19", "Discipline, 2018-19", "row 5: Discipline, 2018-19"),
        ('"Student Count","%"', '"Students","Share"', "row 5: Students, Share, under the title"),
        ("Chronically Absent", "Suspended", "Expected a report of EdSight, Chronic Absenteeism"),
        ('"Grade","Student', '"Student Group","Student', "row 5: Chronic Absenteeism, 2018-19"),
        ('"Kindergarten",7', '"Kinder"garten",7', "report.csv, row 6"),
    ],
)
def test_a_faulty_report_is_told_with_its_place(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    assert old in ONE_YEAR
    assert told in refused(write(tmp_path, ONE_YEAR.replace(old, new)))


def test_a_report_without_rows_or_cut_short_is_told(tmp_path: Path) -> None:
    header = ONE_YEAR[: ONE_YEAR.index('"Ansonia')]
    assert "a header and no rows" in refused(write(tmp_path, header))
    assert "row 8" in refused(write(tmp_path, ONE_YEAR[:-8]))


def test_a_year_given_twice_is_told(tmp_path: Path) -> None:
    files = [write(tmp_path, ONE_YEAR), write(tmp_path, ONE_YEAR, "again.csv")]
    with pytest.raises(InputError, match=r"Chronic Absenteeism, 2018-19 is given 2 times"):
        read_all_published(files)
