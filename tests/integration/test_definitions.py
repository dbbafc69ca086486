"""The edges of the definitions, each on students made for it, counted by hand."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leapdash.build.build import build
from leapdash.contract import WAITING
from tests.lib.input_files import Row, rows, write_csv

# School months 0 to 19: September to June of two school years.
MONTHS = [
    date(start + (month < 7), month, 1)
    for start in (2021, 2022)
    for month in (9, 10, 11, 12, 1, 2, 3, 4, 5, 6)
]
NORTH, SOUTH, HILL = "0640111", "0640211", "1430111"


class State:
    """Students one by one; every other property is the same for all."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {
            name: [] for name in ("enrollment", "attendance", "visits")
        }
        self.tables["schools"] = rows()["schools"]

    def student(
        self,
        name: str,
        days: dict[int, tuple[float, float]],
        school: str = NORTH,
        grade: str = "5",
    ) -> None:
        """A student with (days enrolled, days absent) by number of the school month."""
        for year in ("2021-22", "2022-23"):
            self.tables["enrollment"].append(
                rows()["enrollment"][0]
                | {"student_id": name, "school_year": year, "school_code": school, "grade": grade}
            )
        for number, (enrolled, absent) in days.items():
            self.tables["attendance"].append(
                {
                    "student_id": name,
                    "school_code": school,
                    "month": MONTHS[number],
                    "days_enrolled": enrolled,
                    "days_attended": enrolled - absent,
                }
            )

    def visit(self, name: str, day: date, contact: str = "met", **more: str) -> None:
        visit = rows()["visits"][0] | {"student_id": name, "visit_date": day, "contact": contact}
        self.tables["visits"].append(visit | more)

    def build(self, tmp_path: Path) -> dict[str, pa.Table]:
        folder = write_csv(tmp_path / "input", self.tables)
        release = build(folder, tmp_path / "store", effects=False)
        return {name: release.table(name) for name in release.manifest.tables}


@pytest.fixture
def state() -> State:
    """A student with full attendance in every month, and a visit that met nobody: a calendar."""
    state = State()
    state.student("always", dict.fromkeys(range(len(MONTHS)), (20.0, 0.0)), school=HILL)
    state.visit("always", date(2021, 9, 1), contact="no contact")
    return state


def total(table: pa.Table, column: str, **where: Any) -> float:
    """The sum of a column over the rows that hold these values."""
    chosen = [r for r in table.to_pylist() if all(r[k] == v for k, v in where.items())]
    return sum(row[column] for row in chosen)


def eligible_in_november() -> dict[int, tuple[float, float]]:
    """Absent for exactly a tenth of September to November; the window ends on 30 November."""
    return {0: (20.0, 2.0), 1: (20.0, 2.0), 2: (20.0, 2.0)} | dict.fromkeys(
        range(3, 20), (20.0, 0.0)
    )


def test_waiting_is_counted_from_the_end_of_the_month_of_eligibility(
    state: State, tmp_path: Path
) -> None:
    ends = date(2021, 11, 30)
    for waited in (-1, 0, 30, 31, 60, 61, 120, 121):
        state.student(f"waited {waited}", eligible_in_november())
        state.visit(f"waited {waited}", ends + timedelta(days=waited))
    reach = state.build(tmp_path)["reach"]
    columns = ("first_visits_30", "first_visits_60", "first_visits_120", "first_visits_over_120")
    assert [total(reach, column, group="all", school_code=NORTH) for column in columns] == [
        2,
        2,
        2,
        1,
    ]
    november = {"group": "all", "school_code": NORTH, "month": date(2021, 11, 1)}
    assert total(reach, "ever_eligible", **november) == 8
    assert total(reach, "ever_eligible_visited", **november) == 2
    assert total(reach, "waiting", **november) == 6
    # By the end of December 31 days have passed, of January 62, of March 121. Who was visited after
    # 30 or 31 days, in December, no longer waits then.
    still = {1: {"waiting_60": 4}, 2: {"waiting_120": 2}, 4: {}, 0: {"waiting_30": 6}}
    for months, classes in still.items():
        at = november | {"month": MONTHS[2 + months]}
        found = {column: total(reach, column, **at) for column in WAITING}
        assert found == dict.fromkeys(WAITING, 0) | classes, months


def test_who_is_never_visited_waits_on(state: State, tmp_path: Path) -> None:
    state.student("never", eligible_in_november())
    reach = state.build(tmp_path)["reach"]
    at = {"group": "all", "school_code": NORTH}
    # 30 November to 31 December: 31 days; 31 January: 62; 28 February: 90; 31 March: 121.
    expected = ("waiting_30", "waiting_60", "waiting_120", "waiting_120", "waiting_over_120")
    for month, column in zip(MONTHS[2:7], expected, strict=True):
        found = {name: total(reach, name, month=month, **at) for name in WAITING}
        assert found == dict.fromkeys(WAITING, 0) | {column: 1}, month


def test_exactly_ninety_per_cent_is_chronically_absent(state: State, tmp_path: Path) -> None:
    state.student("tenth", {0: (10.0, 1.0)})
    state.student("less", {0: (10.0, 0.5)})
    state.student("short", {0: (9.5, 9.5)})
    state.student("little", {0: (10.0, 10.0)}, grade="PK")
    tables = state.build(tmp_path)
    september = {"month": MONTHS[0], "school_code": NORTH}
    measures = {"students": 4, "chronic_base": 2, "chronically_absent": 1, "students_absent": 4}
    for name, expected in measures.items():
        assert total(tables["attendance"], name, **september) == expected
    here = {"geography": "school", "school_code": NORTH}
    bands = {"chronic_base": 2, "absent_under_5": 0, "absent_5_to_10": 1, "absent_10_to_20": 1}
    for name, expected in bands.items():
        assert total(tables["chronic_absence"], name, **here) == expected


@pytest.mark.parametrize(
    ("days", "first_month"),
    [
        # A window is three months of one school year, so September and October are none.
        ({0: (20.0, 10.0), 1: (20.0, 10.0)}, MONTHS[2]),
        # May and June need April: one tenth of the three is reached in June only.
        ({7: (20.0, 0.0), 8: (20.0, 3.0), 9: (20.0, 3.0)}, MONTHS[9]),
        # June, and September and October of the next year, are in no window together.
        ({9: (20.0, 1.5), 10: (20.0, 2.0), 11: (20.0, 2.0), 12: (20.0, 0.0)}, None),
        # Nine and a half days are too few, ten are enough.
        ({0: (9.5, 9.5)}, None),
        ({0: (5.0, 1.0), 1: (2.5, 0.0), 2: (2.5, 0.0)}, MONTHS[2]),
    ],
)
def test_eligible_from_the_last_month_of_a_window_on(
    days: dict[int, tuple[float, float]], first_month: date | None, state: State, tmp_path: Path
) -> None:
    later = {number: (0.5, 0.0) for number in range(20) if number > max(days) + 3}
    state.student("one", {n: days.get(n) or later[n] for n in sorted({*days, *later})})
    attendance = state.build(tmp_path)["attendance"].to_pylist()
    months = [MONTHS[number] for number in sorted({*days, *later})]
    seen = {r["month"]: r["participation"] for r in attendance if r["school_code"] == NORTH}
    assert list(seen) == months
    assert {month for month, part in seen.items() if part == "eligible"} == {
        month for month in months if first_month is not None and month >= first_month
    }


@pytest.mark.parametrize("first", [6, 7])
def test_paths_run_from_six_months_before_to_nine_after(
    first: int, state: State, tmp_path: Path
) -> None:
    # Of twenty months, seven lie before the later visit and thirteen after the earlier.
    state.student("one", dict.fromkeys(range(20), (20.0, 0.0)))
    state.visit("one", MONTHS[first])
    paths = state.build(tmp_path)["paths"].to_pylist()
    assert [row["event_time"] for row in paths] == list(range(-6, 10))
    assert {row["students"] for row in paths} == {1}


def test_a_visit_in_summer_counts_from_the_next_school_month(state: State, tmp_path: Path) -> None:
    state.student("one", {9: (20.0, 0.0), 10: (20.0, 0.0)})
    state.visit("one", date(2022, 7, 1), language="pt")
    tables = state.build(tmp_path)
    (before, after) = tables["paths"].to_pylist()
    assert (before["event_time"], after["event_time"]) == (-1, 0)
    assert {after["cohort_period"], before["cohort_period"]} == {"summer 2022"}
    assert after["language"] == "other"
    assert total(tables["visits"], "visits", month=date(2022, 7, 1), school_code=NORTH) == 1
    assert total(tables["visits_by_kind"], "visits", school_year="2022-23", kind="place") == 1


def test_of_two_visits_on_one_day_one_is_the_first(state: State, tmp_path: Path) -> None:
    state.student("one", {0: (20.0, 0.0)})
    state.visit("one", MONTHS[0], place="other", visitor="community partner", language="en")
    state.visit("one", MONTHS[0], place="home", visitor="school staff", language="es")
    kinds = state.build(tmp_path)["visits_by_kind"].to_pylist()
    first = {(row["kind"], row["value"]) for row in kinds if row["first_visits"]}
    assert first == {("place", "home"), ("visitor", "school staff"), ("language", "es")}


def test_a_student_of_two_schools_counts_in_both_and_once_in_the_district(
    state: State, tmp_path: Path
) -> None:
    state.student("one", {0: (10.0, 0.0)}, school=NORTH, grade="8")
    state.student("one", {0: (10.0, 4.0)}, school=SOUTH, grade="9")
    state.visit("one", MONTHS[0])
    tables = state.build(tmp_path)
    for school in (NORTH, SOUTH):
        assert total(tables["attendance"], "students", school_code=school) == 1
    (pooled,) = [
        row
        for row in tables["attendance_by_group"].to_pylist()
        if row["district_code"] == "0640011" and row["group"] == "all"
    ]
    # Equal days at both: the smaller code says the level.
    assert (pooled["level"], pooled["students"], pooled["days_enrolled"]) == ("6-8", 1, 20.0)
    assert (pooled["chronically_absent"], pooled["largest_student_days"]) == (1, 20.0)
    # Days at both schools are one student's before they are squared: 4, 20, and 400 in the end.
    spread = [pooled[name] for name in ("absent_squared", "absent_enrolled", "enrolled_squared")]
    assert spread == [4.0**2, 4.0 * 20, 20.0**2]
    (home,) = [r for r in tables["visits"].to_pylist() if r["contact"] == "met"]
    assert (home["school_code"], home["level"]) == (NORTH, "6-8")
    for geography, base in (("school", 2), ("district", 1), ("state", 1)):
        chronic = tables["chronic_absence"]
        here = {"geography": geography, "group": "all", "participation": "visited"}
        assert total(chronic, "chronic_base", **here) == base
        assert total(chronic, "absent_20_or_more", **here) == 1


def test_as_many_days_as_the_contract_allows_are_added_up(state: State, tmp_path: Path) -> None:
    for school in (NORTH, SOUTH, HILL):
        state.student("one", dict.fromkeys(range(20), (31.0, 31.0)), school=school)
    chronic = state.build(tmp_path)["chronic_absence"]
    here = {"geography": "state", "group": "all", "school_year": "2021-22"}
    assert total(chronic, "chronic_base", **here) == 2
    assert total(chronic, "absent_20_or_more", **here) == 1


def test_reach_is_empty_where_the_district_takes_no_part(state: State, tmp_path: Path) -> None:
    for school in state.tables["schools"]:
        if school["school_code"] in (NORTH, SOUTH):
            school |= {"leap_from": date(2021, 10, 31), "leap_until": date(2022, 1, 1)}
    state.student("one", dict.fromkeys(range(20), (20.0, 0.0)))
    reach = state.build(tmp_path)["reach"].to_pylist()
    part = {r["month"] for r in reach if r["school_code"] == NORTH and r["waiting"] is not None}
    assert sorted(part) == MONTHS[1:5]
    assert {r["waiting"] for r in reach if r["school_code"] == HILL} == {None}
