"""The checks of an effect: tables against sums by hand, every verdict at its threshold."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from leapdash.checks import unlike
from leapdash.contract import ALL_LEVELS, BALANCE, LEFT_OUT, SHARES_VISITED, STATE_CODE
from leapdash.contract.thresholds import SEVERAL_MONTHS_WIDER
from leapdash.inference import (
    JointTest,
    degrees_of_freedom,
    interval,
    simultaneous_factor,
    t_factor,
)
from leapdash.show.choice import Choice
from leapdash.show.effects.arrays import slice_data
from leapdash.show.effects.days import days_regained
from leapdash.show.effects.per_visit import days_of
from leapdash.show.effects.studies import contrast
from leapdash.show.effects.studies import difference as difference_of_values
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import checks as check_views
from leapdash.show.views.checks import Beside, Spillover
from leapdash.show.views.effects import chosen_visits, effect_on
from leapdash.show.views.programme import visited_days
from tests.lib.small_release import HARTFORD, NEW_HAVEN, make, small_tables

CHOICES = [
    Filters(),
    Filters((HARTFORD,)),
    Filters((NEW_HAVEN,), ("6-8", "9-12")),
    Filters(("leap",), ("PK-5",)),
]


def rows_of(name, filters, known):
    districts = {
        code for item in filters.districts or known.districts for code in known.codes(item)
    }
    return [
        row
        for row in small_tables()[name].to_pylist()
        if row["district_code"] in districts
        and (not filters.levels or row["level"] in filters.levels)
    ]


@pytest.mark.parametrize("filters", CHOICES)
def test_the_balance_pools_as_if_counted_student_by_student(choose, known, filters):
    table = check_views.balance(choose(filters)).set_index("measure")
    assert list(table.index) == list(BALANCE)
    for measure, line in table.iterrows():
        rows = [r for r in rows_of("balance", filters, known) if r["measure"] == measure]
        n = sum(r["visited"] for r in rows)
        mean = sum(r["visited"] * r["visited_mean"] for r in rows) / n
        squares = sum(r["visited"] * (r["visited_sd"] ** 2 + r["visited_mean"] ** 2) for r in rows)
        spread = (squares / n - mean**2) ** 0.5
        after = sum(r["visited"] * r["comparison_after"] for r in rows) / n
        assert line["visited"] == n
        assert line["difference_after"] == pytest.approx((mean - after) / spread)


def test_a_measure_that_does_not_vary_has_no_difference_in_standard_deviations(tmp_path, release):
    flat = release.table("balance").to_pandas()
    flat.loc[flat["measure"] == "group homeless", ["visited_mean", "visited_sd"]] = 0.0
    other = Choice(OpenedRelease(make(tmp_path, changed={"balance": flat})))
    table = check_views.balance(other).set_index("measure")
    assert np.isnan(table.loc["group homeless", "difference_after"])
    assert not unlike(table.reset_index())["measure"].eq("group homeless").any()


@pytest.mark.parametrize("filters", CHOICES)
def test_the_gain_of_schoolmates_is_compared_within_year_district_and_level(choose, known, filters):
    cells: dict[tuple[str, ...], dict[str, tuple[int, float]]] = {}
    for row in rows_of("spillover", filters, known):
        place = row["school_year"], row["district_code"], row["level"]
        change = row["days_attended"] / row["days_enrolled"]
        change -= row["days_attended_before"] / row["days_enrolled_before"]
        cells.setdefault(place, {})[row["share_visited"]] = (row["students"], change)
    both = [c for c in cells.values() if len(c) == 2]
    students = sum(c["10% or more"][0] for c in both)
    found = check_views.spillover(choose(filters))
    assert found.students == students
    if min(students, sum(c["under 5%"][0] for c in both)) < 100:
        assert found.gain is None
        return
    gain = sum(c["10% or more"][0] * (c["10% or more"][1] - c["under 5%"][1]) for c in both)
    assert found.gain.effect == pytest.approx(gain / students)
    # The small state's changes have a variance of 0.1 over the students, who are independent.
    variance = sum(
        c["10% or more"][0] ** 2 * (0.1 / c["10% or more"][0] + 0.1 / c["under 5%"][0])
        for c in both
    )
    assert found.gain.std_error == pytest.approx(np.sqrt(variance) / students)
    assert found.gain.high - found.gain.low == pytest.approx(2 * 1.959964 * found.gain.std_error)


def test_schoolmates_stand_in_the_order_of_years_and_shares(choose):
    table = check_views.schoolmates(choose())
    order = [
        (year, list(SHARES_VISITED).index(share))
        for year, share in zip(table["school_year"], table["share_visited"], strict=True)
    ]
    assert order == sorted(order)
    assert len(order) == 4


@pytest.mark.parametrize(
    ("filters", "place"),
    [
        (Filters(), ("00000CT", "all")),
        (Filters((HARTFORD,), ("6-8",)), (HARTFORD, "6-8")),
        (Filters((HARTFORD, NEW_HAVEN), ("6-8",), years=("2021-22",)), ("00000CT", "6-8")),
        (Filters((HARTFORD,), ("6-8", "9-12")), (HARTFORD, "all")),
    ],
)
def test_slices_are_asked_for_the_place_that_holds_the_choice(choose, filters, place):
    assert check_views.area_of(choose(filters)) == place


def test_both_comparisons_are_for_the_same_place_and_told_in_one_table(choose):
    beside = check_views.beside_few_visited(choose(Filters((HARTFORD,), ("6-8",))))
    assert beside.everyone.visited == beside.few_visited.visited == 51
    assert beside.more.effect == pytest.approx(0.0, abs=1e-9)
    # The two are independent in the small state, and equally sure.
    error = beside.few_visited.six_to_nine.effect.std_error
    assert beside.more.std_error == pytest.approx(np.sqrt(2) * error)
    table = check_views.beside_table(beside)
    assert table["months"].tolist() == ["1", "6 to 9"] * 2
    assert table["effect"].tolist() == pytest.approx([0.03, 0.08] * 2)


@pytest.mark.parametrize("years", [(), ("2021-22",)])
def test_every_reason_for_being_left_out_has_a_row_and_shares_add_up(choose, known, years):
    table = check_views.left_out(choose(Filters((HARTFORD,), years=years)))
    periods = (
        {"summer 2021", "2021-22"} if years else {"summer 2021", "2020-21", "2021-22", "2022-23"}
    )
    rows = [
        row
        for row in rows_of("visited_compared", Filters((HARTFORD,)), known)
        if row["cohort_period"] in periods
    ]
    assert table["reason"].tolist() == list(LEFT_OUT)
    assert table["students"].sum() == sum(row["students"] for row in rows)
    assert table["share"].sum() == pytest.approx(1.0)


# --- verdicts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "rings"), [(0.0499, True), (0.05, False), (0.9, False), (None, None)]
)
def test_the_test_of_three_months_rings_where_it_rejects_at_five_per_cent(recent, p, rings):
    test = None if p is None else JointTest(5.0, 3, p)
    assert check_views.rang(replace(recent, test=test)) is rings
    assert check_views.rang(None) is None


@pytest.mark.parametrize("filters", [*CHOICES, Filters((HARTFORD,), years=("2021-22",))])
def test_three_months_alone_pool_as_if_counted_cohort_by_cohort(choose, known, filters):
    periods = {"summer 2021", "2021-22"}
    rows = [
        row
        for row in rows_of("effects_recent", filters, known)
        if not filters.years or row["cohort_period"] in periods
    ]
    found = check_views.recent(choose(filters))
    told = found.table.set_index("event_time")
    for month in range(-6, 0):
        own = [row for row in rows if row["event_time"] == month]
        n = sum(row["visited"] for row in own)
        assert told.loc[month, "visited"] == n
        mean = sum(row["visited"] * row["effect"] for row in own) / n
        assert told.loc[month, "effect"] == pytest.approx(mean)
        # Cohorts of the small state are independent.
        variance = sum((row["visited"] * row["std_error_student"]) ** 2 for row in own) / n**2
        half = 1.959964 * variance**0.5
        assert told.loc[month, "high"] - mean == pytest.approx(half, abs=1e-7)
    # One point less in the months of both headlines.
    study = effect_on(choose(filters))
    assert found.differs("six_to_nine", study.six_to_nine) == pytest.approx(-0.01)
    assert found.differs("month_after", study.month_after) == pytest.approx(-0.01)


def test_the_breakdown_takes_the_months_in_a_row_up_to_the_base(recent, study):
    whole = recent.breakdown(study.six_to_nine)
    # From 1.9 points apart in month -4 to 0.1 in month -3.
    assert whole.step == pytest.approx(0.018)
    assert whole.drift == pytest.approx(study.six_to_nine.effect.low / 8.5)
    table = recent.table.copy()
    table.loc[table["event_time"] == -4, "shown"] = False
    assert replace(recent, table=table).breakdown(study.six_to_nine).step == pytest.approx(0.002)
    assert replace(recent, table=table[:0]).breakdown(study.six_to_nine) is None


def test_a_release_without_three_months_alone_says_nothing_of_them(tmp_path):
    names = ("effects_recent", "effects_recent_covariance")
    other = Choice(OpenedRelease(make(tmp_path, without=names)))
    assert check_views.recent(other) is None


def balanced(**differences):
    table = pd.DataFrame({"measure": list(BALANCE), "difference_after": 0.0})
    for measure, value in differences.items():
        table.loc[table["measure"] == measure.replace("__", " "), "difference_after"] = value
    return table


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ({}, "holds"),
        ({"last_month": 0.099, "group__male": -0.249}, "holds"),
        ({"last_month": -0.1}, "mind"),
        ({"three_months": 0.1}, "mind"),
        ({"earlier_months": 0.1}, "mind"),
        ({"no_earlier_months": -0.1}, "mind"),
        ({"group__male": 0.25}, "mind"),
    ],
)
def test_the_compared_are_alike_within_a_tenth_and_groups_within_a_quarter(
    study, differences, verdict
):
    assert check_views.were_alike(balanced(**differences), study) == verdict


@pytest.mark.parametrize(
    ("column", "value", "verdict"),
    [
        ("weights_cut", 0.05, "holds"),
        ("weights_cut", 0.051, "mind"),
        ("comparison_observed", 0.9, "mind"),
    ],
)
def test_cut_weights_and_unequal_leaving_are_to_be_minded(study, column, value, verdict):
    table = study.table.copy()
    table.loc[table["event_time"] == 2, column] = value
    assert check_views.were_alike(balanced(), replace(study, table=table)) == verdict


def test_without_a_balance_or_an_effect_likeness_is_unknown(study):
    assert check_views.were_alike(balanced()[:0], study) == "unknown"
    assert check_views.were_alike(balanced(), replace(study, withheld="too few")) == "unknown"


@pytest.mark.parametrize(
    ("gain", "more", "verdict"),
    [
        (0.0099, 0.0, "holds"),
        (-0.05, -0.05, "holds"),
        (0.01, 0.0, "mind"),
        (0.0, 0.01, "mind"),
        (None, 0.0, "holds"),
        (None, 0.02, "mind"),
        (None, None, "unknown"),
    ],
)
def test_schoolmates_gained_where_either_sign_reaches_a_point(gain, more, verdict):
    gain, more = (None if size is None else interval(size, 0.01**2) for size in (gain, more))
    beside = SimpleNamespace(more=more)
    assert check_views.schoolmates_gained(Spillover(gain, 500, 500), beside) == verdict


@pytest.mark.parametrize(
    ("schools", "variance_school", "error"), [(40, 0.04, 0.2), (29, 0.04, 0.1), (40, 0.004, 0.1)]
)
def test_the_gain_of_schoolmates_takes_schools_as_independent_where_there_are_enough(
    release, tmp_path, schools, variance_school, error
):
    rows = release.table("spillover").to_pandas().iloc[:1].assign(schools=schools, students=200)
    rows = pd.concat([rows.assign(share_visited=name) for name in ("under 5%", "10% or more")])
    rows["variance_student"], rows["variance_school"] = 0.005, variance_school / 2
    other = Choice(OpenedRelease(make(tmp_path, changed={"spillover": rows})))
    found = check_views.spillover(other).gain
    assert found.effect == 0
    assert found.std_error == pytest.approx(error)


@pytest.mark.parametrize(("compared", "verdict"), [(80, "holds"), (79, "mind"), (0, "mind")])
def test_most_could_be_compared_from_four_in_five_on(compared, verdict):
    table = pd.DataFrame({"reason": ["compared", "no history"]})
    table["students"] = [compared, 100 - compared]
    table["share"] = table["students"] / 100
    assert check_views.most_compared(table) == verdict


def test_where_nobody_was_visited_who_was_left_out_is_unknown(choose):
    table = check_views.left_out(choose(Filters(("0040011",))))
    assert table["students"].sum() == 0
    assert check_views.most_compared(table) == "unknown"


def test_a_place_without_that_slice_has_no_second_effect(choose):
    beside = check_views.beside_few_visited(choose(Filters(("0040011",))))
    assert isinstance(beside, Beside)
    assert beside.few_visited is None
    assert beside.more is None
    assert len(check_views.beside_table(beside)) == 0


def test_intervals_and_the_band_are_as_wide_as_the_effective_comparison_allows(study):
    rows = study.table[study.table["event_time"] >= 0]
    error = np.sqrt(np.diag(study.covariance))[-len(rows) :]
    degrees = [degrees_of_freedom(n) for n in rows["comparison_effective"]]
    half = error * [t_factor(n) for n in degrees]
    np.testing.assert_allclose(rows["high"] - rows["effect"], half)
    covariance = study.covariance[-len(rows) :, -len(rows) :]
    factor = simultaneous_factor(covariance, min(degrees))
    np.testing.assert_allclose(rows["band_high"] - rows["effect"], factor * error)
    for headline in (study.month_after, study.six_to_nine):
        own = headline.effect
        factor = t_factor(degrees_of_freedom(headline.comparison_effective))
        wider = SEVERAL_MONTHS_WIDER if len(headline.event_times) > 1 else 1
        assert own.high - own.effect == pytest.approx(factor * wider * own.std_error)
        assert factor > 1.97


def test_what_takes_several_months_together_is_wider_and_the_month_after_is_not(
    choose, monkeypatch
):
    data = choose().cohorts
    every, one, other = (
        chosen_visits(choose(Filters(codes))) for codes in ((), (HARTFORD,), (NEW_HAVEN,))
    )
    days = visited_days(choose())

    def widths():
        groups = slice_data(choose().release, "group", STATE_CODE, ALL_LEVELS)
        first, second, *_ = groups.values
        found = {
            "contrast": contrast(data, one, other, "six_to_nine"),
            "difference": difference_of_values(groups, first, second, "six_to_nine"),
            "days": days_regained(data, every, days).days,
            "days of a visit": days_of(data, days, [(1.0, every)]),
            "month after": contrast(data, one, other, "month_after"),
        }
        return {name: own.high - own.effect for name, own in found.items()}

    wide = widths()
    monkeypatch.setattr("leapdash.inference.SEVERAL_MONTHS_WIDER", 1.0)
    narrow = widths()
    assert {name: round(wide[name] / narrow[name], 6) for name in wide} == {
        "contrast": SEVERAL_MONTHS_WIDER,
        "difference": SEVERAL_MONTHS_WIDER,
        "days": SEVERAL_MONTHS_WIDER,
        "days of a visit": SEVERAL_MONTHS_WIDER,
        "month after": 1,
    }
