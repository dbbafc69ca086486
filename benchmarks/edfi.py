"""How long Ed-Fi resources take to become months, beside DuckDB's bare reading of the same files.

`python -m benchmarks.edfi [--students N] [--runs N] [--folder DIR]` writes a state of that many
students and 180 school days with 15 attendance events each as JSON lines, reads it with leapdash
(every check and every table of the contract, by the state's rule for half days) and with DuckDB
alone in turn, each in a process of its own, and prints the best of the runs. DuckDB alone does two
things: it reads the files into tables as they are, which is the floor, and it looks at the fields
that leapdash needs without keeping any, which is less than anybody could work with.
"""

import argparse
import json
import random
import tempfile
from datetime import date
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.build import Cost, cost_of, least
from leapdash.build.sources.edfi.files import find_files
from leapdash.build.sources.edfi.reading import _shape
from leapdash.build.sources.edfi.resources import resources
from leapdash.build.sources.opening import open_source
from leapdash.engines.duckdb import _json_type
from tests.lib.edfi import (
    EVENTS,
    PEOPLE,
    SPELLS,
    agency,
    calendar_date,
    days_of,
    event,
    intervention_event,
    person,
    school,
    session,
    spell,
)

_STUDENTS_OF_SCHOOL = 400
_EVENTS_OF_STUDENT = 15
_SEED = 1


def write_state(folder: Path, students: int) -> None:
    """A state as JSON lines, with what the API sends along: ids, links, etags."""
    draw = random.Random(_SEED)
    schools = [640_001 + 100 * n for n in range(max(1, students // _STUDENTS_OF_SCHOOL))]
    days = days_of(date(2021, 8, 30), date(2022, 6, 14))[:180]
    folder.mkdir(parents=True)

    def lines(name: str):
        return (folder / f"{name}.jsonl").open("w", encoding="utf-8")

    def put(file, row):
        etag = f"{draw.getrandbits(63)}"
        more = {"id": f"{draw.getrandbits(128):032x}", "_etag": etag}
        file.write(json.dumps(more | row | {"_lastModifiedDate": "2022-06-20T10:11:12Z"}) + "\n")

    with lines("localEducationAgencies") as file:
        put(file, agency(640_011, "District"))
    with lines("schools") as a, lines("sessions") as b, lines("calendarDates") as c:
        for code in schools:
            put(a, school(code, f"School {code}", 640_011))
            put(b, session(code))
            for day in days:
                put(c, calendar_date(code, day))
    with lines(SPELLS) as a, lines(PEOPLE[5]) as b, lines(EVENTS) as c:
        for number in range(students):
            student, code = f"{number:09d}", schools[number % len(schools)]
            link = {"rel": "Student", "href": f"/ed-fi/students/{draw.getrandbits(128):032x}"}
            put(a, spell(student, code, "2021-08-30"))
            put(b, person(student, code))
            own = [*draw.sample(days[:-1], _EVENTS_OF_STUDENT - 1), days[-1]]
            for day in own:
                row = event(student, code, day, draw.choice(["Excused Absence", "Tardy"]))
                row["studentReference"]["link"] = link
                put(c, row)
    with lines("studentInterventionAttendanceEvents") as file:
        put(file, intervention_event("000000001", days[30]))


def read_bare(folder: Path) -> None:
    """Every file read by DuckDB alone, into tables of all that stands there."""
    connection = _connection()
    for path in sorted(folder.glob("*.jsonl")):
        connection.execute(f"CREATE TABLE {path.stem} AS FROM read_json_auto('{path}')")


def look_at(folder: Path) -> None:
    """The fields that leapdash needs, looked at by DuckDB alone, and nothing kept."""
    connection = _connection()
    standard, files = find_files(folder, [])
    for resource in resources(standard):
        if resource.name in files:
            shape = {name: _json_type(one) for name, one in _shape(resource).items()}
            paths = [str(file.path) for file in files[resource.name]]
            counted = ", ".join(f'count("{name}")' for name in shape)
            connection.execute(
                f"SELECT {counted} FROM read_json(?, columns = {shape!r}, "
                "format = 'newline_delimited')",
                [paths],
            ).fetchall()


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '2GB'")
    connection.execute("SET threads = 2")
    return connection


def read_whole(folder: Path) -> None:
    """The contract's tables, by leapdash."""
    with open_source(folder, memory_limit="1500MB", threads=2) as source:
        assert "attendance" in source.tables


_ONLY = {"leapdash": read_whole, "DuckDB into tables": read_bare, "DuckDB looking": look_at}


def main() -> None:
    """Print the table; or, with `--only`, do one of the three."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="resources written before")
    parser.add_argument("--only", choices=tuple(_ONLY), help="do one of them")
    options = parser.parse_args()
    if options.only:
        _ONLY[options.only](options.folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "edfi"
        if not folder.exists():
            write_state(folder, options.students)
        costs: dict[str, list[Cost]] = {name: [] for name in _ONLY}
        for _ in range(options.runs):
            for name, found in costs.items():
                found.append(cost_of("benchmarks.edfi", "--folder", str(folder), "--only", name))
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    console = Console()
    console.print(f"{megabytes:,.0f} MB of JSON lines, best of {options.runs}, 2 threads")
    table = RichTable("", "seconds", "processor seconds", "peak MB", "ratio of seconds", box=None)
    best = {name: least(found) for name, found in costs.items()}
    for name, cost in best.items():
        ratio = f"{best['leapdash'].wall / cost.wall:.2f}"
        table.add_row(name, f"{cost.wall:.1f}", f"{cost.cpu:.1f}", f"{cost.peak:,.0f}", ratio)
    console.print(table)


if __name__ == "__main__":
    main()
