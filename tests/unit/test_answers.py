"""What the pages say, made without the pages: complete, in any look, nothing before its time."""

import csv
import subprocess
import sys
from dataclasses import FrozenInstanceError

import pandas as pd
import plotly.graph_objects as go
import pytest

from leapdash.contract import school_year_of
from leapdash.show.answers import (
    about,
    before_after,
    compare,
    district,
    glossary,
    groups,
    home_visit,
    impact,
    school,
    start,
    trends,
    visits,
)
from leapdash.show.answers.files import csv_of, file_name
from leapdash.show.answers.model import Figure, Table, Text, Withheld
from leapdash.show.charts.base import Look
from leapdash.show.charts.palette import DARK, LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.language import speaking
from leapdash.show.opened import OpenedRelease
from leapdash.show.words import attendance as attendance_words
from leapdash.show.words.columns import COLUMNS
from leapdash.show.words.numbers import per_cent
from tests.lib.by_hand import rate, rows_of
from tests.lib.paths import ROOT
from tests.lib.small_release import AVON, EFFECT_TABLES, HARTFORD, NEW_HAVEN, make

PAGES = {
    "start": start,
    "impact": impact,
    "district": district,
    "school": school,
    "groups": groups,
    "visits": visits,
    "compare": compare,
    "trends": trends,
    "before_after": before_after,
    "home_visit": home_visit,
    "glossary": glossary,
    "about": about,
}


SCHOOL = "0641011"


class Recording(OpenedRelease):
    """A release that notes which views it is asked for."""

    def __init__(self, release):
        super().__init__(release)
        self.asked = set()

    def result(self, make, asked):
        self.asked.add(make.__name__)
        return super().result(make, asked)


@pytest.fixture
def recording(release):
    return Recording(release)


def answer_of(page, release, filters=None, **controls):
    controls = {"district": HARTFORD, **controls} if page == "district" else controls
    controls = {"school": SCHOOL, **controls} if page == "school" else controls
    if page == "compare":
        controls = {"a": Filters((HARTFORD,)), "b": Filters(("leap",)), **controls}
    return PAGES[page].answer(Choice(release, filters or Filters(), **controls))


def parts_of(answer):
    """Every part of an answer, those of its sections and checks made."""
    made = [part for section in (*answer.sections, *answer.checks) for part in section.make()]
    return [*answer.figures, *made]


def figures_of(answer):
    return {part.name: part for part in parts_of(answer) if isinstance(part, Figure)}


@pytest.mark.parametrize("page", PAGES)
def test_an_answer_has_its_question_a_sentence_and_figures_that_are_complete(page, small):
    answer = answer_of(page, small)
    assert answer.question.endswith("?")
    assert answer.sentence.endswith(".")
    for figure in figures_of(answer).values():
        assert figure.title
        assert figure.title.split(",")[0] in figure.alt or figure.name == "effect"
        assert len(figure.table)
        assert set(figure.table.columns) & set(COLUMNS)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (
            "impact",
            [
                *("impact-effects", "impact-chronic-absence", "impact-periods", "impact-kinds"),
                *("impact-groups", "impact-reach", "impact-districts", "impact-next"),
                "impact-years",
            ],
        ),
        (
            "district",
            [
                "district-schools",
                "district-waiting",
                "district-visits",
                "district-years",
                "district-months",
                "district-chance",
                "district-effects",
            ],
        ),
        ("school", ["school-months", "school-chronic", "school-waiting"]),
        (
            "groups",
            [
                *("groups-attendance", "groups-months", "groups-chronic-months"),
                *("groups-reach-months", "groups-effects"),
            ],
        ),
        (
            "visits",
            [
                *("visits-months", "visits-kinds", "visits-soon", "visits-funnel"),
                *("visits-schools", "visits-effects"),
            ],
        ),
        ("compare", ["compare-months"]),
        ("trends", ["trends-attendance", "trends-chronic"]),
        (
            "before_after",
            [
                *("effect", "before-after", "effect-chronic-absence", "effect-before"),
                *("effect-balance", "effect-observed", "effect-followed", "effect-schoolmates"),
            ],
        ),
        ("start", []),
        ("home_visit", []),
        ("glossary", []),
        ("about", []),
    ],
)
def test_every_figure_of_a_page_is_in_its_answer(page, names, small):
    assert list(figures_of(answer_of(page, small))) == names


@pytest.mark.parametrize("page", PAGES)
def test_the_same_answer_is_drawn_light_or_dark_with_the_mark_of_its_data(page, small):
    answer = answer_of(page, small)
    for figure in figures_of(answer).values():
        for palette in (LIGHT, DARK):
            drawn = figure.chart(Look(palette, answer.stamp))
            assert isinstance(drawn, go.Figure)
            assert drawn.layout.paper_bgcolor == palette.ground
            written = [note.text for note in drawn.layout.annotations]
            assert f"Simulated data · release {small.manifest.release_id}" in written


@pytest.mark.parametrize(
    ("page", "views"),
    [
        (
            "impact",
            {
                *("period_rows", "kind_rows", "group_rows", "districts_visited"),
                *("next_visits", "attendance_trend", "findings_beside"),
            },
        ),
        ("district", {"published_of_both", "level_rows", "school_rows"}),
        ("before_after", {"schoolmates"}),
    ],
)
def test_a_closed_section_computes_nothing_until_it_is_asked_for(page, views, recording):
    answer = answer_of(page, recording)
    assert not views & recording.asked
    for section in (*answer.sections, *answer.checks):
        section.make()
    assert views <= recording.asked


def test_an_answer_cannot_be_changed(small):
    with pytest.raises(FrozenInstanceError):
        answer_of("impact", small).sentence = "Visits work wonders."


WITHOUT_STREAMLIT = """
import sys
sys.modules["streamlit"] = None
from pathlib import Path
from leapdash.release import open_release
from leapdash.show.answers import about, before_after, compare, district
from leapdash.show.answers import groups, impact, school, trends, visits
from leapdash.show.charts.base import Look
from leapdash.show.charts.palette import LIGHT
from leapdash.show.choice import Choice
from leapdash.show.filters import Filters
from leapdash.show.opened import OpenedRelease

store, code = sys.argv[1:]
one = {"district": code, "school": "0641011", "a": Filters((code,)), "b": Filters(("leap",))}
choice = Choice(OpenedRelease(open_release(Path(store))), **one)
for page in (about, before_after, compare, district, groups, impact, school, trends, visits):
    answer = page.answer(choice)
    parts = list(answer.figures)
    for section in (*answer.sections, *answer.checks):
        parts += section.make()
    look = Look(LIGHT, answer.stamp)
    drawn = [part.chart(look) for part in parts if hasattr(part, "chart")]
    print(page.__name__, len(drawn))
"""


def test_answers_are_made_and_drawn_where_there_is_no_streamlit(release):
    store = str(release.path.parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_STREAMLIT, store, HARTFORD],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    drawn = dict(line.rsplit(maxsplit=1) for line in ran.stdout.splitlines())
    assert {name.rsplit(".")[-1]: int(number) for name, number in drawn.items()} == {
        "about": 0,
        "before_after": 8,
        "compare": 1,
        "district": 7,
        "groups": 5,
        "impact": 9,
        "school": 3,
        "trends": 2,
        "visits": 6,
    }


@pytest.mark.parametrize("page", ["impact", "before_after"])
def test_where_nobody_stands_behind_the_choice_the_answer_is_empty_and_says_so(page, small):
    answer = answer_of(page, small, Filters((AVON,)))
    assert answer.empty
    assert answer.sentence == "Avon takes no part in home visits."
    assert not parts_of(answer)


def test_an_answer_says_what_is_withheld_and_why(small, tmp_path):
    few = answer_of("before_after", small, Filters((NEW_HAVEN,), ("PK-5",), years=("2022-23",)))
    assert "nothing is shown for fewer than 20" in few.withheld.reason
    assert few.withheld.title == "Attendance of visited students, and what it would have been"
    assert [check.key for check in few.checks] == ["left-out"]
    bare = OpenedRelease(make(tmp_path, without=EFFECT_TABLES))
    for page in ("impact", "before_after"):
        answer = answer_of(page, bare)
        assert answer.withheld.reason == "This release was built without the effects of visits."
    (withheld,) = answer_of("district", bare).sections[-1].make()
    assert isinstance(withheld, Withheld)
    assert not withheld.widen


def test_the_scope_says_how_many_of_the_visited_the_effect_rests_on(small):
    for page in ("impact", "before_after"):
        assert answer_of(page, small).scope.startswith("Based on 1")


def test_lines_by_participation_carry_the_warning_that_members_change(small):
    assert answer_of("trends", small, by="participation").warnings == (
        attendance_words.MEMBERS_CHANGE,
    )
    assert answer_of("trends", small, by="district").warnings == ()


def test_the_headline_chosen_is_that_of_every_row(small):
    later = answer_of("impact", small).figures[0].table
    soon = answer_of("impact", small, headline="month_after").figures[0].table
    assert later["series"].iloc[0] == soon["series"].iloc[0] == "All districts"
    assert later["effect"].iloc[0] == pytest.approx(0.082, abs=5e-4)
    assert soon["effect"].iloc[0] < later["effect"].iloc[0]


def test_kinds_that_cannot_be_told_apart_give_the_reason_and_no_figure(small):
    answer = answer_of("impact", small, Filters(years=("2021-22",)))
    for title in ("What differs", "Student groups"):
        (section,) = (part for part in answer.sections if part.title == title)
        (text,) = section.make()
        assert isinstance(text, Text)
        assert "Clear the school years" in text.words


def test_evidence_without_a_chart_is_a_table_of_its_own(small):
    tables = [
        part.name for part in parts_of(answer_of("before_after", small)) if isinstance(part, Table)
    ]
    assert tables == ["effect-to-june", "effect-beside", "effect-left-out"]


@pytest.mark.parametrize(
    ("page", "name", "columns"),
    [
        ("trends", "trends-attendance", ["series", "period", "attendance_rate"]),
        ("trends", "trends-chronic", ["series", "period", "chronic_share"]),
        ("impact", "impact-reach", ["district_code", "series", "reached"]),
        ("impact", "impact-next", ["section", "series", "district_code"]),
        ("district", "district-schools", ["school_name", "level", "attendance_rate"]),
        ("before_after", "effect", ["event_time", "visited_rate", "without_visit"]),
        ("before_after", "before-after", ["series", "event_time", "attendance_rate"]),
        ("before_after", "effect-schoolmates", ["school_year", "share_visited", "change"]),
    ],
)
def test_a_table_below_a_chart_begins_with_what_the_chart_shows(page, name, columns, small):
    assert list(figures_of(answer_of(page, small))[name].table.columns[:3]) == columns


def test_a_file_is_named_for_its_figure_and_the_choice(choose):
    assert file_name("trends", choose()) == "leapdash-trends"
    filters = Filters((HARTFORD, "leap"), ("6-8",), (), ("2021-22",), "white")
    assert file_name("trends", choose(filters)) == (
        "leapdash-trends-0640011-leap-6-8-2021-22-white"
    )


def test_a_file_says_first_what_it_is_of_and_what_its_data_are(small, choose):
    choice = choose(Filters((HARTFORD, "leap"), ("6-8",), (), ("2021-22",), "white"))
    table = pd.DataFrame({"period": ["2021-22"] * 2, "source": ["simulated", "2021-22.csv"]})
    rows = csv.DictReader(csv_of("Attendance by school year", table, choice).decode().splitlines())
    release = f"release {small.manifest.release_id}"
    assert [list(row.items())[:3] for row in rows] == [
        [
            ("figure", "Attendance by school year"),
            ("choice", "Hartford, LEAP districts · level 6-8 · 2021-22 · White"),
            ("stamp", f"{told} data · {release}"),
        ]
        for told in ("Simulated", "Published")
    ]


def test_a_file_of_recorded_data_says_recorded(tmp_path):
    recorded = OpenedRelease(make(tmp_path, synthetic=False))
    answer = answer_of("trends", recorded)
    figure = answer.figures[0]
    rows = csv_of(figure.title, figure.table, answer.choice).decode().splitlines()
    assert rows[0].startswith("figure,choice,stamp,")
    assert rows[0].endswith("data,release")
    assert all(f"recorded,{recorded.manifest.release_id}" in row for row in rows[1:])


def test_in_another_language_a_file_s_codes_stay_and_its_words_are_said(release, bracketed):
    opened = OpenedRelease(release)
    with speaking(bracketed):
        answer = answer_of("trends", opened, grain="year")
        figure = answer.figures[0]
        written = csv_of(figure.title, figure.table, answer.choice).decode()
    rows = list(csv.DictReader(written.splitlines()))
    assert list(rows[0])[:4] == ["figure", "choice", "stamp", "series"]
    assert {row["figure"] for row in rows} == {"⟦Attendance by school year⟧"}
    id_ = opened.manifest.release_id
    assert {(row["data"], row["source"], row["stamp"]) for row in rows} == {
        ("simulated", "⟦simulated⟧", f"⟦Simulated data · release {id_}⟧"),
        ("published", "data.ct.gov t4hx-jd4c", f"⟦Published data · release {id_}⟧"),
    }


def test_how_the_effect_is_found_is_shown_in_the_language_where_it_is_written(
    release, bracketed, tmp_path, monkeypatch
):
    monkeypatch.setattr(about, "_DOCS", tmp_path)
    (tmp_path / "effect-in-one-page.md").write_text("# How\n\nSo.\n", "utf-8")

    def shown():
        with speaking(bracketed):
            section = answer_of("about", OpenedRelease(release)).sections[0]
        return section.heading, section.make()[0].markdown.strip()

    assert shown() == ("How", "So.")
    (tmp_path / "effect-in-one-page.es.md").write_text("# Cómo\n\nAsí.\n", "utf-8")
    assert shown() == ("Cómo", "Así.")
    assert answer_of("about", OpenedRelease(release)).sections[0].heading == "How"


def test_every_rule_of_a_release_has_a_name_and_words_in_another_language(release, bracketed):
    with speaking(bracketed):
        facts = dict(answer_of("about", OpenedRelease(release)).sections[1].make()[0].pairs)
    for name, told in release.manifest.rules.items():
        half_day = "half a day or more counts as present"
        said = half_day if name == "half_day" else told
        assert facts[f"⟦{name.replace('_', ' ').capitalize()}⟧"] == f"⟦{said}⟧"


def test_a_district_s_schools_stand_beside_the_rates_of_their_level(small):
    answer = answer_of("district", small)
    figure = answer.figures[0].chart(Look(LIGHT, answer.stamp))
    heads = [note.text for note in figure.layout.annotations if note.name == "level"]
    rows = [r for r in rows_of(small, "attendance") if school_year_of(r["month"]) == "2022-23"]
    for head, level in zip(heads, ("PK-5", "6-8", "9-12"), strict=True):
        of_level = [row for row in rows if row["level"] == level]
        here = [row for row in of_level if row["district_code"] == HARTFORD]
        own, every = (per_cent(rate(r, "days_attended", "days_enrolled")) for r in (here, of_level))
        assert head == f"<b>{level}</b>: Hartford {own}, all districts {every}"
