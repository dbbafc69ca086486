"""Ed-Fi resources spoilt at random are built as a plain recount has it, or refused with a place."""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leapdash.errors import InputError
from tests.lib import edfi, edfi_oracle
from tests.lib.edfi import EVENTS, PEOPLE, SPELLS, Resources
from tests.lib.examples import slow

_PLACE = re.compile(
    r"^(\S+\.json|[a-zA-Z]+|The table visits|edfi\.toml)\b.*:|^The table", re.DOTALL
)
_VALUES: tuple[Any, ...] = (
    *(None, "", 0, -1, 1, 0.5, 2022, 2023, True, False, [], {}, [None], [{}], "x", "2021-10-09"),
    *("2021-09-01", "2021-11-30", "2022-08-01", "S1", "S4", edfi.SCHOOL, edfi.OTHER_SCHOOL),
    *(str(edfi.SCHOOL), "A", "B", "Year", "1e999", "\ud83d\ude00", "[x", "a" * 100, 10**30),
    *(
        edfi.descriptor(kind, code)
        for kind, code in (
            *(("AttendanceEventCategory", "Tardy"), ("AttendanceEventCategory", "Partial")),
            *(("CalendarEvent", "Weather day"), ("ExitWithdrawType", "No show")),
            *(("GradeLevel", "Adult Education"), ("Race", "Asian"), ("Own", "Code")),
        )
    ),
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a row."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path] * bool(path) + [p for key, one in inner for p in _paths(one, (*path, key))]


@st.composite
def _changes(draw: st.DrawFn) -> Callable[[Resources], None]:
    """One change to resources: a field, a whole row, or the order of two."""
    name = draw(st.sampled_from([*edfi.small(), EVENTS, SPELLS, PEOPLE[5]]))
    kind = draw(st.sampled_from(("set", "set", "set", "drop", "double", "remove", "move")))
    at, other, value = (
        draw(st.integers(0, 99)),
        draw(st.integers(0, 99)),
        draw(st.sampled_from(_VALUES)),
    )

    def change(resources: Resources) -> None:
        rows = resources[name]
        if not rows:
            return
        row = rows[at % len(rows)]
        if kind == "double":
            rows.append(json.loads(json.dumps(row)))
        elif kind == "remove":
            rows.remove(row)
        elif kind == "move" and isinstance(row, dict):
            rows[rows.index(row)] = rows[other % len(rows)]
        else:
            paths = _paths(row)
            *outer, last = paths[other % len(paths)]
            inside = row
            for key in outer:
                inside = inside[key]
            if kind == "drop":
                del inside[last]
            else:
                inside[last] = json.loads(json.dumps(value))

    return change


def _refusal(folder: Path) -> str | None:
    """What a refusal says; None where the folder is taken."""
    try:
        tables, _ = edfi.read(folder, half_day="fraction")
    except InputError as error:
        return str(error)
    (folder / "tables.json").write_text(json.dumps(tables, default=str))
    return None


def _check_refusal(message: str) -> None:
    assert _PLACE.match(message), message
    assert "Expected" in message
    assert "isn't known" not in message, message


@slow(usual=8, full=3000)
@given(changes=st.lists(_changes(), min_size=1, max_size=3))
def test_changed_resources_are_recounted_or_refused(changes):
    resources = edfi.small()
    for change in changes:
        change(resources)
    with tempfile.TemporaryDirectory() as scratch:
        folder = edfi.write(Path(scratch) / "edfi", resources)
        message = _refusal(folder)
        if message is not None:
            _check_refusal(message)
            return
        tables = json.loads((folder / "tables.json").read_text())
    found = {
        (row["student_id"], row["school_code"], row["month"][:7]): (
            row["days_enrolled"],
            row["days_attended"],
        )
        for row in tables["attendance"]
    }
    expected = {
        (student, school.zfill(7), month): days
        for (student, school, month), days in edfi_oracle.months(resources).items()
    }
    assert found == expected


@slow(usual=5, full=1000)
@given(
    name=st.sampled_from([*edfi.small()]),
    form=st.sampled_from((".json", ".jsonl")),
    at=st.floats(0, 1),
    kind=st.sampled_from(("cut", "byte", "more")),
    byte=st.integers(0, 255),
)
def test_damaged_files_are_taken_whole_or_refused(name, form, at, kind, byte):
    with tempfile.TemporaryDirectory() as scratch:
        folder = edfi.write(Path(scratch) / "edfi", edfi.small(), form)
        path = folder / f"{name}{form}"
        data = path.read_bytes()
        place = int(at * (len(data) - 1))
        piece = bytes([byte])
        path.write_bytes(
            {
                "cut": data[:place],
                "byte": data[:place] + piece + data[place + 1 :],
                "more": data[:place] + piece * 3 + data[place:],
            }[kind]
        )
        message = _refusal(folder)
        if message is not None:
            _check_refusal(message)
