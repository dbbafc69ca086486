"""What is too long, or would leave something here, is refused before anybody looks at it."""

from contextlib import nullcontext

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit import net_util

from leapdash.show.dashboard.bounds import MOST_ADDRESS, Bounded

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


async def reached(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "reached"})
    else:
        await PlainTextResponse("reached")(scope, receive, send)


@pytest.fixture(scope="module")
def asks():
    return TestClient(Bounded(reached))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("below", ["", "/leap"])
@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/_stcore/%75pload_file/a/b"])
def test_nothing_can_be_uploaded(method, below, path, asks):
    answer = asks.request(method, f"{below}{path}", content=b"x")
    assert answer.status_code == 403
    if method != "HEAD":
        assert answer.json()["detail"] == "Nothing can be uploaded here."


@pytest.mark.parametrize("method", METHODS)
def test_streamlit_s_own_addresses_are_only_read(method, asks):
    answer = asks.request(method, "/_stcore/agent/interact")
    reading = method in ("GET", "HEAD", "OPTIONS")
    assert answer.status_code == (200 if reading else 405)
    assert reading or answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("address", ["/trends?districts={}", "/{}", "/api/v1/pages?a={}"])
def test_an_address_has_a_length(address, asks):
    room = MOST_ADDRESS - len(address.format("").replace("?", ""))
    assert asks.get(address.format("x" * room)).text == "reached"
    answer = asks.get(address.format("x" * (room + 1)))
    assert answer.status_code == 414
    assert answer.headers["content-type"] == "application/problem+json"
    assert "xx" not in answer.text


@pytest.mark.parametrize("letter", ["%0A", "%0d", "%00", "%7f", "%250A"])
def test_a_path_has_no_control_character(letter, asks):
    answer = asks.get(f"/api/v1/tables/start/{letter}x.csv/?%80")
    assert answer.status_code == 400
    assert "control character" in answer.json()["detail"]


def test_a_session_of_a_page_is_let_through_unless_its_address_is_too_long(asks):
    with asks.websocket_connect("/_stcore/stream") as session:
        assert session.receive_text() == "reached"
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        asks.websocket_connect(f"/_stcore/stream?{'x' * MOST_ADDRESS}"),
    ):
        pass
    assert refused.value.code == 1008


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://testserver", True),
        ("https://testserver", True),
        ("https://elsewhere.example", False),
        ("http://testserver.elsewhere.example", False),
        ("http://testserver:81", False),
        ("null", False),
        ("https://portal.example", True),
        ("https://portal.example.org", False),
        ("testserver", False),
    ],
)
def test_only_our_own_pages_and_those_that_are_allowed_to_open_a_session(
    origin, allowed, asks, monkeypatch
):
    asked = []
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked.append("outside"))
    monkeypatch.setattr(
        st, "get_option", {"server.corsAllowedOrigins": ["https://portal.example"]}.get
    )
    refused = nullcontext() if allowed else pytest.raises(WebSocketDisconnect)
    with (
        refused,
        asks.websocket_connect("/_stcore/stream", headers={"origin": origin}) as session,
    ):
        assert session.receive_text() == "reached"
    assert asked == []
