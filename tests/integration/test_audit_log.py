"""The audit log: a line for every view, of who, what, when and which release; and nothing more."""

import json
import logging
import stat
from datetime import datetime, timedelta
from logging.handlers import TimedRotatingFileHandler

import pytest

from leapdash.errors import UsageError
from leapdash.show.doors import audit
from leapdash.show.doors.reader import Reader, reading
from leapdash.show.doors.rule import ClosedError, for_this_reader
from tests.lib.app import opened
from tests.lib.endpoint import API
from tests.lib.small_release import HARTFORD

pytestmark = pytest.mark.usefixtures("on_show")
LOG = logging.getLogger("leapdash.audit")
SECRET = "a-secret-that-no-log-may-hold"  # pragma: allowlist secret


@pytest.fixture
def lines(tmp_path, monkeypatch):
    """Reads the log, which begins with the test."""
    file = tmp_path / "audit.log"
    monkeypatch.setenv("LEAPDASH_AUDIT_LOG", str(file))
    yield lambda: [json.loads(line) for line in file.read_text().splitlines()]
    for handler in files():
        LOG.removeHandler(handler)
        handler.close()
    audit._open.cache_clear()


def files():
    """What writes the log to files; tests have others that listen."""
    return [one for one in LOG.handlers if isinstance(one, TimedRotatingFileHandler)]


def test_a_page_is_noted_once_and_again_when_something_else_is_chosen(lines, release):
    app = opened("trends", districts=["Hartford"])
    app.run()
    app.multiselect(key="districts").select("0040011").run()
    noted = [line for line in lines() if line["view"] == "page trends"]
    assert [line["chosen"] for line in noted] == [
        {"districts": ["Hartford"]},
        {"districts": ["Hartford", "Avon"]},
    ]
    first = noted[0]
    assert set(first) == {"time", "subject", "reader", "view", "release", "chosen"}
    assert first["release"] == release.manifest.release_id
    assert (first["subject"], first["reader"]) == ("public", "commissioner")
    assert datetime.fromisoformat(first["time"]).utcoffset() == timedelta(0)


def test_what_the_endpoint_answers_is_noted_and_what_it_refuses_is_not(lines, asks):
    asks.get(f"{API}/answers/trends?districts={HARTFORD}")
    asks.get(f"{API}/tables/trends/trends-attendance.csv?levels=6-8")
    asks.get(f"{API}/answers/trends?districts={SECRET}")
    asks.get(f"{API}/answers/{SECRET}")
    asks.get(f"{API}/release", headers={"Authorization": f"Bearer {SECRET}", "Cookie": SECRET})
    assert [(line["view"], line["chosen"]) for line in lines()] == [
        ("endpoint answers/trends", {"districts": ["Hartford"]}),
        ("endpoint tables/trends/trends-attendance", {"levels": ["6-8"]}),
        ("endpoint release", {}),
    ]
    assert SECRET not in json.dumps(lines())


def test_who_signed_in_is_named_whatever_the_name_holds(lines):
    odd = 'eve"\n{"subject": "adam"}\x1b[0m'
    with reading(Reader("district", HARTFORD, odd)):
        audit.seen("page trends", "id", {})
    (line,) = lines()
    assert (line["subject"], line["reader"]) == (odd, f"district:{HARTFORD}")


def test_a_file_handed_out_is_noted_when_it_is_and_for_who_it_was_offered_to(lines):
    with reading(Reader("commissioner", subject="carmen")):
        make = audit.handed_out(lambda: b"rows", "trends-attendance.csv", "id", {})
    assert make() == b"rows"
    (line,) = lines()
    assert (line["subject"], line["view"]) == ("carmen", "trends-attendance.csv")


def test_a_file_offered_is_not_handed_out_when_the_sign_in_has_run_out():
    with reading(Reader("commissioner", subject="carmen", until=1)):
        make = for_this_reader(lambda: b"rows")
    with pytest.raises(ClosedError, match="The sign-in has run out"):
        make()


def test_the_log_is_its_owners_alone_and_goes_to_no_other(lines, tmp_path):
    audit.seen("page trends", "id", {})
    assert stat.S_IMODE((tmp_path / "audit.log").stat().st_mode) == 0o600
    assert not LOG.propagate


def test_the_log_is_put_aside_every_day(lines, tmp_path):
    audit.seen("page trends", "id", {})
    (handler,) = files()
    assert (handler.when, handler.utc, handler.backupCount) == ("MIDNIGHT", True, 365)
    handler.rolloverAt = 0
    audit.seen("page visits", "id", {})
    (line,) = lines()
    assert line["view"] == "page visits"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_log_that_cannot_be_written_is_told_and_nothing_is_shown(asks, monkeypatch, tmp_path):
    monkeypatch.setenv("LEAPDASH_AUDIT_LOG", str(tmp_path / "nowhere" / "audit.log"))
    app = opened("impact")
    assert "can't be written" in app.code[0].value
    assert not app.metric
    assert asks.get(f"{API}/answers/trends").status_code == 500
    monkeypatch.setenv("LEAPDASH_AUDIT_DAYS", "0")
    with pytest.raises(UsageError, match="not a number of days"):
        audit.seen("page trends", "id", {})


def test_without_the_setting_there_is_no_log(monkeypatch, tmp_path, asks):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEAPDASH_AUDIT_LOG", raising=False)
    assert asks.get(f"{API}/release").status_code == 200
    assert list(tmp_path.iterdir()) == []
