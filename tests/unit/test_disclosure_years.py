"""A school year protected as one: what lasts is withheld all year, and what months share."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from leapdash.build.disclosure.cells import EVERYONE, PARTS, SCHOOLS, Cell
from leapdash.build.disclosure.occasions import ATTENDANCE, TO_DATE, Source, parts_of
from leapdash.build.disclosure.protect import protected
from leapdash.build.disclosure.rules import STATE_RULES
from leapdash.build.disclosure.span import Span
from leapdash.build.disclosure.workers import each
from leapdash.contract import ALL, LEAP

FIRST, SECOND, THIRD = date(2021, 10, 1), date(2021, 11, 1), date(2021, 12, 1)
ONE, TWO, THREE = "0010011", "0020011", "0030011"
RACES = ("black", "hispanic", "white", "other_races")


def counted(students, absent):
    """The measures of so many students who all count, ten days each."""
    return {
        "students": students,
        "days_enrolled": 10.0 * students,
        "days_attended": 9.0 * students,
        "chronic_base": students,
        "chronically_absent": absent,
        "students_absent": students // 2,
        "largest_student_days": 10.0,
    }


def source(month, races, leap=(), schools=None, measured=ATTENDANCE):
    """A month: students and absent of every race by district and level."""
    rows, at_schools = [], []
    for (district, level), own in races.items():
        whole = np.sum(list(own.values()), axis=0).tolist()
        where = {"district_code": district, "level": level, "participation": "other"}
        rows.append({**where, "group": ALL, **counted(*whole)})
        rows += [{**where, "group": race, **counted(*n)} for race, n in own.items()]
        names = (schools or {}).get(district, [f"{district[:5]}01"])
        at_schools += [{**where, "school_code": name, **counted(*whole)} for name in names]
    return Source(month, measured, pd.DataFrame(rows), pd.DataFrame(at_schools), frozenset(leap))


def races(*numbers):
    return dict(zip(RACES, numbers, strict=True))


LARGE = races((60, 15), (70, 20), (80, 25), (90, 30))


def hidden(part):
    """By month, the parts of the cells withheld."""
    lattice = part.lattice
    (own,) = protected([lattice], STATE_RULES)
    return {
        occasion.month: {lattice.cells[number].part for number in numbers}
        for occasion, numbers in zip(lattice.occasions, own, strict=True)
    }


def test_too_few_students_in_one_month_are_withheld_in_all_with_the_same_beside_them():
    few = LARGE | {"black": (19, 8)}
    sources = [source(FIRST, {(ONE, "6-8"): LARGE}), source(SECOND, {(ONE, "6-8"): few})]
    found = hidden(parts_of(sources, STATE_RULES)["race"])
    assert found[FIRST] == found[SECOND] == {"black", "hispanic"}


def test_too_few_absent_in_a_month_are_withheld_in_that_month_alone():
    few = LARGE | {"black": (60, 3)}
    sources = [source(FIRST, {(ONE, "6-8"): LARGE}), source(SECOND, {(ONE, "6-8"): few})]
    found = hidden(parts_of(sources, STATE_RULES)["race"])
    assert found[FIRST] == set()
    assert found[SECOND] == {"black", "hispanic"}


def test_too_few_absent_to_date_are_withheld_in_all_months():
    few = LARGE | {"black": (60, 3)}
    sources = [
        source(FIRST, {(ONE, "6-8"): LARGE}, measured=TO_DATE),
        source(SECOND, {(ONE, "6-8"): few}, measured=TO_DATE),
    ]
    found = hidden(parts_of(sources, STATE_RULES)["race"])
    assert found[FIRST] == found[SECOND] == {"black", "hispanic"}


def test_what_no_month_shows_is_protected_against_what_any_month_shows():
    """Black students are too few to show in either month, each time by absence alone, and beside
    them white ones in one month would be withheld and Hispanic ones in the other: that would do.
    """
    one = races((60, 3), (300, 90), (50, 20), (400, 99))
    other = races((60, 3), (50, 20), (300, 90), (400, 99))
    sources = [source(FIRST, {(ONE, "6-8"): one}), source(SECOND, {(ONE, "6-8"): other})]
    found = hidden(parts_of(sources, STATE_RULES)["race"])
    never = found[FIRST] & found[SECOND]
    assert "black" in never
    assert len(never) >= 2


def test_a_place_with_nobody_in_a_month_is_there_and_withheld():
    sources = [
        source(FIRST, {(ONE, "6-8"): LARGE, (ONE, "9-12"): LARGE}),
        source(SECOND, {(ONE, "6-8"): LARGE}),
    ]
    lattice = parts_of(sources, STATE_RULES)[EVERYONE].lattice
    number = lattice.cells.index(Cell(ONE, "9-12", EVERYONE, ALL))
    second = lattice.occasions[1]
    assert second.sums[number]
    assert second.counts.students[number] == 0
    assert second.small[number]
    assert second.lasting[number]


def test_a_school_that_opens_later_isn_t_there_before_and_is_shown_from_then_on():
    one = f"{ONE[:5]}01"
    sources = [
        source(FIRST, {(ONE, "6-8"): LARGE}, schools={ONE: [one]}),
        source(SECOND, {(ONE, "6-8"): LARGE}, schools={ONE: [one, f"{ONE[:5]}02"]}),
    ]
    lattice = parts_of(sources, STATE_RULES)[SCHOOLS].lattice
    number = lattice.cells.index(Cell(ONE, "6-8", SCHOOLS, f"{ONE[:5]}02"))
    first, second = lattice.occasions
    assert not first.sums[number]
    assert second.sums[number]
    assert not any([first.small[number], first.lasting[number], second.small[number]])


def test_who_takes_part_in_midyear_makes_another_cell_of_the_same_name():
    """What districts that take part have in one month, less what they have in the next, would be
    the small race of the one that has begun.
    """
    small = LARGE | {"black": (9, 2)}
    places = {(ONE, "6-8"): LARGE, (TWO, "6-8"): LARGE, (THREE, "6-8"): small}
    sources = [source(FIRST, places, leap=[ONE]), source(SECOND, places, leap=[ONE, THREE])]
    lattice = parts_of(sources, STATE_RULES)["race"].lattice
    wide = [c for c in lattice.cells if c.published.area == LEAP and c.part == "black"]
    assert {c.published for c in wide if c.level == "6-8"} == {Cell(LEAP, "6-8", "race", "black")}
    assert len({c.area for c in wide}) == 2
    then = [[bool(o.sums[lattice.cells.index(c)]) for o in lattice.occasions] for c in wide]
    assert sorted(map(tuple, then)) == [(False, True)] * 2 + [(True, False)] * 2
    (hidden_then,) = protected([lattice], STATE_RULES)
    span = Span()
    for occasion, numbers in zip(lattice.occasions, hidden_then, strict=True):
        for number, sum_ in enumerate(occasion.sums):
            told = sum_ and number not in numbers and lattice.cells[number].named
            if told and (rest := span.rest(sum_)):
                span.add(rest)
    assert span.rest(lattice.sums[lattice.cells.index(Cell(THREE, "6-8", "race", "black"))])


def test_parts_in_home_visits_are_offered_from_the_month_a_district_begins():
    places = {(ONE, "6-8"): LARGE, (TWO, "6-8"): LARGE}
    sources = [source(FIRST, places, leap=[ONE]), source(SECOND, places, leap=[ONE, TWO])]
    lattice = parts_of(sources, STATE_RULES)[PARTS].lattice
    number = lattice.cells.index(Cell(TWO, "6-8", PARTS, "other"))
    assert [bool(o.sums[number]) for o in lattice.occasions] == [False, True]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_what_tasks_come_to_doesn_t_depend_on_the_processes(workers):
    sources = [source(FIRST, {(ONE, "6-8"): LARGE | {"black": (9, 2)}})]
    found = list(each(race_hidden, [(sources,)] * 3, workers))
    assert found == [race_hidden(sources)] * 3


def race_hidden(sources):
    return hidden(parts_of(sources, STATE_RULES)["race"])
