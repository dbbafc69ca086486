"""The visits themselves: when, where, by whom, in what language, how soon, whom they reached."""

from typing import Any

import numpy as np
import pandas as pd

from leapdash.contract import FIRST_VISITS, VISIT_COUNTS, VISIT_KINDS, months_of, school_year_of
from leapdash.show.choice import VISITS, Choice, kept
from leapdash.show.filters import ALL_STUDENTS
from leapdash.show.language import N_, _
from leapdash.show.views.base import conditions, require_known, share, sums
from leapdash.show.views.effect_rows import KINDS, kind_rows
from leapdash.show.views.programme import last_month

_SECTIONS = {
    "place": N_("Place of the visit"),
    "visitor": N_("Visitor"),
    "language": N_("Language of the visit"),
}
_FUNNEL = ("ever_eligible", "ever_eligible_visited", "tried")


@kept(*VISITS)
def visits_by_month(choice: Choice) -> pd.DataFrame:
    """Visits by calendar month, from the first month with one to the last, none left out.

    Columns: period (first day of the month), met (visits that met the family), missed (that met
    nobody), visits (both), capacity (visits the districts taking part can make in a month; missing
    in months without school, where one of them doesn't say, and where levels are chosen, as it is
    known by district only).
    """
    where = conditions(choice, month=months_of(choice.filters.years) or None)
    table = choice.release.table("visits", ["month", "contact", "visits"], where)
    found = sums(table, ["month", "contact"], ["visits"])
    wide = found.pivot_table(index="month", columns="contact", values="visits", aggfunc="sum")
    wide = wide.reindex(columns=["met", "no contact"]).fillna(0).astype("int64")
    if len(wide):
        every = pd.date_range(min(wide.index), max(wide.index), freq="MS").date
        wide = wide.reindex(every, fill_value=0)
    frame = wide.rename(columns={"no contact": "missed"}).rename_axis("period").reset_index()
    frame.columns.name = None
    frame["visits"] = frame["met"] + frame["missed"]
    capacity = _capacity(choice)
    frame["capacity"] = np.array([capacity.get(day, np.nan) for day in frame["period"]], float)
    return frame


def _capacity(choice: Choice) -> dict[Any, float]:
    """Visits a month that the districts of the choice can make, by school month; without months in
    which a district that takes part doesn't say.
    """
    if choice.filters.levels or not choice.release.has("programme"):
        return {}
    columns = ["district_code", "school_year", "visit_capacity"]
    programme = choice.release.table("programme", columns).to_pylist()
    told = {(row["district_code"], row["school_year"]): row["visit_capacity"] for row in programme}
    where = conditions(choice, group=(ALL_STUDENTS,))
    part = choice.release.table("reach", ["month", "district_code", "ever_eligible"], where)
    pairs = sums(part.drop_null(), ["month", "district_code"], ["ever_eligible"])
    found: dict[Any, float] = {}
    day: Any
    for day, districts in pairs.groupby("month")["district_code"]:
        own = [told.get((code, school_year_of(day))) for code in districts]
        if all(number is not None for number in own):
            found[day] = float(sum(number for number in own if number is not None))
    return found


@kept(*VISITS)
def kinds_made(choice: Choice) -> pd.DataFrame:
    """Visits, met or not, by place, visitor and language; and, for a choice that has slices (see
    `slice_area`), visited students by how often they were met.

    Columns: section, series, code, visits (of the last section students), visits_share (of the
    section), first_visits (those that were a student's first to meet the family; missing in the
    last section).
    """
    where = conditions(choice, school_year=choice.filters.years or None)
    measures = ["visits", "first_visits"]
    table = choice.release.table("visits_by_kind", ["kind", "value", *measures], where)
    found = sums(table, ["kind", "value"], measures)
    require_known(found["kind"], VISIT_KINDS, "a kind of visit")
    parts = []
    for kind in VISIT_KINDS:
        labels = KINDS[kind][1]
        own = found[found["kind"] == kind].set_index("value")
        require_known(own.index, labels, kind)
        own = own.reindex([value for value in labels if value in own.index])
        own.insert(0, "section", _(_SECTIONS[kind]))
        own.insert(1, "series", [_(labels[value]) for value in own.index])
        parts.append(own.rename_axis("code").reset_index())
    parts.append(_how_often(choice))
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    whole = frame.groupby("section")["visits"].transform("sum")
    frame["visits_share"] = share(frame["visits"], whole)
    columns = ["section", "series", "code", "visits", "visits_share", "first_visits"]
    return frame[columns]


def _how_often(choice: Choice) -> pd.DataFrame:
    """Visited students by the number of visits that met them."""
    rows = kind_rows(choice) if choice.release.has_effects else None
    if rows is None:
        return pd.DataFrame()
    own = rows.rows[rows.rows["code"].isin(VISIT_COUNTS)]
    return pd.DataFrame(
        {
            "code": own["code"],
            "section": _("Students by number of visits"),
            "series": own["series"],
            "visits": own["visited_all"],
            "first_visits": float("nan"),
        }
    )


@kept(*VISITS)
def first_visits_by_month(choice: Choice) -> pd.DataFrame:
    """First visits to eligible students, by how long they had waited.

    Columns: period, one for every class of FIRST_VISITS, first_visits (all of them). Months in
    which no district of the choice takes part aren't there.
    """
    frame = _reach(choice, list(FIRST_VISITS))
    frame["first_visits"] = frame[list(FIRST_VISITS)].sum(axis=1)
    return frame


@kept(*VISITS)
def funnel_by_month(choice: Choice) -> pd.DataFrame:
    """From eligible to met, among students enrolled in each month.

    Columns: period, ever_eligible, ever_eligible_visited (met), tried (a visit met nobody so far),
    neither (no visit is recorded), reached (met of the eligible, a fraction).
    """
    return _with_rest(_reach(choice, list(_FUNNEL)))


@kept(*VISITS)
def funnel_by_school(choice: Choice) -> pd.DataFrame:
    """The same in the last month chosen for every school of the choice with eligible students.

    Columns: school_code, school_name (with its district's), then those of `funnel_by_month` but
    period. Those with most eligible students come first.
    """
    where = conditions(choice, month=(last_month(choice),), group=(ALL_STUDENTS,))
    table = choice.release.table("reach", ["school_code", *_FUNNEL], where).drop_null()
    frame = _with_rest(sums(table, ["school_code"], _FUNNEL))
    frame = frame[frame["ever_eligible"] > 0].copy()
    require_known(frame["school_code"], choice.known.schools, "school_code")
    frame.insert(1, "school_name", frame["school_code"].map(choice.known.school_label))
    order = ["ever_eligible", "school_name"]
    return frame.sort_values(order, ascending=[False, True], ignore_index=True)


def _reach(choice: Choice, measures: list[str]) -> pd.DataFrame:
    """Measures of table `reach` by month, in the order of time."""
    months = months_of(choice.filters.years) or None
    where = conditions(choice, month=months, group=(ALL_STUDENTS,))
    table = choice.release.table("reach", ["month", *measures], where).drop_null()
    frame = sums(table, ["month"], measures).rename(columns={"month": "period"})
    return frame.sort_values("period", ignore_index=True)


def _with_rest(frame: pd.DataFrame) -> pd.DataFrame:
    frame["neither"] = frame["ever_eligible"] - frame["ever_eligible_visited"] - frame["tried"]
    frame["reached"] = share(frame["ever_eligible_visited"], frame["ever_eligible"])
    return frame
