"""The sentences of Impact and District, for every case the numbers can be in."""

from datetime import date

import pandas as pd
import pytest

from leapdash.contract import EFFECT_GROUPS
from leapdash.inference import Interval, Serving, interval
from leapdash.show.effects.days import DaysRegained
from leapdash.show.effects.studies import Headline, Headlines
from leapdash.show.filters import Filters
from leapdash.show.views import effect_rows as row_views
from leapdash.show.views.effect_rows import SliceRows
from leapdash.show.views.programme import Regained
from leapdash.show.words import district as district_words
from leapdash.show.words import effect_rows as row_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import programme as programme_words
from leapdash.show.words.numbers import rounded
from tests.lib.small_release import AVON, HARTFORD

TOO_FEW = "Only 12 visited students could be followed to months 6 to 9 after the visit."


def headline(effect, low, high, events=(6, 7, 8, 9), naive=0.221, visited=4010):
    own = Interval(effect, (high - low) / 3.92, low, high)
    return Headline(events, own, None, naive, visited, 900.0, 0.0, 0.0)


def hidden(events=(6, 7, 8, 9)):
    return Headline(events, None, TOO_FEW, None, 12, 900.0, 0.0, 0.0)


def found(later, soon=None):
    soon = soon or headline(0.035, 0.030, 0.040, (1,), 0.133, 5517)
    return Headlines(soon, later, Serving("school", 148.0), 5776, 6104, None)


def regained(days=(89_909.0, 86_331.0, 93_487.0), cost=None, covered=1.0, compared=1.0):
    low, high = days[1:]
    whole = Interval(days[0], (high - low) / 3.92, low, high)
    each = Interval(*(value / 6104 for value in (days[0], whole.std_error, low, high)))
    per_day = None
    if cost is not None and days[0] > 0:
        per_day = (cost / days[0], cost / high, cost / low if low > 0 else float("inf"))
    return DaysRegained(whole, each, None, 6104, 979_247.5, covered, compared, cost, per_day)


NO_DAYS = DaysRegained(
    None, None, "No month after the visit has enough.", 10, 90.0, 0.0, 1.0, None, None
)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((89_909.0, 86_331.0, 93_487.0), "about 15 more days in school"),
        ((-6_500.0, -7_800.0, -5_200.0), "about 1 fewer day in school"),
        ((2_500.0, 1_800.0, 3_200.0), "less than one day more in school"),
        ((-2_500.0, -3_200.0, -1_800.0), "less than one day fewer in school"),
    ],
)
def test_an_effect_is_told_as_a_parent_counts(days, said):
    assert programme_words.each_in_days(regained(days)) == (
        f"So far, the visits come to {said} for each student visited, counted over the nine school "
        "months after."
    )


def test_days_are_told_only_beside_an_effect_that_can_be_told_from_none():
    days = programme_words.each_in_days(regained())
    for later, told in (
        (headline(0.1, 0.08, 0.12), f"Said. {days}"),
        (headline(0.1, -0.08, 0.12), "Said."),
    ):
        assert effect_words.with_days(found(later), "Said.", "", days=days) == told
    assert effect_words.with_days(found(hidden(), hidden((1,))), "Said.", days=days) == "Said."


@pytest.mark.parametrize("days", [regained((50.0, -20.0, 120.0)), NO_DAYS])
def test_days_that_may_be_none_are_not_told_as_a_parent_counts(days):
    assert programme_words.each_in_days(days) == ""


def test_days_that_may_be_lost_are_said_to_be():
    (card,) = programme_words.days_cards(Regained(regained((50.0, -20.0, 120.0))))
    assert card == ("School days regained", "50", "between 20 lost and 120 regained")


def test_a_card_without_an_effect_says_so():
    assert effect_words.effect_card(hidden()) == ("–", "too few to tell")


def test_why_there_are_no_visits_is_said(choose):
    began = date(2021, 7, 1)
    for filters, said in (
        (Filters((AVON,)), "Avon takes no part in home visits."),
        (Filters(("other",)), "Other districts take no part in home visits."),
        (
            Filters(years=("2019-20", "2020-21")),
            "There were no home visits yet in 2019-20 to 2020-21: they began in July 2021.",
        ),
        (
            Filters((HARTFORD,), years=("2022-23",)),
            "No first visit is recorded for this choice: Hartford · 2022-23.",
        ),
    ):
        assert programme_words.no_visits(choose(filters), began) == said


def test_a_card_of_an_effect_has_its_number_and_its_interval():
    assert effect_words.effect_card(headline(0.1135, 0.109, 0.118)) == (
        "+11.4",
        "between 10.9 and 11.8 points",
    )
    assert (
        effect_words.effect_card(headline(-0.002, -0.014, 0.01))[1]
        == "between −1.4 and +1.0 points"
    )


def test_cards_of_days_have_the_cost_where_it_is_known():
    spent = regained(cost=12_100_000.0)
    cards = programme_words.days_cards(Regained(regained(), spent, (), ("2020-21", "2022-23")))
    assert cards == [
        ("School days regained", "89,900", "between 86,300 and 93,500"),
        ("Cost per day regained", "$135", "between $129 and $140"),
    ]
    assert len(programme_words.days_cards(Regained(regained()))) == 1
    assert programme_words.days_cards(Regained(NO_DAYS)) == [
        ("School days regained", "–", "too few to tell")
    ]


def test_a_cost_without_an_upper_bound_is_at_least_so_much():
    spent = regained((50.0, -20.0, 120.0), cost=6000.0)
    _, cost = programme_words.days_cards(Regained(spent, spent, (), ("2021-22", "2021-22")))
    assert cost == ("Cost per day regained", "$120", "at least $50")


def test_no_cost_per_day_where_days_were_lost(choose):
    lost = regained((-500.0, -800.0, -200.0), cost=6000.0)
    assert len(programme_words.days_cards(Regained(lost, lost, (), ("2021-22", "2021-22")))) == 1
    note = programme_words.days_note(Regained(lost, lost, (), ("2021-22", "2021-22")), choose())
    assert note.endswith("No day was shown to be regained, so there is no cost per day.")


def test_the_note_says_what_days_are_per_student_and_which_costs_count(choose):
    spent = regained(cost=12_100_000.0, covered=0.914, compared=0.88)
    note = programme_words.days_note(
        Regained(spent, spent, ("Avon",), ("2020-21", "2021-22", "2022-23")), choose()
    )
    assert "Later months aren’t counted." in note
    assert "Per visited student: 14.7 days (between 14.1 and 15.3)." in note
    assert "91% of these days fall in months with enough students" in note
    assert "12% of these days are of students who could not be compared" in note
    assert "Cost: $12,100,000 in 2020-21 to 2022-23" in note
    assert "left out, cost and days, for want of a known cost: Avon" in note


def test_a_period_with_a_gap_is_named_as_such_and_late_years_are_left_out(choose):
    spent = regained(cost=12_100_000.0)
    own = Regained(spent, spent, (), ("2019-20", "2021-22"), ("2022-23",))
    note = programme_words.days_note(own, choose())
    assert "Cost: $12,100,000 in 2019-20 and 2021-22, all of it" in note
    assert note.endswith(
        "2022-23 is left out of the cost per day: not all visited then have been followed for "
        "nine school months yet."
    )


@pytest.mark.parametrize(
    ("uncounted", "filters", "reason"),
    [
        ((), Filters(levels=("6-8",)), "by district, not by level"),
        (("Avon",), Filters(), "No cost is known for these districts and school years."),
    ],
)
def test_where_there_is_no_cost_the_note_says_why(choose, uncounted, filters, reason):
    found = Regained(regained(), None, uncounted, ())
    assert reason in programme_words.days_note(found, choose(filters))


def differences(*told):
    columns = ["section", "series", "reference", "difference", "low", "high"]
    return SliceRows(pd.DataFrame(), pd.DataFrame(told, columns=columns))


def test_differences_are_larger_smaller_or_not_to_be_told():
    answer = row_words.differences_answer(
        differences(
            ("Language", "Spanish", "English", -0.046, -0.056, -0.036),
            ("Place", "Video or telephone", "At home", 0.008, -0.003, 0.019),
            ("Visitor", "Community partner", "School staff", 0.02, 0.01, 0.03),
        )
    )
    assert answer.split("\n") == [
        "Spanish beside English: 4.6 points smaller (between 3.6 and 5.6).",
        "Video or telephone beside at home: no difference can be told (between −0.3 and +1.9 "
        "points).",
        "Community partner beside school staff: 2.0 points larger (between 1.0 and 3.0).",
    ]
    assert row_words.differences_answer(differences()).startswith("Too few visited students")


def test_whatever_others_are_set_beside_has_a_name_within_a_sentence():
    kinds = [
        label
        for name in ("place", "visitor")
        for label in list(row_views.KINDS[name][1].values())[:-1]
    ]
    groups = [EFFECT_GROUPS[reference] for _, reference in row_views._COMPARED_GROUPS]
    assert set(row_words._WITHIN) == {*kinds, *groups}
    for name, within in row_words._WITHIN.items():
        assert within == name[0].lower() + name[1:]


def test_kinds_and_groups_are_called_association_and_the_number_of_visits_no_effect(choose):
    assert "need not come from it" in row_words.ASSOCIATION
    assert "can’t be read as an effect" in row_words.VISITS_IN_ALL
    assert "association" in row_words.GROUPS_NOTE
    assert "Clear the school years" in row_words.no_slices(choose(Filters(years=("2021-22",))))
    assert "one district or all" in row_words.no_slices(choose(Filters(districts=("a", "b"))))


def test_a_district_is_larger_than_the_others_or_cannot_be_told_apart():
    own = found(headline(0.285, 0.27, 0.299))
    larger = district_words.effect("Hartford", own, interval(0.191, 0.008**2))
    assert larger == (
        "Six to nine school months after the first visit, the visited students of Hartford "
        "attended 28.5 points more of their days than they would have without it (between 27.0 and "
        "29.9). The effect is 19.1 points larger than in all other districts together (between "
        "17.5 and 20.7)."
    )
    same = district_words.effect("Hartford", own, interval(-0.005, 0.008**2))
    assert (
        "can’t be told apart from the effect in all other districts together (between −2.1 and"
        in (same)
    )
    smaller = district_words.effect("Hartford", own, interval(-0.191, 0.008**2))
    assert smaller.endswith(
        "The effect is 19.1 points smaller than in all other districts together (between 17.5 and "
        "20.7)."
    )
    assert "other districts" not in district_words.effect("Hartford", own, None)


def test_a_small_district_says_that_too_few_were_visited_to_tell():
    wide = district_words.effect("Avon", found(headline(0.03, -0.031, 0.09)), None)
    assert "too small to tell from none" in wide
    assert wide.endswith("Too few students were visited here to tell more.")
    narrow = district_words.effect("Avon", found(headline(-0.002, -0.014, 0.01)), None)
    assert "Too few students" not in narrow


def test_a_district_with_only_the_month_after_tells_that_and_one_without_the_reason():
    soon = district_words.effect("Avon", found(hidden()), None)
    assert soon.startswith(
        "In the school month after the first visit, the visited students of Avon"
    )
    nothing = district_words.effect("Avon", found(hidden(), hidden((1,))), None)
    assert nothing == f"What visits changed can’t be told for Avon. {TOO_FEW}"


def test_the_text_for_who_cannot_see_a_forest_tells_the_ends_and_the_withheld():
    table = pd.DataFrame(
        {"series": ["Hartford", "Avon", "Windham"], "effect": [0.285, float("nan"), -0.02]}
    )
    ends = (
        "Forest plot: What visits changed. 3 rows. Effects from −2.0 points (Windham) to +28.5 "
        "points (Hartford)."
    )
    few = row_words.alt_forest("What visits changed", table.assign(visited_all=[500, 9, 80]))
    assert few == f"{ends} 1 withheld: too few to tell."
    hidden = row_words.alt_forest(
        "What visits changed", table.assign(visited_all=[500, float("nan"), 80])
    )
    assert hidden == f"{ends} 1 hidden to protect students."


@pytest.mark.parametrize(
    ("number", "text"),
    [(89_909.3, "89,900"), (999.6, "1,000"), (12_149_999, "12,100,000"), (-1234, "−1,230")],
)
def test_large_numbers_are_given_to_three_figures(number, text):
    assert rounded(number) == text
