"""The visits themselves: recounted from the release's rows, with and without what they could be."""

from datetime import date

import pandas as pd
import pytest

from leapdash.contract import FIRST_VISITS, months_of, school_year_of
from leapdash.show.answers import district
from leapdash.show.answers import visits as page
from leapdash.show.answers.model import Figure, Text
from leapdash.show.charts.base import Look
from leapdash.show.charts.palette import LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import visits as views
from leapdash.show.views.programme import Reach, VisitsMade
from leapdash.show.words import visits as words
from leapdash.show.words.numbers import per_cent
from tests.lib.by_hand import keeps, rows_of, total
from tests.lib.small_release import (
    AVON,
    EFFECT_TABLES,
    HARTFORD,
    NEW_HAVEN,
    hostile_schools,
    make,
    small_tables,
)

CHOSEN = {
    "everyone": Filters(),
    "hartford": Filters((HARTFORD,), years=("2021-22",)),
    "levels": Filters(("leap",), ("6-8", "9-12"), years=("2021-22", "2022-23")),
}
LAST = {"everyone": date(2023, 6, 1), "hartford": date(2022, 6, 1), "levels": date(2023, 6, 1)}


@pytest.fixture(scope="module")
def tables(release):
    return {name: rows_of(release, name) for name in ("visits", "visits_by_kind", "reach")}


@pytest.fixture(params=CHOSEN)
def named(request):
    return request.param


@pytest.fixture
def at(named, choose):
    return choose(CHOSEN[named])


def chosen_rows(tables, name, choice):
    keep = keeps(choice.filters, choice.known)
    return [row for row in tables[name] if keep(row)]


def reach_of(tables, choice, month):
    rows = chosen_rows(tables, "reach", choice)
    return [r for r in rows if r["month"] == month and r["ever_eligible"] is not None]


def test_visits_of_every_month_are_those_met_and_those_that_met_nobody(at, tables):
    found = views.visits_by_month(at)
    rows = chosen_rows(tables, "visits", at)
    months = {row["month"] for row in rows}
    assert (found["period"].min(), found["period"].max()) == (min(months), max(months))
    steps = [(day.year * 12 + day.month) for day in found["period"]]
    assert steps == list(range(steps[0], steps[-1] + 1))
    for row in found.to_dict("records"):
        own = [r for r in rows if r["month"] == row["period"]]
        met = total([r for r in own if r["contact"] == "met"], "visits")
        assert (row["met"], row["visits"]) == (met, total(own, "visits"))
        assert row["missed"] == row["visits"] - met


def test_what_could_be_made_is_drawn_where_every_district_that_takes_part_says(choose):
    own = views.visits_by_month(choose(Filters((HARTFORD,)))).set_index("period")["capacity"]
    for month, capacity in zip(own.index.tolist(), own, strict=True):
        school = month.month not in (7, 8) and school_year_of(month) == "2021-22"
        assert (capacity == 40) if school else pd.isna(capacity)
    for filters in (Filters(), Filters((HARTFORD,), ("6-8",)), Filters((NEW_HAVEN,))):
        assert views.visits_by_month(choose(filters))["capacity"].isna().all()


def test_capacities_of_several_districts_add_up(tmp_path, choose):
    programme = small_tables()["programme"].to_pandas()
    other = programme.assign(district_code=NEW_HAVEN, visit_capacity=25.0)
    changed = {"programme": pd.concat([programme, other])}
    both = OpenedRelease(make(tmp_path, changed=changed))
    found = views.visits_by_month(Choice(both)).set_index("period")["capacity"]
    assert found[date(2021, 10, 1)] == 65
    assert pd.isna(found[date(2022, 10, 1)])


def test_kinds_are_counted_and_their_shares_are_of_their_own_part(at, tables):
    found = views.kinds_made(at)
    rows = chosen_rows(tables, "visits_by_kind", at)
    own = found[found["code"].isin(["en", "es", "other"])]
    for row in own.to_dict("records"):
        mine = [r for r in rows if r["value"] == row["code"]]
        assert row["visits"] == total(mine, "visits")
        assert row["first_visits"] == total(mine, "first_visits")
        assert row["visits_share"] == pytest.approx(row["visits"] / total(rows, "visits"))
    assert own["visits_share"].sum() == pytest.approx(1)


def test_how_often_students_were_met_is_told_where_the_release_knows(choose, release):
    found = views.kinds_made(choose(Filters((HARTFORD,))))
    often = found[found["code"].isin(["1", "2", "3 or more"])]
    rows = [
        row
        for row in rows_of(release, "effects")
        if row["slice"] == "visits" and row["district_code"] == HARTFORD and row["level"] == "all"
    ]
    by_hand = {row["slice_value"]: row["visited_all"] for row in rows}
    assert dict(zip(often["code"], often["visits"], strict=True)) == by_hand
    some_years = views.kinds_made(choose(Filters((HARTFORD,), years=("2021-22",))))
    assert not set(some_years["code"]) & set(by_hand)


def test_first_visits_are_counted_by_how_long_students_had_waited(at, tables):
    found = views.first_visits_by_month(at)
    months = set(months_of(at.filters.years)) or {r["month"] for r in tables["reach"]}
    assert set(found["period"]) == {m for m in months if reach_of(tables, at, m)}
    for row in found.to_dict("records"):
        own = reach_of(tables, at, row["period"])
        for name in FIRST_VISITS:
            assert row[name] == total(own, name)
        assert row["first_visits"] == sum(total(own, name) for name in FIRST_VISITS)


def test_from_eligible_to_met_adds_up_month_by_month_and_school_by_school(at, tables, named):
    for row in views.funnel_by_month(at).to_dict("records"):
        own = reach_of(tables, at, row["period"])
        eligible, met, tried = (
            total(own, name) for name in ("ever_eligible", "ever_eligible_visited", "tried")
        )
        told = row["ever_eligible"], row["ever_eligible_visited"], row["tried"], row["neither"]
        assert told == (eligible, met, tried, eligible - met - tried)
        assert row["neither"] >= 0
        if eligible:
            assert row["reached"] == pytest.approx(met / eligible)
    schools = views.funnel_by_school(at)
    last = reach_of(tables, at, LAST[named])
    assert set(schools["school_code"]) == {r["school_code"] for r in last if r["ever_eligible"]}
    assert schools["ever_eligible"].is_monotonic_decreasing
    for row in schools.to_dict("records"):
        own = [r for r in last if r["school_code"] == row["school_code"]]
        assert row["ever_eligible"] == total(own, "ever_eligible")
        assert row["ever_eligible_visited"] == total(own, "ever_eligible_visited")


def test_the_page_leads_with_how_many_visits_whom_they_met_and_how_soon(at, tables, named):
    answer = page.answer(at)
    rows = chosen_rows(tables, "visits", at)
    met = [row for row in rows if row["contact"] == "met"]
    assert f"{total(rows, 'visits'):.0f} visits were made from" in answer.sentence
    assert f"{total(met, 'visits'):.0f} met the family" in answer.sentence
    assert f"{total(met, 'first_visits'):.0f} students for the first time" in answer.sentence
    own = reach_of(tables, at, LAST[named])
    share = total(own, "ever_eligible_visited") / total(own, "ever_eligible")
    assert f"{per_cent(share)} had been met" in answer.sentence
    soon = [
        r for month in {r["month"] for r in tables["reach"]} for r in reach_of(tables, at, month)
    ]
    every = sum(total(soon, name) for name in FIRST_VISITS)
    first = per_cent(total(soon, FIRST_VISITS[0]) / every)
    late = per_cent(total(soon, FIRST_VISITS[-1]) / every)
    assert f"Of {every:.0f} first visits to eligible students, {first} came" in answer.sentence
    assert f"{late} after more than 120." in answer.sentence


def test_the_chart_has_a_line_of_what_could_be_made_only_where_that_is_known(choose):
    for filters, known in ((Filters((HARTFORD,)), True), (Filters((NEW_HAVEN,)), False)):
        answer = page.answer(choose(filters))
        (figure,) = answer.figures
        assert isinstance(figure, Figure)
        names = [trace.name for trace in figure.chart(Look(LIGHT, answer.stamp)).data]
        assert names == ["met the family", "met nobody", *(["could be made"] if known else [])]
        assert (words.CAPACITY if known else words.NO_CAPACITY) in figure.notes


def test_a_district_without_visits_says_so(choose):
    answer = page.answer(choose(Filters((AVON,))))
    assert answer.empty
    assert answer.sentence == "Avon takes no part in home visits."


def test_before_visits_began_the_page_says_when_they_did(choose):
    assert page.answer(choose(Filters((NEW_HAVEN,), years=("2020-21",)))).sentence


def test_without_effects_there_is_all_but_what_goes_with_them(tmp_path):
    bare = OpenedRelease(make(tmp_path, without=EFFECT_TABLES))
    answer = page.answer(Choice(bare))
    titles = [section.title for section in answer.sections]
    assert titles == [page.KINDS, page.SOON, page.FUNNEL, page.SCHOOLS]
    for section in answer.sections:
        assert any(isinstance(part, Figure) for part in section.make())


def test_a_release_whose_kinds_are_empty_says_so(tmp_path):
    none = small_tables()["visits_by_kind"].to_pandas().iloc[:0]
    bare = make(
        tmp_path,
        changed={"visits_by_kind": none, "schools": hostile_schools()},
        without=EFFECT_TABLES,
    )
    answer = page.answer(Choice(OpenedRelease(bare)))
    (text,) = answer.sections[0].make()
    assert isinstance(text, Text)
    assert "No kind of visit is recorded" in text.words


def test_rates_of_fewer_than_ten_are_not_told():
    when = (date(2021, 9, 1), date(2022, 6, 1))
    made = VisitsMade(12, 9, 8)
    few, enough = (Reach(when[1], True, eligible, 3, 4) for eligible in (9, 10))
    assert "had been met" not in words.answer("Avon", made, when, few)
    assert "30.0% had been met" in words.answer("Avon", made, when, enough)
    for number, told in ((9, False), (10, True)):
        found = pd.DataFrame({name: [0] for name in FIRST_VISITS} | {"first_visits": [number]})
        assert bool(words.how_soon(found)) == told
        assert (words.within(found)[0] == "–") != told


def test_a_district_s_page_has_its_visits_beside_how_many_could_be_made(choose):
    sections = {
        place: [
            section
            for section in district.answer(choose(district=place)).sections
            if section.heading == "Visits"
        ]
        for place in (HARTFORD, AVON)
    }
    (section,) = sections[HARTFORD]
    (figure,) = section.make()
    assert figure.name == "district-visits"
    assert figure.table.equals(views.visits_by_month(choose(Filters((HARTFORD,)))))
    assert sections[AVON] == []
