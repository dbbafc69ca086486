"""What every view shares: reading only the rows asked for, adding up, splitting into series."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leapdash.contract import GROUPS, LANGUAGES, LEVELS, PARTICIPATION, order_in_time
from leapdash.release import Release
from leapdash.show.filters import (
    DISTRICT_SETS,
    LEAP,
    OTHER,
    PARTICIPATION_LABELS,
    Filters,
    Known,
    codes_of,
)

By = Literal["all", "district", "level", "participation", "group", "period", "language"]
Grain = Literal["month", "year"]

_COLUMN_OF: Mapping[str, str] = {
    "district": "district_code",
    "level": "level",
    "participation": "participation",
    "group": "group",
    "period": "cohort_period",
    "language": "language",
}


@dataclass(frozen=True)
class Rows:
    """Sums of a table's measures by `over` and by what the lines are drawn by."""

    frame: pd.DataFrame
    over: tuple[str, ...]
    measures: tuple[str, ...]


def known_in(release: Release) -> Known:
    """The districts and school years that can be chosen in a release."""
    schools = release.table("schools", columns=["district_code", "district_name", "leap_from"])
    names = dict(
        zip(schools["district_code"].to_pylist(), schools["district_name"].to_pylist(), strict=True)
    )
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    labelled = {code: f"{n} ({code})" if n in shared else n for code, n in names.items()}
    takes_part = schools.filter(pc.is_valid(schools["leap_from"]))
    return Known(
        districts=dict(sorted(labelled.items(), key=lambda pair: pair[1])),
        leap=frozenset(takes_part["district_code"].to_pylist()),
        years=release.manifest.school_years,
    )


def conditions(
    filters: Filters, known: Known, **more: Collection[Any] | None
) -> dict[str, Collection[Any]]:
    """Equality sets for the district and level filters and any others; None leaves one out."""
    where: dict[str, Collection[Any] | None] = {
        "district_code": codes_of(filters, known),
        "level": filters.levels or None,
        **more,
    }
    return {column: values for column, values in where.items() if values is not None}


def sums(table: pa.Table, keys: Sequence[str], measures: Sequence[str]) -> pd.DataFrame:
    """The measures added up by `keys`; columns as named, one row per combination of keys."""
    total = table.group_by(list(keys)).aggregate([(measure, "sum") for measure in measures])
    total = total.select([*keys, *(f"{measure}_sum" for measure in measures)])
    frame: pd.DataFrame = total.rename_columns([*keys, *measures]).to_pandas()
    return frame


def read_rows(
    release: Release,
    name: str,
    where: Mapping[str, Collection[Any]],
    over: Sequence[str],
    by: By,
    measures: Sequence[str],
) -> Rows:
    """Sums of one table over the rows `where` holds, by `over` and the column of `by`."""
    keys = list(dict.fromkeys([*over, *([] if by == "all" else [_COLUMN_OF[by]])]))
    columns = list(dict.fromkeys([*keys, *measures]))
    table = release.table(name, columns=columns, where=where)
    return Rows(sums(table, keys, measures), tuple(over), tuple(measures))


def split(rows: Rows, by: By, filters: Filters, known: Known) -> pd.DataFrame:
    """The sums as series: columns `series` (its label), `code`, then `over` and the measures.

    Ordered by series as shown, then by `over`. A district chosen by name and again through its
    set (LEAP districts, say) stands in both series.
    """
    keys, measures = list(rows.over), list(rows.measures)
    if by == "district":
        members = [
            (district, item)
            for item in filters.districts or (LEAP, OTHER)
            for district in known.codes(item)
        ]
        frame = rows.frame.merge(pd.DataFrame(members, columns=["district_code", "code"]))
        frame = frame.groupby(["code", *keys], as_index=False)[measures].sum()
    elif by == "all":
        frame = rows.frame.assign(code="all")
    else:
        frame = rows.frame.rename(columns={_COLUMN_OF[by]: "code"})
    names = series_labels(by, filters, known, frame["code"])
    rank = {code: number for number, code in enumerate(names)}
    frame = frame[frame["code"].isin(rank)]
    frame = frame.sort_values(["code", *keys], key=lambda c: c.map(rank) if c.name == "code" else c)
    frame.insert(0, "series", frame["code"].map(names))
    return frame[["series", "code", *keys, *measures]].reset_index(drop=True)


def series_labels(
    by: By, filters: Filters, known: Known, found: Collection[str]
) -> Mapping[str, str]:
    """Code and label of every series a table may be split into, in the order shown."""
    match by:
        case "all":
            return {"all": place(filters, known)}
        case "district":
            return {item: known.label(item) for item in filters.districts or (LEAP, OTHER)}
        case "level":
            return {level: level for level in LEVELS}
        case "participation":
            return {part: PARTICIPATION_LABELS[part] for part in PARTICIPATION}
        case "group":
            return GROUPS
        case "language":
            return {code: f"Visited in {language}" for code, language in LANGUAGES.items()}
        case "period":
            return {p: p[:1].upper() + p[1:] for p in sorted(set(found), key=order_in_time)}


def place(filters: Filters, known: Known) -> str:
    """The words for the districts chosen: a name, two names, a number of them, or all."""
    items = filters.districts
    if codes_of(filters, known) is None:
        return "All districts"
    if len(items) == 1:
        return known.label(items[0])
    if len(items) == 2:
        return f"{known.label(items[0])} and {known.label(items[1])}"
    if DISTRICT_SETS.keys() & set(items):
        return f"{len(codes_of(filters, known) or ())} districts"
    return f"{len(items)} districts"


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Part over whole, a fraction; missing where the whole is zero."""
    return part / whole.where(whole > 0)
