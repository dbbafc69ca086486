"""The input tables, numbered, kept on the engine, and checked row by row.

Checks here are quick and only say that some rule is broken; `validation.explain` finds the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from leapdash.build.panel import numbered
from leapdash.build.sources.source import InputTable
from leapdash.build.validation.row_rules import OF_A_DISTRICT, BrokenRulesError
from leapdash.engines import Workspace
from leapdash.progress import Progress


@dataclass(frozen=True)
class Inputs:
    """The input tables on the engine, as `panel.numbered` makes them.

    `attendance`: by month, whether it was given so or by day. `programme`: None where it wasn't
    given. `rows_read`: by input table, how many rows it has. `students`: see `numbered.students`;
    None but where the students' ids were asked for.
    """

    schools: ir.Table
    enrollment: ir.Table
    attendance: ir.Table
    visits: ir.Table
    programme: ir.Table | None
    rows_read: Mapping[str, int]
    students: ir.Table | None = None


def read_inputs(
    space: Workspace,
    tables: Mapping[str, InputTable],
    half_day: str,
    progress: Progress,
    with_ids: bool = False,
) -> Inputs:
    """The tables read and checked; `half_day`: one of numbered.HALF_DAYS. `with_ids`: whether the
    students' ids are kept beside their numbers, which only `leapdash waitlist` may ask for.

    Raises BrokenRulesError where a row breaks a rule that it can break without its neighbours.
    """
    rows_read: dict[str, int] = {}

    def keep(name: str, table: ir.Table, *key: str) -> ir.Table:
        with progress.step(f"read {name}") as step:
            kept = space.keep(table)
            step.rows = rows_read[name] = _checked(space, name, kept, key, progress)
        return kept

    engine = space.engine
    schools = keep("schools", numbered.schools(engine, tables["schools"]), "school_code")
    _check_districts(space, schools)
    students = space.keep(numbered.students(engine, tables["enrollment"]))
    enrollment = keep(
        "enrollment",
        numbered.enrollment(engine, tables["enrollment"], students, schools),
        *("student", "school", "year"),
    )
    if daily := tables.get("attendance_daily"):
        attendance = keep(
            "attendance_daily",
            numbered.daily_attendance(engine, daily, students, schools, half_day),
        )
    else:
        attendance = keep(
            "attendance", numbered.attendance(engine, tables["attendance"], students, schools)
        )
    visits = keep("visits", numbered.visits(engine, tables["visits"], students))
    if not with_ids:
        space.drop(students)
    programme = None
    if "programme" in tables:
        programme = keep(
            "programme",
            numbered.programme(engine, tables["programme"], schools),
            *("district_code", "school_year"),
        )
    ids = students if with_ids else None
    return Inputs(schools, enrollment, attendance, visits, programme, rows_read, ids)


def _checked(
    space: Workspace, name: str, table: ir.Table, key: tuple[str, ...], progress: Progress
) -> int:
    """How many rows of its files the table has. Raises BrokenRulesError where one breaks a rule."""
    facts = {"rows": table.count(), "valid": table.valid.sum().fill_null(0)}
    if "rows" in table.columns:
        facts["read"] = table["rows"].sum()
    if "repaired" in table.columns:
        facts["repaired"] = table.repaired.sum()
    found = space.row(table.aggregate(**facts))
    if found["valid"] != found["rows"] or (
        key and space.count(table.select(*key).distinct()) != found["rows"]
    ):
        raise BrokenRulesError(name)
    if found.get("repaired"):
        progress.note(f"{name}: leading zeros put back in the codes of {found['repaired']:,} rows")
    return int(found.get("read") or found["rows"])


def _check_districts(space: Workspace, schools: ir.Table) -> None:
    said = schools.select("district_code", *OF_A_DISTRICT).distinct()
    if space.count(said) != space.count(said.select("district_code").distinct()):
        raise BrokenRulesError("schools")
