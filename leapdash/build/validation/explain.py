"""Which rows break the contract, and how: for people, with file, row, column and remedy.

The build checks quickly that every row holds to every rule (`row_rules.is_valid`, `summaries`);
only when one doesn't, the tables are read again here, row numbers and all. Every rule is counted,
and up to three rows are shown for each. Student ids are never shown: messages end up in logs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from leapdash.build.calendar import Calendar, school_years, year_of_days
from leapdash.build.sources.source import MOST_PROBLEMS, InputTable
from leapdash.build.sources.typed import found_name
from leapdash.build.validation.row_rules import (
    FIRST_DAY,
    LAST_DAY,
    OF_A_DISTRICT,
    Rule,
    row_rules,
    shown,
)
from leapdash.engines import Workspace
from leapdash.errors import InputError, LeapdashError, shortened

MOST_EXAMPLES = 3
_LONGEST_FOUND = 300


def explain(
    space: Workspace,
    tables: Mapping[str, InputTable],
    known: Sequence[str] = (),
    incomplete: Collection[str] = (),
) -> LeapdashError:
    """An InputError that lists what is `known` to be wrong, and the broken rules of all tables, the
    first ten of them. What may hold once `incomplete` tables have all their rows is left out.

    Where no rule is broken, a LeapdashError that says that the build contradicts itself.
    """
    problems: list[str] = []
    known = list(known)
    # Every rule looks at the rows again, so they are read once.
    rows = {name: space.keep(table.numbered(space.engine)) for name, table in tables.items()}
    for given in tables.values():
        for problem in _problems(given, tables, rows, incomplete):
            problems.append(problem)
            if len(problems) == MOST_PROBLEMS:
                return InputError("\n".join(known + problems))
    if not problems and not known:
        return LeapdashError(
            "A quick check found rows that break the contract, a thorough one found none.\n"
            "This is a fault of leapdash, not of the files. Please report it."
        )
    return InputError("\n".join(known + problems))


def _problems(
    given: InputTable,
    tables: Mapping[str, InputTable],
    rows_of: Mapping[str, ir.Table],
    incomplete: Collection[str],
) -> Iterator[str]:
    t = rows_of[given.contract.name]
    rules = row_rules(given.contract)
    if not {"attendance", "attendance_daily"} & set(incomplete):
        rules += _date_rules(given, tables, rows_of)
    # One pass counts what is broken; only for that, rows are looked for.
    counts = {str(number): rule.broken(t).sum() for number, rule in enumerate(rules)}
    (found,) = t.aggregate(**counts).to_pyarrow().to_pylist()
    for number, rule in enumerate(rules):
        if found[str(number)]:
            rows = t.filter(rule.broken(t))
            yield from _told(given, rule, rows.select("file", "row", found=rule.found(rows)))
    is_attendance = given.contract.name.startswith("attendance")
    if is_attendance and given.contract.name not in incomplete and _calendar(t) is None:
        yield f"{given.label}: no row has a day enrolled.\nExpected some month with school."
    yield from _shared_keys(given, t)
    if given.contract.name == "schools":
        yield from _districts_in_two_ways(given, t)
    yield from _unknown(given, t, tables, rows_of, incomplete)


def _told(given: InputTable, rule: Rule, rows: ir.Table) -> Iterator[str]:
    """The message for rows that break a rule; nothing where there are none."""
    counted = rows.mutate(count=rows.count().over())
    examples = counted.order_by("file", "row").limit(MOST_EXAMPLES).to_pyarrow().to_pylist()
    if examples:
        yield _message(given, rule, examples)


def _message(given: InputTable, rule: Rule, examples: Sequence[Mapping[str, Any]]) -> str:
    count = examples[0]["count"]
    located = []
    for example in examples:
        label, (row,) = given.locate(example["file"], [example["row"]])
        located.append((label, row))
    file, row = located[0]
    column = f", column {rule.column}" if rule.column else ""
    found = shortened(examples[0]["found"], _LONGEST_FOUND)
    message = f"{file}, row {row}{column}: {found}.\nExpected {rule.expected}."
    if count > 1:
        same_file = all(label == file for label, _ in located)
        listed = ", ".join(str(n) if same_file else f"{n} of {label}" for label, n in located)
        the_first = "they are" if count <= len(located) else "the first are"
        message += f" {count:,} rows like this; {the_first} {listed}."
    return f"{message} {rule.remedy}"


# --- rules that need more than one row ---------------------------------------------------------


def _date_rules(
    given: InputTable, tables: Mapping[str, InputTable], rows_of: Mapping[str, ir.Table]
) -> Iterator[Rule]:
    """Visits lie between the first school year's 1 July and the end of the last school month."""
    if given.contract.name != "visits":
        return
    attendance = tables.get("attendance") or tables["attendance_daily"]
    calendar = _calendar(rows_of[attendance.contract.name])
    if calendar is None:
        return
    first, last = calendar.first_day, calendar.last_day
    yield Rule(
        "visit_date",
        lambda t: (t.visit_date < first).fill_null(False),
        f"no visit before {first:%Y-%m-%d}, when the first school year of {attendance.label} "
        "begins",
        "Correct the date, or leave out visits for which there is no attendance.",
    )
    yield Rule(
        "visit_date",
        lambda t: (t.visit_date > last).fill_null(False),
        f"no visit after {last:%Y-%m-%d}, the end of the last month of {attendance.label}",
        "Correct the date, or add the months of attendance that are missing.",
    )


def _shared_keys(given: InputTable, t: ir.Table) -> Iterator[str]:
    key = given.contract.key
    if not key:
        return
    names = _list(key)
    stand = "stands" if len(key) == 1 else "stand"
    add_up = ", or add their days up" if "days_enrolled" in t.columns else ""
    t = t.filter([t[name].notnull() for name in key])
    same = ibis.window(group_by=[t[name] for name in key])
    t = t.mutate(times=t.count().over(same))
    rows = t.filter(t.times > 1)
    rule = Rule(
        "",
        lambda t: t.times > 1,
        f"each {names} once",
        f"Keep one of the rows{add_up}.",
    )
    found = f"its {names} {stand} in " + rows.times.cast("string") + " rows"
    yield from _told(given, rule, rows.select("file", "row", found=found))


def _districts_in_two_ways(given: InputTable, t: ir.Table) -> Iterator[str]:
    """Rows of `schools` that say of their district something else than its first row does."""
    t = t.filter(t.district_code.notnull())
    rank = ibis.row_number().over(group_by=t.district_code, order_by=[t.file, t.row])
    said = [name for column in OF_A_DISTRICT for name in (column, found_name(column))]
    first = t.mutate(rank=rank).filter(lambda t: t.rank == 0).select("district_code", *said)
    t = t.join(first, "district_code", rname="first {name}")
    differs = {
        # What can't be read is told already.
        column: (t[found_name(column)].isnull() | t[column].notnull())
        & ~t[column].identical_to(t[f"first {column}"])
        for column in OF_A_DISTRICT
    }
    (count,) = t.aggregate(**{c: differs[c].sum() for c in differs}).to_pyarrow().to_pylist()
    for column in filter(count.get, OF_A_DISTRICT):
        rule = Rule(
            column,
            lambda t: t.row.notnull(),
            f"one {column} for all schools of a district",
            "Write the same in all of them.",
        )
        here, there = t[found_name(column)], t[f"first {found_name(column)}"]
        found = shown(here) + ", and " + shown(there) + " in an earlier row of " + t.district_code
        rows = t.filter(differs[column]).select("file", "row", found=found)
        yield from _told(given, rule, rows)


def _unknown(
    given: InputTable,
    t: ir.Table,
    tables: Mapping[str, InputTable],
    rows_of: Mapping[str, ir.Table],
    incomplete: Collection[str],
) -> Iterator[str]:
    """Rows that refer to a row of another table which isn't there, one message per reference."""
    for reference in given.contract.references:
        if reference.table in incomplete:
            continue
        other = rows_of[reference.table]
        columns = list(reference.columns)
        if "school_year" in columns and "school_year" not in t.columns:
            day = t.month if "month" in t.columns else t.date
            t = t.mutate(school_year=school_years(year_of_days(day)))
        filled = t.filter([t[name].notnull() for name in columns])
        rows = filled.anti_join(other.select(*columns).distinct(), columns)
        told = [name for name in columns if name != "student_id"]
        rule = Rule(
            columns[0],
            lambda t: t.row.notnull(),
            f"{_list(columns)} as in a row of {tables[reference.table].label}",
            f"Correct the row, or add what is missing to {tables[reference.table].label}.",
        )
        found = ibis.literal(f"{reference.table} has no row with this {_list(columns)}")
        if told:
            values = rows[told[0]]
            for name in told[1:]:
                values = values + ", " + rows[name]
            found = found + " (" + values + ")"
        yield from _told(given, rule, rows.select("file", "row", found=found))
        # What is unknown here would be unknown in the next reference as well.
        t = t.semi_join(other.select(*columns).distinct(), columns)


def _calendar(attendance: ir.Table) -> Calendar | None:
    """The school months of attendance rows as the contract has them; None where there are none."""
    if "month" in attendance.columns:
        months = attendance.filter(attendance.days_enrolled > 0).select("month")
    else:
        months = attendance.select(month=attendance.date.truncate("month"))
    months = months.filter(months.month.between(FIRST_DAY, LAST_DAY)).distinct().to_pyarrow()
    return Calendar(tuple(sorted(months["month"].to_pylist()))) if months.num_rows else None


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
