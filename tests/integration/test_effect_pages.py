"""Before and after in-process: the effect it tells, its checks, and what it says when it can't."""

import math
import re

import pandas as pd
import pytest

from leapdash.show.dashboard import address
from leapdash.show.filters import Filters
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.views import checks as check_views
from leapdash.show.views import effects as effect_views
from leapdash.show.words import checks as check_words
from leapdash.show.words import effect_paths as path_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import recent as recent_words
from leapdash.show.words.numbers import points
from tests.lib import app as pages
from tests.lib.app import said
from tests.lib.small_release import EFFECT_TABLES, HARTFORD, NEW_HAVEN, make, small_tables

pytestmark = pytest.mark.usefixtures("on_show")

CHECKS = ("recent", "alike", "schoolmates", "left-out")


def opened(page="before_after", **query):
    return pages.opened(page, **query)


def lines(app):
    return {
        box.label.replace("\\", "") for box in app.expander if box.label != "Table" and box.label
    }


def charts_on(app):
    return len(app.get("plotly_chart"))


def frame_of(name):
    return small_tables()[name].to_pandas()


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ({}, Filters()),
        ({"districts": ["Hartford"]}, Filters((HARTFORD,))),
        (
            {"districts": ["Hartford", "New Haven"], "levels": ["6-8", "9-12"]},
            Filters((HARTFORD, NEW_HAVEN), ("6-8", "9-12")),
        ),
        ({"years": ["2021-22"]}, Filters(years=("2021-22",))),
    ],
)
def test_the_page_answers_with_the_effect_of_exactly_the_choice(choose, query, filters):
    app = opened(**query)
    study = effect_views.effect_on(choose(filters))
    everyone = int(check_views.left_out(choose(filters))["students"].sum())
    later, soon = study.six_to_nine, study.month_after
    assert effect_words.effect_answer(study, choose(filters)) in said(app)
    assert effect_words.based_on(study, everyone) in said(app)
    assert [(card.label, card.value, card.delta) for card in app.metric] == [
        (
            "Month after",
            points(soon.effect.effect, signed=True),
            f"{effect_words.between(soon.effect)} points",
        ),
        (
            "Months 6 to 9",
            points(later.effect.effect, signed=True),
            f"{effect_words.between(later.effect)} points",
        ),
        ("Plain change", points(later.naive, signed=True), "points, months 6 to 9"),
        ("Visited compared", str(study.visited), f"of {everyone}"),
    ]
    assert path_words.path_notes(study) in said(app)
    assert path_words.independence_note(study) in said(app)


def test_beside_the_effect_stands_the_plain_change_and_how_much_of_it_would_have_come_anyway():
    text = said(opened("impact"))
    told = "A plain before-and-after would say 18.2 points more; about half of that would have "
    assert text.count(f"{told}come anyway (between ") == 2
    assert "For these students the plain change is what it is" in text


def test_what_it_rests_on_and_does_not_remove_is_said():
    text = said(opened("impact"))
    assert effect_words.RESTS_ON in text
    assert effect_words.NEVER_VISITED in text


def test_the_four_checks_are_lines_with_findings_and_no_chart_until_opened(choose):
    app = opened("impact")
    study = effect_views.effect_on(choose())
    balance = check_views.balance(choose())
    recent = check_views.recent(choose())
    expected = [recent_words.recent_line(recent, study), check_words.alike_line(balance, study)]
    expected.append(check_words.left_out_line(check_views.left_out(choose())))
    assert {f"**{line.question}** {line.finding}" for line in expected} < lines(app)
    assert len(lines(app)) == 4
    assert charts_on(app) == 3


@pytest.mark.parametrize(
    ("check", "more_charts", "evidence"),
    [
        ("recent", 1, "joint test of months −6 to −4"),
        ("alike", 3, "as precise as so many students of equal weight"),
        ("schoolmates", 1, "The effects beside each other are for the whole state, all levels"),
        ("left-out", 0, "The table follows all filters of this page."),
    ],
)
def test_opening_a_check_shows_its_evidence(check, more_charts, evidence):
    app = opened("impact")
    assert evidence not in said(app)
    app.session_state[f"check-{check}"] = True
    app.run()
    assert [error.value for error in app.exception] == []
    assert evidence in said(app)
    assert charts_on(app) == 3 + more_charts


def test_the_path_of_those_followed_throughout_is_of_the_early_visited_only(choose):
    app = opened(districts=["Hartford"], years=["2021-22"])
    app.session_state["check-alike"] = True
    app.run()
    choice = choose(Filters((HARTFORD,), years=("2021-22",)))
    early = check_views.followed(choice)
    everyone = effect_views.effect_on(choose(Filters((HARTFORD,))))
    assert 20 <= early.visited < everyone.visited
    assert check_words.followed_title() in said(app)
    assert f"{early.visited} students visited so early that the data go on to month +9" in said(app)
    assert "For Hartford, all levels, whatever the year of the first visit." in said(app)


def test_the_checks_follow_districts_and_levels_and_the_left_out_the_years_too(choose):
    app = opened(districts=["Hartford"], years=["2021-22"])
    chosen = Filters((HARTFORD,), years=("2021-22",))
    study = effect_views.effect_on(choose(chosen))
    balance = check_views.balance(choose(Filters((HARTFORD,))))
    alike = check_words.alike_line(balance, study)
    left_out = check_words.left_out_line(check_views.left_out(choose(chosen)))
    for line in (alike, left_out):
        assert f"**{line.question}** {line.finding}" in lines(app)


def test_the_plain_lines_may_be_drawn_by_level_while_the_effect_stays(choose):
    app = opened(compare=["Levels"])
    assert effect_words.effect_answer(effect_views.effect_on(choose()), choose()) in said(app)
    app.session_state["table-before-after"] = True
    app.run()
    assert set(app.dataframe[0].value["Series"]) == {"PK-5", "6-8", "9-12"}


def compared_by(app):
    return [box.options for box in app.selectbox if box.key == "compare"]


def test_lines_are_offered_only_by_what_parts_them_and_nothing_is_where_nothing_does(choose):
    (everywhere,) = compared_by(opened("impact"))
    assert {"One line", "Districts", "Levels"} <= set(everywhere)
    (narrow,) = compared_by(opened(districts=["Hartford"], levels=["6-8"]))
    assert not {"Districts", "Levels"} & set(narrow)
    alone = choose(Filters((HARTFORD,), ("6-8",)))
    assert effect_views.ways_to_part(alone) == ("period", "language")


def test_lines_by_district_are_one_for_each_with_visits_where_only_sets_are_chosen(choose):
    for sets in ((), ("leap",), ("leap", "other")):
        series = effect_views.paths(choose(Filters(sets), by="district"))["series"]
        assert set(series) == {"Hartford", "New Haven"}


def test_a_way_to_draw_lines_that_parts_them_no_more_gives_one_line(choose):
    app = opened(compare=["Levels"], levels=["6-8"])
    assert [box.value for box in app.selectbox if box.key == "compare"] == ["all"]


def test_the_table_below_the_chart_holds_both_paths(choose):
    app = opened("impact")
    app.session_state["table-effect"] = True
    app.run()
    table = effect_views.effect_on(choose()).table
    shown = app.dataframe[0].value
    assert shown["Without the visit"].tolist() == (100 * table["without_visit"]).tolist()
    assert shown["Effect (points)"].tolist() == (100 * table["effect"]).tolist()


# --- what can't be shown -------------------------------------------------------------------------


def unmarred(app):
    """No traceback, no infinite or missing number in words or cards."""
    text = said(app) + "\n".join(f"{card.value} {card.delta}" for card in app.metric)
    assert not re.search(r"\b(nan|inf|None)\b", text), text
    for box in app.expander:
        assert not re.search(r"\b(nan|inf|None)\b", box.label), box.label
    return text


def show(monkeypatch, folder, **options):
    make(folder, **options)
    monkeypatch.setenv(STORE_VARIABLE, str(folder))


def test_too_few_visited_are_withheld_with_the_reason_and_a_way_on(choose):
    app = opened(districts=["New Haven"], levels=["PK-5"], years=["2022-23"])
    chosen = Filters((NEW_HAVEN,), ("PK-5",), years=("2022-23",))
    study = effect_views.effect_on(choose(chosen))
    assert study.visited < 20
    assert study.withheld in unmarred(app)
    assert not app.metric
    assert len(lines(app)) == 1
    app.button(key="widen-years").click().run()
    assert app.button_group(key="years").value == []


def test_a_comparison_worth_fewer_than_twenty_is_withheld(monkeypatch, tmp_path):
    effects = frame_of("effects").assign(comparison_effective=0.1)
    show(monkeypatch, tmp_path, changed={"effects": effects})
    app = opened("impact")
    assert "nothing is shown for fewer than 20" in unmarred(app)
    assert not app.metric


def test_without_effect_tables_the_page_says_that_the_release_was_built_without(
    monkeypatch, tmp_path
):
    show(monkeypatch, tmp_path, without=EFFECT_TABLES)
    app = opened("impact")
    assert "This release was built without the effects of visits." in unmarred(app)
    assert effect_words.NOT_THE_EFFECT in said(app)
    assert charts_on(app) == 1


def test_where_nobody_was_visited_the_page_says_so(monkeypatch, tmp_path):
    show(monkeypatch, tmp_path, without=EFFECT_TABLES, changed={"paths": frame_of("paths")[:0]})
    app = opened("impact")
    assert "No home visit that met a family is recorded here" in unmarred(app)
    assert charts_on(app) == 0
    narrowed = opened(districts=["Hartford"])
    assert "No first visit is recorded for this choice: Hartford." in said(narrowed)


def test_where_nobody_can_be_compared_the_reasons_are_told(monkeypatch, tmp_path):
    reasons = frame_of("visited_compared").assign(reason="no comparison")
    keys = ["district_code", "level", "cohort_period", "reason"]
    reasons = reasons.groupby(keys, as_index=False)["students"].sum()
    show(
        monkeypatch,
        tmp_path,
        without=("effects", "effects_covariance", "effects_schools", "balance"),
        changed={"visited_compared": reasons},
    )
    text = unmarred(opened("impact"))
    assert "No visited student could be compared with others: nobody of the same" in text
    assert "to compare with (170)." in text


def test_where_attendance_never_varies_nothing_is_infinite(monkeypatch, tmp_path):
    still = {
        "effect": 0.0,
        "naive_change": 0.0,
        "visited_rate": 1.0,
        "std_error_student": 0.0,
        "std_error_school": 0.0,
    }
    flat = {"visited_mean": 1.0, "visited_sd": 0.0}
    balance = frame_of("balance").assign(**flat, comparison_before=1.0, comparison_after=1.0)
    show(
        monkeypatch,
        tmp_path,
        changed={
            "effects": frame_of("effects").assign(**still),
            "effects_covariance": frame_of("effects_covariance")[:0],
            "effects_schools": frame_of("effects_schools")[:0],
            "effects_recent": frame_of("effects_recent").assign(effect=0.0, std_error_student=0.0),
            "effects_recent_covariance": frame_of("effects_recent_covariance")[:0],
            "balance": balance,
        },
    )
    app = opened("impact")
    text = unmarred(app)
    assert "attended exactly as many of their days as they would have without it" in text
    assert any("attendance does not vary enough to judge by" in line for line in lines(app))
    for check in CHECKS:
        app.session_state[f"check-{check}"] = True
    app.run()
    assert [error.value for error in app.exception] == []
    unmarred(app)


def test_visits_in_the_last_month_show_the_months_before_and_say_why_no_more(monkeypatch, tmp_path):
    cut = {
        name: frame_of(name).query("event_time <= 0")
        for outcome in ("", "chronic_")
        for name in (
            f"{outcome}effects",
            f"{outcome}effects_covariance",
            f"{outcome}effects_schools",
        )
    }
    show(monkeypatch, tmp_path, changed=cut)
    app = opened("impact")
    text = unmarred(app)
    assert "Only 0 visited students could be followed to month 1 after the visit" in text
    assert [card.value for card in app.metric][:3] == ["–", "–", "–"]
    assert charts_on(app) == 3


def test_a_place_without_the_slice_of_few_visited_schools_still_has_its_checks(
    monkeypatch, tmp_path
):
    other = {
        name: frame_of(name).query("slice not in ('comparison', 'followed')")
        for name in ("effects", "effects_covariance")
    }
    show(monkeypatch, tmp_path, changed=other)
    app = opened("impact")
    for check in ("schoolmates", "alike"):
        app.session_state[f"check-{check}"] = True
    app.run()
    assert [error.value for error in app.exception] == []
    assert check_words.followed_title() not in unmarred(app)


def test_numbers_told_are_finite_for_every_single_choice(choose, known):
    for district in ((), *((code,) for code in known.districts)):
        for level in ((), ("PK-5",), ("6-8",), ("9-12",)):
            for year in ((), *((year,) for year in known.years)):
                choice = choose(Filters(district, level, years=year))
                study = effect_views.effect_on(choice)
                shown = study.table[study.table["shown"]].drop(columns=["band_low", "band_high"])
                assert all(math.isfinite(v) for v in pd.Series(shown.to_numpy().ravel()))
                text = effect_words.effect_answer(study, choice)
                text += effect_words.naive_sentence(study.month_after)
                assert not re.search(r"\b(nan|inf)\b", text)


def test_what_a_browser_still_shows_of_what_is_no_longer_offered_is_no_choice(monkeypatch):
    state = {"compare": "Districts", "chosen_on_controls": {"compare": "level"}}
    monkeypatch.setattr("streamlit.session_state", state)
    address.take("compare", ["all", "level"])
    assert state["chosen_on_controls"] == {"compare": "level"}
    state["compare"] = "all"
    address.take("compare", ["all", "level"])
    assert state["chosen_on_controls"] == {"compare": ""}
