"""The memory of a server that a district's leader reads from, searched for all other districts."""

import re
import sys
import urllib.request
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from leapdash.build.disclosure.cut import publish_district
from leapdash.release import open_release
from leapdash.show.doors.pages import OF_ONE_DISTRICT
from leapdash.show.endpoint.tables import TABLES
from tests.lib.browser import server
from tests.lib.paths import DEMO
from tests.lib.searched import fractions, names_of

LEADER = "0640011"

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read as Linux shows it"),
]


def is_told_apart(value):
    """Whether a number is no share of few, which others come to as well."""
    return float(Fraction(value).limit_denominator(100_000)) != value


def memory_of(process):
    """All that a process has written to its memory, part by part."""
    maps = Path(f"/proc/{process}/maps").read_text().splitlines()
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            low, high, access = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if access.startswith("rw") and "[v" not in line:
                memory.seek(int(low, 16))
                try:
                    yield memory.read(int(high, 16) - int(low, 16))
                except OSError:
                    continue


def held_of(wanted, numbers):
    """Which of some numbers, in order, stand in the memory."""
    found = set()
    for values in numbers:
        at = np.minimum(np.searchsorted(wanted, values), len(wanted) - 1)
        found |= set(values[wanted[at] == values].tolist())
    return found


def answered(address):
    """All that the server answers of the pages about the district, and its first page."""
    with urllib.request.urlopen(address, timeout=60) as document:
        parts = [document.read()]
    for page in sorted(OF_ONE_DISTRICT):
        addresses = [f"answers/{page}", *(f"tables/{page}/{name}.csv" for name in TABLES[page])]
        for one in addresses:
            with urllib.request.urlopen(f"{address}/api/v1/{one}", timeout=60) as answer:
                parts.append(answer.read())
    return b"".join(parts)


def test_a_leaders_process_holds_no_other_district(tmp_path):
    whole = open_release(DEMO)
    publish_district(DEMO, LEADER, tmp_path / LEADER)
    others = {name.encode() for name in names_of(whole.table("schools"), LEADER)}
    tables = [whole.table(name) for name in whole.manifest.tables]
    of_leader = fractions(t.filter(pc.equal(t["district_code"], LEADER)) for t in tables)
    theirs = fractions(t.filter(pc.not_equal(t["district_code"], LEADER)) for t in tables)
    foreign = np.array(sorted(filter(is_told_apart, sorted(theirs - of_leader)[::10])))
    own = np.array(sorted(filter(is_told_apart, of_leader)))
    settings = {
        "LEAPDASH_STORE": str(DEMO),
        "LEAPDASH_DISTRICT_STORES": str(tmp_path),
        "LEAPDASH_SEE_AS": f"district:{LEADER}",
    }
    with server("app.py", **settings) as running:
        told = answered(running.address)
        parts = list(memory_of(running.process))
    numbers = [np.frombuffer(part, dtype=np.float64) for part in parts]
    assert len(held_of(own, numbers)) > 1_000, "the search finds what is there"
    assert any(b"Hartford" in part for part in parts)
    assert len(foreign) > 10_000
    assert held_of(foreign, numbers) == set()
    schools = sorted(name for name in others if name.endswith((b"School", b"Academy")))[::5]
    assert len(schools) > 40
    for where in (told, *parts):
        assert not [name for name in schools if name in where]
