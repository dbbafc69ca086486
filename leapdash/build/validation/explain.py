"""Which rows break the contract, and how: for people, with file, row, column and remedy.

The build checks quickly that every row holds to every rule (`row_rules.is_valid`, `summaries`);
only when one doesn't, the tables are read again here, row numbers and all. Every rule is counted,
and up to three rows are shown for each. Student ids are never shown: messages end up in logs.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from leapdash.build.calendar import Calendar, school_years, year_of_days
from leapdash.build.sources.folder import MOST_PROBLEMS, InputTable
from leapdash.build.validation.row_rules import Rule, row_rules
from leapdash.engines import Engine
from leapdash.errors import InputError, LeapdashError

MOST_EXAMPLES = 3


def explain(engine: Engine, tables: Mapping[str, InputTable]) -> LeapdashError:
    """An InputError that lists the broken rules of all tables, the first ten of them.

    Where no rule is broken, a LeapdashError that says that the build contradicts itself.
    """
    problems: list[str] = []
    for source in tables.values():
        for problem in _problems(engine, source, tables):
            problems.append(problem)
            if len(problems) == MOST_PROBLEMS:
                return InputError("\n".join(problems))
    if not problems:
        return LeapdashError(
            "A quick check found rows that break the contract, a thorough one found none.\n"
            "This is a fault of leapdash, not of the files. Please report it."
        )
    return InputError("\n".join(problems))


def _problems(
    engine: Engine, source: InputTable, tables: Mapping[str, InputTable]
) -> Iterator[str]:
    numbered = source.numbered(engine)
    rules = [*row_rules(source.contract), *_date_rules(engine, source, tables)]
    # One pass counts what is broken; only for that, rows are looked for.
    t = source.read(engine)
    counts = {str(number): rule.broken(t).sum() for number, rule in enumerate(rules)}
    (found,) = t.aggregate(**counts).to_pyarrow().to_pylist()
    for number, rule in enumerate(rules):
        if found[str(number)]:
            rows = numbered.filter(rule.broken(numbered))
            yield from _told(source, rule, rows.select("file", "row", found=rule.found(rows)))
    if source.contract.name.startswith("attendance") and _calendar(source.read(engine)) is None:
        yield f"{source.label}: no row has a day enrolled.\nExpected some month with school."
    yield from _shared_keys(source, numbered)
    yield from _unknown(engine, source, numbered, tables)


def _told(source: InputTable, rule: Rule, rows: ir.Table) -> Iterator[str]:
    """The message for rows that break a rule; nothing where there are none."""
    counted = rows.mutate(count=rows.count().over())
    examples = counted.order_by("file", "row").limit(MOST_EXAMPLES).to_pyarrow().to_pylist()
    if examples:
        yield _message(source, rule, examples)


def _message(source: InputTable, rule: Rule, examples: Sequence[Mapping[str, Any]]) -> str:
    count = examples[0]["count"]
    places = []
    for example in examples:
        label, (row,) = source.place(example["file"], [example["row"]])
        places.append((label, row))
    file, row = places[0]
    column = f", column {rule.column}" if rule.column else ""
    message = f"{file}, row {row}{column}: {examples[0]['found']}.\nExpected {rule.expected}."
    if count > 1:
        same_file = all(label == file for label, _ in places)
        shown = ", ".join(str(n) if same_file else f"{n} of {label}" for label, n in places)
        the_first = "they are" if count <= len(places) else "the first are"
        message += f" {count:,} rows like this; {the_first} {shown}."
    return f"{message} {rule.remedy}"


# --- rules that need more than one row ---------------------------------------------------------


def _date_rules(
    engine: Engine, source: InputTable, tables: Mapping[str, InputTable]
) -> Iterator[Rule]:
    """Visits lie between the first school year's 1 July and the end of the last school month."""
    if source.contract.name != "visits":
        return
    attendance = tables.get("attendance") or tables["attendance_daily"]
    calendar = _calendar(attendance.read(engine))
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


def _shared_keys(source: InputTable, t: ir.Table) -> Iterator[str]:
    key = source.contract.key
    if not key:
        return
    names = _list(key)
    t = t.filter([t[name].notnull() for name in key])
    same = ibis.window(group_by=[t[name] for name in key])
    t = t.mutate(times=t.count().over(same))
    rows = t.filter(t.times > 1)
    rule = Rule(
        "",
        lambda t: t.times > 1,
        f"each {names} once",
        "Keep one of the rows, or add their days up.",
    )
    found = "its " + names + " stand in " + rows.times.cast("string") + " rows"
    yield from _told(source, rule, rows.select("file", "row", found=found))


def _unknown(
    engine: Engine, source: InputTable, t: ir.Table, tables: Mapping[str, InputTable]
) -> Iterator[str]:
    """Rows that refer to a row of another table which isn't there, one message per reference."""
    for reference in source.contract.references:
        other = tables[reference.table].read(engine)
        columns = list(reference.columns)
        if "school_year" in columns and "school_year" not in t.columns:
            day = t.month if "month" in t.columns else t.date
            t = t.mutate(school_year=school_years(year_of_days(day)))
        given = t.filter([t[name].notnull() for name in columns])
        rows = given.anti_join(other.select(*columns).distinct(), columns)
        shown = [name for name in columns if name != "student_id"]
        rule = Rule(
            columns[0],
            lambda t: t.row.notnull(),
            f"{_list(columns)} as in a row of {tables[reference.table].label}",
            f"Correct the row, or add what is missing to {tables[reference.table].label}.",
        )
        found = ibis.literal(f"{reference.table} has no row with this {_list(columns)}")
        if shown:
            values = rows[shown[0]]
            for name in shown[1:]:
                values = values + ", " + rows[name]
            found = found + " (" + values + ")"
        yield from _told(source, rule, rows.select("file", "row", found=found))
        # What is unknown here would be unknown in the next reference as well.
        t = t.semi_join(other.select(*columns).distinct(), columns)


def _calendar(attendance: ir.Table) -> Calendar | None:
    """The school months of attendance rows as the contract has them; None where there are none."""
    if "month" in attendance.columns:
        months = attendance.filter(attendance.days_enrolled > 0).select("month")
    else:
        months = attendance.select(month=attendance.date.truncate("month"))
    found = months.filter(months.month.notnull()).distinct().to_pyarrow()
    return Calendar(tuple(sorted(found["month"].to_pylist()))) if found.num_rows else None


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
