"""The effect tables of a release as arrays: what `leapdash.show.effects.studies` calculates with.

Read once per release and kept; a filter then costs milliseconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leapdash.contract.thresholds import (
    COVARIANCE_PRECISION,
    EVENT_TIMES,
    MINIMUM_VISITED,
    MONTHS_BEFORE,
)
from leapdash.errors import ReleaseError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EVENTS = tuple(EVENT_TIMES)
SIZE = len(EVENTS)
_BEFORE = slice(0, len(MONTHS_BEFORE))
_ADDED = ("visited", "visited_due", "visited_all")
_AVERAGED = (
    "effect",
    "visited_rate",
    "naive_change",
    "whole_year_rate",
    "comparison_observed",
    "weights_cut",
)


class Tables(Protocol):
    """A release, as far as this module needs one (`leapdash.release.Release`)."""

    def table(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Sequence[str]] | None = None,
    ) -> pa.Table:
        """The rows of one table whose `where` columns hold one of the values given."""
        ...


@dataclass(frozen=True)
class Measures:
    """What is known about some groups of visited students, by event time (groups x SIZE).

    Counts and means are 0 where nobody was observed, and where a table doesn't tell them.
    `squares`: n^2 over the effective number of comparison students, which adds up over groups.
    `visited_all` (groups): all visited. `whole_year_rate`: see table `to_june_effects`.
    """

    visited: Floats
    visited_due: Floats
    visited_all: Floats
    effect: Floats
    visited_rate: Floats
    naive_change: Floats
    whole_year_rate: Floats
    comparison_observed: Floats
    weights_cut: Floats
    squares: Floats


@dataclass(frozen=True)
class CohortData:
    """Slice cohort_period: an atom is a district, level and cohort period.

    `pairs` (pairs x 2, atoms, the first not the later) and `covariance` (pairs x SIZE x SIZE):
    students independent. `school`, `school_atom`, `school_event`, `school_visited`,
    `school_influence`: a row each of `effects_schools`, in numbers.
    """

    districts: tuple[str, ...]
    levels: tuple[str, ...]
    periods: tuple[str, ...]
    measures: Measures
    pairs: Ints
    covariance: Floats
    school: Ints
    school_atom: Ints
    school_event: Ints
    school_visited: Floats
    school_influence: Floats


@dataclass(frozen=True)
class RecentData:
    """The same effects with three months of history alone, before the visit and in the months of
    the headlines.

    `visited`, `effect`, `squares` (atoms x SIZE): as in `Measures`. `pairs`, `covariance`: as in
    `CohortData`, of months before the visit.
    """

    districts: tuple[str, ...]
    levels: tuple[str, ...]
    periods: tuple[str, ...]
    visited: Floats
    effect: Floats
    squares: Floats
    pairs: Ints
    covariance: Floats


@dataclass(frozen=True)
class SliceData:
    """The values of another slice in one `area`: slice, a district or the state, a level or all.

    `schools`: how many schools the visited of a value are worth, at most. `covariance` (values x
    SIZE x SIZE): by `matrix`. `unknown` (values x SIZE): where the release holds an effect, but not
    its variance; nothing of it can be shown. `between` (by two positions in `values`): covariances
    of the two's effects, SIZE x SIZE.
    """

    area: tuple[str, str, str]
    values: tuple[str, ...]
    measures: Measures
    matrix: str
    schools: float
    covariance: Floats
    unknown: Flags
    between: Mapping[tuple[int, int], Floats]


def cohort_data(release: Tables, outcome: str = "") -> CohortData:
    """The cohort periods' effects of a release, and all who were visited, compared or not.

    `outcome`: what the names of the tables begin with: nothing for attendance, CHRONIC, TO_JUNE.

    Raises ReleaseError where the release lacks what makes an effect's standard error.
    """
    where = {"slice": ["cohort_period"]}
    names = [f"{outcome}{name}" for name in ("effects", "effects_covariance", "effects_schools")]
    effects = release.table(names[0], where=where)
    keys = ("district_code", "level", "slice_value")
    in_table = ("district_code", "level", "cohort_period")
    everyone = release.table("visited_compared")
    # Where nobody could be compared there is no effect, but there are visited students.
    named = sorted({*_names(effects, keys), *_names(everyone, in_table)})
    row = _found(effects, keys, named)
    measures = _measures(effects, row, len(named))
    visited_all = np.zeros(len(named))
    np.add.at(visited_all, _found(everyone, in_table, named), _floats(everyone, "students"))
    measures = replace(measures, visited_all=visited_all)

    pairs, covariance, known_student = _pairs(release.table(names[1], where=where), keys, named)
    schools = release.table(names[2])
    school_atom, school_event = _found(schools, in_table, named), _events(schools, "")
    for matrix, table, known in (
        ("student", names[1], known_student),
        ("school", names[2], (school_atom, school_event)),
    ):
        unknown = np.argwhere(_unknown(effects, row, matrix, known, len(named)))
        if len(unknown):
            atom, event = unknown[0]
            raise missing_variance(table, ("cohort_period", *named[atom]), EVENTS[event])
    _, school = np.unique(_strings(schools, "school_code"), return_inverse=True)
    districts, levels, periods = (tuple(name[k] for name in named) for k in range(3))
    return CohortData(
        districts,
        levels,
        periods,
        measures,
        pairs,
        covariance,
        school.astype(np.int64),
        school_atom,
        school_event,
        _floats(schools, "visited"),
        _floats(schools, "influence"),
    )


def recent_data(release: Tables) -> RecentData:
    """The cohort periods' effects with three months of history alone.

    Raises ReleaseError where the release lacks the variance of one before the visit.
    """
    effects = release.table("effects_recent")
    keys = ("district_code", "level", "cohort_period")
    named, row = _numbered(effects, keys)
    pairs, covariance, known = _pairs(release.table("effects_recent_covariance"), keys, named)
    unknown = _unknown(effects, row, "student", known, len(named))[:, _BEFORE]
    for atom, event in np.argwhere(unknown):
        raise missing_variance("effects_recent_covariance", named[atom], EVENTS[event])
    at = row, _events(effects, "")
    districts, levels, periods = (tuple(name[k] for name in named) for k in range(3))
    visited = _floats(effects, "visited")
    return RecentData(
        districts,
        levels,
        periods,
        _spread(at, visited, len(named)),
        _spread(at, _floats(effects, "effect"), len(named)),
        _spread(at, visited**2 / _floats(effects, "comparison_effective"), len(named)),
        pairs,
        covariance,
    )


def slice_data(release: Tables, slice_name: str, district: str, level: str) -> SliceData:
    """The values of a slice in one area: a district or the state's code, a level or `all`."""
    where = {"slice": [slice_name], "district_code": [district], "level": [level]}
    effects = release.table("effects", where=where)
    named, row = _numbered(effects, ("slice_value",))
    schools = _floats(effects, "schools")
    wide = release.table("effects_covariance", where=where)
    a, b = _found(wide, ("slice_value",), named), _found(wide, ("slice_value_2",), named)
    i, j, value = _events(wide, ""), _events(wide, "_2"), _floats(wide, "covariance")
    covariance = np.zeros((len(named), SIZE, SIZE))
    between: dict[tuple[int, int], Floats] = {}
    same = a == b
    covariance[a[same], i[same], j[same]] = value[same]
    covariance[a[same], j[same], i[same]] = value[same]
    for first, second in {(int(x), int(y)) for x, y in zip(a[~same], b[~same], strict=True)}:
        at = (a == first) & (b == second)
        matrix = np.zeros((SIZE, SIZE))
        matrix[i[at], j[at]] = value[at]
        between[first, second], between[second, first] = matrix, matrix.T
    kinds = pc.unique(wide["matrix"]).to_pylist()
    own = same & (i == j)
    matrix_name = kinds[0] if kinds else "student"
    return SliceData(
        (slice_name, district, level),
        tuple(name[0] for name in named),
        _measures(effects, row, len(named)),
        matrix_name,
        float(schools.max(initial=0.0)),
        covariance,
        _unknown(effects, row, matrix_name, (a[own], i[own]), len(named)),
        between,
    )


def missing_variance(table: str, key: Sequence[str], event_time: int) -> ReleaseError:
    """The error to raise where a release holds an effect, but not how sure it is."""
    return ReleaseError(
        f"Table `{table}` lacks the variance of an effect: {', '.join(key)}, month {event_time} "
        f"since the visit.\nExpected one for every effect of {MINIMUM_VISITED} visited students or "
        "more that has a standard error.\nBuild the release again."
    )


Name = tuple[str, ...]


def _pairs(
    wide: pa.Table, keys: Sequence[str], named: Sequence[Name]
) -> tuple[Ints, Floats, tuple[Ints, Ints]]:
    """Pairs of atoms and their covariances (see CohortData), and where there is a variance: by
    atom and event time.
    """
    a = _found(wide, keys, named)
    b = _found(wide, tuple(f"{key}_2" for key in keys), named)
    i, j, value = _events(wide, ""), _events(wide, "_2"), _floats(wide, "covariance")
    flip = a > b
    a, b, i, j = (
        np.where(flip, b, a),
        np.where(flip, a, b),
        np.where(flip, j, i),
        np.where(flip, i, j),
    )
    codes, pair = np.unique(a * len(named) + b, return_inverse=True)
    pairs = np.stack([codes // max(len(named), 1), codes % max(len(named), 1)], axis=1)
    covariance = np.zeros((len(pairs), SIZE, SIZE))
    covariance[pair, i, j] = value
    same = a == b
    covariance[pair[same], j[same], i[same]] = value[same]
    own = same & (i == j)
    return pairs, covariance, (a[own], i[own])


def _numbered(table: pa.Table, keys: Sequence[str]) -> tuple[list[Name], Ints]:
    """The different values of the key columns, in order, and each row's position among them."""
    named = sorted(_names(table, keys))
    return named, _found(table, keys, named)


def _names(table: pa.Table, keys: Sequence[str]) -> set[Name]:
    """The different values of the key columns."""
    distinct = table.group_by(list(keys)).aggregate([])
    return {tuple(row[key] for key in keys) for row in distinct.to_pylist()}


def _found(table: pa.Table, keys: Sequence[str], named: Sequence[Name]) -> Ints:
    """Each row's position among the names. Raises ReleaseError where a row's name isn't there."""
    positions = np.zeros(table.num_rows, dtype=np.int64)
    sizes = []
    for k, key in enumerate(keys):
        column = table[key].combine_chunks().dictionary_encode()
        values = sorted({name[k] for name in named} | set(column.dictionary.to_pylist()))
        order = {value: position for position, value in enumerate(values)}
        codes = np.array([order[v] for v in column.dictionary.to_pylist()], dtype=np.int64)
        if table.num_rows:
            positions = positions * len(values) + codes[column.indices.to_numpy()]
        sizes.append(order)
    numbers = {
        reduce(
            lambda total, part: total * len(part[1]) + part[1][part[0]],
            zip(name, sizes, strict=True),
            0,
        ): n
        for n, name in enumerate(named)
    }
    codes_found, first, inverse = np.unique(positions, return_index=True, return_inverse=True)
    if not table.num_rows:
        return positions
    for code, at in zip(codes_found, first, strict=True):
        if int(code) not in numbers:
            name = ", ".join(table[key][int(at)].as_py() for key in keys)
            raise ReleaseError(
                f"The release holds no effect of {name}, though another table of effects names it."
                "\nBuild the release again."
            )
    found: Ints = np.array([numbers[int(code)] for code in codes_found], dtype=np.int64)[inverse]
    return found


def _unknown(
    effects: pa.Table, row: Ints, matrix: str, known: tuple[Ints, Ints], rows: int
) -> Flags:
    """Where there is an effect that has a standard error, and no variance is `known` (row, event).

    Errors so small beside those that take students as independent that the build rounded their
    squares to 0 are none.
    """
    error, student = (_floats(effects, f"std_error_{name}") for name in (matrix, "student"))
    unknown = np.zeros((rows, SIZE), dtype=np.bool_)
    unknown[row, _events(effects, "")] = error**2 > COVARIANCE_PRECISION * student**2
    unknown[known] = False
    return unknown


def _events(table: pa.Table, suffix: str) -> Ints:
    events: Ints = table[f"event_time{suffix}"].to_numpy().astype(np.int64)
    return events - EVENTS[0]


def _floats(table: pa.Table, name: str) -> Floats:
    values: Floats = table[name].to_numpy().astype(np.float64)
    return values


def _told(table: pa.Table, name: str) -> Floats:
    """A column's values; 0 where the table has no such column."""
    return _floats(table, name) if name in table.column_names else np.zeros(table.num_rows)


def _strings(table: pa.Table, name: str) -> npt.NDArray[np.object_]:
    return np.asarray(table[name].to_pylist(), dtype=object)


def _spread(at: tuple[Ints, Ints], values: Floats, rows: int) -> Floats:
    """Values by row and event time (rows x SIZE), 0 where there is none."""
    every = np.zeros((rows, SIZE))
    every[at] = values
    return every


def _measures(effects: pa.Table, row: Ints, rows: int) -> Measures:
    at = row, _events(effects, "")

    def spread(values: Floats) -> Floats:
        return _spread(at, values, rows)

    visited = _floats(effects, "visited")
    everyone = np.zeros(rows)
    everyone[row] = _floats(effects, "visited_all")
    return Measures(
        visited=spread(visited),
        visited_due=spread(_floats(effects, "visited_due")),
        visited_all=everyone,
        squares=spread(visited**2 / _floats(effects, "comparison_effective")),
        **{name: spread(_told(effects, name)) for name in _AVERAGED},
    )
