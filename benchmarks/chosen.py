"""By what students are chosen for a first visit in the simulated states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

YEAR = 10
_USUAL_ABSENCE = 0.2


@dataclass(frozen=True)
class Record:
    """What is on record in month t, when a school year has ten months.

    `days`, `attended`: students x months. `before`: the first of the last three months. `poor`,
    `poor_long`: the share absent last month and in the last three. `english_learner`: 0 or 1.
    `poor_school`: the share absent last month in the student's school.
    """

    days: Ints
    attended: Ints
    t: int
    before: int
    poor: Floats
    poor_long: Floats
    english_learner: Ints
    poor_school: Floats

    def absent(self, first: int, end: int) -> tuple[Floats, Flags]:
        """The share of days absent in months first to end - 1, and who was enrolled for any."""
        first = max(first, 0)
        days = self.days[:, first:end].sum(axis=1)
        return 1 - self.attended[:, first:end].sum(axis=1) / np.maximum(days, 1), days > 0

    @property
    def year(self) -> int:
        """The first month of the school year."""
        return self.t - self.t % YEAR

    def last_year(self) -> tuple[Floats, Flags]:
        """The share absent last school year."""
        return self.absent(self.year - YEAR, self.year)

    @property
    def everyone(self) -> Flags:
        """All students, for what can be told of all."""
        return np.ones(len(self.poor), dtype=bool)


def _by_last_year(record: Record) -> tuple[Floats, Flags]:
    absent, known = record.last_year()
    return -6.9 + 9.0 * absent, known


def _by_list(record: Record) -> tuple[Floats, Flags]:
    absent, known = record.last_year()
    return np.where(absent >= 0.1, -3.7, -6.5), known


def _by_summer_list(record: Record) -> tuple[Floats, Flags]:
    if record.t > record.year:
        return -6.3 + 3.0 * record.poor_long, record.everyone
    absent, known = record.last_year()
    return np.where(absent >= 0.1, -1.2, -6.0), known


def _by_both(record: Record) -> tuple[Floats, Flags]:
    absent, known = record.last_year()
    return -6.6 + 2.0 * record.poor + 2.5 * record.poor_long + 4.5 * absent, known


def _by_year_to_date(record: Record) -> tuple[Floats, Flags]:
    now, known = record.absent(record.year, record.t)
    before, known_before = record.absent(record.year, record.t - 1)
    crossed = ((now >= 0.1) & (before < 0.1)) | ((now >= 0.2) & (before < 0.2))
    return np.where(crossed, -1.8, -5.8 + 2.0 * record.poor), known & known_before


def _by_own_usual(record: Record) -> tuple[Floats, Flags]:
    usual, known = record.absent(0, record.before)
    return -5.0 + 9.0 * (record.poor_long - usual), known


def _by_group(record: Record) -> tuple[Floats, Flags]:
    index = -6.9 + 2.5 * record.poor + 3.0 * record.poor_long + 2.0 * record.english_learner
    return index, record.everyone


def _by_school(record: Record) -> tuple[Floats, Flags]:
    index = -6.3 + 2.0 * record.poor + 2.5 * record.poor_long
    return index + 12.0 * (record.poor_school - _USUAL_ABSENCE), record.everyone


def _by_all_mildly(record: Record) -> tuple[Floats, Flags]:
    absent, known = record.last_year()
    index = -6.6 + 1.5 * record.poor + 2.0 * record.poor_long + 3.0 * absent
    index += 1.0 * record.english_learner + 6.0 * (record.poor_school - _USUAL_ABSENCE)
    return index, known


CHOSEN: Mapping[str, Callable[[Record], tuple[Floats, Flags]]] = {
    "last year": _by_last_year,
    "list": _by_list,
    "summer list": _by_summer_list,
    "both": _by_both,
    "to date": _by_year_to_date,
    "own usual": _by_own_usual,
    "group": _by_group,
    "school": _by_school,
    "all mildly": _by_all_mildly,
}
"""By what students are chosen, beside `recent`: last school year's absence; whether it was a tenth
or more; the same from a list worked through in summer (visits of a school year's first month), the
rest of the year by recent months; last year's and recent absence; the absence of the year to date
reaching a tenth or a fifth; absence above one's own usual; recent absence and being an English
learner; recent absence and last month's of the whole school; all of recent months, last year, group
and school. Each gives the log-odds, and for whom they can be told."""
