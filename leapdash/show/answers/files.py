"""A figure's numbers as a file: what it is called, and what every row of it says."""

import re

import pandas as pd

from leapdash.show.charts.base import Stamp
from leapdash.show.choice import Choice
from leapdash.show.language import _
from leapdash.show.views.attendance import own_source
from leapdash.show.words.filters import subject
from leapdash.spreadsheets import safe

_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?%?")


def file_name(name: str, choice: Choice) -> str:
    """The name of a figure's file without its ending: leapdash-NAME-CHOICE."""
    filters = choice.filters
    where = [choice.school] if choice.school else [*filters.districts, *filters.levels]
    for side in choice.sides:
        own = side.filters
        where += [*own.districts, *own.levels, *own.years]
    chosen = "-".join([*where, *filters.participation, *filters.years])
    group = "" if filters.group == "all" else filters.group
    slug = re.sub(r"[^a-z0-9]+", "-", f"{chosen}-{group}".lower()).strip("-")[:60]
    return f"leapdash-{name}-{slug}".rstrip("-")


def csv_of(title: str, table: pd.DataFrame, choice: Choice) -> bytes:
    """The table as CSV (see `marked`), in which no text is a formula."""
    return texts_safe(marked(title, table, choice)).to_csv(index=False).encode()


def texts_safe(table: pd.DataFrame) -> pd.DataFrame:
    """The table, no text of which a spreadsheet takes for a formula; numbers as they are."""
    texts = table.select_dtypes(include=["object", "string", "category"]).columns
    return table.assign(**{name: _texts_safe(table[name]) for name in texts})


def _texts_safe(column: pd.Series) -> pd.Series:
    told = [_text_safe(value) if isinstance(value, str) else value for value in column]
    # Of the same type: a whole number beside a missing one would else get a decimal.
    kind = object if isinstance(column.dtype, pd.CategoricalDtype) else column.dtype
    return pd.Series(told, column.index, kind, column.name)


def _text_safe(text: str) -> str:
    """Numbers in words (+11.3) stay numbers."""
    return text if _NUMBER.fullmatch(text) else safe(text)


def marked(title: str, table: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """The table; every row says first of which figure and choice it is and what its data are; last,
    for machines and in English, whether it is simulated or published, and from which release.
    """
    own, manifest = own_source(choice.release), choice.release.manifest
    rows = table.assign(data=own, release=manifest.release_id)
    rows.insert(0, "figure", title)
    rows.insert(1, "choice", subject(choice))
    rows.insert(2, "stamp", Stamp.of(manifest).words)
    if "source" in rows:
        published = rows["source"] != _(own)
        rows.loc[published, "data"] = "published"
        words = _("Published data · release {release}", release=manifest.release_id)
        rows.loc[published, "stamp"] = words
    return rows
