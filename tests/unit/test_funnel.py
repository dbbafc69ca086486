"""Schools within control limits: the limits, how far schools differ, what is said of them."""

from statistics import mean

import numpy as np
import pandas as pd
import pytest

from leapdash.show.charts.base import Look, Stamp
from leapdash.show.charts.funnel import school_funnel
from leapdash.show.charts.palette import LIGHT
from leapdash.show.views.funnel import schools_and_chance, spread_of, standard_error
from leapdash.show.words.district import chance_answer, chance_note, one_and_chance
from leapdash.show.words.numbers import per_cent
from tests.lib.by_hand import rows_of, total
from tests.lib.small_release import DISTRICTS, HARTFORD

LOOK = Look(LIGHT, Stamp(True, "2026-11-24T060000"))


def schools(shares, base=400, of_all=4000, expected=0.4, level="PK-5"):
    """Rows as `spread_of` takes them."""
    return pd.DataFrame(
        {
            "level": level,
            "chronic_base": base,
            "chronic_share": shares,
            "expected": expected,
            "base_of_all": of_all,
        }
    )


def table_of(deviations, level="PK-5"):
    names = [f"School {number}" for number in range(len(deviations))]
    return pd.DataFrame(
        {
            "school_code": names,
            "school_name": names,
            "level": level,
            "chronic_base": 100,
            "chronically_absent": 40,
            "chronic_share": [0.4 + 0.1 * deviation for deviation in deviations],
            "expected": 0.4,
            "spread": 1.0,
            "limit_low": 0.3,
            "limit_high": 0.5,
            "far_low": 0.25,
            "far_high": 0.55,
            "deviation": deviations,
        }
    )


@pytest.mark.parametrize("place", sorted(DISTRICTS))
def test_schools_are_those_of_the_district_beside_their_level_s_own_share(choose, small, place):
    found = schools_and_chance(choose(district=place))
    rows = [
        row
        for row in rows_of(small, "chronic_absence")
        if row["geography"] == "school"
        and row["group"] == "all"
        and row["school_year"] == "2022-23"
        and row["district_code"] == place
    ]
    absent = ("absent_10_to_20", "absent_20_or_more")
    seen = set()
    for row in found.to_dict("records"):
        of_level = [r for r in rows if r["level"] == row["level"]]
        own = [r for r in of_level if r["school_code"] == row["school_code"]]
        base = total(own, "chronic_base")
        assert row["chronic_base"] == base
        assert row["chronically_absent"] == sum(total(own, name) for name in absent)
        expected = sum(total(of_level, n) for n in absent) / total(of_level, "chronic_base")
        assert row["expected"] == pytest.approx(expected)
        error = (row["spread"] * expected * (1 - expected) / base) ** 0.5
        assert row["limit_high"] == pytest.approx(min(expected + 1.959964 * error, 1))
        assert row["far_low"] == pytest.approx(max(expected - 3.090232 * error, 0))
        assert (abs(row["deviation"]) > 1) == (
            abs(row["chronic_share"] - expected) > 1.959964 * error
        )
        seen.add((row["school_code"], row["level"]))
    counted = {(r["school_code"], r["level"]) for r in rows if r["chronic_base"]}
    for level in {level for _, level in counted}:
        here = {pair for pair in counted if pair[1] == level}
        assert (here <= seen) if len(here) > 1 else not here & seen


def test_the_order_is_by_level_then_the_highest_first(choose):
    found = schools_and_chance(choose(district=HARTFORD))
    for _, part in found.groupby("level"):
        assert part["deviation"].is_monotonic_decreasing
    levels = list(dict.fromkeys(found["level"]))
    assert levels == [level for level in ("PK-5", "6-8", "9-12") if level in levels]


def test_schools_that_differ_by_chance_alone_have_no_spread_and_others_theirs():
    rng = np.random.default_rng(5)
    bases = rng.integers(100, 900, 400)
    truth = np.clip(rng.normal(0.4, 0.05, 400), 0, 1)
    by_chance, beyond = (
        pd.DataFrame(
            {
                "chronic_base": bases,
                "chronic_share": rng.binomial(bases, rates) / bases,
                "expected": 0.4,
                "base_of_all": 400_000,
            }
        )
        for rates in (np.full(400, 0.4), truth)
    )
    # Winsorised, the mean square of a normal is 0.79; nothing is made narrower than chance.
    assert spread_of(by_chance) == 1
    wide = 1 + mean(bases) * 0.05**2 / 0.24
    assert 0.6 * wide < spread_of(beyond) < 1.1 * wide


def test_the_spread_is_the_winsorised_mean_square_by_hand():
    table = schools([0.3, 0.35, 0.4, 0.45, 0.5])
    unit = (0.4 * 0.6 / 400 * 0.9) ** 0.5
    inner, outer = 0.05 / unit, 0.1 / unit
    # The 10th percentile of five lies four tenths of the way from the first to the second.
    drawn = outer + 0.4 * (inner - outer)
    by_hand = (2 * drawn**2 + 2 * inner**2) / 5
    assert spread_of(table) == pytest.approx(by_hand)


def test_limits_are_wider_by_the_root_of_the_spread():
    one, four = (
        standard_error(pd.Series([0.5]), pd.Series([100]), pd.Series([spread]))[0]
        for spread in (1.0, 4.0)
    )
    assert (one, four) == (pytest.approx(0.05), pytest.approx(0.1))


@pytest.mark.parametrize("expected", [0.0, 1.0])
def test_where_all_or_none_are_absent_there_is_no_telling(expected):
    assert spread_of(schools([expected] * 3, expected=expected)) == 1


def test_who_stands_apart_is_named_with_what_would_be_chance():
    told = chance_answer(table_of([1.2, 0.5, -1.5]), "Hartford", "2022-23")
    assert told.startswith(
        "Hartford: in chronic absence in 2022-23, 2 of the 3 schools stand apart"
    )
    assert "School 0 (more: 52.0% of 100 students, where 30.0% to 50.0% would be chance)" in told
    assert "School 2 (fewer: 25.0% of 100 students" in told
    assert "School 1" not in told
    assert "1 of the two schools stands apart" in chance_answer(table_of([1.2, 0]), "A", "2022-23")
    none = chance_answer(table_of([0.9, -0.9]), "Hartford", "2022-23")
    assert none == (
        "Hartford: in chronic absence in 2022-23, none of the two schools can be told apart from "
        "the district’s others of the level."
    )
    assert "1.0 times for grades PK-5" in chance_note(table_of([0.9, -0.9]))


@pytest.mark.parametrize(
    ("deviation", "judged"),
    [
        (0.9, "it can’t be told apart from the others."),
        (1.2, "it stands apart, with more absent."),
        (-1.2, "it stands apart, with fewer absent."),
    ],
)
def test_one_school_is_judged_by_what_chance_would_have(deviation, judged):
    row = table_of([deviation, 0]).iloc[0]
    told = one_and_chance(row, "Elm", "Hartford", "2022-23")
    assert told == (
        f"Elm: {per_cent(row['chronic_share'])} of 100 students were chronically absent in "
        "2022-23; of all students of the level in Hartford, 40.0%. By chance, 95% of schools of "
        f"this size there would have between 30.0% and 50.0%: {judged}"
    )


def test_a_panel_for_each_level_has_its_limits_and_names_those_outside():
    table = pd.concat([table_of([1.2, -0.5]), table_of([0.1, 0.2], "9-12")], ignore_index=True)
    figure = school_funnel(table, LOOK)
    assert [n.text for n in figure.layout.annotations if n.name == "outside"] == ["School 0"]
    assert [n.text for n in figure.layout.annotations if n.name == "level"] == [
        "<b>PK-5</b>: the district’s schools together 40.0%",
        "<b>9-12</b>: the district’s schools together 40.0%",
    ]
    marks = [trace for trace in figure.data if trace.name == "schools"]
    assert [list(trace.y) for trace in marks] == [[0.52, 0.35], [0.41, 0.42]]
    assert list(marks[0].marker.color) == [LIGHT.visited, LIGHT.ground]
    limits = [trace for trace in figure.data if trace.name == "95%"]
    assert len(limits) == 4
    at_end = 0.4 + 1.959964 * (0.24 / limits[1].x[-1]) ** 0.5
    assert limits[1].y[-1] == pytest.approx(at_end, abs=1e-4)
