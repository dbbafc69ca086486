"""How numbers and months are written: per cents and points with one decimal, counts with commas.

Spanish in the United States writes numbers as English does; months are words of the language.
"""

import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_skeleton

from leapdash.show.language import N_, _, _n, locale

NO_FIGURE = "–"
_IN_WORDS = (
    *(N_("zero"), N_("one"), N_("two"), N_("three"), N_("four")),
    *(N_("five"), N_("six"), N_("seven"), N_("eight"), N_("nine")),
)


def per_cent(rate: float | None) -> str:
    """A rate as a per cent with one decimal, halves up (0.8325 is 83.3%); a dash for none."""
    value = _number(rate)
    return NO_FIGURE if math.isnan(value) else f"{_tenths(100 * value)}%"


def points(change: float | None, signed: bool = False) -> str:
    """A difference of rates in points with one decimal, with or without its sign."""
    value = 100 * _number(change)
    if math.isnan(value):
        return NO_FIGURE
    text = str(_tenths(abs(value)))
    if not signed or text == "0.0":
        return text
    return f"+{text}" if value > 0 else f"−{text}"


def count(number: float | None) -> str:
    """A count with thousands separated by commas; a dash for none."""
    value = _number(number)
    return NO_FIGURE if math.isnan(value) else f"{int(value):,}"


def students(number: int) -> str:
    """So many students: 1 student; 1,200 students."""
    return _n("{n} student", "{n} students", number, n=count(number))


def visited_students(number: int) -> str:
    """So many visited students: 1 visited student; 1,200 visited students."""
    return _n("{n} visited student", "{n} visited students", number, n=count(number))


def in_words(number: int) -> str:
    """A number up to nine as a word."""
    return _(_IN_WORDS[number])


def rounded(number: float) -> str:
    """A large number to three figures, with commas: 89,909.3 is 89,900."""
    if abs(number) < 1000:
        return f"{number:,.0f}".replace("-", "−")
    step = 10 ** (int(math.log10(abs(number))) - 2)
    return f"{round(number / step) * step:,.0f}".replace("-", "−")


def tenths(number: float) -> str:
    """A number with one decimal: days for each student."""
    text = f"{number:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", "−")


def month(day: date) -> str:
    """A month as words: June 2023."""
    return format_skeleton("yMMMM", day, locale=locale())


def short_month(day: date) -> str:
    """A month as short words: Jun 2023."""
    return format_skeleton("yMMM", day, locale=locale())


def signed_month(number: int) -> str:
    """A month since the visit with its sign: −6, 0, +3."""
    return f"−{-number}" if number < 0 else f"+{number}" if number else "0"


def _number(value: float | None) -> float:
    """The value, not a number where there is none."""
    return math.nan if value is None else float(value)


def _tenths(value: float) -> Decimal:
    # Rounded to nine places first: 83.25 arrives as 83.24999999999999 or as 83.25.
    return Decimal(str(round(value, 9))).quantize(Decimal("0.1"), ROUND_HALF_UP)
