"""The effects of a public release: fixed cells, withheld where few stand behind them or would be
told by the others.

An effect on several groups is the mean of theirs, weighted by their visited students: so visited
students times effect add up as counts do, and what the other cells don't tell of a count they don't
tell of an effect. A cell shows all its months or none: each month counts nearly the same students.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from leapdash.build.disclosure.cells import Cell
from leapdash.build.disclosure.elimination import withheld
from leapdash.build.disclosure.lattice import Lattice
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.tables import Made
from leapdash.contract import (
    ALL,
    ALL_LEVELS,
    EVENT_TIMES,
    HEADLINES,
    LEAP,
    LEVELS,
    OTHER,
    PUBLIC_TABLES,
    STATE_CODE,
    school_year_of,
)
from leapdash.release import Release, arrow_schema

MOST_OF_ONE = 0.8
"""No district has more than this share of the visited behind a figure of several."""

_FAMILY = "effects"
_LEVELS = (ALL_LEVELS, *LEVELS)
KEYS = ["district_code", "level"]
FRACTIONS = (
    *("effect", "low", "high", "band_low", "band_high"),
    *("visited_rate", "naive_change"),
)
COUNTS = ("visited", "comparison_effective", "compared", "visited_all")
TOLD = (*FRACTIONS, *COUNTS, "std_error", "checks_failed")


class Place(NamedTuple):
    """Whose effect: a district's or the state's, of a level or of all."""

    district_code: str
    level: str


@dataclass(frozen=True)
class Effects:
    """The effects of fixed cells.

    `paths`: a row for a place and month since the first visit, with the columns of table `effects`
    (see PUBLIC_TABLES) but its status, and shown (whether enough stand behind the month).
    `headlines`: one for a place and headline, with those of `effects_headlines`.
    """

    paths: pd.DataFrame
    headlines: pd.DataFrame


EffectsOf = Callable[[Release], Effects]
"""What works out the effects of a restricted release for the state and every district, by level and
together."""


def public_effects(
    effects: Effects, leap: frozenset[str], rules: Rules, by_group: pd.DataFrame
) -> Made:
    """Tables `effects` and `effects_headlines` of a public release. `leap`: the districts that take
    part, which have a row whether or not anybody was visited. `by_group`: the public table
    `attendance_by_group`. No tables where nobody was visited.
    """
    paths, headlines = effects.paths, effects.headlines
    if not len(paths):
        return Made({}, pd.DataFrame())
    places = [Place(code, level) for code in (STATE_CODE, *sorted(leap)) for level in _LEVELS]
    visited = fewest_visited(paths)
    few = _few(places, paths, headlines, rules) | visited_withheld(by_group)
    hidden = _hidden(places, visited, few, rules)
    frames = {"effects": _every(paths, places, "event_time", list(EVENT_TIMES))}
    frames["effects_headlines"] = _every(headlines, places, "headline", list(HEADLINES))
    withheld = pd.DataFrame(
        {
            **cell_of(place)._asdict(),
            "table": _FAMILY,
            "students_inside": visited.get(place, 0),
            "reason": "small" if place in few else "beside",
            "status": "c",
        }
        for place in places
        if place in hidden
    )
    return Made({n: _in_shape(n, frame, hidden) for n, frame in frames.items()}, withheld)


def _every(
    frame: pd.DataFrame, places: Sequence[Place], by: str, values: list[Any]
) -> pd.DataFrame:
    """A row for every place and value, also where nobody was compared."""
    index = pd.MultiIndex.from_tuples([(*p, v) for p in places for v in values])
    keyed = frame.set_index([*KEYS, by])
    return keyed.reindex(index.set_names([*KEYS, by])).reset_index()


def _in_shape(name: str, frame: pd.DataFrame, hidden: set[Place]) -> pa.Table:
    away = np.array([place in hidden for place in places_of(frame)], bool)
    told = [column for column in TOLD if column in frame]
    frame = _rounded(frame.astype({n: "float64" for n in told if n != "checks_failed"}))
    frame.loc[away, told] = None
    frame["status"] = np.where(away, "c", "shown")
    table = {table.name: table for table in PUBLIC_TABLES}[name]
    schema = arrow_schema(table)
    return pa.Table.from_pandas(frame[schema.names], schema, preserve_index=False)


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Effects to a tenth of a point, standard errors to two digits, counts to ten."""
    frame = frame.copy()
    for name in FRACTIONS:
        if name in frame:
            frame[name] = frame[name].round(3) + 0.0
    for name in COUNTS:
        if name in frame:
            frame[name] = (frame[name] / 10).round() * 10
    if "std_error" in frame:
        frame["std_error"] = [float(f"{e:.2g}") for e in frame["std_error"]]
    return frame


def _hidden(
    places: Sequence[Place], visited: Mapping[Place, int], few: set[Place], rules: Rules
) -> set[Place]:
    """The places whose effects are withheld."""
    lattice, kept = linked(places, visited), {n for n, p in enumerate(places) if p in few}
    while True:
        hidden = withheld(lattice, lattice.sums, kept)
        shown = [number for number in range(len(places)) if number not in hidden]
        more = set(_leaving_few(lattice, shown, rules))
        if not more:
            return {places[number] for number in hidden}
        kept |= more


def fewest_visited(paths: pd.DataFrame) -> dict[Place, int]:
    """The fewest visited in any month, by place."""
    least: pd.DataFrame = paths.groupby(KEYS)["visited"].min().reset_index()
    return dict(zip(places_of(least), least["visited"].astype(int), strict=True))


def _few(
    places: Sequence[Place],
    paths: pd.DataFrame,
    headlines: pd.DataFrame,
    rules: Rules,
) -> set[Place]:
    """The places withheld for their own sake: too few visited or compared in one of the months, one
    district most of a state's figure, or nothing that varies.
    """
    months, least = len(EVENT_TIMES), rules.least_students
    enough_compared = paths["comparison_effective"] >= least
    shown: pd.DataFrame = paths[paths["shown"] & enough_compared & (paths["visited"] >= least)]
    varies = Counter(places_of(headlines[headlines["std_error"].gt(0)]))
    enough = {p for p, n in Counter(places_of(shown)).items() if n == months}
    enough &= {place for place, number in varies.items() if number == len(HEADLINES)}
    few = {place for place in places if place not in enough}
    return few | mostly_one_district(fewest_visited(paths))


def mostly_one_district(visited: Mapping[Place, int]) -> set[Place]:
    """The state's places of which one district is most."""
    found = set()
    for level in _LEVELS:
        own = [n for p, n in visited.items() if p.level == level and p.district_code != STATE_CODE]
        if own and max(own) > MOST_OF_ONE * sum(own):
            found.add(Place(STATE_CODE, level))
    return found


def visited_withheld(by_group: pd.DataFrame) -> set[Place]:
    """Of which districts and levels the public table `attendance_by_group` withholds how many of
    the students are visited, in the last school year: their effect would tell it.
    """
    rows = by_group[(by_group["participation"] == "visited") & (by_group["status"] != "shown")]
    last = school_year_of(max(by_group["month"]))
    rows = rows[rows["month"].map(school_year_of) == last]
    return {place for place in places_of(rows) if place.district_code not in (LEAP, OTHER)}


@dataclass(frozen=True)
class _Visited(Lattice):
    """Places as sums over districts' levels. `students`: the fewest visited in a month, by cell."""

    students: Sequence[int] = ()


def linked(places: Sequence[Place], visited: Mapping[Place, int]) -> _Visited:
    """The cells as sums over districts' levels. A district that isn't offered is left out, as if it
    had no visited: that can only tell a reader more.
    """
    offered = {place.district_code for place in places}
    single = [p for p in visited if p.level in LEVELS and p.district_code in offered]
    rows = {p: n for n, p in enumerate(p for p in single if p.district_code != STATE_CODE)}
    return _Visited(
        cells=[Cell(place.district_code, place.level, _FAMILY, ALL) for place in places],
        sums=[{n: 1 for row, n in rows.items() if _covers(place, row)} for place in places],
        owners=[row.district_code for row in rows],
        occasions=(),
        students=[visited.get(place, 0) for place in places],
    )


def _covers(place: Place, row: Place) -> bool:
    return place.district_code in (STATE_CODE, row.district_code) and (
        place.level in (ALL_LEVELS, row.level)
    )


def _leaving_few(lattice: _Visited, shown: Sequence[int], rules: Rules) -> Iterator[int]:
    """What else to withhold where a shown cell less shown ones in it leaves few visited, as they
    are or as they are told, or few to a district that takes its own away: of those in it the one of
    fewest, else itself. Not every way to take cells away is tried (see `_apart`).
    """
    students = lattice.students
    size = {next(iter(own)): students[n] for n, own in enumerate(lattice.sums) if len(own) == 1}
    for number, parts, rest in remainders(lattice, shown):
        owners = {lattice.owners[row] for row in rest}
        lefts = [rest, *({r for r in rest if lattice.owners[r] != own} for own in owners)]
        fewest = min(sum(size.get(row, 0) for row in left) for left in lefts if left)
        if min(fewest, left_as_told(lattice, number, parts)) < rules.least_students:
            yield min(parts, key=lambda n: students[n], default=number)


def remainders(lattice: Lattice, shown: Sequence[int]) -> Iterator[tuple[int, list[int], set[int]]]:
    """Shown cells, each with shown ones in it that share nobody, and the rows these leave."""
    for number in shown:
        inside = [n for n in shown if n != number and _within(lattice, n, number)]
        for parts in _apart(lattice, inside):
            rest = set(lattice.sums[number]).difference(*(lattice.sums[n] for n in parts))
            if rest:
                yield number, parts, rest


def left_as_told(lattice: _Visited, number: int, parts: Sequence[int]) -> int:
    """What the numbers of visited, as they are told, leave of a cell less some in it."""
    told = [_to_ten(lattice.students[n]) for n in (number, *parts)]
    return told[0] - sum(told[1:])


def _to_ten(number: int) -> int:
    return round(number / 10) * 10


def _within(lattice: Lattice, inner: int, outer: int) -> bool:
    return lattice.sums[inner].keys() < lattice.sums[outer].keys()


def _apart(lattice: Lattice, inside: Sequence[int]) -> Iterator[list[int]]:
    """Ways to take shown cells away that share nobody: whole districts and of the others their
    levels, levels of the state, districts' levels alone.
    """
    sums = lattice.sums
    for order in (-1, 1):
        taken: list[int] = []
        seen: set[int] = set()
        for number in sorted(inside, key=lambda n: order * len(sums[n])):
            if sums[number] and seen.isdisjoint(sums[number]):
                taken.append(number)
                seen |= sums[number].keys()
        yield taken
    of_one = [n for n in inside if lattice.of_one_owner(n)]
    if len(of_one) < len(inside):
        yield from _apart(lattice, of_one)


def places_of(frame: pd.DataFrame) -> list[Place]:
    """The place of every row."""
    return [Place(*place) for place in zip(*(frame[name] for name in KEYS), strict=True)]


def cell_of(place: Place) -> Cell:
    """A place as a cell, as findings and reports name it."""
    return Cell(place.district_code, place.level, _FAMILY, ALL)
