"""The figures: what is drawn, where, in which colours, and what an exported picture still says."""

import json
from dataclasses import fields, replace
from itertools import combinations, pairwise

import pandas as pd
import pytest

from leapdash.show.charts import attendance as attendance_charts
from leapdash.show.charts import district as district_charts
from leapdash.show.charts import effects as effect_charts
from leapdash.show.charts import programme as programme_charts
from leapdash.show.charts.axes import percent_axis
from leapdash.show.charts.base import HEADING_HEIGHT, Heading, Look, Stamp
from leapdash.show.charts.labels import spread
from leapdash.show.charts.palette import DARK, LIGHT, palette_of
from leapdash.show.charts.spoken import plotly_words
from leapdash.show.filters import Filters
from leapdash.show.language import speaking
from leapdash.show.measures import ATTENDANCE, CHRONIC_ABSENCE
from leapdash.show.views import attendance as attendance_views
from leapdash.show.views import district as district_views
from leapdash.show.views import effects as effect_views
from leapdash.show.views import programme as programme_views
from leapdash.show.words.numbers import per_cent, points
from tests.lib.paths import ROOT
from tests.lib.small_release import HARTFORD

PALETTE = LIGHT
SIMULATED = Look(LIGHT, Stamp(True, "2026-11-24T060000"))
RECORDED = Look(LIGHT, Stamp(False, "2026-11-24T060000"))


@pytest.fixture(scope="module")
def every_figure(choose):
    """One of each kind, by name."""
    monthly = attendance_views.attendance_trend(choose(by="district"))
    yearly = district_views.attendance_beside(choose(district=HARTFORD, grain="year"))
    published = district_views.published_of_both(choose(district=HARTFORD))
    path = effect_views.paths(choose())
    districts = programme_views.districts_visited(choose())
    schools = district_views.schools_beside(choose(district=HARTFORD))

    def draw(look):
        references = {
            level: {"Hartford": 0.857, "all districts": 0.867} for level in schools["level"]
        }
        return {
            "monthly": attendance_charts.trend_lines(monthly, ATTENDANCE, look),
            "yearly": attendance_charts.trend_lines(yearly, ATTENDANCE, look, published),
            "event": effect_charts.plain_lines(path, None, look),
            "reach": programme_charts.reach_rows(districts, look),
            "schools": district_charts.school_rows(schools, ATTENDANCE, references, look),
        }

    return draw


def texts(figure, name):
    return [note.text for note in figure.layout.annotations if note.name == name]


def test_every_figure_carries_the_mark_of_its_data_and_its_release(every_figure):
    for figure in every_figure(SIMULATED).values():
        assert texts(figure, "stamp") == ["Simulated data · release 2026-11-24T060000"]
    for figure in every_figure(RECORDED).values():
        assert texts(figure, "stamp") == ["release 2026-11-24T060000"]


def test_a_figure_that_may_leave_its_page_bears_title_and_choice_on_ground_of_their_own(
    every_figure,
):
    heading = Heading("Attendance by month", "Hartford · " + ", ".join(["a long name"] * 40))
    bare = every_figure(SIMULATED)
    for name, figure in every_figure(replace(SIMULATED, heading=heading)).items():
        (text,) = texts(figure, "heading")
        assert text.startswith("<b>Attendance by month</b><br>")
        assert text.count("<br>") == 2
        assert "Hartford · a long name" in text
        assert figure.layout.height == bare[name].layout.height + HEADING_HEIGHT
        assert figure.layout.margin.t == bare[name].layout.margin.t + HEADING_HEIGHT
        assert texts(bare[name], "heading") == []


def test_the_page_cuts_off_exactly_the_ground_of_the_heading():
    style = (ROOT / "leapdash/show/dashboard/style.css").read_text("utf-8")
    assert f"margin-top: -{HEADING_HEIGHT}px; clip-path: inset({HEADING_HEIGHT}px 0 0 0);" in style
    assert f"top: {HEADING_HEIGHT}px !important" in style


def test_no_figure_asks_another_host_for_anything(every_figure):
    for figure in every_figure(SIMULATED).values():
        drawing = json.loads(figure.to_json())
        assert {trace["type"] for trace in drawing["data"]} <= {"scatter", "bar"}
        assert "://" not in figure.to_json()
        assert "$" not in "".join(note.text for note in figure.layout.annotations)


def test_every_figure_stands_on_the_ground_of_its_theme(every_figure):
    for palette in (LIGHT, DARK):
        for figure in every_figure(Look(palette, SIMULATED.stamp)).values():
            assert figure.layout.paper_bgcolor == palette.ground
            assert figure.layout.font.color == palette.muted


def test_axes_name_what_they_measure_with_its_unit(every_figure):
    figures = every_figure(SIMULATED)
    rate = "Attendance rate (% of days enrolled)"
    for name in ("monthly", "yearly", "event"):
        assert texts(figures[name], "y title") == [rate]
    assert figures["schools"].layout.xaxis.title.text.split("<br>")[0] == rate
    assert figures["reach"].layout.xaxis.title.text == "Visited (% of students ever eligible)"
    assert figures["event"].layout.xaxis.title.text.startswith("School months since")


@pytest.mark.parametrize("values", [[0.91, 0.93], [0.05, 0.99], [1.0], [0.0, 0.0], [0.8, 0.8004]])
def test_a_rate_axis_holds_every_value_with_a_few_ticks_in_whole_per_cents(values):
    axis = percent_axis(values, PALETTE)
    low, high = axis["range"]
    assert low < min(values)
    assert max(values) < high <= 1.02
    assert 2 <= (high - low) / axis["dtick"] <= 12
    assert (axis["dtick"] >= 0.01, axis["tickformat"]) == (True, ".0%")


def test_a_line_holds_the_table_s_values_and_breaks_between_school_years(choose):
    table = attendance_views.attendance_trend(choose())
    figure = attendance_charts.trend_lines(table, ATTENDANCE, SIMULATED)
    line, _ = figure.data
    assert [y for y in line.y if y is not None] == [round(v, 5) for v in table["attendance_rate"]]
    gaps = [x for x, y in zip(line.x, line.y, strict=True) if y is None]
    assert gaps == ["2021-06-01", "2022-06-01"]
    assert [n for n in line.customdata if n is not None] == table["students"].tolist()
    assert "%{customdata:,} students" in line.hovertemplate


def test_lines_are_named_at_their_ends_not_in_a_legend(choose):
    table = attendance_views.attendance_trend(choose(by="district"))
    figure = attendance_charts.trend_lines(table, ATTENDANCE, SIMULATED)
    assert not figure.layout.showlegend
    *lines, names = figure.data
    assert [text.strip() for text in names.text] == ["LEAP districts", "Other districts"]
    assert list(names.textfont.color) == [line.line.color for line in lines]
    for y, line in zip(names.y, lines, strict=True):
        assert y == pytest.approx(line.y[-1], abs=0.004)


def test_published_rates_are_squares_in_their_line_s_colour_with_values_that_keep_apart(
    every_figure,
):
    figure = every_figure(SIMULATED)["yearly"]
    squares = [trace for trace in figure.data if "published" in trace.name]
    lines = {trace.name: trace.line.color for trace in figure.data if trace.line.color}
    assert [trace.marker.symbol for trace in squares] == ["square", "square-open"]
    assert list(squares[0].text) == ["90.8%", "83.3%", "85.6%"]
    assert list(squares[1].text) == ["94.8%", "92.9%", "91.7%"]
    assert set(squares[0].textposition) == {"bottom center"}
    assert set(squares[1].textposition) == {"top center"}
    assert squares[0].marker.color == squares[0].textfont.color == lines["Hartford"]
    assert squares[1].marker.color == lines["All districts"]
    assert texts(figure, "published key") == ["■ Hartford  □ Connecticut, published by the state"]
    assert list(figure.layout.xaxis.categoryarray) == ["2019-20", "2020-21", "2021-22", "2022-23"]
    highest = max(max(trace.y) for trace in squares)
    assert highest + 0.03 * (highest - 0.83) < figure.layout.yaxis.range[1]


def test_three_published_series_have_squares_and_no_values_to_lie_on_each_other(choose):
    table = attendance_views.attendance_trend(choose(by="district", grain="year"))
    published = attendance_views.published_beside(choose())
    three = pd.concat([table[table["code"] == "leap"].assign(code=c, series=c) for c in "abc"])
    published = pd.concat([published.assign(code=code, series=code) for code in "abc"])
    figure = attendance_charts.trend_lines(three, ATTENDANCE, SIMULATED, published)
    squares = [trace for trace in figure.data if "published" in trace.name]
    assert [trace.marker.color for trace in squares] == list(PALETTE.series[:3])
    assert {trace.mode for trace in squares} == {"markers"}
    assert texts(figure, "published key") == ["■ published by the state"]


def test_months_that_plotly_writes_are_of_the_language(bracketed):
    assert plotly_words() == {}
    with speaking(bracketed):
        told = plotly_words()
    assert told["locale"] == "es"
    words = told["locales"]["es"]
    assert words["format"] == {
        "months": [
            *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
            *("septiembre", "octubre", "noviembre", "diciembre"),
        ],
        "shortMonths": [
            *("ene", "feb", "mar", "abr", "may", "jun"),
            *("jul", "ago", "sep", "oct", "nov", "dic"),
        ],
    }
    assert words["dictionary"]["Download plot as a PNG"] == "⟦Download plot as a PNG⟧"


def test_participation_keeps_its_colours_whatever_is_chosen(choose):
    for chosen in ((), ("visited",), ("eligible", "other")):
        table = attendance_views.attendance_trend(
            choose(Filters(participation=chosen), by="participation")
        )
        figure = attendance_charts.trend_lines(table, ATTENDANCE, SIMULATED)
        colors = {trace.name: trace.line.color for trace in figure.data if trace.name != "names"}
        meanings = {
            "Visited": PALETTE.visited,
            "Eligible": PALETTE.waiting,
            "Neither": PALETTE.compared,
        }
        assert colors == {name: meanings[name] for name in colors}


@pytest.fixture(scope="module")
def groups(choose):
    """Fifteen lines: a tile each."""
    table = attendance_views.attendance_trend(choose(by="group", grain="year"))
    published = attendance_views.published_beside(choose(by="group")).assign(code="white")
    figure = attendance_charts.trend_lines(table, ATTENDANCE, SIMULATED, published, "white")
    return table, published, figure


def test_beyond_six_lines_each_has_a_tile_first_the_one_asked_for_then_the_worst_off(groups):
    table, _, figure = groups
    heads = [text.replace("<br>", " ").split(" <span")[0] for text in texts(figure, "tile")]
    last = table.drop_duplicates("code", keep="last").sort_values("attendance_rate")
    expected = [*last[last["code"] == "white"]["series"], *last[last["code"] != "white"]["series"]]
    assert heads == expected
    own = [t for t in figure.data if t.line.color == PALETTE.series[0] and t.mode != "markers"]
    assert [trace.name for trace in own] == expected
    assert len({trace.xaxis or "x" for trace in own}) == 15
    for trace in own:
        values = table[table["series"] == trace.name]["attendance_rate"]
        assert list(trace.y) == [round(value, 5) for value in values]


def test_behind_every_tile_s_line_stands_that_of_all_students_in_grey(groups):
    _, _, figure = groups
    grey = [trace for trace in figure.data if trace.line.color == PALETTE.compared]
    assert {trace.name for trace in grey} == {"All students"}
    assert len(grey) == 14


def test_a_tile_says_its_last_value_and_how_it_moved_in_a_year(groups):
    table, _, figure = groups
    white = table[table["code"] == "white"]["attendance_rate"].tolist()
    assert (
        f"{per_cent(white[-1])}, {points(white[-1] - white[-2], True)} since 2021-22"
        in (texts(figure, "tile")[0])
    )


def test_published_squares_stand_in_their_own_tile_in_its_line_s_colour(groups):
    _, published, figure = groups
    squares = [trace for trace in figure.data if trace.mode == "markers" and len(trace.x)]
    assert [(trace.xaxis, trace.marker.color) for trace in squares] == [("x", PALETTE.series[0])]
    assert list(squares[0].y) == [round(rate, 5) for rate in published["attendance_rate"]]


def test_tiles_are_all_on_the_same_axes_and_lie_beside_and_below_each_other(groups):
    layout = groups[2].layout
    axes = [(layout[f"xaxis{n}"], layout[f"yaxis{n}"]) for n in ("", *range(2, 16))]
    assert len({tuple(y.range) for _, y in axes}) == 1
    assert len({(*x.domain, *y.domain) for x, y in axes}) == 15
    for (x1, y1), (x2, y2) in combinations(axes, 2):
        apart = x1.domain[1] < x2.domain[0] or x2.domain[1] < x1.domain[0]
        assert apart or y1.domain[1] < y2.domain[0] or y2.domain[1] < y1.domain[0]


def test_beyond_six_paths_each_has_a_tile_with_the_first_visit_marked(choose):
    path = effect_views.paths(choose())
    table = pd.concat([path.assign(series=f"District {c}", code=c) for c in "abcdefg"])
    figure = effect_charts.plain_lines(table, None, SIMULATED)
    assert len(texts(figure, "tile")) == len(figure.data) == 7
    assert {shape.xref for shape in figure.layout.shapes} == {"x", *(f"x{n}" for n in range(2, 8))}


def test_a_chart_of_nobody_says_so(choose):
    table = attendance_views.chronic_trend(choose())[:0]
    figure = attendance_charts.trend_lines(table, CHRONIC_ABSENCE, SIMULATED)
    assert texts(figure, "nothing") == ["Nobody is counted here"]


def test_months_with_few_students_are_hollow(choose):
    table = attendance_views.attendance_trend(choose()).assign(students=10)
    table.loc[3, "students"] = 9
    figure = attendance_charts.trend_lines(table, ATTENDANCE, SIMULATED)
    hollow = [fill == PALETTE.ground for fill in figure.data[0].marker.color]
    assert [month for month, few in zip(figure.data[0].x, hollow, strict=True) if few] == [
        "2020-12-01"
    ]


def test_points_with_few_students_are_hollow():
    table = pd.DataFrame(
        {
            "series": "Hartford",
            "code": "all",
            "event_time": [-1, 0, 1],
            "students": [12, 10, 9],
            "days_enrolled": [100.0] * 3,
            "days_attended": [80.0, 70.0, 90.0],
            "attendance_rate": [0.8, 0.7, 0.9],
        }
    )
    figure = effect_charts.plain_lines(table, None, SIMULATED)
    assert list(figure.data[0].marker.color) == [PALETTE.visited, PALETTE.visited, PALETTE.ground]


def test_bars_of_reach_are_shares_from_zero_with_their_values_largest_on_top(choose):
    table = programme_views.districts_visited(choose())
    figure = programme_charts.reach_rows(table, SIMULATED)
    (bars,) = figure.data
    shares = (table["ever_eligible_visited"] / table["ever_eligible"]).tolist()
    assert list(bars.x)[::-1] == [round(share, 5) for share in shares]
    assert shares == sorted(shares, reverse=True)
    first = table.iloc[0]
    assert bars.text[-1] == (
        f"<b>{per_cent(shares[0])}</b>  {first['ever_eligible_visited']:,} of "
        f"{first['ever_eligible']:,}"
    )
    assert figure.layout.xaxis.range[0] == 0


def schools_of(*told):
    columns = ["school_name", "level", "attendance_rate", "students", "chronic_share"]
    table = pd.DataFrame(told, columns=columns).assign(chronic_base=50)
    low, high = table["chronic_share"] - 0.1, table["chronic_share"] + 0.1
    return table.assign(chronic_low=low, chronic_high=high)


SCHOOLS = schools_of(
    ("Elm School", "PK-5", 0.91, 300, 0.2),
    ("Oak School", "PK-5", 0.88, 9, 0.3),
    ("Elm School", "9-12", 0.84, 500, 0.4),
)
REFERENCES = {
    "PK-5": {"Hartford": 0.89, "all districts": 0.93},
    "9-12": {"Hartford": 0.85, "all districts": 0.9},
}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (ATTENDANCE, ["88.0%", "91.0%", "84.0%"]),
        (CHRONIC_ABSENCE, ["30.0%", "20.0%", "40.0%"]),
    ],
)
def test_schools_stand_level_by_level_from_the_one_worst_off_with_their_values(measure, expected):
    figure = district_charts.school_rows(SCHOOLS, measure, REFERENCES, SIMULATED)
    schools = next(trace for trace in figure.data if trace.name == "schools")
    values = next(trace for trace in figure.data if trace.name == "values")
    assert list(values.text) == expected
    assert [per_cent(x) for x in schools.x] == expected
    order = list(figure.layout.yaxis.categoryarray)[::-1]
    assert len(set(order)) == 5
    assert [order.index(name) for name in schools.y] == [1, 2, 4]
    assert [name.strip("\u200b") for name in schools.y][2] == "Elm School"


def test_each_level_s_schools_stand_beside_the_rates_of_the_same_level():
    figure = district_charts.school_rows(SCHOOLS, ATTENDANCE, REFERENCES, SIMULATED)
    assert texts(figure, "level") == [
        "<b>PK-5</b>: Hartford 89.0%, all districts 93.0%",
        "<b>9-12</b>: Hartford 85.0%, all districts 90.0%",
    ]
    lines = [(line.x0, line.y0, line.y1, line.line.dash) for line in figure.layout.shapes]
    assert lines == [
        (0.89, 1.5, 3.5, "solid"),
        (0.93, 1.5, 3.5, "dash"),
        (0.85, -0.5, 0.5, "solid"),
        (0.9, -0.5, 0.5, "dash"),
    ]
    assert texts(figure, "key") == ["│ Hartford   ┆ all districts, same level"]


def test_shares_of_schools_have_intervals_and_attendance_has_none():
    for measure, drawn in ((ATTENDANCE, 0), (CHRONIC_ABSENCE, 3)):
        figure = district_charts.school_rows(SCHOOLS, measure, REFERENCES, SIMULATED)
        intervals = next(trace for trace in figure.data if trace.name == "intervals")
        assert len(intervals.x) == 3 * drawn


def test_the_axis_of_schools_says_where_it_begins_unless_that_is_zero():
    figure = district_charts.school_rows(SCHOOLS, ATTENDANCE, REFERENCES, SIMULATED)
    assert figure.layout.xaxis.title.text.endswith("<br>The axis begins at 82%, not at 0%")
    none = SCHOOLS.assign(chronic_share=0.0, chronic_low=0.0)
    figure = district_charts.school_rows(none, CHRONIC_ABSENCE, {}, SIMULATED)
    assert "begins" not in figure.layout.xaxis.title.text


@pytest.mark.parametrize(
    ("wanted", "heights", "room"),
    [
        ([10, 11, 12], [17, 17, 17], 200),
        ([0, 0, 100], [17, 32, 17], 200),
        ([195, 199], [17, 17], 200),
        ([50], [17], 200),
    ],
)
def test_labels_move_apart_within_the_plot_and_keep_their_order(wanted, heights, room):
    placed = spread(wanted, heights, room)
    boxes = [(at - h / 2, at + h / 2) for at, h in zip(placed, heights, strict=True)]
    assert boxes[0][0] >= 0
    assert boxes[-1][1] <= room
    assert all(above[0] >= below[1] - 1e-9 for below, above in pairwise(boxes))
    if len(wanted) == 1:
        assert placed == wanted


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_colour_stands_three_to_one_on_its_ground_and_text_four_and_a_half(palette):
    meanings = {f.name: getattr(palette, f.name) for f in fields(palette)}
    series = meanings.pop("series")
    for name in ("visited", "compared", "naive", "waiting"):
        assert contrast(meanings[name], palette.ground) >= 3, name
    assert all(contrast(color, palette.ground) >= 3 for color in series)
    assert len(set(series)) == 6
    for name in ("text", "muted"):
        assert contrast(meanings[name], palette.ground) >= 4.5, name


def test_a_theme_that_is_not_known_is_light():
    assert palette_of(None) is LIGHT
    assert palette_of("dark") is DARK
