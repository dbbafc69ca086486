"""A figure's numbers as a file: what it is called, and what every row of it says."""

import re

import pandas as pd

from leapdash.show.choice import Choice
from leapdash.show.views.attendance import own_source


def file_name(name: str, choice: Choice) -> str:
    """The name of a figure's file without its ending: leapdash-NAME-CHOICE."""
    filters = choice.filters
    chosen = "-".join([*filters.districts, *filters.levels, *filters.participation, *filters.years])
    group = "" if filters.group == "all" else filters.group
    slug = re.sub(r"[^a-z0-9]+", "-", f"{chosen}-{group}".lower()).strip("-")[:60]
    return f"leapdash-{name}-{slug}".rstrip("-")


def csv_of(table: pd.DataFrame, choice: Choice) -> bytes:
    """The table as CSV; every row says whether it is simulated, and from which release."""
    own = own_source(choice.release)
    marked = table.assign(data=own, release=choice.release.manifest.release_id)
    if "source" in marked:
        marked.loc[marked["source"] != own, "data"] = "published"
    return marked.to_csv(index=False).encode()
