"""Months that have columns of their own: `Sep-21 Enrolled`, `DaysAbsent_09`, `October`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leapdash.build.sources.exports.cells import words_of
from leapdash.build.sources.exports.dates import MONTH_NUMBERS
from leapdash.build.sources.exports.inspect.vocabulary import ABSENT, columns_called

MEASURES = ("days_enrolled", "days_attended", ABSENT)
_LEAST_MONTHS = 2
_NAMES = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_NAMED = re.compile(
    rf"(?<![a-z])({_NAMES})\.?(?:[ '’_/-]*(20\d{{2}}|\d{{2}})(?!\d))?(?![a-z])", re.I
)
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(20\d{{2}})[ _/-]*(?:({_NAMES})(?![a-z])|(0[1-9]|1[0-2])(?!\d))", re.I
)
_YEAR_LAST = re.compile(r"(?<!\d)(0?[1-9]|1[0-2])[ _/-](20\d{2})(?!\d)")
# What a spreadsheet makes of a month in a heading: its first day.
_FIRST_DAY = re.compile(r"(?<!\d)(20\d{2})-(0[1-9]|1[0-2])-01(?!\d)")
_FIRST_DAY_LAST = re.compile(r"(?<!\d)(0?[1-9]|1[0-2])/0?1/(20\d{2})(?!\d)")
_NUMBER = re.compile(r"(?<!\d)(?:m|month)?[ _-]*(0?[1-9]|1[0-2])(?!\d)", re.I)
_USUAL = frozenset((9, 10, 11, 12, 1, 2, 3, 4, 5))


@dataclass(frozen=True)
class MonthHeading:
    """A heading that names a month: as 2021-09, or 09 where it has no year; and what is counted, ""
    where it doesn't say.
    """

    month: str
    measure: str


def months_in(headings: Sequence[str]) -> Mapping[str, MonthHeading]:
    """The headings that name months, where there are several months, or one with its days enrolled
    and its days attended or absent.
    """
    found = {h: m for h in headings if (m := _named(h)) is not None}
    counted = {m.measure for m in found.values()} - {""}
    one = "days_enrolled" in counted and len(counted) > 1
    if len({m.month for m in found.values()}) < _LEAST_MONTHS and not one:
        found = {h: m for h in headings if (m := _numbered(h)) is not None}
        if not {int(m.month) for m in found.values()} >= _USUAL:
            return {}
    return found


def _named(heading: str) -> MonthHeading | None:
    """A heading with a month's name, or a year and a month in figures."""
    if match := _FIRST_DAY.search(heading):
        month = f"{match[1]}-{match[2]}"
    elif match := _FIRST_DAY_LAST.search(heading):
        month = f"{match[2]}-{int(match[1]):02d}"
    elif match := _YEAR_FIRST.search(heading):
        number = int(match[3]) if match[3] else MONTH_NUMBERS[match[2].lower()]
        month = f"{match[1]}-{number:02d}"
    elif match := _YEAR_LAST.search(heading):
        month = f"{match[2]}-{int(match[1]):02d}"
    elif match := _NAMED.search(heading):
        year = f"20{match[2]}-" if match[2] and len(match[2]) == 2 else match[2] and f"{match[2]}-"
        month = f"{year or ''}{MONTH_NUMBERS[match[1].lower()]:02d}"
    else:
        return None
    rest = heading[: match.start()] + " " + heading[match.end() :]
    measure = _measure(rest)
    return None if measure is None else MonthHeading(month, measure)


def _numbered(heading: str) -> MonthHeading | None:
    match = _NUMBER.search(heading)
    if match is None:
        return None
    measure = _measure(heading[: match.start()] + " " + heading[match.end() :])
    return MonthHeading(f"{int(match[1]):02d}", measure) if measure else None


def _measure(rest: str) -> str | None:
    """What is counted; "" where nothing is said, None where it is none of MEASURES."""
    if not words_of(rest):
        return ""
    return next((column for column in columns_called(rest)[0] if column in MEASURES), None)
