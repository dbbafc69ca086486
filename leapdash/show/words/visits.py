"""Sentences of the visits themselves: how many, whom they met, how soon."""

from datetime import date

import pandas as pd

from leapdash.contract import FIRST_VISITS
from leapdash.contract.thresholds import FEW_STUDENTS, WAITING_DAYS
from leapdash.show.language import N_, _, _n
from leapdash.show.views.programme import Reach, VisitsMade
from leapdash.show.words.numbers import count, month, per_cent, students

_SOONEST, _LATEST = FIRST_VISITS[0], FIRST_VISITS[-1]
CAPACITY = N_(
    "Dotted: how many visits a month the districts taking part could make, as they report it; "
    "drawn in months with school."
)
NO_CAPACITY = N_(
    "How many visits could be made isn’t drawn: it is reported by district and school year, and "
    "not for all of these, or levels are chosen."
)
SUMMERS = N_("Summer months count with the school year that follows.")
KINDS_NOTE = N_(
    "Of all visits, met or not. A visit in another language is one that wasn’t in English or "
    "Spanish. Numbers of visits count those that met the family, of all visited students."
)
HOW_SOON = N_(
    "First visits to eligible students enrolled that month, by the days since the end of the month "
    "in which the student became eligible."
)
FUNNEL = N_(
    "Students enrolled that month who had become eligible by then. Met: a visit met the family; "
    "tried: a visit met nobody, and none has met the family since."
)


def answer(whom: str, made: VisitsMade, when: tuple[date, date], reach: Reach) -> str:
    """How many visits were made and whom they met, and the share reached. `when`: the first and the
    last month with a visit.
    """
    told = _n(
        "{whom}: {visits} visit was made from {first} to {last}; {met} met the family, "
        "{students} for the first time.",
        "{whom}: {visits} visits were made from {first} to {last}; {met} met the family, "
        "{students} for the first time.",
        made.visits,
        whom=whom,
        visits=count(made.visits),
        first=month(when[0]),
        last=month(when[1]),
        met=count(made.met),
        students=students(made.first_visits),
    )
    if reach.ever_eligible < FEW_STUDENTS:
        return told
    reached = _(
        "Of {n} ever eligible and enrolled in {month}, {share} had been met.",
        n=students(reach.ever_eligible),
        month=month(reach.month),
        share=per_cent(reach.share_visited),
    )
    return f"{told} {reached}"


def how_soon(found: pd.DataFrame) -> str:
    """How soon first visits came; takes `first_visits_by_month`. Empty where there were too few."""
    every = int(found["first_visits"].sum())
    if every < FEW_STUDENTS:
        return ""
    return _(
        "Of {n} first visits to eligible students, {soon} came within {days} days, {late} after "
        "more than {most}.",
        n=count(every),
        soon=per_cent(found[_SOONEST].sum() / every),
        late=per_cent(found[_LATEST].sum() / every),
        days=WAITING_DAYS[0],
        most=WAITING_DAYS[-1],
    )


def within(found: pd.DataFrame) -> tuple[str, str]:
    """The share of first visits within the shortest time, for a card."""
    every = int(found["first_visits"].sum())
    soon = found[_SOONEST].sum() / every if every >= FEW_STUDENTS else None
    return per_cent(soon), _("of first visits to eligible students")


def funnel(last: pd.Series, when: str) -> str:
    """From eligible to met at the end of the period; takes a row of `funnel_by_month`."""
    tried = int(last["tried"]) + int(last["ever_eligible_visited"])
    return _(
        "In {month}, of {n} ever eligible, a visit was tried to {tried} and met {met}.",
        month=when,
        n=students(int(last["ever_eligible"])),
        tried=count(tried),
        met=count(last["ever_eligible_visited"]),
    )


def alt_months(title: str, table: pd.DataFrame, column: str) -> str:
    """What a chart of bars by month shows: its first and last bar, and the highest."""
    first, last, most = table.iloc[0], table.iloc[-1], table.iloc[int(table[column].argmax())]
    return _(
        "Bar chart over months: {title}. {first} in {first_month}, {last} in {last_month}; most in "
        "{most_month}: {most}.",
        title=title,
        first=count(first[column]),
        first_month=month(first["period"]),
        last=count(last[column]),
        last_month=month(last["period"]),
        most=count(most[column]),
        most_month=month(most["period"]),
    )


def alt_kinds(title: str, table: pd.DataFrame) -> str:
    """What the chart of kinds shows: the most frequent of each section."""
    most = table.loc[table.groupby("section", sort=False)["visits"].idxmax()]
    told = "; ".join(
        f"{row['section']}: {row['series']} {per_cent(row['visits_share'])}"
        for row in most.to_dict("records")
    )
    return _("Bar chart: {title}. Most often, {told}.", title=title, told=told)
