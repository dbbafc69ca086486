"""Cards of a public release: a number, or that it is hidden and why."""

import pandas as pd

from leapdash.show.answers.model import Card
from leapdash.show.language import _
from leapdash.show.views.cells import HIDDEN
from leapdash.show.words.numbers import NO_FIGURE, count, per_cent


def hidden_card(label: str, reason: str = "") -> Card:
    """That what stands under the label is hidden."""
    return Card(label, NO_FIGURE, _("hidden"), reason or _(HIDDEN))


def rate_card(label: str, rate: float | None, unit: str) -> Card:
    """A rate, a fraction; that it is hidden, where it is missing."""
    if rate is None or pd.isna(rate):
        return hidden_card(label)
    return Card(label, per_cent(rate), unit)


def number_cards(label: str, number: int | None, hidden: bool, unit: str) -> tuple[Card, ...]:
    """A number, or that it is hidden; no card where it isn't told at all."""
    if hidden:
        return (hidden_card(label),)
    return () if number is None else (Card(label, count(number), unit),)
