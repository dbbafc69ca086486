"""From the panel's numbers back to the contract's codes, and from half-days to days."""

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from leapdash.build.calendar import school_years
from leapdash.build.panel.panel import Panel
from leapdash.contract import LEVELS, PARTICIPATION

_CODES = {"level": LEVELS, "participation": PARTICIPATION}


def labelled(t: ir.Table, panel: Panel) -> ir.Table:
    """The table with codes in place of numbers.

    school becomes school_code and district_code; a district by itself district_code; month_no
    month; year school_year; level and participation their codes.
    """
    if "school" in t.columns:
        codes = panel.schools.select("school", "school_code", "district_code")
        t = t.join(codes, "school").drop("school")
    elif "district" in t.columns:
        codes = panel.schools.select("district", "district_code").distinct()
        t = t.join(codes, "district").drop("district")
    if "month_no" in t.columns:
        t = t.join(panel.months.select("month_no", "month"), "month_no").drop("month_no")
    if "year" in t.columns:
        t = t.mutate(school_year=school_years(t.year)).drop("year")
    return t.mutate(
        **{name: _code(t[name], codes) for name, codes in _CODES.items() if name in t.columns}
    )


def in_days(half_days: ir.NumericValue) -> ir.FloatingValue:
    """Days, as a decimal number, from whole half-days."""
    return half_days.cast("float64") / 2


def _code(number: ir.IntegerValue, codes: Iterable[str]) -> ir.StringValue:
    return ibis.cases(*((number == position, code) for position, code in enumerate(codes)))
