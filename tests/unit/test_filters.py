"""The filter state, from and to the address, and what it means where."""

import pytest

from leapdash.show.briefing.contents import PAGES as BRIEFED
from leapdash.show.filters import (
    FILTER_LABELS,
    Filters,
    Known,
    codes_of,
    labels,
    reason_off,
)
from tests.lib.by_hand import address_of

KNOWN = Known(
    districts={"0040011": "Avon", "0640011": "Hartford", "0930011": "New Haven"},
    leap=frozenset({"0640011", "0930011"}),
    years=("2020-21", "2021-22", "2022-23"),
)


def test_an_address_is_understood_in_labels_and_in_codes():
    by_label = {"districts": ["Hartford", "LEAP districts"], "group": ["English learners"]}
    by_code = {"districts": ["0640011", "leap"], "group": ["english_learner"]}
    expected = Filters(districts=("0640011", "leap"), group="english_learner")
    assert Filters.from_query(by_label, KNOWN) == (expected, [])
    assert Filters.from_query(by_code, KNOWN) == (expected, [])


def test_what_an_address_has_wrong_falls_away_with_one_note_that_does_not_repeat_it():
    hostile = "<script>alert(1)</script>"
    query = {"districts": [hostile, "Hartford", "9999999"], "levels": ["6-8"], "years": ["1999"]}
    filters, notes = Filters.from_query(query, KNOWN)
    assert filters == Filters(districts=("0640011",), levels=("6-8",))
    assert len(notes) == 2
    assert "“Districts”" in notes[0]
    assert "“School years”" in notes[1]
    assert not any(hostile in note for note in notes)


def test_a_value_given_twice_counts_once():
    filters, _ = Filters.from_query({"levels": ["6-8", "6-8"]}, KNOWN)
    assert filters.levels == ("6-8",)


def test_years_run_in_the_order_of_time_however_they_were_chosen():
    assert Filters(years=("2022-23", "2020-21")).years == ("2020-21", "2022-23")


def test_only_the_first_group_counts():
    filters, _ = Filters.from_query({"group": ["White", "Male"]}, KNOWN)
    assert filters.group == "white"


def test_every_filter_comes_back_from_its_address():
    filters = Filters(("other", "0930011"), ("PK-5", "9-12"), ("eligible",), ("2021-22",), "black")
    assert Filters.from_query(address_of(filters, KNOWN), KNOWN) == (filters, [])


@pytest.mark.parametrize(
    ("districts", "codes"),
    [
        ((), None),
        (("leap", "other"), None),
        (("leap",), ("0640011", "0930011")),
        (("other",), ("0040011",)),
        (("0640011", "leap"), ("0640011", "0930011")),
        (("0040011",), ("0040011",)),
    ],
)
def test_districts_chosen_become_codes_each_once(districts, codes):
    assert codes_of(Filters(districts=districts), KNOWN) == codes


def test_a_filter_without_a_meaning_on_a_page_means_everything_there_and_the_page_says_why():
    full = Filters(("leap",), ("6-8",), ("visited",), ("2021-22",), "white")
    assert full.meant_on("trends") == full
    assert full.meant_on("about") == Filters()
    assert full.meant_on("before_after") == Filters(("leap",), ("6-8",), (), ("2021-22",))
    for page in ("start", *BRIEFED, "about"):
        off = {name for name in FILTER_LABELS if reason_off(page, name)}
        kept = set(full.meant_on(page).active())
        assert kept == set(FILTER_LABELS) - off
    assert reason_off("impact", "group").startswith("this page is about visited students")


def test_active_names_what_narrows_in_the_order_of_the_bar():
    assert Filters(levels=("6-8",), group="white").active() == ("levels", "group")
    assert Filters().active() == ()


def test_the_choices_shown_begin_with_the_sets_of_districts():
    assert list(labels("districts", KNOWN).values())[:3] == [
        "LEAP districts",
        "Other districts",
        "Avon",
    ]
    with pytest.raises(KeyError):
        labels("shoe size", KNOWN)
