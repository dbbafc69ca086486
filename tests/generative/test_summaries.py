"""Every summary of a random small state, against a recount in plain Python."""

from typing import Any

import pyarrow as pa
from hypothesis import given

from leapdash.build.panel.inputs import read_inputs
from leapdash.build.panel.make import make_panel
from leapdash.build.summaries.summarise import summarise
from leapdash.contract import summary_table
from leapdash.engines import Workspace, open_engine
from leapdash.progress import SILENT
from tests.lib import examples
from tests.lib.random_states import State, memory_tables, states
from tests.lib.summaries_oracle import Counts, Oracle


def summaries_of(state: State) -> dict[str, pa.Table]:
    with open_engine(threads=1) as engine, Workspace(engine) as space:
        inputs = read_inputs(space, memory_tables(state), "state", SILENT)
        panel = make_panel(space, inputs, SILENT)
        return summarise(space, panel, inputs.programme, SILENT)


def by_key(name: str, table: pa.Table) -> Counts:
    """The rows of a summary as {key: {measure: value}}; no two share a key."""
    key = summary_table(name).key
    carried = {"district_code"} - set(key)
    rows = {}
    for row in table.to_pylist():
        cell: dict[str, Any] = {k: v for k, v in row.items() if k not in {*key, *carried}}
        rows[tuple(row[column] for column in key)] = cell
    assert len(rows) == table.num_rows
    return rows


def total(table: pa.Table, measure: str, **where: str) -> float:
    """The sum of a measure over the rows that hold these values."""
    rows = table.to_pylist()
    return sum(row[measure] for row in rows if all(row[k] == v for k, v in where.items()))


def check_conservation(state: State, tables: dict[str, pa.Table]) -> None:
    """No day, student or visit of the input is lost, and none counts twice."""
    attendance, by_group = tables["attendance"], tables["attendance_by_group"]
    for measure in ("days_enrolled", "days_attended"):
        days = sum(row[measure] for row in state.rows("attendance"))
        assert total(attendance, measure) == days
        assert total(by_group, measure, group="all") == days
        needs = ("high_needs", "not_high_needs")
        assert sum(total(by_group, measure, group=group) for group in needs) == days
    days_rows = [row for row in state.rows("attendance") if row["days_enrolled"]]
    assert total(attendance, "students") == len(days_rows)
    assert total(tables["school_profile"], "students") == len(state.rows("enrollment"))
    visits = state.rows("visits")
    met = {visit["student_id"] for visit in visits if visit["contact"] == "met"}
    assert total(tables["visits"], "visits") == len(visits)
    assert total(tables["visits"], "first_visits") == len(met)
    for kind in ("place", "visitor", "language"):
        assert total(tables["visits_by_kind"], "visits", kind=kind) == len(visits)
        assert total(tables["visits_by_kind"], "first_visits", kind=kind) == len(met)


@examples.slow(10, 200)
@given(states())
def test_every_summary_equals_the_recount_and_loses_nothing(state: State) -> None:
    tables = summaries_of(state)
    check_conservation(state, tables)
    oracle = Oracle(state)
    expected = {
        "attendance": oracle.attendance(),
        "attendance_by_group": oracle.attendance_by_group(),
        "chronic_absence": oracle.chronic_absence(),
        "chronic_to_date": oracle.chronic_to_date(),
        "visits": oracle.visits_table(),
        "visits_by_kind": oracle.visits_by_kind(),
        "reach": oracle.reach(),
        "paths": oracle.paths(),
        "school_profile": oracle.school_profile(),
    }
    for name, counts in expected.items():
        assert by_key(name, tables[name]) == counts, name
    assert set(tables) - set(expected) == {"schools", "programme"} & set(state.tables)
    for name in set(tables) - set(expected):
        rows = sorted(state.rows(name), key=str)
        assert sorted(tables[name].to_pylist(), key=str) == rows
