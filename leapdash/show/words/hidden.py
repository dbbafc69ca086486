"""What a public release says of figures it hides, or never holds: the same words everywhere."""

from collections.abc import Mapping, Sequence

import pandas as pd

from leapdash.show.choice import Choice, Grain
from leapdash.show.language import N_, _
from leapdash.show.views.cells import HIDDEN, WITHHELD

INSTEAD = N_("Larger groups may be shown: all levels together, or all districts.")
ALL_YEARS = N_("The effect is told for all school years of visits together.")
NOT_OFFERED: Mapping[str, str] = {
    "chronic by participation": N_(
        "Chronic absence isn’t told by participation here: too few of the visited or waiting are "
        "not chronically absent to hide them."
    ),
    "participation of groups": N_(
        "Participation is told for all students together here, not for student groups: most such "
        "groups are too small."
    ),
    "participation elsewhere": N_(
        "Participation is told here for the districts that make home visits only: elsewhere the "
        "visited are a handful who moved."
    ),
    "not yet": N_(
        "These figures begin when a district takes part in home visits, in the midst of a school "
        "year. Choose months, or later school years."
    ),
    "gender in districts": N_(
        "Gender is told for the whole state here, not for single districts: those neither female "
        "nor male are too few to hide."
    ),
}
"""Why a public release holds no such figure at all."""
READ_THE_ROWS = N_(
    "Squares: the effect; lines: where it lies with 95% certainty. With each name: visited "
    "students followed that long, of all visited, to the nearest ten. Hatched: hidden to protect "
    "students, here or nearby."
)
TO_TENS = N_("Numbers of visited students are to the nearest ten.")
ALL_ALIKE = N_(
    "Some of these figures are of few students; others stand beside them, and would tell them by "
    "subtraction. Which is which isn’t told."
)
NOT_HERE = N_(
    "This page isn’t part of the public release: its figures are of small groups. Choose another "
    "page above."
)


def why_hidden(choice: Choice) -> str:
    """Why a figure is hidden, and what may be shown instead, where there is anything larger."""
    if choice.codes is None and not choice.filters.levels:
        return _(HIDDEN)
    return f"{_(HIDDEN)} {_(INSTEAD)}"


def hidden_note(table: pd.DataFrame, grain: Grain) -> str:
    """Which series of a public table lack figures and in how many months or school years; empty
    where none does.
    """
    if "status" not in table or not (table["status"] == WITHHELD).any():
        return ""
    counts = table.groupby("series", sort=False)["status"].agg(["size", _withheld])
    form = (
        N_("{series} ({n} of {all} months)")
        if grain == "month"
        else N_("{series} ({n} of {all} school years)")
    )
    lines = [
        _(form, series=series, n=int(row["_withheld"]), all=int(row["size"]))
        for series, row in counts.iterrows()
        if row["_withheld"]
    ]
    return _with_names("; ".join(lines))


def hidden_rows(names: Sequence[str]) -> str:
    """Which rows of a figure lack a value; empty where none does."""
    if not names:
        return ""
    return _with_names("; ".join(dict.fromkeys(names)))


def _with_names(names: str) -> str:
    named = _("Hidden: {lines}.", lines=names)
    return f"{_(HIDDEN)} {named}"


def _withheld(status: pd.Series) -> int:
    return int((status == WITHHELD).sum())
