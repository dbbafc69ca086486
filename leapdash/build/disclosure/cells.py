"""The cells of the public release: whom they cover, and how they add up.

Every cell is a sum over rows: a district's students of one level and one member of a family.
Families take the same students apart, each in its own way: by participation, by race, by school.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from leapdash.contract import ALL, LEAP, LEVELS, OTHER, PARTICIPATION, STATE_CODE

EVERYONE, PARTS, SCHOOLS = ALL, "participation", "school"
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
_SUMS: Mapping[str, tuple[str, ...]] = {"free_or_reduced_meals": ("free_meals", "reduced_meals")}
"""Groups that are sums of others of a family."""
_FAMILY_OF = {part: family for family, own in GROUP_FAMILIES.items() for part in own} | {
    "free_or_reduced_meals": "meals"
}
WIDE_ONLY = frozenset({"gender"})
"""Families offered for the state, the districts that take part and the others only: a district has
a handful of students who are neither female nor male, and to hide them would cost half its cells.
"""


_STRETCH = "~"


class Row(NamedTuple):
    """The finest part there is: a district's students of a level and a member of a family."""

    district: str
    level: str
    member: str


class Cell(NamedTuple):
    """Whom a cell covers: an area (a district, several, or the state), a level or all of them, and
    a part of a family.
    """

    area: str
    level: str
    family: str
    part: str

    @property
    def named(self) -> bool:
        """Whether the part has a name, under which it could be published."""
        return self.part != REST

    @property
    def published(self) -> "Cell":
        """The cell under the name it is published by."""
        return self._replace(area=self.area.partition(_STRETCH)[0])


@dataclass(frozen=True)
class Districts:
    """The districts of a month, in order, and those that take part in home visits by then.

    `stretch`: how often those that take part have become others so far in the school year. What
    several districts cover then is another cell, though it is published under the same name.
    """

    codes: tuple[str, ...]
    leap: frozenset[str]
    stretch: int = 0

    def areas(self, family: str) -> dict[str, tuple[str, ...]]:
        """The districts of every area for which a family is offered, the widest areas first.

        Participation is offered where the programme is: elsewhere the visited are the few who
        moved there, and to hide them would cost the figures of those who take part.
        """
        leap = tuple(code for code in self.codes if code in self.leap)
        by_now = f"{_STRETCH}{self.stretch}" if self.stretch else ""
        if family == PARTS:
            return {LEAP + by_now: leap} | {code: (code,) for code in leap} if leap else {}
        other = tuple(code for code in self.codes if code not in self.leap)
        wide = {STATE_CODE: self.codes, LEAP + by_now: leap, OTHER + by_now: other}
        single = () if family in WIDE_ONLY else self.codes
        return {area: own for area, own in wide.items() if own} | {c: (c,) for c in single}


def cell_of(area: str, level: str, school: object, participation: object, group: object) -> Cell:
    """The cell of a public row, by its columns; without a school or participation they are none."""
    if isinstance(school, str):
        return Cell(area, level, SCHOOLS, school)
    if isinstance(group, str) and group != ALL:
        return Cell(area, level, _FAMILY_OF[group], group)
    if isinstance(participation, str) and participation != ALL:
        return Cell(area, level, PARTS, participation)
    return Cell(area, level, EVERYONE, ALL)


def members_of(family: str) -> tuple[str, ...]:
    """The members of a family other than schools."""
    if family == EVERYONE:
        return (ALL,)
    return GROUP_FAMILIES.get(family, tuple(PARTICIPATION))


def cells_of(
    family: str, districts: Districts, numbers: Mapping[Row, int]
) -> Iterator[tuple[Cell, dict[int, int]]]:
    """Every cell of a family, and all students of every area and level, with the rows each is the
    sum of. `numbers`: the family's rows, by which they are counted. A cell without any isn't there.
    """
    at: dict[tuple[str, str], dict[str, int]] = {}
    for row, number in numbers.items():
        at.setdefault((row.district, row.level), {})[row.member] = number
    parts: dict[str, tuple[str, ...]] = {}
    if family not in (EVERYONE, SCHOOLS):
        parts |= {member: (member,) for member in members_of(family)}
    parts |= {name: own for name, own in _SUMS.items() if set(own) <= parts.keys()}
    for area, codes in districts.areas(family).items():
        for level in (ALL, *LEVELS):
            there = [at.get(place, {}) for place in product(codes, _levels(level))]
            if everyone := {number: 1 for own in there for number in own.values()}:
                yield Cell(area, level, EVERYONE, ALL), everyone
            for part, members in parts.items():
                rows = {own[member]: 1 for own in there for member in members if member in own}
                if rows:
                    yield Cell(area, level, family, part), rows
    if family == SCHOOLS:
        yield from _schools(numbers)


def _schools(numbers: Mapping[Row, int]) -> Iterator[tuple[Cell, dict[int, int]]]:
    """Every school by level and in all."""
    for level in (ALL, *LEVELS):
        schools: dict[tuple[str, str], dict[int, int]] = {}
        for row, number in numbers.items():
            if row.level in _levels(level):
                schools.setdefault((row.district, row.member), {})[number] = 1
        for (district, school), rows in schools.items():
            yield Cell(district, level, SCHOOLS, school), rows


def _levels(level: str) -> tuple[str, ...]:
    return tuple(LEVELS) if level == ALL else (level,)
