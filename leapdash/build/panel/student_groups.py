"""Student groups: which of the contract's groups a student belongs to.

A student's properties are packed into one small number, the group set, so that rows can be added
up by group set first, and each sum then goes to all groups of its set.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from leapdash.contract import NEEDS

_RACES = ("black", "hispanic", "white", "other_races")
_MEALS = ("free", "reduced", "none")
_GENDERS = ("F", "M", "X")
_NEED_FLAGS = ("english_learner", "disability", "homeless")
_GENDER_GROUP: Mapping[str, str] = {"F": "female", "M": "male"}


@dataclass(frozen=True)
class _Properties:
    """The properties of a student that groups are made from."""

    race: str
    meals: str
    gender: str
    english_learner: bool
    disability: bool
    homeless: bool

    @property
    def high_needs(self) -> bool:
        """English learner, disability, or free or reduced price meals (CSDE)."""
        return self.english_learner or self.disability or self.meals != "none"

    def groups(self) -> Iterator[str]:
        yield "all"
        yield "high_needs" if self.high_needs else "not_high_needs"
        yield self.race
        if self.gender in _GENDER_GROUP:
            yield _GENDER_GROUP[self.gender]
        if self.meals != "none":
            yield f"{self.meals}_meals"
            yield "free_or_reduced_meals"
        for flag in _NEED_FLAGS:
            if getattr(self, flag):
                yield flag


_FLAGS = (False, True)
_SETS = tuple(
    _Properties(*one) for one in product(_RACES, _MEALS, _GENDERS, _FLAGS, _FLAGS, _FLAGS)
)
# A group set without any of NEEDS, whatever else.
_FLAGLESS = _MEALS.index("none") * len(_GENDERS) * 2 ** len(_NEED_FLAGS)


def group_set(enrollment: ir.Table) -> ir.IntegerValue:
    """The number of a row's group set, counted through all combinations of properties."""
    race = ibis.cases(
        *((enrollment.race_ethnicity == race, number) for number, race in enumerate(_RACES[:-1])),
        else_=len(_RACES) - 1,
    )
    number = race
    for column, codes in (("meal_eligibility", _MEALS), ("gender", _GENDERS)):
        own = ibis.cases(*((enrollment[column] == code, i) for i, code in enumerate(codes)))
        number = number * len(codes) + own
    for flag in _NEED_FLAGS:
        number = number * 2 + enrollment[flag].cast("int16")
    return number.cast("int16")


def in_needs(group_set: ir.IntegerValue) -> Mapping[str, ir.IntegerValue]:
    """For each of NEEDS, 1 where a group set belongs to it, else 0."""
    number = group_set.cast("int16").fill_null(_FLAGLESS)
    flags = {name: (number // 2**k) % 2 for k, name in enumerate(reversed(_NEED_FLAGS))}
    meals = (number // (2 ** len(_NEED_FLAGS) * len(_GENDERS))) % len(_MEALS)
    flags["free_or_reduced_meals"] = (meals != _MEALS.index("none")).cast("int16")
    return {name: flags[name].cast("int8") for name in NEEDS}


def memberships(with_others: bool = False) -> pa.Table:
    """The groups each group set belongs to: `group_set`, `group`.

    `with_others`: also `not_` and the group, for sets outside each of NEEDS.
    """
    rows = [(number, group) for number, one in enumerate(_SETS) for group in one.groups()]
    if with_others:
        inside = set(rows)
        rows += [
            (number, f"not_{group}")
            for number in range(len(_SETS))
            for group in NEEDS
            if (number, group) not in inside
        ]
    return pa.table(
        {
            "group_set": pa.array([number for number, _ in rows], pa.int16()),
            "group": pa.array([group for _, group in rows], pa.string()),
        }
    )
