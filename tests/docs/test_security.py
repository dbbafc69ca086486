"""docs/security.md says what is there: tests, headers, settings, limits."""

import re

from leapdash.show.dashboard.bounds import MOST_ADDRESS
from leapdash.show.dashboard.headers import _ALWAYS, policy
from leapdash.show.endpoint.limit import _USUAL
from tests.lib.paths import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_test_it_names_is_there():
    named = set(re.findall(r"`(test_\w+\.py)`", TEXT))
    assert len(named) >= 7
    assert named <= {path.name for path in (ROOT / "tests").rglob("test_*.py")}


def test_every_header_that_is_sent_is_named_and_no_other():
    for header in _ALWAYS:
        assert header.removeprefix("Cross-Origin") in TEXT, header
    assert f"`Referrer-Policy: {_ALWAYS['Referrer-Policy']}`" in TEXT
    assert "'wasm-unsafe-eval'" in policy(())
    assert "wasm-unsafe-eval" in TEXT


def test_its_numbers_are_those_that_count():
    assert f"{_USUAL} requests for data a minute" in TEXT
    assert f"{MOST_ADDRESS:,} bytes" in TEXT
    config = (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    (most,) = re.findall(r"^maxMessageSize = (\d+)$", config, re.M)
    assert f"messages of at most {most} MB" in TEXT


def test_links_lead_somewhere():
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / link).exists(), link
    for anchor in re.findall(r"\]\(#([^)]+)\)", TEXT):
        assert re.search(rf"^## {anchor}$", TEXT, re.M | re.I), anchor
