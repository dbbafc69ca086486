"""The columns of tables as a reader sees them: their titles, and how their numbers are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pandas as pd

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
    """A column's title, and how its numbers are written.

    `per cent` and `points` are fractions in the table, shown times a hundred; points, deviations
    more days and months carry their sign. `decimals`: two; `whole`: none. `month`: as it stands.
    """

    title: str
    format: Format = "plain"


COLUMNS: Mapping[str, Column] = {
    "series": Column("Series"),
    "period": Column("Period"),
    "event_time": Column("Months since the visit", "month"),
    "school_name": Column("School"),
    "high_needs_share": Column("High needs", "per cent"),
    "distance": Column("Distance", "decimals"),
    "level": Column("Level"),
    "students": Column("Students"),
    "days_enrolled": Column("Days enrolled"),
    "days_attended": Column("Days attended"),
    "chronic_base": Column("Students counted"),
    "chronically_absent": Column("Chronically absent"),
    **{measure.name: Column(measure.title, "per cent") for measure in MEASURES.values()},
    "chronic_low": Column("Chronic absence from", "per cent"),
    "chronic_high": Column("Chronic absence to", "per cent"),
    "expected": Column("All the district’s of the level", "per cent"),
    "limit_low": Column("95% by chance, from", "per cent"),
    "limit_high": Column("95% by chance, to", "per cent"),
    "far_low": Column("99.8% by chance, from", "per cent"),
    "far_high": Column("99.8% by chance, to", "per cent"),
    "before": Column("Before", "per cent"),
    "after": Column("After", "per cent"),
    "change": Column("Change (points)", "points"),
    "ever_eligible": Column("Ever eligible"),
    "ever_eligible_visited": Column("Of the eligible visited"),
    "reached": Column("Reached", "per cent"),
    "waiting": Column("Waiting"),
    "tried": Column("Tried, nobody met"),
    "visited_not_eligible": Column("Visited, never eligible"),
    "section": Column("Part"),
    "reference": Column("Beside"),
    "difference": Column("Difference (points)", "points"),
    "visited_all": Column("Visited in all"),
    "checks_failed": Column("Checks failed"),
    "reason": Column("Withheld because"),
    "source": Column("Source"),
    "school_year": Column("School year"),
    "share_visited": Column("Share of school visited"),
    "share": Column("Share", "per cent"),
    "months": Column("Months after"),
    "visited_rate": Column("Attendance", "per cent"),
    "without_visit": Column("Without the visit", "per cent"),
    "absent": Column("Absent 10% or more", "per cent"),
    "absent_without": Column("Absent without the visit", "per cent"),
    "effect": Column("Effect (points)", "points"),
    "low": Column("From", "points"),
    "high": Column("To", "points"),
    "days_per_visit": Column("Days per visit", "days"),
    "days_low": Column("Days from", "days"),
    "days_high": Column("Days to", "days"),
    "days_beside": Column("Days more than elsewhere", "more days"),
    "days_beside_low": Column("More days from", "more days"),
    "days_beside_high": Column("More days to", "more days"),
    "finding": Column("Finding"),
    "reported": Column("As reported (points)"),
    "nearest": Column("Nearest here"),
    "band_low": Column("From, all months at once", "points"),
    "band_high": Column("To, all months at once", "points"),
    "naive_change": Column("Plain change (points)", "points"),
    "whole_year_rate": Column("In the whole school year", "per cent"),
    "visited": Column("Visited students"),
    "comparison_effective": Column("Compared, worth students", "whole"),
    "visited_observed": Column("Visited still observed", "per cent"),
    "comparison_observed": Column("Compared still observed", "per cent"),
    "visited_mean": Column("Visited", "per cent"),
    "comparison_before": Column("Not visited, as they come", "per cent"),
    "comparison_after": Column("Not visited, weighted", "per cent"),
    "difference_before": Column("Apart, as they come (SD)", "deviations"),
    "difference_after": Column("Apart, weighted (SD)", "deviations"),
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
    return shown.rename(columns={name: COLUMNS[name].title for name in shown.columns})


def _writer(column: Column, values: pd.Series) -> Callable[[Any], str]:
    if not pd.api.types.is_numeric_dtype(values):
        return lambda text: NO_FIGURE if pd.isna(text) else str(text)
    return _WRITERS.get(column.format, count)
