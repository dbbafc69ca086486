"""Two selections side by side: the sides of a choice, each with its districts, levels and years.

Rates are those of each side's last school year. Where the two share students of the same year, the
ranges of their differences allow for it exactly; where they may share students of different years,
nothing is known of how these hang together, and the ranges are as wide as that can make them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from leapdash.contract import LEVELS, months_of
from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.inference import Interval
from leapdash.show.choice import Choice, kept
from leapdash.show.effects.days import days_contrast
from leapdash.show.effects.studies import contrast
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.views.attendance import attendance_trend
from leapdash.show.views.base import sums
from leapdash.show.views.district import last_year
from leapdash.show.views.effects import chosen_visits, headlines_on
from leapdash.show.views.programme import last_month, regained, visited_days
from leapdash.show.views.spread import (
    SUMS,
    Share,
    attendance_of,
    correlation_of_shares,
    difference_of_rates,
    difference_of_shares,
    rate_error,
    residual_error,
)

A, B = "a", "b"
_BANDS = ("absent_10_to_20", "absent_20_or_more")


@dataclass(frozen=True)
class Beside:
    """One measure of both sides. `one`, `other`: None where it can't be told; `counted`: students
    behind each; `difference`: one less other, None where either can't be told. `ranges`: of each
    by itself, where the measure is an effect.
    """

    one: float | None
    other: float | None
    counted: tuple[int, int]
    difference: Interval | None
    ranges: tuple[Interval | None, Interval | None] = (None, None)


@kept("a", "b")
def shares_students(choice: Choice) -> bool:
    """Whether the two sides have students in common whose years differ: districts are the same, the
    last school years aren't.
    """
    one, other = choice.sides
    return bool(_shared(one, other)[0]) and last_year(one) != last_year(other)


@kept("a", "b")
def attendance_beside(choice: Choice) -> Beside:
    """Attendance of both sides, each in its last school year."""
    one, other = choice.sides
    first, second = (_attendance(side, *_whole(side)) for side in (one, other))
    a, b = attendance_of(first), attendance_of(second)
    if a is None or b is None:
        return Beside(a.rate if a else None, b.rate if b else None, (0, 0), None)
    counted = a.students, b.students
    if min(counted) < FEW_STUDENTS:
        return Beside(a.rate, b.rate, counted, None)
    if last_year(one) != last_year(other):
        errors = rate_error(first), rate_error(second)
        variance = errors[0] ** 2 + errors[1] ** 2
        return Beside(a.rate, b.rate, counted, difference_of_rates(a, b, variance))
    both = _attendance(one, *_shared(one, other)).reindex(first.index, fill_value=0)
    second = second.reindex(first.index, fill_value=0)
    own = 1 / a.days_enrolled, (1 - a.rate) / a.days_enrolled
    rest = 1 / b.days_enrolled, (1 - b.rate) / b.days_enrolled
    # Three sets of students, none in two of them: on the one side only, on the other, on both.
    parts = (
        residual_error(first - both, *own),
        residual_error(second - both, *rest),
        residual_error(both, own[0] - rest[0], own[1] - rest[1]),
    )
    variance = sum(error**2 for error in parts)
    return Beside(a.rate, b.rate, counted, difference_of_rates(a, b, variance))


@kept("a", "b")
def chronic_beside(choice: Choice) -> Beside:
    """Chronic absence of both sides, each over its last school year."""

    def found(side: Choice, districts: Collection[str], levels: Collection[str]) -> Share:
        whole = side.codes is None and len(districts) == len(side.known.districts)
        where: dict[str, Collection[Any]] = {
            "geography": ("state" if whole else "district",),
            "school_year": (last_year(side),),
            "group": (ALL_STUDENTS,),
            "level": tuple(levels),
        }
        if not whole:
            where["district_code"] = tuple(districts)
        table = side.release.table("chronic_absence", ["chronic_base", *_BANDS], where)
        total = {name: sum(table[name].to_pylist()) for name in table.column_names}
        return _share(sum(total[band] for band in _BANDS), total["chronic_base"])

    return _shares_beside(choice, found)


@kept("a", "b")
def reach_beside(choice: Choice) -> Beside:
    """The share visited of those ever eligible, of both sides, each in its last month."""

    def found(side: Choice, districts: Collection[str], levels: Collection[str]) -> Share:
        where = {
            "month": (last_month(side),),
            "group": (ALL_STUDENTS,),
            "district_code": tuple(districts),
            "level": tuple(levels),
        }
        names = ["ever_eligible", "ever_eligible_visited"]
        table = side.release.table("reach", names, where).drop_null()
        eligible, visited = (sum(table[name].to_pylist()) for name in names)
        return _share(visited, eligible)

    return _shares_beside(choice, found)


def _middles(one: Interval | None, other: Interval | None) -> tuple[float | None, float | None]:
    return (one.effect if one else None), (other.effect if other else None)


@kept("a", "b")
def effect_beside(choice: Choice) -> Beside:
    """What visits changed on both sides, six to nine school months after the first."""
    one, other = choice.sides
    found = [headlines_on(side).six_to_nine for side in (one, other)]
    effects = found[0].effect, found[1].effect
    between = contrast(choice.cohorts, chosen_visits(one), chosen_visits(other), "six_to_nine")
    return Beside(
        *_middles(*effects),
        (found[0].visited, found[1].visited),
        between,
        effects,
    )


@kept("a", "b")
def days_beside(choice: Choice) -> Beside:
    """School days regained for each student visited, on both sides."""
    one, other = choice.sides
    found = [regained(side).days for side in (one, other)]
    each = found[0].per_student, found[1].per_student
    between = days_contrast(
        choice.cohorts, chosen_visits(one), chosen_visits(other), visited_days(choice)
    )
    return Beside(
        *_middles(*each),
        (found[0].visited_all, found[1].visited_all),
        between,
        each,
    )


@kept("a", "b")
def months_beside(choice: Choice) -> pd.DataFrame:
    """Attendance by month of both sides (codes `a` and `b`, without names); the columns of
    `attendance_trend`.
    """
    parts = [
        attendance_trend(side).assign(code=code)
        for code, side in zip((A, B), choice.sides, strict=True)
    ]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _shares_beside(choice: Choice, found: Any) -> Beside:
    one, other = choice.sides
    first, second = (found(side, *_whole(side)) for side in (one, other))
    told = (first[0] if first[1] else None), (second[0] if second[1] else None)
    counted = int(first[1]), int(second[1])
    if min(counted) < FEW_STUDENTS:
        return Beside(told[0], told[1], counted, None)
    if last_year(one) != last_year(other):
        together = 0.0  # The same students attend alike in both: more makes the range narrower.
    else:
        together = correlation_of_shares(first, second, found(one, *_shared(one, other)))
    return Beside(told[0], told[1], counted, difference_of_shares(first, second, together))


def _share(part: int, whole: int) -> Share:
    return (part / whole if whole else 0.0), whole


def _whole(side: Choice) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of a side's districts, and its levels."""
    codes = tuple(side.known.districts) if side.codes is None else side.codes
    return codes, side.filters.levels or tuple(LEVELS)


def _shared(one: Choice, other: Choice) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The districts and the levels that are on both sides."""
    pairs = zip(_whole(one), _whole(other), strict=True)
    districts, levels = (tuple(v for v in own if v in set(rest)) for own, rest in pairs)
    return districts, levels


def _attendance(side: Choice, districts: Collection[str], levels: Collection[str]) -> pd.DataFrame:
    """Sums by month of the side's last school year."""
    where: Mapping[str, Collection[Any]] = {
        "group": (ALL_STUDENTS,),
        "month": months_of((last_year(side),)),
        "district_code": tuple(districts),
        "level": tuple(levels),
    }
    table = side.release.table("attendance_by_group", ["month", *SUMS], where)
    return sums(table, ["month"], SUMS).set_index("month").sort_index()
