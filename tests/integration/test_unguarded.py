"""Recorded data without sign-in: to the machine's own people alone, where that was said."""

import os

import pytest
from streamlit import config

from leapdash.build.disclosure.cut import publish_district
from leapdash.errors import UsageError
from leapdash.show.dashboard import serve as serving
from tests.lib.app import opened, said
from tests.lib.endpoint import API, DATA
from tests.lib.small_release import make

HERE = {"host": "127.0.0.1:8501"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    make(folder / "whole", synthetic=False)
    publish_district(folder / "whole", "Avon", folder / "own")
    return folder


@pytest.fixture(params=["whole", "own"])
def on_show(request, recorded, monkeypatch):
    """A restricted release of recorded data, then the part of a district."""
    monkeypatch.setenv("LEAPDASH_STORE", str(recorded / request.param))


@pytest.fixture
def listens_at():
    """Lets the server believe that it listens at an address."""
    before = config.get_option("server.address")
    yield lambda address: config.set_option("server.address", address)
    config.set_option("server.address", before)


def answers(asks, headers):
    return {asks.get(address, headers=headers).status_code for address in DATA}


def test_nothing_of_it_is_shown_and_the_page_says_what_to_do(on_show, asks, listens_at):
    listens_at("127.0.0.1")
    assert answers(asks, HERE) == {403}
    app = opened("trends")
    assert "--unguarded" in app.code[0].value
    assert "leapdash publish" in app.code[0].value
    assert not app.metric
    assert "Hartford" not in said(app)


def test_it_is_shown_to_this_machine_where_that_was_said(on_show, asks, listens_at, monkeypatch):
    monkeypatch.setenv("LEAPDASH_UNGUARDED", "1")
    listens_at("127.0.0.1")
    assert answers(asks, HERE) == {200}


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("0.0.0.0", HERE),
        (None, HERE),
        ("127.0.0.1", {"host": "leap.example.gov"}),
        ("127.0.0.1", {"host": "localhost.example.gov:8501"}),
        ("127.0.0.1", HERE | {"X-Forwarded-For": "10.0.0.7"}),
        ("127.0.0.1", HERE | {"Forwarded": "for=10.0.0.7"}),
        ("127.0.0.1", HERE | {"Via": "1.1 proxy"}),
    ],
)
def test_nobody_elsewhere_is_served_all_the_same(
    on_show, asks, listens_at, monkeypatch, address, headers
):
    monkeypatch.setenv("LEAPDASH_UNGUARDED", "1")
    listens_at(address)
    assert answers(asks, headers) == {403}
    assert asks.get("/healthz", headers=headers).status_code == 200


@pytest.mark.parametrize("said", ["", "0", "yes", "true"])
def test_only_the_one_word_says_so(on_show, asks, listens_at, monkeypatch, said):
    monkeypatch.setenv("LEAPDASH_UNGUARDED", said)
    listens_at("127.0.0.1")
    assert asks.get(f"{API}/release", headers=HERE).status_code == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "leap.example.gov", ""])
def test_the_command_serves_no_other_machine_unguarded(host, monkeypatch):
    monkeypatch.delenv("LEAPDASH_UNGUARDED", raising=False)
    with pytest.raises(UsageError, match=r"Expected --host 127\.0\.0\.1, or sign-in"):
        serving.serve(None, host, 0, unguarded=True)
    assert "LEAPDASH_UNGUARDED" not in os.environ


def test_the_command_says_so_for_the_server_it_starts(monkeypatch):
    started = []
    monkeypatch.setenv("LEAPDASH_UNGUARDED", "")
    monkeypatch.setattr("streamlit.web.cli.main", lambda told, **_: started.append(told))
    serving.serve(None, "127.0.0.1", 0, unguarded=True)
    assert os.environ["LEAPDASH_UNGUARDED"] == "1"
    assert "--server.address=127.0.0.1" in started[0]
