"""Figures about effects: what is drawn, where, and what is left out."""

import numpy as np
import pandas as pd
import pytest

from leapdash.contract import SHARES_VISITED
from leapdash.contract.thresholds import ALIKE
from leapdash.show.charts import checks as check_charts
from leapdash.show.charts import effects as effect_charts
from leapdash.show.charts.axes import points_axis
from leapdash.show.charts.base import Look, Stamp
from leapdash.show.charts.palette import LIGHT
from leapdash.show.views import checks as check_views
from leapdash.show.views import effects as effect_views

LOOK = Look(LIGHT, Stamp(True, "2026-11-24T060000"))


def named(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def written(figure):
    return [note.text for note in figure.layout.annotations]


def drawn(study, table=None):
    table = study.table if table is None else table
    return effect_charts.effect_paths(table, study.six_to_nine, LOOK)


def test_both_paths_are_the_study_s_rates_and_the_one_without_the_visit_is_dashed(study):
    figure = drawn(study)
    (visited,), (without,) = named(figure, "visited"), named(figure, "without the visit")
    assert list(visited.x) == list(without.x) == study.table["event_time"].tolist()
    assert list(visited.y) == pytest.approx(study.table["visited_rate"].tolist(), abs=1e-5)
    assert list(without.y) == pytest.approx(study.table["without_visit"].tolist(), abs=1e-5)
    assert (visited.line.color, visited.line.dash) == (LIGHT.visited, "solid")
    assert (without.line.color, without.line.dash) == (LIGHT.compared, "dash")


def test_the_band_belongs_to_the_path_without_the_visit_and_has_no_width_at_the_base(study):
    (band,) = named(drawn(study), "band")
    half = len(band.x) // 2
    assert list(band.x[:half]) == list(reversed(band.x[half:])) == list(range(-1, 10))
    high, low = np.array(band.y[:half]), np.array(band.y[half:])[::-1]
    after = study.table[study.table["event_time"] >= 0]
    expected_low = (after["visited_rate"] - after["band_high"]).tolist()
    expected_high = (after["visited_rate"] - after["band_low"]).tolist()
    assert low[1:] == pytest.approx(expected_low, abs=1e-5)
    assert high[1:] == pytest.approx(expected_high, abs=1e-5)
    assert high[0] == low[0]


def test_months_with_too_few_students_are_left_out_and_break_the_lines(study):
    table = study.table.copy()
    hidden = table["event_time"].isin([4, 9])
    table.loc[hidden, "shown"] = False
    table.loc[hidden, ["visited_rate", "without_visit", "effect", "band_low", "band_high"]] = np.nan
    figure = drawn(study, table)
    (visited,) = named(figure, "visited")
    at = dict(zip(visited.x, visited.y, strict=True))
    assert at[4] is None
    assert 9 not in at
    assert [list(band.x)[: len(band.x) // 2] for band in named(figure, "band")] == [
        [-1, 0, 1, 2, 3],
        [5, 6, 7, 8],
    ]


def test_nothing_to_show_is_an_empty_figure_with_its_axes(study):
    table = study.table.assign(shown=False)
    figure = drawn(study, table)
    assert list(named(figure, "visited")[0].x) == []
    assert figure.layout.xaxis.title.text == "School months since the month of the first visit"


def test_the_gap_carries_the_headline_where_there_is_room_for_it(study):
    assert "<b>+8.2</b><br>points" in written(drawn(study))
    narrow = study.table.copy()
    narrow["visited_rate"] = np.linspace(0.1, 0.9, len(narrow))
    narrow["without_visit"] = narrow["visited_rate"] - narrow["effect"]
    assert not [text for text in written(drawn(study, narrow)) if "points" in text]


def test_the_first_visit_is_a_dotted_rule_with_its_word_and_the_figure_says_it_is_simulated(study):
    figure = drawn(study)
    assert {"first visit", "Simulated data · release 2026-11-24T060000"} <= set(written(figure))
    assert [(s.x0, s.line.dash) for s in figure.layout.shapes] == [(0, "dot")]


def test_before_the_visit_differences_stand_with_their_ranges_and_none_at_the_base(choose):
    before = check_views.recent(choose()).table
    figure = check_charts.differences_before(before, LOOK)
    (dots,) = named(figure, "visited less compared")
    assert list(dots.x) == [-6, -5, -4, -3, -2, -1]
    assert list(dots.y) == pytest.approx((100 * before["effect"]).tolist(), abs=1e-3)
    assert list(dots.error_y.array) == pytest.approx(
        (100 * (before["high"] - before["effect"])).tolist(), abs=1e-3
    )
    assert (dots.y[-1], dots.error_y.array[-1]) == (0, 0)


def test_the_balance_draws_both_differences_and_the_rule_at_a_tenth(choose):
    table = check_views.balance(choose())
    figure = check_charts.balance_rows(table, LOOK)
    (before,), (after,) = named(figure, "as they come"), named(figure, "weighted")
    names = [name.replace("<br>", " ") for name in reversed(after.y)]
    assert names == table["series"].tolist()
    assert list(before.y) == list(after.y)
    assert list(after.x)[::-1] == pytest.approx(table["difference_after"].tolist(), abs=1e-3)
    assert list(before.x)[::-1] == pytest.approx(table["difference_before"].tolist(), abs=1e-3)
    assert sorted(s.x0 for s in figure.layout.shapes) == [-ALIKE, ALIKE]


def test_a_measure_without_a_difference_has_no_row(choose):
    table = check_views.balance(choose())
    table.loc[0, "difference_after"] = np.nan
    (dots,) = named(check_charts.balance_rows(table, LOOK), "weighted")
    assert len(dots.y) == len(table) - 1


def test_shares_still_observed_are_one_line_each(study):
    table = check_views.still_observed(study)
    figure = check_charts.observed_lines(table, LOOK)
    assert list(named(figure, "visited")[0].y) == pytest.approx(
        table["visited_observed"].tolist(), abs=1e-5
    )
    assert named(figure, "compared")[0].line.dash == "dash"


def test_schoolmates_stand_over_the_shares_visited_with_a_line_for_every_year(choose):
    table = check_views.schoolmates(choose())
    figure = check_charts.schoolmates_lines(table, LOOK)
    assert list(figure.layout.xaxis.categoryarray) == list(SHARES_VISITED)
    for year, part in table.groupby("school_year"):
        (line,) = named(figure, year)
        assert list(line.y) == pytest.approx((100 * part["change"]).tolist(), abs=1e-3)


@pytest.mark.parametrize("values", [[], [0.0], [0.02, 0.05], [-0.03], [float("nan"), 0.1]])
def test_an_axis_of_points_holds_zero_and_every_value(values):
    low, high = points_axis(values, LIGHT)["range"]
    assert low < 0 < high
    assert all(low < 100 * value < high for value in values if value == value)


def test_the_plain_change_is_measured_from_the_month_before_the_visit(choose, study):
    paths = effect_views.paths(choose())
    figure = effect_charts.plain_lines(paths, study.six_to_nine, LOOK)
    (level,) = named(figure, "month before")
    base = paths.set_index("event_time").loc[-1, "attendance_rate"]
    assert list(level.y) == pytest.approx([base, base], abs=1e-5)
    assert (level.line.color, level.line.dash) == (LIGHT.naive, "dot")
    assert "<b>+18.2</b><br>points" in written(figure)
    several = effect_views.paths(choose(by="level"))
    assert not named(
        effect_charts.plain_lines(several, study.six_to_nine, LOOK),
        "month before",
    )


def test_a_plain_change_without_room_for_its_number_keeps_its_level_only(choose, study):
    paths = effect_views.paths(choose())
    paths["attendance_rate"] = 0.7 + 0.02 * (paths["event_time"] % 2)
    figure = effect_charts.plain_lines(paths, study.six_to_nine, LOOK)
    assert named(figure, "month before")
    assert not [text for text in written(figure) if "points" in text]


def test_without_the_month_before_there_is_no_plain_change_to_draw(choose, study):
    paths = effect_views.paths(choose())
    paths = pd.DataFrame(paths[paths["event_time"] >= 0])
    figure = effect_charts.plain_lines(paths, study.six_to_nine, LOOK)
    assert not named(figure, "month before")
