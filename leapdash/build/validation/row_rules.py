"""The contract's rules for single rows, as Ibis expressions: types, codes, patterns, bounds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from leapdash.build.sources.typed import EXPECTED, found_name
from leapdash.contract import CODE_PATTERN, STATE_CODE, Column, Table
from leapdash.errors import InputError

_LONGEST_SHOWN = 60
# All but tabs and line ends, which spreadsheets allow in a cell.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_DAYS_OF_SCHOOL = ("month", "date")

FIRST_DAY, LAST_DAY = date(2000, 7, 1), date(2100, 6, 30)
"""Days that belong to a school year, as these are written: 20..-..."""

OF_A_DISTRICT = ("district_name", "leap_from", "leap_until")
"""Columns of `schools` that say the same in every row of a district."""


class BrokenRulesError(InputError):
    """Some row of an input table breaks a rule; `build.validation.explain` says which and how."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"{table}: rows that break the contract.")


@dataclass(frozen=True)
class Rule:
    """What a row must hold to: `broken` says which rows of a typed table don't.

    `column`: where to look; `expected`: completes "Expected …"; `remedy`: what to do;
    `describe`: what is wrong with a row, where the value alone doesn't tell.
    """

    column: str
    broken: Callable[[ir.Table], ir.BooleanValue]
    expected: str
    remedy: str = "Correct the cell."
    describe: Callable[[ir.Table], ir.StringValue] | None = None

    def found(self, t: ir.Table) -> ir.StringValue:
        """What stands in the column, or what is wrong with it, for a message."""
        if self.describe is not None:
            return self.describe(t)
        return shown(t[found_name(self.column)])


def shown(value: ir.StringValue) -> ir.StringValue:
    """A value as messages show it: in quotes, or the word empty."""
    return ibis.ifelse(value.isnull(), "empty", "'" + value.substr(0, _LONGEST_SHOWN) + "'")


def row_rules(table: Table) -> list[Rule]:
    """Every rule of the table that one row can break by itself, missing values first."""
    rules = []
    for column in table.columns:
        rules += [_readable(column), *_limits(column)]
        if not column.nullable and column.required:
            rules.append(_present(column))
    return rules + list(_between_columns(table))


def is_valid(t: ir.Table, table: Table) -> ir.BooleanValue:
    """Whether a row holds to all `row_rules`; looks at the found text only where it must.

    A value that must be there is null when it is missing and when it can't be read, so one look
    at the typed column answers both.
    """
    referenced = {name for reference in table.references for name in reference.columns}
    good = ibis.literal(True)
    for column in table.columns:
        typed = t[column.name].notnull()
        if column.nullable or not column.required:
            typed = typed | t[found_name(column.name)].isnull()
        good = good & typed
        for rule in _limits(column):
            # A text that is found in the table it refers to is as it must be, too.
            if column.type != "text" or column.codes or column.name not in referenced:
                good = good & ~rule.broken(t)
    for rule in _between_columns(table):
        good = good & ~rule.broken(t)
    return good


def _present(column: Column) -> Rule:
    return Rule(
        column.name,
        lambda t: t[found_name(column.name)].isnull(),
        f"a value: {column.meaning}",
        "Fill it in.",
    )


def _readable(column: Column) -> Rule:
    return Rule(
        column.name,
        lambda t: t[found_name(column.name)].notnull() & t[column.name].isnull(),
        EXPECTED[column.type],
    )


def _limits(column: Column) -> Iterator[Rule]:
    """Rules for values that could be read; a missing value breaks none of them."""
    name = column.name
    if column.codes is not None:
        codes = list(column.codes)
        yield Rule(name, lambda t: _true(t[name].notin(codes)), f"one of {', '.join(codes)}")
    if column.pattern is not None:
        pattern = rf"^{column.pattern}\z"
        yield Rule(name, lambda t: _true(~t[name].re_search(pattern)), column.meaning)
    elif column.type == "text" and column.codes is None:
        yield Rule(
            name,
            lambda t: _true(t[name].re_search(_CONTROL)),
            "text without control characters",
            "Type the text anew.",
        )
    if column.pattern == CODE_PATTERN:
        yield Rule(
            name,
            lambda t: _true(t[name] == STATE_CODE),
            f"the code of one district or school; {STATE_CODE} stands for the whole state",
        )
    if column.name in _DAYS_OF_SCHOOL:
        yield Rule(
            name,
            lambda t: _true((t[name] < FIRST_DAY) | (t[name] > LAST_DAY)),
            f"a day from {FIRST_DAY} to {LAST_DAY}",
        )
    if column.minimum is not None:
        low = column.minimum
        yield Rule(name, lambda t: _true(t[name] < low), f"at least {low:g}")
    if column.maximum is not None:
        high = column.maximum
        yield Rule(name, lambda t: _true(t[name] > high), f"at most {high:g}")
    if column.multiple_of is not None:
        step = column.multiple_of
        yield Rule(
            name,
            # Rounding a number as large as a double can be fits no integer.
            lambda t: _true((t[name] % step) != 0),
            "whole or half days" if column.unit == "days" else f"steps of {column.multiple_of:g}",
            "Is this a rate? Days are counted here; else correct the cell."
            if name == "days_attended"
            else "Correct the cell.",
        )


def _between_columns(table: Table) -> Iterator[Rule]:
    names = table.column_names
    if "days_attended" in names:
        yield Rule(
            "days_attended",
            lambda t: _true(t.days_attended > t.days_enrolled),
            "0 ≤ days_attended ≤ days_enrolled",
            "Correct the row.",
            lambda t: (
                t[found_name("days_attended")]
                + " is more than days_enrolled ("
                + t[found_name("days_enrolled")]
                + ")"
            ),
        )
    if "school_year" in names:
        yield Rule(
            "school_year",
            lambda t: _true(~_is_school_year(t.school_year)),
            "two years that follow each other, as 2021-22",
        )
    if "leap_until" in names:
        yield Rule(
            "leap_until",
            lambda t: (
                _true(t.leap_until < t.leap_from) | (t.leap_from.isnull() & t.leap_until.notnull())
            ),
            "no day before leap_from, and none without it",
        )


def _is_school_year(text: ir.StringValue) -> ir.BooleanValue:
    """Whether the years follow each other; what isn't written as a school year is told already."""
    start, end = text.substr(0, 4).try_cast("int64"), text.substr(5, 2).try_cast("int64")
    return (end == (start + 1) % 100).fill_null(True) | (text.length() != len("2021-22"))


def _true(condition: ir.BooleanValue) -> ir.BooleanValue:
    return condition.fill_null(False)
