"""A figure with everything that belongs to it: title, chart, table of its numbers, downloads."""

import re
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from leapdash import charts, words
from leapdash.dashboard import store
from leapdash.filters import Filters

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
    "source": "Source",
}
_RATES = {"attendance_rate", "chronic_share", "before", "after", "high_needs_share"}


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
    note: str = "",
) -> None:
    """The figure under its title, with its note, its table on demand, and a CSV of the same rows.

    `name` is the file's: leapdash-NAME-CHOICE.csv and .png.
    """
    file_name = _file_name(name, filters)
    st.subheader(title, anchor=False)
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
    if note:
        st.caption(note)
    _foot(name, file_name, table)


def show_table(name: str, title: str, table: pd.DataFrame, filters: Filters) -> None:
    """A small table under its title, with a CSV of the same rows."""
    st.subheader(title, anchor=False)
    _show_table(table)
    _download(name, _file_name(name, filters), table)


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
    for column in shown.columns:
        if column in _RATES:
            shown[column] = [words.per_cent(value) for value in shown[column]]
        elif column == "change":
            shown[column] = [words.points(value, signed=True) for value in shown[column]]
    st.dataframe(
        shown.rename(columns=_COLUMNS),
        hide_index=True,
        height=min(36 * (len(shown) + 1) + 2, 360),
    )


def _file_name(name: str, filters: Filters) -> str:
    chosen = "-".join([*filters.districts, *filters.levels, *filters.participation, *filters.years])
    group = "" if filters.group == "all" else filters.group
    slug = re.sub(r"[^a-z0-9]+", "-", f"{chosen}-{group}".lower()).strip("-")[:60]
    return f"leapdash-{name}-{slug}".rstrip("-")
