"""The pages run in-process on a small release: what they say, what filters do, what goes wrong."""

import io
from datetime import date

import pandas as pd
import pytest

from leapdash.errors import ReleaseError
from leapdash.release import Release
from leapdash.show.answers import impact
from leapdash.show.answers.files import csv_of
from leapdash.show.dashboard import controls, filter_bar, frame, visitor
from leapdash.show.dashboard.layout import escape
from leapdash.show.filters import FILTER_LABELS, Filters
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.opened import OpenedRelease
from leapdash.show.views import attendance as attendance_views
from leapdash.show.views import district as district_views
from leapdash.show.views import programme as programme_views
from leapdash.show.words import attendance as attendance_words
from leapdash.show.words import district as district_words
from leapdash.show.words import school as school_words
from leapdash.show.words.numbers import per_cent
from tests.lib.app import cards, opened, said
from tests.lib.paths import ROOT
from tests.lib.small_release import AVON, HARTFORD, make, small_tables

pytestmark = pytest.mark.usefixtures("on_show")

PAGES = (
    *("start", "impact", "district", "school"),
    *("groups", "visits", "compare", "trends", "before_after"),
    *("home_visit", "glossary", "about"),
)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_the_data_are_simulated_from_which_release_and_how_far_they_run(
    page, release
):
    app = opened(page)
    text = said(app)
    assert "Simulated: these students are invented" in text
    assert f"release {release.manifest.release_id} · data through June 2023" in text
    assert app.title[0].value.endswith("?")


def test_recorded_data_are_not_called_simulated(tmp_path, monkeypatch):
    make(tmp_path, synthetic=False)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(visitor, "at_home", lambda *_: True)
    text = said(opened())
    assert "Recorded data" in text
    assert "Simulated" not in text


def test_district_shows_the_one_district_chosen_beside_all(choose):
    app = opened("district", districts=["Hartford"])
    years = district_views.attendance_beside(choose(district=HARTFORD, grain="year"))
    rates = years[years["period"] == "2022-23"].set_index("code")["attendance_rate"]
    reach = programme_views.reach_now(choose(Filters((HARTFORD,))))
    answer = district_words.answer("Hartford", "2022-23", rates[HARTFORD], rates["all"], reach)
    assert answer in said(app)
    assert cards(app)["Attendance"] == per_cent(rates[HARTFORD])
    assert app.selectbox(key="district").value == HARTFORD
    assert "This page is about one district" not in said(app)


def test_district_is_about_the_last_of_the_years_chosen_in_whatever_order():
    app = opened("district", districts=["Hartford"], years=["2021-22", "2020-21"])
    assert "of their days in 2021-22" in said(app)
    assert "Hartford’s schools by attendance, 2021-22" in said(app)


def test_a_school_is_found_by_name_and_its_address_says_so():
    app = opened("school", school=["Hartford River Academy, Hartford"])
    assert "Hartford River Academy (Hartford, grades" in said(app)
    box = app.selectbox(key="school")
    assert box.value == "0642011"
    box.set_value("0931011").run()
    assert "New Haven Elm School (New Haven, grades" in said(app)
    assert app.query_params == {"school": "New Haven Elm School, New Haven"}
    assert school_words.AT_FIRST not in said(app)
    # A school outside the districts chosen isn't on offer.
    app.multiselect(key="districts").set_value([HARTFORD]).run()
    assert "(Hartford, grades" in said(app)
    assert school_words.AT_FIRST in said(app)
    assert {name.rsplit(", ")[1] for name in app.selectbox(key="school").options} == {"Hartford"}


def test_an_address_with_a_school_that_is_not_there_is_noted():
    app = opened("school", school=["No Such School"])
    assert "The address asked for something under “Find a school”" in said(app)
    assert "grades" in said(app)


def test_groups_begins_with_english_learners_and_keeps_another_group_in_its_address():
    app = opened("groups", districts=["Hartford"])
    assert "Hartford: students who are English learners attended" in said(app)
    app.selectbox(key="of_group").set_value("homeless").run()
    assert "Hartford: students experiencing homelessness" in said(app)
    chosen = {"districts": "Hartford", "of_group": "Students experiencing homelessness"}
    assert app.query_params == chosen
    app.button_group(key="gap").set_value("chronic").run()
    assert "Gaps in chronic absence, 2022-23" in said(app)
    assert app.query_params == chosen | {"gap": "Chronic absence"}


def test_two_districts_are_compared_by_a_link_that_the_address_keeps():
    query = {"a_districts": ["Hartford"], "b_districts": ["New Haven"]}
    app = opened("compare", **query)
    assert not app.warning
    assert "Hartford: students attended" in said(app)
    assert "; New Haven: " in said(app)
    assert app.multiselect(key="b_districts").value == ["0930011"]
    app.button_group(key="b_years").set_value(["2020-21", "2021-22"]).run()
    told = {"a_districts": "Hartford", "b_districts": "New Haven"}
    assert app.query_params == told | {"b_years": ["2020-21", "2021-22"]}
    assert "in 2021-22. " in said(app)
    app.multiselect(key="b_districts").set_value([]).run()
    assert "; LEAP districts: " in said(app)
    app.switch_page("pages/trends.py").run()
    app.switch_page("pages/compare.py").run()
    assert "; LEAP districts: " in said(app)


def test_a_comparison_begins_with_what_other_pages_show_beside_the_districts_that_take_part():
    app = opened("compare", districts=["Avon"], levels=["6-8"])
    assert "Avon, grades 6-8: students attended" in said(app)
    assert "; LEAP districts, grades 6-8: " in said(app)
    assert "until A is, it begins with this" in said(app)
    assert not app.get("toggle")
    both = opened("compare", districts=["LEAP districts"])
    assert "LEAP districts: students attended" in said(both)
    assert "; Other districts: " in said(both)
    app = opened("compare", a_districts=["Nowhere"])
    assert "“A: districts”" in app.warning[0].value


def test_before_the_programme_began_a_district_has_nobody_waiting():
    app = opened("district", districts=["Hartford"], years=["2020-21"])
    assert "took no part in home visits in June 2021" in said(app)
    assert not {"Waiting", "Reached"} & set(cards(app))


def test_district_begins_with_the_one_where_most_students_wait_and_lets_choose_another(choose):
    app = opened("district")
    waiting = programme_views.districts_visited(choose()).nlargest(1, "waiting")
    assert app.selectbox(key="district").value == waiting["district_code"].iloc[0]
    assert "This page is about one district. Of the state, most students wait in" in said(app)
    app.selectbox(key="district").set_value(AVON).run()
    assert "In Avon, students attended" in said(app)
    assert "took no part in home visits in June 2023" in said(app)
    assert "Waiting" not in cards(app)


def test_trends_answers_for_exactly_the_filters_in_the_address(choose):
    query = {
        "districts": ["Hartford"],
        "levels": ["6-8", "9-12"],
        "participation": ["Visited"],
        "years": ["2022-23"],
        "group": ["Hispanic/Latino of any race"],
    }
    app = opened("trends", **query)
    filters = Filters((HARTFORD,), ("6-8", "9-12"), ("visited",), ("2022-23",), "hispanic")
    choice = choose(filters, by="district")
    attendance = attendance_views.attendance_trend(choice)
    chronic = attendance_views.chronic_trend(choice)
    assert attendance_words.trends_answer(attendance, chronic, choice) in said(app)


def test_trends_by_participation_say_that_the_members_change():
    app = opened("trends", lines=["Participation"])
    assert attendance_words.MEMBERS_CHANGE in said(app)
    assert attendance_words.MEMBERS_CHANGE not in said(opened("trends"))


def test_yearly_trends_tell_published_rates_or_why_there_are_none():
    shown = said(opened("trends", lines=["One line"], points=["School years"]))
    assert "the state published, in “data.ct.gov t4hx-jd4c”" in shown
    assert attendance_words.NO_PUBLISHED in said(opened("trends", points=["School years"]))


def test_about_tells_sources_licences_definitions_and_the_manifest(release):
    app = opened("about")
    tables = pd.concat([table.value for table in app.table]).astype(str)
    cells = {cell.replace("\\", "") for cell in tables.to_numpy().ravel()}
    assert {"a small state", "made up for tests. Licence: CC0-1.0. 600 rows."} <= cells
    assert app.code[0].value.strip() == release.manifest.to_json().strip()


def test_filters_stay_when_the_page_changes_and_when_it_is_run_again():
    app = opened("impact", districts=["LEAP districts"], levels=["9-12"])
    for page in ("trends", "before_after", "about", "groups", "school", "district", "impact"):
        app.switch_page(f"pages/{page}.py").run()
        assert app.query_params == {"districts": "LEAP districts", "levels": "9-12"}
    assert app.multiselect(key="districts").value == ["leap"]
    assert app.button_group(key="levels").value == ["9-12"]


def test_the_district_chosen_on_one_page_is_chosen_on_all():
    app = opened("impact", districts=["Hartford"])
    app.switch_page("pages/district.py").run()
    assert app.selectbox(key="district").value == HARTFORD
    app.selectbox(key="district").set_value(AVON).run()
    assert app.query_params == {"districts": "Avon"}
    app.switch_page("pages/trends.py").run()
    assert app.multiselect(key="districts").value == [AVON]
    assert "Avon: students attended" in said(app)


def test_of_several_districts_chosen_the_district_page_says_which_it_is_about():
    app = opened("district", districts=["Avon", "Hartford"], levels=["6-8"])
    line = "This page is about one district. Of Avon, Hartford, most students wait in Hartford."
    assert line in said(app)
    assert app.query_params == {"districts": ["Avon", "Hartford"], "levels": "6-8"}


def test_more_districts_than_fit_are_counted_on_the_box(monkeypatch):
    app = opened("before_after", districts=["Avon", "Hartford"])
    assert app.multiselect(key="districts").label == "Districts"
    monkeypatch.setattr(filter_bar, "_IN_SIGHT", 1)
    assert app.run().multiselect(key="districts").label == "Districts · 2 chosen"


def test_a_filter_that_means_nothing_on_a_page_is_not_drawn_and_stays_in_the_address():
    app = opened("trends", participation=["Visited"], group=["White"], levels=["6-8"])
    asked = dict(app.query_params)
    app.switch_page("pages/impact.py").run()
    assert {group.key for group in app.button_group} == {"levels", "years", "when", "order"}
    assert "group" not in {box.key for box in app.selectbox}
    line = "Doesn’t count here: Visited · White – this page is about visited students"
    assert line in said(app)
    assert app.query_params == asked
    app.button_group(key="levels").set_value(["9-12"]).run()
    assert app.query_params == asked | {"levels": "9-12"}
    app.switch_page("pages/trends.py").run()
    assert app.button_group(key="participation").value == ["visited"]
    assert app.selectbox(key="group").value == "white"
    assert "Doesn’t count here" not in said(app)


def test_about_draws_no_filter_and_says_so_only_of_what_is_chosen():
    app = opened("about")
    assert not app.multiselect
    assert not app.button_group
    assert "count here" not in said(app)
    told = said(opened("about", districts=["Hartford"]))
    assert "Doesn’t count here: Hartford – this page describes the whole release." in told


def test_choosing_in_the_bar_changes_the_answer():
    app = opened("trends")
    before = said(app)
    app.multiselect(key="districts").set_value([HARTFORD]).run()
    assert "Hartford: students attended" in said(app)
    assert said(app) != before


@pytest.mark.parametrize("district", [HARTFORD, "Hartford", "hartford"])
def test_codes_and_words_in_any_case_are_understood_and_the_address_keeps_asking_for_them(district):
    app = opened("trends", districts=[district], participation=["eligible"])
    assert app.multiselect(key="districts").value == [HARTFORD]
    assert app.button_group(key="participation").value == ["eligible"]
    assert not app.warning
    assert "Hartford" in said(app)
    app.run()
    assert app.query_params["districts"] == district
    app.button_group(key="levels").set_value(["6-8"]).run()
    chosen = {"districts": "Hartford", "participation": "Eligible", "levels": "6-8"}
    assert app.query_params == chosen


def test_former_addresses_of_the_district_page_are_understood():
    app = opened("district", districts=["LEAP districts"], district=["Hartford"])
    assert "In Hartford, students attended" in said(app)


def test_an_address_the_history_comes_back_to_is_shown_and_leaves_what_others_pages_show():
    app = opened("trends", districts=["Hartford"])
    app.switch_page("pages/impact.py").run()
    app.button_group(key="when").set_value("month_after").run()
    app.switch_page("pages/trends.py").run()
    app.multiselect(key="districts").set_value([AVON]).run()
    app.button_group(key="lines").set_value("level").run()
    assert app.query_params == {"districts": "Avon", "lines": "Levels"}
    app.query_params.clear()
    app.query_params["districts"] = "Hartford"
    app.run()
    assert app.multiselect(key="districts").value == [HARTFORD]
    assert app.button_group(key="lines").value == "district"
    assert "Hartford: students attended" in said(app)
    app.switch_page("pages/impact.py").run()
    assert app.button_group(key="when").value == "month_after"


def test_a_quick_second_choice_is_not_undone_by_the_address_it_comes_with():
    app = opened("trends")
    app.multiselect(key="districts").set_value([HARTFORD]).run()
    app.query_params.clear()
    app.button_group(key="levels").set_value(["6-8"]).run()
    assert app.query_params == {"districts": "Hartford", "levels": "6-8"}


def test_what_goes_without_saying_is_not_in_the_address():
    app = opened("impact", when=["Month after"], beside=["Reached"])
    assert app.query_params == {"when": "Month after", "beside": "Reached"}
    app.button_group(key="when").set_value("six_to_nine").run()
    assert app.query_params == {"beside": "Reached"}


@pytest.mark.parametrize(
    ("page", "tabs"),
    [
        ("impact", controls.BESIDE_TABS),
        ("district", controls.TIME_TABS),
        ("groups", controls.GROUP_TABS),
        ("visits", controls.VISITS_TABS),
    ],
)
def test_the_address_knows_every_tab_and_opens_it(page, tabs):
    shown = {tab.label for tab in opened(page).tabs}
    assert shown
    assert shown <= set(tabs.words)
    for title in shown:
        app = opened(page, **{tabs.key: [title.lower()]})
        assert app.session_state[tabs.key] == title
        assert not app.warning


def test_an_address_that_asks_for_nothing_by_a_name_asks_for_nothing():
    app = opened("trends", districts=[""], lines=[""])
    assert not app.warning
    assert app.multiselect(key="districts").value == []


@pytest.mark.parametrize(
    ("page", "name", "label"),
    [
        ("trends", "lines", "Lines"),
        ("trends", "points", "Points"),
        ("impact", "when", "School months after the first visit"),
        ("impact", "beside", "Beside the effect"),
        ("district", "measure", "Schools by"),
        ("district", "time", "The district over time"),
        ("groups", "of_group", "Group"),
        ("groups", "gap", "Gaps in"),
        ("visits", "beside_visits", "The visits"),
        ("before_after", "compare", "Draw its lines by"),
    ],
)
def test_what_a_page_s_own_control_does_not_have_is_noted(page, name, label):
    app = opened(page, **{name: ["nothing of the kind"]})
    (warning,) = app.warning
    assert f"“{label}”" in warning.value
    assert not opened(page).warning


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "x" * 5000,
        "0640011' OR 1=1 --",
        "{{7*7}}",
        "\u202e\x00",
        "**bold** [link](http://example.com)",
    ],
)
def test_hostile_values_in_the_address_fall_away_with_a_note_that_does_not_repeat_them(hostile):
    query = {name: [hostile] for name in FILTER_LABELS}
    app = opened("impact", **query, lines=[hostile], beside=[hostile])
    assert app.multiselect(key="districts").value == []
    assert len(app.warning) == len(FILTER_LABELS) + 2
    assert hostile not in said(app)
    app.button_group(key="levels").set_value(["6-8"]).run()
    assert len(app.warning) == 0


def test_a_choice_with_nothing_behind_it_says_so_and_offers_to_widen_it():
    app = opened("trends", districts=["Avon"], participation=["Visited"])
    assert "No student stands behind this choice: Avon · Visited." in said(app)
    assert not app.metric
    labels = {button.label for button in app.button}
    assert {"All districts", "All participation", "Clear all filters"} <= labels
    app.button(key="widen-participation").click().run()
    assert app.button_group(key="participation").value == []
    assert "Avon: students attended" in said(app)


def test_impact_of_a_district_without_visits_offers_to_widen():
    app = opened("impact", districts=["Avon"])
    app.button(key="widen-all").click().run()
    assert app.multiselect(key="districts").value == []
    assert "All districts: six to nine school months after the first visit" in said(app)


def test_the_table_opens_below_its_chart_with_the_chart_s_numbers(choose):
    app = opened("trends")
    assert not app.dataframe
    app.session_state["table-trends-attendance"] = True
    app.run()
    table = attendance_views.attendance_trend(choose(by="district"))
    shown = app.dataframe[0].value
    assert shown["Series"].tolist() == table["series"].tolist()
    assert shown["Attendance rate"].tolist() == (100 * table["attendance_rate"]).tolist()


def test_every_row_of_a_file_says_whether_it_is_simulated_and_from_which_release(
    small, choose, release
):
    trend = attendance_views.attendance_trend(choose(grain="year"))
    published = attendance_views.published_beside(choose(Filters((HARTFORD,))))
    table = attendance_views.with_published(trend, published, small)
    rows = pd.read_csv(io.BytesIO(csv_of("Hartford by school year", table, choose())))
    assert set(rows["release"]) == {release.manifest.release_id}
    assert rows.groupby("data").size().to_dict() == {"published": 3, "simulated": 3}
    hartford = rows[rows["data"] == "published"].set_index("period")["attendance_rate"]
    assert hartford.to_dict() == {"2019-20": 0.9082, "2020-21": 0.8325, "2021-22": 0.8564}


def test_a_store_without_a_release_shows_the_command_that_mends_it(tmp_path, monkeypatch):
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    app = opened()
    assert app.title[0].value == "There is no release to show"
    assert "python -m leapdash build --input DIR" in app.code[0].value
    assert not app.multiselect


def test_a_tampered_release_is_not_shown(tmp_path, monkeypatch):
    broken = make(tmp_path)
    with (broken.path / "paths.parquet").open("ab") as file:
        file.write(b"x")
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    app = opened()
    assert "paths.parquet: SHA-256" in app.code[0].value
    assert not app.metric


def test_a_page_that_cannot_be_made_from_a_release_says_why_and_the_others_stay(monkeypatch):
    def unreadable(choice):
        raise ReleaseError("Table `effects`: no standard error.\nBuild the release again.")

    monkeypatch.setattr(impact, "answer", unreadable)
    app = opened()
    assert "no standard error" in app.code[0].value
    assert "can’t be made from the release" in said(app)
    app.switch_page("pages/trends.py").run()
    assert "students attended" in said(app)


def test_a_newly_published_release_is_picked_up_without_a_restart(tmp_path, monkeypatch):
    first = make(tmp_path)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    app = opened()
    assert first.manifest.release_id in said(app)
    second = make(tmp_path)
    app.run()
    assert second.manifest.release_id in said(app)
    assert f"release {first.manifest.release_id} " not in said(app)


def test_a_run_that_began_before_a_release_was_published_leaves_it_none_of_its_figures(
    tmp_path, monkeypatch
):
    make(tmp_path)
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    effects = small_tables()["effects"].to_pandas()
    begin = frame.begin
    published: list[Release] = []

    def begin_while_another_is_published():
        begun = begin()
        if not published:
            larger = effects.assign(effect=effects["effect"] + 0.5)
            published.append(make(tmp_path, changed={"effects": larger}))
        return begun

    monkeypatch.setattr(frame, "begin", begin_while_another_is_published)
    app = opened("start")
    assert cards(app)["Six to nine months after"] == "+8.2"
    app.run()
    assert f"release {published[0].manifest.release_id} " in said(app)
    assert cards(app)["Six to nine months after"] == "+58.2"


@pytest.mark.parametrize(
    ("table", "columns", "where"),
    [
        ("attendance_by_group", ["month", "students"], {"group": ("white",), "level": ("6-8",)}),
        ("attendance_by_group", None, {"group": ("white", "all"), "district_code": (HARTFORD,)}),
        ("paths", ["students"], {"event_time": (-1, 0), "cohort_period": ("2021-22",)}),
        ("reach", None, {"group": ("all",), "month": (date(2023, 6, 1),)}),
        ("schools", None, None),
    ],
)
def test_a_release_kept_in_memory_gives_the_rows_of_the_files(release, table, columns, where):
    kept = OpenedRelease(release)
    for _ in range(2):
        rows = kept.table(table, columns, where)
        assert rows.to_pylist() == release.table(table, columns, where).to_pylist()


def test_names_from_the_data_cannot_become_formatting():
    assert escape("*A* [b](c) $x$ :red[d]") == ("\\*A\\* \\[b\\](c) \\$x\\$ \\:red\\[d\\]")


def test_about_tells_how_the_effect_is_found():
    page = (ROOT / "docs" / "effect-in-one-page.md").read_text("utf-8")
    heading, text = page.split("\n", maxsplit=1)
    app = opened("about")
    assert heading.removeprefix("# ") in [header.value for header in app.header]
    assert text.strip() in [part.value.strip() for part in app.markdown]


@pytest.mark.parametrize("page", [info.key for info in frame.PAGES])
def test_every_page_with_an_answer_offers_a_briefing_and_makes_none_before_it_is_asked(
    page, monkeypatch
):
    made: list[str] = []
    monkeypatch.setattr(frame, "briefing_of", lambda *asked: made.append("briefing"))
    monkeypatch.setattr(frame, "document", lambda *asked: made.append("document"))
    app = opened(page, districts=["Hartford"])
    offered = [button.label for button in app.get("download_button")].count("Briefing")
    without = {"start", "home_visit", "glossary", "about"}
    assert offered == (0 if page in without else 1)
    assert made == []
