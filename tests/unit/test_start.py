"""The opening page: Impact's own words, and ways on that a plain recount would choose as well."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.inference import Interval
from leapdash.show.answers import district, impact, start
from leapdash.show.answers.model import Way
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import _
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import effects
from leapdash.show.views import start as views
from leapdash.show.words import effects as effect_words
from leapdash.show.words import start as words
from tests.lib.by_hand import rows_of, total
from tests.lib.small_release import EFFECT_TABLES, HARTFORD, make, small_tables


def ways(answer, title):
    (section,) = (one for one in answer.sections if one.title == title)
    parts = section.make()
    assert all(isinstance(part, Way) for part in parts)
    return parts


def test_it_says_of_the_whole_state_what_impact_says_whatever_is_chosen(choose):
    told = start.answer(choose(Filters((HARTFORD,), ("6-8",))))
    led = impact.answer(choose())
    assert (told.sentence, told.scope, told.cards) == (led.sentence, led.scope, led.cards)
    assert "(between " in told.sentence
    assert told.warnings[0].startswith("These students are simulated")
    assert told.choice.filters == Filters()


def test_its_doors_lead_to_the_state_a_district_and_what_a_visit_is(choose):
    doors = ways(start.answer(choose()), start.DOORS)
    assert [door.page for door in doors] == ["impact", "district", "home_visit"]
    assert all(door.told and not door.query for door in doors)


def test_the_district_with_most_visits_is_found_by_counting_them(choose, release):
    rows = rows_of(release, "visits")
    districts = {row["district_code"] for row in rows}
    most = max(
        sorted(districts),
        key=lambda code: total([r for r in rows if r["district_code"] == code], "visits"),
    )
    assert views.most_visited(choose()) == most
    first = ways(start.answer(choose()), start.VIEWS)[0]
    name = choose().known.districts[most]
    assert first.title == f"What happened in {name}?"
    assert (first.page, first.query) == ("district", {"districts": [name]})
    page = district.answer(choose(district=most))
    assert all(sentence in page.sentence for sentence in first.told.split(". "))


def small_ones_by_hand(release):
    """Schools whose chronic absence to June moved by five points or more: counted, code."""
    counted: defaultdict[Any, int] = defaultdict(int)
    absent: defaultdict[Any, int] = defaultdict(int)
    for row in rows_of(release, "chronic_to_date"):
        if row["geography"] == "school" and row["group"] == "all" and row["month"].month == 6:
            key = row["school_code"], row["level"], row["month"].year
            counted[key] += row["chronic_base"]
            absent[key] += row["absent_10_to_20"] + row["absent_20_or_more"]
    sizes: defaultdict[Any, int] = defaultdict(int)
    for row in rows_of(release, "school_profile"):
        if row["school_year"] == "2022-23":
            sizes[row["school_code"], row["level"]] += row["students"]
    level_of = {code: max((n, level) for (c, level), n in sizes.items() if c == code)[1]
                for code, _level in sizes}  # fmt: skip
    for code, level in level_of.items():
        now, before = (code, level, 2023), (code, level, 2022)
        others = [
            other for other, its in level_of.items() if its == level and other[:3] == code[:3]
        ]
        if len(others) < 2 or min(counted[now], counted[before]) < FEW_STUDENTS:
            continue
        if abs(absent[now] / counted[now] - absent[before] / counted[before]) >= views.VISIBLE:
            yield counted[now], code


def all_at_one_level():
    """The tables of the small state with every school at one level, so that each has others."""
    tables = small_tables()
    frames = {name: tables[name].to_pandas() for name in ("school_profile", "chronic_to_date")}
    profile, to_date = frames["school_profile"], frames["chronic_to_date"]
    profile.loc[profile["level"] == "6-8", "students"] += 1000
    odd = to_date["school_code"].isin(["0642011"]) & (to_date["month"].astype(str) < "2022-07")
    to_date.loc[odd & (to_date["level"] == "6-8"), "absent_20_or_more"] = 0
    return frames


@pytest.mark.parametrize("changed", [dict, all_at_one_level])
def test_the_smallest_school_with_a_visible_change_is_found_by_counting(tmp_path, changed):
    release = make(tmp_path, changed=changed())
    found = sorted(small_ones_by_hand(release))
    chosen = views.small_and_changed(Choice(OpenedRelease(release)))
    assert chosen == (found[0][1] if found else "")
    assert changed is dict or found


def test_the_small_school_s_way_opens_its_chances_in_its_own_words(tmp_path):
    opened = OpenedRelease(make(tmp_path, changed=all_at_one_level()))
    way = ways(start.answer(Choice(opened)), start.VIEWS)[-1]
    code = views.small_and_changed(Choice(opened))
    label = opened.known.school_label(code)
    assert way.title == f"Is my small school’s change real? {label}"
    assert way.query == {"school": [label], "beside_school": ["Chance"]}
    assert "than in June 2022" in way.told
    assert "By chance, 95% of schools of this size" in way.told


def test_older_students_stand_beside_younger_ones_with_the_interval_of_the_difference(choose):
    way = next(one for one in ways(start.answer(choose()), start.VIEWS) if one.page == "impact")
    older, younger = choose(Filters((), ("6-8", "9-12"))), choose(Filters((), ("PK-5",)))
    for choice in (older, younger):
        found = effect_words.leading(effects.headlines_on(choice))
        assert effect_words.told_of(choice, effect_words.effect_sentence(found)) in way.told
    beside = effects.older_beside(older, younger)
    one, other = (effects.headlines_on(own).six_to_nine.effect for own in (older, younger))
    assert beside.effect == pytest.approx(one.effect - other.effect)
    assert way.told.endswith(words.beside_younger(beside, "PK-5"))
    assert way.query == {"levels": ["6-8", "9-12"]}


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            Interval(0.073, 0.004, 0.064, 0.081),
            "7.3 points larger than in grades PK-5 (between 6.4",
        ),
        (
            Interval(-0.03, 0.01, -0.05, -0.01),
            "3.0 points smaller than in grades PK-5 (between 1.0",
        ),
        (Interval(0.01, 0.01, -0.01, 0.03), "can’t be told apart (between −1.0 and +3.0 points)"),
    ],
)
def test_the_difference_is_told_larger_smaller_or_not_apart(found, told):
    assert told in words.beside_younger(found, "PK-5")
    assert words.beside_younger(None, "PK-5") == ""


def test_without_effects_it_says_so_and_asks_no_question_about_them(tmp_path):
    opened = OpenedRelease(make(tmp_path, without=EFFECT_TABLES))
    answer = start.answer(Choice(opened))
    assert answer.withheld
    told = ways(answer, start.VIEWS)
    assert [one.page for one in told][:1] == ["district"]
    assert "impact" not in [one.page for one in told]
    assert answer.question == _(start.QUESTION)


def test_without_visits_no_district_has_most(tmp_path):
    visits = small_tables()["visits"].to_pandas().assign(visits=0, first_visits=0)
    opened = OpenedRelease(make(tmp_path, changed={"visits": visits}))
    assert views.most_visited(Choice(opened)) == ""
    titles = [one.title for one in ways(start.answer(Choice(opened)), start.VIEWS)]
    assert not [title for title in titles if title.startswith("What happened")]


def test_a_district_in_short_is_what_its_page_begins_with(choose):
    own = choose(district=HARTFORD)
    assert district.answer(own).sentence.startswith(district.in_short(own))
    assert district.in_short(replace(own, district="0040011")).endswith("June 2023.")
