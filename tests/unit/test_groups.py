"""Student groups beside all who aren't in them: rates, gaps and ranges, recounted by hand."""

from dataclasses import replace
from datetime import date
from itertools import product
from math import sqrt
from typing import Any

import pytest

from leapdash.contract import GROUPS, HEADLINES
from leapdash.show.answers import groups as page
from leapdash.show.answers.model import Figure, Text
from leapdash.show.charts.base import Look
from leapdash.show.charts.palette import LIGHT
from leapdash.show.choice import Choice
from leapdash.show.effects.arrays import slice_data
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import groups as views
from leapdash.show.views.spread import SUMS, difference_of_shares
from leapdash.show.words import groups as words
from leapdash.show.words.numbers import per_cent, points
from tests.lib.small_release import AVON, EFFECT_TABLES, HARTFORD, make

YEAR = "2022-23"
BANDS = ("absent_10_to_20", "absent_20_or_more")
LAST = date(2023, 6, 1)
CHOSEN = {
    "everyone": Filters(),
    "hartford": Filters((HARTFORD,)),
    "levels": Filters((HARTFORD,), ("6-8", "9-12"), years=("2021-22", YEAR)),
}


@pytest.fixture(scope="module")
def tables(release):
    names = ("attendance_by_group", "chronic_absence", "chronic_to_date", "reach")
    return {name: release.table(name).to_pandas() for name in names}


@pytest.fixture(params=CHOSEN)
def at(request, choose):
    return choose(CHOSEN[request.param])


def rows_of_group(table, choice, group, **more):
    """The rows of a group in the choice's districts and levels."""
    keep = table["group"] == group
    if choice.codes is not None:
        keep &= table["district_code"].isin(choice.codes)
    if choice.filters.levels:
        keep &= table["level"].isin(choice.filters.levels)
    for name, value in more.items():
        keep &= table[name] == value
    return table[keep]


def both(table, choice, group, names, by="month", **more):
    """Sums of columns by month for the group, and for all students less the group."""
    own, every = (
        rows_of_group(table, choice, one, **more).groupby(by)[list(names)].sum().astype(float)
        for one in (group, "all")
    )
    own = own.reindex(every.index, fill_value=0)
    return own, every - own


def error_by_hand(months, rate):
    """The error of a year's rate: those of its months added up."""
    added = 0.0
    for row in months.to_dict("records"):
        n, absent = row["students"], 1 - rate
        squares = row["absent_squared"] - 2 * absent * row["absent_enrolled"]
        squares += absent**2 * row["enrolled_squared"]
        added += sqrt(max(squares, 0) * n / (n - 1)) if n > 1 else 0
    return added / months["days_enrolled"].sum()


def test_attendance_gaps_are_group_less_all_others_with_errors_added_over_months(at, tables):
    found = views.attendance_gaps(at).set_index("code")
    table = tables["attendance_by_group"]
    table = table[table["month"] > date(2022, 7, 1)]
    assert list(found.index) == [g for g in GROUPS if g not in ("all", "not_high_needs")]
    for group, row in found.iterrows():
        sides = both(table, at, group, SUMS)
        rates = [s["days_attended"].sum() / s["days_enrolled"].sum() for s in sides]
        students = [s["students"].max() for s in sides]
        assert [row["group_rate"], row["others_rate"]] == pytest.approx(rates)
        assert [row["group_counted"], row["others_counted"]] == students
        if min(students) < 10:
            assert row["reason"]
            continue
        one, other = (error_by_hand(s, rate) for s, rate in zip(sides, rates, strict=True))
        half = sqrt(one**2 + other**2)
        assert row["difference"] == pytest.approx(rates[0] - rates[1])
        # Between the normal's factor and Student's for nine degrees of freedom.
        assert 1.959 * half <= (row["high"] - row["low"]) / 2 <= 2.263 * half
        assert (row["high"] + row["low"]) / 2 == pytest.approx(row["difference"])


def test_those_not_in_high_needs_are_the_others_of_those_in_it(at, tables):
    row = views.attendance_gaps(at).set_index("code").loc["high_needs"]
    table = tables["attendance_by_group"]
    others = rows_of_group(table[table["month"] > date(2022, 7, 1)], at, "not_high_needs")
    rate = others["days_attended"].sum() / others["days_enrolled"].sum()
    assert row["others_rate"] == pytest.approx(rate)


@pytest.mark.parametrize("measure", ["chronic", "reach"])
def test_gaps_of_shares_are_counts_over_counts_with_newcombe_s_interval(at, tables, measure):
    more: dict[str, Any] = {"month": LAST}
    counted, base, by = ["ever_eligible_visited"], "ever_eligible", "month"
    table = tables["reach"]
    if measure == "chronic":
        more = {"school_year": YEAR, "geography": "state" if at.codes is None else "district"}
        counted, base, by = [*BANDS], "chronic_base", "school_year"
        table = tables["chronic_absence"]
    shown = 0
    for row in views.GAPS[measure](at).to_dict("records"):
        sides = both(table, at, row["code"], (*counted, base), by, **more)
        bases = [s[base].sum() for s in sides]
        parts = [s[counted].to_numpy().sum() for s in sides]
        assert [row["group_counted"], row["others_counted"]] == bases
        if min(bases) < 10:
            assert row["reason"]
            continue
        shown += 1
        shares = [part / n for part, n in zip(parts, bases, strict=True)]
        assert [row["group_rate"], row["others_rate"]] == pytest.approx(shares)
        by_hand = difference_of_shares((shares[0], bases[0]), (shares[1], bases[1]))
        told = [row["difference"], row["low"], row["high"]]
        assert told == pytest.approx([by_hand.effect, by_hand.low, by_hand.high])
    assert shown > 5


def test_effects_are_those_of_the_slices_and_gaps_stand_where_both_sides_have_one(choose, small):
    choice = choose(Filters((HARTFORD,)))
    table = views.effect_gaps(choice).set_index("code")
    data = slice_data(small, "group", HARTFORD, "all")
    at = [event + 6 for event in HEADLINES["six_to_nine"]]
    for code, row in table.iterrows():
        mean = data.measures.effect[data.values.index(code), at].mean()
        assert row["group_effect"] != row["group_effect"] or row["group_effect"] == pytest.approx(
            mean
        )
        name = views.COMPLEMENTS.get(code)
        if row["difference"] == row["difference"]:
            first, second = (data.values.index(one) for one in (code, name))
            effect = data.measures.effect
            gap = effect[first, at].mean() - effect[second, at].mean()
            assert row["difference"] == pytest.approx(gap)
            assert row["low"] < gap < row["high"]
            assert not row["reason"]
        elif name is None:
            assert "no effect on all others" in row["reason"]
        else:
            assert row["reason"]


def test_effects_of_two_districts_or_of_some_years_cannot_be_told_apart(choose):
    choice = choose(Filters((HARTFORD,), years=("2021-22",)), gap="effect")
    assert views.effect_gaps(choice) is None
    answer = page.answer(choice)
    (text,) = answer.figures
    assert isinstance(text, Text)
    assert "Clear the school years" in text.words
    assert "effect" not in answer.sentence


@pytest.mark.parametrize("group", ["english_learner", "black"])
def test_months_are_those_of_the_group_and_of_all_others(at, tables, group):
    choice = replace(at, of_group=group)
    years = choice.filters.years or ("2020-21", "2021-22", YEAR)
    attendance = views.attendance_of_both(choice)
    assert list(attendance["code"].unique()) == [group, views.OTHERS]
    assert attendance["period"].nunique() == 10 * len(years)

    def sides(name, *names, **more):
        own, rest = both(tables[name], choice, group, names, **more)
        return {group: own, views.OTHERS: rest}

    names = ("days_attended", "days_enrolled", "students")
    by_hand = sides("attendance_by_group", *names)
    for row in attendance.to_dict("records"):
        own = by_hand[row["code"]].loc[row["period"]]
        assert row["attendance_rate"] == pytest.approx(own["days_attended"] / own["days_enrolled"])
        assert row["students"] == own["students"]
    by_hand = sides("reach", "ever_eligible", "ever_eligible_visited")
    for row in views.reach_of_both(choice).to_dict("records"):
        own = by_hand[row["code"]].loc[row["period"]]
        assert row["reached"] == pytest.approx(own["ever_eligible_visited"] / own["ever_eligible"])
    names = ("absent_10_to_20", "absent_20_or_more", "chronic_base")
    geography = "state" if choice.codes is None else "district"
    by_hand = sides("chronic_to_date", *names, geography=geography)
    for row in views.chronic_of_both(choice).to_dict("records"):
        ten, twenty, base = by_hand[row["code"]].loc[row["period"], list(names)]
        assert row["chronic_share"] == pytest.approx((ten + twenty) / base)


def test_the_page_leads_with_the_group_chosen_its_gaps_and_their_ranges(at):
    answer = page.answer(at)
    for view in views.GAPS.values():
        row = view(at).set_index("code").loc["english_learner"]
        assert per_cent(row["group_rate"]) in answer.sentence
        assert per_cent(row["others_rate"]) in answer.sentence
        assert points(abs(row["low"])) in answer.sentence
        assert points(abs(row["high"])) in answer.sentence
    assert "students who are English learners attended" in answer.sentence
    assert "students who aren’t English learners" in answer.sentence


ROW = {
    "group_rate": 0.84,
    "others_rate": 0.88,
    "group_counted": 900,
    "others_counted": 3000,
    "reason": "",
}


@pytest.mark.parametrize(
    ("difference", "low", "high", "attended", "absent", "reached"),
    [
        (-0.04, -0.044, -0.034, "a gap of 4.0 points (between 3.4 and 4.4)", "fewer", "less"),
        (0.04, 0.034, 0.044, "4.0 points more (between 3.4 and 4.4)", "more", "more"),
        (
            -0.01,
            -0.03,
            0.01,
            "no gap can be told (between −3.0 and +1.0 points)",
            "no gap",
            "no gap",
        ),
    ],
)
def test_a_gap_is_told_with_its_direction_and_its_range(
    difference, low, high, attended, absent, reached
):
    row = ROW | {"difference": difference, "low": low, "high": high}
    told = words.attendance("Hartford", "english_learner", row, YEAR)
    assert told == (
        "Hartford: students who are English learners attended 84.0% of their days in 2022-23, "
        f"students who aren’t English learners 88.0%: {attended}."
    )
    assert f" {absent} " in words.chronic(row)
    assert f" {reached} " in words.reach(row, "June 2023", True)


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ((0.05, 0.01, 0.09), "5.0 points less (between 1.0 and 9.0)"),
        ((-0.05, -0.09, -0.01), "5.0 points more (between 1.0 and 9.0)"),
        ((0.01, -0.02, 0.04), "can’t be told apart (between −2.0 and +4.0 points)"),
    ],
)
def test_an_effect_on_the_others_is_told_from_the_effect_on_the_group(gap, told):
    row = {"group_effect": 0.1, "group_low": 0.08, "group_high": 0.12, "reason": ""}
    row |= {"others_effect": 0.05, "others_low": 0.02, "others_high": 0.08}
    row |= dict(zip(("difference", "low", "high"), gap, strict=True))
    assert told in words.effect("english_learner", row)


def test_few_students_are_set_beside_nobody(choose):
    row = ROW | {"group_counted": 9, "reason": "Only 9", "difference": None}
    told = words.attendance("Hartford", "homeless", row, YEAR)
    assert "one side has 9 students, and nothing is said of fewer than 10" in told
    assert words.chronic(row) == ""
    assert words.gap_card(row) == ("–", "too few to tell")


def test_where_no_district_takes_part_the_page_says_so_and_has_no_card_of_reach(choose):
    answer = page.answer(choose(Filters((AVON,))))
    assert "No district here took part in home visits in June 2023." in answer.sentence
    assert [card.label for card in answer.cards] == ["Attendance", "Chronic absence"]


def test_without_effects_the_page_has_all_else(tmp_path):
    bare = OpenedRelease(make(tmp_path, without=EFFECT_TABLES))
    answer = page.answer(Choice(bare, gap="effect"))
    assert "students who are English learners attended" in answer.sentence
    (text,) = answer.figures
    assert text.words == "This release was built without the effects of visits."
    assert page.EFFECT not in [section.title for section in answer.sections]


@pytest.mark.parametrize("gap", ["attendance", "chronic", "reach", "effect"])
def test_a_chart_has_a_row_for_every_group_and_its_gap_at_the_edge(choose, gap):
    choice = choose(Filters((HARTFORD,)), gap=gap)
    answer = page.answer(choice)
    (figure,) = answer.figures
    assert isinstance(figure, Figure)
    drawn = figure.chart(Look(LIGHT, answer.stamp))
    assert len(drawn.layout.yaxis.ticktext) == len(figure.table)
    (bold,) = (text for text in drawn.layout.yaxis.ticktext if text.startswith("<b>"))
    assert "English" in bold
    given = figure.table[figure.table["difference"].notna()]
    (numbers,) = (trace for trace in drawn.data if trace.name == "numbers")
    assert list(numbers.text) == [points(value, signed=True) for value in given["difference"]]
    (dots,) = (trace for trace in drawn.data if trace.name == "gaps")
    open_dots = [color == LIGHT.ground for color in dots.marker.color]
    assert open_dots == [
        low <= 0 <= high for low, high in zip(given["low"], given["high"], strict=True)
    ]


def test_every_group_compared_has_its_words():
    assert set(words.STUDENTS_OF) == set(views.COMPARED)
    for measure, own in product(("attendance", "chronic", "reach", "effect"), ("AXES", "TITLES")):
        assert measure in getattr(words, own)
