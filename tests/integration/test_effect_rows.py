"""Rows of effects on the committed demonstration release: equal to the studies they stand for."""

from dataclasses import replace

import numpy as np
import pytest

from leapdash.contract import ALL_LEVELS, LEAP, STATE_CODE
from leapdash.contract.thresholds import MINIMUM_VISITED
from leapdash.release import open_release
from leapdash.show.choice import Choice
from leapdash.show.effects import studies as effects
from leapdash.show.effects.arrays import EVENTS, slice_data
from leapdash.show.effects.unions import covariances
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import effect_rows as row_views
from leapdash.show.views import effects as effect_views
from leapdash.show.views.programme import reach_now, regained
from tests.lib.paths import DEMO

HARTFORD, HARROW_MILLS, BRISTOL = "0640011", "9990011", "0170011"
LATER = "six_to_nine"


@pytest.mark.parametrize("headline", ["month_after", "six_to_nine"])
def test_each_row_is_the_study_of_its_own_choice(choose_demo, headline):
    filters = Filters(years=("2021-22",))
    table = row_views.effect_rows(choose_demo(filters, headline=headline))
    choices = {"choice": filters, "6-8": replace(filters, levels=("6-8",))}
    choices |= {HARTFORD: replace(filters, districts=(HARTFORD,))}
    for code, chosen in choices.items():
        study = effect_views.effect_on(choose_demo(chosen))
        told = getattr(study, headline)
        (row,) = table[table["code"] == code].to_dict("records")
        assert (row["visited"], row["visited_all"]) == (told.visited, study.visited_all)
        expected = (told.effect.effect, told.effect.low, told.effect.high, told.naive)
        got = tuple(row[c] for c in ("effect", "low", "high", "naive_change"))
        assert got == pytest.approx(expected, abs=1e-12)


def test_headlines_are_those_of_the_study(choose_demo, demo):
    atoms = effect_views.chosen_visits(choose_demo(Filters(districts=(HARTFORD,))))
    alone, study = effects.headlines(demo.cohorts, atoms), effects.effect_study(demo.cohorts, atoms)
    assert vars(alone) == {name: getattr(study, name) for name in vars(alone)}


@pytest.mark.parametrize("name", ["place", "language", "group"])
def test_headlines_of_a_slice_are_those_of_its_studies(demo, name):
    data = slice_data(demo, name, STATE_CODE, ALL_LEVELS)
    alone, studies = effects.slice_headlines(data), effects.slice_studies(data)
    assert list(alone) == list(studies)
    for value, found in alone.items():
        assert vars(found) == {key: getattr(studies[value], key) for key in vars(found)}


def test_the_whole_comes_first_then_levels_then_districts_each_by_effect(choose_demo, demo):
    table = row_views.effect_rows(choose_demo())
    assert table["section"].drop_duplicates().tolist() == ["Together", "Levels", "Districts"]
    for section in ("Levels", "Districts"):
        own = table[table["section"] == section]["effect"].dropna()
        assert own.tolist() == sorted(own, reverse=True)
    assert set(table[table["section"] == "Districts"]["code"]) == set(demo.cohorts.districts)


@pytest.mark.parametrize("order", ["waiting", "reached", "name"])
def test_levels_and_districts_stand_in_the_order_chosen_below_the_whole(choose_demo, order):
    by_effect = row_views.effect_rows(choose_demo())
    table = row_views.effect_rows(choose_demo(order=order))
    assert table["section"].tolist() == by_effect["section"].tolist()
    assert set(table["code"]) == set(by_effect["code"])
    districts = table[table["section"] == "Districts"]
    if order == "name":
        assert table["code"].tolist()[:4] == ["choice", "PK-5", "6-8", "9-12"]
        assert districts["series"].tolist() == sorted(districts["series"])
    else:
        assert districts[order].tolist() == sorted(districts[order], reverse=True)


def test_each_row_says_whom_visits_reached_and_who_waits(choose_demo):
    filters = Filters((HARTFORD, HARROW_MILLS), years=("2021-22",))
    rows = row_views.effect_rows(choose_demo(filters)).set_index("code")
    parts = {
        "choice": filters,
        "all": replace(filters, districts=()),
        "6-8": replace(filters, levels=("6-8",)),
        HARTFORD: replace(filters, districts=(HARTFORD,)),
    }
    for code, own in parts.items():
        reach = reach_now(choose_demo(own))
        assert rows.loc[code, "waiting"] == reach.waiting
        assert rows.loc[code, "reached"] == pytest.approx(reach.share_visited)


def test_a_narrow_choice_keeps_all_districts_beside_it_and_no_section_of_one_row(choose_demo):
    table = row_views.effect_rows(choose_demo(Filters((HARTFORD,), ("6-8",))))
    assert table["code"].tolist() == ["choice", "all"]
    assert table["series"].tolist() == ["Hartford · 6-8", "All districts · 6-8"]
    level = effect_views.headlines_on(choose_demo(Filters(levels=("6-8",)))).six_to_nine
    assert table["effect"].iloc[1] == level.effect.effect
    two = row_views.effect_rows(choose_demo(Filters((HARTFORD, HARROW_MILLS))))
    assert set(two[two["section"] == "Districts"]["code"]) == {HARTFORD, HARROW_MILLS}


def test_rows_with_too_few_are_kept_with_their_reason_and_without_numbers(choose_demo):
    table = row_views.effect_rows(choose_demo(Filters((HARTFORD,), years=("2022-23",))))
    hidden = table[table["reason"] != ""]
    assert len(hidden) > 0
    assert (hidden["visited"] < MINIMUM_VISITED).all()
    assert hidden[["effect", "low", "high", "naive_change"]].isna().all(axis=None)
    assert hidden["reason"].str.contains("nothing is shown for fewer than 20").all()


def test_a_district_that_takes_part_without_visits_has_a_row_that_says_so():
    without = OpenedRelease(open_release(DEMO))
    without.known = replace(without.known, leap=without.known.leap | {BRISTOL})
    rows = row_views.district_rows(Choice(without))
    last = rows.iloc[-1]
    assert (last["code"], last["visited_all"], last["reason"]) == (
        BRISTOL,
        0,
        "No student was visited.",
    )


def test_periods_run_in_time_and_their_visited_add_up(choose_demo):
    table = row_views.period_rows(choose_demo())
    assert table["series"].tolist() == ["Summer 2021", "2021-22", "Summer 2022", "2022-23"]
    assert table["visited_all"].sum() == effect_views.headlines_on(choose_demo()).visited_all
    one = row_views.period_rows(choose_demo(Filters(years=("2022-23",))))
    assert one["code"].tolist() == ["summer 2022", "2022-23"]


def test_a_contrast_has_the_variance_that_the_union_of_both_implies(choose_demo, demo):
    one = effect_views.chosen_visits(choose_demo(Filters(districts=(HARTFORD,))))
    at = EVENTS.index(1)
    variances, visited, effect = [], [], []
    for atoms in (one, ~one, one | ~one):
        student, school, _ = covariances(demo.cohorts, atoms)
        variances.append(np.array([student[at, at], school[at, at]]))
        visited.append(demo.cohorts.measures.visited[atoms, at].sum())
        effect.append(effects.headlines(demo.cohorts, atoms).month_after.effect.effect)
    (a, b, union), (n, m, _) = variances, visited
    shared = ((n + m) ** 2 * union - n**2 * a - m**2 * b) / (2 * n * m)
    found = effects.contrast(demo.cohorts, one, ~one, "month_after")
    assert found.effect == pytest.approx(effect[0] - effect[1], abs=1e-12)
    assert min(abs(found.std_error**2 / (a + b - 2 * shared) - 1)) < 1e-9
    assert abs(shared).max() > 0
    swapped = effects.contrast(demo.cohorts, ~one, one, "month_after")
    assert (swapped.low, swapped.high) == pytest.approx((-found.high, -found.low), abs=1e-12)


def test_a_district_is_beside_all_others_of_the_same_levels_and_years(choose_demo, demo):
    filters = Filters((HARTFORD,), ("6-8",), years=("2021-22",))
    beside = effect_views.beside_others(choose_demo(filters))
    same = replace(filters, districts=())
    every = effect_views.chosen_visits(choose_demo(same))
    own = effect_views.chosen_visits(choose_demo(filters))
    parts = [
        effects.effect_study(demo.cohorts, a).six_to_nine.effect.effect for a in (own, every & ~own)
    ]
    assert beside.effect == pytest.approx(parts[0] - parts[1], abs=1e-12)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), (STATE_CODE, ALL_LEVELS)),
        (Filters((LEAP,)), (STATE_CODE, ALL_LEVELS)),
        (Filters((HARTFORD,)), (HARTFORD, ALL_LEVELS)),
        (Filters((HARTFORD,), ("6-8",)), (HARTFORD, "6-8")),
        (Filters((), ("PK-5", "6-8", "9-12")), (STATE_CODE, ALL_LEVELS)),
        (Filters((HARTFORD, HARROW_MILLS)), None),
        (Filters((), ("6-8", "9-12")), None),
        (Filters(years=("2021-22",)), None),
    ],
)
def test_slices_stand_for_one_district_or_all_and_one_level_or_all(choose_demo, filters, expected):
    assert row_views.slice_area(choose_demo(filters)) == expected


def test_kinds_are_told_apart_and_set_beside_the_first_but_the_number_of_visits_is_not(
    choose_demo, demo
):
    found = row_views.kind_rows(choose_demo())
    data = slice_data(demo, "language", STATE_CODE, ALL_LEVELS)
    rows = found.rows.set_index("code")
    told = effects.slice_studies(data)["es"].six_to_nine
    assert rows.loc["es", "effect"] == pytest.approx(told.effect.effect, abs=1e-12)
    beside = found.differences.set_index("series").loc["Spanish"]
    own = effects.difference(data, "es", "en", LATER)
    assert (beside["difference"], beside["low"], beside["high"]) == pytest.approx(
        (own.effect, own.low, own.high), abs=1e-12
    )
    assert "Number of visits in all" in set(found.rows["section"])
    assert "Number of visits in all" not in set(found.differences["section"])


def test_every_student_group_is_in_the_rows_once(choose_demo, demo):
    found = row_views.group_rows(choose_demo())
    data = slice_data(demo, "group", STATE_CODE, ALL_LEVELS)
    assert sorted(found.rows["code"]) == sorted(data.values)


def test_schools_stand_level_by_level_under_their_names(choose_demo, demo):
    table = row_views.school_rows(choose_demo(Filters((HARTFORD,))))
    names = demo.table("schools", where={"district_code": (HARTFORD,)}).to_pandas()
    names = dict(zip(names["school_code"], names["school_name"], strict=True))
    assert table["series"].tolist() == [names[code] for code in table["code"]]
    effects_table = demo.table(
        "effects", where={"slice": ("school",), "district_code": (HARTFORD,)}
    ).to_pandas()
    at = effects_table[effects_table["event_time"].isin((6, 7, 8, 9))]
    means = at.groupby(["level", "slice_value"])["effect"].mean()
    told = table[table["effect"].notna()]
    for row in told.itertuples():
        level = row.section.removeprefix("Schools, ")
        assert row.effect == pytest.approx(means[level, row.code], abs=1e-9)
    years = choose_demo(Filters((HARTFORD,), years=("2021-22",)))
    assert len(row_views.school_rows(years)) == 0


def test_days_add_up_month_by_month_and_the_cost_is_that_of_the_years_chosen(choose_demo, demo):
    filters = Filters((HARTFORD,), years=("2021-22",))
    found = regained(choose_demo(filters))
    assert found.spent.cost == 493_400.0
    assert found.years == ("2021-22",)
    assert found.days.days == found.spent.days
    enrolled = demo.table("visited_days", where={"slice": ("all",)}).to_pandas()
    enrolled = enrolled[enrolled["district_code"] == HARTFORD]
    expected = 0.0
    for period in ("summer 2021", "2021-22"):
        atoms = effect_views.chosen_visits(choose_demo(Filters((HARTFORD,))))
        atoms &= np.array(demo.cohorts.periods, dtype=object) == period
        study = effects.effect_study(demo.cohorts, atoms).table
        shown = study[study["shown"]].set_index("event_time")["effect"]
        own = (
            enrolled[enrolled["cohort_period"] == period]
            .groupby("event_time")["days_enrolled"]
            .sum()
        )
        expected += float((own * shown.reindex(own.index).fillna(0.0)).sum())
    assert found.days.days.effect == pytest.approx(expected, rel=1e-9)
    assert found.spent.cost_per_day is not None
    middle, low, high = found.spent.cost_per_day
    assert middle == pytest.approx(493_400 / expected, rel=1e-9)
    assert low < middle < high


class WithoutCosts(OpenedRelease):
    """A release in which some districts' costs are unknown."""

    def table(self, name, columns=None, where=None):
        table = super().table(name, columns, where)
        if name != "programme":
            return table
        frame = table.to_pandas()
        frame.loc[frame["district_code"] == HARTFORD, "cost"] = None
        return type(table).from_pandas(frame, schema=table.schema, preserve_index=False)


def test_districts_without_a_known_cost_are_left_out_of_cost_and_days(choose_demo):
    partly = WithoutCosts(open_release(DEMO))
    found = regained(Choice(partly))
    full = regained(choose_demo())
    own = regained(choose_demo(Filters((HARTFORD,))))
    assert found.uncounted == ("Hartford",)
    assert full.uncounted == ()
    assert found.days.days == full.days.days
    assert found.spent.visited_all == full.spent.visited_all - own.spent.visited_all
    assert found.spent.cost == full.spent.cost - own.spent.cost
    alone = regained(Choice(partly, Filters((HARTFORD,))))
    assert (alone.spent, alone.uncounted) == (None, ("Hartford",))


def test_visits_not_followed_long_enough_have_days_but_no_cost(choose_demo):
    everything, late = regained(choose_demo()), regained(choose_demo(Filters(years=("2022-23",))))
    assert everything.recent == late.recent == ("2022-23",)
    assert (late.spent, late.years) == (None, ())
    assert late.days.days.effect > 0
    told = regained(choose_demo(Filters(years=("2020-21", "2021-22"))))
    assert everything.years == told.years == ("2020-21", "2021-22")
    assert everything.spent == told.spent
    assert everything.days.visited_all == told.days.visited_all + late.days.visited_all


def test_levels_have_days_but_no_cost(choose_demo):
    found = regained(choose_demo(Filters(levels=("6-8",))))
    assert found.spent is None
    assert found.days.days.effect > 0
