"""The state's real file of 2021-22, as published and as a spreadsheet leaves it."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from leapdash.build.build import build
from leapdash.build.sources.published.read import read_published
from leapdash.errors import InputError
from tests.lib.input_files import write_csv

_FILE = "ct_attendance_by_group_and_district_2021-22.csv"


@pytest.fixture(scope="module")
def published(real_data: Path) -> pa.Table:
    return read_published(real_data / _FILE).rows


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
    assert read_published(copy).rows == published


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


def edsight(real_data: Path, kind: str) -> Path:
    return real_data / f"edsight_chronic_absenteeism_by_grade_{kind}.csv"


def cells_of(file: Path) -> list[list[str]]:
    """The rows below the header, as they stand there."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [row for row in csv.reader(lines) if len(row) > 2 and row[1].startswith("=")]


@pytest.mark.parametrize("year", ["2018-19", "2019-20"])
def test_every_cell_of_a_year_s_chronic_absence_arrives(year: str, real_data: Path) -> None:
    file = edsight(real_data, year)
    given, table = cells_of(file), read_published(file).rows
    assert table.num_rows == len(given) == 2227
    assert set(table["school_year"].to_pylist()) == {year}
    told = {"chronically_absent": 3, "chronic_absence_rate": 4}
    for measure, column in told.items():
        numbers = [float(row[column]) for row in given if row[column] != "*"]
        factor = 1 if measure == "chronically_absent" else 100
        found = [factor * value for value in table[measure].drop_null().to_pylist()]
        assert found == pytest.approx(numbers, abs=1e-9)
        assert table[measure].null_count == sum(row[column] == "*" for row in given)
    assert table["grade"].to_pylist()[:3] == ["K", "1", "2"]
    state = [row for row in table.to_pylist() if row["district_code"] == "00000CT"]
    assert len(state) == 13
    assert {row["district_name"] for row in state} == {"State Level"}


def test_every_cell_of_the_trend_arrives_but_for_grades_a_district_doesn_t_have(
    real_data: Path,
) -> None:
    given = cells_of(edsight(real_data, "trend"))
    figures = read_published(edsight(real_data, "trend"))
    table = figures.rows
    values = [value for row in given for value in row[3:] if value != "N/A"]
    assert table.num_rows == len(values)
    assert table["chronic_absence_rate"].null_count == values.count("*")
    assert table["chronically_absent"].null_count == table.num_rows
    numbers = [float(value) for value in values if value != "*"]
    found = [100 * value for value in table["chronic_absence_rate"].drop_null().to_pylist()]
    assert found == pytest.approx(numbers, abs=1e-9)
    years = ["2011-12", "2012-13", "2013-14", "2014-15", "2015-16"]
    assert sorted(set(table["school_year"].to_pylist())) == years
    assert figures.title == "Chronic Absenteeism, Trend, 2011-12 to 2015-16"


def test_its_codes_are_the_directory_s(real_data: Path) -> None:
    """But for districts that the directory, of another year, no longer has, and the state."""
    with (real_data / "ct_education_directory.csv").open(encoding="utf-8-sig", newline="") as lines:
        known = {row["Organization Code"] for row in csv.DictReader(lines)}
    codes = {
        code
        for kind in ("2018-19", "2019-20", "trend")
        for code in read_published(edsight(real_data, kind)).rows["district_code"].to_pylist()
    }
    assert codes - known == {"00000CT", "2780013", "2820013", "2930013"}


def test_both_kinds_go_into_one_release_and_each_is_carried_over_by_itself(
    real_data: Path, tmp_path: Path
) -> None:
    folder, store = write_csv(tmp_path / "input"), tmp_path / "store"
    files = [real_data / _FILE, edsight(real_data, "2018-19"), edsight(real_data, "2019-20")]
    first = build(folder, store, published=files, effects=False)
    assert first.table("published_chronic_absence").num_rows == 2 * 2227
    again = build(folder, store, published=[edsight(real_data, "trend")], effects=False)
    assert again.table("published").num_rows == first.table("published").num_rows
    origins = {fact.name: (fact.origin, fact.licence) for fact in again.manifest.sources}
    name = "Chronic Absenteeism, Trend, 2011-12 to 2015-16"
    assert origins[name] == (f"EdSight, {edsight(real_data, 'trend').name}", "PDDL")
    assert "Chronic Absenteeism, 2018-19" not in origins


def test_the_directory_of_schools_is_no_attendance(real_data: Path) -> None:
    with pytest.raises(InputError, match="row 1: columns of another file: "):
        read_published(real_data / "ct_education_directory.csv")
