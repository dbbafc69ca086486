"""Impact and District in-process: effects as the tables have them, and what stands without them."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leapdash.release import BuildFacts, SourceFact, open_release, publish
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import effect_rows as row_views
from leapdash.show.views import effects as effect_views
from leapdash.show.views import next_visits as next_views
from leapdash.show.views import programme as programme_views
from leapdash.show.views.evaluation import findings_beside
from leapdash.show.words import district as district_words
from leapdash.show.words import effect_rows as row_words
from leapdash.show.words import effects as effect_words
from leapdash.show.words import evaluation as evaluation_words
from leapdash.show.words import next_visits as next_words
from leapdash.show.words import programme as programme_words
from leapdash.show.words.numbers import count, per_cent
from tests.lib.app import opened, said
from tests.lib.small_release import AVON, HARTFORD, NEW_HAVEN, small_tables

EFFECT_TABLES = (
    *("effects", "effects_covariance", "effects_schools"),
    *("balance", "visited_days", "visited_compared", "spillover"),
    *("effects_recent", "effects_recent_covariance"),
)


pytestmark = pytest.mark.usefixtures("on_show")

FACTS = BuildFacts(
    synthetic=True,
    half_day="state",
    sources=(SourceFact("a small state", 600, "made up for tests", "CC0-1.0"),),
)


def cards(app):
    return {card.label: (card.value, card.delta) for card in app.metric}


def headings(app):
    return [header.value for header in app.header]


def test_impact_answers_with_the_effect_of_the_choice_whom_it_reached_and_the_days(choose):
    filters = Filters(years=("2021-22",))
    app = opened(years=["2021-22"])
    found = effect_views.headlines_on(choose(filters))
    gained = programme_views.regained(choose(filters))
    assert effect_words.effect_answer(found, choose(filters)) in said(app)
    assert programme_words.each_in_days(gained.days) in said(app)
    assert effect_words.based_on(found) in said(app)
    shown = cards(app)
    assert shown["Six to nine months after"] == effect_words.effect_card(found.six_to_nine)
    assert shown["Month after"] == effect_words.effect_card(found.month_after)
    for label, number, unit in programme_words.days_cards(gained):
        assert shown[label] == (number, unit)
    reach = programme_views.reach_now(choose(filters))
    assert shown["Reached"][0] == per_cent(reach.share_visited)
    assert programme_words.days_note(gained, choose(filters)) in said(app)


def test_impact_begins_with_the_rows_and_how_many_fewer_are_chronically_absent():
    assert headings(opened("impact")) == [
        "What visits changed, by level and district",
        "Visited students absent for 10% or more of the month, and without the visit",
        "Absent for 10% or more of the days from the visit to June",
    ]


@pytest.mark.parametrize("district", [None, HARTFORD])
def test_absence_from_the_visit_to_june_is_the_tables(choose, district):
    table = small_tables()["to_june_effects"].to_pandas().query("slice == 'cohort_period'")
    own = table if district is None else table[table["district_code"] == district]
    visited = own["visited"].sum()
    absent, effect, year = (
        (own[name] * own["visited"]).sum() / visited
        for name in ("visited_rate", "effect", "whole_year_rate")
    )
    app = opened(districts=["Hartford"] if district else [])
    text = said(app)
    assert f"From the visit to June, {per_cent(absent)} of the visited were absent" in text
    assert f"it would have been {per_cent(absent - effect)}. That is" in text
    assert f"or {count(round(-effect * visited))} fewer of {count(visited)} students" in text
    assert f"Over their whole school year {per_cent(year)} of the same students" in text
    periods = effect_views.to_june_by_period(choose(Filters((district,) if district else ())))
    assert periods["visited"].sum() == visited
    assert periods["period"].is_unique


def test_a_release_without_absence_to_june_says_nothing_of_it(tmp_path, monkeypatch):
    without = [name for name in small_tables() if name.startswith("to_june")]
    show(tmp_path, monkeypatch, without=without)
    text = said(opened("impact"))
    assert "absent for 10% or more of a month’s days" in text
    assert "From the visit to June" not in text


def test_a_plain_change_never_stands_without_the_effect_beside_it():
    tabs = ("When visited", "What differs", "Student groups", "Reached", "Where next")
    for tab in (*tabs, "All students", "Evaluation"):
        text = said(opened(beside=[tab]))
        assert "A plain before-and-after would say" in text
        assert text.index("than they would have without it") < text.index("A plain before-and")


def test_the_month_after_can_be_chosen_for_all_forest_plots():
    app = opened(beside=["When visited"])
    app.button_group(key="when").set_value("month_after").run()
    axes = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert len(axes) == 2
    assert all("in the school month after" in spec for spec in axes)


def test_where_next_says_what_visits_would_win_and_what_that_rests_on(choose):
    app = opened(beside=["Where next"])
    found = next_views.next_visits(choose())
    assert next_words.next_answer(found, choose()) in said(app)
    for note in (next_words.TAKEN_FOR_GRANTED, next_words.waiting_note(found)):
        assert note in said(app)
    assert headings(app)[-1] == next_words.TITLE
    app.session_state["table-impact-next"] = True
    app.run()
    shown = app.dataframe[0].value
    assert shown["Waiting"].tolist() == found.rows["waiting"].tolist()
    assert shown["Days per visit"].tolist() == pytest.approx(
        found.rows["days_per_visit"].tolist(), nan_ok=True
    )


@pytest.mark.parametrize("filters", [{}, {"districts": ["New Haven"], "years": ["2021-22"]}])
def test_the_evaluation_s_findings_stand_beside_the_release_whatever_is_chosen(choose, filters):
    app = opened(beside=["Evaluation"], **filters)
    text = said(app)
    assert evaluation_words.introduction() in text
    assert "their effects were planted to resemble the findings" in text
    (table,) = (t.value for t in app.table if "Finding" in t.value.columns)
    expected = findings_beside(choose())
    assert len(table) == len(expected) > 0
    assert table["As reported (points)"].tolist() == expected["reported"].tolist()


@pytest.mark.parametrize(
    ("tab", "heading", "notes"),
    [
        (
            "What differs",
            "Does the effect go with the kind of visit?",
            (row_words.ASSOCIATION, row_words.VISITS_IN_ALL),
        ),
        ("Student groups", "What visits changed, by student group", (row_words.GROUPS_NOTE,)),
    ],
)
def test_what_differs_is_said_to_be_association(tab, heading, notes):
    app = opened(beside=[tab])
    assert headings(app)[-1] == heading
    for note in notes:
        assert note in said(app)


@pytest.mark.parametrize("tab", ["What differs", "Student groups"])
def test_kinds_that_cannot_be_told_for_a_choice_give_the_reason_and_no_numbers(choose, tab):
    app = opened(beside=[tab], years=["2021-22"])
    assert row_words.no_slices(choose(Filters(years=("2021-22",)))) in said(app)
    assert headings(app) == ["What visits changed, by level and district"]


def test_the_table_of_a_forest_plot_has_the_plain_change_beside_the_effect(choose):
    app = opened("impact")
    app.session_state["table-impact-effects"] = True
    app.run()
    shown = app.dataframe[0].value
    rows = row_views.effect_rows(choose())
    assert shown["Series"].tolist() == rows["series"].tolist()
    for name, column in (("Effect (points)", "effect"), ("Plain change (points)", "naive_change")):
        assert shown[name].tolist() == pytest.approx((100 * rows[column]).tolist(), nan_ok=True)
    assert rows["naive_change"].notna().any()


def without_effects(folder, visited):
    """The small state without effect tables; without visits too, unless `visited`."""
    tables = {name: t for name, t in small_tables().items() if name not in EFFECT_TABLES}
    if not visited:
        tables |= {name: tables[name].slice(0, 0) for name in ("visits", "paths")}
    return publish(folder, tables, FACTS)


@pytest.mark.parametrize("visited", [True, False])
def test_a_release_without_effects_says_so_and_the_rest_of_the_pages_works(
    tmp_path, monkeypatch, visited
):
    without_effects(tmp_path, visited)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    app = opened("impact")
    reason = (
        "This release was built without the effects of visits."
        if visited
        else "No home visit that met a family is recorded here, so there is no effect to show."
    )
    assert reason in said(app)
    assert {"Students visited", "Reached", "Waiting"} == set(cards(app))
    assert headings(app) == ["Who was reached, by district"]
    assert headings(opened(beside=["All students"])) == ["All students, by school year"]
    district = opened("district", districts=["Hartford"])
    assert "In Hartford, students attended" in said(district)
    assert "Effect of visits" not in cards(district)
    tab = opened("district", districts=["Hartford"], time=["Effect of visits"])
    assert reason in said(tab)


def test_a_district_stands_beside_all_others_in_words_and_cards(choose):
    app = opened("district", districts=["Hartford"])
    filters = Filters((HARTFORD,))
    own = effect_views.headlines_on(choose(filters))
    beside = effect_views.beside_others(choose(filters))
    assert district_words.effect("Hartford", own, beside) in said(app)
    assert effect_words.based_on(own) in said(app)
    assert cards(app)["Effect of visits"] == effect_words.effect_card(own.six_to_nine)
    # One reference at a time: the sentence sets all other districts beside it.
    assert "In all districts" not in cards(app)


def test_the_effect_tab_has_the_district_its_levels_and_schools_or_says_why_no_schools(choose):
    app = opened("district", districts=["Hartford"], time=["Effect of visits"])
    assert headings(app)[-1] == "What visits changed in Hartford"
    assert row_words.schools_note(choose()) in said(app)
    years = opened("district", districts=["Hartford"], years=["2021-22"], time=["Effect of visits"])
    assert "Schools are shown for first visits of all school years only" in said(years)


def test_a_district_without_visits_has_no_effect_and_says_so():
    app = opened("district", districts=["Avon"], time=["Effect of visits"])
    assert "Effect of visits" not in cards(app)
    assert "No home visit that met a family is recorded here" in said(app)
    assert app.selectbox(key="district").value == AVON


def test_where_nobody_could_be_compared_the_pages_say_so_and_show_no_effect(
    choose, tmp_path, monkeypatch
):
    tables = small_tables()
    for name in ("effects", "effects_covariance", "effects_schools", "visited_days"):
        table = tables[name]
        tables[name] = table.filter(pc.not_equal(table["district_code"], NEW_HAVEN))
    compared = tables["visited_compared"].to_pandas()
    compared.loc[compared["district_code"] == NEW_HAVEN, "reason"] = "no history"
    keys = ["district_code", "level", "cohort_period", "reason"]
    compared = compared.groupby(keys, as_index=False)["students"].sum()
    tables["visited_compared"] = pa.Table.from_pandas(compared, preserve_index=False)
    publish(tmp_path, tables, FACTS)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    everyone = effect_views.headlines_on(choose(Filters((NEW_HAVEN,)))).visited_all
    assert everyone > 0

    app = opened(districts=["New Haven"])
    assert "No visited student could be compared with others" in said(app)
    assert "than they would have without it" not in said(app)
    assert cards(app)["Six to nine months after"] == ("–", "too few to tell")
    district = opened("district", districts=["New Haven"], time=["Effect of visits"])
    assert "No visited student could be compared with others" in said(district)
    assert "Effect of visits" not in cards(district)

    shown = Choice(OpenedRelease(open_release(tmp_path)))
    rows = row_views.district_rows(shown).set_index("code")
    assert rows.loc[NEW_HAVEN, "visited_all"] == everyone
    assert rows.loc[NEW_HAVEN, "reason"] == (
        f"None of the {everyone} visited students could be compared with others."
    )


def show(folder, monkeypatch, without=(), **changed):
    """The small release with some tables changed, or left out, on show; and a choice in it."""
    tables = small_tables() | {
        name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in changed.items()
    }
    for name in without:
        del tables[name]
    publish(folder, tables, FACTS)
    monkeypatch.setenv(STORE_VARIABLE, str(folder))
    return Choice(OpenedRelease(open_release(folder)))


def test_a_check_that_fails_stands_on_every_card_row_and_file_of_its_effect(tmp_path, monkeypatch):
    balance = small_tables()["balance"].to_pandas()
    apart = (balance["district_code"] == HARTFORD) & (balance["measure"] == "group homeless")
    balance.loc[apart, "comparison_after"] += 0.07
    choice = show(tmp_path, monkeypatch, balance=balance)
    mind = "mind: student groups not alike"
    for page in ("impact", "before_after", "district"):
        shown = cards(opened(page, districts=["Hartford"]))
        told = [unit for _, unit in shown.values() if unit and mind in unit]
        assert len(told) == (1 if page == "district" else 2), page
        if page != "district":
            # The sentence on chronic absence rests on the same comparison.
            assert f"{mind.capitalize()}." in said(opened(page, districts=["Hartford"]))
        elsewhere = cards(opened(page, districts=["New Haven"]))
        assert not any(mind in unit for _, unit in elsewhere.values() if unit), page
    rows = row_views.district_rows(choice).set_index("series")["checks_failed"]
    assert rows.to_dict() == {"Hartford": "groups", "New Haven": ""}
    assert "Hollow, with a comparison to be minded: Hartford (student groups not alike)." in (
        said(opened("impact"))
    )
    kinds = row_views.kind_rows(choice.filtered(districts=(HARTFORD,))).rows
    assert set(kinds["checks_failed"]) == {"groups", ""}
    assert (kinds.loc[kinds["checks_failed"] == "", "effect"].isna()).all()


def test_days_regained_are_not_carried_over_to_the_many_who_could_not_be_compared(
    tmp_path, monkeypatch
):
    compared = small_tables()["visited_compared"].to_pandas()
    left_out = compared["reason"] != "compared"
    compared.loc[left_out, "students"] *= 4
    few = show(tmp_path / "few", monkeypatch, visited_compared=compared)
    days = programme_views.regained(few).days
    assert 0.8 < days.compared < 0.9
    note = programme_words.days_note(programme_views.regained(few), few)
    assert f"{100 * (1 - days.compared):.0f}% of these days are of students who could not" in note

    compared.loc[left_out, "students"] *= 4
    many = show(tmp_path / "many", monkeypatch, visited_compared=compared)
    days = programme_views.regained(many).days
    assert days.compared < 0.8
    assert days.days is None
    app = opened("impact")
    assert cards(app)["School days regained"] == ("–", "too few to tell")
    assert f"Only {100 * days.compared:.0f}% of these days are of students who could be" in said(
        app
    )
    # The effect itself stands, with what is to be minded.
    assert "mind: many not compared" in cards(app)["Month after"][1]
