"""What the build counts as a visit, a month and an area, before any effect is estimated."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from leapdash.build.effects.panel import COVARIATES, effect_panel
from leapdash.build.effects.slices import other_slices
from leapdash.build.panel.inputs import read_inputs
from leapdash.build.panel.make import make_panel
from leapdash.build.sources.folder import open_folder
from leapdash.contract import NEEDS
from leapdash.engines import Workspace, open_engine
from leapdash.progress import SILENT
from tests.lib.input_files import Row, rows, write_csv

Tables = dict[str, list[Row]]
HARTFORD, TORRINGTON = "0640011", "1430011"


def made_from(folder: Path, change: Callable[[Tables], object] = lambda _: None) -> pd.DataFrame:
    """Six school months, September to November of two years: the months of the students visited,
    with district_code and level of the visit (area) and of the month (there, None where nobody
    was ever visited).
    """
    tables = rows()
    change(tables)
    with open_engine(threads=1) as engine, Workspace(engine) as space:
        given = open_folder(write_csv(folder, tables)).tables
        panel = make_panel(space, read_inputs(space, given, "state", SILENT), SILENT)
        made = effect_panel(space, panel)
        visited = space.frame(made.visited.select("unit", "first", area="stratum"))
        columns = ("unit", "t", "y", "stratum", *COVARIATES)
        months = space.frame(made.months.select(*columns, since="first"))
    found = months.merge(visited, on="unit").sort_values(["unit", "t"], ignore_index=True)
    assert (found["since"] == found["first"]).all()
    found["area"] = pd.Series([made.areas[k] for k in found["area"]])
    found["there"] = pd.Series([made.areas[k] if k >= 0 else None for k in found["stratum"]])
    return found


def only(tables: Tables, *visits: tuple[str, date, str]) -> None:
    kept = dict(tables["visits"][1])
    tables["visits"] = [
        kept | {"student_id": name, "visit_date": day, "contact": contact}
        for name, day, contact in visits
    ]


def month_of(tables: Tables, student: str, month: date) -> Row:
    (row,) = [
        row
        for row in tables["attendance"]
        if row["student_id"] == student and row["month"] == month
    ]
    return row


def test_a_visit_that_met_no_one_is_not_the_first(tmp_path):
    found = made_from(
        tmp_path,
        lambda t: only(
            t,
            ("S03", date(2021, 10, 20), "no contact"),
            ("S03", date(2022, 10, 5), "met"),
            ("S05", date(2022, 10, 5), "no contact"),
        ),
    )
    assert found["unit"].nunique() == 1
    assert found["first"].unique() == [4]


def test_a_visit_in_a_month_without_school_belongs_to_the_next_school_month(tmp_path):
    found = made_from(
        tmp_path,
        lambda t: only(
            t,
            ("S01", date(2022, 7, 12), "met"),
            ("S03", date(2021, 12, 1), "met"),
            ("S05", date(2022, 9, 3), "met"),
        ),
    )
    assert found["unit"].nunique() == 3
    assert found["first"].unique() == [3]


@pytest.mark.parametrize(("days", "observed"), [(4.5, False), (5.0, True)])
def test_a_month_under_five_days_enrolled_is_no_observation(tmp_path, days, observed):
    def change(tables):
        only(tables, ("S05", date(2022, 9, 3), "met"))
        row = month_of(tables, "S05", date(2021, 10, 1))
        row |= {"days_enrolled": days, "days_attended": 4.0}

    found = made_from(tmp_path, change)
    assert list(found["y"].notna()) == [True, observed, True, True, True, True]
    if observed:
        assert found.loc[1, "y"] == 0.8


def test_who_moves_after_the_visit_stays_where_the_visit_was(tmp_path):
    def change(tables):
        only(tables, ("S05", date(2022, 9, 3), "met"), ("S01", date(2022, 9, 3), "met"))
        # From Torrington to Hartford in the month after the visit.
        (home,) = [
            row
            for row in tables["enrollment"]
            if row["student_id"] == "S05" and row["school_year"] == "2022-23"
        ]
        tables["enrollment"].append(home | {"school_code": "0640211", "grade": "K"})
        for month in (date(2022, 10, 1), date(2022, 11, 1)):
            month_of(tables, "S05", month)["school_code"] = "0640211"

    found = made_from(tmp_path, change)
    mover = found[found["area"] == (TORRINGTON, "9-12")]
    assert list(mover["there"]) == [(TORRINGTON, "9-12")] * 4 + [(HARTFORD, "PK-5")] * 2


def everyone_visited(tables: Tables) -> None:
    only(tables, *((f"S{k:02d}", date(2022, 10, 5), "met") for k in range(12)))


def rates(attendance: pd.DataFrame, keys: list[str]) -> pd.Series:
    days = attendance.groupby([*keys, "month"])[["days_attended", "days_enrolled"]].sum()
    return days["days_attended"] / days["days_enrolled"]


def test_needs_and_the_school_s_attendance_are_those_of_the_input(tmp_path):
    found = made_from(tmp_path, everyone_visited)
    attendance, enrolled = (pd.DataFrame(rows()[name]) for name in ("attendance", "enrollment"))
    months = sorted(attendance["month"].unique())
    school = enrolled.drop_duplicates("student_id").set_index("student_id")["school_code"]
    by_school = rates(attendance, ["school_code"])
    later = found[found["t"] >= 3]
    assert len(later) == 36
    for _, row in later.iterrows():
        own = by_school[school[f"S{row['unit']:02d}"]]
        last, second, third = (own[months[row["t"] - back]] for back in (1, 2, 3))
        assert row["school_last"] == pytest.approx(last)
        assert row["school_mean"] == pytest.approx((last + second + third) / 3)
    assert later["school_last"].nunique() > 3

    students = enrolled.drop_duplicates("student_id").set_index("student_id")
    students["free_or_reduced_meals"] = students["meal_eligibility"] != "none"
    for number, who in found.groupby("unit"):
        for need in NEEDS:
            assert set(who[need]) == {int(students.loc[f"S{number:02d}", need])}, need


def test_last_year_is_a_student_s_own_and_the_others_mean_where_there_is_none(tmp_path):
    def change(tables):
        everyone_visited(tables)
        tables["attendance"] = [
            row
            for row in tables["attendance"]
            if not (row["student_id"] == "S03" and row["month"].year == 2021)
        ]

    found = made_from(tmp_path, change)
    attendance = pd.DataFrame(rows()["attendance"])
    attendance["year"] = attendance["month"].map(lambda month: month.year)
    days = attendance.groupby(["student_id", "year"])[["days_attended", "days_enrolled"]].sum()
    every = (days["days_attended"] / days["days_enrolled"]).drop(("S03", 2021))
    own = every.xs(2021, level="year")
    assert own.nunique() > 3
    for _, row in found.iterrows():
        has = row["t"] >= 3 and row["unit"] != 3
        assert row["no_last_year"] == (not has)
        expected = own[f"S{row['unit']:02d}"] if has else every.mean()
        assert row["last_year"] == pytest.approx(expected)


@pytest.mark.parametrize("name", ["place", "visitor", "language", "visits", "group"])
def test_a_slice_s_visits_of_summer_are_a_kind_of_their_own(tmp_path, name):
    """They follow other records than visits of the school year, so they have chances of their own,
    and count in the same part.
    """
    tables = rows()
    only(tables, ("S01", date(2022, 7, 12), "met"), ("S09", date(2022, 9, 10), "met"))
    for row in tables["enrollment"]:
        row |= {"english_learner": False, "disability": False, "meal_eligibility": "free"}
        row |= {"gender": "F", "race_ethnicity": "black", "homeless": False}
    with open_engine(threads=1) as engine, Workspace(engine) as space:
        given = open_folder(write_csv(tmp_path, tables)).tables
        panel = make_panel(space, read_inputs(space, given, "state", SILENT), SILENT)
        _, make = other_slices()[name]
        made = make(space, effect_panel(space, panel))
        kinds = space.frame(made.kinds.table)
        members = made.kinds.members
        there = set() if members is None else set(space.frame(members)["value"])
    summer, autumn = (kinds[kinds["unit"] == k].sort_values("part") for k in (1, 9))
    assert list(summer["part"]) == list(autumn["part"])
    assert len(summer) > 0
    assert not set(summer["value"]) & set(autumn["value"])
    assert made.kinds.values == 2 * made.kinds.parts > kinds["value"].max()
    # Whom a kind of visit could have reached is the same in summer and after.
    assert members is None or {*summer["value"], *autumn["value"]} <= there


def test_a_school_that_is_new_counts_as_its_district_and_level_did(tmp_path):
    new = "0640311"

    def change(tables):
        everyone_visited(tables)
        (like,) = [row for row in tables["schools"] if row["school_code"] == "0640211"]
        tables["schools"].append(like | {"school_code": new, "school_name": "New School"})
        for name in ("attendance", "enrollment"):
            for row in tables[name]:
                later = (
                    row.get("school_year") == "2022-23" or row.get("month", date.min).year > 2021
                )
                if row["student_id"] == "S01" and later:
                    row["school_code"] = new

    found = made_from(tmp_path, change)
    own = found[(found["unit"] == 1) & (found["t"] == 3)].iloc[0]
    attendance = pd.DataFrame(rows()["attendance"]).merge(
        pd.DataFrame(rows()["enrollment"]).drop_duplicates("student_id")[["student_id", "grade"]],
        on="student_id",
    )
    in_district = attendance["school_code"].str.startswith("064")
    of_level = attendance["grade"].isin(["PK", "K", "5"])
    own_level = of_level == bool(of_level[attendance["student_id"] == "S01"].all())
    expected = rates(attendance[in_district & own_level], [])
    last = [expected[month] for month in sorted(expected.index)[:3]]
    assert own["school_last"] == pytest.approx(last[-1])
    assert own["school_mean"] == pytest.approx(sum(last) / 3)
