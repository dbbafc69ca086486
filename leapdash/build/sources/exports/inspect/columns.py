"""Which of a sheet's columns is a column of the contract, from its heading and its values."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from leapdash.build.sources.exports.cells import key_of, words_of
from leapdash.build.sources.exports.dates import month_of, school_year_of_text
from leapdash.build.sources.exports.inspect.guesses import ColumnGuess
from leapdash.build.sources.exports.inspect.profile import ColumnProfile
from leapdash.build.sources.exports.inspect.vocabulary import (
    columns_called,
    like_names,
    says_absent,
)
from leapdash.build.sources.exports.mapping import ColumnSource
from leapdash.build.sources.exports.values import CellReader, Read
from leapdash.contract import CODE_PATTERN, Column, Table

_MOST_LOOKED_AT = 500
_MOST_LISTED = 25
_MOST_CODES = 15
_READABLE = 0.5
_CODE = re.compile(rf"{CODE_PATTERN}|[0-9]{{5,6}}(\.0+)?")
_PRESENT, _ABSENT = ("p", "present", "pr"), ("a", "absent", "ab")
_NAMED_AFTER = {"school_code": "school_name", "district_code": "district_name"}
_END_YEAR = ("end", "year")
_SHARE = re.compile(r"0?\.[0-9]+|[01](\.0+)?")


class Finder:
    """Finds the columns of one table among the columns of a sheet.

    `ids`: headings that may identify students in every file that has students.
    """

    def __init__(
        self, table: Table, profiles: Sequence[ColumnProfile], ids: frozenset[str] = frozenset()
    ) -> None:
        self._table = table
        self._profiles = {profile.heading: profile for profile in profiles}
        self._ids = ids

    def called(self, name: str) -> list[str]:
        """The headings that a column of the contract, or days absent, goes by; where there is none,
        those that are like it, where every value fits.
        """
        known = {heading: columns_called(heading)[0] for heading in self._profiles}
        named = [heading for heading, columns in known.items() if name in columns]
        ours = set(self._table.column_names)
        like = [h for h, c in known.items() if not ours & set(c) and like_names(h, name)]
        return named or [h for h in like if self._fits(name, h)]

    def _fits(self, name: str, heading: str) -> bool:
        """Whether all values can be a column's whose name isn't known."""
        profile = self._profiles[heading]
        if name == "student_id":
            return profile.many
        if name not in self._table.column_names:
            return False
        if name == "attended":
            return {"p", "present", "1"} & set(map(key_of, profile.values)) != set() and (
                len(profile.values) <= _MOST_CODES and profile.largest_number <= 1
            )
        if name in _NAMED_AFTER:
            return _are_codes(profile)
        if name in _NAMED_AFTER.values():
            return _are_words(profile)
        return bool(profile.values) and self.readable(name, heading) == 1.0

    def profile(self, heading: str) -> ColumnProfile:
        """What stands in the column of that heading."""
        return self._profiles[heading]

    def readable(self, name: str, heading: str) -> float:
        """The share of the distinct values under a heading that a column can take."""
        profile = self._profiles[heading]
        values = list(profile.values)[:_MOST_LOOKED_AT]
        if not values:
            return 1.0
        # What must be asked of dates and years is none of a value's faults.
        source = self._source(name, profile)
        lenient = replace(
            source,
            date=source.date or "m/d/y",
            year=source.year or "end",
            school_year="2000-01" if self._table.column(name).type == "month" else "",
        )
        reader = CellReader(self._table.column(name), lenient, {})
        return sum(isinstance(reader.read(v), Read) for v in values) / len(values)

    def find(self, column: Column) -> ColumnGuess | None:
        """Where the column comes from, or what to ask; None where no heading is like it and it may
        be missing.
        """
        name = column.name
        if name == "student_id":
            return self._student()
        if name in _NAMED_AFTER or name in _NAMED_AFTER.values():
            return self._place(column)
        called = self.called(name)
        if name == "attended":
            fitting = called
        else:
            fitting = [h for h in called if self.readable(name, h) >= _READABLE]
        whole = [h for h in fitting if self.readable(name, h) == 1.0]
        if len(fitting) > 1 and len(whole) == 1:
            fitting = whole
        if len(fitting) == 1:
            return self._found(column, fitting[0])
        choices = tuple(fitting or called)
        if not choices and not column.required:
            return None
        guess = ColumnGuess(name, choices=choices)
        if choices:
            why = "several columns may be it" if len(choices) > 1 else "its values don't fit"
            guess.asks.append(f"{why}: {column.meaning}")
        else:
            guess.asks.append(f"no column is called like it: {column.meaning}")
        return guess

    def _found(self, column: Column, heading: str) -> ColumnGuess:
        """The column under that heading, with what the mapping must say of it."""
        profile, name = self._profiles[heading], column.name
        if name == "attended" and says_absent(heading) and any(map(_is_number, profile.values)):
            return _absent_instead(profile)
        source = self._source(name, profile)
        guess = ColumnGuess(name, heading, columns_called(heading)[1] or "a word in its name")
        if source.date:
            guess.options["date"] = source.date
            first, second = profile.largest
            if column.type == "month" and profile.firsts:
                guess.why += "; the second number is always 1, so the month stands first"
            else:
                guess.why += f"; {max(first, second)} is no month, so dates are {source.date}"
        elif profile.largest[0]:
            guess.asks.append(
                'in figures, and no value tells month and day apart: date = "m/d/y" or "d/m/y"'
            )
        if column.type == "date" and len(profile.shapes) > 1:
            guess.asks.append(
                "real dates beside dates in figures: a spreadsheet may have exchanged day and "
                'month of the real ones. Correct the file, or add mixed = "right"'
            )
        if name == "school_year" and any(school_year_of_text(v) for v in profile.values):
            self._one_year(guess, profile)
        if column.type == "month":
            self._without_year(guess, profile)
        self._values(guess, column, source, profile)
        if profile.blank and not column.nullable and not guess.asks and column.required:
            answer = {"boolean": '"false"', "number": '"0"'}.get(column.type, '"…"')
            guess.asks.append(
                f"{profile.blank:,} of {profile.rows:,} cells are empty: what does that mean? "
                f"empty = {answer}"
            )
        return guess

    def _values(
        self, guess: ColumnGuess, column: Column, source: ColumnSource, profile: ColumnProfile
    ) -> None:
        """Which values stand for what, where that isn't plain."""
        reader = CellReader(column, source, {})
        unknown = [v for v in profile.values if not isinstance(reader.read(v), Read)]
        if column.name == "attended":
            unknown += [v for v in profile.values if v not in unknown and _is_more_than_a_day(v)]
        if column.name == "attended" and unknown:
            self._codes(guess, unknown)
        elif unknown and not guess.asks:
            listed = unknown[:_MOST_LISTED]
            guess.values = dict.fromkeys(listed)
            if len(unknown) > _MOST_LISTED or column.type in ("date", "month", "number", "integer"):
                # Too many to be codes; or values of which each needs its own correction.
                guess.values = {}
                guess.asks.append(f"{len(unknown):,} kinds of values can't be read; is it another?")
        if not unknown:
            guess.why += "; every value fits" * bool(profile.values)

    @staticmethod
    def _codes(guess: ColumnGuess, codes: Sequence[str]) -> None:
        """What codes of a day's attendance mean, as far as that is plain."""
        plain = dict.fromkeys(_PRESENT, "1") | dict.fromkeys(_ABSENT, "0")
        both = {plain.get(key_of(code)) for code in codes} >= {"0", "1"}
        if len(codes) > _MOST_LISTED:
            guess.asks.append(f"{len(codes):,} kinds of values; is it another column?")
            return
        guess.values = {code: plain.get(key_of(code)) if both else None for code in codes}
        guess.why += "; codes of a day's attendance"

    def _student(self) -> ColumnGuess:
        called = [h for h in self.called("student_id") if not _is_names(self._profiles[h])]
        if len(called) > 1:
            shared = [h for h in called if key_of(h) in self._ids]
            called = shared if len(shared) == 1 else called
        if len(called) == 1:
            return ColumnGuess("student_id", called[0], "its name; identifiers")
        if not called:
            called = [
                heading
                for heading, profile in self._profiles.items()
                if profile.many and not _is_names(profile) and not columns_called(heading)[0]
            ]
        guess = ColumnGuess("student_id", choices=tuple(called))
        guess.asks.append("which of them identifies a student, the same in every file?")
        return guess

    def _place(self, column: Column) -> ColumnGuess:
        """The code or the name of a school or district."""
        name = column.name
        is_code = name in _NAMED_AFTER
        code, named = (
            (name, _NAMED_AFTER[name]) if is_code else (name.replace("_name", "_code"), name)
        )
        headings = list(dict.fromkeys([*self.called(code), *self.called(named)]))
        codes = [h for h in headings if _are_codes(self._profiles[h])]
        names = [h for h in headings if h not in codes and _are_words(self._profiles[h])]
        numbers = [h for h in headings if h not in codes and h not in names]
        if not is_code:
            found = [h for h in names if h in self.called(named)] or names
            found = [h for h in found if words_of(h) == tuple(name.split("_"))] or found
            if len(found) == 1:
                return ColumnGuess(name, found[0], "its name; its values are words")
            return _asking(name, found, f"no single column is plainly it: {column.meaning}")
        if len(codes) == 1:
            return ColumnGuess(name, codes[0], "its values are codes of the state")
        kind = "schools" if name == "school_code" else "districts"
        makes_them = named in self._table.column_names
        if not codes and len(names) == 1 and not makes_them:
            why = "its values are names, to be looked up in the table schools"
            return ColumnGuess(name, names[0], why, {"match": kind})
        if not codes and not names and len(numbers) == 1:
            guess = ColumnGuess(name, numbers[0], "its name")
            guess.values = dict.fromkeys(list(self._profiles[numbers[0]].values)[:_MOST_LISTED])
            return guess
        others = [h for h, p in self._profiles.items() if _are_codes(p) and h not in headings]
        choices = codes or others or numbers or names
        return _asking(name, choices, f"no column is plainly {column.meaning}")

    def _source(self, name: str, profile: ColumnProfile) -> ColumnSource:
        """How the values of a column would be read: the order of dates, the year of months."""
        column = self._table.column(name)
        order = None
        if column.type in ("date", "month") and profile.largest[0]:
            first, second = profile.largest
            if first > 12 >= second:
                order = "d/m/y"
            elif second > 12 >= first or (
                column.type == "month" and profile.firsts and len(profile.values) > 1
            ):
                order = "m/d/y"
        year = "end" if words_of(profile.heading)[-2:] == _END_YEAR else None
        return ColumnSource(profile.heading, date=order, year=year)

    @staticmethod
    def _one_year(guess: ColumnGuess, profile: ColumnProfile) -> None:
        if all(isinstance(school_year_of_text(v), str) for v in profile.values):
            return
        if words_of(profile.heading)[-2:] == _END_YEAR:
            guess.options["year"] = "end"
            guess.why += " says that a school year ends in it"
        else:
            guess.asks.append(
                'a single year: does the school year start or end in it? year = "start" or "end"'
            )

    def _without_year(self, guess: ColumnGuess, profile: ColumnProfile) -> None:
        if not any(
            month_of(v, "m/d/y") is not None and not hasattr(month_of(v, "m/d/y"), "year")
            for v in profile.values
        ):
            return
        years = self.called("school_year")
        if len(years) == 1:
            guess.options["school_year"] = years[0]
            guess.why += f"; its year is under {years[0]}"
        else:
            guess.asks.append(
                'months without a year: school_year = "2021-22", or the heading of the school year'
            )


def _absent_instead(profile: ColumnProfile) -> ColumnGuess:
    """Shares of a day, or numbers, under a heading that speaks of absence: what they count must be
    said, and 1 is offered as a day absent.
    """
    guess = ColumnGuess("attended", choices=(profile.heading,))
    guess.asks.append(
        "its name speaks of absence, its values are numbers: is 1 a day absent? Then take the # "
        "away, and leave [table.values.attended] as it is"
    )
    for value in list(profile.values)[:_MOST_LISTED]:
        share = _SHARE.fullmatch(value)
        guess.values[value] = f"{(1 - Decimal(value)).normalize():f}" if share else None
    return guess


def _is_more_than_a_day(text: str) -> bool:
    return _is_number(text) and Decimal(text) > 1


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]*\.?[0-9]+", text))


def _asking(name: str, choices: Sequence[str], question: str) -> ColumnGuess:
    return ColumnGuess(name, choices=tuple(choices), asks=[question])


def _are_codes(profile: ColumnProfile) -> bool:
    return bool(profile.values) and all(_CODE.fullmatch(v.upper()) for v in profile.values)


def _are_words(profile: ColumnProfile) -> bool:
    """Whether values are names, which have letters; codes have a figure too, or no small letter."""
    return bool(profile.values) and all(re.search("[A-Za-z]{2}", v) for v in profile.values)


def _is_names(profile: ColumnProfile) -> bool:
    """Whether values are names of people, which are no identifiers."""
    some = list(profile.values)[:_MOST_LOOKED_AT]
    if "name" in words_of(profile.heading):
        return True
    return (
        bool(some)
        and sum(bool(re.search(r"[A-Za-z]+,? +[A-Za-z]", v)) for v in some) > len(some) / 2
    )
