"""The state's real file of 2021-22, as published and as a spreadsheet leaves it."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from leapdash.build.build import build
from leapdash.build.sources.published.ct_open_data import read_published
from leapdash.errors import InputError
from tests.lib.input_files import write_csv

_FILE = "ct_attendance_by_group_and_district_2021-22.csv"


@pytest.fixture(scope="module")
def published(real_data: Path) -> pa.Table:
    return read_published(real_data / _FILE)


def rates(table: pa.Table, district: str) -> dict[str, float]:
    return {
        row["school_year"]: row["attendance_rate"]
        for row in table.to_pylist()
        if row["district_code"] == district and row["group"] == "all"
    }


def test_rates_are_those_the_state_published(published: pa.Table) -> None:
    # data.ct.gov, dataset t4hx-jd4c, updated 2022-07-22.
    hartford = {"2019-20": 0.9082, "2020-21": 0.8325, "2021-22": 0.8564}
    connecticut = {"2019-20": 0.9479, "2020-21": 0.9294, "2021-22": 0.9169}
    assert rates(published, "0640011") == hartford
    assert rates(published, "00000CT") == connecticut


def test_every_cell_of_the_file_arrives(published: pa.Table, real_data: Path) -> None:
    with (real_data / _FILE).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert published.num_rows == 3 * len(rows)
    for measure, column in (("attendance_rate", "attendance rate"), ("students", "student count")):
        given = [
            float(value)
            for row in rows
            for name, value in row.items()
            if column in name and value != ""
        ]
        assert published[measure].drop_null().to_pylist() == pytest.approx(given, abs=0)


def test_a_copy_a_spreadsheet_has_touched_gives_the_same_table(
    published: pa.Table, real_data: Path, tmp_path: Path
) -> None:
    with (real_data / _FILE).open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    changed = []
    for row in rows:
        code, *figures, period, updated = row
        year, month, day = updated.split("-")
        month_name, full_year = period.split()
        figures = [
            f"{int(float(value)):,}" if "count" in name and value else value or "*"
            for name, value in zip(header[1:-2], figures, strict=True)
        ]
        changed.append(
            [
                code.lstrip("0") if code.isdigit() else code,
                *figures,
                f"{month_name[:3]}-{full_year[2:]}",
                f"{int(month)}/{int(day)}/{year}",
            ]
        )
    copy = tmp_path / "copy.csv"
    with copy.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([header, *changed])
    assert read_published(copy) == published


def test_the_release_holds_them_and_names_their_source(
    published: pa.Table, real_data: Path, tmp_path: Path
) -> None:
    folder, store = write_csv(tmp_path / "input"), tmp_path / "store"
    first = build(folder, store, published=[real_data / _FILE], effects=False)
    again = build(folder, store, effects=False)
    key = [("district_code", "ascending"), ("school_year", "ascending"), ("group", "ascending")]
    for release in (first, again):
        carried = release.table("published").sort_by(key)
        assert carried.to_pylist() == published.sort_by(key).to_pylist()
        (source,) = [fact for fact in release.manifest.sources if "School Attendance" in fact.name]
        assert (source.rows, source.licence) == (published.num_rows, "public domain")
        assert source.origin == f"Connecticut Open Data, {_FILE}"


@pytest.mark.parametrize("kind", ["2018-19", "2019-20", "trend"])
def test_a_report_of_edsight_is_told_from_the_file_expected(kind: str, real_data: Path) -> None:
    file = real_data / f"edsight_chronic_absenteeism_by_grade_{kind}.csv"
    with pytest.raises(InputError) as error:
        read_published(file)
    title = f"Chronic Absenteeism, {kind.capitalize()}"
    assert str(error.value) == (
        f"{file.name}, row 1: a report of EdSight, {title!r}, and no attendance rates.\n"
        "Expected a file of Connecticut Open Data, School Attendance by Student Group and "
        "District, as data.ct.gov gives it."
    )


def test_the_directory_of_schools_is_no_attendance(real_data: Path) -> None:
    with pytest.raises(InputError, match="row 1: columns of another file: "):
        read_published(real_data / "ct_education_directory.csv")
