"""The attack on a public release's effects: what its finished files tell of those withheld."""

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from leapdash.build.disclosure.audit import Finding
from leapdash.build.disclosure.effects import (
    COUNTS,
    FRACTIONS,
    TOLD,
    Place,
    cell_of,
    fewest_visited,
    left_as_told,
    linked,
    mostly_one_district,
    places_of,
    remainders,
    visited_withheld,
)
from leapdash.build.disclosure.elimination import withheld
from leapdash.build.disclosure.rules import Rules
from leapdash.contract import EVENT_TIMES, HEADLINES, LEVELS
from leapdash.release import Release

_Fault = tuple[Place, str]
_TABLES = ("effects", "effects_headlines")
_MEASURED = ["effect", "low", "high", "visited", "naive_change"]


def audited_effects(release: Release, rules: Rules) -> tuple[int, list[Finding]]:
    """How many withheld effects of a public release were attacked, and which fell: from its files
    alone. What is left of a shown cell is judged by the numbers as they are told: to ten.
    """
    if not release.has("effects"):
        return 0, []
    frames = {name: release.table(name).to_pandas() for name in _TABLES}
    status = [_statuses(frame) for frame in frames.values()]
    hidden = {place for place, own in status[0].items() if "c" in own}
    by_group = release.table("attendance_by_group").to_pandas()
    found = [
        *((name, *fault) for name, frame in frames.items() for fault in _faults(frame, rules)),
        *(("effects", *fault) for fault in _apart_in_status(*status)),
        *(("effects", *fault) for fault in _told_together(frames["effects"], hidden, rules)),
        *(
            ("effects", place, "shown, and tells how many are visited, which is withheld")
            for place in sorted((visited_withheld(by_group) & status[0].keys()) - hidden)
        ),
    ]
    through = release.manifest.through
    return len(hidden), [
        Finding(name, through, cell_of(place), fault) for name, place, fault in found
    ]


def _apart_in_status(
    paths: Mapping[Place, set[str]], headlines: Mapping[Place, set[str]]
) -> Iterator[_Fault]:
    """Places that are shown in one table or month and withheld in another."""
    for place, own in paths.items():
        if len(own | headlines.get(place, set())) > 1:
            yield place, "shown in one table or month and withheld in another"


def _told_together(paths: pd.DataFrame, hidden: set[Place], rules: Rules) -> Iterator[_Fault]:
    """Shown effects that tell a withheld one with others, or leave few visited beside others."""
    places = list(_statuses(paths))
    shown = [number for number, place in enumerate(places) if place not in hidden]
    told = fewest_visited(paths[paths["status"] == "shown"].astype({"visited": "int64"}))
    # Whoever looks from outside can't tell a cell of nobody from one that is withheld.
    nobody = {place: 0 for place in places if place.level in LEVELS}
    lattice = linked(places, {**nobody, **told})
    kept = {number for number, place in enumerate(places) if place in hidden}
    for number in sorted(withheld(lattice, lattice.sums, kept) - kept):
        yield places[number], "shown, and tells a withheld effect with others that are"
    for number, parts, _rest in remainders(lattice, shown):
        if 0 < left_as_told(lattice, number, parts) < rules.least_students:
            yield places[number], "shown, and leaves few visited beside others that are"
    for place in sorted(mostly_one_district(told) - hidden):
        yield place, "shown, and mostly one district's"


def _statuses(frame: pd.DataFrame) -> dict[Place, set[str]]:
    found: dict[Place, set[str]] = {}
    for place, status in zip(places_of(frame), frame["status"], strict=True):
        found.setdefault(place, set()).add(status)
    return found


def _faults(frame: pd.DataFrame, rules: Rules) -> Iterator[_Fault]:
    """What single rows of a table tell that they mustn't, and rows that aren't there."""
    told = [column for column in TOLD if column in frame]
    shown = frame["status"] == "shown"
    # A number is told to ten: the least that may be shown may be told as five fewer.
    least = rules.least_students - 5
    for wrong, found in (
        (~shown & frame[told].notna().any(axis=1), "figures left under their mark"),
        (shown & (frame["visited"] < least), "shown, of too few visited"),
        (shown & (frame["comparison_effective"] < least), "shown, beside too few others"),
        (shown & (frame.get("std_error", 1.0) == 0), "shown, though nothing varies"),
        (shown & _finer(frame), "told more precisely than it may be"),
        (shown & frame[_MEASURED].isna().any(axis=1), "shown without its figure"),
    ):
        yield from ((place, found) for place in places_of(frame.loc[wrong]))
    whole = len(EVENT_TIMES) if "event_time" in frame else len(HEADLINES)
    for place, rows in Counter(places_of(frame)).items():
        if rows != whole:
            yield place, "not all its months are there"


def _finer(frame: pd.DataFrame) -> pd.Series:
    """Rows with an effect below a tenth of a point or a count below ten."""
    fractions = frame[[name for name in FRACTIONS if name in frame]].astype("float64")
    counts = frame[[name for name in COUNTS if name in frame]].astype("float64")
    fine = (fractions - fractions.round(3)).abs().max(axis=1) > 1e-9
    return fine | (counts % 10).max(axis=1).gt(0)
