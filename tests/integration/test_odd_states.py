"""States in which the effects of visits can't, or can hardly, be told: a release all the same, with
the reason in words, and no figure that is infinite or zero for want of anything.
"""

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from leapdash.build.build import build
from leapdash.build.effects.tables import effect_tables
from leapdash.contract import LEVELS, STATE_CODE
from leapdash.release import Release
from leapdash.show.effects.arrays import cohort_data, recent_data, slice_data
from leapdash.show.effects.days import days_enrolled, days_regained
from leapdash.show.effects.recent import recent_study
from leapdash.show.effects.studies import (
    Headline,
    difference,
    effect_study,
    slice_studies,
)
from leapdash.show.effects.unions import chosen
from tests.lib.input_files import Row, rows, write_csv

MONTHS = [
    date(year if month >= 9 else year + 1, month, 1)
    for year in (2021, 2022)
    for month in (9, 10, 11, 12, 1, 2, 3, 4, 5, 6)
]
SLICES = ("place", "visitor", "language", "visits", "group", "school", "comparison", "followed")
SCHOOLS = ("0640111", "0640211", "1430111")
STUDENTS = 180


def state(
    first: Callable[[int], int | None], months: int = 20, equal: bool = False
) -> dict[str, list[Row]]:
    """180 students of three schools in two districts, all of one level. `first`: by student, the
    month of the first visit, counted from 0, or None. `equal`: everyone attends every month alike.
    """
    rng = np.random.default_rng(7)
    tables = rows()
    one = dict(tables["enrollment"][0])
    names = [f"S{number:03d}" for number in range(STUDENTS)]
    years = ["2021-22", "2022-23"][: 1 if months <= 10 else 2]
    tables["enrollment"] = [
        one | {"student_id": name, "school_year": year, "school_code": SCHOOLS[k % 3], "grade": "3"}
        for k, name in enumerate(names)
        for year in years
    ]
    attended = np.full((STUDENTS, months), 18.0)
    if not equal:
        attended = np.clip(np.round(2 * rng.normal(17, 2, (STUDENTS, months))) / 2, 0, 20)
    tables["attendance"] = [
        {
            "student_id": name,
            "school_code": SCHOOLS[k % 3],
            "month": MONTHS[t],
            "days_enrolled": 20.0,
            "days_attended": float(attended[k, t]),
        }
        for k, name in enumerate(names)
        for t in range(months)
    ]
    visit = dict(tables["visits"][1])
    tables["visits"] = [
        visit | {"student_id": name, "visit_date": MONTHS[month].replace(day=15)}
        for k, name in enumerate(names)
        if (month := first(k)) is not None
    ]
    if not tables["visits"]:
        tables["visits"] = [visit | {"student_id": names[0], "contact": "no contact"}]
    return tables


def released(
    folder: Path, tables: dict[str, list[Row]], slices: Collection[str] = SLICES
) -> Release:
    """A release of the tables, with these slices of effects alone: each takes seconds."""
    some = partial(effect_tables, slices=slices)
    with patch("leapdash.build.effects.tables.effect_tables", some):
        return build(write_csv(folder / "input", tables), folder / "store", memory_limit="500MB")


def numbers_are_finite(release: Release) -> None:
    for name in release.manifest.tables:
        table = release.table(name).to_pandas()
        figures = table.select_dtypes("number").dropna()
        assert np.isfinite(figures.to_numpy(dtype=float)).all(), name
    checked = ("effects", "effects_covariance", "effects_schools", "balance")
    for name in (*checked, "effects_recent", "effects_recent_covariance"):
        if release.has(name):
            assert not release.table(name).to_pandas().isna().any(axis=None), name


def shown(release: Release) -> list[Headline]:
    """Every headline of the release, after a look at whether its numbers are numbers."""
    numbers_are_finite(release)
    data = cohort_data(release)
    visited_days = release.table("visited_days", where={"slice": ["all"]}).to_pandas()
    choices = [
        chosen(data),
        chosen(data, districts=["0640011"]),
        chosen(data, districts=["1430011"]),
        chosen(data, levels=["9-12"]),
        chosen(data, periods=["2021-22"]),
    ]
    studies = [effect_study(data, atoms) for atoms in choices]
    enrolled = days_enrolled(data, visited_days)
    for atoms in choices:
        days = days_regained(data, atoms, enrolled, cost=1000.0)
        assert (days.days is None) == (days.withheld is not None)
    for name in SLICES:
        for district in (STATE_CODE, "0640011", "1430011"):
            for level in ("all", *LEVELS):
                values = slice_data(release, name, district, level)
                studies += slice_studies(values).values()
                if values.values:
                    first, last = values.values[0], values.values[-1]
                    assert_finite(difference(values, first, last, "month_after"))
    found = []
    for study in studies:
        seen = study.table[study.table["shown"].astype(bool)]
        inside = seen.drop(columns=["band_low", "band_high", "shown"]).to_numpy(dtype=float)
        assert np.isfinite(inside).all()
        for headline in (study.month_after, study.six_to_nine):
            # Either a number, or a sentence that says why there is none.
            assert (headline.effect is None) == (headline.withheld is not None)
            assert_finite(headline.effect)
            found.append(headline)
    return found


def assert_finite(interval: object) -> None:
    assert interval is None or np.isfinite(list(vars(interval).values())).all()


def test_no_visit_that_met_anybody_leaves_no_effects(tmp_path):
    release = released(tmp_path, state(lambda _: None))
    assert not [name for name in release.manifest.tables if name.startswith("effects")]
    assert not release.has("visited_compared")
    numbers_are_finite(release)


def test_all_students_visited_at_once_leaves_the_reason_instead_of_effects(tmp_path):
    release = released(tmp_path, state(lambda _: 8))
    assert not release.has("effects")
    numbers_are_finite(release)
    why = release.table("visited_compared").to_pandas().groupby("reason")["students"].sum()
    assert why.to_dict() == {"no comparison": STUDENTS}


@pytest.mark.full
def test_all_students_visited_in_turn_are_compared_while_others_wait(tmp_path):
    release = released(tmp_path, state(lambda k: 5 + k % 10), ("visits", "comparison"))
    headlines = shown(release)
    assert [h for h in headlines if h.effect is not None]
    why = release.table("visited_compared").to_pandas().groupby("reason")["students"].sum()
    # Those visited last have nobody left to be compared with.
    assert why.to_dict() == {"compared": 162, "no comparison": 18}


def test_a_district_s_cohort_without_comparison_is_withheld_and_the_rest_is_not(tmp_path):
    # Everyone in Torrington is visited in one month, a third of Hartford over time.
    visits = state(lambda k: 6 if k % 3 == 2 else (k % 8 + 4 if k % 3 else None))
    release = released(tmp_path, visits, ("place", "school"))
    shown(release)
    data = cohort_data(release)
    study = effect_study(data, chosen(data, districts=["1430011"]))
    assert study.withheld.startswith("None of the 60 visited students could be compared")
    assert effect_study(data, chosen(data)).visited_all == 180 - 60
    why = release.table("visited_compared").to_pandas()
    alone = why[why["district_code"] == "1430011"]
    assert list(zip(alone["reason"], alone["students"], strict=True)) == [("no comparison", 60)]


def test_one_school_month_leaves_the_reason_instead_of_effects(tmp_path):
    release = released(tmp_path, state(lambda k: 0 if k % 3 else None, months=1))
    assert not release.has("effects")
    numbers_are_finite(release)
    why = release.table("visited_compared").to_pandas()
    assert why.groupby("reason")["students"].sum().to_dict() == {"no history": 120}


def test_equal_attendance_gives_no_effect_no_error_and_no_band_or_test_that_breaks(tmp_path):
    visits = state(lambda k: 4 + k % 9 if k % 4 == 0 else None, equal=True)
    release = released(tmp_path, visits, ("place", "school", "group"))
    headlines = [h for h in shown(release) if h.effect is not None]
    assert headlines
    for headline in headlines:
        assert abs(headline.effect.effect) < 1e-12
        assert headline.effect.std_error < 1e-9
    data = cohort_data(release)
    study = effect_study(data, chosen(data))
    alone = recent_data(release)
    recent = recent_study(alone, chosen(alone))
    assert recent.test is None
    assert recent.smallest is None
    assert recent.breakdown(study.six_to_nine) is None
    after = study.table[study.table["shown"] & (study.table["event_time"] >= 0)]
    np.testing.assert_allclose(after["band_high"], 0, atol=1e-9)


@pytest.mark.full
def test_a_slice_with_one_value_stands_alone_and_is_the_whole(tmp_path):
    release = released(tmp_path, state(lambda k: 4 + k % 9 if k % 4 == 0 else None))
    shown(release)
    data = cohort_data(release)
    whole = effect_study(data, chosen(data)).month_after
    # Every visit was at home, by school staff, in English: each of these slices has one value.
    for name, value in (("place", "home"), ("visitor", "school staff"), ("language", "en")):
        values = slice_data(release, name, STATE_CODE, "all")
        assert values.values == (value,)
        only = slice_studies(values)[value].month_after
        assert only.visited == whole.visited
        assert only.effect.effect == pytest.approx(whole.effect.effect, abs=0.005)


def test_a_handful_of_visits_are_counted_and_withheld(tmp_path):
    release = released(tmp_path, state(lambda k: 8 if k < 6 else None))
    headlines = shown(release)
    assert all(h.effect is None for h in headlines)
    data = cohort_data(release)
    assert effect_study(data, chosen(data)).withheld.startswith("Only 6 students were visited")
    assert slice_data(release, "place", STATE_CODE, "all").values == ()


@pytest.mark.full
def test_visits_in_the_last_month_have_no_month_after(tmp_path):
    release = released(
        tmp_path, state(lambda k: 19 if k % 4 == 0 else None), ("place", "followed", "group")
    )
    shown(release)
    effects = release.table("effects").to_pandas()
    assert effects["event_time"].max() == 0
    data = cohort_data(release)
    study = effect_study(data, chosen(data))
    assert study.month_after.withheld.startswith("Only 0 visited students could be followed")
    visited_days = release.table("visited_days", where={"slice": ["all"]}).to_pandas()
    days = days_regained(data, chosen(data), days_enrolled(data, visited_days))
    assert days.withheld.startswith("No month after the visit")


@pytest.mark.full
def test_values_of_one_level_are_set_beside_each_other_as_at_all_levels_where_there_is_but_one(
    tmp_path,
):
    """The two visitors' students are compared with the same others, so their errors move together,
    in a district's level as in the whole district.
    """
    tables = state(lambda k: 6 if k % 12 in (0, 1, 3, 4, 7) else None)
    for number, visit in enumerate(tables["visits"]):
        visit["visitor"] = "community partner" if number % 2 else "school staff"
    release = released(tmp_path, tables, ("visitor",))
    every, one = (slice_data(release, "visitor", "0640011", level) for level in ("all", "PK-5"))
    assert one.values == every.values == ("community partner", "school staff")
    assert np.abs(every.between[0, 1]).max() > 0
    np.testing.assert_array_equal(one.between[0, 1], every.between[0, 1])
    np.testing.assert_array_equal(one.covariance, every.covariance)
    first, second = one.values
    found = [difference(data, first, second, "month_after") for data in (every, one)]
    assert found[0] is not None
    assert found[0] == found[1]
