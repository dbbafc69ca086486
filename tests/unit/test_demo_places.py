"""Districts and schools of the demonstration state."""

import csv
import re

import numpy as np
import pytest

from leapdash.build.demo.draws import Draws
from leapdash.build.demo.places import DEGREE, DISTRICTS, LEVEL_NAMES, make_places
from leapdash.contract import INPUT_TABLES

LEAP = {
    "Bridgeport", "Capitol Region Education Council", "Danbury", "East Hartford", "Hartford",
    "Manchester", "Meriden", "New Britain", "New Haven", "New London", "Norwich", "Stamford",
    "Torrington", "Waterbury", "Windham",
}  # fmt: skip


@pytest.fixture(scope="module")
def places():
    return make_places(150_000, Draws(1))


def test_the_fifteen_leap_districts_take_part_and_one_invented_one_canvasses():
    assert {d.name for d in DISTRICTS if d.leap and not d.canvasses} == LEAP
    assert [d.name for d in DISTRICTS if d.canvasses] == ["Harrow Mills"]
    assert sum(not d.leap for d in DISTRICTS) >= 15


def test_district_figures_are_the_published_ones(real_data):
    path = real_data / "ct_attendance_by_group_and_district_2021-22.csv"
    with path.open(encoding="utf-8", newline="") as file:
        published = {
            row["District code"]: row
            for row in csv.DictReader(file)
            if row["Student group"] == "All Students"
        }
    for district in DISTRICTS:
        if district.canvasses:
            assert district.code not in published
            continue
        row = published[district.code]
        assert row["District name"].removesuffix(" School District") == district.name
        assert int(row["2021-2022 student count - year to date"]) == district.students
        assert float(row["2021-2022 attendance rate - year to date"]) == district.rate_2021_22
        assert float(row["2020-2021 attendance rate"]) == district.rate_2020_21


def test_a_district_s_centre_is_the_mean_of_its_schools_in_the_directory(real_data):
    path = real_data / "ct_education_directory.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["Organization Code"][:3], re.findall(r"-?\d+\.\d{4,}", row["Location"]))
            for row in csv.DictReader(file)
            if not row["Organization Type"].endswith("Districts")
        ]
    for district in DISTRICTS:
        own = [place for code, place in rows if code == district.code[:3] and len(place) == 2]
        assert bool(own) != district.canvasses
        if own:
            latitude, longitude = np.array(own, dtype=float).mean(axis=0)
            assert (district.latitude, district.longitude) == (
                round(float(latitude), 2),
                round(float(longitude), 2),
            )


def test_schools_stand_about_their_district_s_centre_the_same_every_time(places):
    centre = np.array([[d.latitude, d.longitude] for d in DISTRICTS])[places.school_district]
    off = np.stack([places.latitude, places.longitude], axis=1) / DEGREE - centre
    assert np.abs(off).max() < 0.09
    assert 0.01 < off[:, 0].std() < 0.025
    assert abs(np.corrcoef(off.T)[0, 1]) < 0.2
    again = make_places(150_000, Draws(1))
    assert (again.latitude == places.latitude).all()
    assert (again.longitude == places.longitude).all()


def test_invented_schools_and_the_invented_district_are_none_of_the_real_ones(real_data, places):
    path = real_data / "ct_education_directory.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not {row["School Name"] for row in rows} & set(places.school_names)
    assert not {row["Organization Code"] for row in rows} & set(places.school_codes)
    invented = next(d.name for d in DISTRICTS if d.canvasses)
    assert not [row for row in rows if invented in row["District Name"] + row["Town"]]


@pytest.mark.parametrize("students", [300, 5_000, 150_000, 600_000])
def test_codes_and_names_are_unique_and_codes_fit_the_contract(students):
    places = make_places(students, Draws(1))
    pattern = next(t for t in INPUT_TABLES if t.name == "schools").column("school_code").pattern
    assert len(set(places.school_codes)) == len(places.school_codes)
    assert len(set(places.school_names)) == len(places.school_names)
    assert all(re.fullmatch(pattern, code) for code in places.school_codes)


def test_districts_keep_their_proportions_and_every_district_has_schools_of_each_level(places):
    real = np.array([d.students for d in DISTRICTS])
    shrink = 150_000 / real.sum()
    assert np.abs(places.students - real * shrink).max() <= 0.5
    pairs = set(zip(places.school_district.tolist(), places.school_level.tolist(), strict=True))
    assert pairs == {(d, level) for d in range(len(DISTRICTS)) for level in range(len(LEVEL_NAMES))}


def test_a_school_year_has_between_178_and_182_days(places):
    days = places.half_days.reshape(len(DISTRICTS), 3, 10).sum(axis=2) // 2
    assert days.min() >= 178
    assert days.max() <= 182
