"""What is withheld beside small cells, in lattices small enough to see it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from leapdash.build.disclosure.cells import EVERYONE, Cell
from leapdash.build.disclosure.lattice import Counts, Lattice, Occasion
from leapdash.build.disclosure.occasions import ATTENDANCE, Source, parts_of, taking_part
from leapdash.build.disclosure.programs import Range
from leapdash.build.disclosure.protect import protected
from leapdash.build.disclosure.published import Published
from leapdash.build.disclosure.ranges import Narrow, narrow
from leapdash.build.disclosure.rules import STATE_RULES, Rules
from leapdash.contract import ALL

TOTAL = Cell("0010011", ALL, EVERYONE, ALL)
MONTH = date(2021, 10, 1)


def in_a_month(cells, sums, counts, small, owners):
    """A lattice of one month in one table."""
    occasion = Occasion(MONTH, "attendance", sums, counts, small, small)
    return Lattice(cells, sums, owners, [occasion])


def hidden_in(*lattices, rules=STATE_RULES):
    """What is withheld of each, in their one month."""
    hidden = [own for (own,) in protected(lattices, rules)]
    return hidden[0] if len(lattices) == 1 else hidden


def lattice(family, parts, total_small=False, owners=None):
    """All students and the parts of them: students, absent of each."""
    cells = [TOTAL, *(Cell("0010011", ALL, family, name) for name in parts)]
    rows = list(parts.values())
    students, absent = (np.array([sum(r[k] for r in rows), *(r[k] for r in rows)]) for k in (0, 1))
    small = STATE_RULES.small(students, absent, students)
    small[0] |= total_small
    return in_a_month(
        cells=cells,
        sums=[dict.fromkeys(range(len(rows)), 1), *({n: 1} for n in range(len(rows)))],
        counts=Counts(students, students, absent),
        small=small,
        owners=owners or ["0010011"] * len(rows),
    )


def names(lattice, numbers):
    return {lattice.cells[number].part for number in numbers}


def test_where_nothing_is_small_all_is_shown():
    assert hidden_in(lattice("race", {"a": (40, 10), "b": (50, 20)})) == set()


def test_beside_a_small_part_the_least_wanted_is_withheld():
    one = lattice("race", {"a": (70, 30), "b": (50, 20), "c": (9, 2)})
    assert names(one, hidden_in(one)) == {"b", "c"}


def test_where_two_small_parts_still_tell_nearly_all_a_third_is_withheld():
    """Together they have 3 absent: neither can have more."""
    one = lattice("race", {"a": (70, 30), "b": (50, 20), "c": (25, 2), "d": (26, 1)})
    assert names(one, hidden_in(one)) == {"b", "c", "d"}


def test_a_total_withheld_in_one_family_is_in_all_and_can_t_be_added_up_there():
    here = lattice("race", {"a": (70, 30), "b": (50, 20)}, total_small=True)
    there = lattice("meals", {"c": (60, 20), "d": (60, 30)})
    first, second = hidden_in(there, here)
    assert ALL in names(there, first)
    assert len(first) == 2
    assert ALL in names(here, second)
    assert len(second) == 2


def test_what_a_district_knows_of_its_own_protects_no_other():
    """Two districts' parts add up to one shown: each would know the other's small one."""
    one = lattice("race", {"a": (40, 3), "b": (45, 15)}, owners=["0010011", "0020011"])
    assert names(one, hidden_in(one)) >= {ALL, "a"}


def test_a_district_can_t_narrow_others_down_by_its_own_figures():
    """The third knows its 25 absent; beside them are 5, of the first and the second together."""
    districts = {"0010011": (60, 2), "0020011": (60, 3), "0030011": (80, 25), "0040011": (90, 30)}
    one = lattice("race", districts, owners=list(districts))
    hidden = names(one, hidden_in(one))
    assert {"0010011", "0020011"} < hidden
    left = [c for d, c in districts.items() if d in hidden and d != "0030011"]
    assert ALL in hidden or sum(absent for _students, absent in left) >= STATE_RULES.narrowest


def test_several_sums_and_a_districts_own_figures_together_tell_no_other_nearly():
    """Of the part "x" 15 are absent; who knows 5 of them as their own knows of 10 in two others,
    of whose absent 7 and 6 are shown: in the first at least 4, and at most 7.
    """
    one, two, three = "0010011", "0020011", "0030011"
    rows = [(district, part) for district in (one, two, three) for part in ("x", "y")]
    students, absent = np.array([100, 100, 60, 60, 60, 60]), np.array([5, 30, 5, 2, 5, 1])
    sums = {Cell("00000CT", ALL, "race", "x"): [0, 2, 4]}
    sums |= {
        Cell(d, ALL, EVERYONE, ALL): [2 * n, 2 * n + 1] for n, d in enumerate((one, two, three))
    }
    sums |= {Cell(district, ALL, "race", part): [n] for n, (district, part) in enumerate(rows)}
    whole, away = (np.array([c[own].sum() for own in sums.values()]) for c in (students, absent))
    lattice = in_a_month(
        cells=list(sums),
        sums=[dict.fromkeys(own, 1) for own in sums.values()],
        counts=Counts(whole, whole, away),
        small=STATE_RULES.small(whole, away, whole),
        owners=[district for district, _part in rows],
    )
    small = {n for n, own in enumerate(sums.values()) if len(own) == 1}
    assert small < hidden_in(lattice)


def test_where_no_part_is_left_to_withhold_all_students_are():
    """All are shown, and neither part may be told: their sum is too little to hide in."""
    one = lattice("race", {"a": (25, 3), "b": (25, 3)})
    assert names(one, hidden_in(one, rules=Rules(narrowest=30))) == {ALL, "a", "b"}


def test_levels_of_a_small_district_are_withheld_though_all_are_its_own():
    """PK-5 and 6-8 together have 4 absent; all students of all levels are shown but for that."""
    sums = [{0: 1, 1: 1, 2: 1}, {2: 1}, {0: 1}, {1: 1}]
    levels = (ALL, "9-12", "PK-5", "6-8")
    students, absent = np.array([200, 90, 60, 50]), np.array([24, 20, 2, 2])
    own = in_a_month(
        cells=[Cell("0010011", level, EVERYONE, ALL) for level in levels],
        sums=sums,
        counts=Counts(students, students, absent),
        small=STATE_RULES.small(students, absent, students),
        owners=["0010011"] * 3,
    )
    hidden = {own.cells[number].level for number in hidden_in(own)}
    assert {"PK-5", "6-8"} < hidden


@pytest.mark.parametrize(
    ("changed", "weaker"),
    [
        ({}, ()),
        ({"least_students": 10}, ("least_students",)),
        ({"least_students": 30}, ()),
        ({"least_counted": 5, "narrowest": 3}, ("least_counted", "narrowest")),
        ({"largest_share": 0.2}, ("largest_share",)),
        ({"largest_share": 0.1}, ()),
    ],
)
def test_rules_know_where_they_protect_less(changed, weaker):
    assert Rules(**changed).weaker_than(STATE_RULES) == weaker


def test_the_absent_are_among_those_who_count_and_those_among_the_students():
    """All who count are absent: of neither part can anybody be present."""
    ten = np.array([10])
    published = Published([{0: 1, 1: 1}], Counts(np.array([12]), ten, ten))
    (found,) = narrow(published, [{0: 1}], [True], least=100).values()
    assert found.present == pytest.approx((0, 0))
    assert found.absent == pytest.approx((0, 10))
    assert found.students == pytest.approx((0, 12))


DAYS = ("days_enrolled", "days_attended", "students_absent", "largest_student_days")


@pytest.mark.parametrize(
    ("values", "small"),
    [
        ((40, 0, 0, 400.0, 380.0, 20, 20.0), False),
        ((40, 0, 0, 400.0, 398.0, 3, 20.0), True),
        ((40, 0, 0, 400.0, 380.0, 20, 61.0), True),
        ((40, 30, 10, 400.0, 380.0, 20, 20.0), False),
        ((40, 30, 5, 400.0, 380.0, 20, 20.0), True),
        ((40, 30, 25, 400.0, 200.0, 40, 20.0), True),
        ((40, 19, 9, 400.0, 200.0, 40, 20.0), True),
        ((19, 19, 9, 400.0, 200.0, 19, 20.0), True),
    ],
)
def test_days_tell_of_few_too_where_nobody_counts_for_absence(values, small):
    columns = ["students", "chronic_base", "chronically_absent", *DAYS]
    where = {"district_code": "0010011", "level": "6-8"}
    row = where | dict(zip(columns, values, strict=True))
    by_group = pd.DataFrame([row | {"participation": "other", "group": ALL}])
    by_school = pd.DataFrame([row | {"school_code": "0011011"}])
    source = Source(MONTH, ATTENDANCE, by_group, by_school, frozenset())
    lattice = parts_of([source], STATE_RULES)[EVERYONE].lattice
    (occasion,) = lattice.occasions
    assert occasion.small.tolist() == [small] * len(lattice.cells)


def test_a_district_takes_part_from_the_month_in_which_it_begins():
    schools = pd.DataFrame(
        {
            "district_code": ["0010011", "0020011", "0030011"],
            "leap_from": [date(2021, 9, 15), date(2021, 10, 1), None],
        }
    )
    assert taking_part(schools, date(2021, 8, 1)) == set()
    assert taking_part(schools, date(2021, 9, 1)) == {"0010011"}
    assert taking_part(schools, date(2022, 9, 1)) == {"0010011", "0020011"}


@pytest.mark.parametrize(
    ("students", "absent", "present", "harmless"),
    [
        ((20, 24), (6, 9), (8, 11), True),
        ((18, 22), (6, 9), (8, 11), False),
        ((20, 24), (5, 9), (8, 11), False),
        ((20, 24), (6, 9), (5, 11), False),
        ((18, 22), (0, 0), (0, 0), False),
        ((22, 24), (0, 0), (0, 0), True),
        ((0, 10), (0, 0), (0, 0), True),
    ],
)
def test_a_narrow_range_is_harmless_where_all_of_it_could_be_shown(
    students, absent, present, harmless
):
    found = Narrow(Range(*students), Range(*absent), Range(*present), frozenset())
    assert found.harmless(STATE_RULES) == harmless
