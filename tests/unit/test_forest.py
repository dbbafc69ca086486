"""The forest plot: a row for every effect, the line of the whole, and marks where too few stand."""

import re
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from leapdash.inference import interval
from leapdash.show.charts import effect_rows as row_charts
from leapdash.show.charts.base import Look, Stamp
from leapdash.show.charts.palette import LIGHT
from leapdash.show.views.effect_rows import THE_WHOLE
from leapdash.show.words import effect_rows as row_words

PALETTE = LIGHT
LOOK = Look(LIGHT, Stamp(True, "2026-11-24T060000"))
WHOLE = row_charts.WholeLine("All districts", interval(0.114, 0.0023**2))
WHY = "Only 12 visited students could be followed to months 6 to 9 after the visit."
NAN = float("nan")


def rows(*told):
    columns = [
        *("section", "series", "code", "effect", "low", "high"),
        *("visited", "visited_all", "naive_change", "checks_failed", "reason"),
    ]
    return pd.DataFrame(told, columns=columns)


TABLE = rows(
    (THE_WHOLE, "All districts", "choice", 0.114, 0.109, 0.118, 4010, 6104, 0.221, "", ""),
    ("Levels", "9-12", "9-12", 0.149, 0.142, 0.158, 1280, 2178, 0.25, "", ""),
    ("Levels", "PK-5", "PK-5", NAN, NAN, NAN, 12, 30, NAN, "", WHY),
    ("Districts", "Hartford", "a", 0.285, 0.27, 0.299, 402, 643, 0.446, "attendance, observed", ""),
    ("Districts", "Harrow Mills", "b", -0.002, -0.014, 0.01, 212, 341, -0.003, "", ""),
    ("Districts", "Avon", "c", NAN, NAN, NAN, 0, 0, NAN, "", "No student was visited."),
)


@pytest.fixture(scope="module")
def figure():
    return row_charts.forest(TABLE, WHOLE, "Effect in points", LOOK)


def trace(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def notes(figure, name):
    return [note for note in figure.layout.annotations if note.name == name]


def test_every_row_has_its_name_and_how_many_were_followed_of_all_visited_in_order(figure):
    names = [text.replace("<br>", " ") for text in figure.layout.yaxis.ticktext]
    assert [name.split(" <span")[0] for name in names] == TABLE["series"].tolist()
    followed = [name.split(">")[1].split("<")[0] for name in names]
    assert followed == [
        *("4,010 of 6,104", "1,280 of 2,178", "12 of 30"),
        *("402 of 643", "212 of 341", "0 of 0"),
    ]
    places = list(figure.layout.yaxis.tickvals)
    assert places == sorted(places, reverse=True)
    low, high = figure.layout.yaxis.range
    assert low < places[-1] < places[0] < high


def test_effects_and_intervals_stand_in_points_at_their_rows(figure):
    at = figure.layout.yaxis.tickvals
    effects, lines = trace(figure, "effects"), trace(figure, "intervals")
    assert list(effects.x) == [11.4, 14.9, 28.5, -0.2]
    assert list(effects.y) == [at[0], at[1], at[3], at[4]]
    assert list(lines.x[:5]) == [10.9, 11.8, None, 14.2, 15.8]
    assert list(trace(figure, "numbers").text) == ["+11.4", "+14.9", "+28.5", "−0.2"]
    assert list(effects.marker.symbol) == ["diamond", "square", "square", "square"]


def test_a_withheld_row_is_hatched_with_its_reason_and_has_no_effect(figure):
    at = figure.layout.yaxis.tickvals
    bars = trace(figure, "withheld")
    assert bars.marker.pattern.shape == "/"
    assert list(bars.y) == [at[2], at[5]]
    assert bars.customdata[0].replace("<br>", " ") == f"<b>PK-5</b> {WHY}"
    written = notes(figure, "too few")
    assert [note.text for note in written] == ["too few to tell", "nobody visited"]
    assert [note.y for note in written] == [at[2], at[5]]


def test_the_whole_is_an_upright_line_with_its_value_above(figure):
    lines = [shape for shape in figure.layout.shapes if shape.line.color == PALETTE.visited]
    assert [(line.x0, line.x1) for line in lines] == [(11.4, 11.4)]
    assert [n.text for n in notes(figure, "whole")] == [
        "All districts: +11.4 points (between 10.9 and 11.9)"
    ]
    without = row_charts.forest(TABLE, None, "Effect in points", LOOK)
    assert notes(without, "whole") == []
    assert [shape.x0 for shape in without.layout.shapes] == [0]


def test_hover_tells_the_interval_the_plain_change_and_the_students(figure):
    assert trace(figure, "effects").customdata[2] == (
        "<b>Hartford</b><br>+28.5 points, between +27.0 and +29.9<br>"
        "A plain before-and-after: +44.6 points<br>402 of 643 visited students"
        "<br>Mind: past attendance not alike, unequal shares still observed"
    )
    assert "Mind" not in trace(figure, "effects").customdata[1]


def test_a_mark_is_hollow_where_a_check_of_the_comparison_fails_and_the_row_is_named(figure):
    marker = trace(figure, "effects").marker
    assert list(marker.color) == [LIGHT.visited, LIGHT.visited, LIGHT.ground, LIGHT.visited]
    assert marker.line.color == LIGHT.visited
    assert row_words.mind_rows(TABLE) == (
        "Hollow, with a comparison to be minded: Hartford (past attendance not alike, unequal "
        "shares still observed)."
    )
    assert row_words.mind_rows(TABLE.head(3)) == ""


def test_rows_with_the_same_to_be_minded_are_named_together():
    table = TABLE.assign(checks_failed=["", "groups", "attendance", "groups", "", ""])
    assert row_words.mind_rows(table) == (
        "Hollow, with a comparison to be minded: 9-12, Hartford (student groups not alike); PK-5 "
        "(past attendance not alike)."
    )


def test_on_roomy_paper_a_row_takes_one_line_with_what_else_stands_under_its_name(figure):
    roomy = row_charts.forest(
        TABLE.assign(reached=0.1, waiting=1234), WHOLE, "x", replace(LOOK, roomy=True)
    )
    texts = roomy.layout.yaxis.ticktext
    assert not any("<br>" in text for text in texts)
    assert re.sub("<[^>]*>", "", texts[3]) == "Hartford · 402 of 643 · 10% reached, 1,234 wait"
    assert roomy.layout.height < figure.layout.height
    longest = max(len(re.sub("<[^>]*>", "", text)) for text in texts)
    assert roomy.layout.margin.l > 6 * longest


def test_sections_are_headed_once_and_the_whole_and_a_single_section_are_not(figure):
    assert [n.text for n in notes(figure, "section")] == ["<b>Levels</b>", "<b>Districts</b>"]
    alone = row_charts.forest(TABLE[TABLE["section"] == "Levels"], WHOLE, "x", LOOK)
    assert notes(alone, "section") == []


@pytest.mark.parametrize(
    ("effect", "low", "high"),
    [(0.002, 0.001, 0.003), (-0.4, -0.7, -0.1), (0.3, 0.1, 0.9), (0.0, 0.0, 0.0)],
)
def test_the_axis_holds_zero_every_interval_and_a_few_whole_marks(effect, low, high):
    table = rows(("Levels", "6-8", "6-8", effect, low, high, 30, 40, 0.1, "", ""))
    axis = row_charts.forest(table, None, "x", LOOK).layout.xaxis
    assert axis.range[0] < min(0, 100 * low)
    assert axis.range[1] > max(0, 100 * high)
    assert 0 in axis.tickvals
    assert 2 <= len(axis.tickvals) <= 7


FAR = rows(
    *(
        ("Districts", name, name, effect, effect - 0.02, effect + 0.02, 200, 300, 0.2, "", "")
        for name, effect in zip("abcdefg", (0.09, 0.1, 0.1, 0.11, 0.12, -0.001, 0.29), strict=True)
    )
)


def test_a_row_far_from_all_others_is_an_arrow_at_the_edge_with_its_value(figure):
    far = row_charts.forest(FAR, WHOLE, "Effect in points", LOOK)
    low, high = far.layout.xaxis.range
    assert high < 16
    marks = trace(far, "effects")
    assert list(marks.marker.symbol) == ["square"] * 6 + ["triangle-right"]
    assert marks.x[-1] == high
    assert trace(far, "numbers").text[-1] == "+29.0"
    beside = [note for note in far.layout.annotations if note.name == "beyond"]
    assert [(note.text, note.x) for note in beside] == [("between 27.0 and 31.0", high)]
    drawn = [x for x in trace(far, "intervals").x if x is not None]
    assert low <= min(drawn) <= max(drawn) <= high
    assert "► beyond the axis" in far.layout.xaxis.title.text
    assert "beyond" not in figure.layout.xaxis.title.text


def test_rows_that_lie_together_are_all_on_the_axis_however_few_or_many():
    for told in (FAR.head(5), FAR.tail(2), FAR.assign(effect=0.1, low=-0.3, high=0.5)):
        axis = row_charts.forest(told, None, "x", LOOK).layout.xaxis
        assert axis.range[0] < 100 * told["low"].min()
        assert axis.range[1] > 100 * told["high"].max()


def test_under_a_name_stand_whom_visits_reached_and_who_waits_where_that_is_known():
    told = FAR.assign(reached=[0.094, *[NAN] * 6], waiting=pd.array([5494, *[None] * 6], "Int64"))
    names = row_charts.forest(told, WHOLE, "x", LOOK).layout.yaxis.ticktext
    assert "9% reached, 5,494 wait" in names[0]
    assert names[0].count("<br>") == 2
    assert all("wait" not in name for name in names[1:])


def test_rows_that_are_all_withheld_still_make_a_figure_that_says_why():
    hidden = TABLE[TABLE["effect"].isna()]
    figure = row_charts.forest(hidden, None, "x", LOOK)
    assert len(trace(figure, "withheld").y) == 2
    assert list(trace(figure, "effects").x) == []


def test_a_plot_with_more_rows_is_taller_and_rows_do_not_overlap(figure):
    at = list(figure.layout.yaxis.tickvals)
    assert min(a - b for a, b in pairwise(at)) >= 30
    fewer = row_charts.forest(TABLE.head(2), WHOLE, "x", LOOK)
    assert fewer.layout.height < figure.layout.height
