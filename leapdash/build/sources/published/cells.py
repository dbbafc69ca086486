"""Cells of the files that states publish: what they mean, also after a spreadsheet changed them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from leapdash.contract import CODE_PATTERN
from leapdash.errors import InputError, shortened

_MOST_DIGITS = 12
_MOST_PROBLEMS = 10
_WITHHELD = ("", "*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_Value = TypeVar("_Value")


class PublishedRow:
    """One row of the file; what can't be understood is put on the list of problems."""

    def __init__(
        self, path: Path, line: int, cells: Mapping[str, str], problems: list[str]
    ) -> None:
        self._where = f"{path.name}, row {line}"
        self._cells = cells
        self._problems = problems

    def value(
        self, column: str, understand: Callable[[str], _Value | None], expected: str
    ) -> _Value | None:
        """What the cell means; None, and a problem, where that can't be made out."""
        meant = understand(self._cells[column])
        if meant is None:
            self._problems.append(
                f"{self._where}, column {column}: {shortened(repr(self._cells[column]))} can't be "
                "made out.\n"
                f"Expected {expected}. Correct the cell, or take the file anew from its publisher."
            )
        return meant

    def figure(
        self, column: str, understand: Callable[[str], _Value | None], expected: str
    ) -> _Value | None:
        """The same for a figure that may be withheld."""
        if self._cells[column] in _WITHHELD:
            return None
        return self.value(column, understand, f"{expected}, or nothing or * where withheld")


def check_no_problems(problems: Sequence[str]) -> None:
    """Raises InputError that tells the first ten of the problems, where there are any."""
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        told = "\n".join(problems[:_MOST_PROBLEMS])
        raise InputError(told + (f"\n{more} more problems like these." if more > 0 else ""))


def code(text: str) -> str | None:
    """A code of seven characters; one or two leading zeros may have been lost."""
    whole = text.zfill(7) if re.fullmatch(r"\d{5,6}", text) else text
    return whole if re.fullmatch(CODE_PATTERN, whole) else None


def name(text: str) -> str | None:
    """The name, where it is one that can be shown."""
    return text if text.isprintable() else None


def whole(text: str) -> int | None:
    """496092, `496092.0` or `496,092`."""
    match = re.fullmatch(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.0*)?", text)
    return int(match[1].replace(",", "")) if match and len(match[1]) <= _MOST_DIGITS else None


def rate(text: str) -> float | None:
    """0.9169, or `91.69%` as a spreadsheet may show it."""
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)(%?)", text)
    if match is None:
        return None
    # Divided in decimal places, so that 91.69% is 0.9169 to the last bit.
    rate = float(f"{match[1]}e-2") if match[2] else float(match[1])
    return rate if rate <= 1 else None


def month(text: str) -> date | None:
    """`June 2022`, `Jun-22`, `2022-06`: its first day."""
    if match := re.fullmatch(r"([A-Za-z]{3,9})[ -](\d{4}|\d{2})", text):
        name, year = match[1].lower(), int(match[2])
        if name[:3] in _MONTHS:
            month = _MONTHS.index(name[:3]) + 1
            full = date(2000, month, 1).strftime("%B").lower()
            if full.startswith(name):
                return date(year if year >= 100 else 2000 + year, month, 1)
    if match := re.fullmatch(r"(\d{4})-(\d{2})(?:-01)?", text):
        return _date(int(match[1]), int(match[2]), 1)
    return None


def day(text: str) -> date | None:
    """`2022-07-22`, the same with a time, or `7/22/2022` (month first, as in the United States)."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[T ][\d:.]+Z?)?", text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return _date(int(match[3]), int(match[1]), int(match[2]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
