"""Cards: one bare number each, its unit below."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Card:
    """`label` says what `value` is; `unit` stands below it, `help` explains on hover."""

    label: str
    value: str
    unit: str
    help: str | None = None


def show_cards(cards: Sequence[Card]) -> None:
    """The cards in one row; two to a row on a telephone."""
    with st.container(horizontal=True, gap="small", key="cards"):
        for card in cards:
            st.metric(
                card.label,
                card.value,
                card.unit,
                delta_color="off",
                delta_arrow="off",
                help=card.help,
                border=True,
                height="stretch",
            )
