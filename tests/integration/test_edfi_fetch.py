"""From an Ed-Fi API into a folder: no row lost, none twice, whatever the API and the network do."""

import gzip
import json
import os

import pytest

from leapdash.build.sources import web
from leapdash.build.sources.edfi.api import client, state
from leapdash.build.sources.edfi.api.client import KEY_VARIABLE, SECRET_VARIABLE
from leapdash.build.sources.edfi.api.fetch import fetch_edfi
from leapdash.build.sources.web import TRIES
from leapdash.errors import InputError, LeapdashError, UsageError
from tests.lib import edfi
from tests.lib.edfi import EVENTS, SPELLS
from tests.lib.edfi_api import KEY, SECRET, Api, serving

IMPATIENT = TRIES.new(backoff_factor=0, backoff_jitter=0)
EVENT_COUNT = 130


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    """The key and secret that the API gave out."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)


@pytest.fixture
def api():
    """The small state at an API, with more events than fit a page."""
    with serving(Api()) as one:
        one.fill(_resources())
        yield one


@pytest.fixture
def fetch(api, tmp_path):
    """Downloads, and gives the rows of every resource by its id; a double fails."""

    def of(page_size=20, tries=IMPATIENT):
        fetch_edfi(api.url, tmp_path / "out", page_size=page_size, tries=tries)
        return _held(tmp_path / "out")

    return of


def _resources():
    resources = edfi.small()
    days = edfi.SCHOOL_DAYS
    resources[EVENTS] += [
        edfi.event(f"S{n % 3 + 1}", edfi.SCHOOL, days[n % len(days)], "Tardy")
        for n in range(EVENT_COUNT - len(resources[EVENTS]))
    ]
    return resources


def _held(folder):
    held = {}
    for path in folder.glob("*.jsonl.gz"):
        with gzip.open(path, "rt") as lines:
            rows = [json.loads(line) for line in lines]
        ids = [row["id"] for row in rows]
        assert len(set(ids)) == len(ids), f"{path.name}: doubles"
        held[path.name.removesuffix(".jsonl.gz")] = {row["id"]: row for row in rows}
    return held


def _same(held, api):
    """Whether the folder holds what the API holds: no row lost, none too many, none stale."""
    for name, rows in held.items():
        there = api.data[name]
        assert set(rows) == set(there), name
        for one, row in rows.items():
            assert row.items() <= {**there[one], **_parts(row, there[one])}.items()
    assert EVENTS in held


def _parts(row, there):
    """Of the API's row what the folder keeps."""
    return {
        name: {n: value[n] for n in row[name]} if isinstance(value, dict) else row[name]
        for name, value in there.items()
        if name in row and isinstance(value, dict)
    } | {name: row[name] for name in row if isinstance(row[name], list)}


def _only(resource, times=1, after=0):
    """A fault that comes at some requests for one resource, from the one after `after` on."""

    def of(what):
        count = 0

        def fault(asked):
            nonlocal count
            if not asked.path.endswith(resource):
                return None
            count += 1
            return what if after < count <= after + times else None

        return fault

    return of


# --- pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("cursors", [True, False])
@pytest.mark.parametrize("version", ["7.3", "7.1", "8.0.1"])
@pytest.mark.parametrize("page_size", [1, 20, 130, 500])
def test_every_row_comes_once_by_cursor_and_by_offset(fetch, api, version, cursors, page_size):
    api.version, api.cursors = version, cursors
    held = fetch(page_size)
    _same(held, api)
    assert len(held[EVENTS]) == EVENT_COUNT
    by_cursor = any("pageToken" in asked.query for asked in api.asked)
    assert by_cursor == (cursors and version != "7.1")


@pytest.mark.parametrize("counted", [None, 0, 3, 10_000])
def test_the_api_s_count_is_not_trusted(fetch, api, counted):
    api.cursors = False
    api.counted = lambda count: counted
    _same(fetch(), api)


def test_an_api_that_gives_fewer_rows_than_asked_for_loses_none(fetch, api):
    api.version = "7.1"
    held = fetch(page_size=500)
    _same(held, api)


def test_a_build_reads_what_was_fetched(fetch, api, tmp_path):
    fetch()
    tables, notes = edfi.read(tmp_path / "out")
    plain, _ = edfi.read(edfi.write(tmp_path / "plain", _resources()))
    assert tables == plain
    assert notes[0] == "Ed-Fi Data Standard 5"


def test_data_standard_6_is_fetched_with_its_own_resources(tmp_path):
    with serving(Api(standard="6.0.0", version="8.0")) as api:
        api.fill(edfi.small(6))
        fetch_edfi(api.url, tmp_path / "out", tries=IMPATIENT)
        assert "studentDemographics" in _held(tmp_path / "out")


def test_only_what_a_build_reads_is_kept(fetch, api, tmp_path):
    people = edfi.PEOPLE[5]
    row = edfi.person("S1", edfi.SCHOOL, addresses=[{"city": "Hartford"}], loginId="s1")
    api.put(people, row)
    held = fetch()
    assert not any({"addresses", "loginId"} & set(row) for row in held[people].values())
    assert "Hartford" not in json.dumps(list(held[people].values()))


def test_the_folder_is_for_this_user_alone(fetch, tmp_path):
    fetch()
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "out").iterdir())


# --- tokens ------------------------------------------------------------------------------------


def test_one_token_serves_all_requests(fetch, api):
    fetch()
    assert sum(asked.path.endswith("/oauth/token") for asked in api.asked) == 1


def test_a_token_that_isn_t_taken_any_more_is_renewed(fetch, api):
    def forget(asked):
        if asked.number % 7 == 0:
            api.tokens.clear()

    api.faults.append(forget)
    _same(fetch(), api)


def test_a_token_is_renewed_before_it_ends(fetch, api, monkeypatch):
    clock = iter(range(0, 10_000_000, 1000))
    monkeypatch.setattr(client, "monotonic", lambda: next(clock))
    _same(fetch(), api)
    assert sum(asked.path.endswith("/oauth/token") for asked in api.asked) > 5


def test_a_wrong_secret_is_told_and_is_in_no_message(fetch, monkeypatch):
    monkeypatch.setenv(SECRET_VARIABLE, "wrong-secret")
    with pytest.raises(UsageError, match="the API takes no token from this client") as error:
        fetch()
    assert "wrong-secret" not in str(error.value)
    assert KEY not in str(error.value).split()


def test_a_token_that_may_read_nothing_is_told(fetch, api):
    api.faults.append(lambda asked: ("status", 401) if "/data/" in asked.path else None)
    with pytest.raises(LeapdashError, match="answer 401"):
        fetch()


def test_without_key_and_secret_nothing_is_asked(fetch, api, monkeypatch):
    monkeypatch.delenv(SECRET_VARIABLE)
    with pytest.raises(UsageError, match=f"{KEY_VARIABLE} and {SECRET_VARIABLE}: not set"):
        fetch()
    assert not api.asked


# --- what goes wrong on the way ----------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_it_asks_again_where_the_api_can_t_answer(fetch, api, status):
    api.faults.append(_only(EVENTS, times=3, after=2)(("status", status)))
    _same(fetch(), api)


def test_it_waits_as_long_as_the_api_says(fetch, api, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    api.faults.append(_only(EVENTS, after=2)(("status", 429, {"Retry-After": "7"})))
    _same(fetch(), api)
    assert waited == [7]


def test_it_waits_longer_each_time(fetch, api, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    api.faults.append(_only(EVENTS, times=4, after=2)(("status", 503)))
    _same(fetch(tries=TRIES), api)
    assert waited == sorted(waited)
    assert waited[-1] > 3


def test_a_cut_connection_is_tried_again(fetch, api):
    api.faults.append(_only(EVENTS, times=2, after=3)(("cut",)))
    _same(fetch(), api)


def test_half_an_answer_is_tried_again(fetch, api):
    api.faults.append(_only(EVENTS, times=2, after=3)(("body", b'[{"id": "12')))
    _same(fetch(), api)


@pytest.mark.parametrize("cursors", [True, False])
def test_a_download_that_broke_off_goes_on_where_it_stopped(fetch, api, tmp_path, cursors):
    api.cursors = cursors
    down = _only(EVENTS, times=1000, after=4 if cursors else 8)(("status", 500))
    api.faults.append(down)
    with pytest.raises(LeapdashError, match="answer 500 every time") as error:
        fetch()
    assert "the same command goes on from there" in str(error.value)
    api.faults.clear()
    before = len(api.asked)
    held = fetch()
    _same(held, api)
    again = [asked for asked in api.asked[before:] if asked.path.endswith("/schools")]
    assert not again
    pages = [asked for asked in api.asked[before:] if asked.path.endswith(EVENTS)]
    assert len(pages) <= EVENT_COUNT // 20


def test_it_goes_on_after_every_place_it_can_break_at(api, tmp_path):
    """Whatever request fails for good, a second run holds what the API holds."""
    fetch_edfi(api.url, tmp_path / "whole", page_size=50, tries=IMPATIENT)
    requests = len(api.asked)
    for broken in range(3, requests, 5):
        api.asked.clear()
        out = tmp_path / f"out-{broken}"
        api.faults = [lambda asked, n=broken: ("status", 500) if asked.number >= n else None]
        with pytest.raises(LeapdashError):
            fetch_edfi(api.url, out, page_size=50, tries=IMPATIENT)
        api.faults = []
        fetch_edfi(api.url, out, page_size=50, tries=IMPATIENT)
        _same(_held(out), api)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<!DOCTYPE html><html>Sign in", "answered with a page of HTML"),
        (b'{"title": "x"}', "answered with dict"),
        (b"[1]", "answered with list, or with other things"),
        (b'[{"name": "x"}]', "rows at every offset"),
        (b"no JSON", "no whole JSON"),
    ],
)
def test_an_answer_that_is_none_is_told(fetch, api, body, message):
    api.faults.append(_only("/schools", times=1000)(("body", body)))
    with pytest.raises(LeapdashError, match=message):
        fetch()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "answered with a page of HTML"),
        (b"{}", "no Ed-Fi API answers there"),
        (
            b'{"urls": {"oauth": "https://elsewhere.example/token", "dataManagementApi": "x"}}',
            "anot",
        ),
    ],
)
def test_a_base_address_that_is_none_is_told(fetch, api, body, message):
    api.faults.append(lambda asked: ("body", body) if asked.number == 1 else None)
    with pytest.raises(InputError, match=message):
        fetch()


@pytest.mark.parametrize(
    ("standard", "message"), [("3.3.0", "Data Standard 3"), ("x", "names no Ed-Fi data model")]
)
def test_another_data_standard_is_told(fetch, api, standard, message):
    api.standard = standard
    with pytest.raises(InputError, match=message):
        fetch()


def test_a_row_without_an_id_is_told(fetch, api):
    api.cursors = False
    api.data["schools"]["f" * 32], api.versions["f" * 32] = {"schoolId": 1}, 1
    with pytest.raises(InputError, match="A row without an id as Ed-Fi's APIs give it"):
        fetch()


def test_no_redirect_is_followed(fetch, api):
    elsewhere = {"Location": "https://elsewhere.example/"}
    api.faults.append(_only("/schools")(("status", 302, elsewhere)))
    with pytest.raises(InputError, match=r"the service sends on to elsewhere\.example"):
        fetch()


def test_an_answer_that_is_too_long_is_told(fetch, api, monkeypatch):
    monkeypatch.setattr(web, "LONGEST_ANSWER", 2000)
    with pytest.raises(InputError, match="an answer of more than"):
        fetch()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://api.example.org", "http, which anybody on the way can change"),
        ("ftp://api.example.org", "no address"),
        (f"https://key:{SECRET}@api.example.org", "the address holds more than host and path"),
        ("https://api.example.org/?x=1", "the address holds more than host and path"),
        ("api.example.org", "no address"),
        ("https://[", "no address"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(tmp_path, url, message):
    with pytest.raises(UsageError, match=message) as error:
        fetch_edfi(url, tmp_path / "out")
    assert "secret@" not in str(error.value)


def test_a_needed_resource_that_isn_t_shown_is_told_and_another_is_left_out(fetch, api):
    api.hidden = {"studentInterventionAttendanceEvents"}
    assert "studentInterventionAttendanceEvents" not in fetch()
    api.put("sessions", edfi.session(edfi.SCHOOL))
    api.hidden = {"sessions"}
    with pytest.raises(UsageError, match="sessions: the API doesn't show it to this client"):
        fetch()


# --- rows that change while they are read -------------------------------------------------------


def _unrest(api, every=2):
    """Changes rows between requests: some are changed, some deleted, some new; it calms down."""
    step = 0

    def fault(asked):
        nonlocal step
        if not asked.path.endswith(EVENTS) or step > 25:
            return
        step += 1
        ids = sorted(api.data[EVENTS])
        if step % every == 0:
            first = ids[0]
            api.put(EVENTS, api.data[EVENTS][first] | {"eventDuration": 0.5}, first)
            api.put(EVENTS, api.data[EVENTS][ids[-1]] | {"eventDuration": 0.25}, ids[-1])
        if step % 3 == 0:
            api.delete(EVENTS, ids[len(ids) // 3])
        if step % 4 == 0:
            api.put(EVENTS, edfi.event("S1", edfi.SCHOOL, edfi.SCHOOL_DAYS[step], "Tardy"))

    return fault


@pytest.mark.parametrize("cursors", [True, False])
@pytest.mark.parametrize("page_size", [1, 7, 20, 50])
def test_rows_that_change_while_they_are_read_are_neither_lost_nor_doubled(
    fetch, api, cursors, page_size
):
    api.cursors = cursors
    api.faults.append(_unrest(api))
    _same(fetch(page_size), api)


def test_a_snapshot_is_used_where_there_is_one(fetch, api):
    api.snapshots = True
    api.freeze()
    before = len(api.data[EVENTS])
    api.faults.append(_unrest(api))
    held = fetch()
    assert len(held[EVENTS]) == before
    _same(held, api.snapshot)
    data = [asked for asked in api.asked if "/data/" in asked.path]
    assert {asked.headers.get("Use-Snapshot") for asked in data} == {"true"}


def test_an_api_that_counts_no_changes_is_read_as_it_is(fetch, api):
    api.changes = False
    _same(fetch(), api)
    api.put(EVENTS, edfi.event("S1", edfi.SCHOOL, edfi.SCHOOL_DAYS[9], "Tardy"))
    _same(fetch(), api)


# --- a second time ------------------------------------------------------------------------------


def test_a_second_time_only_what_changed_is_read_and_deletes_are_made(fetch, api):
    fetch()
    ids = sorted(api.data[EVENTS])
    api.put(EVENTS, api.data[EVENTS][ids[3]] | {"eventDuration": 0.5}, ids[3])
    api.delete(EVENTS, ids[5])
    api.put(EVENTS, edfi.event("S2", edfi.SCHOOL, edfi.SCHOOL_DAYS[5], "Tardy"))
    api.rekey(SPELLS, edfi.spell("S1", edfi.SCHOOL, "2021-09-02"), sorted(api.data[SPELLS])[0])
    api.asked.clear()
    held = fetch()
    _same(held, api)
    assert held[EVENTS][ids[3]]["eventDuration"] == 0.5
    pages = [asked for asked in api.asked if asked.path.endswith(f"/{EVENTS}")]
    assert all("minChangeVersion" in asked.query for asked in pages)
    assert len(pages) <= 4


def test_a_row_whose_key_changed_is_asked_for_where_the_changes_don_t_hold_it(fetch, api):
    fetch()
    one = sorted(api.data[SPELLS])[0]
    api.rekey(SPELLS, edfi.spell("S1", edfi.SCHOOL, "2021-09-02"), one)
    api.versions[one] = 1
    held = fetch()
    assert held[SPELLS][one]["entryDate"] == "2021-09-02"


def test_where_nothing_changed_no_rows_are_asked_for(fetch, api):
    fetch()
    api.asked.clear()
    fetch()
    assert not [asked for asked in api.asked if "/data/" in asked.path]


def test_deletes_that_aren_t_shown_are_told(fetch, api):
    fetch()
    api.delete(EVENTS, sorted(api.data[EVENTS])[0])
    api.faults.append(lambda a: ("status", 403) if a.path.endswith("/deletes") else None)
    with pytest.raises(UsageError, match="the API doesn't show what was deleted"):
        fetch()


def test_one_folder_is_for_one_api(fetch, api, tmp_path):
    fetch()
    with (
        serving(Api()) as other,
        pytest.raises(UsageError, match="Expected one API for one folder"),
    ):
        fetch_edfi(other.url, tmp_path / "out", tries=IMPATIENT)


def test_a_folder_that_holds_something_else_is_left_alone(api, tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "schools.json").write_text("[]")
    with pytest.raises(UsageError, match=r"holds schools\.json, which no download wrote"):
        fetch_edfi(api.url, out, tries=IMPATIENT)
    assert os.listdir(out) == ["schools.json"]  # noqa: PTH208


def test_a_state_file_that_is_damaged_is_told(fetch, tmp_path):
    fetch()
    (tmp_path / "out" / state.FILE).write_text("{")
    with pytest.raises(InputError, match="can't be read"):
        fetch()
