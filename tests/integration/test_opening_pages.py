"""The pages for who comes for the first time, run in-process: start, home visits, glossary."""

import pytest

from leapdash.show.dashboard import frame
from leapdash.show.on_show import STORE_VARIABLE
from leapdash.show.words.glossary import GLOSSARY, meaning_of
from tests.lib.app import opened, said
from tests.lib.small_release import HARTFORD, make, small_tables

pytestmark = pytest.mark.usefixtures("on_show")


def links(app):
    return [(link.page, link.label) for link in app.get("page_link")]


def test_the_first_page_has_the_headline_with_its_interval_without_a_click():
    app = opened("start")
    assert app.title[0].value == "What did home visits do for school attendance?"
    assert "visited students attended 8.2 points more" in said(app)
    assert "(between 4.7 and 11.8)" in said(app)
    assert "These students are simulated" in said(app)
    assert not app.multiselect


def test_a_school_and_a_district_are_found_by_name_and_linked():
    app = opened("start")
    assert len(app.selectbox(key="find_school").options) == 6
    before = links(app)
    app.selectbox(key="find_school").set_value("0931011").run()
    app.selectbox(key="find_district").set_value(HARTFORD).run()
    new = [label for _, label in links(app) if label not in {label for _, label in before}]
    assert new == [
        "**Open the page of New Haven Elm School, New Haven**",
        "**Open the page of Hartford**",
    ]


def test_every_page_is_linked_and_those_that_explain_come_last():
    titles = [label for _, label in links(opened("trends"))]
    assert titles[: len(frame.PAGES)] == [info.title for info in frame.PAGES if not info.aside] + [
        info.title for info in frame.PAGES if info.aside
    ]


def test_filters_chosen_elsewhere_stay_and_do_not_count_on_the_first_page():
    app = opened("trends", districts=["Hartford"])
    app.switch_page("pages/start.py").run()
    assert "All districts: six to nine" in said(app)
    assert "Doesn’t count here: Hartford – this page is about the whole state." in said(app)
    assert app.query_params == {"districts": "Hartford"}


def test_cards_and_sentences_are_explained_where_they_stand():
    app = opened("impact")
    helps = {card.label: card.help for card in app.metric}
    assert helps["Reached"] == meaning_of("Reached")
    assert all(helps.values())
    assert "The difference of two rates: from 80.0% to 84.0% is 4.0 points." in said(app)


def test_the_glossary_has_every_term_as_a_heading_with_its_meaning():
    app = opened("glossary")
    assert {heading.value for heading in app.header} >= {"Points", "Eligible"}
    assert len(app.header) == len(GLOSSARY)
    assert {heading.anchor for heading in app.header} == {term.key for term in GLOSSARY}
    for term in GLOSSARY:
        assert term.means in said(app)


def test_what_a_visit_is_has_a_picture_with_words_for_who_cannot_see_it():
    app = opened("home_visit")
    (picture,) = app.get("image")
    assert "Two visitors stand at its open door" in str(picture.proto)
    assert "Who comes." in said(app)
    assert "about +4 points" in str(app.table[0].value.to_numpy().ravel())


def test_the_map_s_controls_stand_with_it_and_in_the_address(tmp_path, monkeypatch):
    schools = small_tables()["schools"].to_pandas()
    schools["latitude"] = 41.5 + schools.index / 10
    schools["longitude"] = -72.5 + schools.index / 10
    make(tmp_path, changed={"schools": schools})
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    app = opened("impact")
    assert "size" not in {group.key for group in app.button_group}
    app = opened("impact", beside=["Map"], shade=["Reached"])
    assert "Who was reached, on a map" in said(app)
    app.button_group(key="shade").set_value("effect").run()
    assert "What visits changed, on a map" in said(app)
    app.button_group(key="size").set_value("waiting").run()
    assert app.query_params == {"beside": "Map", "size": "Waiting"}


def test_whom_to_ask_stands_on_about_escaped_and_linked(monkeypatch):
    monkeypatch.setenv("LEAPDASH_CONTACT", "attendance@example.org")
    monkeypatch.setenv("LEAPDASH_REPORT", "[a](b) <script>")
    cells = [cell for table in opened("about").table for cell in table.value.to_numpy().ravel()]
    assert "[attendance@example.org](<mailto:attendance@example.org>)" in cells
    assert "\\[a\\](b) \\<script\\>" in cells
