"""The sentences, word for word."""

import math
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from leapdash.show import words
from leapdash.show.filters import Filters, Known
from leapdash.show.views import Reach

KNOWN = Known(
    districts={"0640011": "Hartford", "0930011": "New Haven"},
    leap=frozenset({"0640011"}),
    years=("2021-22", "2022-23"),
)
REACH = Reach(date(2023, 6, 1), True, 1000, 250, 750, 100, 20)


def averages(*rows):
    frame = pd.DataFrame(rows, columns=["series", "code", "students", "before", "after"])
    return frame.assign(change=frame["after"] - frame["before"])


def trend(rows, rate="attendance_rate"):
    return pd.DataFrame(rows, columns=["series", "code", "period", rate]).assign(students=100)


@pytest.mark.parametrize(
    ("before", "after", "ending"),
    [(0.8, 0.75, "5.0 points less."), (0.8, 0.8004, "no difference."), (0.8, 0.81, "more.")],
)
def test_a_fall_is_called_a_fall_and_nothing_is_called_an_effect(before, after, ending):
    sentence = words.before_after_sentence({"before": before, "after": after})
    assert sentence.endswith(ending)
    assert not any(word in sentence for word in ("effect", "because", "thanks", "gain", "caused"))


def test_one_side_of_the_visit_alone_is_no_comparison():
    sentence = words.before_after_sentence({"before": 0.8, "after": math.nan})
    assert sentence.startswith("There are not yet school months on both sides")


def test_the_answer_of_trends_compares_with_the_same_month_a_year_before():
    attendance = trend(
        [
            ("LEAP districts", "leap", date(2022, 6, 1), 0.88),
            ("LEAP districts", "leap", date(2023, 5, 1), 0.80),
            ("LEAP districts", "leap", date(2023, 6, 1), 0.884),
            ("Other districts", "other", date(2023, 6, 1), 0.924),
        ]
    )
    chronic = trend([("LEAP districts", "leap", date(2023, 6, 1), 0.365)], "chronic_share")
    assert words.trends_answer(attendance, chronic, "month") == (
        "LEAP districts: students attended 88.4% of their days in June 2023, 0.4 points more than "
        "in June 2022; 36.5% were chronically absent. Other districts: 92.4%."
    )


def test_the_answer_of_trends_speaks_of_the_group_chosen_and_the_range_of_the_others():
    rows = [("All students", "all", "2021-22", 0.9), ("All students", "all", "2022-23", 0.91)]
    rows += [("White", "white", "2021-22", 0.93), ("White", "white", "2022-23", 0.92)]
    rows += [("Black", "black", "2022-23", 0.88)]
    answer = words.trends_answer(trend(rows), trend([], "chronic_share"), "year", "white")
    assert answer == (
        "White: students attended 92.0% of their days in 2022-23, 1.0 points less than in "
        "2021-22. The others: from 88.0% (Black) to 91.0% (All students)."
    )


def test_a_rate_of_few_students_says_how_few():
    attendance = trend([("Hartford", "all", "2022-23", 0.5)]).assign(students=2)
    answer = words.trends_answer(attendance, trend([], "chronic_share"), "year")
    assert answer == (
        "Hartford: students attended 50.0% of their days in 2022-23 (only 2 students)."
    )


@pytest.mark.parametrize(
    ("rate", "waiting", "sentence"),
    [
        (
            0.857,
            5492,
            "In Hartford, students attended 85.7% of their days in 2022-23, 5.6 points below all "
            "districts together; 5,492 students are waiting for a first visit.",
        ),
        (
            0.933,
            None,
            "In Hartford, students attended 93.3% of their days in 2022-23, 2.0 points above all "
            "districts together. The district took no part in home visits in June 2023.",
        ),
        (
            0.913,
            1,
            "In Hartford, students attended 91.3% of their days in 2022-23, level with all "
            "districts together; 1 student is waiting for a first visit.",
        ),
    ],
)
def test_the_answer_of_district_sets_it_beside_all_districts(rate, waiting, sentence):
    reach = replace(REACH, waiting=waiting or 0, taking_part=waiting is not None)
    assert words.district_answer("Hartford", "2022-23", rate, 0.913, reach) == sentence


def test_a_choice_is_told_in_the_words_of_the_bar():
    filters = Filters(("leap", "0930011"), ("6-8",), (), ("2021-22",), "english_learner")
    told = "LEAP districts, New Haven · 6-8 · 2021-22 · English learners"
    assert words.choice(filters, KNOWN) == told
    assert words.nothing_behind(filters, KNOWN) == f"No student stands behind this choice: {told}."
    many = Filters(("leap", "other", "0640011"))
    assert words.choice(many, KNOWN) == "3 districts"
    assert words.choice(Filters(), KNOWN) == ""


def test_students_behind_the_points_are_added_over_series_and_missing_months_left_out():
    table = pd.DataFrame({"event_time": [-6, -6, 1], "students": [1000, 500, 30]})
    assert words.students_behind(table) == (
        "Students behind the points: 1,500 six months before, 30 in the month after."
    )


def test_what_a_chart_shows_is_told_to_who_cannot_see_it():
    rows = [("Hartford", "a", "2021-22", 0.85), ("Hartford", "a", "2022-23", 0.8675)]
    assert words.alt_lines("All students", trend(rows), "attendance_rate", "school years") == (
        "Line chart over school years: All students. Hartford from 85.0% to 86.8%."
    )
    schools = pd.DataFrame({"school_name": ["Elm", "River"], "waiting": [30.0, 4.0]})
    assert words.alt_rows("Waiting", schools, "school_name", "waiting") == (
        "Waiting. 2 rows, from River (4) to Elm (30)."
    )


def test_hollow_points_are_explained_where_there_are_any():
    assert words.hollow_note(pd.Series([10, 200])) == ""
    assert words.hollow_note(pd.Series([9, 200])).startswith("Hollow points")


def test_squares_are_explained_or_their_absence_is():
    published = pd.DataFrame({"source": ["file b", "file a", "file a"]})
    assert words.published_note(published) == (
        "Squares: attendance rates the state published, in “file a and file b”."
    )
    assert words.published_note(published[:0]) == words.NO_PUBLISHED
