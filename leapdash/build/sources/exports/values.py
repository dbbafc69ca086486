"""How the text of a cell is read as a value of the contract, or why it can't be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from leapdash.build.sources.exports.cells import MISSING, NO_RESULT, key_of, tidy
from leapdash.build.sources.exports.dates import (
    Unsaid,
    day_of,
    is_serial,
    month_of,
    school_year_of_text,
)
from leapdash.build.sources.exports.mapping import ColumnSource
from leapdash.build.sources.exports.places import Places
from leapdash.build.sources.exports.synonyms import LANGUAGES_BY_NAME, SYNONYMS
from leapdash.build.sources.typed import EXPECTED, NO, YES
from leapdash.contract import CODE_PATTERN, Column
from leapdash.errors import shortened

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_MONEY = re.compile(r"\$? ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?")
_CODE = re.compile(CODE_PATTERN)
_SHORT_CODE = re.compile(r"[0-9]{5,6}")
_YEAR_COLUMN = "school_year"
_ERRORS = frozenset(("#ref!", "#n/a", "#value!", "#name?", "#div/0!", "#null!", "#num!", "####"))
_SHORTENED_NUMBER = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True)
class Refused:
    """A text that isn't known: `expected` completes "Expected …", `remedy` says what to do. `cell`:
    the text itself, where it is one of several read together.
    """

    expected: str
    remedy: str
    cell: str | None = None


UNTOLD = Refused("", "")
"""A name that may be one of those that could not be read: what is wrong is told there."""


@dataclass(frozen=True)
class Read:
    """A text that is known: its `value` in the contract's form, "" where it is missing; and what
    was `repaired` about it, to be told.
    """

    value: str
    repaired: str = ""


Reading = Read | Refused


class CellReader:
    """Reads the cells of one column.

    `values`: what the mapping says of single values, by cells.key_of. `places`: the schools and
    districts that names are matched with.
    """

    def __init__(
        self,
        column: Column,
        source: ColumnSource,
        values: Mapping[str, str],
        places: Places | None = None,
    ) -> None:
        self._column = column
        self._source = source
        self._values = values
        self._places = places
        self._is_id = column.name == "student_id"
        self._synonyms = SYNONYMS.get(column.name, {})

    def read(self, text: str, less: str | None = None, year: str | None = None) -> Reading:
        """What a cell says; `less`: of the cell that is taken off, `year`: of the one with the
        school year.
        """
        source = self._source
        first = self._one(text, None if less is not None else source.empty, year)
        if less is None:
            return first
        if isinstance(first, Refused):
            return replace(first, cell=text)
        second = self._one(less, source.empty, None, taken_off=True)
        if isinstance(second, Refused):
            return replace(second, cell=less)
        if not (first.value and second.value):
            return Read("")
        value = _plain(Decimal(first.value) - Decimal(second.value))
        return Read(value, first.repaired or second.repaired)

    def _one(
        self, text: str, empty: str | None, year: str | None, taken_off: bool = False
    ) -> Reading:
        column = self._column
        plain, repaired = tidy(text, self._is_id)
        if not plain:
            plain = empty or ""
            if not plain:
                return Read("") if self._may_be_missing else self._empty(taken_off)
        if plain == NO_RESULT:
            return Refused(
                "a value; this is a formula without a stored result",
                "Open the workbook in Excel and save it.",
            )
        if plain.casefold() in _ERRORS:
            return Refused("a value; this is the error of a formula", "Correct the cell.")
        if self._is_id and _SHORTENED_NUMBER.fullmatch(plain):
            return Refused(
                "an identifier with all its digits; a spreadsheet has shortened this one",
                "Export the file again, and don't save it from a spreadsheet.",
            )
        said = self._values.get(key_of(plain))
        if said is not None:
            found = self._meant(said, year)
            if isinstance(found, Refused):
                return Refused(
                    f"{found.expected}, and the mapping says {said!r}",
                    f"Correct it under [table.values.{column.name}].",
                )
            return found
        if column.nullable and plain.casefold() in MISSING:
            return Read("", f"read as missing: {plain}")
        found = self._meant(plain, year)
        return Read(found.value, found.repaired or repaired) if isinstance(found, Read) else found

    @property
    def _may_be_missing(self) -> bool:
        return self._column.nullable or not self._column.required

    def _empty(self, taken_off: bool = False) -> Refused:
        source, name = self._source, self._column.name
        if source.month and taken_off:
            said = f'days_absent = {{ from = "{source.less}", empty = "0" }}'
        elif taken_off:
            said = f'{name} = {{ from = "{source.heading}", less = "{source.less}", empty = "0" }}'
        else:
            said = f'{name} = {{ from = "{source.heading or "…"}", empty = "…" }}'
        place = f' for "{source.month}" under [table.months]' if source.month else ""
        return Refused(
            "a number of days absent" if taken_off else f"a value: {self._column.meaning}",
            f"Fill it in, or say what an empty cell means{place}: {said}.",
        )

    def _meant(self, text: str, year: str | None) -> Reading:
        """What a text stands for that isn't empty."""
        if text == "":
            return Read("") if self._may_be_missing else self._empty()
        column, key = self._column, key_of(text)
        if column.codes is not None:
            code = self._synonyms.get(key)
            return Read(code) if code else self._not_known(f"one of {', '.join(column.codes)}")
        match column.type:
            case "date":
                return self._time(day_of(text, self._source.date), text)
            case "month":
                return self._month(text, year)
            case "boolean":
                return self._boolean(key)
            case "number" | "integer":
                return self._number(text, key)
            case "text":
                return self._text(text, key)

    def _text(self, text: str, key: str) -> Reading:
        name = self._column.name
        if name == _YEAR_COLUMN:
            found = school_year_of_text(text, self._source.year)
            if isinstance(found, str):
                return Read(found)
            return self._unsaid(found) if found else self._not_known("a school year, as 2021-22")
        if name in ("home_language", "language"):
            return self._language(key)
        if self._column.pattern == CODE_PATTERN:
            return self._code(text)
        return Read(text)

    def _code(self, text: str) -> Reading:
        if _CODE.fullmatch(text.upper()):
            return Read(text.upper())
        if found := re.fullmatch(r"([0-9]{5,7})\.0+", text):
            return Read(found[1], "written as numbers with .0")
        if _SHORT_CODE.fullmatch(text):
            return Read(text)  # its leading zeros are put back where types are read
        name = self._column.name
        if self._places is None:
            kind = "schools" if name.startswith("school") else "districts"
            return Refused(
                f"{self._column.meaning}",
                f'If these are names, write {name} = {{ from = "…", match = "{kind}" }}; else say '
                f"which code each has under [table.values.{name}].",
            )
        codes = self._places.codes(text)
        if len(codes) == 1:
            return Read(codes[0])
        if codes:
            listed = ", ".join(codes[:6])
            return Refused(
                f"a name that one of the {self._places.kind} has; {shortened(repr(text))} fits "
                f"{len(codes)}: {listed}",
                f"Say which one is meant under [table.values.{name}].",
            )
        if not self._places.whole:
            return UNTOLD
        near = self._places.near(text)
        return Refused(
            f"the name of one of the {self._places.kind}"
            + (f" ({near} looks like it)" * bool(near)),
            f"Say which code it has under [table.values.{name}].",
        )

    def _language(self, key: str) -> Reading:
        if key in LANGUAGES_BY_NAME:
            return Read(LANGUAGES_BY_NAME[key])
        if re.fullmatch(r"[a-z]{2}", key):
            return Read(key)
        return self._not_known("a language by its name or two-letter code, as Spanish or es")

    def _boolean(self, key: str) -> Reading:
        if key in YES or key in NO:
            return Read("true" if key in YES else "false")
        code = self._synonyms.get(key)
        return Read(code) if code else self._not_known("yes or no")

    def _month(self, text: str, year: str | None) -> Reading:
        said = self._source.fixed_year
        if said is None and year is not None:
            found = school_year_of_text(tidy(year)[0], self._source.year)
            if not isinstance(found, str):
                return Refused("a school year beside the month, as 2021-22", "Correct the cell.")
            said = found
        return self._time(month_of(text, self._source.date, said), text)

    def _time(self, found: date | Unsaid | None, text: str) -> Reading:
        if isinstance(found, date):
            return Read(found.isoformat(), "days as Excel counts them" * is_serial(text))
        if found is not None:
            return self._unsaid(found)
        said = f" written {self._source.date}" * bool(self._source.date)
        kind = "month, as 2021-09" if self._column.type == "month" else "date, as 2021-09-05"
        return self._not_known(f"a {kind}{said}")

    def _number(self, text: str, key: str) -> Reading:
        column = self._column
        if _NUMBER.fullmatch(text):
            return Read(_plain(Decimal(text)))
        if column.unit == "dollars" and (found := _MONEY.fullmatch(text)):
            return Read(_plain(Decimal(found[1].replace(",", "") + (found[2] or ""))))
        if column.unit == "fraction" and text.endswith("%"):
            try:
                return Read(_plain(Decimal(text[:-1].strip()) / 100))
            except InvalidOperation:
                pass
        if key in self._synonyms:
            return Read(self._synonyms[key])
        if column.name == "attended":
            return self._not_known("a share of the day from 0 to 1, or a code the mapping knows")
        return self._not_known(EXPECTED[column.type])

    def _unsaid(self, found: Unsaid) -> Refused:
        return Refused(
            f"one reading; {found.why}",
            f'Say it in the mapping: {self._column.name} = {{ from = "…", {found.choices} }}.',
        )

    def _not_known(self, expected: str) -> Refused:
        name = self._column.name
        return Refused(expected, f"Correct it, or add it under [table.values.{name}].")


def _plain(number: Decimal) -> str:
    """The number in digits, without an exponent or zeros behind."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0", "-") else text
