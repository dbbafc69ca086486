"""Words of districts side by side."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from leapdash.show.language import N_, _
from leapdash.show.words.numbers import count, per_cent, points

TITLE = N_("Districts side by side: need, reach, effect")
TITLE_WITHOUT_EFFECTS = N_("Districts side by side: need and reach")
NOTE = N_(
    "Districts that take part, most chronic absence first. Reached: visited, of those ever "
    "eligible. No order here is a rank: where ranges overlap, two can’t be told apart. Lines: how "
    "far chance alone may have moved a figure, with 95% certainty."
)
EFFECT_NOTE = N_(
    "An open dot fails a check or can’t be told from no effect; where there is none, too few can "
    "be compared."
)


@dataclass(frozen=True)
class Panel:
    """One measure: its title, in English; the columns of its low end, value, high end and of how
    many students it is of.
    """

    title: str
    columns: tuple[str, str, str]
    base: str = ""
    effect: bool = False


PANELS: Mapping[str, Panel] = {
    "need": Panel(
        N_("Chronically<br>absent"),
        ("chronic_low", "chronic_share", "chronic_high"),
        "chronic_base",
    ),
    "reach": Panel(
        N_("Reached"),
        ("reached_low", "reached", "reached_high"),
        "ever_eligible",
    ),
    "effect": Panel(N_("Effect<br>(points)"), ("low", "effect", "high"), effect=True),
}
"""What districts are set beside each other in."""


def title(table: pd.DataFrame) -> str:
    """What the chart is of: effects only where the release has them."""
    has_effects = "effect" in table
    return _(TITLE if has_effects else TITLE_WITHOUT_EFFECTS)


def notes(table: pd.DataFrame) -> tuple[str, ...]:
    """How the chart is read."""
    return (_(NOTE), *([_(EFFECT_NOTE)] if "effect" in table else []))


def hover(panel: Panel, row: Mapping[Hashable, Any]) -> str:
    """A district's figure with its interval."""
    low, value, high = (row[name] for name in panel.columns)
    if panel.effect:
        told = _(
            "{effect} points, between {low} and {high}",
            effect=points(value, signed=True),
            low=points(low, signed=True),
            high=points(high, signed=True),
        )
    else:
        told = _(
            "{share} of {n} students, between {low} and {high}",
            share=per_cent(value),
            n=count(row[panel.base]),
            low=per_cent(low),
            high=per_cent(high),
        )
    return f"<b>{row['series']}</b><br>{told}"


def alt(table: pd.DataFrame) -> str:
    """What the chart shows, for who can't see it."""
    first, last = table.iloc[0], table.iloc[-1]
    return _(
        "{title}. {n} districts; chronically absent from {most} ({first}) to {least} ({last}).",
        title=title(table),
        n=count(len(table)),
        most=per_cent(first["chronic_share"]),
        first=first["series"],
        least=per_cent(last["chronic_share"]),
        last=last["series"],
    )
