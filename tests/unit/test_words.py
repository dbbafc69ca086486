"""The sentences, word for word."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from leapdash.show.filters import Filters
from leapdash.show.views.programme import Reach
from leapdash.show.words import alt
from leapdash.show.words import attendance as attendance_words
from leapdash.show.words import district as district_words
from leapdash.show.words import filters as filter_words
from tests.lib.small_release import HARTFORD

REACH = Reach(date(2023, 6, 1), True, 1000, 250, 750)


def trend(rows, rate="attendance_rate"):
    return pd.DataFrame(rows, columns=["series", "code", "period", rate]).assign(students=100)


def test_the_subject_of_a_figure_names_everything_chosen_and_says_where_nothing_is(choose):
    assert filter_words.subject(choose()) == "All districts · all levels · all school years"
    filters = Filters((), ("PK-5", "6-8"), ("visited",), ("2020-21", "2021-22", "2022-23"))
    assert filter_words.subject(choose(filters)) == (
        "All districts · levels PK-5, 6-8 · 2020-21, 2021-22, 2022-23 · Visited"
    )


def test_the_answer_of_trends_compares_with_the_same_month_a_year_before(choose):
    attendance = trend(
        [
            ("LEAP districts", "leap", date(2022, 6, 1), 0.88),
            ("LEAP districts", "leap", date(2023, 5, 1), 0.80),
            ("LEAP districts", "leap", date(2023, 6, 1), 0.884),
            ("Other districts", "other", date(2023, 6, 1), 0.924),
        ]
    )
    choice = choose(Filters(levels=("6-8",), group="english_learner"), by="district")
    assert attendance_words.trends_answer(attendance, absent(0.365), choice) == (
        "LEAP districts, grades 6-8, English learners: students attended 88.4% of their days in "
        "June 2023, 0.4 points more than in June 2022. By the end of June 2023, 36.5% of 2,000 "
        "students were chronically absent in the school year so far: absent for 10% or more of "
        "their days. Attendance of Other districts: 92.4%."
    )
    assert "1,000" not in attendance_words.trends_answer(attendance, absent(0.3, base=9), choice)


def test_the_same_rate_as_a_year_before_is_as_much(choose):
    rows = [("All districts", "all", "2021-22", 0.9), ("All districts", "all", "2022-23", 0.9)]
    answer = attendance_words.trends_answer(trend(rows), absent(0, 0), choose(grain="year"))
    assert answer == (
        "All districts: students attended 90.0% of their days in 2022-23, as much as in 2021-22."
    )


def absent(share, base=2_000, period=date(2023, 6, 1), code="leap"):
    """One row of `chronic_trend`."""
    row = {"series": "", "code": code, "period": period, "chronic_base": base}
    return pd.DataFrame([row | {"chronic_share": share}])


def test_the_answer_of_trends_speaks_of_the_group_chosen_and_the_range_of_the_others(choose):
    rows = [("All students", "all", "2021-22", 0.9), ("All students", "all", "2022-23", 0.91)]
    rows += [("White", "white", "2021-22", 0.93), ("White", "white", "2022-23", 0.92)]
    rows += [("Black", "black", "2022-23", 0.88)]
    choice = choose(Filters((HARTFORD,), group="white"), by="group", grain="year")
    answer = attendance_words.trends_answer(
        trend(rows), absent(0.2, 50, "2022-23", "white"), choice
    )
    assert answer == (
        "Hartford, White: students attended 92.0% of their days in 2022-23, 1.0 points less than "
        "in 2021-22. In the school year 2022-23, 20.0% of 50 students were chronically absent: "
        "absent for 10% or more of their days. Attendance of the others: from 88.0% (Black) to "
        "91.0% (All students)."
    )


def test_nothing_is_said_of_the_attendance_of_a_few(choose):
    choice = choose(Filters((HARTFORD,)), grain="year")
    few = trend([("Hartford", "all", "2022-23", 0.5)]).assign(students=2)
    assert attendance_words.trends_answer(few, absent(0.5, 2, "2022-23", "all"), choice) == (
        "Hartford: only 2 students in 2022-23, too few to say how they attended."
    )
    rows = [("Hartford", "all", "2021-22", 0.5), ("Hartford", "all", "2022-23", 0.9)]
    was_few = trend(rows).assign(students=[9, 40])
    assert attendance_words.trends_answer(was_few, absent(0.5, 9, "2022-23", "all"), choice) == (
        "Hartford: students attended 90.0% of their days in 2022-23."
    )


@pytest.mark.parametrize(
    ("filters", "by", "series", "whom", "whose"),
    [
        (Filters(), "all", "", "All districts", "All districts"),
        (
            Filters((HARTFORD,), ("6-8", "9-12"), years=("2021-22",)),
            "all",
            "",
            "Hartford, grades 6-8 and 9-12",
            "Hartford, grades 6-8 and 9-12, first visited in 2021-22",
        ),
        (
            Filters(("leap",), participation=("eligible", "other"), group="homeless"),
            "level",
            "PK-5",
            "LEAP districts, grades PK-5, eligible and not visited or neither visited nor "
            "eligible, Students experiencing homelessness",
            None,
        ),
        # To choose every level is to choose none.
        (Filters(levels=("PK-5", "9-12", "6-8")), "all", "", "All districts", "All districts"),
    ],
)
def test_sentences_say_whom_they_are_about(choose, filters, by, series, whom, whose):
    choice = choose(filters, by=by)
    assert filter_words.whom(choice, series) == whom
    assert whose is None or filter_words.whose_visits(choice) == whose


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
    assert district_words.answer("Hartford", "2022-23", rate, 0.913, reach) == sentence


def test_a_choice_is_told_in_the_words_of_the_bar(choose):
    filters = Filters(("leap", "0930011"), ("6-8",), (), ("2021-22",), "english_learner")
    told = "LEAP districts, New Haven · 6-8 · 2021-22 · English learners"
    assert filter_words.chosen(choose(filters)) == told
    assert (
        filter_words.nothing_behind(choose(filters))
        == f"No student stands behind this choice: {told}."
    )
    many = Filters(("leap", "other", "0640011"))
    assert filter_words.chosen(choose(many)) == "3 districts"
    assert filter_words.chosen(choose(Filters())) == ""


def test_what_a_chart_shows_is_told_to_who_cannot_see_it():
    rows = [("Hartford", "a", "2021-22", 0.85), ("Hartford", "a", "2022-23", 0.8675)]
    assert alt.of_lines("All students", trend(rows), "attendance_rate", "school years") == (
        "Line chart over school years: All students. Hartford from 85.0% to 86.8%."
    )
    schools = pd.DataFrame({"school_name": ["Elm", "River"], "waiting": [30.0, 4.0]})
    assert alt.of_rows("Waiting", schools, "school_name", "waiting") == (
        "Waiting. 2 rows, from River (4) to Elm (30)."
    )


def test_hollow_points_are_explained_where_there_are_any():
    assert attendance_words.hollow_note(pd.Series([10, 200])) == ""
    assert attendance_words.hollow_note(pd.Series([9, 200])).startswith("Hollow points")


def test_squares_are_explained_or_their_absence_is():
    published = pd.DataFrame({"source": ["file b", "file a", "file a"]})
    assert attendance_words.published_note(published) == (
        "Squares: attendance rates the state published, in “file a and file b”."
    )
    assert attendance_words.published_note(published[:0]) == attendance_words.NO_PUBLISHED
