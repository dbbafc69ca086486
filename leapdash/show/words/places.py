"""Words of the map of districts."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from leapdash.show.language import N_, _
from leapdash.show.words.numbers import NO_FIGURE, count, per_cent, points

TITLES: Mapping[str, str] = {
    "effect": N_("What visits changed, on a map"),
    "reached": N_("Who was reached, on a map"),
}
SIZES: Mapping[str, str] = {
    "visited_all": N_("Size: students visited"),
    "waiting": N_("Size: students waiting"),
}
_KEYS: Mapping[str, str] = {
    "reached": N_("Number and shade: % visited of ever eligible"),
    "six_to_nine": N_("Number and shade: effect (points), months 6 to 9"),
    "month_after": N_("Number and shade: effect (points), month 1"),
}
_PLACED = N_(
    "Circles stand where the districts’ schools are, north on top, moved apart where they would "
    "overlap. No circle is smaller than its number."
)
_OPEN = N_(
    "An open circle can’t be told from no effect; the range is in the table. A dash: too few "
    "students to tell."
)


def key_of(shade: str, headline: str) -> str:
    """What the numbers and shades are."""
    return _(_KEYS[shade if shade == "reached" else headline])


def note(shade: str) -> str:
    """How the map is to be read."""
    return f"{_(_PLACED)} {_(_OPEN)}" if shade == "effect" else _(_PLACED)


def value(row: Mapping[Any, Any], shade: str) -> str:
    """The number in a circle: +11.7; 9.8%."""
    number = float(row[shade])
    if math.isnan(number):
        return NO_FIGURE
    return per_cent(number) if shade == "reached" else points(number, signed=True)


def hover(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """All that the map knows of a district, line by line."""
    lines = [
        _("{share} of those ever eligible visited", share=per_cent(float(row["reached"]))),
        _("Waiting: {n}", n=count(float(row["waiting"]))),
        _("Visited: {n}", n=count(float(row["visited_all"]))),
    ]
    if "effect" in row:
        lines.append(_effect(row))
    return tuple(lines)


def _effect(row: Mapping[Any, Any]) -> str:
    effect, low, high = (float(row[name]) for name in ("effect", "low", "high"))
    if math.isnan(effect):
        return _("Effect: too few to tell")
    return _(
        "Effect: {effect} points (between {low} and {high})",
        effect=points(effect, signed=True),
        low=points(low, signed=True),
        high=points(high, signed=True),
    )


def alt(table: pd.DataFrame, shade: str) -> str:
    """What the map shows, for who can't see it."""
    title, rows = _(TITLES[shade]), table[table[shade].notna()].sort_values(shade)
    if not len(rows):
        return _("Map: {title}. {n} districts, none with a figure.", title=title, n=len(table))
    low, high = rows.iloc[0].to_dict(), rows.iloc[-1].to_dict()
    return _(
        "Map: {title}. {n} districts, from {lowest} ({low}) to {highest} ({high}).",
        title=title,
        n=len(table),
        lowest=low["series"],
        low=value(low, shade),
        highest=high["series"],
        high=value(high, shade),
    )
