"""Words of effects row by row: what a forest plot shows, and what may be read from its rows."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from leapdash.contract import HEADLINES
from leapdash.contract.thresholds import CONFIDENCE, MINIMUM_VISITED, percent
from leapdash.inference import Interval
from leapdash.show.choice import Choice
from leapdash.show.effects.studies import HeadlineName
from leapdash.show.language import N_, _, _n
from leapdash.show.views.effect_rows import SliceRows
from leapdash.show.words.effects import between, what_failed
from leapdash.show.words.numbers import in_words, points

ASSOCIATION = N_(
    "These differences go with the kind of visit; they need not come from it. Families visited at "
    "home and elsewhere, by one visitor or another, in one language or another, differ in other "
    "ways too."
)
VISITS_IN_ALL = N_(
    "The number of visits can’t be read as an effect at all: whether a second visit follows is "
    "decided after the first, also by how the student attended since."
)
GROUPS_NOTE = N_(
    "Each group’s visited students are compared with unvisited students of the same group. Groups "
    "overlap, and they differ in more than their name: read differences as association."
)
REACHED_AND_WAITING = N_(
    "Then: how many of those ever eligible were visited, and how many eligible students still wait."
)
NO_ROWS = N_("None of these visited students could be compared with others.")
SUMMERS = N_("Summers are the visits between two school years; they count from the next September.")

_AXES: Mapping[HeadlineName, str] = {
    "month_after": N_("Effect in points of attendance,<br>in the school month after"),
    "six_to_nine": N_("Effect in points of attendance,<br>{first} to {last} school months after"),
}
_WITHIN: Mapping[str, str] = {
    "At home": N_("at home"),
    "Elsewhere, in person": N_("elsewhere, in person"),
    "School staff": N_("school staff"),
    "Students without high needs": N_("students without high needs"),
    "Students who aren't English learners": N_("students who aren't English learners"),
    "Students without disabilities": N_("students without disabilities"),
    "Not eligible for free or reduced price meals": N_(
        "not eligible for free or reduced price meals"
    ),
    "Students not experiencing homelessness": N_("students not experiencing homelessness"),
    "Male": N_("male"),
}
"""How what others are set beside is called within a sentence; languages keep their names."""


def read_the_rows() -> str:
    """How a forest plot is read."""
    return _(
        "Squares: the effect; lines: where it lies with {confidence} certainty. With each name: "
        "visited students followed that long, of all visited. Hatched: fewer than {minimum} "
        "visited or compared.",
        confidence=percent(CONFIDENCE),
        minimum=MINIMUM_VISITED,
    )


def effect_axis(headline: HeadlineName) -> str:
    """The title of an axis of effects: what is measured, in what, and when."""
    months = HEADLINES[headline]
    return _(_AXES[headline], first=in_words(months[0]), last=in_words(months[-1]))


def alt_forest(title: str, table: pd.DataFrame) -> str:
    """What a forest plot shows: its rows, the smallest and the largest effect, what is withheld."""
    pairs = zip(table["effect"].tolist(), table["series"].tolist(), strict=True)
    told = sorted((effect, name) for effect, name in pairs if not math.isnan(effect))
    sentences = [
        _("Forest plot: {title}.", title=title),
        _n("{n} row.", "{n} rows.", len(table), n=len(table)),
    ]
    if told:
        (low, least), (high, most) = told[0], told[-1]
        sentences.append(
            _(
                "Effects from {low} points ({least}) to {high} points ({most}).",
                low=points(low, signed=True),
                least=least,
                high=points(high, signed=True),
                most=most,
            )
        )
    away = int(table["visited_all"].isna().sum())
    if away:
        sentences.append(
            _n(
                "{n} hidden to protect students.",
                "{n} hidden to protect students.",
                away,
                n=away,
            )
        )
    if hidden := len(table) - len(told) - away:
        sentences.append(
            _n(
                "{n} withheld: too few to tell.",
                "{n} withheld: too few to tell.",
                hidden,
                n=hidden,
            )
        )
    return " ".join(sentences)


def mind_rows(table: pd.DataFrame) -> str:
    """Which rows rest on a comparison that fails a check, and which check."""
    rows: dict[str, list[str]] = {}
    for series, codes in zip(table["series"], table["checks_failed"], strict=True):
        if codes:
            rows.setdefault(what_failed(codes.split(", ")), []).append(series)
    if not rows:
        return ""
    told = "; ".join(f"{', '.join(names)} ({why})" for why, names in rows.items())
    return _("Hollow, with a comparison to be minded: {rows}.", rows=told)


def left_out_note(rows: pd.DataFrame) -> str | None:
    """Which of the rows have no student to show an effect of, and why; None where all have."""
    nobody = rows[(rows["visited"] == 0) & (rows["visited_all"] > 0)]
    told = [
        f"{name}: {reason}" for name, reason in zip(nobody["series"], nobody["reason"], strict=True)
    ]
    return " ".join(told) or None


def differences_answer(found: SliceRows) -> str:
    """How much kinds differ, a line for each difference; says so where none can be told."""
    sentences = [_difference(row) for row in found.differences.itertuples()]
    return "\n".join(sentences) or _("Too few visited students to set one beside another.")


def _difference(row: Any) -> str:
    """How much larger or smaller the effect on one kind is than on another."""
    low, high, size = float(row.low), float(row.high), float(row.difference)
    names = {"series": row.series, "reference": _within(str(row.reference))}
    if low <= 0 <= high:
        return _(
            "{series} beside {reference}: no difference can be told ({between} points).",
            between=between(Interval(size, 0.0, low, high)),
            **names,
        )
    least, most = sorted((abs(low), abs(high)))
    template = (
        N_("{series} beside {reference}: {points} points larger (between {low} and {high}).")
        if size > 0
        else N_("{series} beside {reference}: {points} points smaller (between {low} and {high}).")
    )
    return _(template, points=points(size), low=points(least), high=points(most), **names)


def no_slices(choice: Choice) -> str:
    """Why kinds of visits and student groups can't be told apart for a choice."""
    if choice.filters.years:
        return _(
            "Kinds of visits and student groups are worked out over all times of first visit. "
            "Clear the school years to see them."
        )
    return _(
        "Kinds of visits and student groups are worked out for one district or all, and for one "
        "level or all. Choose one of each, or all, to see them."
    )


def schools_note(choice: Choice) -> str:
    """What a school's students are compared with, or why schools aren't shown."""
    if choice.filters.years:
        return _("Schools are shown for first visits of all school years only: clear the years.")
    return _(
        "A school’s visited students are compared with the district’s unvisited students of the "
        "level; schools without visits aren’t listed."
    )


def _within(name: str) -> str:
    """What others are set beside, as it is called within a sentence: at home."""
    return {_(label): _(within) for label, within in _WITHIN.items()}.get(name, name)
