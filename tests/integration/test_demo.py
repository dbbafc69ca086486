"""The demonstration state as files: by the contract, repeatable, with effects that are known."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from leapdash.build.build import build
from leapdash.build.demo import make_state
from leapdash.build.demo.places import DISTRICTS
from leapdash.build.demo.tables import all_tables
from leapdash.contract import INPUT_TABLES
from leapdash.errors import LeapdashError, StoreError, UsageError
from leapdash.release import arrow_type
from tests.lib.paths import ROOT

TABLES = ("schools", "enrollment", "attendance", "visits", "programme")


def _table(name):
    return next(table for table in INPUT_TABLES if table.name == name)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    out = tmp_path_factory.mktemp("state") / "small"
    return out, make_state(out, students=3_000, seed=1)


@pytest.fixture(scope="module")
def read(small):
    return {path.stem: pq.read_table(path) for path in small[0].iterdir()}


@pytest.fixture(scope="module")
def middle(tmp_path_factory):
    out = tmp_path_factory.mktemp("state") / "middle"
    return out, make_state(out, students=20_000, seed=1)


def test_the_same_seed_gives_the_same_bytes(small, tmp_path):
    make_state(tmp_path / "again", students=3_000, seed=1)
    assert _bytes(tmp_path / "again") == _bytes(small[0])


def test_the_bytes_do_not_depend_on_what_the_processor_can_do(small, tmp_path):
    # numpy and pyarrow are kept from using the processor's vector instructions, as on another one
    code = "import sys; from pathlib import Path; from leapdash.build.demo import make_state; "
    code += "make_state(Path(sys.argv[1]), students=3_000, seed=1)"
    plain = {
        **os.environ,
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "ARROW_USER_SIMD_LEVEL": "NONE",
        "PYTHONHASHSEED": "7",
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-c", code, str(tmp_path / "plain")]
    subprocess.run(command, check=True, env=plain, cwd=ROOT)
    assert _bytes(tmp_path / "plain") == _bytes(small[0])


def test_another_seed_gives_another_state(small, tmp_path):
    make_state(tmp_path / "other", students=3_000, seed=2)
    other, one = _bytes(tmp_path / "other"), _bytes(small[0])
    assert all(other[name] != one[name] for name in ("attendance.parquet", "visits.parquet"))


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_the_contracts_columns_types_codes_and_keys(read, name):
    table, rules = read[name], _table(name)
    required = [column.name for column in rules.columns if column.required]
    assert set(required) <= set(table.column_names) <= set(rules.column_names)
    for column_name in table.column_names:
        column, values = rules.column(column_name), table[column_name]
        assert values.type == arrow_type(column), column_name
        if not column.nullable:
            assert values.null_count == 0, column_name
        if column.codes:
            assert set(values.unique().to_pylist()) <= set(column.codes), column_name
        if column.pattern:
            matches = pc.match_substring_regex(values.unique(), f"^({column.pattern})$")
            assert pc.all(matches).as_py(), column_name
        if column.minimum is not None:
            assert pc.min(values).as_py() >= column.minimum, column_name
        if column.maximum is not None:
            assert pc.max(values).as_py() <= column.maximum, column_name
        if column.multiple_of:
            parts = values.to_numpy() / column.multiple_of
            assert (parts == np.floor(parts)).all(), column_name
    if rules.key:
        assert table.group_by(list(rules.key)).aggregate([]).num_rows == table.num_rows


def test_nobody_attends_more_days_than_enrolled_and_no_row_is_empty(read):
    attendance = read["attendance"]
    days, present = (attendance[c].to_numpy() for c in ("days_enrolled", "days_attended"))
    assert (present <= days).all()
    assert (days > 0).all()


def test_every_attendance_row_has_its_school_and_its_enrolment(read):
    months = read["attendance"]["month"].to_pylist()
    years = [f"{m.year - (m.month < 7)}-{(m.year + (m.month >= 7)) % 100}" for m in months]
    keys = zip(
        read["attendance"]["student_id"].to_pylist(),
        read["attendance"]["school_code"].to_pylist(),
        years,
        strict=True,
    )
    enrolled = zip(
        *(read["enrollment"][c].to_pylist() for c in ("student_id", "school_code", "school_year")),
        strict=True,
    )
    assert set(keys) <= set(enrolled)
    assert set(read["enrollment"]["school_code"].to_pylist()) <= set(
        read["schools"]["school_code"].to_pylist()
    )


def test_visits_fall_between_the_programmes_first_summer_and_the_last_month_of_data(read):
    days = read["visits"]["visit_date"].to_pylist()
    assert min(days) >= date(2021, 7, 1)
    assert max(days) <= date(2023, 6, 30)
    assert {day.month for day in days} >= {7, 8}
    assert set(read["visits"]["student_id"].to_pylist()) <= set(
        read["enrollment"]["student_id"].to_pylist()
    )


def test_the_programme_costs_what_was_reported_shrunk_in_proportion(read):
    programme = read["programme"]
    assert len(programme["district_code"].unique()) == 16
    shrink = 3_000 / sum(d.students for d in DISTRICTS)
    assert abs(pc.sum(programme["cost"]).as_py() / shrink / 24_700_000 - 1) < 0.02


def _first_visits(visits: pa.Table) -> dict[str, date]:
    """Day of each student's first visit that met the family."""
    met = visits.filter(pc.equal(visits["contact"], "met"))
    first = met.group_by("student_id").aggregate([("visit_date", "min")])
    return dict(
        zip(first["student_id"].to_pylist(), first["visit_date_min"].to_pylist(), strict=True)
    )


def test_the_truth_is_the_record_and_differs_from_no_visit_only_after_a_first_visit(read):
    measures = [("days_enrolled", "sum"), ("days_attended", "sum")]
    recorded = read["attendance"].group_by(["student_id", "month"]).aggregate(measures)
    rows = read["truth"].join(recorded, ["student_id", "month"], join_type="full outer")
    first = _first_visits(read["visits"])
    gained = after = 0
    for row in rows.to_pylist():
        assert row["days_enrolled"] == row["days_enrolled_sum"]
        assert row["days_attended_with_visit"] == row["days_attended_sum"]
        gain = row["days_attended_with_visit"] - row["days_attended_without_visit"]
        visit = first.get(row["student_id"])
        if visit is None or row["month"] < visit.replace(day=1):
            assert gain == 0
        else:
            assert gain >= 0
            after += 1
            gained += gain > 0
    assert gained > 0.3 * after > 0


def test_realised_effects_of_a_middling_state_come_near_their_targets(middle):
    for finding in middle[1].findings:
        if finding.target is not None and "had nobody visited" not in finding.quantity:
            assert abs(finding.realised - finding.target) < 0.01, finding


def test_the_effect_recounted_from_the_files_is_that_of_the_summary(middle):
    out, summary = middle
    first = _first_visits(pq.read_table(out / "visits.parquet"))
    visited = pa.array(list(first))
    truth = pq.read_table(out / "truth.parquet")
    schools = pq.read_table(out / "schools.parquet").to_pydict()
    district = dict(zip(schools["school_code"], schools["district_code"], strict=True))
    canvassing = next(d.code for d in DISTRICTS if d.canvasses)
    months = sorted(truth["month"].unique().to_pylist())
    visit_month = {
        student: next(i for i, m in enumerate(months) if m >= day.replace(day=1))
        for student, day in first.items()
    }
    attendance = pq.read_table(out / "attendance.parquet")
    canvassed = {
        row["student_id"]
        for row in attendance.filter(pc.is_in(attendance["student_id"], visited)).to_pylist()
        if row["month"] == months[visit_month[row["student_id"]]]
        and district[row["school_code"]] == canvassing
    }
    gains = [
        (row["days_attended_with_visit"] - row["days_attended_without_visit"])
        / row["days_enrolled"]
        for row in truth.filter(pc.is_in(truth["student_id"], visited)).to_pylist()
        if row["student_id"] not in canvassed
        and row["days_enrolled"] >= 5
        and months.index(row["month"]) == visit_month[row["student_id"]] + 1
    ]
    month_after = summary.findings[0]
    assert len(gains) == month_after.students
    assert abs(sum(gains) / len(gains) - month_after.realised) < 1e-9


def test_the_summary_counts_what_was_written_and_shows_targets_beside_realised(small, read):
    summary = small[1]
    assert summary.rows == {name: table.num_rows for name, table in read.items()}
    text = "\n".join(summary.lines())
    for finding in summary.findings:
        assert finding.quantity in text
    assert f"{summary.rows['attendance']:,} rows" in text


def test_progress_is_told_each_step(tmp_path):
    steps: list[str] = []
    make_state(tmp_path / "state", students=300, seed=1, progress=steps.append)
    assert steps[0] == "districts and schools"
    assert steps[-1].startswith("attendance: ")


def test_a_demonstration_state_may_be_replaced(tmp_path):
    make_state(tmp_path, students=300, seed=1)
    before = _bytes(tmp_path)
    make_state(tmp_path, students=300, seed=2)
    after = _bytes(tmp_path)
    assert after.keys() == before.keys()
    assert after["attendance.parquet"] != before["attendance.parquet"]


def test_a_state_whose_writing_was_broken_off_may_be_replaced(tmp_path, monkeypatch):
    def broken_off(state, visits, daily):
        yield from list(all_tables(state, visits, daily))[:3]
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("leapdash.build.demo.tables.all_tables", broken_off)
        with pytest.raises(KeyboardInterrupt):
            make_state(tmp_path, students=300, seed=1)
    make_state(tmp_path, students=300, seed=1)
    assert set(_bytes(tmp_path)) == {f"{name}.parquet" for name in (*TABLES, "truth")}


def test_a_state_by_day_builds_to_the_release_of_its_months(tmp_path):
    """Its days added up in shares are the months' own; half a day of membership is a whole one."""
    releases = []
    for daily in (False, True):
        make_state(tmp_path / f"in-{daily}", students=300, daily=daily)
        half_day = "fraction" if daily else "state"
        out = tmp_path / f"out-{daily}"
        built = build(tmp_path / f"in-{daily}", out, half_day=half_day, effects=False)
        releases.append(built.table("attendance").to_pandas())
    monthly, daily = releases
    key = ["school_code", "month", "level", "participation"]
    both = monthly.merge(daily, on=key, suffixes=("", "_by_day"))
    assert len(both) > 0.98 * len(monthly)
    assert daily["days_attended"].sum() == monthly["days_attended"].sum()
    extra = daily["days_enrolled"].sum() - monthly["days_enrolled"].sum()
    assert 0 <= extra <= 0.01 * monthly["days_enrolled"].sum()
    make_state(tmp_path / "in-True", students=300)
    assert not (tmp_path / "in-True" / "attendance_daily.parquet").exists()


@pytest.mark.parametrize("name", ["attendance.parquet", "notes.txt", "enrollment.csv"])
def test_a_folder_with_other_files_is_left_alone(tmp_path, name):
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(UsageError, match=f"{name}, which no demonstration state wrote"):
        make_state(tmp_path, students=300)
    assert _bytes(tmp_path) == {name: b"mine"}


def test_an_output_that_can_be_no_folder_is_an_error_that_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be made a folder"):
        make_state(tmp_path / "file" / "state", students=300)


@pytest.mark.parametrize(
    ("students", "seed", "option"), [(299, 1, "--students 299"), (300, -1, "--seed -1")]
)
def test_a_size_or_seed_that_can_not_be_used_is_named(tmp_path, students, seed, option):
    with pytest.raises(LeapdashError, match=option) as caught:
        make_state(tmp_path / "state", students=students, seed=seed)
    assert caught.value.exit_code == 2
    assert not (tmp_path / "state").exists()


@pytest.fixture(scope="module")
def default(tmp_path_factory):
    return make_state(tmp_path_factory.mktemp("state") / "default")


@pytest.mark.full
def test_the_default_state_meets_every_target(default):
    for finding in default.findings:
        if "had nobody visited" in finding.quantity:
            assert abs(finding.realised - 0.60) < 0.05, finding
        elif finding.target is not None:
            assert abs(finding.realised - finding.target) < 0.005, finding
    by_name = {finding.quantity: finding.realised for finding in default.findings}
    english = by_name["school months 6 to 9, family speaks English"]
    assert by_name["school months 6 to 9, another language"] < english - 0.02
    assert by_name["school months 6 to 9, canvassing district"] == 0


@pytest.mark.full
def test_the_default_state_is_at_the_published_rates_and_has_the_size_promised(default):
    for rate in default.rates:
        if rate.published is not None:
            assert abs(rate.realised - rate.published) < 0.005, rate
    for count in default.students_per_year.values():
        assert abs(count / 150_000 - 1) < 0.03
    shrink = 150_000 / sum(d.students for d in DISTRICTS)
    assert abs(default.visited_by_june_2022 / (8_690 * shrink) - 1) < 0.03


@pytest.mark.full
def test_the_documents_table_is_what_the_default_gives(default):
    text = (ROOT / "docs" / "demo-state.md").read_text(encoding="utf-8")
    for row in default.findings:
        target = "" if row.target is None else f"{100 * row.target:.1f}"
        line = f"| {row.quantity} | {target} | {100 * row.realised:.2f} | {row.students:,} |"
        assert line in text
