"""Sentences of who waits for a first visit, and how long."""

from collections.abc import Mapping

import pandas as pd

from leapdash.contract import WAITING
from leapdash.contract.thresholds import WAITING_DAYS
from leapdash.show.language import N_, _, _n
from leapdash.show.words.numbers import count, per_cent

_LONGEST = WAITING[-1]
_FIRST, _SECOND, _THIRD = WAITING_DAYS
CLASSES: Mapping[str, str] = dict(
    zip(
        WAITING,
        (
            N_("up to {first} days"),
            N_("{after_first}–{second}"),
            N_("{after_second}–{third}"),
            N_("over {third}"),
        ),
        strict=True,
    )
)
HOW_LONG = N_(
    "Students enrolled that month who have been eligible and were not visited by its end, by the "
    "days since the end of the month in which they became eligible. Students whom a visit was "
    "tried and met nobody are among them."
)


def class_name(name: str) -> str:
    """A class of waiting time as a key: up to 30 days, 31–60."""
    return _(
        CLASSES[name],
        first=_FIRST,
        after_first=_FIRST + 1,
        second=_SECOND,
        after_second=_SECOND + 1,
        third=_THIRD,
    )


def how_long(whom: str, when: str, last: pd.Series) -> str:
    """How many wait at the end of a month and how many of them longest; takes a row of
    `waiting_by_month`.
    """
    waiting, longest = int(last["waiting"]), int(last[_LONGEST])
    if not waiting:
        return _(
            "{whom}: nobody waited for a first visit at the end of {month}.", whom=whom, month=when
        )
    told = _n(
        "{whom}: {n} student waited for a first visit at the end of {month}.",
        "{whom}: {n} students waited for a first visit at the end of {month}.",
        waiting,
        whom=whom,
        n=count(waiting),
        month=when,
    )
    if not longest:
        return f"{told} " + _("Nobody had waited for more than {days} days.", days=_THIRD)
    return f"{told} " + _n(
        "{n} of them ({share}) had waited for more than {days} days.",
        "{n} of them ({share}) had waited for more than {days} days.",
        longest,
        n=count(longest),
        share=per_cent(longest / waiting),
        days=_THIRD,
    )


def where_longest(schools: pd.DataFrame) -> str:
    """The school where most have waited longest; takes `waiting_at_schools`. Nothing where nobody
    has waited so long.
    """
    if not len(schools) or not schools[_LONGEST].iloc[0]:
        return ""
    first = schools.iloc[0]
    return _n(
        "Most of these are at {school}: {n} student.",
        "Most of these are at {school}: {n} students.",
        int(first[_LONGEST]),
        school=first["school_name"],
        n=count(first[_LONGEST]),
    )


def alt_months(title: str, months: pd.DataFrame) -> str:
    """What the bars by month show, for who can't see them."""
    first, last = months["waiting"].iloc[0], months["waiting"].iloc[-1]
    return _(
        "Stacked bars by month: {title}. From {first} students to {last}, {longest} of them for "
        "more than {days} days.",
        title=title,
        first=count(first),
        last=count(last),
        longest=count(months[_LONGEST].iloc[-1]),
        days=_THIRD,
    )


def alt_schools(title: str, schools: pd.DataFrame) -> str:
    """What the bars by school show, for who can't see them."""
    return _(
        "Stacked bars by school: {title}. {n} schools, first {school}: {waiting} waiting, "
        "{longest} of them for more than {days} days.",
        title=title,
        n=len(schools),
        school=schools["school_name"].iloc[0],
        waiting=count(schools["waiting"].iloc[0]),
        longest=count(schools[_LONGEST].iloc[0]),
        days=_THIRD,
    )
