"""What the record says of a student before a school month, and how likely that makes a call.

In summer, visitors work through a list of last school year's absence. The rest of the year they
answer to the last month's and the last three months' absence, the sooner where the year to date has
just reached a tenth or a fifth. Nothing else of the record is looked at, and nothing beyond it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leapdash.build.demo.calendar import MONTHS_PER_YEAR
from leapdash.build.demo.draws import I64, LOGIT, ONE, logistic
from leapdash.build.demo.places import HARTFORD
from leapdash.build.demo.students import Bools
from leapdash.contract.thresholds import (
    CHRONIC_MINIMUM_DAYS,
    CHRONIC_SHARE_ABSENT,
    OBSERVED_MINIMUM_DAYS,
    SEVERE_SHARE_ABSENT,
)

I16 = npt.NDArray[np.int16]

UNKNOWN = -1
MINIMUM_HALF_DAYS = 2 * OBSERVED_MINIMUM_DAYS
"""A month counts as history with at least so many half-days enrolled."""

_RECENT_MONTHS = 3
_MARKS = tuple(round(1_000 * share) for share in (CHRONIC_SHARE_ABSENT, SEVERE_SHARE_ABSENT))

# share of days absent (in 1/1,000) at which need is half its largest, and how fast it grows
_HALF_AT, _HALF_AT_HARTFORD, _GROWS_OVER = 280, 420, 60
_CROSSING = 3 * LOGIT // 2
"""What reaching a mark adds to need, as a logit."""

# how likely a call is for who isn't on the list, at its end, and how much absence leads to its top
_OFF_LIST, _END_OF_LIST, _LIST_LENGTH = ONE // 32, ONE // 3, 200


@dataclass(frozen=True)
class History:
    """Shares of days absent before a school month (N each, in 1/1,000); -1 where unknown.

    `last`: in the last school month; `mean`: on average in those of the last three that count;
    both unknown where the last month has too few days. `last_year`: in the last school year, with
    at least 10 days enrolled. `to_date`: since the school year began, 0 in its first month;
    `to_date_before`: the same a month earlier.
    """

    last: I64
    mean: I64
    last_year: I64
    to_date: I64
    to_date_before: I64

    @property
    def crosses(self) -> Bools:
        """Whose absence in the year to date has reached a tenth or a fifth in the last month."""
        tenth, fifth = ((self.to_date_before < mark) & (mark <= self.to_date) for mark in _MARKS)
        crosses: Bools = tenth | fifth
        return crosses


def recorded_history(enrolled: I16, attended: I16, month: int) -> History:
    """What the records alone (half-days, N x M) say before a school month."""
    window = slice(max(0, month - _RECENT_MONTHS), month)
    days = enrolled[:, window].astype(np.int64)
    counts = days >= MINIMUM_HALF_DAYS
    absent = np.where(counts, _share(days - attended[:, window], days), 0)
    mean = absent.sum(axis=1) // np.maximum(counts.sum(axis=1), 1)
    known = counts[:, -1]
    year = month - month % MONTHS_PER_YEAR
    last_year, days_last_year = _absent(enrolled, attended, year - MONTHS_PER_YEAR, year)
    enough = days_last_year >= 2 * CHRONIC_MINIMUM_DAYS
    return History(
        last=np.where(known, absent[:, -1], UNKNOWN),
        mean=np.where(known, mean, UNKNOWN),
        last_year=np.where(enough, last_year, UNKNOWN),
        to_date=_absent(enrolled, attended, year, month)[0],
        to_date_before=_absent(enrolled, attended, year, max(year, month - 1))[0],
    )


def _absent(enrolled: I16, attended: I16, first: int, end: int) -> tuple[I64, I64]:
    """The share of days absent in months `first` to `end` - 1 (0 without days), and half-days."""
    months = slice(max(0, first), max(0, end))
    days = enrolled[:, months].sum(axis=1, dtype=np.int64)
    return _share(days - attended[:, months].sum(axis=1, dtype=np.int64), days), days


def _share(part: I64, whole: I64) -> I64:
    share: I64 = 1_000 * part // np.maximum(whole, 1)
    return share


def need(history: History, district: I64) -> I64:
    """How likely recent absence makes a visit within the school year, in 1/65,536: 0 to 1."""
    absent = (history.last + history.mean) // 2
    half_at = np.where(district == HARTFORD, _HALF_AT_HARTFORD, _HALF_AT)
    logit = (absent - half_at) * LOGIT // _GROWS_OVER + _CROSSING * history.crosses
    return np.where(history.last != UNKNOWN, logistic(logit).astype(np.int64), 0)


def place_on_list(history: History, district: I64) -> I64:
    """How likely last school year's absence makes a visit in summer, in 1/65,536: 0 to 1.

    The list has those absent for a tenth of their days or more, likelier the more they were absent;
    now and then somebody else is called on. Hartford takes the most absent first. Nobody without a
    record of last school year, or of its last month.
    """
    absent = history.last_year
    above = np.clip(absent - _MARKS[0], 0, _LIST_LENGTH)
    listed = _END_OF_LIST + (ONE - _END_OF_LIST) * above // _LIST_LENGTH
    chance = np.where(absent >= _MARKS[0], listed, _OFF_LIST)
    most_absent_first = logistic((absent - _HALF_AT_HARTFORD) * LOGIT // _GROWS_OVER)
    chance = np.where(district == HARTFORD, most_absent_first.astype(np.int64), chance)
    return np.where((absent != UNKNOWN) & (history.last != UNKNOWN), chance, 0)
