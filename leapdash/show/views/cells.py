"""Figures of a public release: fixed cells, looked up, or added up where every part is shown.

A figure with a withheld part is withheld: its measures are missing, and `status` says so.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from leapdash.contract import ALL, GROUPS, LEAP, LEVELS, OTHER, PARTICIPATION, STATE_CODE, months_of
from leapdash.show.choice import Choice
from leapdash.show.language import N_
from leapdash.show.views.base import series_labels

SHOWN, WITHHELD = "shown", "c"
HIDDEN = N_("Hidden to protect students, here or nearby: small groups could be worked out.")
"""Why a figure is withheld, in the same words wherever it would stand."""
WIDE_ONLY = ("female", "male")
"""Groups that are offered for the state and for all districts that take part, or don't, only."""
_KEYS = ("district_code", "level", "participation")
_STUDENTS = ("state", "district", "districts")


@dataclass(frozen=True)
class _Wanted:
    """What a series is the sum of: districts (None for all of the state), levels, parts, groups."""

    code: str
    districts: tuple[str, ...] | None
    levels: tuple[str, ...]
    participation: tuple[str, ...]
    group: str


def cells(
    choice: Choice,
    name: str,
    period: str,
    measures: Sequence[str],
    where: Mapping[str, Collection[Any]] | None = None,
) -> pd.DataFrame:
    """A public table's measures for every series of the choice, over the table's period.

    Columns: series, code, period, the measures (missing where withheld), status. A series that
    isn't offered has no rows (see `not_offered`).
    """
    conditions: dict[str, Collection[Any]] = dict(where or {})
    columns = [*_KEYS, period, *measures, "status"]
    if name.startswith("chronic"):
        conditions["geography"] = _STUDENTS
    wanted = list(_wanted(choice))
    of_group = {
        group: choice.release.table(name, columns, {**conditions, "group": (group,)})
        .to_pandas()
        .rename(columns={period: "period"})
        for group in {one.group for one in wanted}
    }
    found = [_sum(choice, of_group[one.group], one, measures) for one in wanted]
    frame = pd.concat(found, ignore_index=True)
    names = series_labels(choice, frame["code"])
    frame.insert(0, "series", frame["code"].map(names))
    rank = {code: place for place, code in enumerate(names)}
    return frame.sort_values(
        ["code", "period"],
        key=lambda column: column.map(rank) if column.name == "code" else column,
        ignore_index=True,
    )


def where_offered(choice: Choice) -> Choice:
    """The same choice for the districts that take part, where it is by participation and of the
    whole state: elsewhere nothing is told by participation.
    """
    if not (choice.filters.participation or choice.by == "participation") or choice.codes:
        return choice
    return choice.filtered(districts=(LEAP,))


def partly_offered(choice: Choice) -> bool:
    """Whether the choice's cells begin when districts take part: then a school year may have some
    of its months only.
    """
    by_part = bool(choice.filters.participation) or choice.by == "participation"
    gender = choice.filters.group in WIDE_ONLY or choice.by == "group"
    return by_part or (gender and (choice.codes is not None or choice.by == "district"))


def not_offered(choice: Choice, chronic: bool = False) -> str | None:
    """Why a public release holds no figure for the choice at all, by a key of
    `words.hidden.NOT_OFFERED`; None where it does. `chronic`: for figures of chronic absence.
    """
    filters, known = choice.filters, choice.known
    if filters.participation or choice.by == "participation":
        if chronic:
            return "chronic by participation"
        if filters.group != ALL or choice.by == "group":
            return "participation of groups"
        if not known.leap or set(choice.codes or known.districts) - known.leap:
            return "participation elsewhere"
    if filters.group in WIDE_ONLY and _single(choice):
        return "gender in districts"
    return None


def gender_left_out(choice: Choice) -> bool:
    """Whether lines by group leave those by gender out, as they are of single districts."""
    return choice.release.public and choice.by == "group" and _single(choice)


def _single(choice: Choice) -> bool:
    """Whether a series of the choice is of single districts."""
    items = choice.filters.districts
    return choice.codes is not None and not set(items) <= {LEAP, OTHER}


def _wanted(choice: Choice) -> Iterator[_Wanted]:
    """Every series of the choice, and what it is the sum of."""
    filters, known = choice.filters, choice.known
    levels, parts = filters.levels or (ALL,), filters.participation or (ALL,)
    every = choice.codes
    match choice.by:
        case "district":
            for item in filters.districts or (LEAP, OTHER):
                yield _Wanted(item, known.codes(item), levels, parts, filters.group)
        case "level":
            for level in filters.levels or LEVELS:
                yield _Wanted(level, every, (level,), parts, filters.group)
        case "participation":
            for part in filters.participation or PARTICIPATION:
                yield _Wanted(part, every, levels, (part,), filters.group)
        case "group":
            for group in GROUPS:
                yield _Wanted(group, every, levels, parts, group)
        case _:
            yield _Wanted("all", every, levels, parts, filters.group)


def _sum(
    choice: Choice, table: pd.DataFrame, wanted: _Wanted, measures: Sequence[str]
) -> pd.DataFrame:
    """A series, from whichever cells cover it."""
    by_part = wanted.participation != (ALL,)
    if wanted.districts is None:
        found = _added(table, (STATE_CODE,), wanted, measures)
    else:
        found = _added(table, wanted.districts, wanted, measures)
        for area in (LEAP, OTHER):
            own, periods = frozenset(wanted.districts), table["period"].unique()
            same = _periods_of(choice, area, own, periods, by_part)
            whole = _added(table[table["period"].isin(same)], (area,), wanted, measures)
            found = pd.concat([found[~found["period"].isin(whole["period"])], whole])
    return found.assign(code=wanted.code)[["code", "period", *measures, "status"]]


def _added(
    table: pd.DataFrame, areas: Sequence[str], wanted: _Wanted, measures: Sequence[str]
) -> pd.DataFrame:
    """The sum over the cells of some areas, by period; missing where one is withheld."""
    rows = table[
        table["district_code"].isin(areas)
        & table["level"].isin(wanted.levels)
        & table["participation"].isin(wanted.participation)
    ]
    found = rows.groupby("period", as_index=False)[list(measures)].sum()
    away = set(rows.loc[rows["status"] == WITHHELD, "period"])
    found["status"] = found["period"].map(lambda period: WITHHELD if period in away else SHOWN)
    found[list(measures)] = found[list(measures)].where(found["status"] == SHOWN)
    return found


def _periods_of(
    choice: Choice, area: str, districts: frozenset[str], periods: Iterable[Any], by_part: bool
) -> set[Any]:
    """In which months or school years an area's cells are those of just these districts; by part
    also of those that take part later, who have nobody to part by then.
    """
    began = _began(choice)
    same = set()
    for period in periods:
        month = period if isinstance(period, date) else max(months_of((period,)))
        month = min(month, choice.release.manifest.through)
        end = month.replace(day=monthrange(month.year, month.month)[1])
        part = frozenset(code for code, since in began.items() if since <= end)
        own = part if area == LEAP else frozenset(choice.known.districts) - part
        if own and (own == districts or (by_part and area == LEAP and own <= districts)):
            same.add(period)
    return same


def _began(choice: Choice) -> dict[str, date]:
    """Since when each district takes part."""
    columns = ["district_code", "leap_from"]
    schools = choice.release.table("schools", columns).to_pandas().dropna()
    return dict(schools.groupby("district_code")["leap_from"].min())
