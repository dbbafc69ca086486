"""Sentences about effects: one for every case that numbers can be in."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from leapdash.inference import Interval, JointTest, Serving, interval
from leapdash.show.effects.studies import EffectStudy, Headline, ToJune
from leapdash.show.filters import Filters
from leapdash.show.views import checks as check_views
from leapdash.show.words import checks as check_words
from leapdash.show.words import chronic as chronic_words
from leapdash.show.words import effect_paths as path_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import recent as recent_words
from leapdash.show.words import schoolmates as mates_words
from tests.lib.small_release import HARTFORD

NO_COVARIANCE = np.zeros((19, 19))


def headline(effect, error, naive, events=(6, 7, 8, 9), withheld=None):
    """A headline as `effect_study` makes it."""
    if withheld:
        return Headline(events, None, withheld, None, 5, 9.0, 0.0, 0.0)
    return Headline(events, interval(effect, error**2), None, naive, 100, 900.0, 0.0, 0.0)


def study(later, soon=None, matrix="student", schools=40, table=None, visited=97, everyone=101):
    return EffectStudy(
        table=pd.DataFrame({"event_time": [], "shown": []}) if table is None else table,
        covariance=NO_COVARIANCE,
        month_after=soon or headline(0.03, 0.01, 0.1, (1,)),
        six_to_nine=later,
        serving=Serving(matrix, schools),
        visited=visited,
        visited_all=everyone,
        withheld=None,
    )


@pytest.mark.parametrize(
    ("effect", "error", "naive", "sentences"),
    [
        (
            0.1135,
            0.0023,
            0.2211,
            "Six to nine school months after the first visit, visited students attended 11.4 "
            "points more of their days than they would have without it (between 10.9 and 11.8). "
            "A plain before-and-after would say 22.1 points more; about half of that would have "
            "come anyway (between 10.3 and 11.2 points).",
        ),
        (
            -0.03,
            0.01,
            0.05,
            "Six to nine school months after the first visit, visited students attended 3.0 "
            "points less of their days than they would have without it (between 1.0 and 5.0). "
            "A plain before-and-after would say 5.0 points more; without the visit, attendance "
            "would have risen by 8.0 points (between 6.0 and 10.0 points).",
        ),
        (
            0.013,
            0.02,
            0.13,
            "Six to nine school months after the first visit, the effect is too small to tell from "
            "none: visited students attended 1.3 points more of their days than they would have "
            "without it, but anything between 2.6 points less and 5.2 points more would fit. "
            "A plain before-and-after would say 13.0 points more; all of that may have come "
            "without the visit.",
        ),
        (
            0.07,
            0.01,
            -0.02,
            "Six to nine school months after the first visit, visited students attended 7.0 "
            "points more of their days than they would have without it (between 5.0 and 9.0). "
            "A plain before-and-after would say 2.0 points less; without the visit, attendance "
            "would have fallen by 9.0 points (between 7.0 and 11.0 points).",
        ),
        (
            0.08,
            0.01,
            0.05,
            "Six to nine school months after the first visit, visited students attended 8.0 "
            "points more of their days than they would have without it (between 6.0 and 10.0). "
            "A plain before-and-after would say 5.0 points more; without the visit, attendance "
            "would have fallen by 3.0 points (between 1.0 and 5.0 points).",
        ),
        (
            -0.002,
            0.006,
            0.0,
            "Six to nine school months after the first visit, the effect is too small to tell from "
            "none: visited students attended 0.2 points less of their days than they would have "
            "without it, but anything between 1.4 points less and 1.0 points more would fit. "
            "A plain before-and-after would say no change; without the visit, attendance would "
            "have risen by 0.2 points (between −1.0 and +1.4 points).",
        ),
        (
            0.0,
            0.0,
            0.0,
            "Six to nine school months after the first visit, visited students attended exactly as "
            "many of their days as they would have without it. A plain before-and-after would say "
            "no change; without the visit, attendance would have stayed as it was.",
        ),
        (
            0.05,
            0.0,
            0.1,
            "Six to nine school months after the first visit, visited students attended 5.0 "
            "points more of their days than they would have without it (without any spread to "
            "judge by). A plain before-and-after would say 10.0 points more; about half of that "
            "would have come anyway.",
        ),
    ],
    ids=[
        "above zero",
        "below zero",
        "not told from zero",
        "plain change below zero",
        "plain change too small",
        "no plain change",
        "nothing varies",
        "no standard error",
    ],
)
def test_the_answer_says_only_what_the_numbers_allow(choose, effect, error, naive, sentences):
    answer = effect_words.effect_answer(study(headline(effect, error, naive)), choose())
    assert answer == f"All districts: {sentences[0].lower()}{sentences[1:]}"


def test_the_answer_names_its_choice(choose):
    choice = choose(Filters((HARTFORD,), ("9-12",), years=("2021-22",)))
    answer = effect_words.effect_answer(study(headline(0.1, 0.01, 0.2)), choice)
    assert answer.startswith(
        "Hartford, grades 9-12, first visited in 2021-22: six to nine school months after the "
        "first visit, visited students attended 10.0 points more"
    )


def test_where_later_months_are_withheld_the_month_after_answers_and_the_reason_follows(choose):
    reason = "Only 12 visited students could be followed to months 6 to 9."
    answer = effect_words.effect_answer(study(headline(0, 0, 0, withheld=reason)), choose())
    assert "in the school month after the first visit, visited students attended" in answer
    assert answer.endswith(reason)


def test_where_both_headlines_are_withheld_the_reason_is_the_answer(choose):
    none = headline(0, 0, 0, withheld="Too few.")
    both = study(none, headline(0, 0, 0, (1,), "Too few soon."))
    assert effect_words.effect_answer(both, choose()) == "All districts: too few soon."
    assert effect_words.naive_sentence(none) == ""
    assert effect_words.plain_note(none) == effect_words.NOT_THE_EFFECT


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.01, "next to nothing"),
        (0.24, "about a quarter"),
        (0.36, "about a third"),
        (0.4866, "about half"),
        (0.7367, "about three quarters"),
        (0.97, "nearly all"),
        (1.0, "nearly all"),
        (1.2, "all"),
    ],
)
def test_a_share_becomes_the_nearest_everyday_fraction(share, said):
    assert effect_words.share_in_words(share) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.059, 0.083, "between 5.9 and 8.3"),
        (-0.014, 0.01, "between −1.4 and +1.0"),
        (-0.05, -0.02, "between −5.0 and −2.0"),
    ],
)
def test_a_range_carries_signs_where_it_reaches_below_zero(low, high, said):
    assert effect_words.between(Interval((low + high) / 2, 0.01, low, high)) == said


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((0,), "In the school month of the first visit"),
        ((1,), "In the school month after the first visit"),
        ((3,), "3 school months after the first visit"),
        ((6, 7, 8, 9), "Six to nine school months after the first visit"),
    ],
)
def test_the_time_of_an_effect_is_said_in_school_months(events, said):
    assert effect_words.after_the_visit(events) == said


def test_how_many_of_the_visited_it_is_based_on():
    later = replace(headline(0.1, 0.01, 0.2), visited=60)
    assert effect_words.based_on(study(later), 1_200) == (
        "Based on 60 of 1,200 visited students: 97 could be compared, and 60 of these followed to "
        "school months 6 to 9."
    )
    soon = replace(headline(0.1, 0.01, 0.2, (1,)), visited=97)
    none = headline(0, 0, 0, withheld="Too few.")
    assert effect_words.based_on(study(none, soon)) == (
        "Based on 97 of 101 visited students, followed to the month after."
    )
    neither = study(none, headline(0, 0, 0, (1,), "Too few soon."))
    assert effect_words.based_on(neither) == "97 of 101 visited students could be compared."


@pytest.mark.parametrize(
    ("matrix", "schools", "said"),
    [
        ("school", 204.7, "whole schools as independent, the more careful way here: the visited "),
        ("school", 204.7, "schools are worth 204 schools of one size"),
        ("student", 289.0, "taking whole schools instead would not make them wider"),
        ("student", 29.9, "worth 29 schools of one size, too few"),
        ("student", 1.0, "worth 1 school of one size, too few"),
    ],
)
def test_which_matrix_serves_is_said_with_its_reason(matrix, schools, said):
    told = path_words.independence_note(study(headline(0.1, 0.01, 0.2), None, matrix, schools))
    assert said in told


def test_months_left_out_of_the_chart_are_named_with_the_reason():
    table = pd.DataFrame({"event_time": [-6, -5, 0, 8, 9]})
    table["shown"] = [False, False, True, False, True]
    told = path_words.path_notes(study(headline(0.1, 0.01, 0.2), table=table))
    assert "Left out: months −6 to −5, month +8, where fewer than 20 visited students" in told
    table["shown"] = True
    assert "Left out" not in path_words.path_notes(study(headline(0.1, 0.01, 0.2), table=table))


def left_out(**students):
    frame = pd.DataFrame({"reason": list(students), "students": list(students.values())})
    frame["reason"] = frame["reason"].str.replace("_", " ")
    frame["series"] = frame["reason"].map(
        {
            "compared": "the student could be compared",
            "no history": "not observed in each month before",
            "not enrolled": "not enrolled in the month",
            "no comparison": "nobody was there to compare with",
        }
    )
    frame["share"] = frame["students"] / frame["students"].sum()
    return frame


def test_why_nothing_can_be_shown_differs_by_cause():
    assert "No home visit that met a family is recorded" in effect_words.why_nothing(
        None, None, False
    )
    assert "built without the effects" in effect_words.why_nothing(None, None, True)
    nobody = left_out(compared=0, no_history=3, no_comparison=40)
    assert effect_words.why_nothing(None, nobody, True) == (
        "No visited student could be compared with others: not observed in each month before (3); "
        "nobody was there to compare with (40)."
    )


@pytest.mark.parametrize(
    ("counts", "verdict", "finding"),
    [
        ({"compared": 19}, "holds", "Nobody: all 19 visited students could be."),
        (
            {"compared": 90, "no_history": 10},
            "holds",
            "10 of 100 visited students (10.0%), because they were not observed in each of the "
            "three school months before: new, or away.",
        ),
        (
            {"compared": 70, "no_history": 10, "no_comparison": 20},
            "mind",
            "30 of 100 visited students (30.0%), most because nobody of the same district and "
            "level was there to compare with. The effect speaks for the others only.",
        ),
        (
            {"compared": 0, "not_enrolled": 3},
            "mind",
            "3 of 3 visited students (100.0%), because they were not enrolled in the school month "
            "of the visit. The effect speaks for the others only.",
        ),
        (
            {"compared": 95, "no_comparison": 5},
            "holds",
            "5 of 100 visited students (5.0%), because nobody of the same district and level was "
            "there to compare with.",
        ),
        (
            {"compared": 90, "not_enrolled": 6, "no_history": 4},
            "holds",
            "10 of 100 visited students (10.0%), most because they were not enrolled in the school "
            "month of the visit.",
        ),
    ],
)
def test_who_is_left_out_is_counted_with_the_main_reason(counts, verdict, finding):
    line = check_words.left_out_line(left_out(**counts))
    assert (line.verdict, line.finding) == (verdict, finding)


def ended(recent, p):
    """A study of three months' history whose joint test came out so."""
    return replace(recent, test=None if p is None else JointTest(5.0, 3, p))


def test_three_months_of_history_are_told_beside_the_effect_and_never_as_its_failure(recent, study):
    rings = recent_words.recent_line(ended(recent, 0.01), study)
    assert rings.verdict == "beside"
    assert rings.finding == (
        "No: in the sixth to fourth month before the visit, both would have been at most 2.1 "
        "points apart, more than chance brings about. Three months alone would put the effect 1.0 "
        "points lower. The effect shown takes in all earlier months; whether that is enough, this "
        "can’t tell."
    )


def test_a_quiet_test_is_no_proof_and_says_what_it_would_have_missed(recent, study):
    quiet = recent_words.recent_line(ended(recent, 0.4), study)
    assert quiet.verdict == "beside"
    assert quiet.finding == (
        "No sign against it, which is no proof: a lasting difference of under "
        f"{100 * recent.smallest:.1f} points may well be missed. Three months alone would put the "
        "effect 1.0 points lower."
    )
    same = replace(recent, effects=dict.fromkeys(recent.effects, 0.083))
    level = replace(study, six_to_nine=headline(0.083, 0.01, 0.2))
    assert "Three months alone would give the same effect." in (
        recent_words.recent_line(ended(same, 0.4), level).finding
    )


def test_without_a_test_the_reason_is_told(recent, study):
    for found, reason in (
        (None, "the release holds no comparison with three months of history alone."),
        (ended(recent, None), "attendance does not vary enough to judge by."),
        (
            replace(ended(recent, None), table=recent.table[1:]),
            "too few students were observed in the sixth to fourth month before the visit.",
        ),
    ):
        line = recent_words.recent_line(found, study)
        assert (line.verdict, line.finding) == ("unknown", f"This can’t be said: {reason}")
        assert reason[1:] in recent_words.recent_evidence(found, study)


def test_the_evidence_tells_the_joint_test_its_power_and_what_would_undo_the_finding(recent, study):
    told = recent_words.recent_evidence(recent, study)
    found = recent.breakdown(study.six_to_nine)
    assert f"p = {recent.test.p_value:.3f}" in told or recent.test.p_value < 0.001
    assert (
        f"A difference of {100 * recent.smallest:.1f} points in all three months it would have "
        "found in 80 of 100 studies" in told
    )
    assert f"by {100 * found.drift:.1f} points more in every month after the visit" in told
    assert f"{found.times:.1f} times the largest step between one month and the next" in told
    assert f"up to {100 * found.step_up_to:.1f} (relative magnitudes" in told
    zero = replace(study, six_to_nine=headline(0.01, 0.02, 0.1))
    assert recent_words.recent_evidence(recent, zero).endswith(
        "There is no finding that a later drift could undo: the effect holds zero."
    )


def test_what_would_have_come_anyway_is_as_sure_as_the_effect():
    found = headline(0.08, 0.01, 0.18)
    assert found.anyway.effect == pytest.approx(0.1)
    ends = found.anyway.low, found.anyway.high
    assert ends == pytest.approx((0.18 - found.effect.high, 0.18 - found.effect.low))
    assert found.anyway_share == pytest.approx(0.1 / 0.18)
    assert headline(0.08, 0.01, -0.02).anyway_share is None
    assert headline(0, 0, 0, withheld="Too few.").anyway is None
    assert "what would have come anyway is as sure as the effect" in effect_words.plain_note(found)


def test_a_plain_change_that_rounds_to_none_is_no_change_of_which_a_share_could_come_anyway():
    assert effect_words.naive_sentence(headline(0.0002, 0.00001, 0.0004)) == (
        "A plain before-and-after would say no change; without the visit, attendance would have "
        "stayed as it was (between 0.0 and 0.0 points)."
    )


def test_the_plain_change_says_from_when_to_when():
    several, one = headline(0.08, 0.01, 0.18), headline(0.08, 0.01, 0.18, (1,))
    assert " From the month before the visit to months +6 to +9. " in (
        effect_words.plain_note(several)
    )
    assert " From the month before the visit to month +1. " in effect_words.plain_note(one)


def test_the_path_says_that_its_months_are_of_different_students():
    later, soon = headline(0.1, 0.01, 0.2), headline(0.03, 0.01, 0.1, (1,))
    table = pd.DataFrame({"event_time": [-1, 0], "shown": [True, True]})
    mixed = study(later, replace(soon, visited=140), table=table)
    assert "(month +1: 140, months +6 to +9: 100 or more)" in path_words.path_notes(mixed)
    assert "different students" not in path_words.path_notes(study(later, soon, table=table))


def test_a_card_names_the_checks_its_comparison_fails():
    found = headline(0.1135, 0.0023, 0.2)
    assert effect_words.effect_card(found, ("weights", "compared")) == (
        "+11.4",
        "between 10.9 and 11.8 points (mind: much weight cut off, many not compared)",
    )


def test_every_text_for_who_cannot_see_the_charts_holds_their_first_and_last_numbers(choose, study):
    rows = study.table.set_index("event_time")
    paths = path_words.alt_paths(study)
    for time in (-6, 9):
        assert f"{100 * rows.loc[time, 'without_visit']:.1f}% without the visit" in paths
    balance = check_views.balance(choose())
    assert "Male from -0.04 to +0.02" in check_words.alt_balance("Balance", balance)
    observed = check_views.still_observed(study)
    assert "in month 9" in check_words.alt_observed("Observed", observed)
    mates = check_views.schoolmates(choose())
    assert mates_words.alt_schoolmates("Mates", mates).count(" visited: ") == len(mates)


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0004, "in fewer than 1 of 100 studies (joint"),
        (0.0004, "p = less than 0.001). "),
        (0.004, "in fewer than 1 of 100 studies (joint"),
        (0.004, "p = 0.004). "),
        (0.42, "in 42 of 100 studies (joint"),
        (0.42, "p = 0.420). "),
    ],
)
def test_how_often_chance_would_bring_about_as_much_is_said(recent, study, p, said):
    assert said in recent_words.recent_evidence(ended(recent, p), study)


@pytest.mark.parametrize(
    ("district", "level", "said"),
    [
        ("00000CT", "all", "the whole state, all levels, whatever the year of the first visit"),
        ("00000CT", "6-8", "the whole state, 6-8, whatever the year of the first visit"),
        (HARTFORD, "all", "Hartford, all levels, whatever the year of the first visit"),
        (HARTFORD, "6-8", "Hartford, 6-8, whatever the year of the first visit"),
    ],
)
def test_an_area_is_named_by_its_district_and_level(choose, district, level, said):
    assert check_words.area_in_words(district, level, choose()) == said


def test_the_area_both_comparisons_are_for_is_named(choose):
    choice = choose(Filters(("0640011",), ("6-8",)))
    spill = check_views.spillover(choice)
    beside = check_views.beside_few_visited(choice)
    assert "for Hartford, 6-8, whatever the year" in mates_words.schoolmates_evidence(
        spill, beside, choice
    )


def chronic_study(effect, error, rate=0.4, visited=1_000):
    """Six to nine months after the visit, a share of `rate` and that effect on it."""
    found = replace(headline(effect, error, effect - 0.1), visited=visited)
    table = pd.DataFrame(
        {"event_time": [6, 7, 8, 9], "visited_rate": rate, "without_visit": rate - effect}
    )
    return replace(study(found), table=table)


def test_how_many_fewer_are_chronically_absent_is_said_with_its_range():
    told = chronic_words.month_sentence(chronic_study(-0.3, 0.01))
    assert told == (
        "In months six to nine after the visit, 40.0% of the visited were absent for 10% or more "
        "of a month’s days; without the visit it would have been 70.0%. That is 30.0 points fewer "
        "(between 28.0 and 32.0), or 300 fewer of 1,000 students (between 280 and 320)."
    )


def test_how_many_fewer_are_absent_to_june_is_said_beside_the_official_status():
    found = ToJune(replace(headline(-0.12, 0.01, 0.0, (0,)), visited=500), 0.48, 0.7)
    assert chronic_words.to_june_sentence(found) == (
        "From the visit to June, 48.0% of the visited were absent for 10% or more of their days; "
        "without the visit it would have been 60.0%. That is 12.0 points fewer (between 10.0 and "
        "14.0), or 60 fewer of 500 students (between 50 and 70)."
    )
    assert chronic_words.whole_year_sentence(found).startswith(
        "Over their whole school year 70.0% of the same students were absent for 10% or more."
    )


def test_too_few_to_june_are_told_as_too_few():
    found = ToJune(headline(0, 0, 0, (0,), withheld="few"), 0.0, 0.0)
    assert chronic_words.to_june_sentence(found) == (
        "From the visit to June: too few to tell (5 visited students to a June in the data, with a "
        "comparison worth 9)."
    )
    assert chronic_words.whole_year_sentence(found) == ""


def test_where_there_may_be_more_chronically_absent_both_sides_are_said():
    told = chronic_words.month_sentence(chronic_study(-0.012, 0.03))
    assert "1.2 points fewer (between 7.1 fewer and 4.7 more)" in told
    assert "12 fewer of 1,000 students (between 71 fewer and 47 more)." in told


def test_more_chronically_absent_are_called_more():
    told = chronic_words.month_sentence(chronic_study(0.1, 0.01))
    assert "10.0 points more (between 8.0 and 12.0)" in told
    assert "100 more of 1,000 students (between 80 and 120)." in told


@pytest.mark.parametrize(
    ("gain", "more", "finding"),
    [
        (
            interval(0.0001, 0.004**2),
            None,
            "No sign of it: where 10% or more of a school were visited, attendance of the "
            "unvisited changed as much as in schools with fewer visits (between −0.8 and +0.8).",
        ),
        (
            interval(-0.02, 0.004**2),
            None,
            "No sign of it: where 10% or more of a school were visited, attendance of the "
            "unvisited changed 2.0 points less than in schools with fewer visits (between −2.8 and "
            "−1.2).",
        ),
        (
            interval(0.02, 0.004**2),
            None,
            "Perhaps: where 10% or more of a school were visited, attendance of the unvisited "
            "changed 2.0 points more than in schools with fewer visits (between 1.2 and 2.8). "
            "The effect would then be larger than shown.",
        ),
        (
            None,
            interval(0.0, 0.0001**2),
            "No sign of it: without the schools where 10% or more were visited, the effect would "
            "be the same, to a tenth of a point.",
        ),
        (
            None,
            interval(0.0002, 0.002**2),
            "No sign of it: without the schools where 10% or more were visited, the effect would "
            "be the same (a difference between −0.4 and +0.4 points).",
        ),
        (
            None,
            interval(0.004, 0.001**2),
            "No sign of it: compared with schools under 10% visited only, the effect would be +8.4 "
            "instead of +8.0 points (a difference between 0.2 and 0.6).",
        ),
        (
            None,
            None,
            "This can’t be said: too few unvisited schoolmates to compare.",
        ),
    ],
)
def test_what_is_said_of_schoolmates(gain, more, finding):
    beside = check_views.Beside(
        "00000CT",
        "all",
        study(headline(0.08, 0.01, 0.2)),
        None if more is None else study(headline(0.08 + more.effect, 0.01, 0.2)),
        more,
    )
    found = check_views.Spillover(gain, 500, 500)
    assert mates_words.schoolmates_line(found, beside).finding == finding
