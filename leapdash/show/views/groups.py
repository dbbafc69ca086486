"""Student groups, each beside all students who aren't in it: attendance, chronic absence, reach,
and what visits changed.

All who aren't in a group are all students less the group, count by count and day by day.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from leapdash.contract import GROUPS, NOT_IN_GROUPS, months_of
from leapdash.contract.thresholds import FEW_STUDENTS
from leapdash.inference import Interval
from leapdash.show.choice import VISITS, Choice, Gap, kept
from leapdash.show.effects.arrays import slice_data
from leapdash.show.effects.studies import difference
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.language import _, _n
from leapdash.show.views.attendance import early_months
from leapdash.show.views.base import conditions, share, sums
from leapdash.show.views.district import last_year
from leapdash.show.views.effect_rows import group_rows, slice_area
from leapdash.show.views.programme import last_month
from leapdash.show.views.spread import (
    SUMS,
    attendance_of,
    difference_of_rates,
    difference_of_shares,
    rate_error,
)

OTHERS = "others"
COMPARED = tuple(group for group in GROUPS if group not in (ALL_STUDENTS, "not_high_needs"))
"""The groups that are set beside all others; those without high needs are the others of those with.
"""
COMPLEMENTS: Mapping[str, str] = {
    "high_needs": "not_high_needs",
    **{name.removeprefix("not_"): name for name in NOT_IN_GROUPS},
}
"""The groups with an effect on all others in the release, and what that goes by."""

_BANDS = ("absent_10_to_20", "absent_20_or_more")
_CHRONIC = ("chronic_base", *_BANDS)
_REACH = ("ever_eligible", "ever_eligible_visited")
_COLUMNS = (
    *("series", "code", "group_rate", "group_counted", "others_rate", "others_counted"),
    *("difference", "low", "high", "reason"),
)
Row = dict[str, object]


@kept(*VISITS)
def attendance_gaps(choice: Choice) -> pd.DataFrame:
    """Attendance of every group beside all others, in the last school year chosen.

    Columns: series (the group), code, group_rate, group_counted (students, in the month with most),
    others_rate, others_counted, difference (group less others), low, high, reason (why there is no
    difference: too few; else empty). A student's months hang together: the interval is as wide as
    it can be for that (see `rate_error`).
    """
    year = months_of((last_year(choice),))
    rows = []
    for group, own, rest in _parts(choice, COMPARED, "attendance_by_group", SUMS, month=year):
        one, other = attendance_of(own), attendance_of(rest)
        few = one is None or other is None or _few(one.students, other.students)
        told = None
        if one is not None and other is not None and not few:
            variance = rate_error(own) ** 2 + rate_error(rest) ** 2
            told = difference_of_rates(one, other, variance)
        rows.append(
            _row(
                group,
                (None, 0) if one is None else (one.rate, one.students),
                (None, 0) if other is None else (other.rate, other.students),
                told,
            )
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


@kept(*VISITS)
def chronic_gaps(choice: Choice) -> pd.DataFrame:
    """Chronic absence of every group beside all others, in the last school year chosen; the columns
    of `attendance_gaps`, with Newcombe's interval.
    """
    where = {"school_year": (last_year(choice),), "geography": (_geography(choice),)}
    return _share_gaps(choice, "chronic_absence", _CHRONIC, _BANDS, "chronic_base", **where)


@kept(*VISITS)
def reach_gaps(choice: Choice) -> pd.DataFrame:
    """The share visited of those ever eligible, of every group beside all others, in the last month
    chosen; the columns of `attendance_gaps`, with Newcombe's interval.
    """
    return _share_gaps(
        choice, "reach", _REACH, _REACH[1:], "ever_eligible", month=(last_month(choice),)
    )


@kept(*VISITS)
def effect_gaps(choice: Choice) -> pd.DataFrame | None:
    """What visits changed for every group beside all others, in points of attendance six to nine
    school months after; None where the choice has no slices (see `slice_area`).

    Columns: series, code, group_effect, group_low, group_high, others_effect, others_low,
    others_high, difference, low, high, visited, checks_failed (of the group's effect), reason. The
    release holds an effect on all others for the groups of COMPLEMENTS only.
    """
    area, found = slice_area(choice), group_rows(choice)
    if area is None or found is None:
        return None
    data = slice_data(choice.release, "group", *area)
    told = {row["code"]: row for row in found.rows.to_dict("records")}
    rows: list[Row] = []
    for group in COMPARED:
        if group not in told:
            continue
        own, name = told[group], COMPLEMENTS.get(group, "")
        rest = told.get(name)
        row: Row = {"series": _(GROUPS[group]), "code": group}
        row |= {f"group_{end}": own[end] for end in ("effect", "low", "high")}
        row |= {f"others_{e}": rest[e] if rest else None for e in ("effect", "low", "high")}
        between = None
        if rest and {group, name} <= set(data.values):
            between = difference(data, group, name, choice.headline)
        row |= _ends(between)
        row |= {"visited": own["visited"], "checks_failed": own["checks_failed"]}
        row["reason"] = own["reason"]
        if not name:
            row["reason"] = _("The release holds no effect on all others together.")
        elif between is None and not row["reason"]:
            row["reason"] = rest["reason"] if rest else _("Nobody else was visited.")
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.astype({name: float for name in table.columns if name.startswith("others_")})


GAPS: Mapping[Gap, Callable[[Choice], pd.DataFrame]] = {
    "attendance": attendance_gaps,
    "chronic": chronic_gaps,
    "reach": reach_gaps,
}
"""The views of gaps between rates."""


@kept(*VISITS, "of_group")
def attendance_of_both(choice: Choice) -> pd.DataFrame:
    """Attendance by month of the choice's group (by its code) and of all others (code OTHERS); the
    columns of `attendance_trend`.
    """
    measures = ("students", "days_enrolled", "days_attended")
    where = {"month": months_of(choice.filters.years)} if choice.filters.years else {}
    frame = _of_both(choice, "attendance_by_group", measures, **where)
    frame["attendance_rate"] = share(frame["days_attended"], frame["days_enrolled"])
    return frame[frame["days_enrolled"] > 0].reset_index(drop=True)


@kept(*VISITS, "of_group")
def chronic_of_both(choice: Choice) -> pd.DataFrame:
    """Chronic absence in the school year to date by month, of both; the columns of
    `chronic_trend`.
    """
    where: dict[str, Collection[Any]] = {"geography": (_geography(choice),)}
    if choice.filters.years:
        where["month"] = months_of(choice.filters.years)
    frame = _of_both(choice, "chronic_to_date", _CHRONIC, **where)
    frame = frame[(frame["chronic_base"] > 0) & ~frame["period"].isin(early_months(choice))]
    frame["chronically_absent"] = frame[_BANDS[0]] + frame[_BANDS[1]]
    frame["chronic_share"] = share(frame["chronically_absent"], frame["chronic_base"])
    return frame.drop(columns=list(_BANDS)).reset_index(drop=True)


@kept(*VISITS, "of_group")
def reach_of_both(choice: Choice) -> pd.DataFrame:
    """The share visited of those ever eligible by month, of both.

    Columns: series, code, period, ever_eligible, ever_eligible_visited, reached. Months in which no
    district takes part aren't there.
    """
    where = {"month": months_of(choice.filters.years)} if choice.filters.years else {}
    frame = _of_both(choice, "reach", _REACH, **where)
    frame["reached"] = share(frame["ever_eligible_visited"], frame["ever_eligible"])
    return frame[frame["ever_eligible"] > 0].reset_index(drop=True)


def _geography(choice: Choice) -> str:
    """Where days are pooled before chronic absence is counted, as on other pages."""
    return "state" if choice.codes is None else "district"


def _parts(
    choice: Choice,
    groups: Sequence[str],
    name: str,
    measures: tuple[str, ...],
    **more: Collection[Any],
) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Each group with its sums by the table's period, and those of all others, each in the order
    of time. The table is read once.
    """
    period = "school_year" if name == "chronic_absence" else "month"
    where = conditions(choice, **more, group=(*groups, ALL_STUDENTS))
    table = choice.release.table(name, ["group", period, *measures], where).drop_null()
    found = sums(table, ["group", period], measures).rename(columns={period: "period"})
    by_group = {str(group): rows.drop(columns="group") for group, rows in found.groupby("group")}
    nobody = found.iloc[:0].drop(columns="group")
    every = by_group.get(ALL_STUDENTS, nobody).set_index("period").sort_index()
    for group in groups:
        own = by_group.get(group, nobody).set_index("period").reindex(every.index, fill_value=0)
        yield group, own.reset_index(), (every - own).reset_index()


def _of_both(
    choice: Choice, name: str, measures: tuple[str, ...], **more: Collection[Any]
) -> pd.DataFrame:
    """Sums by month of the choice's group, then of all others, as series."""
    ((_group, own, rest),) = _parts(choice, (choice.of_group,), name, measures, **more)
    own.insert(0, "series", _(GROUPS[choice.of_group]))
    own.insert(1, "code", choice.of_group)
    rest.insert(0, "series", _("All others"))
    rest.insert(1, "code", OTHERS)
    return pd.concat([own, rest], ignore_index=True)


def _share_gaps(
    choice: Choice,
    name: str,
    measures: tuple[str, ...],
    counted: tuple[str, ...],
    base: str,
    **more: Collection[Any],
) -> pd.DataFrame:
    where = conditions(choice, **more, group=(*COMPARED, ALL_STUDENTS))
    table = choice.release.table(name, ["group", *measures], where).drop_null()
    found = sums(table, ["group"], measures)
    bases = dict(zip(found["group"], found[base], strict=True))
    parts = dict(zip(found["group"], found[list(counted)].sum(axis=1), strict=True))
    everyone, all_counted = int(bases.get(ALL_STUDENTS, 0)), int(parts.get(ALL_STUDENTS, 0))
    rows = []
    for group in COMPARED:
        n, part = int(bases.get(group, 0)), int(parts.get(group, 0))
        one, other = _share(part, n), _share(all_counted - part, everyone - n)
        told = None
        if one[0] is not None and other[0] is not None and not _few(one[1], other[1]):
            told = difference_of_shares((one[0], one[1]), (other[0], other[1]))
        rows.append(_row(group, one, other, told))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _share(part: int, whole: int) -> tuple[float | None, int]:
    """A share and what it is of; None of nobody."""
    return (part / whole if whole else None), whole


def _few(*counted: int) -> bool:
    return min(counted) < FEW_STUDENTS


def _row(
    group: str,
    one: tuple[float | None, int],
    other: tuple[float | None, int],
    told: Interval | None,
) -> Row:
    (rate, counted), (others_rate, others) = one, other
    reason = _too_few(counted, others) if told is None else ""
    nothing = float("nan")
    return {
        "series": _(GROUPS[group]),
        "code": group,
        "group_rate": nothing if rate is None else rate,
        "group_counted": counted,
        "others_rate": nothing if others_rate is None else others_rate,
        "others_counted": others,
        **_ends(told),
        "reason": reason,
    }


def _too_few(counted: int, others: int) -> str:
    """Why a group isn't set beside the others."""
    if counted <= others:
        return _n(
            "Only {n} student is in the group: nothing is said of fewer than {least}.",
            "Only {n} students are in the group: nothing is said of fewer than {least}.",
            counted,
            n=counted,
            least=FEW_STUDENTS,
        )
    return _n(
        "Only {n} student isn’t in the group: nothing is said of fewer than {least}.",
        "Only {n} students aren’t in the group: nothing is said of fewer than {least}.",
        others,
        n=others,
        least=FEW_STUDENTS,
    )


def _ends(found: Interval | None) -> Row:
    if found is None:
        return dict.fromkeys(("difference", "low", "high"), float("nan"))
    return {"difference": found.effect, "low": found.low, "high": found.high}
