"""Words of effects row by row: what a forest plot shows, and what may be read from its rows."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from leapdash.contract.thresholds import CONFIDENCE, MINIMUM_VISITED, percent
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.views.effect_rows import SliceRows
from leapdash.show.words.effects import after_the_visit, between, failed_words
from leapdash.show.words.numbers import points

ASSOCIATION = (
    "These differences go with the kind of visit; they need not come from it. Families visited at "
    "home and elsewhere, by one visitor or another, in one language or another, differ in other "
    "ways too."
)
VISITS_IN_ALL = (
    "The number of visits can’t be read as an effect at all: whether a second visit follows is "
    "decided after the first, also by how the student attended since."
)
GROUPS_NOTE = (
    "Each group’s visited students are compared with unvisited students of the same group. Groups "
    "overlap, and they differ in more than their name: read differences as association."
)
READ_THE_ROWS = (
    f"Squares: the effect; lines: where it lies with {percent(CONFIDENCE)} certainty. With each "
    "name: visited students followed that long, of all visited. Hatched: fewer than "
    f"{MINIMUM_VISITED} visited or compared."
)
REACHED_AND_WAITING = (
    "Then: how many of those ever eligible were visited, and how many eligible students still wait."
)
NO_ROWS = "None of these visited students could be compared with others."
SUMMERS = "Summers are the visits between two school years; they count from the next September."


def effect_axis(event_times: Sequence[int]) -> str:
    """The title of an axis of effects: what is measured, in what, and when."""
    when = after_the_visit(event_times).removesuffix(" after the first visit")
    return f"Effect in points of attendance,<br>{when[:1].lower()}{when[1:]} after"


def alt_forest(title: str, table: pd.DataFrame) -> str:
    """What a forest plot shows: its rows, the smallest and the largest effect, what is withheld."""
    pairs = zip(table["effect"].tolist(), table["series"].tolist(), strict=True)
    told = sorted((effect, name) for effect, name in pairs if not math.isnan(effect))
    text = f"Forest plot: {title}. {len(table)} rows."
    if told:
        (low, least), (high, most) = told[0], told[-1]
        text += (
            f" Effects from {points(low, signed=True)} points ({least}) to "
            f"{points(high, signed=True)} points ({most})."
        )
    if hidden := len(table) - len(told):
        text += f" {hidden} withheld: too few to tell."
    return text


def mind_rows(table: pd.DataFrame) -> str:
    """Which rows rest on a comparison that fails a check, and which check."""
    rows: dict[str, list[str]] = {}
    for series, codes in zip(table["series"], table["checks_failed"], strict=True):
        if codes:
            rows.setdefault(failed_words(codes.split(", ")), []).append(series)
    told = [f"{', '.join(names)} ({why.removeprefix('mind: ')})" for why, names in rows.items()]
    return f"Hollow, with a comparison to be minded: {'; '.join(told)}." if told else ""


def left_out_note(rows: pd.DataFrame) -> str | None:
    """Which of the rows have no student to show an effect of, and why; None where all have."""
    nobody = rows[(rows["visited"] == 0) & (rows["visited_all"] > 0)]
    told = [
        f"{name}: {reason}" for name, reason in zip(nobody["series"], nobody["reason"], strict=True)
    ]
    return " ".join(told) or None


def differences_answer(found: SliceRows) -> str:
    """How much kinds differ, a line for each difference; says so where none can be told."""
    sentences = []
    row: Any
    for row in found.differences.itertuples():
        low, high, size = float(row.low), float(row.high), float(row.difference)
        interval = Interval(size, 0.0, low, high)
        pair = f"{row.series} beside {_lower(str(row.reference))}"
        if low <= 0 <= high:
            sentences.append(f"{pair}: no difference can be told ({between(interval)} points).")
        else:
            ends = sorted((abs(low), abs(high)))
            sentences.append(
                f"{pair}: {points(size)} points {'larger' if size > 0 else 'smaller'} (between "
                f"{points(ends[0])} and {points(ends[1])})."
            )
    return "\n".join(sentences) or "Too few visited students to set one beside another."


def no_slices(choice: Choice) -> str:
    """Why kinds of visits and student groups can't be told apart for a choice."""
    if choice.filters.years:
        return (
            "Kinds of visits and student groups are worked out over all times of first visit. "
            "Clear the school years to see them."
        )
    return (
        "Kinds of visits and student groups are worked out for one district or all, and for one "
        "level or all. Choose one of each, or all, to see them."
    )


def schools_note(choice: Choice) -> str:
    """What a school's students are compared with, or why schools aren't shown."""
    if choice.filters.years:
        return "Schools are shown for first visits of all school years only: clear the years."
    return (
        "A school’s visited students are compared with the district’s unvisited students of the "
        "level; schools without visits aren’t listed."
    )


def _lower(name: str) -> str:
    return name if name in ("English", "Spanish") else f"{name[:1].lower()}{name[1:]}"
