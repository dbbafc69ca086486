"""A figure with everything that belongs to it: title, chart, table of its numbers, downloads."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from leapdash.show import charts
from leapdash.show.dashboard import store
from leapdash.show.filters import Filters

_COLUMNS: Mapping[str, str] = {
    "series": "Series",
    "period": "Period",
    "event_time": "Months since the visit",
    "school_name": "School",
    "students": "Students",
    "days_enrolled": "Days enrolled",
    "days_attended": "Days attended",
    "attendance_rate": "Attendance rate",
    "chronic_base": "Students counted",
    "chronically_absent": "Chronically absent",
    "chronic_share": "Chronic absence",
    "before": "Before",
    "after": "After",
    "change": "Change (points)",
    "ever_eligible": "Ever eligible",
    "ever_eligible_visited": "Of these visited",
    "waiting": "Waiting",
    "tried": "Tried, nobody met",
    "visited_not_eligible": "Visited, never eligible",
    "high_needs_share": "High needs",
    "section": "Part",
    "reference": "Beside",
    "difference": "Difference (points)",
    "visited_all": "Visited in all",
    "reason": "Withheld because",
    "source": "Source",
    "school_year": "School year",
    "share_visited": "Share of school visited",
    "share": "Share",
    "months": "Months after",
    "visited_rate": "Attendance",
    "without_visit": "Without the visit",
    "effect": "Effect (points)",
    "low": "From",
    "high": "To",
    "band_low": "From, all months at once",
    "band_high": "To, all months at once",
    "naive_change": "Plain change (points)",
    "visited": "Visited students",
    "comparison_effective": "Compared, worth students",
    "visited_observed": "Visited still observed",
    "comparison_observed": "Compared still observed",
    "visited_mean": "Visited",
    "comparison_before": "Not visited, as they come",
    "comparison_after": "Not visited, weighted",
    "difference_before": "Apart, as they come (SD)",
    "difference_after": "Apart, weighted (SD)",
}
_RATES = {
    *("attendance_rate", "chronic_share", "before", "after", "high_needs_share", "share"),
    *("visited_rate", "without_visit", "visited_observed", "comparison_observed"),
    *("visited_mean", "comparison_before", "comparison_after"),
}
_POINTS = {"change", "effect", "difference", "low", "high", "band_low", "band_high", "naive_change"}


def palette() -> charts.Palette:
    """The colours for the reader's theme."""
    return charts.palette_of(st.context.theme.type)


def stamp() -> charts.Stamp:
    """What every figure of the release on show carries."""
    manifest = store.release().manifest
    return charts.Stamp(manifest.synthetic, manifest.release_id)


def show_figure(
    name: str,
    title: str,
    figure: go.Figure,
    table: pd.DataFrame,
    alt: str,
    filters: Filters,
    *notes: str,
    within: bool = False,
) -> None:
    """The figure under its title, with its notes, its table on demand, and a CSV of the same rows.

    `name` is the file's: leapdash-NAME-CHOICE.csv and .png. `within`: a section has a title of its
    own above, and this one is a step below it.
    """
    file_name = _file_name(name, filters)
    _title(title, within)
    st.plotly_chart(
        figure,
        theme=None,
        key=f"figure-{name}",
        alt=alt,
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"filename": file_name, "format": "png", "scale": 2},
        },
    )
    if note := " ".join(note for note in notes if note):
        st.caption(note)
    _foot(name, file_name, table)


def show_table(
    name: str, title: str, table: pd.DataFrame, filters: Filters, within: bool = False
) -> None:
    """A small table under its title, with a CSV of the same rows; `within` as in `show_figure`."""
    _title(title, within)
    _show_table(table)
    _download(name, _file_name(name, filters), table)


def _title(title: str, within: bool) -> None:
    heading = st.subheader if within else st.header
    heading(title, anchor=False)


def _foot(name: str, file_name: str, table: pd.DataFrame) -> None:
    with st.container(horizontal=True, gap="small", key=f"foot-{name}"):
        rows = st.expander("Table", type="compact", on_change="rerun", key=f"table-{name}")
        _download(name, file_name, table)
    if rows.open:
        with rows:
            _show_table(table)


def _download(name: str, file_name: str, table: pd.DataFrame) -> None:
    st.download_button(
        "CSV",
        lambda: csv_of(table),
        file_name=f"{file_name}.csv",
        mime="text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"csv-{name}",
        help="The same numbers as a file",
    )


def csv_of(table: pd.DataFrame) -> bytes:
    """The table as CSV; every row says whether it is simulated, and from which release."""
    manifest = store.release().manifest
    own = "simulated" if manifest.synthetic else "recorded"
    marked = table.assign(data=own, release=manifest.release_id)
    if "source" in marked:
        published = marked["source"] != own
        marked.loc[published, "data"] = "published"
    return marked.to_csv(index=False).encode()


def own_source() -> str:
    """What stands in a table's `source` for the release's own rows."""
    return "simulated" if store.release().manifest.synthetic else "recorded"


def _show_table(table: pd.DataFrame) -> None:
    shown = table[[column for column in table.columns if column in _COLUMNS]].copy()
    formats: dict[str, Any] = {}
    for column in shown.columns:
        name = _COLUMNS[column]
        if column in _RATES or column in _POINTS:
            shown[column] = 100 * shown[column]
            number = "%+.1f" if column in _POINTS else "%.1f%%"
            formats[name] = st.column_config.NumberColumn(format=number)
        elif column.startswith("difference_"):
            formats[name] = st.column_config.NumberColumn(format="%+.2f")
        elif column == "comparison_effective":
            formats[name] = st.column_config.NumberColumn(format="%,.0f")
        elif pd.api.types.is_numeric_dtype(shown[column]) and column != "event_time":
            formats[name] = st.column_config.NumberColumn(format="localized")
    st.dataframe(shown.rename(columns=_COLUMNS), hide_index=True, column_config=formats)


def _file_name(name: str, filters: Filters) -> str:
    chosen = "-".join([*filters.districts, *filters.levels, *filters.participation, *filters.years])
    group = "" if filters.group == "all" else filters.group
    slug = re.sub(r"[^a-z0-9]+", "-", f"{chosen}-{group}".lower()).strip("-")[:60]
    return f"leapdash-{name}-{slug}".rstrip("-")
