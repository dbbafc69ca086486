"""Nothing is published that the contract doesn't allow."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leapdash.contract import STATE_CODE, summary_table
from leapdash.errors import ContractError
from leapdash.release import current_id, open_release, publish
from tests.lib.bare_tables import (
    BRIDGEPORT,
    COVARIANCE,
    EFFECT,
    FACTS,
    HARTFORD,
    attendance,
    district_of,
    rows,
    tables,
)

KIND = {
    "school_year": "2021-22",
    "district_code": district_of(HARTFORD),
    "level": "6-8",
    "kind": "visitor",
    "value": "school staff",
    "visits": 3,
    "students": 3,
    "first_visits": 1,
}
CHRONIC = {
    "school_year": "2021-22",
    "geography": "school",
    "district_code": district_of(HARTFORD),
    "school_code": HARTFORD,
    "level": "6-8",
    "participation": "other",
    "group": "all",
    "chronic_base": 3,
    "absent_under_5": 3,
    "absent_5_to_10": 0,
    "absent_10_to_20": 0,
    "absent_20_or_more": 0,
}
BALANCE = {
    "district_code": district_of(HARTFORD),
    "level": "6-8",
    "measure": "last_month",
    "visited": 30,
    "visited_mean": 0.7,
    "visited_sd": 0.2,
    "comparison_before": 0.9,
    "comparison_after": 0.7,
}
SOUND = {
    "attendance": attendance(HARTFORD),
    "effects": EFFECT,
    "effects_covariance": COVARIANCE,
    "visits_by_kind": KIND,
    "chronic_absence": CHRONIC,
    "balance": BALANCE,
}
STATE = {"district_code": STATE_CODE}


def refused(store: Path, broken: dict[str, pa.Table], message: str) -> None:
    """Publishing says what is wrong, and leaves the store as it was."""
    before = current_id(store)
    with pytest.raises(ContractError, match=message) as error:
        publish(store, broken, FACTS)
    assert error.value.exit_code == 1
    assert "Nothing was published" in str(error.value)
    assert current_id(store) == before


def with_row(name: str, **changes: Any) -> dict[str, pa.Table]:
    return tables() | {name: rows(name, SOUND[name] | changes)}


def test_rows_that_hold_to_the_contract_are_published(tmp_path):
    made = tables() | {name: rows(name, row) for name, row in SOUND.items()}
    published = publish(tmp_path, made, FACTS)
    assert {name: published.table(name).num_rows for name in SOUND} == dict.fromkeys(SOUND, 1)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("attendance", {"level": "K-12"}, "column level.*K-12.*one of"),
        ("attendance", {"level": None}, "column level: empty values"),
        ("attendance", {"students": -1}, "column students: -1, expected at least 0"),
        ("attendance", {"days_enrolled": 20.3}, "column days_enrolled.*20.3.*steps of 0.5"),
        ("attendance", {"days_enrolled": float("nan")}, "column days_enrolled: numbers that are"),
        ("attendance", {"days_enrolled": float("inf")}, "column days_enrolled: numbers that are"),
        ("attendance", {"month": date(2021, 9, 2)}, "column month.*2021, 9, 2.*first days"),
        ("attendance", {"school_code": "645111"}, "column school_code.*645111.*the pattern"),
        ("attendance", {"school_code": "6661111"}, "school_code, district_code: 6661111, 0640011"),
        ("attendance", {"district_code": district_of(BRIDGEPORT)}, f"{HARTFORD}, 0150011"),
        ("attendance", STATE, f"{STATE_CODE}, expected .* of a row of `schools`"),
        ("effects", {"slice_value": "teacher"}, "teacher.*community partner.*slice is visitor"),
        ("effects", {"slice": "cohort_period"}, "school staff.*the pattern.*cohort_period"),
        ("effects", {"slice": "all"}, "school staff.*one of .'all'.* where slice is all"),
        ("effects", {"slice": "school", "slice_value": "6661111"}, "slice_value: 6661111"),
        ("effects", {"slice": "group", "slice_value": "all"}, "'all'.*where slice is group"),
        ("effects", {"visited_rate": 1.01}, "column visited_rate: 1.01, expected at most 1"),
        ("effects", {"event_time": 10}, "column event_time: 10, expected at most 9"),
        ("effects_covariance", {"slice_value_2": "other"}, "column slice_value_2.*other"),
        ("effects_covariance", {"district_code_2": "6660011"}, "district_code_2: 6660011"),
        ("effects_covariance", {"matrix": "family"}, "column matrix.*family"),
        ("visits_by_kind", {"value": "home"}, "column value.*home.*where kind is visitor"),
        ("chronic_absence", {"school_code": "6661111"}, "school_code, district_code: 6661111"),
        ("balance", {"measure": "group witches"}, "column measure.*group witches"),
    ],
)
def test_a_value_the_contract_does_not_allow_is_refused(tmp_path, name, changes, message):
    refused(tmp_path, with_row(name, **changes), message)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("effects", STATE | {"level": "all"}),
        ("effects_covariance", STATE | {"district_code_2": STATE_CODE}),
        ("chronic_absence", STATE | {"geography": "state", "school_code": None}),
        ("effects", {"slice": "school", "slice_value": HARTFORD}),
        ("effects", {"slice": "cohort_period", "slice_value": "summer 2021"}),
    ],
)
def test_the_state_and_other_slices_stand_where_they_may(tmp_path, name, changes):
    assert publish(tmp_path, with_row(name, **changes), FACTS).table(name).num_rows == 1


def test_two_rows_of_one_key_are_refused(tmp_path):
    twice = rows("attendance", attendance(HARTFORD), attendance(HARTFORD, 13))
    refused(tmp_path, tables() | {"attendance": twice}, "`attendance`: two rows share month")


def test_a_column_the_contract_does_not_know_is_refused_and_the_old_release_stays(tmp_path):
    first = publish(tmp_path, tables(), FACTS)
    leaking = tables(40)
    ids = pa.array(["anna", "ben"])
    leaking["attendance"] = leaking["attendance"].append_column("student_id", ids)
    refused(tmp_path, leaking, f"student_id(.|\n)*{first.manifest.release_id} stays on show")
    assert open_release(tmp_path) == first


def test_a_column_of_another_kind_is_refused(tmp_path):
    words = tables()
    number = words["attendance"].schema.get_field_index("students")
    words["attendance"] = words["attendance"].set_column(
        number, "students", pa.array(["many", "few"])
    )
    refused(tmp_path, words, "`attendance` can't be published: .*few")


def test_unknown_and_missing_tables_are_refused(tmp_path):
    wrong = tables()
    wrong["students"] = wrong.pop("reach")
    refused(tmp_path, wrong, r"unknown tables \['students'\], missing .*'reach'")


def test_attendance_without_a_month_is_refused(tmp_path):
    none = tables()["attendance"].slice(0, 0)
    refused(tmp_path, tables() | {"attendance": none}, "`attendance` holds no month")


def test_every_effect_table_is_held_to_its_districts():
    """The effect tables refer to schools, and only those with rows for the state may name it."""
    for name in ("balance", "visited_days", "visited_compared", "spillover", "effects_schools"):
        (districts,) = [r for r in summary_table(name).references if "district_code" in r.columns]
        assert districts.besides == ()
