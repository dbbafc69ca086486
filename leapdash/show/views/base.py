"""What every view shares: reading only the rows asked for, adding up, splitting into series."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from leapdash.contract import GROUPS, LANGUAGES, LEAP, LEVELS, OTHER, PARTICIPATION, order_in_time
from leapdash.errors import ReleaseError
from leapdash.show.choice import Choice
from leapdash.show.filters import DISTRICT_SETS, PARTICIPATION_LABELS
from leapdash.show.language import _, _n

COLUMN_OF: Mapping[str, str] = {
    "district": "district_code",
    "level": "level",
    "participation": "participation",
    "group": "group",
    "period": "cohort_period",
    "language": "language",
}
"""The columns that lines are drawn by."""


@dataclass(frozen=True)
class Rows:
    """Sums of a table's measures by `over` and by what the lines are drawn by."""

    frame: pd.DataFrame
    over: tuple[str, ...]
    measures: tuple[str, ...]


def conditions(choice: Choice, **more: Collection[Any] | None) -> dict[str, Collection[Any]]:
    """Equality sets for the districts and levels chosen and any others; None leaves one out."""
    where: dict[str, Collection[Any] | None] = {
        "district_code": choice.codes,
        "level": choice.filters.levels or None,
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
    choice: Choice,
    name: str,
    where: Mapping[str, Collection[Any]],
    over: Sequence[str],
    measures: Sequence[str],
) -> Rows:
    """Sums of one table over the rows `where` holds, by `over` and what lines are drawn by."""
    keys = list(dict.fromkeys([*over, *([] if choice.by == "all" else [COLUMN_OF[choice.by]])]))
    columns = list(dict.fromkeys([*keys, *measures]))
    table = choice.release.table(name, columns=columns, where=where)
    return Rows(sums(table, keys, measures), tuple(over), tuple(measures))


def split(rows: Rows, choice: Choice) -> pd.DataFrame:
    """The sums as series: columns `series` (its label), `code`, then `over` and the measures.

    Ordered by series as shown, then by `over`. A district chosen by name and again through its
    set (LEAP districts, say) stands in both series. Raises ReleaseError on a code that is none.
    """
    keys, measures = list(rows.over), list(rows.measures)
    if choice.by == "district":
        require_known(rows.frame["district_code"], choice.known.districts, "district")
        members = [
            (district, item)
            for item in choice.filters.districts or (LEAP, OTHER)
            for district in choice.known.codes(item)
        ]
        frame = rows.frame.merge(pd.DataFrame(members, columns=["district_code", "code"]))
        frame = frame.groupby(["code", *keys], as_index=False)[measures].sum()
    elif choice.by == "all":
        frame = rows.frame.assign(code="all")
    else:
        frame = rows.frame.rename(columns={COLUMN_OF[choice.by]: "code"})
    names = series_labels(choice, frame["code"])
    require_known(frame["code"], names, choice.by)
    rank = {code: number for number, code in enumerate(names)}
    frame = frame.sort_values(["code", *keys], key=lambda c: c.map(rank) if c.name == "code" else c)
    frame.insert(0, "series", frame["code"].map(names))
    return frame[["series", "code", *keys, *measures]].reset_index(drop=True)


def require_known(found: Iterable[str], known: Collection[str], what: str) -> None:
    """Raise ReleaseError where a value is found that isn't known, so that no row is lost."""
    if unknown := sorted(set(found) - set(known)):
        raise ReleaseError(
            f"The release holds {', '.join(map(repr, unknown[:3]))} as {what}.\n"
            f"Expected one of {', '.join(map(repr, known))}.\nBuild the release again."
        )


def series_labels(choice: Choice, found: Collection[str]) -> Mapping[str, str]:
    """Code and label of every series a table may be split into, in the order shown."""
    match choice.by:
        case "all":
            return {"all": districts_in_words(choice)}
        case "district":
            items = choice.filters.districts or (LEAP, OTHER)
            return {item: choice.known.label(item) for item in items}
        case "level":
            return {level: level for level in LEVELS}
        case "participation":
            return {part: _(PARTICIPATION_LABELS[part]) for part in PARTICIPATION}
        case "group":
            return {group: _(label) for group, label in GROUPS.items()}
        case "language":
            return {
                code: _("Visited in {language}", language=_(language))
                for code, language in LANGUAGES.items()
            }
        case "period":
            return period_labels(found)


def period_labels(periods: Collection[str]) -> Mapping[str, str]:
    """Cohort periods and their labels, in the order of time."""
    return {p: _period(p) for p in sorted(set(periods), key=order_in_time)}


def _period(period: str) -> str:
    """A cohort period as a label: Summer 2021; 2021-22."""
    year = period.removeprefix("summer ")
    return period if year == period else _("Summer {year}", year=year)


def districts_in_words(choice: Choice) -> str:
    """The words for the districts chosen: a name, two names, a number of them, or all."""
    items, codes = choice.filters.districts, choice.codes
    if codes is None:
        return _("All districts")
    if len(items) == 1:
        return choice.known.label(items[0])
    if len(items) == 2:
        one, other = map(choice.known.label, items)
        return _("{one} and {other}", one=one, other=other)
    number = len(codes if DISTRICT_SETS.keys() & set(items) else items)
    return _n("{n} district", "{n} districts", number, n=number)


def share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Part over whole, a fraction; missing where the whole is zero."""
    return part / whole.where(whole > 0)
