"""The columns of tables as a reader sees them: their titles, and how their numbers are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pandas as pd

from leapdash.show.language import N_, _
from leapdash.show.measures import MEASURES
from leapdash.show.words.numbers import NO_FIGURE, count, per_cent, points, signed_month

Format = Literal[
    "plain",
    "per cent",
    "points",
    "deviations",
    "decimals",
    "whole",
    "days",
    "more days",
    "month",
]


@dataclass(frozen=True)
class Column:
    """A column's title in English, to be said with `_`, and how its numbers are written.

    `per cent` and `points` are fractions in the table, shown times a hundred; points, deviations
    more days and months carry their sign. `decimals`: two; `whole`: none. `month`: as it stands.
    """

    title: str
    format: Format = "plain"


COLUMNS: Mapping[str, Column] = {
    "series": Column(N_("Series")),
    "period": Column(N_("Period")),
    "event_time": Column(N_("Months since the visit"), "month"),
    "school_name": Column(N_("School")),
    "high_needs_share": Column(N_("High needs"), "per cent"),
    "distance": Column(N_("Distance"), "decimals"),
    "level": Column(N_("Level")),
    "students": Column(N_("Students")),
    "days_enrolled": Column(N_("Days enrolled")),
    "days_attended": Column(N_("Days attended")),
    "chronic_base": Column(N_("Students counted")),
    "chronically_absent": Column(N_("Chronically absent")),
    **{measure.name: Column(measure.title, "per cent") for measure in MEASURES.values()},
    "chronic_low": Column(N_("Chronic absence from"), "per cent"),
    "chronic_high": Column(N_("Chronic absence to"), "per cent"),
    "expected": Column(N_("All the district’s of the level"), "per cent"),
    "limit_low": Column(N_("95% by chance, from"), "per cent"),
    "limit_high": Column(N_("95% by chance, to"), "per cent"),
    "far_low": Column(N_("99.8% by chance, from"), "per cent"),
    "far_high": Column(N_("99.8% by chance, to"), "per cent"),
    "group_rate": Column(N_("Group"), "per cent"),
    "group_counted": Column(N_("Students of the group")),
    "others_rate": Column(N_("All others"), "per cent"),
    "others_counted": Column(N_("Other students")),
    "group_effect": Column(N_("Effect on the group (points)"), "points"),
    "group_low": Column(N_("On the group from"), "points"),
    "group_high": Column(N_("On the group to"), "points"),
    "others_effect": Column(N_("Effect on all others (points)"), "points"),
    "others_low": Column(N_("On all others from"), "points"),
    "others_high": Column(N_("On all others to"), "points"),
    "side_a": Column("A"),
    "side_b": Column("B"),
    "side_difference": Column(N_("A less B")),
    "met": Column(N_("Visits that met the family")),
    "missed": Column(N_("Visits that met nobody")),
    "visits": Column(N_("Visits")),
    "capacity": Column(N_("Visits that could be made")),
    "visits_share": Column(N_("Share of the part"), "per cent"),
    "first_visits": Column(N_("First visits")),
    "first_visits_30": Column(N_("First visits within 30 days")),
    "first_visits_60": Column(N_("First visits after 31 to 60 days")),
    "first_visits_120": Column(N_("First visits after 61 to 120 days")),
    "first_visits_over_120": Column(N_("First visits later")),
    "neither": Column(N_("No visit yet")),
    "before": Column(N_("Before"), "per cent"),
    "after": Column(N_("After"), "per cent"),
    "change": Column(N_("Change (points)"), "points"),
    "ever_eligible": Column(N_("Ever eligible")),
    "ever_eligible_visited": Column(N_("Of the eligible visited")),
    "reached": Column(N_("Reached"), "per cent"),
    "reached_low": Column(N_("Reached from"), "per cent"),
    "reached_high": Column(N_("Reached to"), "per cent"),
    "waiting": Column(N_("Waiting")),
    "waiting_30": Column(N_("Waiting 30 days or less")),
    "waiting_60": Column(N_("Waiting 31 to 60 days")),
    "waiting_120": Column(N_("Waiting 61 to 120 days")),
    "waiting_over_120": Column(N_("Waiting more than 120 days")),
    "tried": Column(N_("Tried, nobody met")),
    "visited_not_eligible": Column(N_("Visited, never eligible")),
    "section": Column(N_("Part")),
    "reference": Column(N_("Beside")),
    "difference": Column(N_("Difference (points)"), "points"),
    "visited_all": Column(N_("Visited in all")),
    "checks_failed": Column(N_("Checks failed")),
    "reason": Column(N_("Withheld because")),
    "source": Column(N_("Source")),
    "school_year": Column(N_("School year")),
    "share_visited": Column(N_("Share of school visited")),
    "cells": Column(N_("Figures")),
    "hidden": Column(N_("Hidden")),
    "share": Column(N_("Share"), "per cent"),
    "share_state": Column(N_("In the state"), "per cent"),
    "months": Column(N_("Months after")),
    "visited_rate": Column(N_("Attendance"), "per cent"),
    "without_visit": Column(N_("Without the visit"), "per cent"),
    "absent": Column(N_("Absent 10% or more"), "per cent"),
    "absent_without": Column(N_("Absent without the visit"), "per cent"),
    "effect": Column(N_("Effect (points)"), "points"),
    "low": Column(N_("From"), "points"),
    "high": Column(N_("To"), "points"),
    "days_per_visit": Column(N_("Days per visit"), "days"),
    "days_low": Column(N_("Days from"), "days"),
    "days_high": Column(N_("Days to"), "days"),
    "days_beside": Column(N_("Days more than elsewhere"), "more days"),
    "days_beside_low": Column(N_("More days from"), "more days"),
    "days_beside_high": Column(N_("More days to"), "more days"),
    "finding": Column(N_("Finding")),
    "reported": Column(N_("As reported (points)")),
    "nearest": Column(N_("Nearest here")),
    "band_low": Column(N_("From, all months at once"), "points"),
    "band_high": Column(N_("To, all months at once"), "points"),
    "naive_change": Column(N_("Plain change (points)"), "points"),
    "whole_year_rate": Column(N_("In the whole school year"), "per cent"),
    "visited": Column(N_("Visited students")),
    "comparison_effective": Column(N_("Compared, worth students"), "whole"),
    "visited_observed": Column(N_("Visited still observed"), "per cent"),
    "comparison_observed": Column(N_("Compared still observed"), "per cent"),
    "visited_mean": Column(N_("Visited"), "per cent"),
    "comparison_before": Column(N_("Not visited, as they come"), "per cent"),
    "comparison_after": Column(N_("Not visited, weighted"), "per cent"),
    "difference_before": Column(N_("Apart, as they come (SD)"), "deviations"),
    "difference_after": Column(N_("Apart, weighted (SD)"), "deviations"),
}
"""Columns a reader sees, by name; others are in the file only. The order is that of the table."""

_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "per cent": per_cent,
    "points": partial(points, signed=True),
    "deviations": "{:+.2f}".format,
    "decimals": "{:.2f}".format,
    "days": "{:.1f}".format,
    "more days": "{:+.1f}".format,
    "month": signed_month,
}


def seen(table: pd.DataFrame) -> pd.DataFrame:
    """The columns that a reader sees."""
    return table[[name for name in table.columns if name in COLUMNS]].copy()


def in_words(table: pd.DataFrame) -> pd.DataFrame:
    """The columns that a reader sees under their titles, every cell as text.

    Cells are written here: pandas' own way takes eight times as long.
    """
    shown = seen(table)
    for name in shown.columns:
        write = _writer(COLUMNS[name], shown[name])
        shown[name] = [write(value) for value in shown[name]]
    return shown.rename(columns={name: _(COLUMNS[name].title) for name in shown.columns})


def _writer(column: Column, values: pd.Series) -> Callable[[Any], str]:
    if not pd.api.types.is_numeric_dtype(values):
        return lambda text: NO_FIGURE if pd.isna(text) else str(text)
    write = _WRITERS.get(column.format, count)
    return lambda value: NO_FIGURE if pd.isna(value) else write(value)
