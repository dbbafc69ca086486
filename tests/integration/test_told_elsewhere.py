"""The demonstration's public release, attacked by who knows the state's own figures exactly."""

import pytest

from leapdash.build.disclosure.elsewhere import following, told_elsewhere
from leapdash.build.disclosure.occasions import parts_of
from leapdash.build.disclosure.published import Published
from leapdash.build.disclosure.ranges import narrow
from leapdash.build.disclosure.rules import STATE_RULES
from leapdash.build.disclosure.sections import sections_of
from leapdash.build.disclosure.tables import sources_of
from leapdash.contract import school_year_of
from leapdash.release import open_release
from tests.lib.paths import DEMO, DEMO_PUBLIC


def attacked(occasion, lattice, shown, asked):
    """Which of the cells asked follow from those shown, and which are narrowed down too far."""
    counts = occasion.counts
    follow = following(occasion.sums, shown, asked)
    left = [number for number in asked if number not in follow]
    found = narrow(
        Published([occasion.sums[n] for n in shown], counts.at(shown)),
        [occasion.sums[n] for n in left],
        [bool(counts.base[n]) for n in left],
        STATE_RULES.narrowest,
    )
    return follow, {left[n] for n, one in found.items() if not one.harmless(STATE_RULES)}


@pytest.mark.parametrize(
    "year", ["2021-22", *(pytest.param(y, marks=pytest.mark.full) for y in ("2020-21", "2022-23"))]
)
def test_nothing_is_worked_out_nor_narrowed_down_with_what_the_state_tells_of_a_year(year):
    """By group in all grades and by level, whatever isn't small at the year's end, to the student;
    but for what follows, or is narrowed down, by that alone: no release of ours could keep it. What
    is withheld for another month's sake, and isn't small at the year's end, may follow.
    """
    demo = open_release(DEMO)
    (section,) = (
        s
        for s in sections_of(open_release(DEMO_PUBLIC))
        if s.table == "chronic_absence" and school_year_of(s.month) == year
    )
    elsewhere = told_elsewhere(demo).get(year, frozenset())
    tried = 0
    for part in parts_of(sources_of(demo)[year], STATE_RULES, elsewhere=elsewhere).values():
        lattice = part.lattice
        if lattice.ends is None:
            continue
        occasion = lattice.occasions[lattice.ends]
        there = [n for n, own in enumerate(occasion.sums) if own]
        known = [n for n in there if n in lattice.elsewhere]
        shown = [n for n in there if section.counts.get(lattice.cells[n].published)]
        withheld = [n for n in there if lattice.cells[n].published in section.counts]
        withheld = [n for n in withheld if n not in {*shown, *known}]
        told, narrowed = attacked(occasion, lattice, sorted({*shown, *known}), withheld)
        told_alone, narrowed_alone = attacked(occasion, lattice, known, withheld)
        tried += len(withheld)
        could_be_shown = {n for n in there if not occasion.small[n]}
        assert {lattice.cells[n] for n in told - told_alone - could_be_shown} == set()
        assert {lattice.cells[n] for n in narrowed - narrowed_alone - told_alone} == set()
    assert tried > 100
