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

from leapdash.build.disclosure.audit import Finding
from leapdash.build.disclosure.cells import Cell
from leapdash.build.disclosure.lattice import Counts, Lattice
from leapdash.build.disclosure.protect import withheld
from leapdash.build.disclosure.rules import Rules
from leapdash.build.disclosure.tables import Made
from leapdash.contract import ALL, ALL_LEVELS, HEADLINES, LEVELS, PUBLIC_TABLES, STATE_CODE
from leapdash.release import Release, arrow_schema

MOST_OF_ONE = 0.8
"""No district has more than this share of the visited behind a figure of several."""

_FAMILY = "effects"
_LEVELS = (ALL_LEVELS, *LEVELS)
_KEYS = ["district_code", "level"]
_TABLES = ("effects", "effects_headlines")
_FRACTIONS = (
    *("effect", "low", "high", "band_low", "band_high"),
    *("visited_rate", "naive_change"),
)
_COUNTS = ("visited", "comparison_effective", "compared", "visited_all")
_TOLD = (*_FRACTIONS, *_COUNTS, "std_error", "checks_failed")


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


def public_effects(effects: Effects, leap: frozenset[str], rules: Rules) -> Made:
    """Tables `effects` and `effects_headlines` of a public release. `leap`: the districts that take
    part, which have a row whether or not anybody was visited. No tables where nobody was.
    """
    paths, headlines = effects.paths, effects.headlines
    if not len(paths):
        return Made({}, pd.DataFrame())
    places = [Place(code, level) for code in (STATE_CODE, *sorted(leap)) for level in _LEVELS]
    visited = _visited(paths)
    few = _few(places, paths, headlines, visited, rules)
    hidden = _hidden(places, visited, few, rules)
    frames = {"effects": _every(paths, places, "event_time", sorted(set(paths["event_time"])))}
    frames["effects_headlines"] = _every(headlines, places, "headline", list(HEADLINES))
    withheld = pd.DataFrame(
        {
            **_cell(place)._asdict(),
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
    keyed = frame.set_index([*_KEYS, by])
    return keyed.reindex(index.set_names([*_KEYS, by])).reset_index()


def _in_shape(name: str, frame: pd.DataFrame, hidden: set[Place]) -> pa.Table:
    away = np.array([place in hidden for place in _places(frame)], bool)
    told = [column for column in _TOLD if column in frame]
    frame = _rounded(frame.astype({n: "float64" for n in told if n != "checks_failed"}))
    frame.loc[away, told] = None
    frame["status"] = np.where(away, "c", "shown")
    table = {table.name: table for table in PUBLIC_TABLES}[name]
    schema = arrow_schema(table)
    return pa.Table.from_pandas(frame[schema.names], schema, preserve_index=False)


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Effects to a tenth of a point, standard errors to two digits, counts to ten."""
    frame = frame.copy()
    for name in _FRACTIONS:
        if name in frame:
            frame[name] = frame[name].round(3) + 0.0
    for name in _COUNTS:
        if name in frame:
            frame[name] = (frame[name] / 10).round() * 10
    if "std_error" in frame:
        frame["std_error"] = [float(f"{e:.2g}") for e in frame["std_error"]]
    return frame


def _hidden(
    places: Sequence[Place], visited: Mapping[Place, int], few: set[Place], rules: Rules
) -> set[Place]:
    """The places whose effects are withheld."""
    lattice = _lattice(places, visited, few)
    also: set[int] = set()
    while True:
        hidden = withheld(lattice, also)
        shown = [number for number in range(len(places)) if number not in hidden]
        more = set(_leaving_few(lattice, shown, rules))
        if not more:
            return {places[number] for number in hidden}
        also |= more


def _visited(paths: pd.DataFrame) -> dict[Place, int]:
    """The fewest visited in any month, by place."""
    least: pd.DataFrame = paths.groupby(_KEYS)["visited"].min().reset_index()
    return dict(zip(_places(least), least["visited"].astype(int), strict=True))


def _few(
    places: Sequence[Place],
    paths: pd.DataFrame,
    headlines: pd.DataFrame,
    visited: Mapping[Place, int],
    rules: Rules,
) -> set[Place]:
    """The places withheld for their own sake: too few visited or compared in one of the months, one
    district most of a state's figure, or nothing that varies.
    """
    months = paths["event_time"].nunique()
    shown: pd.DataFrame = paths[paths["shown"]]
    varies = Counter(_places(headlines[headlines["std_error"].gt(0)]))
    enough = {p for p, n in Counter(_places(shown)).items() if n == months}
    enough &= {place for place, number in varies.items() if number == len(HEADLINES)}
    few = {p for p in places if p not in enough or visited[p] < rules.least_students}
    for level in _LEVELS:
        own = [n for p, n in visited.items() if p.level == level and p.district_code != STATE_CODE]
        if own and max(own) > MOST_OF_ONE * sum(own):
            few.add(Place(STATE_CODE, level))
    return few


def _lattice(places: Sequence[Place], visited: Mapping[Place, int], few: set[Place]) -> Lattice:
    """The cells as sums over districts' levels. A district that isn't offered is left out, as if it
    had no visited: that can only tell a reader more.
    """
    offered = {place.district_code for place in places}
    single = [p for p in visited if p.level in LEVELS and p.district_code in offered]
    rows = {p: n for n, p in enumerate(p for p in single if p.district_code != STATE_CODE)}
    counts = np.array([visited.get(place, 0) for place in places], np.int64)
    return Lattice(
        cells=[Cell(place.district_code, place.level, _FAMILY, ALL) for place in places],
        sums=[{n: 1 for row, n in rows.items() if _covers(place, row)} for place in places],
        counts=Counts(counts, counts, counts),
        small=np.array([place in few for place in places], bool),
        owners=[row.district_code for row in rows],
    )


def _covers(place: Place, row: Place) -> bool:
    return place.district_code in (STATE_CODE, row.district_code) and (
        place.level in (ALL_LEVELS, row.level)
    )


def _leaving_few(lattice: Lattice, shown: Sequence[int], rules: Rules) -> Iterator[int]:
    """What else to withhold where a shown cell less shown ones in it leaves few visited, or leaves
    few to a district that takes its own away: of those in it the one of fewest, else itself.
    """
    size = {
        next(iter(own)): int(lattice.counts.students[n])
        for n, own in enumerate(lattice.sums)
        if len(own) == 1
    }
    for number in shown:
        inside = [n for n in shown if n != number and _within(lattice, n, number)]
        for parts in _apart(lattice, inside):
            rest = set(lattice.sums[number]).difference(*(lattice.sums[n] for n in parts))
            owners = {lattice.owners[row] for row in rest}
            lefts = [rest, *({r for r in rest if lattice.owners[r] != own} for own in owners)]
            if any(left and _sum(size, left) < rules.least_students for left in lefts):
                yield min(parts, key=lambda n: lattice.counts.students[n], default=number)
                break


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


def _sum(size: Mapping[int, int], rows: set[int]) -> int:
    return sum(size.get(row, 0) for row in rows)


# --- the attack ----------------------------------------------------------------------------------


def audited_effects(release: Release, rules: Rules) -> tuple[int, list[Finding]]:
    """How many withheld effects of a public release were attacked, and which fell: from its files
    alone.
    """
    if not release.has("effects"):
        return 0, []
    frames = {name: release.table(name).to_pandas() for name in _TABLES}
    findings = [
        Finding(name, release.manifest.through, _cell(place), found)
        for name, frame in frames.items()
        for place, found in _faults(name, frame, rules)
    ]
    status = {name: _statuses(frame) for name, frame in frames.items()}
    for place in status["effects"]:
        if len(status["effects"][place] | status["effects_headlines"].get(place, set())) > 1:
            said = "shown in one table or month and withheld in another"
            findings.append(Finding("effects", release.manifest.through, _cell(place), said))
    shown = frames["effects"][frames["effects"]["status"] == "shown"]
    visited = _visited(shown.astype({"visited": "int64"}))
    places = list(status["effects"])
    hidden = {place for place in places if "c" in status["effects"][place]}
    # Whoever looks from outside can't tell a cell of nobody from one that is withheld.
    rows = [place for place in places if place.level in LEVELS]
    lattice = _lattice(places, {**dict.fromkeys(rows, 0), **visited}, hidden)
    for number in sorted(withheld(lattice) - {n for n, p in enumerate(places) if p in hidden}):
        said = "shown, and tells a withheld effect with others that are"
        findings.append(Finding("effects", release.manifest.through, _cell(places[number]), said))
    return sum("c" in own for own in status["effects"].values()), findings


def _statuses(frame: pd.DataFrame) -> dict[Place, set[str]]:
    found: dict[Place, set[str]] = {}
    for place, status in zip(_places(frame), frame["status"], strict=True):
        found.setdefault(place, set()).add(status)
    return found


def _faults(name: str, frame: pd.DataFrame, rules: Rules) -> Iterator[tuple[Place, str]]:
    """What single rows of a table tell that they mustn't."""
    told = [column for column in _TOLD if column in frame]
    shown = frame["status"] == "shown"
    for wrong, found in (
        (~shown & frame[told].notna().any(axis=1), "figures left under their mark"),
        (shown & (frame["visited"] < rules.least_students), "shown, of too few visited"),
        (
            shown & (frame["comparison_effective"] < rules.least_students),
            "shown, beside too few others",
        ),
        (
            shown & (frame["std_error"] == 0) if name == "effects_headlines" else ~shown & False,
            "shown, though nothing varies",
        ),
        (shown & _finer(frame), "told more precisely than it may be"),
    ):
        yield from ((place, found) for place in _places(frame.loc[wrong]))


def _places(frame: pd.DataFrame) -> list[Place]:
    return [Place(*place) for place in zip(*(frame[name] for name in _KEYS), strict=True)]


def _finer(frame: pd.DataFrame) -> pd.Series:
    """Rows with an effect below a tenth of a point or a count below ten."""
    fractions = frame[[name for name in _FRACTIONS if name in frame]].astype("float64")
    counts = frame[[name for name in _COUNTS if name in frame]].astype("float64")
    fine = (fractions - fractions.round(3)).abs().max(axis=1) > 1e-9
    return fine | (counts % 10).max(axis=1).gt(0)


def _cell(place: Place) -> Cell:
    return Cell(place.district_code, place.level, _FAMILY, ALL)
