"""The demonstration seen as one or another reader: each gets just the release that is for them."""

import shutil

import pytest

from leapdash.build.disclosure.cut import publish_every_district
from leapdash.release import open_release
from leapdash.show.doors.reader import Reader, reading
from leapdash.show.doors.rule import ClosedError
from leapdash.show.opened import OpenedRelease, held, release_on_show
from tests.lib.app import broken, opened, said
from tests.lib.endpoint import API
from tests.lib.paths import DEMO_PUBLIC
from tests.lib.small_release import AVON, DISTRICTS, HARTFORD, NEW_HAVEN, make


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """The whole small state, every district's, and the demonstration's public release."""
    folder = tmp_path_factory.mktemp("stores")
    whole = make(folder / "whole").manifest.release_id
    shutil.copytree(DEMO_PUBLIC, folder / "public")
    public = open_release(folder / "public").manifest.release_id
    publish_every_district(folder / "whole", str(folder / "districts"))
    return folder, whole, public


@pytest.fixture
def all_stores(stores, monkeypatch):
    """All of them on show."""
    folder, *_ = stores
    monkeypatch.setenv("LEAPDASH_STORE", str(folder / "whole"))
    monkeypatch.setenv("LEAPDASH_PUBLIC_STORE", str(folder / "public"))
    monkeypatch.setenv("LEAPDASH_DISTRICT_STORES", str(folder / "districts"))
    return folder


def release_of(text):
    """The release a page says it shows."""
    return text.split("release ")[1].split(" ")[0]


def control(app):
    return next((box for box in app.selectbox if box.key == "as"), None)


def test_a_commissioner_comes_first_and_may_choose_each_reader(all_stores, stores):
    app = opened("impact")
    assert release_of(said(app)) == stores[1]
    assert control(app).options == [
        "See it as: commissioner",
        *(f"See it as: leader of {DISTRICTS[code]}" for code in sorted(DISTRICTS)),
        "See it as: public",
    ]
    assert "as" not in app.query_params


def test_the_choice_stays_in_the_address_and_leads_to_the_readers_release(all_stores, stores):
    app = opened("trends")
    control(app).select(f"district:{AVON}").run()
    assert app.query_params["as"] == "Avon"
    assert broken(app) == []
    cut_id = open_release(all_stores / "districts" / AVON).manifest.release_id
    assert release_of(said(app)) == cut_id
    control(app).select("public").run()
    assert app.query_params["as"] == "public"
    assert release_of(said(app)) == stores[2]
    control(app).select("commissioner").run()
    assert "as" not in app.query_params
    assert release_of(said(app)) == stores[1]


def test_a_link_opens_the_same_view_and_every_other_page_keeps_it(all_stores, stores):
    app = opened("school", **{"as": ["New Haven"]})
    assert control(app).value == f"district:{NEW_HAVEN}"
    assert "Hartford" not in "".join(str(box.options) for box in app.selectbox if box.key != "as")
    app.switch_page("pages/impact.py").run()
    assert control(app).value == f"district:{NEW_HAVEN}"
    assert release_of(said(app)) == stores[2]


def test_a_leader_whom_a_page_about_the_state_fails_is_led_to_the_others(
    all_stores, stores, monkeypatch
):
    """Nothing is published for everyone yet."""
    monkeypatch.setenv("LEAPDASH_PUBLIC_STORE", str(all_stores / "nothing"))
    app = opened("start", **{"as": ["Avon"]})
    assert "There is no release to show" in said(app)
    assert "Pages about your district:" in said(app)
    links = [element.proto for element in app.get("page_link")]
    assert {link.label for link in links} >= {"District", "School", "Trends"}
    assert "Impact" not in {link.label for link in links}
    assert {link.query_string for link in links} == {"as=Avon"}


def test_as_nobody_known_is_as_if_nothing_were_said_and_a_note_tells(all_stores, stores):
    app = opened("impact", **{"as": ["district:../whole"]})
    assert release_of(said(app)) == stores[1]
    assert "under “See it as” that isn’t there to choose" in said(app)


@pytest.mark.parametrize("page", ["district", "school", "groups", "visits", "trends", "compare"])
def test_a_leader_sees_the_own_district_in_full_and_no_other(all_stores, page):
    app = opened(page, **{"as": ["Avon"], "districts": ["Hartford"]})
    whole = said(app) + "".join(str(box.options) for box in app.multiselect)
    whole += "".join(str(box.options) for box in app.selectbox if box.key != "as")
    assert "New Haven" not in whole
    assert "LEAP districts" not in whole
    assert "Avon" in whole
    # There is nothing else to choose, and nothing to clear.
    assert "districts" not in {box.key for box in app.multiselect}
    assert "clear" not in {button.key for button in app.button}
    if page != "district":
        assert "Hartford" not in whole


def test_a_setting_fixes_the_reader_and_there_is_no_control(all_stores, stores, monkeypatch):
    monkeypatch.setenv("LEAPDASH_SEE_AS", "public")
    app = opened("impact", **{"as": ["commissioner"]})
    assert release_of(said(app)) == stores[2]
    assert control(app) is None
    monkeypatch.setenv("LEAPDASH_SEE_AS", f"district:{AVON}")
    assert control(opened("trends")) is None
    monkeypatch.setenv("LEAPDASH_SEE_AS", "everyone")
    app = opened("start")
    assert "Expected public, commissioner, or district:" in app.code[0].value


def test_there_is_no_control_where_no_other_release_stands_beside(release, monkeypatch):
    monkeypatch.setenv("LEAPDASH_STORE", str(release.path.parents[1]))
    assert control(opened("impact")) is None


def test_recorded_data_cannot_be_seen_as_anybody_and_the_public_ones_are_shown(
    all_stores, stores, monkeypatch, tmp_path
):
    make(tmp_path, synthetic=False)
    monkeypatch.setenv("LEAPDASH_STORE", str(tmp_path))
    app = opened("impact", **{"as": ["commissioner"]})
    assert control(app) is None
    assert release_of(said(app)) == stores[2]


def test_the_endpoint_answers_as_asked_and_its_links_keep_it(all_stores, stores, asks):
    seen = {
        name: asks.get(f"{API}/tables/trends/trends-attendance.json", params={"as": name})
        for name in ("commissioner", "Avon", "public")
    }
    assert [reply.status_code for reply in seen.values()] == [200, 200, 200]
    assert len({reply.headers["etag"] for reply in seen.values()}) == 3
    assert len({len(reply.json()["rows"]) for reply in seen.values()}) > 1
    assert "as=Avon" in seen["Avon"].json()["csv"]
    listed = asks.get(f"{API}/pages", params={"as": "Avon"}).json()["pages"]
    offered = {
        page["page"]: [value["code"] for one in page["parameters"] for value in one["values"]]
        for page in listed
    }
    assert AVON in offered["trends"]
    assert HARTFORD not in offered["trends"]
    assert HARTFORD in offered["impact"]
    health = asks.get("/healthz").json()
    assert health["release"] == stores[1]


def test_the_endpoint_refuses_another_districts_code_and_any_reader_there_is_not(
    all_stores, asks, refused
):
    for words in ("districts=Hartford", f"districts={HARTFORD}", "districts=leap"):
        refused(400, f"{API}/answers/trends?as=Avon&{words}")
    for words in ("as=", "as=me", "as=Avon&as=public", f"as=district:{AVON}/../{HARTFORD}"):
        problem = refused(400, f"{API}/answers/trends?{words}")
        assert problem["parameter"] == "as"
        assert problem["allowed"] == ["commissioner", *sorted(DISTRICTS.values()), "public"]


def test_where_nothing_may_be_chosen_the_endpoint_knows_no_such_name(
    all_stores, refused, monkeypatch
):
    monkeypatch.setenv("LEAPDASH_SEE_AS", "public")
    assert "parameter" not in refused(400, f"{API}/answers/trends?as=commissioner")


@pytest.mark.parametrize("other", [HARTFORD, NEW_HAVEN])
def test_what_others_have_opened_already_is_opened_for_nobody_else(all_stores, other):
    """The whole and every cut are held in memory; a leader of Avon still gets none of them."""
    places = [all_stores / "whole", all_stores / "districts" / other]
    with reading(Reader("commissioner")):
        ids = [held(str(place), None).manifest.release_id for place in places]
    with reading(Reader("district", AVON, "leader")):
        for place, release_id in zip(places, ids, strict=True):
            for asked in (None, release_id):
                with pytest.raises(ClosedError, match="public ones and that of their own district"):
                    held(str(place), asked)
        assert release_on_show().manifest.district == AVON


def test_what_changed_since_a_release_for_other_readers_is_not_told(all_stores, tmp_path):
    """A store once held the whole; its files are still there beside the district's."""
    store = all_stores / "districts" / AVON
    whole = open_release(all_stores / "whole")
    earlier = store / "releases" / "2020-01-01T000000"
    earlier.symlink_to(whole.path)
    try:
        with reading(Reader("district", AVON)):
            release = held(str(store), None)
            assert OpenedRelease(release._release, release._before).before is None
    finally:
        earlier.unlink()
    assert OpenedRelease(whole, lambda: whole).before is not None
