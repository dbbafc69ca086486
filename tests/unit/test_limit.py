"""How often one address may ask."""

from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from leapdash.errors import UsageError
from leapdash.show.dashboard.visitor import of_request
from leapdash.show.endpoint import limit as limits
from leapdash.show.endpoint.limit import RATE_VARIABLE, Limit, limit_asked
from leapdash.show.endpoint.reply import ProblemError
from leapdash.show.endpoint.routes import routes


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def taken(limit, address, times):
    """How many of so many requests were let through."""
    through = 0
    for _ in range(times):
        with suppress(ProblemError):
            limit.take(address)
            through += 1
    return through


def test_a_minute_s_worth_may_come_at_once_and_then_only_as_many_as_time_allows():
    clock = Clock()
    limit = Limit(60, clock)
    assert taken(limit, "192.0.2.1", 100) == 60
    clock.now += 5
    assert taken(limit, "192.0.2.1", 100) == 5
    clock.now += 3_600
    assert taken(limit, "192.0.2.1", 100) == 60


def test_any_hour_holds_at_most_the_rate_and_one_bucket():
    clock = Clock()
    limit, through = Limit(60, clock), 0
    for _ in range(3_600 * 4):
        through += taken(limit, "192.0.2.1", 1)
        clock.now += 0.25
    assert 3_600 <= through <= 3_660


def test_who_is_refused_is_told_when_to_come_back_and_then_is_let_in():
    clock = Clock()
    limit = Limit(4, clock)
    assert taken(limit, "a", 4) == 4
    with pytest.raises(ProblemError) as refused:
        limit.take("a")
    wait = int(refused.value.reply().headers["Retry-After"])
    assert wait == 15
    clock.now += wait
    assert taken(limit, "a", 2) == 1


def test_one_address_does_not_use_up_another_s():
    limit = Limit(10, Clock())
    assert taken(limit, "192.0.2.1", 20) == 10
    assert taken(limit, "192.0.2.2", 20) == 10


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
def test_who_has_a_whole_network_of_addresses_counts_once(first, second, one):
    limit = Limit(10, Clock())
    assert taken(limit, first, 10) == 10
    assert taken(limit, second, 10) == (0 if one else 10)


def test_no_more_addresses_are_remembered_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(limits, "_MOST_CLIENTS", 3)
    limit = Limit(1, Clock())
    for address in ("a", "b", "c"):
        assert taken(limit, address, 1) == 1
    assert taken(limit, "a", 1) == 0
    assert taken(limit, "d", 1) == 1
    assert len(limit._held) == 3
    assert taken(limit, "a", 1) == 0, "who asked last is remembered longest"
    assert taken(limit, "b", 1) == 1


def test_the_endpoint_says_too_many_and_health_goes_on_being_told():
    app = Starlette(routes=routes(of_request, limit=Limit(2, Clock())))
    asks = TestClient(app, client=("192.0.2.1", 1))
    other = TestClient(app, client=("192.0.2.2", 1))
    answers = [asks.get(path) for path in ("/api/v1/x", "/api/x", "/api/v1/pages", "/openapi.json")]
    assert [answer.status_code for answer in answers] == [404, 404, 429, 429]
    told = answers[-1]
    assert told.headers["content-type"] == "application/problem+json"
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["retry-after"] == "30"
    assert told.json()["title"] == "Too Many Requests"
    assert "at most 2 a minute" in told.json()["detail"]
    claimed = asks.get("/api/v1/x", headers={"x-forwarded-for": "203.0.113.9"})
    assert claimed.status_code == 429, "an address that is only claimed"
    assert other.get("/api/v1/x").status_code == 404
    assert [asks.get(path).status_code for path in ("/healthz", "/metrics")] == [200, 200]


def test_the_limit_is_a_setting(monkeypatch):
    monkeypatch.delenv(RATE_VARIABLE, raising=False)
    assert taken(limit_asked(), "a", 200) == 120
    monkeypatch.setenv(RATE_VARIABLE, "7")
    assert taken(limit_asked(), "a", 200) == 7
    monkeypatch.setenv(RATE_VARIABLE, "0")
    assert limit_asked() is None


@pytest.mark.parametrize("asked", ["-1", "ten", "1.5", "100001", "9" * 5_000, "٣"])
def test_a_limit_that_is_none_is_told(monkeypatch, asked):
    monkeypatch.setenv(RATE_VARIABLE, asked)
    with pytest.raises(UsageError, match="is no number of requests") as told:
        limit_asked()
    assert len(str(told.value)) < 400
