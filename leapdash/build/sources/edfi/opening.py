"""A folder of Ed-Fi resources as a source: read, checked, and added up to the contract's tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from leapdash.build.sources.about import About, read_about
from leapdash.build.sources.edfi import calendars as days
from leapdash.build.sources.edfi import enrollments, events, gaps, people
from leapdash.build.sources.edfi.configuration import Configuration, read_configuration
from leapdash.build.sources.edfi.files import CONFIGURATION, find_files, left_aside
from leapdash.build.sources.edfi.identities import read_identities, tell_districts
from leapdash.build.sources.edfi.places import places
from leapdash.build.sources.edfi.reading import Reading
from leapdash.build.sources.edfi.resources import (
    ATTENDANCE_EVENTS,
    ENROLLMENTS,
    SCHOOLS,
    Resource,
)
from leapdash.build.sources.edfi.resources import people as people_of
from leapdash.build.sources.edfi.visits import has_visits, visits
from leapdash.build.sources.folder import given_table
from leapdash.build.sources.source import InputTable, Source
from leapdash.build.sources.typed import as_contract
from leapdash.contract import INPUT_TABLES, Table
from leapdash.engines import Engine, EngineError, Workspace, open_json_engine, scratch_folder
from leapdash.errors import InputError

_BESIDE = ("visits", "programme")
"""Tables of the contract that may stand beside the resources, as files of their own."""


@dataclass(frozen=True)
class EdFiTable:
    """A table of the contract made from resources, in a file of this process's own."""

    contract: Table
    label: str
    file: Path

    def read(self, engine: Engine) -> ir.Table:
        """Every row, typed."""
        return as_contract(engine.read_parquet([str(self.file)]), self.contract)

    def numbered(self, engine: Engine) -> ir.Table:
        """The same with `file` and `row`."""
        raw = engine.read_parquet([str(self.file)])
        return as_contract(
            raw, self.contract, file=ibis.literal(0), row=ibis.row_number().cast("int64") + 1
        )

    def locate(self, number: int, rows: Sequence[int]) -> tuple[str, list[int]]:  # noqa: ARG002
        """The resource, and the numbers of the rows made from it."""
        return f"{self.contract.name} made from {self.label}", list(rows)

    def why_unreadable(self) -> str | None:
        """Nothing: it was written whole."""


@contextmanager
def open_edfi(
    folder: Path,
    mapping: Path | None = None,
    half_day: str = "state",
    memory_limit: str | None = None,
    threads: int | None = None,
) -> Iterator[Source]:
    """The contract's tables from a folder of Ed-Fi resources, while the block runs.

    `mapping`: the configuration, by default `edfi.toml` in the folder where there is one.
    `half_day`: one of numbered.HALF_DAYS. `memory_limit`, `threads`: see `open_engine`. What is
    made on the way is for this user alone, and removed afterwards; no row of a day is written.

    Raises InputError that lists what is wrong, with file, line or element, and field.
    """
    own = folder / CONFIGURATION
    configuration = read_configuration(mapping or (own if own.exists() else None))
    problems: list[str] = []
    standard, files = find_files(folder, problems)
    if problems:
        raise InputError("\n".join(problems))
    beside = {
        table.name: found
        for table in INPUT_TABLES
        if table.name in _BESIDE and (found := given_table(folder, table)) is not None
    }
    with scratch_folder() as scratch:
        try:
            with open_json_engine(memory_limit, threads) as engine, Workspace(engine) as space:
                reading = Reading(space, engine, files, configuration)
                made = _make(reading, people_of(standard), half_day, scratch, set(beside))
        except EngineError as error:
            # What the engine says may hold what stands in a file.
            raise InputError(
                f"{folder}: the resources can't be read, for a reason that isn't known.\n"
                "Expected whole JSON. Please report it, without the files: they hold students' "
                "records."
            ) from error
        tables: dict[str, InputTable] = {**made, **beside}
        ordered = {t.name: tables[t.name] for t in INPUT_TABLES if t.name in tables}
        notes = (
            f"Ed-Fi Data Standard {standard}",
            *reading.notes,
            *left_aside(folder, standard),
        )
        yield Source(str(folder), ordered, _about(folder, configuration), True, notes)


def _make(
    reading: Reading, who: Resource, half_day: str, scratch: Path, beside: set[str]
) -> Mapping[str, EdFiTable]:
    """The contract's tables as files in the scratch folder. Raises InputError."""
    space = reading.space
    schools = places(reading)
    months = days.calendar_months(reading)
    persons = reading.table(who)
    identities = read_identities(reading, persons, who)
    sent = events.read_events(reading, identities, schools["school"].to_pylist())
    where = space.put(schools)
    # What hangs on these would only say again what is wrong with them.
    reading.stop_if_broken()
    known = days.calendars(months)
    spells = enrollments.read_spells(reading, known, identities)
    enrolled = people.enrollment(reading, spells, where, persons, identities, who)
    reading.stop_if_broken()
    tell_districts(reading, spells, where)
    gaps.tell_holes(reading, months)
    by_school = events.months_with_events(reading, sent)
    months = days.cut_after_last_event(reading, months, events.last_events(by_school))
    gaps.check_silences(reading, months, by_school)
    of_students = enrollments.student_months(reading, spells, months)
    counted = events.attendance(reading, sent, of_students, half_day)
    visited = None if "visits" in beside else _visits(reading, identities)
    reading.stop_if_broken()
    enrollments.tell_doubles(reading, spells, of_students)
    tables = {
        "schools": (schools, SCHOOLS),
        "enrollment": (space.arrow(enrolled), ENROLLMENTS),
        "attendance": (space.arrow(_by_month(counted, where)), ATTENDANCE_EVENTS),
    }
    if visited is not None:
        tables["visits"] = (space.arrow(visited[0]), visited[1])
    return {
        name: _written(scratch, _contract(name), table, resource.name)
        for name, (table, resource) in tables.items()
    }


def _visits(reading: Reading, identities: ir.Table | None) -> tuple[ir.Table, Resource] | None:
    resource = has_visits(reading)
    if resource is None:
        reading.problems.append(
            "The table visits is missing.\nExpected visits.csv or visits.parquet beside the "
            "resources (docs/your-data.md), or studentInterventionAttendanceEvents that are home "
            "visits. A file with its header alone says that there were none."
        )
        return None
    return visits(reading, resource, identities), resource


def _by_month(counted: ir.Table, schools: ir.Table) -> ir.Table:
    """The contract's `attendance` from days by the number of a month."""
    t = counted.join(schools.select("school", "school_code"), "school")
    month = ibis.date(t.month // 12, t.month % 12 + 1, 1)
    return t.select(
        "school_code", "days_enrolled", "days_attended", student_id="student", month=month
    )


def _contract(name: str) -> Table:
    return next(table for table in INPUT_TABLES if table.name == name)


def _written(folder: Path, contract: Table, table: pa.Table, label: str) -> EdFiTable:
    file = folder / f"{contract.name}.parquet"
    names = [name for name in contract.column_names if name in table.column_names]
    pq.write_table(table.select(names), file, compression="lz4")
    return EdFiTable(contract, label, file)


def _about(folder: Path, configuration: Configuration) -> About:
    return configuration.about or read_about(folder)
