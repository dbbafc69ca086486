"""Districts on a map: where their schools are, nothing on anything, every number readable."""

import numpy as np
import pandas as pd
import pytest

from leapdash.show.answers import impact, places
from leapdash.show.charts.base import Look
from leapdash.show.charts.palette import DARK, LIGHT
from leapdash.show.charts.places import _boxes, contrast, district_map, extent, place
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import effect_rows, programme
from leapdash.show.views import places as views
from tests.lib.by_hand import rows_of, total
from tests.lib.small_release import AVON, EFFECT_TABLES, HARTFORD, NEW_HAVEN, make, small_tables

CENTRES = {HARTFORD: (41.77, -72.69), NEW_HAVEN: (41.31, -72.93), AVON: (41.79, -72.86)}
WIDEST = 342


def with_places(*without):
    """The small state's schools with coordinates; schools `without` have none."""
    schools = small_tables()["schools"].to_pandas()
    off = schools["school_code"].str[3].astype(int) / 100
    for at, name in enumerate(("latitude", "longitude")):
        own = schools["district_code"].map({code: both[at] for code, both in CENTRES.items()})
        schools[name] = (own + off).where(~schools["school_code"].isin(without))
    return schools


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    store = tmp_path_factory.mktemp("places")
    return OpenedRelease(make(store, changed={"schools": with_places("0642011")}))


def sections(choice):
    return [section.title for section in impact.answer(choice).sections]


def figure_of(choice):
    (section,) = places.map_section(choice)
    (figure,) = section.make()
    return figure


def test_a_district_is_where_its_schools_are_on_average(placed):
    found = views.district_places(Choice(placed)).set_index("district_code")
    assert set(found.index) == set(CENTRES)
    assert found.loc[NEW_HAVEN].tolist() == pytest.approx([41.31 + 0.015, -72.93 + 0.015])
    # Only one of Hartford's two schools has a place.
    assert found.loc[HARTFORD].tolist() == pytest.approx([41.77 + 0.01, -72.69 + 0.01])


@pytest.mark.parametrize("nothing", [False, True])
def test_without_coordinates_there_is_no_map_and_all_else_stays(tmp_path, choose, nothing):
    choice = choose()
    if nothing:
        schools = with_places().assign(latitude=None, longitude=None)
        schools = schools.astype({"latitude": "float64", "longitude": "float64"})
        choice = Choice(OpenedRelease(make(tmp_path, changed={"schools": schools})))
    assert places.TITLE not in sections(choice)
    assert {"Reached", "Where next"} <= set(sections(choice))


def test_one_district_alone_makes_no_map(placed):
    assert places.TITLE in sections(Choice(placed))
    assert places.TITLE in sections(Choice(placed, Filters((HARTFORD, NEW_HAVEN))))
    assert places.TITLE not in sections(Choice(placed, Filters((HARTFORD,))))
    assert places.TITLE not in sections(Choice(placed, Filters((HARTFORD, AVON))))


@pytest.mark.parametrize("filters", [Filters(), Filters((), ("6-8",), years=("2021-22",))])
def test_the_table_says_what_impact_says_of_each_district(placed, filters):
    choice = Choice(placed, filters)
    table = views.districts_on_map(choice).set_index("district_code")
    assert set(table.index) == {HARTFORD, NEW_HAVEN}
    effects = effect_rows.district_rows(choice).set_index("code")
    reach = programme.districts_visited(choice).set_index("district_code")
    rows = [
        row
        for row in rows_of(placed, "visits")
        if (not filters.levels or row["level"] in filters.levels)
        and (not filters.years or "2021-07" <= row["month"].isoformat()[:7] < "2022-07")
    ]
    for code in (HARTFORD, NEW_HAVEN):
        row, own = table.loc[code], effects.loc[code]
        assert row["effect"] == pytest.approx(own["effect"], nan_ok=True)
        assert row["low"] == pytest.approx(own["low"], nan_ok=True)
        assert row["waiting"] == reach.loc[code, "waiting"]
        assert row["reached"] == reach.loc[code, "reached"]
        here = [visit for visit in rows if visit["district_code"] == code]
        assert row["visited_all"] == total(here, "first_visits")
    assert table["visited_all"].is_monotonic_decreasing


def test_without_effects_the_map_shows_who_was_reached(tmp_path):
    release = make(tmp_path, without=EFFECT_TABLES, changed={"schools": with_places()})
    choice = Choice(OpenedRelease(release))
    assert places.TITLE in sections(choice)
    figure = figure_of(choice)
    assert figure.title == "Who was reached, on a map"
    assert "effect" not in figure.table


def made_up(number, seed=1, spread=0.5):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "series": [f"Place {n} of the Region" for n in range(number)],
            "latitude": 41.5 + spread * rng.random(number),
            "longitude": -73 + 2 * spread * rng.random(number),
            "visited_all": rng.integers(0, 800, number),
            "waiting": rng.integers(0, 5000, number),
            "reached": rng.random(number),
            "effect": rng.normal(0.1, 0.05, number),
        }
    ).assign(low=lambda t: t["effect"] - 0.06, high=lambda t: t["effect"] + 0.06)


@pytest.mark.parametrize(
    ("number", "spread"), [(2, 0.5), (16, 0.5), (16, 0.0), (40, 0.3), (60, 0.01)]
)
def test_no_circle_or_name_stands_on_another_even_where_all_are_at_one_place(number, spread):
    found = place(made_up(number, spread=spread), "visited_all")
    boxes = _boxes(found.radius, found.names)
    for i in range(number):
        for j in range(i):
            across = boxes[i, 0] + boxes[j, 0] - abs(found.x[i] - found.x[j])
            upper, lower = (i, j) if found.y[i] >= found.y[j] else (j, i)
            gap = found.y[upper] - found.y[lower]
            along = boxes[upper, 1] + boxes[lower, 2] - gap
            assert min(across, along) < 0.5, (i, j)


def test_north_stays_above_and_east_to_the_right_where_there_is_room():
    table = made_up(4).assign(
        latitude=[41.1, 42.0, 41.1, 42.0], longitude=[-73.5, -73.5, -72.0, -72.0]
    )
    found = place(table, "waiting")
    assert found.y[1] - found.y[0] == pytest.approx(found.y[3] - found.y[2])
    assert min(found.y[1], found.y[3]) > max(found.y[0], found.y[2])
    assert min(found.x[2], found.x[3]) > max(found.x[0], found.x[1])
    east = (found.x[2] - found.x[0]) / (1.5 * np.cos(np.radians(41.55)))
    assert east == pytest.approx((found.y[1] - found.y[0]) / 0.9)


@pytest.mark.parametrize("seed", range(5))
def test_the_map_of_a_state_fits_a_telephone(seed):
    left, right, *_ = extent(place(made_up(16, seed), "visited_all"))
    assert right - left <= WIDEST


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("shade", ["effect", "reached"])
def test_every_circle_has_its_number_in_a_colour_that_can_be_read(placed, palette, shade):
    stamp = impact.answer(Choice(placed)).stamp
    table = made_up(16)
    table.loc[3, ["effect", "low", "high"]] = np.nan
    drawn = district_map(table, "visited_all", shade, "six_to_nine", Look(palette, stamp))
    (circles,) = drawn.data
    numbers = [f"{100 * v:.1f}%" for v in table["reached"]]
    if shade == "effect":
        numbers = [f"{100 * v:+.1f}".replace("-", "−") for v in table["effect"]]
        numbers[3] = "–"
    assert list(circles.text) == numbers
    pairs = zip(circles.textfont.color, circles.marker.color, strict=True)
    assert min(contrast(text, fill) for text, fill in pairs) >= 4.5
    unsure = (table["low"] <= 0) & (table["high"] >= 0) | table["effect"].isna()
    open_ones = [color == palette.ground for color in circles.marker.color]
    assert open_ones == (unsure.tolist() if shade == "effect" else [False] * 16)
    assert circles.marker.size[int(table["visited_all"].argmax())] == max(circles.marker.size)
    names = [note.text for note in drawn.layout.annotations if note.name == "name"]
    largest = table.nlargest(6, "visited_all")["series"]
    assert sorted(name.replace("<br>", " ") for name in names) == sorted(largest)
    assert drawn.layout.yaxis.scaleanchor == "x"
    assert "Place 5 of the Region" in circles.customdata[5]


def test_what_the_map_shows_is_told_in_words(placed):
    figure = figure_of(Choice(placed))
    assert figure.title == "What visits changed, on a map"
    assert "2 districts, from" in figure.alt
    assert "open circle" in figure.notes[0]
    reached = figure_of(Choice(placed, shade="reached", size="waiting"))
    assert "open circle" not in reached.notes[0]
    drawn = reached.chart(Look(LIGHT, impact.answer(Choice(placed)).stamp))
    written = [note.text for note in drawn.layout.annotations]
    assert "Size: students waiting" in written
    assert "Number and shade: % visited of ever eligible" in written


def test_a_map_is_the_same_every_time():
    one, other = (place(made_up(16), "waiting") for _ in range(2))
    assert (one.x == other.x).all()
    assert (one.y == other.y).all()
