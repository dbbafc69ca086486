"""Days, months and school years in the shapes that people and programs write them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from leapdash.contract import FIRST_MONTH_OF_SCHOOL_YEAR

ORDERS = ("m/d/y", "d/m/y", "y/m/d")
"""What a mapping can say of dates written in numbers: what stands where."""

_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH_NUMBERS = {name[:length]: n for n, name in enumerate(_NAMES, 1) for length in range(3, 10)}
MONTH_NUMBERS |= {"sept": 9}

_TIME = (
    r"(?:[ T]+(?:00?:00(?::00(?:\.0+)?)?(?:Z|\+00:?00)?|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
    r"(?: ?[AaPp]\.?[Mm]\.?)?))?"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})" + _TIME)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +)?"
_NAMED = re.compile(
    _WEEKDAY + r"([a-z]{3,9})\.?[ -]+(\d{1,2})(?:st|nd|rd|th)?,?[ -]+(\d{4})", re.IGNORECASE
)
_NAMED_LAST = re.compile(
    _WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th)?[ -]+([a-z]{3,9})\.?,?[ -]+(\d{4}|\d{2})", re.IGNORECASE
)
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050  # 2000 to 2099
_EXCEL_DAY_0 = date(1899, 12, 30)

_MONTH_FIRST_NAME = re.compile(r"([a-z]{3,9})\.?[ '’/_-]*(\d{4}|\d{2})", re.IGNORECASE)
_MONTH_LAST_NAME = re.compile(r"(\d{4})[ /_-]*([a-z]{3,9})\.?", re.IGNORECASE)
_MONTH_NUMBERS = re.compile(r"(\d{4})[-/. ]?(\d{2})|(\d{4})[-/.](\d)|(\d{1,2})[-/. ](\d{4})")
_MONTH_ALONE = re.compile(r"([a-z]{3,9})\.?|(\d{1,2})", re.IGNORECASE)
_SCHOOL_YEAR = re.compile(
    r"(?:sy|school year|ay)?[ -]*(?:(\d{4})|(\d{2}))[ ]?[-/–_ ][ ]?(\d{4}|\d{2})", re.IGNORECASE
)
_ONE_YEAR = re.compile(r"(?:sy)?[ -]*(20\d{2})", re.IGNORECASE)


@dataclass(frozen=True)
class Unsaid:
    """A text with more than one reading: `why`, and what the mapping must say (`choices`)."""

    why: str
    choices: str


_ORDER_UNSAID = Unsaid(
    "which number is the month and which the day isn't said", 'date = "m/d/y" or date = "d/m/y"'
)


def day_of(text: str, order: str | None = None) -> date | Unsaid | None:
    """The day a text names; None where it names none.

    `order`: one of ORDERS, for dates in numbers that don't begin with the year. A time of day is
    left out. Numbers from 36526 to 73050 are days as Excel counts them.
    """
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(found[1], found[3], found[4])
    if found := _YEAR_LAST.fullmatch(text):
        if order is None:
            return _ORDER_UNSAID
        if order == "y/m/d":
            return _date(found[1], found[3], found[4]) if len(found[4]) == 2 else None
        month, day = (found[1], found[3]) if order == "m/d/y" else (found[3], found[1])
        return _date(found[4], month, day)
    if found := _COMPACT.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := _SERIAL.fullmatch(text):
        return _of_serial(int(found[1]))
    if found := _NAMED.fullmatch(text):
        return _named(found[3], found[1], found[2])
    if found := _NAMED_LAST.fullmatch(text):
        return _named(found[3], found[2], found[1])
    return None


def is_serial(text: str) -> bool:
    """Whether a text is a day as Excel counts them."""
    found = _SERIAL.fullmatch(text)
    return found is not None and _of_serial(int(found[1])) is not None


def shape_of(text: str) -> str:
    """How a date in figures is written: `year first`, as Excel's real dates are read; `year last`;
    or "" for other texts.
    """
    if _YEAR_FIRST.fullmatch(text) or is_serial(text):
        return "year first"
    return "year last" if _YEAR_LAST.fullmatch(text) else ""


def numbers_of(text: str) -> tuple[int, int] | None:
    """The first two numbers of a date in numbers that ends with its year; None for other texts."""
    found = _YEAR_LAST.fullmatch(text)
    return (int(found[1]), int(found[3])) if found else None


def month_of(
    text: str, order: str | None = None, school_year: str | None = None
) -> date | Unsaid | None:
    """The first day of the month a text names; None where it names none.

    `school_year`, written 2021-22: where the text has no year.
    """
    if found := _MONTH_FIRST_NAME.fullmatch(text):
        return _named(found[2], found[1], "1")
    if found := _MONTH_LAST_NAME.fullmatch(text):
        return _named(found[1], found[2], "1")
    if found := _MONTH_NUMBERS.fullmatch(text):
        return _date(found[1] or found[3] or found[6], found[2] or found[4] or found[5], "1")
    if found := _MONTH_ALONE.fullmatch(text):
        number = int(found[2]) if found[2] else MONTH_NUMBERS.get(found[1].lower(), 0)
        if not 1 <= number <= 12:
            return None
        if school_year is None:
            return Unsaid("the year of the month isn't said", 'school_year = "2021-22" or a column')
        start = int(school_year[:4])
        return date(start + (number < FIRST_MONTH_OF_SCHOOL_YEAR), number, 1)
    day = day_of(text, order)
    return day if not isinstance(day, date) or day.day == 1 else None


def school_year_of_text(text: str, year: str | None = None) -> str | Unsaid | None:
    """The school year a text names, written 2021-22; None where it names none.

    `year`: where the text is a single year, whether it is the `start` or the `end` of it.
    """
    if found := _SCHOOL_YEAR.fullmatch(text):
        start = int(found[1] or f"20{found[2]}")
        return _years(start) if int(found[3]) % 100 == (start + 1) % 100 else None
    if found := _ONE_YEAR.fullmatch(text):
        if year is None:
            return Unsaid(
                "one year, and not whether the school year starts or ends in it",
                'year = "start" or year = "end"',
            )
        return _years(int(found[1]) - (year == "end"))
    return None


def _years(start: int) -> str | None:
    return f"{start}-{(start + 1) % 100:02d}" if 2000 <= start < 2100 else None


def _named(year: str, month: str, day: str) -> date | None:
    number = MONTH_NUMBERS.get(month.lower())
    return None if number is None else _date(year, str(number), day)


def _date(year: str, month: str, day: str) -> date | None:
    """Years of two digits are of this century: no attendance is older."""
    try:
        return date(int(year) + (2000 if len(year) < 3 else 0), int(month), int(day))
    except ValueError:
        return None


def _of_serial(number: int) -> date | None:
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        return _EXCEL_DAY_0 + timedelta(days=number)
    return None
