"""The cells of the public release: whom they cover, and how they add up.

Every cell is a sum over rows: a district's students of one level and one part. Parts come in
families, each of which takes the same students apart in its own way (by participation, by race, by
school), so that all families of a district and level have equal totals.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from leapdash.build.disclosure.lattice import Cell, Row
from leapdash.contract import ALL, LEAP, LEVELS, OTHER, PARTICIPATION, STATE_CODE

PARTS, SCHOOLS = "participation", "school"
REST = "rest"
GROUP_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "race": ("black", "hispanic", "white", "other_races"),
    "gender": ("female", "male", REST),
    "high_needs": ("high_needs", "not_high_needs"),
    "english_learner": ("english_learner", REST),
    "disability": ("disability", REST),
    "meals": ("free_meals", "reduced_meals", REST),
    "homeless": ("homeless", REST),
}
"""Student groups that take all students apart. The rest has no name and is never published, but
follows from a group and all students: small, it is protected like a cell of its own.
"""
SUMS: Mapping[str, tuple[str, ...]] = {"free_or_reduced_meals": ("free_meals", "reduced_meals")}
"""Groups that are sums of others of a family."""


@dataclass(frozen=True)
class Places:
    """What is where in a month: the districts and levels with students, and who takes part."""

    levels: Mapping[str, tuple[str, ...]]
    leap: frozenset[str]

    def areas(self) -> dict[str, tuple[str, ...]]:
        """The districts of every area, the widest areas first; none that is empty."""
        districts = tuple(self.levels)
        wide = {
            STATE_CODE: districts,
            LEAP: tuple(d for d in districts if d in self.leap),
            OTHER: tuple(d for d in districts if d not in self.leap),
        }
        return {name: own for name, own in wide.items() if own} | {d: (d,) for d in districts}


def parts_of(family: str) -> Mapping[str, tuple[str, ...]]:
    """The named parts of a family, each with the members it is the sum of."""
    members = GROUP_FAMILIES.get(family, tuple(PARTICIPATION))
    sums = {name: own for name, own in SUMS.items() if set(own) <= set(members)}
    return {ALL: members} | {member: (member,) for member in members} | sums


def cells_of(
    family: str, places: Places, numbers: Mapping[Row, int]
) -> Iterator[tuple[Cell, dict[int, int]]]:
    """Every cell of a family, and all students of every area and level, with the rows each is the
    sum of. `numbers`: the family's rows, by which they are counted. A cell without any isn't there.
    """
    at: dict[tuple[str, str], dict[str, int]] = {}
    for row, number in numbers.items():
        at.setdefault((row.district, row.level), {})[row.member] = number
    parts = {ALL: None} if family == SCHOOLS else parts_of(family)
    for area, districts in places.areas().items():
        for level in (ALL, *LEVELS):
            levels = LEVELS if level == ALL else (level,)
            own = [at.get(place, {}) for place in product(districts, levels)]
            for part, members in parts.items():
                rows = {
                    number: 1
                    for there in own
                    for member, number in there.items()
                    if members is None or member in members
                }
                if rows:
                    yield Cell(area, level, PARTS if part == ALL else family, part), rows
    if family == SCHOOLS:
        yield from _schools(numbers)


def _schools(numbers: Mapping[Row, int]) -> Iterator[tuple[Cell, dict[int, int]]]:
    """Every school by level and in all."""
    for level in (ALL, *LEVELS):
        schools: dict[tuple[str, str], dict[int, int]] = {}
        for row, number in numbers.items():
            if level in (ALL, row.level):
                schools.setdefault((row.district, row.member), {})[number] = 1
        for (district, school), rows in schools.items():
            yield Cell(district, level, SCHOOLS, school), rows
